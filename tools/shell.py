"""Chats in the terminal: the action server beside Rasa's shell, both ended together."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.serve import ROOT, write_endpoints

_SECONDS_TO_END = 5


def main() -> int:
    """Runs until the person leaves; returns the shell's exit code."""
    port = _free_port()
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "SANIC_HOST": "127.0.0.1", "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "actions.log").open("w") as log:
        actions = subprocess.Popen(
            [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            endpoints = write_endpoints(Path(folder), str(port))
            command = [
                str(binaries / "rasa"), "shell", "--endpoints", endpoints, "--port", str(_free_port()), "--quiet",
            ]  # fmt: skip
            print("[shell] Starting (about ten seconds); type /stop to leave ...", flush=True)
            return subprocess.call(command, cwd=ROOT, env=environment)
        except KeyboardInterrupt:
            return 0
        finally:
            actions.terminate()
            try:
                actions.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                actions.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
