"""The lexicon matcher: phrases and frames of the lexicon that ships."""

import ast
import json
from pathlib import Path

import pytest

from nlu.base.compiled import compiled
from nlu.findings import lexicon_matcher
from nlu.findings.lexicon_matcher import FindingMatcher
from triage.findings import vocabulary

ROOT = Path(lexicon_matcher.__file__).parents[2]
TEXTS = ("my left calf is swolen and hot", "no chest pain but i cant feel my foot", "she had a clot last year")


def found(matcher, text):
    return {mention.finding for mention in matcher.mentions(matcher.tokenize(text))}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("chest pain", "chest_pain"),
        ("My LEFT calf is really swollen", "calf_swelling_one_side"),
        ("my calf is swolen", "calf_swelling_one_side"),
        ("i have no chest pain", "chest_pain"),
        ("cant feel my foot", "new_numbness"),
    ],
)
def test_what_is_mentioned_is_found_whatever_is_asserted(matcher, text, finding):
    assert finding in found(matcher, text)


@pytest.mark.parametrize("text", ["", "...", "the weather is nice", "i ran 10 kms"])
def test_what_mentions_nothing(matcher, text):
    assert found(matcher, text) == set()


def test_hardly_any_patient_phrase_is_missed(matcher):
    phrases = [(finding.id, phrase) for finding in vocabulary().values() for phrase in finding.patient_phrases]
    missed = [(finding, phrase) for finding, phrase in phrases if finding not in found(matcher, phrase)]
    assert len(missed) <= 0.03 * len(phrases), missed


def test_a_distractor_takes_away_what_it_covers(matcher):
    covered = [
        (finding.id, text)
        for finding in vocabulary().values()
        for text in finding.lookalikes
        if finding.id in found(matcher, text)
    ]
    assert covered == []


def test_a_distractor_takes_nothing_else_away(matcher):
    assert found(matcher, "weak wifi signal") == set()
    assert "leg_weakness" in found(matcher, "weak wifi signal and my leg is weak")


def test_it_is_the_same_from_what_was_kept_as_from_the_lexicons(matcher, monkeypatch, tmp_path):
    monkeypatch.setattr(lexicon_matcher, "compiled", lambda name, files, make: make())
    fresh = FindingMatcher()
    monkeypatch.setattr(
        lexicon_matcher,
        "compiled",
        lambda name, files, make: json.loads(json.dumps(compiled(name, files, make, tmp_path))),
    )
    FindingMatcher()
    loaded = FindingMatcher()
    for text in TEXTS:
        assert fresh.tokenize(text) == loaded.tokenize(text) == matcher.tokenize(text)
        assert fresh.mentions(fresh.tokenize(text)) == loaded.mentions(loaded.tokenize(text)) != []


def test_the_derived_lexicon_depends_on_every_file_that_it_is_made_of():
    folder = lexicon_matcher.LEXICON_FOLDER
    named = set(lexicon_matcher._sources(folder))
    assert {path for path in named if path.suffix == ".py"} == imported_by(Path(lexicon_matcher.__file__))
    assert {folder / "concepts.yml", folder / "spelling.yml", lexicon_matcher.DATA_FOLDER / "findings.yml"} <= named
    assert set((folder / "frames").glob("*.yml")) <= named
    assert all(path.is_file() for path in named)


def imported_by(module):
    """Returns a module and those of ours that it imports, directly or through others."""
    seen, open_ = set(), [module]
    while open_:
        path = open_.pop()
        if path in seen:
            continue
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            candidates = [ROOT / f"{name.replace('.', '/')}.py" for name in names]
            open_ += [path for path in candidates if path.is_file()]
    return seen
