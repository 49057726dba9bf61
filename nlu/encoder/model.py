"""The project's own language model (``models/knee-nlu/``): one pass over a message gives everything.

Findings and their assertions for each subword token, the findings of the message as a whole, and its sentence
embedding for the intents. Needs only ONNX Runtime and the tokeniser, so that training can measure with the very code
that ships.
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

MAX_SUBWORD_TOKENS = 128
"""Subword tokens read at once; a longer text is read in several passes."""

_OVERLAP = 24
"""Subword tokens that neighbouring passes share, so that no finding is cut in two."""

_SHA256 = re.compile(r"`model\.onnx`[^`]*`([0-9a-f]{64})`")

HIDDEN_SIZE = 384
EMBEDDING_SIZE = 3 * HIDDEN_SIZE
"""Numbers of a sentence embedding: of the last and the middle layer, and of the general head."""

GRAPH_OUTPUTS = {
    "sentence_embedding": "topic_state",
    "finding_probabilities": "finding_chances",
    "assertion_probabilities": "assertion_chances",
    "message_probabilities": "message_chances",
}
"""What the fields of an `EncoderOutput` are called in the ONNX file, in its order; the file that ships has these names
in it."""


@dataclass(frozen=True)
class EncoderOutput:
    """What the model gives for one message.

    Attributes:
        findings: finding ids, in the order of the columns.
        offsets: n pairs, where each subword token starts and ends in the text.
        sentence_embedding: shape (1152,), of length 1.
        finding_probabilities: shape (n, findings), that a token mentions a finding; 0..1.
        assertion_probabilities: shape (n, 6), rows sum to 1, in the order of ``triage.findings.ASSERTIONS``.
        message_probabilities: shape (findings,), that the message as a whole reports a finding as present; 0..1.
    """

    findings: Sequence[str]
    offsets: list[tuple[int, int]]
    sentence_embedding: np.ndarray
    finding_probabilities: np.ndarray
    assertion_probabilities: np.ndarray
    message_probabilities: np.ndarray

    def present_probabilities(self) -> dict[str, float]:
        """Returns for each finding the highest probability, over the tokens, that it is mentioned and present."""
        if not len(self.finding_probabilities):
            return dict.fromkeys(self.findings, 0.0)
        joint = (self.finding_probabilities * self.assertion_probabilities[:, :1]).max(axis=0)
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
        # one core for a run: a message is too little work to share, and its numbers do not depend on the machine
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model_file), options, providers=["CPUExecutionProvider"])
        self.findings: tuple[str, ...] = tuple(json.loads((folder / "labels.json").read_text())["findings"])
        self._tokeniser = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
        self._tokeniser.enable_truncation(MAX_SUBWORD_TOKENS, stride=_OVERLAP)

    def predict(self, text: str) -> EncoderOutput:
        """Reads one message; a long one in several passes, of which the first gives the sentence embedding."""
        first = self._tokeniser.encode(text)
        offsets: list[tuple[int, int]] = []
        findings, assertions, embeddings, messages = [], [], [], []
        for encoding in (first, *first.overflowing):
            ids = np.array([encoding.ids], dtype=np.int64)
            embedding, found, asserted, of_message = self._session.run(
                list(GRAPH_OUTPUTS.values()), {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            )
            offsets += encoding.offsets[1:-1]  # without [CLS] and [SEP], which stand for no words
            findings.append(found[0, 1:-1])
            assertions.append(asserted[0, 1:-1])
            embeddings.append(embedding[0])
            messages.append(of_message[0])
        return EncoderOutput(
            self.findings,
            offsets,
            embeddings[0],
            np.concatenate(findings),
            np.concatenate(assertions),
            np.max(messages, axis=0),  # a danger in one part of a long message is a danger
        )

    def sentence_embeddings(self, texts: Sequence[str], batch_size: int = 32) -> np.ndarray:
        """Embeds texts for the intents.

        Args:
            texts: n texts; of each only the first `MAX_SUBWORD_TOKENS` count.
            batch_size: how many are embedded at once.

        Returns:
            float32 array of shape (n, 1152), each row of length 1.
        """
        tokens = [self._tokeniser.encode(text).ids for text in texts]
        embeddings = np.zeros((len(texts), EMBEDDING_SIZE), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda number: len(tokens[number]))

        def embed(numbers: list[int]) -> None:
            ids = np.zeros((len(numbers), max(len(tokens[number]) for number in numbers)), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, number in enumerate(numbers):
                ids[row, : len(tokens[number])] = tokens[number]
                mask[row, : len(tokens[number])] = 1
            outputs = [GRAPH_OUTPUTS["sentence_embedding"]]
            embeddings[numbers] = self._session.run(outputs, {"input_ids": ids, "attention_mask": mask})[0]

        batches = [by_length[first : first + batch_size] for first in range(0, len(by_length), batch_size)]
        if len(batches) < 2:
            for numbers in batches:
                embed(numbers)
            return embeddings
        # a run keeps to one core, so that a message gets the same numbers as in training; several runs share the cores
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(embed, batches))
        return embeddings


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
