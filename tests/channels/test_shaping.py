"""Text as platforms want it: markup, length, SMS, numbered lists."""

import html

import pytest

from channels.messaging import formatting, sms
from channels.messaging.numbered_menu import match_option, menu_text
from channels.platforms.slack import escaped, plain

ANSWER = "It is <often> harmless & brief.\n\nWhat to do: Rest. Stretch.\n\nWhen to worry: See a doctor."
OPTIONS = [{"title": "My medicines", "payload": "/a"}, {"title": "Is it a nerve?", "payload": "/b"}]


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


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
        ("", 1),
    ],
)
def test_segments_are_counted_as_phones_do(text, count):
    assert sms.segments(text) == count


def test_typographic_characters_do_not_double_the_length():
    text = sms.plain("It’s “fine” – rest… naïve ≥ 2")
    assert text == 'It\'s "fine" - rest... naive at least  2'
    assert sms.segments(sms.plain("’" * 160)) == 1
    assert sms.plain("ж😀") == "ж😀"


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("1", "/a"),
        (" 2. ", "/b"),
        ("#2", "/b"),
        ("two", "/b"),
        ("Two!", "/b"),
        ("option 2", "/b"),
        ("number one", "/a"),
        ("the second one", "/b"),
        ("2nd", "/b"),
        ("2️⃣", "/b"),
        ("my medicines", "/a"),
        ("is it a nerve", "/b"),
        ("3", None),
        ("0", None),
        ("no one", None),
        ("2 days", None),
        ("my knee", None),
        ("", None),
        ("99999999999", None),
    ],
)
def test_an_option_is_chosen_by_number_word_or_its_words(text, payload):
    assert match_option(text, OPTIONS) == payload


def test_without_a_list_a_number_is_a_number():
    assert match_option("2", []) is None


def test_a_menu_says_what_can_be_replied():
    assert menu_text(OPTIONS) == ("1. My medicines\n2. Is it a nerve?\nReply 1 to 2, or write in your own words.")
    assert menu_text(OPTIONS[:1], first=3) == "3. My medicines\nReply 3, or write in your own words."
    assert menu_text([], held_back=["what to do"]) == "Reply MORE for what to do, or write in your own words."
    assert menu_text([]) == ""


def test_titles_are_cut_at_a_word():
    assert formatting.truncate("Could it be my medicine?", 20) == "Could it be my…"
    assert formatting.truncate("Short", 20) == "Short"
    assert len(formatting.truncate("x" * 50, 20)) == 20


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<@UBOT> does it help", "does it help"),
        ("does it help <@UBOT|knee>?", "does it help ?"),
        ("see <https://x.example|x.example> &amp; &lt;b&gt;", "see x.example & <b>"),
        ("ask <@U2> in <#C1|general> <!here>", "ask in general"),
        ("two\n  lines", "two\nlines"),
    ],
)
def test_slacks_markup_is_read_as_what_was_typed(typed, read):
    assert plain(typed, frozenset({"UBOT"}), is_mention=True) == read


def test_slacks_first_mention_goes_where_the_bot_is_not_known():
    assert plain("<@U9> it hurts", frozenset(), is_mention=True) == "it hurts"


def test_what_is_sent_to_slack_holds_no_markup_of_others():
    assert escaped("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
