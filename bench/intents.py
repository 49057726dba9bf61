"""Trains the shipped topic classifier on any data set and measures it: ``python -m bench.intents TRAIN.csv TEST.csv``.

Both files are CSV with the columns ``sentence`` and ``label``. The encoder, the features and the classifier are those
of the assistant; the confidence from which it answers is chosen on the training sentences; nothing is tuned to the data
set, and the test file is read only when training is over. The last line printed is JSON:
``{"in_scope_accuracy": …, "out_of_scope_recall": …, "mcc": …}``, each null where the test file has no such messages.
"""

import argparse
import csv
import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import matthews_corrcoef
from sklearn.model_selection import train_test_split

from nlu.encoder.model import shared_language_model
from nlu.intents.kernel_training import train_with_threshold

MOST_SENTENCES = 16_000
"""Training sentences used at most: the classifier's time grows with their cube, its memory with their square."""

REFUSED = "(refused)"
"""Stands for messages that are not answered where the data set has no label for them."""


class DataError(ValueError):
    """A file is not what it should be; the message says what is missing."""


def read(path: Path) -> tuple[list[str], list[str]]:
    """Reads sentences and labels.

    Raises:
        DataError: there is no such file, or it lacks a column or any row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    if not rows or not {"sentence", "label"} <= rows[0].keys():
        raise DataError(f"{path} must be a CSV file with the columns sentence and label and at least one row.")
    kept = [(row["sentence"].strip(), row["label"].strip()) for row in rows if row["sentence"] and row["label"]]
    return [sentence for sentence, _ in kept], [label for _, label in kept]


def at_most(sentences: list[str], labels: list[str], most: int) -> tuple[list[str], list[str]]:
    """Returns the sentences with their labels, or where they are too many, `most` of them, the labels' shares kept."""
    if len(sentences) <= most:
        return sentences, labels
    kept, _ = train_test_split(np.arange(len(sentences)), train_size=most, stratify=labels, random_state=0)
    return [sentences[number] for number in kept], [labels[number] for number in kept]


def measure(labels: list[str], given: list[str], out_of_scope: str) -> dict[str, float | None]:
    """Returns the figures of the last line.

    Args:
        labels: n labels.
        given: n labels, `out_of_scope` where the message was refused.
        out_of_scope: the label of messages that should be refused.
    """
    right = np.array([label == name for label, name in zip(labels, given, strict=True)])
    foreign = np.array([label == out_of_scope for label in labels])
    return {
        "in_scope_accuracy": round(float(right[~foreign].mean()), 4) if (~foreign).any() else None,
        "out_of_scope_recall": round(float(right[foreign].mean()), 4) if foreign.any() else None,
        "mcc": round(float(matthews_corrcoef(labels, given)), 4),
    }


def main() -> int:
    """Trains, measures, prints; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--out-of-scope", default=REFUSED, help="the label of messages that should be refused")
    options = parser.parse_args()
    try:
        sentences, labels = read(options.train)
        if len(set(labels)) < 2:
            raise DataError(f"{options.train} must hold at least two labels.")
        if len(sentences) > MOST_SENTENCES:
            print(f"{len(sentences)} sentences are too many; {MOST_SENTENCES} of them, drawn at random, are used.")
        sentences, labels = at_most(sentences, labels, MOST_SENTENCES)
        encoder = shared_language_model()
        started = time.perf_counter()
        model, threshold = train_with_threshold(
            sentences, encoder.sentence_embeddings(sentences), labels, options.out_of_scope
        )
        seconds = time.perf_counter() - started
        messages, targets = read(options.test)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    given = []
    for message, state in zip(messages, encoder.sentence_embeddings(messages), strict=True):
        label, confidence = model.rank(message, state)[0]
        given.append(label if confidence >= threshold else options.out_of_scope)
    print(f"{len(sentences)} sentences, {len(set(labels))} labels, trained in {seconds:.1f} s")
    print(f"{len(messages)} messages; answered from a confidence of {threshold:.2f}")
    print(json.dumps(measure(targets, given, options.out_of_scope)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
