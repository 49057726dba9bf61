import json
import random
import string

import pytest

from actions.wording import NAVIGATION_TITLES
from triage.contract import GENERAL, REPLIES, Payload, decode
from triage.topics import TOPICS


@pytest.mark.parametrize("intent", [*TOPICS, *REPLIES, *NAVIGATION_TITLES])
@pytest.mark.parametrize("variant", [GENERAL, "pregnancy"])
def test_every_button_of_ours_leads_where_it_was_meant_to(intent, variant):
    payload = Payload(intent, variant)
    assert decode(payload.encode()) == payload


def test_a_payload_is_written_as_rasa_reads_it():
    assert Payload("ask_causes").encode() == "/ask_causes"
    assert Payload("ask_causes", "pregnancy").encode() == '/ask_causes{"answer_variant": "pregnancy"}'


@pytest.mark.parametrize("seed", range(100))
def test_any_intent_and_variant_come_back_as_they_were(seed):
    rng = random.Random(seed)
    intent = "".join(rng.choices(string.ascii_lowercase + "_", k=rng.randint(1, 20)))
    variant = "".join(rng.choices(string.printable + 'ä🦵"\\{}', k=rng.randint(0, 20)))
    payload = Payload(intent, variant)
    assert decode(payload.encode()) == payload


@pytest.mark.parametrize("text", ["/ask_causes", "/ask_causes ", "/ask_causes\n"])
def test_blanks_at_the_end_do_not_matter(text):
    assert decode(text) == Payload("ask_causes")


def test_blanks_inside_do_not_matter():
    assert decode('/ask_causes  { "answer_variant" : "pregnancy" } ') == Payload("ask_causes", "pregnancy")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "ask_causes",
        " /ask_causes",
        "//ask_causes",
        "/Ask_causes",
        "/ask-causes",
        "/ask_causes2",
        "/ask_causes and more",
        "/ask_causes@0.3",
        "/ask_causes/restart",
        "/ask_causes\n/restart",
        "/аsk_causes",  # a Cyrillic letter
    ],
)
def test_what_is_no_intent_with_a_slash_is_none_of_ours(text):
    assert decode(text) is None


@pytest.mark.parametrize(
    "parameters",
    [
        "{}",
        '{"country": "GB"}',
        '{"case": {}}',
        '{"help_reached": true}',
        '{"answer_variant": "pregnancy", "country": "GB"}',
        '{"answer_variant": null}',
        '{"answer_variant": 7}',
        '{"answer_variant": NaN}',
        '{"answer_variant": ["pregnancy"]}',
        '{"answer_variant": {"answer_variant": "pregnancy"}}',
        '{"Answer_Variant": "pregnancy"}',
        '{{"answer_variant": "pregnancy"}}',
        "{'answer_variant': 'pregnancy'}",
        '{"answer_variant": "pregnancy"',
        '{"answer_variant": "pregnancy"}}',
        '{"answer_variant": "pregnancy"}{"country": "GB"}',
        '["answer_variant"]',
        '"answer_variant"',
        "{",
        "{}{}",
    ],
)
def test_no_slot_but_the_answer_variant_can_be_set_by_typing(parameters):
    assert decode(f"/ask_causes{parameters}") is None


def test_of_a_key_that_comes_twice_none_but_the_answer_variant_is_read():
    assert decode('/ask_causes{"answer_variant": "a", "answer_variant": "b"}') == Payload("ask_causes", "b")
    assert decode('/ask_causes{"answer_variant": "a", "answer_variant": {}}') is None


@pytest.mark.parametrize("depth", [10, 1_000, 200_000])
def test_brackets_nested_too_deep_break_nothing(depth):
    assert decode(f'/ask_causes{{"answer_variant": {"[" * depth}{"]" * depth}}}') is None
    assert decode(f"/ask_causes{'{' * depth}{'}' * depth}") is None


@pytest.mark.parametrize("seed", range(200))
def test_a_payload_with_one_character_changed_sets_nothing_else(seed):
    rng = random.Random(seed)
    text = list(Payload("ask_causes", "pregnancy").encode())
    text[rng.randrange(len(text))] = rng.choice(string.printable)
    found = decode("".join(text))
    if found is not None:
        assert json.loads("".join(text).lstrip("/" + string.ascii_lowercase + "_")) == {"answer_variant": found.variant}
