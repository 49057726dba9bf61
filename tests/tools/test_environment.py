"""What the set-up finds broken in an environment, and clears away."""

import pytest

from tools import environment
from tools.settings import ROOT


def test_what_is_whole_is_not_called_broken():
    assert environment.broken_packages(ROOT / "requirements-dev.txt") == []
    assert environment.is_finished()


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """An environment of one locked package, and one that somebody added."""
    site = tmp_path / "lib" / "python3" / "site-packages"
    for name in ("One_Package", "added"):
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("x = 1\n")
        (info / "METADATA").write_text("Metadata-Version: 2.1\n")
        (info / "RECORD").write_text(f"{name}/__init__.py,,6\n../../../bin/one,,5\n{info.name}/RECORD,,\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "one").write_text("#!/bin/sh\n")
    (tmp_path / "lock.txt").write_text("one-package==1.0 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(environment, "_SITE", site)
    return tmp_path


HARMS = {
    "a file is gone": lambda site, top: (site / "One_Package" / "__init__.py").unlink(),
    "a file is cut short": lambda site, top: (site / "One_Package" / "__init__.py").write_text("x"),
    "the list of files is gone": lambda site, top: (site / "One_Package-1.0.dist-info" / "RECORD").unlink(),
    "the list of files is empty": lambda site, top: (site / "One_Package-1.0.dist-info" / "RECORD").write_text(""),
    "the list of files is cut": lambda site, top: (site / "One_Package-1.0.dist-info" / "RECORD").write_text("One_P"),
    "the command is gone": lambda site, top: (top / "bin" / "one").unlink(),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_what_is_broken_is_called_so(packages, harm):
    assert environment.broken_packages(packages / "lock.txt") == []
    harm(environment._SITE, packages)
    assert environment.broken_packages(packages / "lock.txt") == ["one-package"]


def test_what_somebody_added_is_nobodys_business(packages):
    (environment._SITE / "added" / "__init__.py").unlink()
    assert environment.broken_packages(packages / "lock.txt") == []


def test_a_package_cut_short_before_its_metadata_was_written_is_cleared_away(packages):
    (environment._SITE / "One_Package-1.0.dist-info" / "METADATA").write_text("")
    environment.clear()
    assert [path.name for path in environment._SITE.glob("*.dist-info")] == ["added-1.0.dist-info"]
