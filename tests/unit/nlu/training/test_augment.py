"""How messages are varied for training."""

import pytest

from nlu.training import augment
from nlu.training.augment import Augmenter
from nlu.training.corpus import LabelledMessage, labelled_message


def message(text="my calf is swollen, no fever since monday", finding="calf_swelling_one_side", span="calf is swollen"):
    return labelled_message(text, [{"id": finding, "assertion": "present", "span": span}])


OTHERS = [message("i have chest pain", "chest_pain", "chest pain")]


@pytest.fixture
def only(monkeypatch):
    """Lets one kind of change happen always, and no other."""

    def choose(name):
        for other in ("JOINED", "MISSPELT", "UNPUNCTUATED", "LOWER_CASE", "UPPER_CASE"):
            monkeypatch.setattr(augment, other, 1.0 if other == name else 0.0)

    return choose


def test_the_same_seed_gives_the_same_variation():
    one, other = Augmenter(7), Augmenter(7)
    varied = [one.vary(message(), OTHERS) for _ in range(50)]
    assert varied == [other.vary(message(), OTHERS) for _ in range(50)]
    assert len({new.text for new in varied}) > 20


def test_words_keep_their_labels():
    for new in (Augmenter(seed).vary(message(), OTHERS) for seed in range(50)):
        assert len(new.words) == len(new.labels)
        assert new.findings >= message().findings


def test_nothing_changes_where_nothing_is_drawn(only):
    only(None)
    assert Augmenter(1).vary(message(), OTHERS) == message()


def test_two_messages_run_together(only):
    only("JOINED")
    texts = [Augmenter(seed).vary(message(), OTHERS) for seed in range(20)]
    assert all(new.findings == message().findings | OTHERS[0].findings for new in texts)
    assert {new.text.startswith("i have chest pain") for new in texts} == {True, False}


def test_an_ordinary_message_joined_stays_ordinary(only):
    only("JOINED")
    ordinary = LabelledMessage(("hi",), (frozenset(),), is_ordinary=True)
    assert Augmenter(1).vary(message(), [ordinary]).is_ordinary


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("UNPUNCTUATED", "my calf is swollen no fever since monday"),
        ("UPPER_CASE", "MY CALF IS SWOLLEN, NO FEVER SINCE MONDAY"),
    ],
)
def test_punctuation_and_case(only, change, text):
    only(change)
    assert Augmenter(1).vary(message(), OTHERS).text == text


def test_a_word_of_punctuation_alone_stays(only):
    only("UNPUNCTUATED")
    assert Augmenter(1).vary(message("calf is swollen !", span="calf is swollen"), OTHERS).words[-1] == "!"


def test_some_words_are_misspelt(only):
    only("MISSPELT")
    changed = sum(Augmenter(seed).vary(message(), OTHERS).text != message().text for seed in range(50))
    assert changed > 25


def test_numbers_and_short_words_are_never_misspelt():
    augmenter = Augmenter(1)
    assert [augmenter.misspell(word) for word in ("38.5", "10min", "leg", "is")] == ["38.5", "10min", "leg", "is"]


def test_short_forms_are_used():
    assert "nee" in {Augmenter(seed).misspell("knee") for seed in range(20)}


def test_a_keyboard_typo_keeps_the_first_letter_and_changes_one():
    typos = {Augmenter(seed)._keyboard_typo("spasm") for seed in range(200)}
    assert {"sasm", "sapsm", "sppasm", "soasm"} <= typos
    assert all(typo[0] == "s" and abs(len(typo) - 5) <= 1 for typo in typos)


def test_a_phonetic_typo_sounds_alike():
    typos = {Augmenter(seed)._phonetic_typo("physio") for seed in range(200)}
    assert "fysio" in typos
    assert Augmenter(1)._phonetic_typo("bbb") == "bbb"
