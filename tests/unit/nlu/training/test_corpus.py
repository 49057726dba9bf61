"""How labelled messages are read."""

import json

import pytest

from nlu.training.corpus import (
    CorpusError,
    example_phrases,
    is_validation,
    labelled_message,
    read_corpus,
    read_intents,
    unlabelled_message,
)
from triage.findings import vocabulary


def test_labels_lie_on_the_words_of_the_span():
    message = labelled_message(
        "no fever but my calf is huge",
        [
            {"id": "fever_38", "assertion": "absent", "span": "fever"},
            {"id": "calf_swelling_one_side", "assertion": "present", "span": "my calf is huge"},
        ],
    )
    assert [len(labels) for labels in message.labels] == [0, 1, 0, 1, 1, 1, 1]
    assert message.labels[1] == {("fever_38", "absent")}


def test_what_is_present_implies_more():
    [labels] = labelled_message("40.5", [{"id": "temp_40", "assertion": "present", "span": "40.5"}]).labels
    assert labels == {("temp_40", "present"), ("fever_38", "present")}
    [labels] = labelled_message("40.5", [{"id": "temp_40", "assertion": "absent", "span": "40.5"}]).labels
    assert labels == {("temp_40", "absent")}


@pytest.mark.parametrize(
    "span",
    [
        {"id": "fever_38", "assertion": "present", "span": "not there"},
        {"id": "no_such_finding", "assertion": "present", "span": "calf"},
        {"id": "fever_38", "assertion": "perhaps", "span": "calf"},
    ],
)
def test_wrong_labels_are_refused(span):
    with pytest.raises(CorpusError, match="does not fit"):
        labelled_message("my calf", [span])


def test_the_corpus_is_read_in_the_order_of_files_and_lines(tmp_path):
    for name, texts in {"b": ["three"], "a": ["one", "two  words"]}.items():
        lines = [json.dumps({"text": text, "findings": []}) for text in texts]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    assert [message.text for message in read_corpus(tmp_path)] == ["one", "two words", "three"]


@pytest.mark.parametrize("line", ["{", '{"text": "x"}', '{"text": "x", "findings": [{"id": "fever_38"}]}'])
def test_a_wrong_line_is_named(tmp_path, line):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "x", "findings": []}) + "\n" + line + "\n")
    with pytest.raises(CorpusError, match=r"a\.jsonl, line 2"):
        read_corpus(tmp_path)


def test_the_validation_split_is_told_by_the_words_alone():
    messages = [unlabelled_message(f"message number {number}") for number in range(600)]
    chosen = [message for message in messages if is_validation(message)]
    assert 30 < len(chosen) < 75
    assert all(is_validation(unlabelled_message(message.text.upper(), is_ordinary=True)) for message in chosen)


def test_example_phrases_are_present_absent_or_distractors():
    finding = vocabulary()["chest_pain"]
    labels = {message.text: message.findings for message in example_phrases()}
    assert ("chest_pain", "present") in labels[" ".join(finding.patient_phrases[0].split())]
    assert labels[" ".join(finding.negated_examples[0].split())] == {("chest_pain", "absent")}
    assert labels[" ".join(finding.lookalikes[0].split())] == set()


def test_intents_are_read_with_their_examples(tmp_path):
    (tmp_path / "nlu.yml").write_text(
        "nlu:\n- intent: greet\n  examples: |\n    - hi\n    - hello there\n- synonym: x\n  examples: |\n    - y\n"
    )
    assert read_intents(tmp_path) == [("hi", "greet"), ("hello there", "greet")]
