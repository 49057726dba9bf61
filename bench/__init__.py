"""Measurements: what each of them is, and its figures, stands in README.md; nothing here is asserted in a test."""
