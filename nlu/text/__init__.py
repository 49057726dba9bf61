"""Chat text into tokens."""
