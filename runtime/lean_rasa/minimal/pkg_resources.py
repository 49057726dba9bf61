"""The two functions of setuptools' ``pkg_resources`` that Rasa uses, over the standard library."""

import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

DistributionNotFound = metadata.PackageNotFoundError


def resource_filename(package: str, path: str) -> str:
    """Returns the path of a file beside a package's or a module's own."""
    module = sys.modules.get(package)
    origin = module.__file__ if module is not None else find_spec(package).origin
    return str(Path(origin).parent / path)


def get_distribution(name: str) -> metadata.Distribution:
    """Returns a package's metadata; its `version` is what Rasa reads."""
    return metadata.distribution(name)
