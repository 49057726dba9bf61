"""Set-up and start: what they find, say and refuse."""

import os
import re
import subprocess
import sys

import pytest

from tools import serve
from tools.assistant_process import ROOT


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


def test_make_alone_lists_the_targets_in_a_line_each():
    outside_make = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    listed = subprocess.run(["make"], cwd=ROOT, env=outside_make, capture_output=True, text=True, timeout=60)
    lines = listed.stdout.strip().splitlines()
    assert listed.returncode == 0
    assert all(line.startswith("make ") for line in lines)
    assert {"run", "test", "shell", "train", "check"} <= {line.split()[1] for line in lines}


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"PORT": "abc"}, "PORT 'abc' is no port"),
        ({"PORT": "70000"}, "is no port"),
        ({"ACTIONS_PORT": "-1"}, "ACTIONS_PORT '-1' is no port"),
        ({"PORT": "5005", "ACTIONS_PORT": "5005"}, "are the same"),
        ({"API_TOKEN": "a b"}, "API_TOKEN holds a character"),
    ],
)
def test_wrong_settings_are_refused_in_one_sentence(monkeypatch, environment, says):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=says):
        serve._settings()


def test_everything_binds_to_this_machine_unless_told_otherwise(monkeypatch):
    for name in ("HOST", "PORT", "ACTIONS_PORT", "API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert serve._settings() == {"HOST": "127.0.0.1", "PORT": "5005", "ACTIONS_PORT": "5055", "API": ""}


def test_endpoints_get_the_other_port(tmp_path):
    serve.write_endpoints(tmp_path, "6066")
    assert "127.0.0.1:6066/webhook" in (tmp_path / "endpoints.yml").read_text(encoding="utf-8")


def servers():
    found = subprocess.run(["pgrep", "-f", "rasa_sdk --actions|rasa run"], capture_output=True, text=True)
    return set(found.stdout.split())


def test_the_shell_answers_takes_button_numbers_and_leaves_nothing_behind():
    running = servers()
    lines = "what causes knee spasms\n1\n\nmy left calf is swollen and hot and im short of breath\n/stop\n"
    talk = subprocess.run(
        [sys.executable, "-m", "tools.shell"], cwd=ROOT, input=lines, capture_output=True, text=True, timeout=120
    )
    assert talk.returncode == 0, talk.stderr
    said = talk.stdout
    places = [
        said.index(part) for part in ("1) Tired muscles", "Working a muscle too hard", "could not find any words")
    ]
    assert places == sorted(places)
    assert "This could be an emergency" in said
    assert "/ask_" not in said
    assert "Warning" not in said + talk.stderr
    assert servers() <= running


def test_the_env_file_is_read_and_the_environment_goes_before(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("# a comment=not read\nKNEE_A=file\nKNEE_B='in quotes'\nKNEE_C=\n", encoding="utf-8")
    monkeypatch.setattr(serve, "_ENV_FILE", file)
    monkeypatch.setenv("KNEE_A", "from environment")
    for name in ("KNEE_B", "KNEE_C"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    serve._read_env_file()
    assert [os.environ.get(name) for name in ("KNEE_A", "KNEE_B", "KNEE_C")] == ["from environment", "in quotes", None]


def test_an_env_file_that_cannot_be_read_is_one_sentence(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfe\x00A=1")
    monkeypatch.setattr(serve, "_ENV_FILE", file)
    with pytest.raises(ValueError, match=r"\.env cannot be read"):
        serve._read_env_file()


PREFIXES = (
    "PUBLIC_", "TELEGRAM_", "SLACK_", "TWILIO_", "MESSENGER_", "MATTERMOST_", "ROCKETCHAT_", "WEBEX_", "BOTFRAMEWORK_",
    "GOOGLE_CHAT_", "CALLBACK_", "CHANNELS_", "WIDGET_",
)  # fmt: skip


def test_every_setting_of_a_channel_is_in_the_example():
    example = (serve.ROOT / ".env.example").read_text(encoding="utf-8")
    named = {
        name
        for path in (serve.ROOT / "channels").glob("*.py")
        for name in re.findall(r'"([A-Z]+_[A-Z_]+)"', path.read_text(encoding="utf-8"))
        if name.startswith(PREFIXES)
    }
    assert {"TELEGRAM_BOT_TOKEN", "CHANNELS_DATABASE", "TWILIO_API_BASE"} <= named
    assert [name for name in sorted(named) if f"{name}=" not in example] == []
