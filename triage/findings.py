"""The finding vocabulary: what a person can report, and how people put it."""

from dataclasses import dataclass
from functools import lru_cache

from triage.loading import DATA_FOLDER, TriageDataError, read_data, refuse_doubles

ASSERTIONS = ("present", "absent", "hypothetical", "past", "family_history", "figurative")


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
    entries = read_data(DATA_FOLDER / "findings.yml")["findings"]
    refuse_doubles("findings.yml", "finding", (entry["id"] for entry in entries))
    return {
        entry["id"]: Finding(
            id=entry["id"],
            name=entry["name"],
            short=entry["short"],
            kind=entry["kind"],
            confirm=entry["confirm"],
            patient_phrases=tuple(entry["patient_phrases"]),
            negated_examples=tuple(entry["negated_examples"]),
            lookalikes=tuple(entry["lookalikes"]),
        )
        for entry in entries
    }


@lru_cache(maxsize=1)
def _implications() -> dict[str, tuple[str, ...]]:
    implied = {key: tuple(value) for key, value in read_data(DATA_FOLDER / "findings.yml")["implies"].items()}
    for finding, those in implied.items():
        unknown = next((id_ for id_ in (finding, *those) if id_ not in vocabulary()), None)
        if unknown:
            raise TriageDataError(
                f"findings.yml, implies, {finding}: {unknown!r} is no finding of this file; correct the id or add it."
            )
    return implied


def implied_findings(finding: str) -> tuple[str, ...]:
    """Returns the findings that are there whenever `finding` is (40 degrees is also a fever)."""
    return _implications().get(finding, ())


def with_implied(finding: str, assertion: str = "present") -> tuple[str, ...]:
    """Returns a finding with those that its presence implies; a denied or supposed one implies nothing."""
    return (finding, *(implied_findings(finding) if assertion == "present" else ()))
