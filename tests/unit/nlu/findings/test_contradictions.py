"""What the words of a message say against a finding."""

import pytest

from nlu.findings.contradictions import contradictions, spoken_against
from triage.findings import vocabulary


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        ("spasm_over_10_min", "it carries on for a few seconds, then quits, an hour later it does it again"),
        ("spasm_over_10_min", "the twitch lasts 20 secs"),
        ("both_sides_sciatica", "sciatica goes down the one leg"),
        ("not_sweating_hot", "been sweating buckets in this heat"),
    ],
)
def test_words_can_speak_against_a_finding(finding, text):
    assert spoken_against(finding, text)


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        ("spasm_over_10_min", "it hasn't let go for one second"),
        ("spasm_over_10_min", "comes for a few seconds and has gone on like that non stop"),
        ("both_sides_sciatica", "the pain runs down my left leg and now down the right leg"),
        ("both_sides_sciatica", "left leg first, then the other"),
        ("not_sweating_hot", "I was sweating buckets and then it stopped, my skin is dry"),
        ("chest_pain", "it lasts a few seconds"),
    ],
)
def test_what_is_taken_back_speaks_against_nothing(finding, text):
    assert not spoken_against(finding, text)


def test_every_entry_is_about_a_finding_that_there_is():
    assert contradictions()
    assert contradictions().keys() <= vocabulary().keys()


def test_apostrophes_and_capitals_make_no_difference():
    assert spoken_against("not_sweating_hot", "BEEN SWEATING BUCKETS")
    assert not spoken_against("spasm_over_10_min", "It HASN’T let go for one second")
