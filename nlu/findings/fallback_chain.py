"""The fallback chain: reads a message by all signals, else by the lexicon alone, else by plain phrases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlu.base import faults
from nlu.encoder.model import EncoderOutput
from nlu.findings import keyword_fallback
from nlu.findings.reader import FindingReader, ReportedFinding, shared_reader
from nlu.text.limits import LONGEST_TEXT
from nlu.text.tokens import Token


def read_with_fallbacks(
    text: str, output: EncoderOutput | None = None, tokens: Callable[[], Sequence[Token]] | None = None
) -> list[ReportedFinding]:
    """Returns the findings of a message by the best means that works; what fails is reported as a fault.

    Args:
        text: the message, of any length.
        output: what the language model gave for its beginning, where that is known already.
        tokens: gives those of its beginning, where they are kept; called here, so that plain phrases are still looked
            for where it fails.

    Returns:
        What `FindingReader.read` finds; where that fails, what the lexicon finds at the start of the message; where
        that fails too, the findings whose patient phrases stand in it, all as present.
    """
    try:
        return _read_both_ends(shared_reader(), text, output, tokens() if tokens else None)
    except Exception as error:
        faults.report("language model or finding reader", error)
    try:
        return shared_reader().read_without_model(text[:LONGEST_TEXT])
    except Exception as error:
        faults.report("finding reader", error)
    return [ReportedFinding(finding, "present", 0, 0) for finding in sorted(keyword_fallback.findings_named(text))]


def _read_both_ends(
    reader: FindingReader, text: str, output: EncoderOutput | None, tokens: Sequence[Token] | None
) -> list[ReportedFinding]:
    """Reads the start and the end of an over-long message, where people say what matters; the middle costs seconds."""
    if len(text) <= LONGEST_TEXT:
        return reader.read(text, output, tokens)
    offset = max(LONGEST_TEXT, len(text) - LONGEST_TEXT)
    tail = [
        # at a probability of 1: what the end of so long a message leaves unclear is always asked about
        ReportedFinding(finding.id, finding.assertion, finding.start + offset, finding.end + offset)
        for finding in reader.read(text[offset:])
    ]
    return reader.read(text[:LONGEST_TEXT], output, tokens) + tail
