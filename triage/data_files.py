"""Reads the YAML files that lie beside this module."""

from pathlib import Path
from typing import Any

import yaml

DATA_FOLDER = Path(__file__).parent


class TriageDataError(ValueError):
    """A data file of the clinical core is missing, unreadable or inconsistent."""


def read_yaml(name: str) -> Any:
    """Returns the content of the data file `name` (``rules.yml`` and the like).

    Raises:
        TriageDataError: the file is missing or is not YAML; the message names it.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with (DATA_FOLDER / name).open(encoding="utf-8") as file:
            return yaml.load(file, Loader=loader)
    except OSError as error:
        raise TriageDataError(f"triage/{name} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise TriageDataError(f"triage/{name} is not valid YAML: {error}") from error
