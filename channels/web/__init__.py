"""The web: Rasa's REST channel behind a guard, the widget's socket and its files."""
