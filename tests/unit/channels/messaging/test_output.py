"""The way out of an answer: in order, tied to its question, hints in groups, late parts too."""

import asyncio

import pytest

from channels.messaging.client import OutboundRequest
from channels.messaging.incoming import IncomingMessage
from channels.messaging.output import Output, ReplyContext, is_bound, is_question, unbind

QUESTION = {"text": "Is it swollen?", "buttons": [{"title": "Yes", "payload": "/affirm"}]}
OFFER = {"text": "It is harmless.", "buttons": [{"title": "Causes", "payload": "/ask_causes"}]}


class Renderer:
    """Sends each answer as one request."""

    group_hint = "Mention me."

    def __init__(self, binds_answers=True):
        self.binds_answers = binds_answers
        self.late = []

    def name(self):
        return "fake"

    async def to_requests(self, answer, context):
        return [OutboundRequest("/send", json=answer)]

    async def send_all(self, requests):
        self.late += requests


def context_of(id_="1", **target):
    return ReplyContext(IncomingMessage("fake", id_, "c", target, "my knee"))


def sent(answer, renderer=None, **target):
    """Returns what goes out for one answer, and the context."""

    async def scene():
        output = Output(renderer or Renderer(), context_of(**target))
        await output.send(answer)
        return (await output.next_request()).json, output.context

    return asyncio.run(scene())


def test_payloads_of_questions_are_told_from_offers():
    assert is_question("/affirm")
    assert not is_question("/ask_causes")


def test_a_payload_is_tied_to_its_question_and_untied_again():
    payload = sent(QUESTION)[0]["buttons"][0]["payload"]
    assert is_bound(payload)
    assert unbind(payload) == ("/affirm", context_of().question_token)
    assert unbind("/affirm") == ("/affirm", "")


def test_each_answer_has_a_token_of_its_own():
    assert context_of("1").question_token != context_of("2").question_token


@pytest.mark.parametrize(("answer", "has_question"), [(QUESTION, True), (OFFER, False)])
def test_only_questions_are_bound(answer, has_question):
    found, context = sent(answer)
    assert context.has_question is has_question
    assert is_bound(found["buttons"][0]["payload"]) is has_question


def test_where_buttons_do_not_stay_in_view_nothing_is_bound():
    found, context = sent(QUESTION, Renderer(binds_answers=False))
    assert found == QUESTION
    assert not context.has_question


@pytest.mark.parametrize(
    ("answer", "target", "text"),
    [
        (QUESTION, {"group": True}, "Is it swollen?\n\nMention me."),
        ({"text": "Where? "}, {"group": True}, "Where? \n\nMention me."),
        (OFFER, {"group": True}, "It is harmless."),
        (QUESTION, {}, "Is it swollen?"),
    ],
)
def test_a_question_in_a_group_says_how_to_answer(answer, target, text):
    assert sent(answer, **target)[0]["text"] == text


@pytest.mark.parametrize(("tier", "is_urgent"), [("emergency_now", True), (None, False)])
def test_an_urgent_line_makes_the_answer_urgent(tier, is_urgent):
    assert sent({"text": "Call.", "tier": tier})[1].is_urgent is is_urgent


def test_what_rasa_says_goes_out_in_order_until_the_end():
    async def scene():
        output = Output(Renderer(), context_of())
        await output.send_text_message("c", "One.", metadata={})
        await output.send_text_with_buttons("c", "Two.", [{"title": "A", "payload": "/a"}])
        await output.send_image_url("c", "https://x.example/a.png")
        output.close()
        return [await output.next_request() for _ in range(4)]

    *requests, end = asyncio.run(scene())
    assert [request.json["text"] for request in requests] == ["One.", "Two.", "https://x.example/a.png"]
    assert requests[1].json["buttons"] == [{"title": "A", "payload": "/a"}]
    assert end is None


def test_what_comes_after_the_end_is_sent_by_itself():
    renderer = Renderer()

    async def scene():
        output = Output(renderer, context_of())
        output.close()
        await output.send({"text": "Late."})
        await asyncio.sleep(0)

    asyncio.run(scene())
    assert [request.json["text"] for request in renderer.late] == ["Late."]


def test_the_channel_is_called_as_its_platform_is():
    async def scene():
        return Output(Renderer(), context_of()).name()

    assert asyncio.run(scene()) == "fake"
