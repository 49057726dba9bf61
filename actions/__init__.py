"""Custom actions, one module per concern. They speak through the responses of ``domain.yml``."""
