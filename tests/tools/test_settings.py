"""What a start needs to know: the file .env, ports, endpoints."""

import importlib
import os
import re
import socket
import subprocess
import sys

import pytest

from channels.messaging.platform import Platform
from tools.settings import ROOT, free_port, is_free, read_env_file, write_endpoints


def test_importing_it_starts_nothing_of_multiprocessing():
    """Half of the tests import ROOT from there."""
    code = "import tools.settings, sys; print('multiprocessing.synchronize' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_endpoints_get_the_other_port(tmp_path):
    write_endpoints(tmp_path, "6066")
    assert "127.0.0.1:6066/webhook" in (tmp_path / "endpoints.yml").read_text(encoding="utf-8")


def test_a_port_that_somebody_listens_on_is_not_free():
    port = free_port()
    assert is_free("127.0.0.1", port)
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free("127.0.0.1", port)


def test_a_missing_env_file_is_no_fault(tmp_path):
    before = dict(os.environ)
    read_env_file(tmp_path / ".env")
    assert dict(os.environ) == before


def test_the_env_file_is_read_and_the_environment_goes_before(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("# a comment=not read\nKNEE_A=file\nKNEE_B='in quotes'\nKNEE_C=\n", encoding="utf-8")
    monkeypatch.setenv("KNEE_A", "from environment")
    for name in ("KNEE_B", "KNEE_C"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    read_env_file(file)
    assert [os.environ.get(name) for name in ("KNEE_A", "KNEE_B", "KNEE_C")] == ["from environment", "in quotes", None]


def test_an_env_file_that_cannot_be_read_is_one_sentence(tmp_path):
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfe\x00A=1")
    with pytest.raises(ValueError, match=r"\.env cannot be read"):
        read_env_file(file)


def _prefixes():
    """How the variables of the channels begin: those of every platform, and those that channels share."""
    for module in (ROOT / "channels" / "platforms").glob("[a-z]*.py"):
        importlib.import_module(f"channels.platforms.{module.stem}")
    classes, kinds = [Platform], set()
    while classes:
        kinds |= {(derived := classes.pop())}
        classes += derived.__subclasses__()
    variables = {name for kind in kinds for name in (*kind.secrets, *kind.needed)}
    return ("CHANNELS_", "WIDGET_", *{f"{name.partition('_')[0]}_" for name in variables})


def test_every_setting_of_a_channel_is_in_the_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    prefixes = _prefixes()
    named = {
        name
        for path in (ROOT / "channels").rglob("*.py")
        for name in re.findall(r'"([A-Z]+_[A-Z_]+)"', path.read_text(encoding="utf-8"))
        if name.startswith(prefixes)
    }
    assert {"TELEGRAM_BOT_TOKEN", "CHANNELS_DATABASE", "TWILIO_API_BASE"} <= named
    assert [name for name in sorted(named) if f"{name}=" not in example] == []
