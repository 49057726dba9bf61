"""What the assistant says: sourced, readable, complete, and reachable."""

import re

import pytest
import yaml

from actions.wording import NAVIGATION_TITLES, topic_buttons
from dialogue.answer_policy import ANSWERED_BY_A_RULE
from dialogue.answers import with_whole_texts
from nlu.entities.replies import ReplyMatcher
from nlu.intents.factors import factor_table
from nlu.intents.message_guard import MEDIA, MessageGuard
from nlu.text.tokens import tokenize
from tests.data.readability import flesch_kincaid_grade, syllables
from tools.settings import ROOT
from triage.contract import decode
from triage.evidence import sources
from triage.topics import TOPICS

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
RESPONSES = with_whole_texts(DOMAIN)["responses"]
MEDICAL = [
    i
    for i in DOMAIN["intents"]
    if i.startswith("ask_")
    and i not in {"ask_capabilities", "ask_privacy", "ask_sources", "ask_more", "ask_summary", "ask_human"}
] + ["report_symptoms"]
ANSWERS = [(name, number, answer) for name, answers in RESPONSES.items() for number, answer in enumerate(answers)]
IN_PLAINEST_WORDS = {"utter_report_emergency", "utter_report_urgent", "utter_message_in_other_form"}
LONGEST_TITLE = 20
"""Characters; messaging platforms cut the rest off."""


def detail(answer):
    return next((c["value"] for c in answer.get("condition", ()) if c["name"] == "answer_variant"), None)


def grade(text):
    prose = re.sub(r"\n*Sources:.*", "", text)
    prose = re.sub(r"\{\w+\}", " this ", prose)
    return flesch_kincaid_grade(prose)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("knee", 1),
        ("cramped", 1),
        ("muscle", 2),
        ("medicine", 3),
        ("emergency", 4),
        ("fluids", 2),
        ("going", 2),
        ("stretches", 2),
    ],
)
def test_syllables_are_counted(word, count):
    assert syllables(word) == count


def test_a_harder_text_takes_more_years_of_school():
    assert flesch_kincaid_grade("Drink some water. Rest your leg.") < 2
    assert flesch_kincaid_grade("Neuromuscular hyperexcitability necessitates electrophysiological investigation.") > 20


def label(value):
    return f"{value[0]}-{detail(value[2]) or value[1]}" if isinstance(value, tuple) else None


@pytest.mark.parametrize("entry", ANSWERS, ids=label)
def test_answer_is_readable(entry):
    name, _, answer = entry
    assert grade(answer["text"]) <= (6 if name in IN_PLAINEST_WORDS else 8)


@pytest.mark.parametrize("entry", ANSWERS, ids=label)
def test_sources_exist_and_were_read(entry):
    for source in (entry[2].get("metadata") or {}).get("sources", []):
        assert source in sources()
        assert sources()[source].verified, source


@pytest.mark.parametrize("entry", [e for e in ANSWERS if e[0][len("utter_") :] in MEDICAL], ids=label)
def test_medical_answer_names_its_sources_and_when_to_worry(entry):
    answer = entry[2]
    assert answer["metadata"]["sources"]
    assert "\nSources: " in answer["text"]
    assert re.search(r"worry|emergency|doctor", answer["text"])


@pytest.mark.parametrize("intent", MEDICAL)
def test_topic_has_one_general_answer_and_one_for_each_detail(intent):
    details = [detail(answer) for answer in RESPONSES[f"utter_{intent}"]]
    known = {factor.id for factor in factor_table().values() if intent in factor.topics}
    assert details[0] is None
    assert details.count(None) == 1
    assert sorted(details[1:]) == sorted(known), (
        f"domain.yml, utter_{intent}, and nlu/lexicon/factors.yml, topics: differ in {set(details[1:]) ^ known}"
    )


def test_every_intent_has_a_rule_or_a_response_of_its_name():
    ruled = {step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step}
    assert ruled == ANSWERED_BY_A_RULE
    assert {f"utter_{intent}" for intent in DOMAIN["intents"] if intent not in ruled} <= RESPONSES.keys()


@pytest.mark.parametrize("intent", ["report_emergency", "report_urgent"])
def test_an_escalation_begins_with_a_plain_response(intent):
    steps = next(rule["steps"] for rule in RULES if rule["steps"][0]["intent"] == intent)
    assert [step.get("action") for step in steps[1:]] == [f"utter_{intent}", "action_apply_red_flag_rules"]


def test_buttons_are_few_and_accepted():
    guard = MessageGuard()
    for name, _, answer in ANSWERS:
        buttons = answer.get("buttons", [])
        assert len(buttons) <= 3, name
        for button in buttons:
            payload = button["payload"].replace("{{", "{").replace("}}", "}")
            assert guard.pressed_button(payload), (name, payload)


def test_no_title_of_a_button_is_cut_off_and_no_two_of_an_answer_are_alike():
    shown = {name: topic_buttons(name) for name in (*TOPICS, *NAVIGATION_TITLES)}
    shown |= {f"{name} {number}": answer.get("buttons", []) for name, number, answer in ANSWERS}
    for name, buttons in shown.items():
        titles = [button["title"] for button in buttons]
        assert not [title for title in titles if len(title) > LONGEST_TITLE], name
        assert len(set(titles)) == len(titles), name


def test_a_message_without_words_has_an_answer_for_each_form_that_names_the_emergency_number():
    answers = RESPONSES["utter_message_in_other_form"]
    assert {detail(answer) for answer in answers} == {None, *MEDIA - {"other"}}
    for answer in answers:
        assert answer["metadata"]["sources"] == RESPONSES["utter_report_emergency"][0]["metadata"]["sources"]
        assert "only read" in answer["text"]
        assert "call your local emergency number now (999, 112 or 911)" in answer["text"]


@pytest.mark.parametrize("phrase", [r"\d+ ?mg\b", r"improves? knee (motion|stability)", r"Gustafson", r"Zhang"])
def test_what_must_not_be_said(phrase):
    assert not [name for name, _, answer in ANSWERS if re.search(phrase, answer["text"])]


def test_nobody_is_told_to_stop_a_prescribed_medicine_but_as_the_nhs_says_of_statins():
    for name, _, answer in ANSWERS:
        for sentence in re.split(r"(?<=[.!?])\s", answer["text"]):
            if re.search(r"\b[Ss]top (taking )?(the|your|any) (tablet|pill|medicine|statin)", sentence):
                assert "NHS" in sentence or re.search(r"[Dd]o not|[Nn]ever|not stop|before you", sentence), (
                    name,
                    sentence,
                )


def test_the_words_on_buttons_are_training_examples_of_their_topic():
    examples, replies = {}, ReplyMatcher()
    for path in (ROOT / "data" / "nlu").glob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in entry["examples"].splitlines():
                examples.setdefault(line[2:].strip().lower(), set()).add(entry["intent"])
    leads_to = {}
    for _, _, answer in ANSWERS:
        for button in answer.get("buttons", []):
            payload = decode(button["payload"].replace("{{", "{").replace("}}", "}"))
            leads_to.setdefault(button["title"], set()).add(payload.intent)
    for title, intents in leads_to.items():
        if not replies.find_answer(tokenize(title)):
            trained = examples.get(title.lower(), set())
            cure = f"data/nlu/button_words.yml: add {title.lower()!r} to {sorted(intents)[0]}, where its button leads"
            assert trained & intents, cure
