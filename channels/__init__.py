"""The ways in: channels, and what stands around the handling of their messages."""

from channels.fail_safe.agent import spread

spread()
