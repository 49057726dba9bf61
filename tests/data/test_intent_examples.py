"""The examples that the intents are learnt from."""

from collections import Counter

import numpy as np
import pytest
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer

from tools.settings import ROOT
from triage.topics import TOPICS

ALIKE = 0.8


@pytest.fixture(scope="module")
def examples():
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = entry.get("examples", "").splitlines()
            found += [(line.strip()[2:], entry["intent"]) for line in lines if "intent" in entry and line.strip()]
    return found


def test_every_intent_has_at_least_80_examples_and_out_of_scope_600(examples):
    counts = Counter(intent for _, intent in {(text.lower(), intent) for text, intent in examples})
    assert not [(intent, count) for intent, count in counts.items() if count < 80]
    assert counts["out_of_scope"] >= 600
    assert counts.keys() >= TOPICS.keys()


def test_no_example_stands_under_two_intents(examples):
    owner = {}
    assert not [text for text, intent in examples if owner.setdefault(text.lower(), intent) != intent]


def test_near_duplicates_across_intents_have_been_decided(examples):
    texts = [text for text, _ in examples]
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32)
    features = vectors.fit_transform([text.lower() for text in texts])
    alike = set()
    for first in range(0, len(texts), 500):
        likeness = (features[first : first + 500] @ features.T).toarray()
        for row, other in zip(*np.nonzero(likeness >= ALIKE), strict=True):
            number = first + row
            if number < other and examples[number][1] != examples[other][1]:
                alike.add(frozenset({texts[number], texts[other]}))
    table = (ROOT / "data" / "BOUNDARIES.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if line.startswith("| ")]
    decided = {frozenset({row[1], row[3]}) for row in rows}
    assert not [sorted(pair) for pair in alike - decided]
