"""Looks after the environment that this Python belongs to; part of the set-up: all but ``answers`` needs no package.

``check LOCK`` tells by its exit code whether all is whole, ``broken LOCK`` lists packages with files missing or cut
short, ``clear`` removes half-made ones, and ``finish`` links ``runtime/`` and compiles our own modules, whatever
PYTHONDONTWRITEBYTECODE says. ``answers`` imports everything that runs, and puts a message through the trained model.
"""

import compileall
import csv
import re
import shutil
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SITE = Path(sysconfig.get_paths()["purelib"])
_LINK = _SITE / "lean_rasa.pth"
_LINKED = f"{ROOT / 'runtime'}\nimport lean_rasa; lean_rasa.install()\n"
_OURS = ("actions", "bench", "channels", "dialogue", "nlu", "runtime", "tools", "triage")
_RUNNING = ("actions", "channels", "dialogue", "nlu", "triage")
_NOT_RUNNING = ROOT / "nlu" / "training"
"""Needs PyTorch, which only `make finetune` installs."""

_INFO = "*.dist-info"
_MAY_CHANGE = (".pyc", "/RECORD", "/INSTALLER", "/REQUESTED")


_OF_SET_UP = ("pyproject.toml", "requirements.txt", "requirements-build.txt", "requirements-uv.txt", "runtime", "tools")


def copy_set_up(folder: Path) -> None:
    """Copies what the set-up needs into an empty folder, so that it can be tried there."""
    for name in _OF_SET_UP:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, folder / name)


def broken_packages(lock: Path) -> list[str]:
    """Returns the installed packages of a lock of which a file is missing or has another size than it was packed with.

    What lies there besides, added by hand, is nobody's business.
    """
    names = set(re.findall(r"^([a-z0-9][a-z0-9-]*)==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    found = {re.sub(r"[-_.]+", "-", folder.name.partition("-")[0]).lower(): folder for folder in _SITE.glob(_INFO)}
    return sorted(name for name in names & found.keys() if not _is_whole(found[name] / "RECORD"))


def _is_whole(record: Path) -> bool:
    try:
        with record.open(encoding="utf-8", newline="") as file:
            entries = list(csv.reader(file))
        return bool(entries) and all(_is_there(path, size) for path, _, size in entries)
    except (OSError, ValueError):  # gone, cut short, or not text
        return False


def _is_there(path: str, size: str) -> bool:
    if path.endswith(_MAY_CHANGE) or ("/" not in path and not path.endswith((".py", ".so"))):
        return True  # several packages put a README.md of theirs in the same place
    status = (_SITE / path).stat()
    return path.startswith("..") or not size or status.st_size == int(size)


def clear() -> None:
    """Removes what is left of packages cut short before their metadata was written: the installer stops at it."""
    for folder in _SITE.glob(_INFO):
        metadata = folder / "METADATA"
        if not metadata.exists() or not metadata.stat().st_size:
            shutil.rmtree(folder)


def is_finished() -> bool:
    """Tells whether ``runtime/`` of this checkout is linked."""
    try:
        return _LINK.read_text(encoding="utf-8") == _LINKED
    except OSError:
        return False


_SELDOM_USED = ("twilio/rest",)
"""Folders whose bytecode takes more room (25 MB) than it is worth: of twilio, we use the signatures alone."""


def finish() -> None:
    """Links ``runtime/`` and compiles the project's modules."""
    _LINK.write_text(_LINKED, encoding="utf-8")
    for folder in _SELDOM_USED:
        for cache in (_SITE / folder).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
    for folder in _OURS:
        compileall.compile_dir(ROOT / folder, quiet=2)


def answers() -> bool:
    """Tells whether every module that runs can be imported here and the trained model understands a message."""
    from importlib import import_module

    from tools.assistant_process import trained_parser

    for folder in _RUNNING:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if _NOT_RUNNING not in path.parents:
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    import_module("rasa.__main__")
    found = trained_parser()("my calf is swollen and hot")
    return any(entity["entity"] == "finding" for entity in found["entities"])


def main() -> int:
    """Does what the first argument says; returns the exit code."""
    if sys.argv[1] == "check":
        return 0 if is_finished() and not broken_packages(ROOT / sys.argv[2]) else 1
    if sys.argv[1] == "broken":
        print("\n".join(broken_packages(ROOT / sys.argv[2])))
    elif sys.argv[1] == "clear":
        clear()
    elif sys.argv[1] == "answers":
        return 0 if answers() else 1
    else:
        finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
