"""What stands around Rasa's handling of a message, so that a fault never means silence."""
