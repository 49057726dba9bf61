"""What a message reports goes before what it asks."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import add_entities, set_intent
from nlu.intents.red_flag_screen import RedFlagScreen, likeliest_question, own_first_line, screened_intent

SCREEN = RedFlagScreen()


def finding(id_, assertion="present"):
    return {"entity": "finding", "value": id_, "assertion": assertion, "start": 0, "end": 1}


def intent(name, confidence):
    return {"name": name, "confidence": confidence}


def screened(findings, name="ask_causes", confidence=0.9, ranking=()):
    message = Message({TEXT: "my knee"})
    set_intent(message, name, confidence, by="IntentClassifier", ranking=list(ranking))
    add_entities(message, findings)
    return SCREEN.process([message])[0]


@pytest.mark.parametrize(
    ("findings", "name"),
    [(["chest_pain"], "report_emergency"), (["calf_swelling_one_side"], "report_urgent"), (["spasm_present"], None)],
)
def test_a_danger_overrides_what_was_asked(findings, name):
    message = screened([finding(id_) for id_ in findings])
    assert message.get(INTENT)["name"] == (name or "ask_causes")
    assert message.get(INTENT).get("also_asked") == ("ask_causes" if name else None)
    assert [entry["name"] for entry in message.get(INTENT_RANKING_KEY)] == ([name] if name else []) + ["ask_causes"]


def test_no_later_component_overrides_a_danger_and_any_may_override_the_rest():
    danger, report = screened([finding("chest_pain")]), screened([finding("knee_swollen")], "greet")
    assert report.get(INTENT)["name"] == "report_symptoms"
    assert not set_intent(danger, "nlu_fallback", 1.0, by="another")
    assert danger.get(INTENT)["name"] == "report_emergency"
    assert set_intent(report, "ask_cause_other", 1.0, by="another")


@pytest.mark.parametrize("assertion", ["absent", "past", "hypothetical", "family_history", "figurative"])
def test_what_is_not_present_is_no_danger(assertion):
    assert screened([finding("chest_pain", assertion)]).get(INTENT)["name"] == "ask_causes"


def test_self_harm_has_a_first_line_of_its_own():
    message = screened(
        [{**finding("suicidal")}, {"entity": "answer_variant", "value": "statins", "start": 0, "end": 0}]
    )
    assert [e["value"] for e in message.get(ENTITIES) if e["entity"] == "answer_variant"] == ["suicidal"]
    assert own_first_line({"overdose_taken"}) == "overdose"
    assert own_first_line({"chest_pain"}) is None


@pytest.mark.parametrize(
    ("name", "confidence", "expected"),
    [
        ("greet", 0.9, "report_symptoms"),
        ("ask_causes", 0.4, "report_symptoms"),
        ("ask_causes", 0.5, "ask_causes"),
        ("out_of_scope", 0.9, "out_of_scope"),
        ("out_of_scope", 0.3, "report_symptoms"),
    ],
)
def test_a_report_in_words_that_the_classifier_does_not_know_is_a_report(name, confidence, expected):
    assert screened_intent(intent(name, confidence), [finding("spasm_present")])["name"] == expected


def test_a_doubtful_message_about_a_spasm_is_the_likeliest_question_about_it():
    ranking = [intent("out_of_scope", 0.38), intent("ask_relief_now", 0.35), intent("greet", 0.1)]
    chosen = screened_intent(ranking[0], [finding("spasm_present")], ranking)
    assert chosen == {"name": "ask_relief_now", "confidence": pytest.approx(0.35 / 0.62)}


@pytest.mark.parametrize(
    "ranking",
    [[], [intent("out_of_scope", 1.0)], [intent("greet", 0.9), intent("ask_causes", 0.1)], [intent("ask_causes", 0.4)]],
)
def test_without_a_likely_question_there_is_none(ranking):
    assert likeliest_question(ranking) is None


def test_a_message_without_intent_or_findings_passes():
    message = Message({TEXT: "hm"})
    assert SCREEN.process([message]) == [message]
    assert message.get(INTENT) is None


def test_a_danger_is_seen_where_the_classifier_failed():
    message = Message({TEXT: "chest pain"})
    add_entities(message, [finding("chest_pain")])
    assert SCREEN.process([message])[0].get(INTENT)["name"] == "report_emergency"
