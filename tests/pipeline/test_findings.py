"""What the finding reader finds in a message with the model that ships, and what it takes as asserted."""

import json

import pytest

from nlu.findings.fusion import shared_fusion
from nlu.findings.reader import UNCLEAR, shared_reader
from nlu.training.corpus import DEVELOPMENT_FOLDER
from triage.case import ConversationState
from triage.clarification import next_clarification
from triage.engine import assess
from triage.rules import ESCALATING_TIERS

DEVELOPMENT = [
    json.loads(line) for line in (DEVELOPMENT_FOLDER / "red_flags.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Messages that the thresholds were chosen on: what holds for them shows that nothing broke, not how good it is."""


def read(text):
    """Returns the assertions of each finding; what is too unlikely to be asked about is left out."""
    found = {}
    for finding in shared_reader().read(text):
        if finding.assertion != UNCLEAR or finding.probability >= shared_fusion().clarification.usual:
            found.setdefault(finding.id, set()).add(finding.assertion)
    return found


@pytest.mark.parametrize(
    ("text", "finding", "assertion"),
    [
        ("my calf is swollen", "calf_swelling_one_side", "present"),
        ("mums face has dropped on one side", "face_droop", "present"),
        ("my dad can't speak properly", "speech_trouble", "present"),
        ("is it bad that MY calf is swollen", "calf_swelling_one_side", "present"),
        ("i still get chest pain since my operation last year", "chest_pain", "present"),
        ("not only weak but numb, my leg has gone numb", "new_numbness", "present"),
        ("i cannot put weight on it", "cannot_weight_bear_4_steps", "present"),
        ("no chest pain", "chest_pain", "absent"),
        ("i dont have any chest pain or fever", "fever_38", "absent"),
        ("no swelling, no fever, just a twitch", "fever_38", "absent"),
        ("chest pain? no", "chest_pain", "absent"),
        ("he hasn't had any fits", "seizure", "absent"),
        ("what if i get chest pain", "chest_pain", "hypothetical"),
        ("does dehydration cause chest pain", "chest_pain", "hypothetical"),
        ("is dark wee a sign of something", "dark_urine", "hypothetical"),
        ("i had chest pain years ago, all fine since", "chest_pain", "past"),
        ("knee swelled up after a fall last year but its been fine since", "knee_swollen", "past"),
        ("my dad had chest pain in 2009", "chest_pain", "family_history"),
        ("this knee is killing me lol", "suicidal", None),
        ("i ran 10 kms and then it cramped", "suicidal", None),
        ("weak wifi signal", "leg_weakness", None),
    ],
)
def test_assertion(text, finding, assertion):
    expected = {assertion} if assertion else set()
    assert read(text).get(finding, set()) == expected


@pytest.mark.parametrize(
    "figure",
    [
        "figuratively speaking i had chest pain at that bill",
        "the film where she has a seizure",
        "i collapsed onto the sofa after the gardening",
    ],
)
def test_figures_of_speech_are_not_present(figure):
    assert all("present" not in assertions for assertions in read(figure).values())


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("my caff is swolen", "calf_swelling_one_side"),
        ("cant brethe", "breathing_trouble"),
        ("my knee is num", "new_numbness"),
        ("shes had a siezure", "seizure"),
        ("i feel sucidal", "suicidal"),
        ("my brest bone hurts, chets pain", "chest_pain"),
    ],
)
def test_misspelt_words_are_found(text, finding):
    assert {"present", UNCLEAR} & read(text).get(finding, set())


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("i've a fever of 38.4", "fever_38"),
        ("temp is 102.5 f", "fever_38"),
        ("thermometer says 40.3", "temp_40"),
        ("this cramp has lasted 20 minutes now", "spasm_over_10_min"),
        ("my knee has been twitching for 3 weeks", "spasm_over_2_weeks"),
        ("he has been fitting for 6 minutes", "seizure_over_5_min"),
        ("i'm 62 and fell on my knee", "age_55_plus"),
        ("my 6 year old has leg cramps", "child_patient"),
    ],
)
def test_numbers_count(text, finding):
    assert "present" in read(text).get(finding, set())


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("no fever, 36.8", "fever_38"),
        ("its 41 degrees outside and my leg twitches", "temp_40"),
        ("a cramp of 2 minutes", "spasm_over_10_min"),
        ("my appointment is in 3 weeks, my knee twitches", "spasm_over_2_weeks"),
        ("i stretched for 20 minutes for my cramp", "spasm_over_10_min"),
        ("i am 34", "age_55_plus"),
    ],
)
def test_numbers_that_do_not_count(text, finding):
    assert "present" not in read(text).get(finding, set())


def test_places_point_into_the_message():
    text = "Hello!! My  left CALF is swolen…"
    finding = next(f for f in shared_reader().read(text) if f.id == "calf_swelling_one_side")
    assert text[finding.start : finding.end].endswith("CALF is swolen")


def test_several_findings_in_one_run_on_message():
    found = read("hi so my calf is swollen and im short of breath and also i feel dizzy")
    assert {"calf_swelling_one_side", "breathing_trouble", "dizzy_faint"} <= found.keys()


def test_what_is_implied_is_found_too():
    assert "present" in read("my temperature is 40.5 and i am burning up")["fever_38"]


@pytest.mark.parametrize("text", ["", " ", "?!", "😀", "\x00", "a" * 5000, "no " * 2000])
def test_texts_without_words_of_ours_report_nothing(text):
    assert all(finding.assertion == UNCLEAR for finding in shared_reader().read(text))


def test_a_text_of_several_passes_is_read_to_its_end():
    text = "my knee twitches a bit. " * 60 + "and now i have chest pain"
    assert len(shared_reader().read(text)) > 1
    finding = next(f for f in shared_reader().read(text) if f.id == "chest_pain")
    assert finding.assertion == "present"
    assert text[finding.start : finding.end] == "chest pain"


def escalates(case):
    present = {f.id for f in shared_reader().read(case["text"]) if f.assertion == "present"}
    return assess(present).tier in ESCALATING_TIERS


def is_asked_about(case):
    found = shared_reader().read(case["text"])
    present = [f.id for f in found if f.assertion == "present"]
    unclear = tuple((f.id, f.probability) for f in found if f.assertion == UNCLEAR)
    thresholds = shared_fusion().clarification
    return next_clarification(ConversationState.after_one_message(present, unclear), thresholds) is not None


def test_development_dangers_are_caught():
    """Alerted or asked about; the lexicon matcher alone alerted 136 of 150."""
    dangers = [case for case in DEVELOPMENT if case["tier"] in ESCALATING_TIERS]
    missed = [case["text"] for case in dangers if not escalates(case) and not is_asked_about(case)]
    assert len(missed) <= 0.02 * len(dangers), missed
    assert sum(not escalates(case) for case in dangers) <= 0.16 * len(dangers)


def test_development_harmless_messages_give_few_false_positives():
    """2 of 150 did when it was written."""
    harmless = [case for case in DEVELOPMENT if case["tier"] not in ESCALATING_TIERS]
    false_positives = [case["text"] for case in harmless if escalates(case)]
    assert len(false_positives) <= 0.05 * len(harmless), false_positives


def test_what_only_the_model_sees_and_the_words_speak_against_is_asked_about():
    text = "I have this pulsing on the inside of my knee, it carries on a few seconds then quits, then it does it again"
    found = {f.id: f.assertion for f in shared_reader().read(text)}
    assert found["spasm_present"] == "present"
    assert found.get("spasm_over_10_min") != "present"
