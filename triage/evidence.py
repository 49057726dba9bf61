"""The evidence base: the sources on which every medical statement stands."""

from dataclasses import dataclass
from functools import lru_cache

from triage.loading import DATA_FOLDER, read_data, refuse_doubles


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
    """Returns all sources by id.

    Raises:
        TriageDataError: an entry is incomplete or doubled.
    """
    entries = read_data(DATA_FOLDER / "evidence.yml")["sources"]
    refuse_doubles("evidence.yml", "source", (entry["id"] for entry in entries))
    return {
        entry["id"]: Source(
            id=entry["id"],
            title=entry["title"],
            publisher=entry["publisher"] or "",
            url=entry["url"],
            verified=entry["verified"],
        )
        for entry in entries
    }
