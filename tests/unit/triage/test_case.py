import json
import random
from dataclasses import replace

import pytest

from triage.case import BACKGROUND_LABEL, FACTS, Case, ConversationState, DeferredQuestion, Turn
from triage.contract import Entity, QuestionKind
from triage.findings import ASSERTIONS, vocabulary

WORDS = ["", "54", "two weeks", "left", "ächzend „so“ 🦵", 'with "quotes" and \\', "line\nbreak"]


def through_json(data):
    return json.loads(json.dumps(data))


class Draw:
    """Draws cases at random, each field filled or empty."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.ids = list(vocabulary())

    def findings(self):
        return tuple(self.random.sample(self.ids, self.random.randint(0, 4)))

    def counts(self):
        return tuple((finding, self.random.randint(1, 3)) for finding in self.findings())

    def possible(self):
        return tuple((finding, self.random.random()) for finding in self.findings())

    def groups(self):
        return tuple(self.findings() for _ in range(self.random.randint(0, 2)))

    def words(self):
        return self.random.choice(WORDS)

    def state(self):
        return ConversationState(
            present=self.findings(),
            pending_retractions=self.findings(),
            possible=self.possible(),
            denials=self.counts(),
            unanswered=self.counts(),
            reported_together=self.groups(),
            latest_danger=self.findings(),
            corrected=self.findings(),
            qualifying=self.findings(),
        )

    def turn(self):
        return Turn(
            findings=tuple((finding, self.random.choice(ASSERTIONS)) for finding in self.findings()),
            reply=self.random.choice([None, "yes", "no", "unsure"]),
            asked_finding=self.random.choice([None, "chest_pain"]),
            asked_kind=self.random.choice([None, QuestionKind.PRESENT, QuestionKind.RESOLVED]),
            possible=self.possible(),
            reported_together=self.groups(),
            corrects=self.random.choice([True, False]),
            snapshot=self.random.choice([None, self.state()]),
        )

    def case(self):
        return Case(
            message_id=self.words(),
            before=self.state(),
            now=self.state(),
            turn=self.turn(),
            clarification=self.random.choice([None, "chest_pain"]),
            deferred=self.random.choice([None, DeferredQuestion("ask_causes"), DeferredQuestion("ask_x", "pregnancy")]),
            facts={kind: self.words() for kind in FACTS if self.random.random() < 0.5},
            background=tuple(self.words() for _ in range(self.random.randint(0, 3))),
            questions_asked=tuple(self.words() for _ in range(self.random.randint(0, 3))),
        )


@pytest.mark.parametrize("seed", range(100))
def test_a_case_comes_back_from_json_as_it_was_but_for_the_snapshot(seed):
    case = Draw(seed).case()
    expected = replace(case, turn=replace(case.turn, snapshot=None))
    assert Case.from_json(through_json(case.to_json())) == expected


@pytest.mark.parametrize("seed", range(50))
def test_a_state_comes_back_from_json_with_the_same_assessment(seed):
    state = Draw(seed).state()
    back = ConversationState.from_json(through_json(state.to_json()))
    assert back == state
    assert back.assessment == state.assessment


@pytest.mark.parametrize("nothing", [None, {}])
def test_where_the_slot_is_empty_the_case_is(nothing):
    assert Case.from_json(nothing) == Case()
    assert Case().tier is None


def test_the_tier_is_written_out_for_readers_that_need_nothing_else():
    assert Case(now=ConversationState(("chest_pain",))).to_json()["tier"] == "emergency_now"
    assert Case().to_json()["tier"] is None


def test_a_state_that_was_stored_before_a_field_existed_is_read():
    assert ConversationState.from_json({"present": ["chest_pain"]}) == ConversationState(("chest_pain",))


def test_a_first_message_counts_each_finding_once_and_knows_what_qualifies():
    state = ConversationState.after_one_message(
        ["speech_trouble", "gradual_onset", "speech_trouble"], [("chest_pain", 0.3)]
    )
    assert state.present == ("speech_trouble", "gradual_onset")
    assert state.possible == (("chest_pain", 0.3),)
    assert state.qualifying == ("gradual_onset",)


@pytest.mark.parametrize(
    ("qualifying", "tier"), [(("gradual_onset",), "see_doctor_soon"), ((), "emergency_now")], ids=["same", "another"]
)
def test_what_makes_a_danger_less_urgent_counts_only_where_it_was_said_in_the_same_message(qualifying, tier):
    state = ConversationState(("speech_trouble", "gradual_onset"), qualifying=qualifying)
    assert state.assessment.tier == tier


def test_what_was_said_in_the_same_words_goes_together():
    state = ConversationState(
        ("high_energy_trauma", "recent_injury", "fever_38"),
        reported_together=(("recent_injury", "high_energy_trauma"), ("fever_38", "high_energy_trauma")),
    )
    assert state.covered_by("high_energy_trauma") == ("high_energy_trauma", "recent_injury")
    assert state.covered_by("fever_38") == ("fever_38", "high_energy_trauma")
    assert state.covered_by("chest_pain") == ("chest_pain",)


def test_what_a_correction_takes_back_without_naming_it_goes_together():
    state = ConversationState(("chest_pain", "seizure", "fever_38"), corrected=("chest_pain", "seizure"))
    assert state.covered_by("seizure") == ("seizure", "chest_pain")
    assert state.covered_by("fever_38") == ("fever_38",)


def test_a_turn_tells_what_it_reports_by_assertion():
    turn = Turn((("chest_pain", "present"), ("seizure", "absent"), ("fever_38", "present")))
    assert turn.reports("present") == ["chest_pain", "fever_38"]
    assert turn.reports("absent") == ["seizure"]
    assert turn.reports("past") == []


def test_the_summary_begins_with_the_person_and_ends_with_the_occasion():
    assert list(FACTS) == ["age", "side", "duration", "frequency", "occasion"]


def test_no_two_lines_of_a_summary_begin_alike():
    labels = [*FACTS.values(), BACKGROUND_LABEL]
    assert len(set(labels)) == len(labels)
    assert all(label[0].isupper() and not label.endswith(":") for label in labels)


def test_a_fact_is_no_entity_that_code_decides_about():
    assert not FACTS.keys() & {value for name, value in vars(Entity).items() if name.isupper()}
