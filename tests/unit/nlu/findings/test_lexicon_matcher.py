"""The lexicon matcher: phrases and frames of the lexicon that ships."""

import ast
import json
import shutil
from pathlib import Path

import pytest

from nlu.base.compiled import compiled
from nlu.findings import lexicon_matcher
from nlu.findings.frames import LexiconError
from nlu.findings.lexicon_matcher import FindingMatcher
from nlu.findings.mention import Mention
from nlu.text.lexicon import LEXICON_FOLDER, word_group
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


@pytest.mark.parametrize(
    ("distractor", "is_covered"),
    [((2, 4), True), ((1, 5), True), ((3, 4), True), ((4, 5), False), ((1, 3), False), ((0, 2), False)],
)
def test_a_distractor_covers_what_ends_in_it(distractor, is_covered):
    mention = Mention("seizure", 2, 4, ((2, 4),), frozenset({2, 3}), "a phrase")
    assert lexicon_matcher._is_covered(mention, [("seizure", *distractor)]) == is_covered
    assert not lexicon_matcher._is_covered(mention, [("chest_pain", *distractor)])


def test_all_targets_must_be_covered():
    mention = Mention("seizure", 2, 6, ((2, 3), (5, 6)), frozenset({2, 5}), "a frame")
    assert not lexicon_matcher._is_covered(mention, [("seizure", 1, 4)])
    assert lexicon_matcher._is_covered(mention, [("seizure", 1, 4), ("seizure", 4, 7)])


@pytest.fixture
def folder(tmp_path):
    """A lexicon whose only frames are about gizmos that wobble."""
    shutil.copytree(LEXICON_FOLDER / "schemas", tmp_path / "schemas")
    (tmp_path / "frames").mkdir()
    body_parts = {part: [f"{part.lower()} of ours"] for part in word_group("matching.yml", "body_parts")}
    concepts = body_parts | {"GIZMO": ["gizmo", "little thing"], "WOBBLE": ["wob*", "zap*"]}
    (tmp_path / "concepts.yml").write_text(json.dumps({"concepts": concepts}))
    (tmp_path / "frames" / "one.yml").write_text(
        "concepts: {}\nframes: {seizure: [GIZMO + WOBBLE, GIZMO + lights up]}\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("gizmo wob", True),
        ("gizmo wobbling", True),
        ("gizmo zap", True),
        ("gizmo za", False),
        ("the little thing wobbles", True),
        ("the little blue thing wobbles", False),
        ("gizmo lights up", True),
        ("gizmo lights", False),
    ],
)
def test_words_beginnings_and_phrases_of_the_lexicon(folder, text, is_found):
    assert ("seizure" in found(FindingMatcher(folder), text)) == is_found


def test_a_part_of_the_body_that_is_no_concept_is_named(folder):
    (folder / "concepts.yml").write_text('concepts: {KNEE: [knee], GIZMO: [gizmo], WOBBLE: ["wob*"]}')
    with pytest.raises(LexiconError, match=r"matching\.yml, body_parts: .*CALF.* is no concept"):
        FindingMatcher(folder)


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
    named = set(lexicon_matcher._sources(LEXICON_FOLDER))
    assert {path for path in named if path.suffix == ".py"} == imported_by(Path(lexicon_matcher.__file__))
    assert {LEXICON_FOLDER / f"{name}.yml" for name in ("concepts", "spelling", "matching")} <= named
    assert lexicon_matcher.DATA_FOLDER / "findings.yml" in named
    assert set((LEXICON_FOLDER / "frames").glob("*.yml")) <= named
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
