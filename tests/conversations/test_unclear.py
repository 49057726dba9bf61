"""One question where the words are unclear, over HTTP: asked before anything else, and the answer taken."""

import pytest

from bench.datasets import Part, read_cases
from dialogue.state import fold
from nlu.findings.fusion import shared_fusion
from tests.conftest import Chat
from triage.engine import assess

EMERGENCY = "This could be an emergency. Call your local emergency number now"
QUESTION = "I want to get this right, so one question first."


@pytest.fixture(scope="module")
def unclear(parse):
    """A message of the development set that leaves an emergency unclear, whichever the present model leaves so."""
    for entry in read_cases("safety", "messages", Part.DEVELOPMENT):
        text = entry["text"]
        parsed = parse(text)
        case = fold([{"event": "user", "parse_data": parsed}], "m1", shared_fusion().clarification)
        if case.clarification and case.tier is None and assess([case.clarification]).tier == "emergency_now":
            return text
    pytest.fail("The model leaves no emergency of the development set unclear; find such a message and name it here.")


@pytest.mark.parametrize("answer", ["yes", "not sure", "a bit", "hard to tell really"])
def test_a_yes_or_a_doubt_counts(server, unclear, answer):
    person = Chat(server)
    said = person.say(unclear)
    assert said.startswith(QUESTION)
    assert "If yes, do not wait for me" in said
    assert [button["title"] for button in person.buttons] == ["Yes", "No", "Not sure"]
    assert EMERGENCY in person.say(answer)


@pytest.mark.parametrize("answer", ["no", "nope never", "not at all, all normal"])
def test_a_no_is_believed_and_the_question_put_twice_at_most(server, unclear, answer):
    person = Chat(server)
    question = person.say(unclear).partition("If yes")[0]
    said = person.say(answer)
    assert "good to know" in said
    assert EMERGENCY not in said
    person.say(unclear)
    person.say("no")
    assert question not in person.say(unclear)


def test_small_talk_does_not_shake_the_question_off(server, unclear):
    person = Chat(server)
    person.say(unclear)
    assert QUESTION in person.say("what is the capital of france")


def test_a_voice_message_shakes_the_question_off_no_more_than_an_empty_one(server, unclear):
    one, other = Chat(server), Chat(server)
    one.say(unclear)
    other.say(unclear)
    for _ in range(2):
        said = one.say("", medium="voice")
        assert said.startswith("I am sorry, I can only read words. I cannot listen")
        assert (QUESTION in said) == other.say("").startswith(QUESTION)
    spoken = Chat(server)
    spoken.say(unclear)
    assert QUESTION in spoken.say("", medium="voice")
    assert EMERGENCY in spoken.say("yes")


@pytest.mark.parametrize("aside", ["what is a tendon", "what causes it", ""])
@pytest.mark.parametrize("answer", ["yes", "Yep!", "/affirm"])
def test_a_yes_that_comes_late_is_not_passed_over(server, aside, answer):
    person = Chat(server)
    person.say("check my symptoms")
    person.say(aside, medium="picture")
    assert "not sure which question" in person.say(answer)
    assert "Thank you, that is good to know" in person.say("no")


def test_a_yes_to_nothing_and_an_ok_are_small_talk(server):
    person = Chat(server)
    person.say("hello")
    assert "What would you like to know" in person.say("yes")
    person.say("check my symptoms")
    person.say("no")
    assert "not sure which question" not in person.say("ok")


def test_the_answers_to_a_question_are_not_offered_as_details(server):
    person = Chat(server)
    person.say("check my symptoms")
    person.say("more")
    assert "/affirm" not in [button["payload"] for button in person.buttons]


def test_what_is_promised_is_answered(server):
    person = Chat(server)
    person.say("my back hurts and my leg is numb")
    person.say("also i had a fall and my knee spasms")
    assert not person.say("no").rstrip().endswith("Now to your question.")
