"""The clinical core: findings, red-flag rules and tiers, as plain Python over YAML data.

Imports neither rasa nor rasa_sdk, so that it survives a move to another framework.
"""
