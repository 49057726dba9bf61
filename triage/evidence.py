"""The evidence base: the sources on which every medical statement stands."""

from dataclasses import dataclass
from functools import lru_cache

from triage.data_files import read_yaml


@dataclass(frozen=True)
class Source:
    """One source of ``evidence.yml``.

    Attributes:
        id: the name by which answers and rules cite it.
        title: its title.
        publisher: who published what was read (a copy says so).
        url: the address of what was read, or None.
        verified: whether an excerpt of it was read.
    """

    id: str
    title: str
    publisher: str
    url: str | None
    verified: bool


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Returns all sources by id."""
    return {
        entry["id"]: Source(
            id=entry["id"],
            title=str(entry["title"]),
            publisher=str(entry.get("publisher") or ""),
            url=entry.get("url"),
            verified=bool(entry["verified"]),
        )
        for entry in read_yaml("evidence.yml")["sources"]
    }
