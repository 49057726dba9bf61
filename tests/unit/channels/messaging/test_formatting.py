"""Text as platforms want it: markup, length, labels."""

import html

import pytest

from channels.messaging import formatting

ANSWER = "It is <often> harmless & brief.\n\nWhat to do: Rest. Stretch.\n\nWhen to worry: See a doctor."


def test_labels_become_bold_and_everything_is_escaped():
    marked = formatting.to_markup(ANSWER, lambda text: html.escape(text, quote=False), lambda text: f"<b>{text}</b>")
    assert "<b>What to do:</b> Rest." in marked
    assert "&lt;often&gt; harmless &amp; brief" in marked
    assert html.unescape(marked.replace("<b>", "").replace("</b>", "")) == ANSWER


def test_markdown_cannot_be_smuggled_in():
    assert formatting.to_markdown("a *b* [c](d) `e`") == r"a \*b\* \[c\](d) \`e\`"


def test_a_text_that_fits_is_one_piece():
    assert formatting.chunk(ANSWER, lambda piece: len(piece) < 500) == [ANSWER]


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("One. Two.\n\nThree. Four.", 12, ["One. Two.", "Three. Four."]),
        ("One is here. Two is here. Three.", 25, ["One is here. Two is here.", "Three."]),
        ("word word word", 9, ["word word", "word"]),
        ("abcdefgh", 3, ["ab", "cd", "ef", "gh"]),
        ("- one\n- two\n- three", 12, ["- one\n- two", "- three"]),
        ("   ", 5, []),
    ],
)
def test_longer_ones_are_split_where_it_hurts_least(text, limit, pieces):
    assert formatting.chunk(text, lambda piece: len(piece) <= limit) == pieces


def test_splitting_loses_no_word():
    text = " ".join(f"Sentence number {n} says something." for n in range(300))
    pieces = formatting.chunk(text, lambda piece: len(piece) <= 160)
    assert " ".join(pieces) == text
    assert all(piece.endswith(".") for piece in pieces)


def test_titles_are_cut_at_a_word():
    assert formatting.truncate("Could it be my medicine?", 20) == "Could it be my…"
    assert formatting.truncate("Short", 20) == "Short"
    assert len(formatting.truncate("x" * 50, 20)) == 20


def test_labels_are_set_between_asterisks_as_messengers_mark_bold():
    assert formatting.bold_asterisks("What to do: Rest.\nnot a Label: x") == "*What to do:* Rest.\nnot a Label: x"
