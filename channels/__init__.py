"""The ways in: channels, and what stands around the handling of their messages."""
