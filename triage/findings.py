"""The finding vocabulary: what a person can report, and how people put it."""

from dataclasses import dataclass
from functools import lru_cache

from triage.data_files import TriageDataError, read_yaml

ASSERTIONS = ("present", "absent", "hypothetical", "past", "family_history", "figurative")
_KINDS = {"symptom", "context", "modifier"}


@dataclass(frozen=True)
class Finding:
    """One thing that a person can report.

    Attributes:
        id: the name that rules use.
        name: plain words for it, as a sentence start.
        short: how it is said back to the person, in mid-sentence.
        kind: ``symptom``, ``context`` (age, medicine, illness …) or ``modifier`` (onset …).
        confirm: a yes/no question about it; "yes" means that it is there.
        patient_phrases: how people say it.
        negated_examples: how people deny it.
        lookalikes: texts with similar words that do not mean it.
    """

    id: str
    name: str
    short: str
    kind: str
    confirm: str
    patient_phrases: tuple[str, ...]
    negated_examples: tuple[str, ...]
    lookalikes: tuple[str, ...]


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Finding]:
    """Returns all findings by id, in the order of ``findings.yml``.

    Raises:
        TriageDataError: an entry is incomplete, doubled or of an unknown kind.
    """
    findings: dict[str, Finding] = {}
    for entry in read_yaml("findings.yml")["findings"]:
        try:
            finding = Finding(
                id=entry["id"],
                name=entry["name"],
                short=str(entry["short"]),
                kind=entry["kind"],
                confirm=entry["confirm"],
                patient_phrases=tuple(map(str, entry["patient_phrases"])),
                negated_examples=tuple(map(str, entry["negated_examples"])),
                lookalikes=tuple(map(str, entry["lookalikes"])),
            )
        except KeyError as missing:
            raise TriageDataError(f"findings.yml: {entry.get('id')} has no {missing}") from missing
        if finding.id in findings:
            raise TriageDataError(f"findings.yml: {finding.id} occurs twice")
        if finding.kind not in _KINDS:
            raise TriageDataError(f"findings.yml: {finding.id} is of unknown kind {finding.kind!r}")
        findings[finding.id] = finding
    return findings


@lru_cache(maxsize=1)
def _implications() -> dict[str, tuple[str, ...]]:
    implied = {key: tuple(value) for key, value in read_yaml("findings.yml")["implies"].items()}
    unknown = {id_ for key, value in implied.items() for id_ in (key, *value)} - vocabulary().keys()
    if unknown:
        raise TriageDataError(f"findings.yml: implies names unknown findings {sorted(unknown)}")
    return implied


def implied_findings(finding: str) -> tuple[str, ...]:
    """Returns the findings that are there whenever `finding` is (40 degrees is also a fever)."""
    return _implications().get(finding, ())


def with_implied(finding: str, assertion: str = "present") -> tuple[str, ...]:
    """Returns a finding with those that its presence implies; a denied or supposed one implies nothing."""
    return (finding, *(implied_findings(finding) if assertion == "present" else ()))
