"""Chats in the terminal: the action server beside Rasa's shell, both ended together."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.serve import ROOT, write_endpoints

_SECONDS_TO_END = 5


def main() -> int:
    """Runs until the person leaves; returns the shell's exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    port = _free_port()
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "SANIC_HOST": "127.0.0.1", "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    started: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "actions.log").open("w") as log:
        actions = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
        endpoints = write_endpoints(Path(folder), str(port))
        shell = [str(binaries / "rasa"), "shell", "--endpoints", endpoints, "--port", str(_free_port()), "--quiet"]
        print("[shell] Starting (about ten seconds); type /stop to leave ...", flush=True)
        try:
            started.append(subprocess.Popen(actions, cwd=ROOT, env=environment, stdout=log, stderr=log))
            started.append(subprocess.Popen(shell, cwd=ROOT, env=environment))
            return started[-1].wait()
        except KeyboardInterrupt:
            return 0
        finally:
            _end(started)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + _SECONDS_TO_END
    while any(process.poll() is None for process in processes) and time.monotonic() < until:
        time.sleep(0.1)
    for process in processes:
        process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
