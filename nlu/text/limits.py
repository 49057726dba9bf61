"""How much of a message is read, in characters."""

LONGEST_TEXT = 2_000
"""Whoever writes more is asked for a shorter message. Red flags are looked for at both ends of a longer one, this many
characters each."""

LONGEST_REPLY = 200
"""From the start, within which words may answer a yes/no question."""

LONGEST_REMARK = 1_000
"""From the start, within which a message may say of an earlier sign that it is gone, still there or wrong."""
