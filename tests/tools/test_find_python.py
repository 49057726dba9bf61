"""The search for a Python: what it finds, and what it says where there is none."""

import os
import subprocess
import sys

from tools.settings import ROOT


def find_python(**environment):
    return subprocess.run(
        ["/bin/sh", "tools/find_python.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_python_that_is_named_is_found():
    found = find_python(PYTHON=sys.executable, PATH=os.environ["PATH"], HOME="/nonexistent")
    assert found.returncode == 0
    assert os.path.realpath(found.stdout.strip()) == os.path.realpath(sys.executable)
    assert not found.stdout.startswith(sys.prefix)  # of a virtual environment, the Python that it was made with


OURS = ".".join(map(str, sys.version_info[:2]))


def fake_python(folder, version, name="python"):
    """Makes a program that answers as a Python of that version does when it is asked for its version or its path."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f'#!/bin/sh\ncase "$2" in *_base_executable*) echo "$0" ;; *) echo {version} ;; esac\n')
    program.chmod(0o755)
    return str(program)


def test_pyenvs_versions_are_searched(tmp_path):
    binaries = tmp_path / "versions" / f"{OURS}.99" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").symlink_to(os.path.realpath(sys.executable))
    found = find_python(PYENV_ROOT=str(tmp_path), PATH="/nonexistent", HOME="/nonexistent")
    assert found.returncode == 0
    assert os.path.realpath(found.stdout.strip()) == os.path.realpath(sys.executable)


def test_the_newest_of_those_that_fit_is_taken(tmp_path):
    for version in ("3.10", "3.11", "3.12", "3.14"):
        fake_python(tmp_path, version, f"python{version}")
    assert find_python(PATH=str(tmp_path), HOME="/nonexistent").stdout.strip() == str(tmp_path / "python3.12")
    newer = fake_python(tmp_path / "pyenv" / "versions" / "3.13.0" / "bin", "3.13")
    found = find_python(PATH=str(tmp_path), PYENV_ROOT=str(tmp_path / "pyenv"), HOME="/nonexistent")
    assert found.stdout.strip() == newer


def test_a_python_that_is_named_but_does_not_fit_is_refused_in_one_sentence(tmp_path):
    old = fake_python(tmp_path, "3.10")
    found = find_python(PYTHON=old, PATH=os.environ["PATH"], HOME="/nonexistent")
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.strip() == f"PYTHON={old} is no CPython 3.13 or 3.12 or 3.11; name another, or leave it away."


def test_without_any_that_fits_uv_fetches_one(tmp_path):
    fetched = fake_python(tmp_path / "fetched", "3.13")
    uv = tmp_path / "uv"
    uv.write_text(
        f'#!/bin/sh\ncase "$1 $2" in\n"python install") : >{tmp_path}/asked ;;\n'
        f'"python find") [ -e {tmp_path}/asked ] && echo {fetched} ;;\nesac\n'
    )
    uv.chmod(0o755)
    found = find_python(PATH=str(tmp_path), HOME="/nonexistent")
    assert found.stdout.strip() == fetched
    assert "uv fetches 3.13" in found.stderr


def test_where_uv_may_not_fetch_one_the_sentence_names_the_cure(tmp_path):
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\nexit 1\n")
    uv.chmod(0o755)
    found = find_python(PATH=str(tmp_path), HOME="/nonexistent")
    assert found.returncode == 1
    assert found.stdout == ""
    assert "uv python install 3.13" in found.stderr.splitlines()[-1]


def test_without_any_python_that_fits_one_sentence_names_the_cure():
    found = find_python(PATH="/nonexistent", HOME="/nonexistent")
    assert found.returncode == 1
    assert found.stdout == ""
    assert len(found.stderr.strip().splitlines()) == 1
    assert "uv python install 3.13" in found.stderr
