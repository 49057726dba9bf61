"""Fits the fusion of the signals: writes ``models/knee-nlu/fusion.json`` (second half of ``make finetune``).

The weights come from a logistic regression over the candidates of the validation split: is the finding labelled as
present? The alert threshold is the lowest that keeps false positives under `MAX_FALSE_POSITIVE_RATE` on messages about
dangers, and under `MAX_EVERYDAY_FALSE_POSITIVE_RATE` on everyday ones; both are named as arguments. The probability
from which a danger is asked about (``clarification_thresholds``, kept as it is) was read off the same messages and the
validation split: 0.03, 0.04, 0.06 and 0.07 miss 6, 8, 15 and 18 of the 436 dangers of the validation split and ask
unnecessary questions after 10, 8, 7 and 6 % of everyday messages.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from nlu.encoder.model import MODEL_FOLDER, LanguageModel
from nlu.findings.fusion import FEATURES, MIN_PROBABILITY, Fusion, with_all_implied
from nlu.findings.reader import FindingReader
from nlu.training.corpus import DEVELOPMENT_FOLDER, is_validation, read_corpus
from triage.case import ConversationState
from triage.clarification import ClarificationThresholds, next_clarification
from triage.rules import ESCALATING_TIERS

MAX_FALSE_POSITIVE_RATE = 0.025
"""Share of harmless messages about dangers (denied, past, supposed) that may be escalated."""

MAX_EVERYDAY_FALSE_POSITIVE_RATE = 0.02
"""Share of everyday messages that may be; some of them do name what the rules call a danger (cramps in great heat)."""

_ALERT_THRESHOLDS = (0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


@dataclass(frozen=True)
class Outcome:
    """Counts over messages at one alert threshold.

    Attributes:
        missed: dangers neither alerted nor asked about.
        asked: dangers asked about.
        false_positives: messages without danger that were escalated.
        unnecessary_questions: messages without danger that were asked about.
    """

    missed: int
    asked: int
    false_positives: int
    unnecessary_questions: int


def fit_weights(reader: FindingReader) -> dict[str, float]:
    """Fits the regression on the validation split and returns a weight for each feature."""
    rows, targets = [], []
    for message in filter(is_validation, read_corpus()):
        present = {finding for finding, assertion in message.findings if assertion == "present"}
        for candidate in reader.collect_candidates(message.text):
            rows.append(candidate.features.vector())
            targets.append(candidate.id in present)
    regression = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2_000).fit(np.array(rows), np.array(targets))
    return dict(zip(FEATURES, map(float, regression.coef_[0]), strict=True))


def finding_probabilities(reader: FindingReader, fusion: Fusion, texts: Iterable[str]) -> list[dict[str, float]]:
    """Returns for each text the probability of every finding that any signal names."""
    return [{c.id: fusion.probability(c.features) for c in reader.collect_candidates(text)} for text in texts]


def outcome(probabilities: Sequence[Mapping[str, float]], dangers: Sequence[bool], fusion: Fusion) -> Outcome:
    """Counts what would come of messages.

    Args:
        probabilities: for each message those of its findings.
        dangers: for each message whether it must lead to help today or now.
        fusion: decides with its thresholds.
    """
    missed = asked = false_positives = unnecessary = 0
    for found, danger in zip(probabilities, dangers, strict=True):
        is_alerted, is_asked = _alerted_or_asked(fusion, found)
        missed += danger and not is_alerted and not is_asked
        asked += danger and is_asked
        false_positives += is_alerted and not danger
        unnecessary += is_asked and not danger
    return Outcome(missed, asked, false_positives, unnecessary)


def _alerted_or_asked(fusion: Fusion, found: Mapping[str, float]) -> tuple[bool, bool]:
    present = with_all_implied(fusion.present(found))
    unclear = tuple((f, p) for f, p in found.items() if f not in present and p >= MIN_PROBABILITY)
    state = ConversationState.after_one_message(present, unclear)
    is_alerted = state.assessment.tier in ESCALATING_TIERS
    return is_alerted, not is_alerted and next_clarification(state, fusion.clarification) is not None


def choose_alert_threshold(
    weights: Mapping[str, float],
    clarification: ClarificationThresholds,
    development: tuple[Sequence[Mapping[str, float]], Sequence[bool]],
    everyday: Sequence[Mapping[str, float]],
) -> tuple[float, Outcome, Outcome]:
    """Chooses the lowest alert threshold that keeps the rates of false positives, or the highest where none does.

    Args:
        weights: of the features.
        clarification: the probabilities from which a question is asked.
        development: probabilities of the findings in messages about dangers, and whether each message is one.
        everyday: probabilities of the findings in everyday messages, none of which is a danger.

    Returns:
        The threshold, and what it gives on development and on everyday messages.
    """
    harmless = len(development[1]) - sum(development[1])
    for threshold in _ALERT_THRESHOLDS:
        fusion = Fusion(weights, threshold, clarification)
        on_development = outcome(*development, fusion)
        on_everyday = outcome(everyday, [False] * len(everyday), fusion)
        if (
            on_development.false_positives <= MAX_FALSE_POSITIVE_RATE * harmless
            and on_everyday.false_positives <= MAX_EVERYDAY_FALSE_POSITIVE_RATE * len(everyday)
        ):
            break
    return threshold, on_development, on_everyday


def _read(paths: Iterable[Path]) -> list[dict[str, str]]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=MODEL_FOLDER, help="where the model lies")
    parser.add_argument(
        "--development",
        type=Path,
        nargs="+",
        default=[DEVELOPMENT_FOLDER / "red_flags.jsonl"],
        help="files of messages about dangers, with text and tier",
    )
    parser.add_argument(
        "--everyday",
        type=Path,
        nargs="+",
        default=[DEVELOPMENT_FOLDER / "intents.jsonl"],
        help="files of everyday messages, with text",
    )
    return parser.parse_args()


def main() -> None:
    """Fits weights, chooses the threshold, writes both with what they gave."""
    arguments = _arguments()
    development, everyday = _read(arguments.development), _read(arguments.everyday)
    fusion_file = arguments.folder / "fusion.json"
    asked_from = json.loads(fusion_file.read_text(encoding="utf-8"))["clarification_thresholds"]
    clarification = ClarificationThresholds(**asked_from)
    unfitted = Fusion(dict.fromkeys(FEATURES, 0.0), 1.0, clarification)
    reader = FindingReader(LanguageModel(arguments.folder / "model.onnx", arguments.folder), unfitted)
    weights = fit_weights(reader)
    fitted = Fusion(weights, 1.0, clarification)
    dangers = [entry["tier"] in ESCALATING_TIERS for entry in development]
    threshold, on_development, on_everyday = choose_alert_threshold(
        weights,
        clarification,
        (finding_probabilities(reader, fitted, [entry["text"] for entry in development]), dangers),
        finding_probabilities(reader, fitted, [entry["text"] for entry in everyday]),
    )
    result = {
        "alert_threshold": threshold,
        "clarification_thresholds": asked_from,
        "weights": weights,
        "development": {
            "messages": len(development),
            "dangers": sum(dangers),
            "missed": on_development.missed,
            "asked": on_development.asked,
            "false_positives": on_development.false_positives,
            "unnecessary_questions": on_development.unnecessary_questions,
        },
        "everyday": {
            "messages": len(everyday),
            "false_positives": on_everyday.false_positives,
            "unnecessary_questions": on_everyday.unnecessary_questions,
        },
    }
    fusion_file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
