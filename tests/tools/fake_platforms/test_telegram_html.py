"""Telegram's HTML is read as its server reads it."""

import pytest

from tools.fake_platforms.telegram_html import UnreadableError, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<a href="https://assistant.example/?a=1&amp;b=2">here</a>', "here"),
        ('<span class="tg-spoiler">x</span> &#39;y&#x27; &quot;z&quot;', "x 'y' \"z\""),
        ('<pre><code class="language-python">1 &lt; 2</code></pre>', "1 < 2"),
        ("<blockquote expandable>a</blockquote>", "a"),
    ],
)
def test_telegrams_html_is_read(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "<p>a</p>",
        "a<br>",
        "<b>a</i>",
        "a</b>",
        "<b><i>a</b></i>",
        "a & b",
        "a > b",
        "&nbsp;",
        "<span>a</span>",
        "<code><b>a</b></code>",
        '<b class="x">a</b>',
        "<",
        "<b",
    ],
)
def test_telegrams_html_is_refused(text):
    with pytest.raises(UnreadableError):
        visible(text)
