"""What a channel shows of a message, from what Rasa hands it."""

import pytest

from channels.rendering import picture_url, pictures, render

MESSAGE = {
    "text": "Hi",
    "buttons": [{"title": "A", "payload": "/a"}, {"title": "B"}],
    "metadata": {"sources": ["nhs_leg_cramps", "unknown"], "picture": "calf-stretch"},
    "utter_action": "utter_report_urgent",
}


def test_an_answer_is_rendered_with_all_that_belongs_to_it():
    found = render(MESSAGE)
    assert found["tier"] == "urgent_same_day"
    assert found["picture"] == {"name": "calf-stretch", "text": pictures()["calf-stretch"]}
    assert [source["url"][:5] for source in found["sources"]] == ["https"]
    assert found["buttons"] == [{"title": "A", "payload": "/a"}, {"title": "B", "payload": "B"}]


@pytest.mark.parametrize(
    ("name", "tier"), [("utter_report_emergency", "emergency_now"), ("utter_report_urgent", "urgent_same_day")]
)
def test_a_first_line_tells_its_tier(name, tier):
    assert render({"text": "x", "utter_action": name})["tier"] == tier


def test_what_is_not_there_is_left_out():
    alone = {"text": "Hi", "parts": [{"label": "", "text": "Hi"}]}
    assert render({"text": "Hi", "metadata": {"picture": "none-such"}}) == alone
    assert render({})["text"] == ""


def test_the_parts_of_an_answer_come_with_it_and_are_found_in_a_text_without_them():
    parts = [{"label": "", "text": "It passes."}, {"label": "What to do", "text": "Stretch."}]
    text = "It passes.\n\nWhat to do: Stretch."
    said = [[part["label"], part["text"]] for part in parts]
    assert render({"text": text, "metadata": {"parts": said}})["parts"] == parts
    assert render({"text": text})["parts"] == parts


def test_quick_replies_are_buttons():
    replies = [{"title": "A", "payload": "/a"}]
    assert render({"text": "Hi", "quick_replies": replies})["buttons"] == replies


@pytest.mark.parametrize(
    ("answer", "public_url", "url"),
    [
        (render(MESSAGE), "https://a.example", "https://a.example/widget/pictures/calf-stretch.png"),
        (render(MESSAGE), "", None),
        ({"text": "", "image": "https://b.example/x.png"}, "", "https://b.example/x.png"),
        ({"text": "Hi"}, "https://a.example", None),
    ],
)
def test_a_platform_is_told_where_the_picture_is(answer, public_url, url):
    assert picture_url(answer, public_url) == url
