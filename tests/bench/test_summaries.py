"""The sections that the measurements of time write."""

from bench import channels, first_paint, language_part


def test_the_language_part_is_compared_with_the_language_model():
    text = language_part.summary(
        {"whole": {"median": 12.0, "p95": 20.0}, "language model": {"median": 6.0, "p95": 9.0}}
    )
    assert "| whole | 12.0 ms | 20.0 ms |" in text
    assert "The whole takes 2.0 times as long" in text


def test_the_platforms_have_a_column_for_each_situation():
    values = dict.fromkeys(channels._ROWS, 50.0)
    text = channels.summary({"all work": values, "one fails": {**values, "last_answer_of_the_others_s": 4.25}})
    assert "| | all work | one fails |" in text
    assert "| the last answer of the platforms that work | 50.0 s | 4.2 s |" in text


def test_the_first_paint_is_a_sentence():
    text = first_paint.summary({"median": 35, "p95": 45, "messages": 48})
    assert text.endswith("35 ms at the median and 45 ms at the 95th percentile of 48 messages.")
