"""What still recognises a danger when everything else is down."""

import pytest

from nlu.findings.keyword_fallback import findings_named
from triage.findings import vocabulary


@pytest.mark.parametrize(
    "text",
    ["chest pain", "I have CHEST PAIN!!", "since monday chest-pain", "no chest pain", "my chest\n pain"],
)
def test_a_phrase_counts_however_it_is_written_denied_or_not(text):
    assert "chest_pain" in findings_named(text)


@pytest.mark.parametrize("text", ["", "chest", "pain in the chests", "my orchest pain", "x" * 4_000 + " chest pain"])
def test_what_names_nothing(text):
    assert "chest_pain" not in findings_named(text)


def test_short_phrases_do_not_stand_alone():
    assert "kms" in vocabulary()["suicidal"].patient_phrases
    assert findings_named("i ran 10 kms") == set()
    assert findings_named("gasping") == set()
    assert findings_named("trampled") == {"high_energy_trauma"}


def test_nearly_every_finding_can_be_named():
    named = {
        finding.id
        for finding in vocabulary().values()
        if any(finding.id in findings_named(phrase) for phrase in finding.patient_phrases)
    }
    assert named == vocabulary().keys()
