import pytest

from triage.contract import TOPIC_PREFIX
from triage.topics import TOPICS

NARROWEST_BUTTON = 20  # characters, on the channel that shows the fewest


@pytest.mark.parametrize(("intent", "title"), TOPICS.items())
def test_a_topic_is_a_question_whose_name_fits_on_every_button(intent, title):
    assert intent.startswith(TOPIC_PREFIX)
    assert 0 < len(title) <= NARROWEST_BUTTON
    assert title == title.strip()


def test_no_two_buttons_are_named_alike():
    assert len({title.lower() for title in TOPICS.values()}) == len(TOPICS)
