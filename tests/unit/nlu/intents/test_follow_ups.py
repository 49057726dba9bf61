"""Messages that hang on the last answer."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import PRESSED, add_entities
from nlu.intents.follow_ups import Answer, FollowUpExtractor, follow_up_kind, resolve


@pytest.mark.parametrize(
    ("text", "names_factor", "kind"),
    [
        ("why?", False, "why"),
        ("but why", False, "why"),
        ("how long?", False, "how_long"),
        ("ok and how often should i do it", False, "how_long"),
        ("is that bad?", False, "is_it_bad"),
        ("and for runners?", True, "another"),
        ("what about magnesium then", True, "another"),
        ("magnesium?", True, "another"),
        ("what about the rent", False, None),
        ("why does my knee twitch", False, None),
        ("does magnesium help with cramps", True, None),
        ("and i have been running for twenty years without any trouble at all", True, None),
        ("", False, None),
    ],
)
def test_follow_ups_are_known_by_their_words(text, names_factor, kind):
    assert follow_up_kind(text, names_factor) == kind


@pytest.mark.parametrize(
    ("kind", "factors", "last", "answer"),
    [
        ("another", ["running"], Answer("ask_prevention"), Answer("ask_prevention", "running")),
        (
            "another",
            ["potassium"],
            Answer("ask_cause_medication", "diuretics"),
            Answer("ask_cause_nutrients", "potassium"),
        ),
        ("another", ["running"], Answer("ask_diagnosis"), None),
        ("how_long", [], Answer("ask_stretching_exercise", "calf"), Answer("ask_stretching_exercise", "calf")),
        ("how_long", [], Answer("ask_causes"), Answer("ask_duration")),
        ("is_it_bad", [], Answer("ask_causes"), Answer("ask_duration", "danger")),
        ("why", [], Answer("ask_relief_now", "night"), Answer("ask_causes", "night")),
        ("why", [], Answer("ask_medicines"), None),
    ],
)
def test_a_follow_up_is_read_in_the_light_of_the_last_answer(kind, factors, last, answer):
    assert resolve(kind, factors, last) == answer


@pytest.mark.parametrize(
    ("text", "factors", "kinds"),
    [
        ("why?", [], ["why"]),
        ("and for runners?", ["running"], ["another"]),
        ("and for runners?", [], []),
        ("hello", [], []),
    ],
)
def test_a_follow_up_becomes_an_entity(text, factors, kinds):
    message = Message({TEXT: text})
    add_entities(message, [{"entity": "factor", "value": factor} for factor in factors])
    FollowUpExtractor().process([message])
    assert [e["value"] for e in message.get(ENTITIES, []) if e["entity"] == "follow_up"] == kinds


def test_a_pressed_button_is_no_follow_up():
    message = Message({TEXT: "why", PRESSED: True})
    assert FollowUpExtractor().process([message])[0].get(ENTITIES, []) == []
