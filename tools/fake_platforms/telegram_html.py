"""Telegram's HTML style, read as its server reads it (https://core.telegram.org/bots/api#html-style)."""

import html
import re

_TOKEN = re.compile(
    r"<(?P<closing>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)(?P<attributes>[^<>]*)>|&(?P<entity>#\d+|#[xX][0-9A-Fa-f]+|\w+);|[<>&]"
)
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>]+))?""")
_TAGS: dict[str, set[str]] = {
    **{tag: set() for tag in ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler")},
    "a": {"href"},
    "span": {"class"},
    "code": {"class"},
    "pre": {"language"},
    "blockquote": {"expandable"},
    "tg-emoji": {"emoji-id"},
}
_ENTITIES = {"lt", "gt", "amp", "quot"}


class UnreadableError(ValueError):
    """The text is not in Telegram's HTML style; the message is what Telegram says after "can't parse entities: "."""


def visible(text: str) -> str:
    """Reads a text in HTML style.

    Stricter than the server in one thing: a bare ``&`` or ``>`` is refused, for the documentation says that each must
    be replaced, though the server lets them pass.

    Args:
        text: as it was sent with ``parse_mode`` HTML.

    Returns:
        What the person gets to read.

    Raises:
        UnreadableError: a tag is unknown, not closed or closed elsewhere, nested against the rules, or a character is
            not escaped.
    """
    shown: list[str] = []
    opened: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        shown.append(text[end : token.start()])
        end = token.end()
        offset = len(text[: token.start()].encode())
        if token["entity"]:
            if token["entity"] not in _ENTITIES and not token["entity"].startswith("#"):
                raise UnreadableError(f"Unsupported entity {token[0]} at byte offset {offset}")
            shown.append(html.unescape(token[0]))
        elif not token["tag"]:
            kind = 'Unsupported start tag ""' if token[0] == "<" else f"Unescaped {token[0]}"
            raise UnreadableError(f"{kind} at byte offset {offset}")
        elif token["closing"]:
            _close(token["tag"].lower(), opened, offset)
        else:
            _open(token["tag"].lower(), token["attributes"], opened, offset)
    if opened:
        raise UnreadableError(f'Can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return "".join(shown) + text[end:]


def _open(tag: str, attributes: str, opened: list[str], offset: int) -> None:
    found = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(attributes)}
    if tag not in _TAGS or _ATTRIBUTE.sub("", attributes).strip():
        raise UnreadableError(f'Unsupported start tag "{tag}" at byte offset {offset}')
    wrong_class = (tag == "span" and found.get("class") != "tg-spoiler") or (
        tag == "code" and not found.get("class", "language-").startswith("language-")
    )
    if set(found) - _TAGS[tag] or wrong_class:
        raise UnreadableError(f'Tag "{tag}" must have another attribute at byte offset {offset}')
    # "bold, italic, … can contain and can be part of any other entities, except pre and code"
    inside_code = "code" in opened or ("pre" in opened and tag != "code")
    if inside_code or (tag in ("a", "blockquote") and tag in opened):
        raise UnreadableError(f'Tag "{tag}" can\'t be nested in "{opened[-1]}" at byte offset {offset}')
    opened.append(tag)


def _close(tag: str, opened: list[str], offset: int) -> None:
    if not opened:
        raise UnreadableError(f"Unexpected end tag at byte offset {offset}")
    if opened[-1] != tag:
        raise UnreadableError(
            f'Unmatched end tag at byte offset {offset}, expected "</{opened[-1]}>", found "</{tag}>"'
        )
    opened.pop()
