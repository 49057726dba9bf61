"""The fallback chain: reads a message by all signals, else by the lexicon alone, else by plain phrases."""

from __future__ import annotations

from nlu.base import faults
from nlu.encoder.component import MAX_CHARACTERS
from nlu.encoder.model import EncoderOutput
from nlu.findings import keyword_fallback
from nlu.findings.reader import FindingReader, ReportedFinding, shared_reader


def read_with_fallbacks(text: str, output: EncoderOutput | None = None) -> list[ReportedFinding]:
    """Returns the findings of a message by the best means that works; what fails is reported as a fault.

    Args:
        text: the message, of any length.
        output: what the language model gave for its beginning, where that is known already.

    Returns:
        What `FindingReader.read` finds; where that fails, what the lexicon finds at the start of the message; where
        that fails too, the findings whose patient phrases stand in it, all as present.
    """
    try:
        return _read_both_ends(shared_reader(), text, output)
    except Exception as error:
        faults.note("language model or finding reader", error)
    try:
        return shared_reader().read_without_model(text[:MAX_CHARACTERS])
    except Exception as error:
        faults.note("finding reader", error)
    return [ReportedFinding(finding, "present", 0, 0) for finding in sorted(keyword_fallback.findings_named(text))]


def _read_both_ends(reader: FindingReader, text: str, output: EncoderOutput | None) -> list[ReportedFinding]:
    """Reads the start and the end of an over-long message, where people say what matters; the middle costs seconds."""
    if len(text) <= MAX_CHARACTERS:
        return reader.read(text, output)
    offset = max(MAX_CHARACTERS, len(text) - MAX_CHARACTERS)
    tail = [
        # at a probability of 1: what the end of so long a message leaves unclear is always asked about
        ReportedFinding(finding.id, finding.assertion, finding.start + offset, finding.end + offset)
        for finding in reader.read(text[offset:])
    ]
    return reader.read(text[:MAX_CHARACTERS], output) + tail
