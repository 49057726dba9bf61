"""Several questions in one message."""

import pytest

from nlu.intents.question_splitter import MOST_PARTS, split_questions


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("what causes it and how do I make it stop", ["what causes it", "how do I make it stop"]),
        ("my knee jumps, why and how do i stop it", ["my knee jumps, why", "how do i stop it"]),
        ("Calf cramps at night. What can I drink? Any stretches?", ["What can I drink", "Any stretches"]),
        ("whats it called n why do i get it", ["whats it called", "why do i get it"]),
        ("is heat or ice better", []),
        ("my knee hurts and my foot is cold", []),
        ("why?", []),
        ("", []),
        ("?!?!", []),
    ],
)
def test_questions_are_found_one_by_one(text, parts):
    found = split_questions(text)
    assert [question.text for question in found] == parts
    assert all(text[question.start : question.end] == question.text for question in found)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("causes, treatment and prevention", ["causes", "treatment", "prevention"]),
        ("what is the treatment and possible causes of it", ["the treatment", "possible causes"]),
        ("my doctor told me the whole long story of causes and treatments", []),
    ],
)
def test_a_bare_list_of_things_is_a_list_of_questions(text, parts):
    assert [question.text for question in split_questions(text)] == parts


def test_a_message_of_many_parts_tells_a_story():
    assert len(split_questions("what is it? " * MOST_PARTS)) == MOST_PARTS
    assert split_questions("what is it? " * (MOST_PARTS + 1)) == []
