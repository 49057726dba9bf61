"""The grammar of the rule table, by examples and by random expressions against a reference evaluation."""

import itertools
import random
import re

import pytest

from triage.criteria import CriteriaError, parse

NAMES = ["a", "b", "c", "d"]
SUBSETS = [frozenset(part) for size in range(5) for part in itertools.combinations(NAMES, size)]


@pytest.mark.parametrize(
    ("text", "present", "expected"),
    [
        ("a", {"a"}, True),
        ("a", set(), False),
        ("a OR b AND c", {"a"}, True),
        ("a OR b AND c", {"b"}, False),
        ("(a OR b) AND c", {"a"}, False),
        ("NOT a AND b", {"b"}, True),
        ("NOT (a AND b)", {"a"}, True),
        ("NOT NOT a", {"a"}, True),
        ("AT_LEAST(2; a; b; c)", {"a", "c"}, True),
        ("AT_LEAST(2; a; b; c)", {"a"}, False),
        ("d AND NOT AT_LEAST(2; a; b)", {"d", "a"}, True),
    ],
)
def test_truth(text, present, expected):
    assert parse(text).matches(present) is expected


def test_names_its_findings():
    assert parse("a AND (b OR NOT AT_LEAST(1; c; d))").findings == {"a", "b", "c", "d"}


def test_keeps_the_text_as_written():
    assert parse(" a  OR b ").text == " a  OR b "


@pytest.mark.parametrize(
    "text", ["", "a AND", "(a", "a b", "AT_LEAST(3; a; b)", "AT_LEAST(a; b)", "a & b", "NOT", "OR a", "AT_LEAST(1 a)"]
)
def test_what_does_not_follow_the_grammar_is_refused(text):
    with pytest.raises(CriteriaError, match=re.escape(repr(text))):
        parse(text)


@pytest.mark.parametrize(
    "text", ["AT_LEAST(0; a)", "AT_LEAST(2; a)", "AT_LEAST(1)", "AT_LEAST", "a)", "_a", "1", "a;b"]
)
def test_what_could_never_or_always_hold_or_is_no_finding_is_refused(text):
    with pytest.raises(CriteriaError):
        parse(text)


def draw(rng, depth):
    """Returns a random expression as nested tuples: an operator with its operands, or the name of a finding."""
    kind = rng.choice(["OR", "AND", "NOT", "AT_LEAST", "name"]) if depth else "name"
    if kind == "name":
        return rng.choice(NAMES)
    if kind == "AT_LEAST":
        members = rng.sample(NAMES, rng.randint(1, 4))
        return ("AT_LEAST", rng.randint(1, len(members)), *members)
    operands = 1 if kind == "NOT" else rng.randint(2, 3)
    return (kind, *(draw(rng, depth - 1) for _ in range(operands)))


def evaluate(expression, present):
    """The reference: the truth of an expression by its tree, without the grammar."""
    if isinstance(expression, str):
        return expression in present
    kind, *operands = expression
    if kind == "AT_LEAST":
        return len(present & set(operands[1:])) >= operands[0]
    values = [evaluate(operand, present) for operand in operands]
    return not values[0] if kind == "NOT" else any(values) if kind == "OR" else all(values)


def write(rng, expression, binding=0):
    """Writes an expression with as few parentheses as its operators need, or a pair more, and blanks here and there.

    Args:
        rng: source of chance.
        expression: the tree.
        binding: how tightly the operator around it binds: 1 for OR, 2 for AND, 3 for NOT.
    """
    blank = rng.choice(["", " ", "\n  "])
    if isinstance(expression, str):
        text, own = expression, 4
    elif expression[0] == "AT_LEAST":
        text, own = f"AT_LEAST({blank}{f'{blank};{blank}'.join(map(str, expression[1:]))}{blank})", 4
    elif expression[0] == "NOT":
        text, own = f"NOT {blank}{write(rng, expression[1], 3)}", 3
    else:
        own = {"OR": 1, "AND": 2}[expression[0]]
        text = f" {blank}{expression[0]} ".join(write(rng, operand, own) for operand in expression[1:])
    return f"({blank}{text}{blank})" if own < binding or rng.random() < 0.1 else text


@pytest.mark.parametrize("seed", range(100))
def test_random_expressions_mean_what_their_tree_says(seed):
    rng = random.Random(seed)
    expression = draw(rng, 4)
    text = write(rng, expression)
    criteria = parse(text)
    for present in SUBSETS:
        assert criteria.matches(present) == evaluate(expression, present), (text, present)
        assert criteria.matches([*present, "unknown_to_the_rule"]) == evaluate(expression, present), (text, present)
    assert {name for name in NAMES if re.search(rf"\b{name}\b", text)} == criteria.findings


@pytest.mark.parametrize("seed", range(100))
def test_what_some_part_of_the_findings_fulfils_could_match(seed):
    rng = random.Random(seed)
    criteria = parse(write(rng, draw(rng, 4)))
    for present in SUBSETS:
        if any(criteria.matches(part) for part in SUBSETS if part <= present):
            assert criteria.could_match(present), (criteria.text, present)


@pytest.mark.parametrize("seed", range(100))
def test_without_a_denial_what_could_match_does(seed):
    rng = random.Random(seed)
    criteria = parse(write(rng, draw(rng, 4)).replace("NOT ", ""))
    assert all(criteria.could_match(present) == criteria.matches(present) for present in SUBSETS)


@pytest.mark.parametrize("seed", range(100))
def test_tokens_in_any_order_are_parsed_or_refused_with_the_text(seed):
    rng = random.Random(seed)
    text = " ".join(
        rng.choices(["a", "b", "AND", "OR", "NOT", "AT_LEAST", "(", ")", ";", "2", "?"], k=rng.randint(1, 7))
    )
    refusal = None
    try:
        assert parse(text).findings
    except CriteriaError as error:
        refusal = str(error)
    assert refusal is None or repr(text) in refusal
