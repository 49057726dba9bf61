import pytest

from triage.case import ConversationState
from triage.clarification import MOST_ASKED, ClarificationThresholds, driving_finding, next_clarification

THRESHOLDS = ClarificationThresholds(usual=0.1, beside_follow_up=0.2, self_harm=0.05)


def state(*present, **fields):
    return ConversationState(present, **fields)


def asked(*present, **fields):
    return next_clarification(state(*present, **fields), THRESHOLDS)


def test_without_anything_unclear_nothing_is_asked():
    assert asked() is None
    assert asked("chest_pain") is None


@pytest.mark.parametrize(("probability", "question"), [(0.09, None), (0.1, "chest_pain"), (0.9, "chest_pain")])
def test_a_danger_is_asked_about_from_the_threshold_on(probability, question):
    assert asked(possible=(("chest_pain", probability),)) == question


@pytest.mark.parametrize("finding", ["suicidal", "overdose_taken"])
def test_self_harm_is_asked_about_sooner(finding):
    assert asked(possible=((finding, 0.05),)) == finding
    assert asked(possible=((finding, 0.04),)) is None


@pytest.mark.parametrize(("probability", "question"), [(0.15, None), (0.25, "both_legs_weak")])
def test_beside_a_rule_that_asks_by_itself_it_takes_more(probability, question):
    assert asked("leg_weakness", possible=(("both_legs_weak", probability),)) == question


def test_what_is_harmless_is_not_asked_about():
    assert asked(possible=(("spasm_painful", 0.99), ("spasm_over_2_weeks", 0.99))) is None


def test_what_calls_for_nothing_sooner_than_what_is_known_is_not_asked_about():
    assert asked("chest_pain", possible=(("seizure", 0.9),)) is None
    assert asked("calf_swelling_one_side", possible=(("chest_pain", 0.9),)) == "chest_pain"


def test_findings_that_are_dangerous_together_only_are_weighed_together():
    assert asked(possible=(("fever_38", 0.05), ("knee_swollen", 0.05))) is None
    assert asked(possible=(("fever_38", 0.9), ("knee_swollen", 0.9))) in {"fever_38", "knee_swollen"}


def test_several_unlikely_dangers_add_up():
    unlikely = (("chest_pain", 0.06), ("seizure", 0.05))
    assert asked(possible=unlikely[:1]) is None
    assert asked(possible=unlikely) == "chest_pain"


def test_of_two_as_likely_the_emergency_is_asked_about():
    assert asked(possible=(("calf_swelling_one_side", 0.4), ("seizure", 0.4))) == "seizure"


@pytest.mark.parametrize("field", ["unanswered", "denials"])
def test_a_question_is_put_a_few_times_at_most(field):
    possible = (("chest_pain", 0.5),)
    assert asked(possible=possible, **{field: (("chest_pain", MOST_ASKED - 1),)}) == "chest_pain"
    assert asked(possible=possible, **{field: (("chest_pain", MOST_ASKED),)}) is None
    assert asked(possible=(*possible, ("seizure", 0.3)), **{field: (("chest_pain", MOST_ASKED),)}) == "seizure"


def test_the_finding_without_which_the_tier_would_be_lower_drives_it():
    assert driving_finding(state("calf_pain", "chest_pain")) == "chest_pain"


def test_where_none_drives_it_alone_the_first_that_the_rule_names_is_given():
    assert driving_finding(state("spasm_present", "chest_pain", "seizure")) in {"chest_pain", "seizure"}


def test_without_a_tier_nothing_drives_it():
    assert driving_finding(state()) is None
    assert driving_finding(state("gradual_onset")) is None
