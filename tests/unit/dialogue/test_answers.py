"""Answers in parts, put together into one text."""

from dialogue.answers import labelled, parts_of_text, with_whole_text, with_whole_texts


def answer(**metadata):
    return {"text": "It passes.", "metadata": {"sources": ["nhs"], **metadata}, "buttons": [{"title": "More"}]}


def test_parts_follow_the_short_answer_in_their_order_whatever_that_of_the_file():
    found = with_whole_text(answer(sources_named="NHS", when_to_worry="If it lasts.", what_to_do="Stretch."))
    assert found["text"] == "It passes.\n\nWhat to do: Stretch.\n\nWhen to worry: If it lasts.\n\nSources: NHS"


def test_steps_begin_on_a_line_of_their_own():
    assert with_whole_text(answer(what_to_do="1. Stop.\n2. Stretch."))["text"].endswith(
        "What to do:\n1. Stop.\n2. Stretch."
    )


def test_the_parts_travel_with_it_once():
    metadata = with_whole_text(answer(what_to_do="Stretch.\n\nThen rest."))["metadata"]
    assert metadata == {"sources": ["nhs"], "parts": [["", "It passes."], ["What to do", "Stretch.\n\nThen rest."]]}


def test_what_has_no_parts_stays_as_it_is_and_everything_else_too():
    plain = {"text": "Hello.", "buttons": []}
    assert with_whole_text(plain) == plain
    assert with_whole_text(answer(what_to_do="Stretch."))["buttons"] == [{"title": "More"}]


def test_a_domain_is_not_changed_in_place():
    domain = {"responses": {"utter_x": [answer(what_to_do="Stretch.")]}, "slots": {"a": {}}}
    whole = with_whole_texts(domain)
    assert whole["responses"]["utter_x"][0]["text"] == "It passes.\n\nWhat to do: Stretch."
    assert domain["responses"]["utter_x"][0]["text"] == "It passes."
    assert with_whole_texts({"slots": {}}) == {"slots": {}, "responses": {}}


def test_a_text_in_one_piece_is_taken_apart_at_its_labels_alone():
    text = "It passes.\n\nNo wonder: it is tired.\n\nWhat to do:\n1. Stop.\n2. Stretch.\n\nThen rest.\n\nSources: NHS"
    assert parts_of_text(text) == [
        ("", "It passes.\n\nNo wonder: it is tired."),
        ("What to do", "1. Stop.\n2. Stretch.\n\nThen rest."),
        ("Sources", "NHS"),
    ]
    assert parts_of_text("") == [("", "")]


def test_taken_apart_and_put_together_a_text_is_the_same():
    for text in ("Hello.", "What to do: Stretch.", "It passes.\n\nWhat to do:\n- Stop.\n\nWhen to worry: Never."):
        assert "\n\n".join(labelled(*part) for part in parts_of_text(text)) == text
