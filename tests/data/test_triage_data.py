"""The clinical data files hold together, and a broken one is named."""

import re

import pytest

from triage import findings, loading, rules
from triage.help_lines import countries, crisis_lines, emergency_number, poison_lines
from triage.loading import TriageDataError


def test_no_rule_and_no_finding_was_lost():
    assert len(rules.rule_table()) >= 117
    assert len(findings.vocabulary()) >= 113


_YES_OR_NO = re.compile(r"(?:Is|Are|Was|Do|Does|Did|Has|Have|Can|Could)\b[^?]*\?$")


def test_what_a_bare_yes_to_a_rules_question_confirms_is_named():
    """Else the yes would be answered with "Which of them?", and a danger passed over."""
    for rule in rules.rule_table():
        if rule.ask_first and _YES_OR_NO.match(rule.ask_first) and " or " not in rule.ask_first:
            assert rule.ask_about, (
                f"rules.yml: {rule.id} asks {rule.ask_first!r}; name what a yes confirms in ask_about"
            )


def test_every_rule_says_when_it_was_reviewed():
    assert all(len(rule.reviewed) == len("2026-11-22") for rule in rules.rule_table())


@pytest.fixture
def broken(monkeypatch):
    """Serves an edited copy of a data file in the place of the file."""
    original = loading.read_data

    def serve(edit):
        def edited(path):
            data = original(path)
            edit(data)
            loading.validate(path.name, data, loading.yaml.safe_load(loading.schema_of(path).read_text()))
            return data

        monkeypatch.setattr(rules, "read_data", edited)
        rules.rule_table.cache_clear()
        return rules.rule_table

    yield serve
    monkeypatch.undo()
    rules.rule_table.cache_clear()


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda data: data["rules"][0].pop("sources"), "R01_stroke_fast: has no 'sources'; add it"),
        (
            lambda data: data["rules"][0].update(tier="soon"),
            "rule R01_stroke_fast, tier: 'soon' is none of emergency_now",
        ),
        (
            lambda data: data["rules"][0].update(criteria="face_drop"),
            "rule R01_stroke_fast, criteria: 'face_drop' is no finding of findings.yml; correct the id",
        ),
        (lambda data: data["rules"][0].update(criteria="face_droop OR"), "criteria: expected something more"),
        (
            lambda data: data["rules"][0].update(sources=["a_blog"]),
            "rule R01_stroke_fast, sources: 'a_blog' is no source of evidence.yml; correct the id or add it there",
        ),
        (lambda data: data["rules"][0].update(sources=[]), "rule R01_stroke_fast, sources: is empty"),
        (lambda data: data["rules"][0].update(ask_about="a_cold"), "ask_about: 'a_cold' is no finding"),
        (lambda data: data["rules"].append(data["rules"][0]), "rule R01_stroke_fast: occurs twice; give one of them"),
        (lambda data: data["tiers"].reverse(), "tiers: self_care, .* are not the tiers from high to low"),
    ],
)
def test_a_broken_rule_is_refused_by_name(broken, edit, says):
    with pytest.raises(TriageDataError, match=f"^rules.yml, .*{says}"):
        broken(edit)()


def test_unknown_country_gets_the_honest_general_line():
    for country in (None, "XX"):
        assert "911 in the US" in emergency_number(country).line


@pytest.mark.parametrize("country", sorted(countries()))
def test_every_country_has_a_line_with_its_number(country):
    number = emergency_number(country)
    assert number.region in number.line
    assert any(character.isdigit() for character in number.line)


def test_crisis_and_poison_lines_of_a_country_come_alone():
    assert crisis_lines("AU") == ["Lifeline: Call 13 11 14"]
    assert poison_lines("GB") == ["NHS 111: 111 (999 if very unwell)"]
    assert len(crisis_lines(None)) > 4
