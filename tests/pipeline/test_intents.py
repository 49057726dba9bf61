"""The trained pipeline on words that it was not trained on."""

import json

import pytest

from nlu.training.corpus import DEVELOPMENT_FOLDER

DEVELOPMENT = [
    json.loads(line) for line in (DEVELOPMENT_FOLDER / "intents.jsonl").read_text(encoding="utf-8").splitlines()
]
REFUSED = {"out_of_scope", "nlu_fallback", "message_without_words"}


def variant(parsed):
    return next(e["value"] for e in parsed["entities"] if e["entity"] == "answer_variant")


@pytest.mark.parametrize(
    ("text", "intents", "detail"),
    [
        ("why does my knee keep jumping after I run", {"ask_causes", "ask_cause_fatigue"}, {"exercise", "running"}),
        ("is it cause im not drinking enough water", {"ask_cause_dehydration"}, {"general"}),
        ("could my water pills be doing this", {"ask_cause_medication"}, {"diuretics"}),
        ("how long till it goes away", {"ask_duration"}, {"general"}),
        ("what tests will they do", {"ask_diagnosis"}, None),
        ("its happening right now how do i make it stop", {"ask_relief_now"}, {"general"}),
        ("whats the difference between a cramp and a twitch", {"ask_definition"}, {"cramp_or_twitch"}),
        ("can magnesium help", {"ask_medicines", "ask_hydration_nutrition"}, {"magnesium"}),
        ("should i use ice or heat", {"ask_massage_heat_cold"}, {"general"}),
        ("when should i worry", {"ask_when_to_see_doctor", "ask_duration"}, None),
        ("how do i stop it coming back", {"ask_prevention"}, {"general"}),
        ("i'm 8 months pregnant and my leg cramps every night", {"report_symptoms", "ask_cause_other"}, {"pregnancy"}),
        ("what's the capital of France", REFUSED, {"general"}),
        ("does stress do it", {"ask_cause_other"}, {"stress"}),
        ("what happens if you get a clot", {"ask_cause_other"}, {"clot"}),
        ("im 71 and my thigh cramps in bed", {"report_symptoms", "ask_cause_other"}, {"age", "night"}),
        ("I'm in Leeds", {"tell_country"}, {"general"}),
    ],
)
def test_question_gets_its_topic_and_detail(parse, text, intents, detail):
    parsed = parse(text)
    assert parsed["intent"]["name"] in intents
    assert detail is None or variant(parsed) in detail


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my left calf is swollen and hot and i'm short of breath", "report_emergency"),
        ("mums face has dropped on one side and her knee is jerking", "report_emergency"),
        ("what stretches help, also i cant feel between my legs", "report_emergency"),
        ("hello, i want to end my life", "report_emergency"),
        ("my calf is swollen on one side", "report_urgent"),
        ("x " * 1200 + "and now i have chest pain", "report_emergency"),
    ],
)
def test_red_flag_overrides_what_was_asked(parse, text, intent):
    assert parse(text)["intent"]["name"] == intent


@pytest.mark.parametrize(
    "text",
    [
        "no swelling, no fever, just a twitch",
        "what happens if you get a clot",
        "my dad had a stroke in 2009",
        "is a clot dangerous",
    ],
)
def test_no_alarm(parse, text):
    assert parse(text)["intent"]["name"] not in {"report_emergency", "report_urgent"}


def test_self_harm_gets_its_own_first_words(parse):
    assert variant(parse("i want to kill myself")) == "suicidal"


def test_country_is_picked_up(parse):
    assert [
        e["value"] for e in parse("my knee twitches, i live in Dublin")["entities"] if e["entity"] == "country"
    ] == ["IE"]


def test_development_questions_get_their_topic(parse):
    """None of them is trained on, but they were read: 90 % when it was written, out-of-scope messages not counted."""
    asked = [case for case in DEVELOPMENT if case["intent"] != "out_of_scope"]
    right = [case for case in asked if parse(case["text"])["intent"]["name"] == case["intent"]]
    assert len(right) >= 0.88 * len(asked)


def test_development_messages_out_of_scope_are_refused(parse):
    """95 % when it was written."""
    foreign = [case["text"] for case in DEVELOPMENT if case["intent"] == "out_of_scope"]
    answered = [text for text in foreign if parse(text)["intent"]["name"] not in REFUSED]
    assert len(answered) <= 0.08 * len(foreign), answered


@pytest.mark.parametrize(
    ("text", "intent", "detail"),
    [
        ("im scared its ALS my knee muscle has been twitching for days", "ask_cause_neurological", "als"),
        ("prednisone and twitching knee", "ask_cause_medication", "steroids"),
        ("tonic water for cramps does it work", "ask_medicines", "quinine"),
        ("do i need a mri", "ask_diagnosis", "imaging"),
        ("my 6 year old wakes crying with leg cramps", "report_symptoms", "child"),
    ],
)
def test_a_named_detail_decides_the_topic(parse, text, intent, detail):
    parsed = parse(text)
    assert (parsed["intent"]["name"], variant(parsed)) == (intent, detail)


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
