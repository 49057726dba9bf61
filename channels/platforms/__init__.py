"""The messaging platforms, one module each."""
