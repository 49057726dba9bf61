"""Reads what a message reports: findings, each with its assertion, and those that its words leave unclear.

Usable without Rasa. The language model, the lexicon and ConText each give signals on a finding; `nlu.findings.fusion`
weighs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlu.base import faults
from nlu.encoder.model import EncoderOutput, LanguageModel, shared_language_model
from nlu.findings.assertion import AssertionClassifier
from nlu.findings.contradictions import contradictions, spoken_against
from nlu.findings.frames import negation_cues
from nlu.findings.fusion import MIN_PROBABILITY, Fusion, FusionFeatures, shared_fusion
from nlu.findings.lexicon_matcher import FindingMatcher
from nlu.findings.mention import Mention
from nlu.findings.quantities import QUANTITY, quantity_mentions
from nlu.text.tokens import Token
from triage.findings import ASSERTIONS, with_implied

UNCLEAR = "unclear"
"""Stands for an assertion where the signals leave open whether the finding is there."""

_MODEL_MENTION_FROM = 0.1
"""Probability below which what the model alone sees is left out: of 2,600 messages 4 had such a finding with a fused
probability of 0.03 to 0.05, none a higher one, and a third of the mentions need not be looked at."""

_SPAN_SHARE = 0.4
"""Share of a finding's highest probability down to which the neighbouring subword tokens belong to its span."""

_NOT_PRESENT_FROM = 0.5
"""Probability of being mentioned from which the language model alone may say that a finding is denied, past or such."""

_MAX_IF_CONTRADICTED = 0.25
"""Probability left to what only the model sees and the words speak against: too low for an alert, high enough for a
question."""

_LANGUAGE_MODEL = "language model"


@dataclass(frozen=True)
class ReportedFinding:
    """A finding in a message.

    Attributes:
        id: the finding.
        assertion: one of ``triage.findings.ASSERTIONS``, or `UNCLEAR`.
        start: offset of its first character.
        end: offset after its last character.
        probability: that the person reports it as present, 0..1.
    """

    id: str
    assertion: str
    start: int
    end: int
    probability: float = 1.0


@dataclass(frozen=True)
class Candidate:
    """A finding that a message may report, with the signals on it.

    Attributes:
        id: the finding.
        features: what the signals say.
        not_present_as: the assertion to report where it is not present; "" where nothing asserts another.
        is_known_to_model: whether the language model was trained on it; where not, the lexicon decides alone.
        start: offset of its first character.
        end: offset after its last character.
    """

    id: str
    features: FusionFeatures
    not_present_as: str
    start: int
    end: int
    is_known_to_model: bool = True


class FindingReader:
    """The language part of the red-flag screen."""

    def __init__(self, model: LanguageModel | None = None, fusion: Fusion | None = None) -> None:
        """Loads the lexicons; takes seconds, so keep one (`shared_reader`).

        Args:
            model: the language model; None for the one that ships.
            fusion: the weights; None for those that ship with the model.
        """
        self._matcher = FindingMatcher()
        self._assertions = AssertionClassifier()
        contradictions()  # a wrong pattern must stop the start, not the first message
        self._model = model or shared_language_model()
        self._fusion = fusion or shared_fusion()

    def read(
        self, text: str, output: EncoderOutput | None = None, tokens: Sequence[Token] | None = None
    ) -> list[ReportedFinding]:
        """Returns the findings of a message in order of place, one per finding and assertion.

        Args:
            text: the message.
            output: what the language model gave for it, where that is known already.
            tokens: its tokens, where they have been made already.
        """
        reported: dict[tuple[str, str], ReportedFinding] = {}
        candidates = self.collect_candidates(text, output, tokens)
        probabilities = {candidate.id: self._probability(candidate, text) for candidate in candidates}
        present = self._fusion.present(probabilities)
        for candidate in candidates:
            probability = probabilities[candidate.id]
            for assertion in self._assertions_of(candidate, probability, candidate.id in present):
                for finding in with_implied(candidate.id, assertion):
                    entry = ReportedFinding(finding, assertion, candidate.start, candidate.end, probability)
                    reported.setdefault((finding, assertion), entry)
        # "no fever … it is 39 now": what is there goes before what is said against it
        certain = {finding for finding, assertion in reported if assertion == "present"}
        kept = [f for f in reported.values() if f.assertion == "present" or f.id not in certain]
        return sorted(kept, key=lambda finding: (finding.start, finding.end, finding.id))

    def _assertions_of(self, candidate: Candidate, probability: float, is_present: bool) -> list[str]:
        if is_present:
            return ["present"]
        assertions = []
        # a mere suspicion of the model's is not worth saying that the person denies it
        is_named = candidate.features.lexical is not None or candidate.features.mentioned >= _NOT_PRESENT_FROM
        if is_named and candidate.not_present_as and probability < self._fusion.clarification.usual:
            assertions.append(candidate.not_present_as)
        if probability >= MIN_PROBABILITY:
            assertions.append(UNCLEAR)
        return assertions

    def _probability(self, candidate: Candidate, text: str) -> float:
        if not candidate.is_known_to_model:  # a finding that is newer than the model has no signal of its own there
            return 1.0 if candidate.features.lexical == "present" else 0.0
        probability = self._fusion.probability(candidate.features)
        if candidate.features.lexical is None and spoken_against(candidate.id, text):
            return min(probability, _MAX_IF_CONTRADICTED)
        return probability

    def read_without_model(self, text: str) -> list[ReportedFinding]:
        """Returns the findings that the lexicon alone gives, for when the language model fails.

        Where the assertions fail too, all of them count as present: a false alert is better than a missed danger.
        """
        tokens = self._matcher.tokenize(text)
        mentions = self._lexical(tokens)
        try:
            assertions = self._assertions.classify(tokens, mentions)
        except Exception as error:
            faults.report("assertion classifier", error)
            assertions = ["present"] * len(mentions)
        reported = {}
        for mention, assertion in zip(mentions, assertions, strict=True):
            start, end = tokens[mention.start].start, tokens[mention.end - 1].end
            for finding in with_implied(mention.finding, assertion):
                reported[finding, assertion] = ReportedFinding(finding, assertion, start, end)
        return list(reported.values())

    def _lexical(self, tokens: Sequence[Token]) -> list[Mention]:
        mentions = self._matcher.mentions(tokens)
        return _longest(mentions + quantity_mentions(tokens, {mention.finding for mention in mentions}))

    def collect_candidates(
        self, text: str, output: EncoderOutput | None = None, tokens: Sequence[Token] | None = None
    ) -> list[Candidate]:
        """Returns each finding that any signal names, with what all of them say.

        Args:
            text: the message.
            output: what the language model gave for it, where that is known already.
            tokens: its tokens, where they have been made already.
        """
        tokens = self._matcher.tokenize(text, tokens)
        if not tokens:
            return []
        output = output or self._model.predict(text)
        mentions = self._lexical(tokens) + _model_mentions(output, tokens)
        assertions = self._assertions.classify(tokens, mentions)
        mentioned_as: dict[str, list[tuple[Mention, str]]] = {}
        for mention, assertion in zip(mentions, assertions, strict=True):
            mentioned_as.setdefault(mention.finding, []).append((mention, assertion))
        columns = {finding: number for number, finding in enumerate(output.findings)}
        scores = _ModelScores.of(output)
        return [
            _candidate(finding, scores, columns.get(finding), pairs, tokens) for finding, pairs in mentioned_as.items()
        ]


@dataclass(frozen=True)
class _ModelScores:
    """What the language model says of each finding, by its column.

    Attributes:
        mentioned: see `FusionFeatures`.
        present: likewise.
        whole: likewise.
        assertion: number of the likeliest assertion where the finding is most likely mentioned.
    """

    mentioned: list[float]
    present: list[float]
    whole: list[float]
    assertion: list[int]

    @classmethod
    def of(cls, output: EncoderOutput) -> _ModelScores:
        findings, assertions = output.finding_probabilities, output.assertion_probabilities
        if not len(findings):  # tokens of ours, none of the model's: nothing is mentioned, any assertion as likely
            findings = np.zeros((1, len(output.findings)))
            assertions = np.full((1, len(ASSERTIONS)), 1 / len(ASSERTIONS))
        return cls(
            mentioned=findings.max(axis=0).tolist(),
            present=(findings * assertions[:, :1]).max(axis=0).tolist(),
            whole=output.message_probabilities.tolist(),
            assertion=assertions.argmax(axis=1)[findings.argmax(axis=0)].tolist(),
        )


def _candidate(
    finding: str,
    scores: _ModelScores,
    column: int | None,
    mentioned_as: list[tuple[Mention, str]],
    tokens: Sequence[Token],
) -> Candidate:
    lexical = [(mention, assertion) for mention, assertion in mentioned_as if mention.source != _LANGUAGE_MODEL]
    lexical_says = min((assertion for _, assertion in lexical), key=ASSERTIONS.index, default=None)
    context_says = next((assertion for mention, assertion in mentioned_as if mention.source == _LANGUAGE_MODEL), None)
    model_says = ASSERTIONS[scores.assertion[column]] if context_says and column is not None else None
    not_present = [says for says in (lexical_says, model_says, context_says) if says and says != "present"]
    mention = (lexical or mentioned_as)[0][0]
    return Candidate(
        finding,
        FusionFeatures(
            mentioned=0.0 if column is None else scores.mentioned[column],
            present=0.0 if column is None else scores.present[column],
            whole=0.0 if column is None else scores.whole[column],
            lexical=lexical_says,
            number=any(m.source == QUANTITY for m, _ in lexical),
            context=context_says,
        ),
        not_present[0] if not_present else "",
        tokens[mention.start].start,
        tokens[mention.end - 1].end,
        is_known_to_model=column is not None,
    )


def _model_mentions(output: EncoderOutput, tokens: Sequence[Token]) -> list[Mention]:
    """Turns the subword tokens on which the model sees a finding into mentions over the message's tokens."""
    if not len(output.finding_probabilities):
        return []
    highest = output.finding_probabilities.max(axis=0)
    mentions = []
    for column in np.flatnonzero(np.maximum(highest, output.message_probabilities) >= _MODEL_MENTION_FROM):
        probabilities = output.finding_probabilities[:, column]
        first = last = int(np.argmax(probabilities))
        while first > 0 and probabilities[first - 1] >= _SPAN_SHARE * highest[column]:
            first -= 1
        while last + 1 < len(probabilities) and probabilities[last + 1] >= _SPAN_SHARE * highest[column]:
            last += 1
        start, end = output.offsets[first][0], output.offsets[last][1]
        own = [number for number, token in enumerate(tokens) if token.start < end and start < token.end]
        # a negation cue at the start is not the finding but what ConText must see: "no | chest pain"
        while len(own) > 1 and tokens[own[0]].norm in negation_cues():
            own = own[1:]
        if own:
            span = (own[0], own[-1] + 1)
            finding = output.findings[int(column)]
            mentions.append(Mention(finding, *span, (span,), frozenset(own), _LANGUAGE_MODEL))
    return mentions


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Keeps, of mentions of one finding that overlap, the one made of most tokens."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (-len(m.own_tokens), m.start)):
        if not any(
            mention.finding == other.finding and mention.start < other.end and other.start < mention.end
            for other in kept
        ):
            kept.append(mention)
    return kept


class _SharedReader:
    """Loads the reader at the first call and hands out the same one, or the same error, from then on."""

    def __init__(self) -> None:
        self._reader: FindingReader | None = None
        self._error: Exception | None = None

    def __call__(self) -> FindingReader:
        """Returns the reader of this process.

        Raises:
            Exception: whatever kept it from loading.
        """
        if self._error is not None:  # loading takes seconds, and no message should wait for it to fail again
            raise self._error.with_traceback(None)
        if self._reader is None:
            try:
                self._reader = FindingReader()
            except Exception as error:
                self._error = error
                raise
        return self._reader


shared_reader = _SharedReader()
