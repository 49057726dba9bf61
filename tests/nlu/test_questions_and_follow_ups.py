"""Several questions in one message, and messages that hang on the last answer."""

import pytest

from nlu.intents.fallback import suggestions
from nlu.intents.follow_ups import Answer, chosen_places, follow_up_kind, resolve
from nlu.intents.question_splitter import questions


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("what causes it and how do I make it stop", ["what causes it", "how do I make it stop"]),
        ("my knee jumps, why and how do i stop it", ["my knee jumps, why", "how do i stop it"]),
        ("Calf cramps at night. What can I drink? Any stretches?", ["What can I drink", "Any stretches"]),
        ("whats it called n why do i get it", ["whats it called", "why do i get it"]),
        ("is heat or ice better", []),
        ("my knee hurts and my foot is cold", []),
        ("why?", []),
        ("", []),
        ("?!?!", []),
    ],
)
def test_questions_are_found_one_by_one(text, parts):
    found = questions(text)
    assert [question.text for question in found] == parts
    assert all(text[question.start : question.end] == question.text for question in found)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("what causes it and how do I make it stop", {"ask_causes"}),
        ("can i run with it and should i see a doctor?", {"ask_stretching_exercise", "ask_when_to_see_doctor"}),
        ("how long does it last, what tests are there and does physio help?", {"ask_duration", "ask_diagnosis"}),
    ],
)
def test_a_message_with_several_questions_carries_all_topics(parse, text, topics):
    parsed = parse(text)
    asked = [e["value"] for e in parsed["entities"] if e["entity"] == "also_asked"]
    assert 2 <= len(asked) <= 3
    assert topics <= set(asked)
    assert parsed["intent"]["name"] == asked[0]


def test_each_of_several_questions_keeps_its_own_detail(parse):
    asked = [
        e for e in parse("does stress cause it? and can i take quinine?")["entities"] if e["entity"] == "also_asked"
    ]
    assert [(e["value"], e["variant"]) for e in asked] == [("ask_cause_other", "stress"), ("ask_medicines", "quinine")]


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
    ("text", "shown", "places"),
    [
        ("the first one", 2, [0]),
        ("2", 2, [1]),
        ("i mean the second question please", 2, [1]),
        ("The latter.", 2, [1]),
        ("number three", 3, [2]),
        ("the third one", 2, []),
        ("both", 2, [0, 1]),
        ("the last one", 3, [2]),
        ("the first one", 0, []),
        ("the first time it jumped i fell", 2, []),
        ("second opinion", 2, []),
    ],
)
def test_buttons_are_named_by_their_places(text, shown, places):
    assert chosen_places(text, shown) == places


def test_two_topics_are_offered_only_where_it_is_likely_one_of_them():
    names = ("ask_causes", "out_of_scope", "ask_duration", "ask_medicines")

    def ranking(*chances):
        return [{"name": name, "confidence": chance} for name, chance in zip(names, chances, strict=False)]

    assert suggestions(ranking(0.4, 0.1, 0.3, 0.2)) == ["ask_causes", "ask_duration"]
    assert suggestions(ranking(0.2, 0.5, 0.15)) == ["ask_causes"]
    assert suggestions(ranking(0.05, 0.9)) == []
