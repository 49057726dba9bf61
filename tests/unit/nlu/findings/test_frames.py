"""Frames: how they are read, and where they hold."""

import shutil

import pytest

from nlu.findings.frames import Frame, FrameIndex, LexiconError, load_lexicon, parse
from nlu.text.lexicon import LEXICON_FOLDER

CONCEPTS = {
    "CALF": ["calf", "lower leg"],
    "SWOLLEN": ["swollen", "puffy"],
    "NUMB": ["numb", "no feeling", "cant feel"],
    "FIT": ["fit", "fits", "seizure"],
    "DOG": ["dog"],
    "CANNOT": ["cant", "not able", "struggle"],
    "SOME": ["no", "some", "few"],
}
BODY_PARTS = ("CALF",)
CUES = frozenset({"no", "not", "cant"})


def frame(text, finding="calf_swelling_one_side"):
    parsed = parse(finding, text, CONCEPTS, BODY_PARTS)
    return Frame(**{**parsed, "excluded": tuple(parsed["excluded"])}, concepts=CONCEPTS)


def spans_in(norms):
    """Returns where the members of each concept stand, as the matcher finds them."""
    found = {}
    for name, members in CONCEPTS.items():
        for member in map(str.split, members):
            for start in range(len(norms) - len(member) + 1):
                if norms[start : start + len(member)] == member:
                    found.setdefault(name, []).append((start, start + len(member)))
    return found


def mentions(text, message):
    norms = message.split()
    return list(FrameIndex([frame(text)], CUES).mentions(spans_in(norms), norms))


def test_items_alternatives_exclusions_and_gap_are_read():
    parsed = parse("seizure", "FIT|shaking all over + leg ! DOG ~9", CONCEPTS, BODY_PARTS)
    assert parsed["items"] == (("FIT", "shaking all over"), ("leg",))
    assert parsed["excluded"] == ["DOG"]
    assert (parsed["in_order"], parsed["gap"]) == (False, 9)


def test_what_is_in_order_stands_closer_together():
    assert parse("seizure", "CALF > SWOLLEN", CONCEPTS, BODY_PARTS)["gap"] == 3
    assert parse("seizure", "CALF + SWOLLEN", CONCEPTS, BODY_PARTS)["gap"] == 5


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("CALF + SWOLLEN", (1,)),
        ("SWOLLEN + lower leg", (0,)),
        ("CALF + CALF", (1,)),
        ("SWOLLEN + NUMB", (0, 1)),
        ("CALF|NUMB + SWOLLEN", (0, 1)),
    ],
)
def test_targets_are_what_is_no_part_of_the_body(text, targets):
    assert parse("calf_swelling_one_side", text, CONCEPTS, BODY_PARTS)["target_items"] == targets


@pytest.mark.parametrize(
    ("text", "fault"),
    [("CALF + SWOLLEN > NUMB", "mixes"), ("CALF + ", "empty item"), ("CALF + STRANGE", "STRANGE"), ("CALF!NO", "NO")],
)
def test_a_wrong_frame_is_refused_by_name(text, fault):
    with pytest.raises(LexiconError, match=fault) as error:
        parse("calf_swelling_one_side", text, CONCEPTS, BODY_PARTS)
    assert "calf_swelling_one_side" in str(error.value)


@pytest.fixture
def write(tmp_path):
    """Writes a lexicon of one concept and of files in its folder ``frames``, by name."""
    shutil.copytree(LEXICON_FOLDER / "schemas", tmp_path / "schemas")
    (tmp_path / "frames").mkdir()
    (tmp_path / "concepts.yml").write_text("concepts: {CALF: [calf]}\n", encoding="utf-8")

    def write_frames(**files):
        for name, text in files.items():
            (tmp_path / "frames" / f"{name}.yml").write_text(text, encoding="utf-8")

    return write_frames


def test_concepts_and_frames_come_from_all_files(write, tmp_path):
    write(one="concepts: {HOT: [hot]}\nframes: {seizure: [CALF + HOT]}\n", two="concepts: {WET: [wet]}\nframes: {}\n")
    assert load_lexicon(tmp_path) == (
        {"CALF": ["calf"], "HOT": ["hot"], "WET": ["wet"]},
        {"seizure": ["CALF + HOT"]},
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("concepts: {CALF: [shin]}\nframes: {}\n", "one.yml.*CALF"),
        ("concepts: {HOT: [hot]}\nframes: {no_finding: [CALF + HOT]}\n", "one.yml.*no_finding"),
    ],
)
def test_a_wrong_file_is_named(write, tmp_path, text, fault):
    write(one=text)
    with pytest.raises(LexiconError, match=fault):
        load_lexicon(tmp_path)


@pytest.mark.parametrize(
    "message",
    ["my calf is swollen", "swollen hot calf", "my lower leg is very very puffy", "calf and a really very big swollen"],
)
def test_items_in_any_order_near_enough(message):
    [mention] = mentions("CALF + SWOLLEN", message)
    assert mention.finding == "calf_swelling_one_side"
    assert mention.source == "CALF + SWOLLEN"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CALF + SWOLLEN", "calf and then at last my eye swollen"),
        ("CALF + SWOLLEN", "my calf . swollen eye"),
        ("CALF + SWOLLEN", "my calf"),
        ("CALF > SWOLLEN", "swollen calf"),
        ("CALF > SWOLLEN", "calf is a bit too swollen"),
        ("CALF + SWOLLEN ! DOG", "my dog has a swollen calf"),
        ("CALF + SWOLLEN ~1", "calf is very swollen"),
        ("CALF + CALF", "my calf"),
    ],
)
def test_items_too_far_apart_in_another_order_or_sentence(text, message):
    assert mentions(text, message) == []


def test_what_is_excluded_may_stand_in_another_sentence():
    assert len(mentions("CALF + SWOLLEN ! DOG", "my dog is well . my calf is swollen")) == 1


def test_span_targets_and_own_tokens():
    [mention] = mentions("CALF + SWOLLEN", "today my lower leg is swollen")
    assert (mention.start, mention.end) == (2, 6)
    assert mention.targets == ((5, 6),)
    assert mention.own_tokens == {2, 3, 5}


@pytest.mark.parametrize(
    ("text", "message", "own"),
    [
        ("CALF + NUMB", "no feeling in calf", {0, 1, 3}),  # "feeling" is no finding: the "no" makes it one
        ("CALF + FIT|no fits", "calf no fits", {0, 2}),  # "fits" would do as well: the "no" denies
    ],
)
def test_a_negation_cue_belongs_to_the_finding_or_denies_it(text, message, own):
    norms = message.split()
    spans = spans_in(norms)
    if "no fits" in message:
        spans["no fits"] = [(1, 3)]
    found = list(FrameIndex([frame(text)], CUES).mentions(spans, norms))
    assert own in [set(mention.own_tokens) for mention in found]
    assert all(mention.own_tokens <= own for mention in found)


@pytest.mark.parametrize(
    ("text", "message", "own"),
    [
        ("CALF > CANNOT", "calf cant", {0, 1}),  # at least half of what stands for the item denies
        ("CALF > SOME", "calf no", {0}),
    ],
)
def test_a_negation_cue_alone_belongs_to_an_item_that_is_about_what_cannot_be_done(text, message, own):
    [mention] = mentions(text, message)
    assert mention.own_tokens == own


def test_items_far_from_the_first_but_near_their_neighbours():
    assert len(mentions("CALF + NUMB + FIT", "calf a b c d e numb a b c d e fit")) == 1
