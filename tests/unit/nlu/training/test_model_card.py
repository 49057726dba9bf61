"""The card of the language model."""

import hashlib
from datetime import date

import pytest

from nlu.encoder.model import _SHA256, MODEL_FOLDER
from nlu.training.model_card import checksum, model_card

FIGURES = {
    "messages": 1371.0,
    "sensitivity": 0.888,
    "false_positive_rate": 0.127,
    "finding_f1": 0.6719,
    "assertion_accuracy": 0.904,
}


@pytest.fixture
def card(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"model")
    figures = {"32-bit": FIGURES, "8-bit": FIGURES | {"sensitivity": 0.872}}
    settings = {"seed": 20, "epochs": 4}
    return model_card(tmp_path / "model.onnx", figures, settings, "653bb8e", date(2026, 11, 22))


def test_it_names_the_model_that_it_describes(card):
    assert _SHA256.search(card).group(1) == hashlib.sha256(b"model").hexdigest()


def test_it_says_how_the_model_was_made(card):
    assert "on 2026-11-22, from commit 653bb8e" in card
    assert "seed 20, epochs 4" in card


def test_it_gives_the_figures_of_each_version(card):
    assert "| 32-bit | 88.8% | 12.7% | 0.672 | 90.4% |" in card
    assert "| 8-bit | 87.2% | 12.7% | 0.672 | 90.4% |" in card
    assert "1371 messages" in card


def test_the_card_that_ships_has_the_same_words(card):
    shipped = (MODEL_FOLDER / "README.md").read_text(encoding="utf-8")
    same = [line for line in card.splitlines() if "sha256" not in line and "2026-11-22" not in line]
    missing = [line for line in same if line not in shipped and not line.startswith(("  `", "- code", "|"))]
    assert missing == []
    assert [line.count("|") for line in shipped.splitlines() if line.startswith("|")] == [6] * 4


def test_the_checksum_is_of_all_files_in_order_of_path(tmp_path):
    for name in "ba":
        (tmp_path / name).write_text(name)
    assert checksum([tmp_path / "b", tmp_path / "a"]) == hashlib.sha256(b"ab").hexdigest()
