"""The components together: what they share by the message."""

import pytest

from nlu.base import component


def test_a_message_is_tokenised_once_for_all_components(parse, monkeypatch):
    tokenize, tokenised = component.tokenize, []
    monkeypatch.setattr(component, "tokenize", lambda text: tokenised.append(text) or tokenize(text))
    text = "no, im 71, on statins, my left knee twitches since monday and i live in leeds"
    kinds = {entity["entity"] for entity in parse(text)["entities"]}
    assert {"country", "age", "finding", "reply", "factor"} <= kinds
    assert tokenised == [text]


def test_a_message_that_only_names_a_country_heads_its_ranking(parse):
    parsed = parse("I'm in Leeds")
    names = [entry["name"] for entry in parsed["intent_ranking"]]
    assert parsed["intent"]["name"] == names[0] == "tell_country"
    assert len(names) == len(set(names))


@pytest.mark.parametrize("text", ["my chest hurts and i cant breathe", "Mum collapsed, her face has dropped"])
def test_a_danger_is_seen_where_tokens_cannot_be_made(parse, monkeypatch, text):
    def breaks(text):
        raise ValueError("broken")

    monkeypatch.setattr(component, "tokenize", breaks)
    assert parse(text)["intent"]["name"] == "report_emergency"
