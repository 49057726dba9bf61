"""The project's own language model (``models/knee-nlu/``): one pass over a message gives everything.

Findings and their assertions for each word piece, the findings of the message as a whole, and its state for
the topics. Needs only ONNX Runtime and the tokeniser, so that training can measure with the very code that ships.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import BertWordPieceTokenizer

MODEL_FOLDER = Path(os.environ.get("KNEE_NLU_FOLDER") or Path(__file__).parents[2] / "models" / "knee-nlu")
"""Where the model lies; the variable KNEE_NLU_FOLDER puts another in its place, to hold one against the other."""

LONGEST_TEXT = 128
"""Word pieces read at once."""

_OVERLAP = 24
_SHA256 = re.compile(r"`model\.onnx`[^`]*`([0-9a-f]{64})`")

DIMENSIONS = 1152
OUTPUTS = ["topic_state", "finding_chances", "assertion_chances", "message_chances"]


@dataclass(frozen=True)
class Reading:
    """What the model makes of one message.

    Attributes:
        findings: finding ids, in the order of the columns.
        offsets: n pairs, where each word piece starts and ends in the text.
        topic_state: shape (1152,), of length 1.
        finding_chances: shape (n, findings), each between 0 and 1.
        assertion_chances: shape (n, 6), rows sum to 1, in the order of ``triage.findings.ASSERTIONS``.
        message_chances: shape (findings,), how likely the message as a whole reports each as present; 0..1.
    """

    findings: Sequence[str]
    offsets: list[tuple[int, int]]
    topic_state: np.ndarray
    finding_chances: np.ndarray
    assertion_chances: np.ndarray
    message_chances: np.ndarray

    def present_chances(self) -> dict[str, float]:
        """Returns for each finding the highest chance, over the word pieces, that it is there and present."""
        if not len(self.finding_chances):
            return dict.fromkeys(self.findings, 0.0)
        joint = (self.finding_chances * self.assertion_chances[:, :1]).max(axis=0)
        return dict(zip(self.findings, map(float, joint), strict=True))


class ModelError(RuntimeError):
    """The language model is missing or not the one that its card describes."""


class LanguageModel:
    """An ONNX file with its labels and vocabulary."""

    def __init__(self, model_file: Path, folder: Path) -> None:
        """Loads the model.

        Args:
            model_file: the ONNX file.
            folder: where ``labels.json`` and ``vocab.txt`` lie.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model_file), options, providers=["CPUExecutionProvider"])
        self.findings: tuple[str, ...] = tuple(json.loads((folder / "labels.json").read_text())["findings"])
        self._tokeniser = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
        self._tokeniser.enable_truncation(LONGEST_TEXT, stride=_OVERLAP)

    def read(self, text: str) -> Reading:
        """Reads one message; a long one in several passes, of which the first gives the topic state."""
        first = self._tokeniser.encode(text)
        offsets: list[tuple[int, int]] = []
        findings, assertions, topics, wholes = [], [], [], []
        for encoding in (first, *first.overflowing):
            ids = np.array([encoding.ids], dtype=np.int64)
            topic, found, asserted, whole = self._session.run(
                OUTPUTS, {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            )
            offsets += encoding.offsets[1:-1]
            topics.append(topic[0])
            wholes.append(whole[0])
            findings.append(found[0, 1:-1])
            assertions.append(asserted[0, 1:-1])
        return Reading(
            self.findings,
            offsets,
            topics[0],
            np.concatenate(findings),
            np.concatenate(assertions),
            np.max(wholes, axis=0),
        )

    def topic_states(self, texts: Sequence[str], batch: int = 32) -> np.ndarray:
        """Encodes texts for the topics.

        Args:
            texts: n texts.
            batch: how many are encoded at once.

        Returns:
            float32 array of shape (n, 1152), each row of length 1.
        """
        pieces = [self._tokeniser.encode(text).ids for text in texts]
        states = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda number: len(pieces[number]))

        def encode(numbers: list[int]) -> None:
            ids = np.zeros((len(numbers), max(len(pieces[number]) for number in numbers)), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, number in enumerate(numbers):
                ids[row, : len(pieces[number])] = pieces[number]
                mask[row, : len(pieces[number])] = 1
            states[numbers] = self._session.run(["topic_state"], {"input_ids": ids, "attention_mask": mask})[0]

        batches = [by_length[first : first + batch] for first in range(0, len(by_length), batch)]
        if len(batches) < 2:
            for numbers in batches:
                encode(numbers)
            return states
        # a run keeps to one core, so that a message gets the same numbers as in training; several runs share the cores
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(encode, batches))
        return states


@lru_cache(maxsize=1)
def shared_language_model() -> LanguageModel:
    """Returns the model of this process, loaded at the first call.

    Raises:
        ModelError: a file is missing, or the model is not the one that its card describes.
    """
    model_file = MODEL_FOLDER / "model.onnx"
    missing = [
        name for name in ("model.onnx", "labels.json", "vocab.txt", "README.md") if not (MODEL_FOLDER / name).is_file()
    ]
    if missing:
        raise ModelError(f"{MODEL_FOLDER} lacks {', '.join(missing)}; restore the folder from version control.")
    card = _SHA256.search((MODEL_FOLDER / "README.md").read_text(encoding="utf-8"))
    if card is None or hashlib.sha256(model_file.read_bytes()).hexdigest() != card.group(1):
        raise ModelError(f"{model_file} is not the file that its card describes; restore it from version control.")
    return LanguageModel(model_file, MODEL_FOLDER)
