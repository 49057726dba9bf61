"""Lists the licence of every package of the environment: ``make licences``.

Fails, with one line for each, where a package is under a licence that is not permissive (a copyleft one, or none that
is told). Weak copyleft by file, which asks nothing of who leaves those files as they are, is let pass for the packages
named here.
"""

import re
import sys
from importlib.metadata import Distribution, distributions

_PERMISSIVE = re.compile(
    r"Apache|BSD|CC0|CNRI|HPND|ISC\b|\bMIT\b|Expat|PSF|Python Software Foundation|Python-2\.0|Public Domain"
    r"|Unlicense|Zlib|BSL-1\.0|Boost"
)
_COPYLEFT = re.compile(r"GPL|GNU|AGPL|LGPL|MPL|Mozilla|EPL|CDDL|EUPL|copyleft", re.IGNORECASE)
_BY_FILE = {
    "bidict": "MPL-2.0, used as it is",
    "certifi": "MPL-2.0, a list of certificates that is used as it is",
    "tqdm": "MPL-2.0 beside MIT, used as it is",
    "pathspec": "MPL-2.0, used as it is, by mypy alone",
}
"""Packages with files under the Mozilla Public Licence; python-socketio, requests, Rasa and mypy need them."""


def licence_of(package: Distribution) -> str:
    """Returns what a package says of its licence, "" where it says nothing."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or ()
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    text = metadata["License"].strip() if "License" in metadata else ""
    return "; ".join(classifiers) or text.split("\n", 1)[0]


def objection(name: str, licence: str) -> str:
    """Returns what speaks against a package, "" where its licence is permissive."""
    if not licence:
        return "names no licence"
    # "or" leaves the choice: one permissive side is enough
    for side in re.split(r"\s+OR\s+", licence):
        if _PERMISSIVE.search(side) and not _COPYLEFT.search(side):
            return ""
    if name.lower() in _BY_FILE and not re.search("GPL", licence):
        return ""
    return f"is under {licence}"


def main() -> int:
    """Prints the list; returns 1 where something on it is not permissive."""
    packages = sorted(distributions(), key=lambda package: package.name.lower())
    against = []
    by_file = sum(package.name.lower() in _BY_FILE for package in packages)
    for package in packages:
        licence = licence_of(package)
        note = _BY_FILE.get(package.name.lower(), "")
        print(f"{package.name:28} {package.version:16} {licence or '?'}{f'  ({note})' if note else ''}")
        if reason := objection(package.name, licence):
            against.append(f"{package.name} {reason}.")
    print("\n".join(against) or f"All {len(packages)} are permissive, {by_file} of them by file.", file=sys.stderr)
    return 1 if against else 0


if __name__ == "__main__":
    sys.exit(main())
