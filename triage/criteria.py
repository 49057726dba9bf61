"""The criteria grammar of the rule table.

::

    expr := expr AND expr | expr OR expr | NOT expr | ( expr )
          | AT_LEAST(n; id; id; ...) | finding_id

NOT binds tightest, then AND, then OR. A finding that is unknown or denied counts as absent.
"""

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(\()|(\))|(;)|(\d+)|([A-Za-z_][A-Za-z0-9_]*))")
_KEYWORDS = {"AND", "OR", "NOT", "AT_LEAST"}


class CriteriaError(ValueError):
    """A criteria text does not follow the grammar."""


@dataclass(frozen=True)
class Criteria:
    """A parsed criteria expression.

    Attributes:
        text: the expression as written.
        findings: every finding id that it names.
    """

    text: str
    findings: frozenset[str]
    _matches: Callable[[Set[str]], bool]
    _could_match: Callable[[Set[str]], bool]

    def could_match(self, present: Iterable[str]) -> bool:
        """Tells whether the expression could hold for some part of `present`: nothing that it denies is looked at."""
        return self._could_match(frozenset(present))

    def matches(self, present: Iterable[str]) -> bool:
        """Tells whether the expression holds for the finding ids in `present`."""
        return self._matches(frozenset(present))


def parse(text: str) -> Criteria:
    """Parses a criteria expression.

    Raises:
        CriteriaError: `text` does not follow the grammar; the message says where.
    """
    parser = _Parser(text)
    matches = parser.disjunction()
    parser.expect_end()
    return Criteria(text, frozenset(parser.findings), matches, _Parser(text, heeds_denials=False).disjunction())


def _tokenise(text: str) -> list[str]:
    tokens, position = [], 0
    stripped = text.rstrip()
    while position < len(stripped):
        found = _TOKEN.match(stripped, position)
        if found is None:
            raise CriteriaError(f"cannot read {stripped[position:]!r} in criteria {text!r}")
        tokens.append(found.group().strip())
        position = found.end()
    return tokens


class _Parser:
    def __init__(self, text: str, *, heeds_denials: bool = True) -> None:
        self.text = text
        self.heeds_denials = heeds_denials
        self.tokens = _tokenise(text)
        self.position = 0
        self.findings: set[str] = set()

    def peek(self) -> str | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if token is None or (expected is not None and token != expected):
            wanted = repr(expected) if expected else "something more"
            raise CriteriaError(f"expected {wanted}, found {token!r} in criteria {self.text!r}")
        self.position += 1
        return token

    def expect_end(self) -> None:
        if self.peek() is not None:
            raise CriteriaError(f"unexpected {self.peek()!r} in criteria {self.text!r}")

    def disjunction(self) -> Callable[[Set[str]], bool]:
        parts = [self.conjunction()]
        while self.peek() == "OR":
            self.take()
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else lambda present: any(part(present) for part in parts)

    def conjunction(self) -> Callable[[Set[str]], bool]:
        parts = [self.negation()]
        while self.peek() == "AND":
            self.take()
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else lambda present: all(part(present) for part in parts)

    def negation(self) -> Callable[[Set[str]], bool]:
        if self.peek() == "NOT":
            self.take()
            inner = self.negation()
            return (lambda present: not inner(present)) if self.heeds_denials else (lambda present: True)
        return self.atom()

    def atom(self) -> Callable[[Set[str]], bool]:
        token = self.take()
        if token == "(":
            inner = self.disjunction()
            self.take(")")
            return inner
        if token == "AT_LEAST":
            return self.at_least()
        return self.finding(token)

    def finding(self, token: str) -> Callable[[Set[str]], bool]:
        if token in _KEYWORDS or not token[0].isalpha():
            raise CriteriaError(f"expected a finding id, found {token!r} in criteria {self.text!r}")
        self.findings.add(token)
        return lambda present: token in present

    def at_least(self) -> Callable[[Set[str]], bool]:
        self.take("(")
        number = self.take()
        if not number.isdigit():
            raise CriteriaError(f"AT_LEAST needs a number first in criteria {self.text!r}")
        members = []
        while self.peek() == ";":
            self.take()
            members.append(self.finding(self.take()))
        self.take(")")
        needed = int(number)
        if not 0 < needed <= len(members):
            raise CriteriaError(f"AT_LEAST({number}; …) can never or always hold in criteria {self.text!r}")
        return lambda present: sum(member(present) for member in members) >= needed
