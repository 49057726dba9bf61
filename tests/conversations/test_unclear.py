"""One question where the words are unclear, over HTTP: asked before anything else, and the answer taken."""

import json

import pytest

from tests.conftest import Chat
from tools.running import ROOT
from triage.conversation import remember, turns_from_events
from triage.engine import assess

EMERGENCY = "This could be an emergency. Call your local emergency number now"
QUESTION = "I want to get this right, so one question first."


@pytest.fixture(scope="module")
def unclear(parse):
    """A message of the open set that leaves an emergency unclear, whichever the present model leaves so."""
    for line in (ROOT / "tests" / "safety" / "messages_open.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        parsed = parse(text)
        memory = remember(turns_from_events([{"event": "user", "parse_data": parsed}]))
        finding = memory.unclear()
        if finding and memory.assessment.tier is None and assess([finding]).tier == "emergency_now":
            return text
    pytest.skip("the model leaves no emergency of the open set unclear")


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
        assert said.startswith(QUESTION) == other.say("").startswith(QUESTION)
    spoken = Chat(server)
    spoken.say(unclear)
    assert spoken.say("", medium="voice").startswith(QUESTION)
    assert EMERGENCY in spoken.say("yes")
