"""Truth values as words."""


def strtobool(value: str) -> int:
    """Returns 1 for a word of yes, 0 for one of no.

    Raises:
        ValueError: it is neither.
    """
    if value.lower() in {"y", "yes", "t", "true", "on", "1"}:
        return 1
    if value.lower() in {"n", "no", "f", "false", "off", "0"}:
        return 0
    raise ValueError(f"invalid truth value {value!r}")
