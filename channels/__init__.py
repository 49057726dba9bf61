"""Connectors: ours, and thin guards over Rasa's."""
