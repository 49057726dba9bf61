"""How a model is measured on the validation split."""

from types import SimpleNamespace

import numpy as np
import pytest

from nlu.training import held_out
from nlu.training.corpus import labelled_message, unlabelled_message
from triage.findings import ASSERTIONS

DANGER = labelled_message("chest pain", [{"id": "chest_pain", "assertion": "present", "span": "chest pain"}])
DENIED = labelled_message("no chest pain", [{"id": "chest_pain", "assertion": "absent", "span": "chest pain"}])
NOTHING = unlabelled_message("hello there")


def output(present, assertion, offsets):
    probabilities = np.full((len(offsets), len(ASSERTIONS)), 0.02)
    probabilities[:, ASSERTIONS.index(assertion)] = 0.9
    return SimpleNamespace(
        present_probabilities=lambda: present, assertion_probabilities=probabilities, offsets=offsets
    )


def figures(monkeypatch, outputs, messages=(DANGER, DENIED, NOTHING)):
    monkeypatch.setattr(held_out, "LanguageModel", lambda *_: SimpleNamespace(predict=outputs.__getitem__))
    monkeypatch.setattr(held_out, "read_corpus", lambda: messages)
    monkeypatch.setattr(held_out, "is_validation", lambda message: True)
    return held_out.validation_figures("model.onnx", "folder")


def test_a_model_that_is_always_right(monkeypatch):
    found = figures(
        monkeypatch,
        {
            DANGER.text: output({"chest_pain": 0.5}, "present", [(0, 5), (6, 10)]),
            DENIED.text: output({"chest_pain": 0.49}, "absent", [(0, 2), (3, 8), (9, 13)]),
            NOTHING.text: output({}, "present", [(0, 5), (6, 11)]),
        },
    )
    assert found == {
        "messages": 3,
        "sensitivity": 1.0,
        "false_positive_rate": 0.0,
        "finding_f1": 1.0,
        "assertion_accuracy": 1.0,
    }


def test_a_model_that_is_often_wrong(monkeypatch):
    found = figures(
        monkeypatch,
        {
            DANGER.text: output({"calf_pain": 0.6}, "present", [(0, 5), (6, 10)]),
            DENIED.text: output({"chest_pain": 0.9}, "present", [(0, 2), (3, 8), (9, 13)]),
            NOTHING.text: output({}, "present", [(0, 5), (6, 11)]),
        },
    )
    assert (found["sensitivity"], found["false_positive_rate"]) == (0.0, 0.5)
    assert found["finding_f1"] == 0.0
    assert found["assertion_accuracy"] == 0.5


def test_precision_and_recall_weigh_alike(monkeypatch):
    found = figures(
        monkeypatch,
        {
            DANGER.text: output({"chest_pain": 0.9, "calf_pain": 0.9}, "present", [(0, 5), (6, 10)]),
            DENIED.text: output({}, "absent", [(0, 2), (3, 8), (9, 13)]),
            NOTHING.text: output({}, "present", [(0, 5), (6, 11)]),
        },
    )
    assert found["finding_f1"] == pytest.approx(2 / 3)


def test_a_finding_missed_weighs_like_one_too_many(monkeypatch):
    both = labelled_message(
        "chest pain and fever",
        [
            {"id": "chest_pain", "assertion": "present", "span": "chest pain"},
            {"id": "fever_38", "assertion": "present", "span": "fever"},
        ],
    )
    places = [(0, 5), (6, 10), (11, 14), (15, 20)]
    found = figures(
        monkeypatch,
        {
            both.text: output({"chest_pain": 0.9}, "present", places),
            NOTHING.text: output({}, "present", [(0, 5), (6, 11)]),
        },
        (both, NOTHING),
    )
    assert found["finding_f1"] == pytest.approx(2 / 3)


def test_words_that_the_model_did_not_read_do_not_count():
    probabilities = output({}, "present", [(0, 5)]).assertion_probabilities
    assert held_out.assertions_right(DANGER, probabilities, [(0, 5)]) == [True]


def test_words_of_two_assertions_do_not_count():
    both = labelled_message(
        "no pain",
        [
            {"id": "chest_pain", "assertion": "absent", "span": "pain"},
            {"id": "calf_pain", "assertion": "present", "span": "pain"},
        ],
    )
    assert held_out.assertions_right(both, np.zeros((2, 6)), [(0, 2), (3, 7)]) == []
