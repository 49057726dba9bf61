"""Holds the assistant against a stock Rasa project on the same data: ``make bench``."""
