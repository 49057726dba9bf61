"""The two assistants that are compared: how each is set up, trained, started and watched.

Stock Rasa has an environment of its own, ``.venv-stock``, with the requirements that it asks for itself, on CPython
3.10: it runs on no newer one.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.against_stock.stock_project import write_project
from tools.assistant_process import StartError
from tools.environment import copy_set_up
from tools.settings import ROOT, free_port

SCRATCH = ROOT / ".scratch" / "bench"
STOCK_ENVIRONMENT = ROOT / ".venv-stock"
_STOCK_LOCK = ROOT / "bench" / "against_stock" / "requirements-stock.txt"
_LONGEST_START = 300
_FIRST_MESSAGE = "why does my nee keep jumping at nite"


@dataclass
class Contender:
    """One of the two assistants: how it is trained and started.

    Attributes:
        name: ``ours`` or ``stock``.
        train_command: trains; the model goes to `model`.
        folder: where its commands run.
        model: the archive that training writes.
        serve: gives the commands to start, from the ports of assistant and action server.
        install: sets its environment up; returns ``installed``, the bytes on disk, and where it was set up from
            nothing ``set_up``, the seconds it took, packages fetched before. Raises StartError where that fails.
        beside: files that it needs beside its archive.
    """

    name: str
    train_command: list[str]
    folder: Path
    model: Path
    serve: Callable[[int, int], list[tuple[list[str], dict[str, str]]]]
    install: Callable[[], dict[str, float]]
    beside: tuple[Path, ...] = ()

    def size(self) -> int:
        """Returns the bytes of the model and of what it needs beside it."""
        return sum(path.stat().st_size for path in (self.model, *self.beside))


def _install_ours() -> dict[str, float]:
    """Runs the set-up of `make run` in an empty folder."""
    folder = SCRATCH / "set-up"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copy_set_up(folder)
    begun = time.monotonic()
    _output_of(["sh", "tools/set_up.sh"], folder, {"PYTHON": sys.executable})
    seconds = time.monotonic() - begun
    size = _disk(folder / ".venv")
    shutil.rmtree(folder)
    return {"installed": size, "set_up": seconds}


def _install_stock() -> dict[str, float]:
    """Sets the environment of stock Rasa up, unless it is there and of the same lock."""
    installed_lock = STOCK_ENVIRONMENT / ".installed"
    lock = _STOCK_LOCK.read_text(encoding="utf-8")
    if not installed_lock.exists() or installed_lock.read_text(encoding="utf-8") != lock:
        python = _output_of(["sh", "tools/find_python.sh", "3.10"], ROOT, {"PYTHON": ""}).strip()
        shutil.rmtree(STOCK_ENVIRONMENT, ignore_errors=True)
        _output_of([python, "-m", "venv", str(STOCK_ENVIRONMENT)], ROOT, {})
        uv = [str(Path(sys.executable).parent / "uv"), "pip", "sync", "--quiet", "--no-config", "--compile-bytecode"]
        target = ["--require-hashes", "--python", str(STOCK_ENVIRONMENT / "bin" / "python"), str(_STOCK_LOCK)]
        _output_of([*uv, *target], ROOT, {})
        installed_lock.write_text(lock, encoding="utf-8")
    return {"installed": _disk(STOCK_ENVIRONMENT)}


def _output_of(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StartError(f"{' '.join(command[:3])} … failed:\n{done.stderr[-2000:]}")
    return done.stdout


def _disk(folder: Path) -> int:
    """Returns the bytes that a folder takes on disk, a file with several names counted once."""
    blocks = {}
    for path in folder.rglob("*"):
        with suppress(OSError):
            status = path.lstat()
            blocks[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(blocks.values())


@dataclass
class RunningContender:
    """The processes of one contender, until `stop`.

    Attributes:
        address: of its REST channel.
        seconds: from the start of the first process to the first answer.
        processes: what was started.
    """

    address: str
    seconds: float
    processes: list[subprocess.Popen[bytes]]

    def peak_memory(self) -> int:
        """Returns the largest resident sizes, in bytes, of all its processes together."""
        return sum(peak_memory_of(pid) for process in self.processes for pid in process_tree(process.pid))

    def stop(self) -> None:
        """Ends everything."""
        for process in self.processes:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                    process.wait(15)
                    break
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


def our_assistant() -> Contender:
    """Returns the assistant as ``make train`` and ``make run`` have it."""

    def serve(port: int, actions_port: int) -> list[tuple[list[str], dict[str, str]]]:
        return [([sys.executable, "-m", "tools.serve"], {"PORT": str(port), "ACTIONS_PORT": str(actions_port)})]

    model = SCRATCH / "ours" / "knee.tar.gz"
    command = [_rasa(), "train", "--fixed-model-name", "knee", "--out", str(model.parent)]
    language_model = ROOT / "models" / "knee-nlu"
    beside = tuple(language_model / name for name in ("model.onnx", "vocab.txt", "labels.json", "fusion.json"))
    return Contender("ours", command, ROOT, model, serve, _install_ours, beside)


def stock_rasa(epochs: int | None = None) -> tuple[Contender, str]:
    """Writes the stock project; returns it and the fingerprint of its data.

    Args:
        epochs: see `bench.against_stock.stock_project.write_project`.
    """
    name = "stock" if epochs is None else f"stock-{epochs}"
    folder = SCRATCH / name
    model = SCRATCH / f"{name}-model" / "stock.tar.gz"
    fingerprint = write_project(folder, epochs)

    def serve(port: int, actions_port: int) -> list[tuple[list[str], dict[str, str]]]:
        endpoints = folder / "endpoints.yml"
        endpoints.write_text(f'action_endpoint:\n  url: "http://127.0.0.1:{actions_port}/webhook"\n', encoding="utf-8")
        files = ["--endpoints", str(endpoints), "--credentials", str(folder / "credentials.yml"), "--model", str(model)]
        binaries = STOCK_ENVIRONMENT / "bin"
        actions = [str(binaries / "python"), "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions_port)]
        return [
            (actions, {}),
            ([str(binaries / "rasa"), "run", "--interface", "127.0.0.1", "--port", str(port), *files], {}),
        ]

    rasa = str(STOCK_ENVIRONMENT / "bin" / "rasa")
    command = [rasa, "train", "--fixed-model-name", "stock", "--out", str(model.parent)]
    return Contender("stock", command, folder, model, serve, _install_stock), fingerprint


def _environment() -> dict[str, str]:
    """Returns the environment of both contenders: quiet, nothing told to anybody."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "RASA_TELEMETRY_ENABLED": "false"}
    return {**os.environ, **quiet}


def _rasa() -> str:
    return str(Path(sys.executable).parent / "rasa")


def train(contender: Contender) -> dict[str, float]:
    """Trains with an empty cache.

    Returns:
        ``seconds``, and ``peak_memory`` in bytes.

    Raises:
        StartError: the training failed.
    """
    contender.model.parent.mkdir(parents=True, exist_ok=True)
    log = contender.model.with_suffix(".log")
    with tempfile.TemporaryDirectory() as cache, log.open("wb") as output:
        begun = time.monotonic()
        process = subprocess.Popen(
            contender.train_command,
            cwd=contender.folder,
            env={**_environment(), "RASA_CACHE_DIRECTORY": cache},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
    if process.returncode or not contender.model.exists():
        raise StartError(f"Training {contender.name} failed; its log is {log}.")
    return {"seconds": seconds, "peak_memory": usage.ru_maxrss * 1024}


def start(contender: Contender) -> RunningContender:
    """Starts a contender and waits for its first answer.

    Raises:
        StartError: there was none within five minutes.
    """
    port, actions_port = free_port(), free_port()
    address = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    begun = time.monotonic()
    processes = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**_environment(), **more},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for command, more in contender.serve(port, actions_port)
    ]
    started = RunningContender(address, 0.0, processes)
    while time.monotonic() - begun < _LONGEST_START:
        if _answers(address):
            started.seconds = time.monotonic() - begun
            return started
        time.sleep(0.05)
    started.stop()
    raise StartError(f"{contender.name} gave no answer within {_LONGEST_START} seconds.")


def _answers(address: str) -> bool:
    try:
        return bool(requests.post(address, json={"sender": "first", "message": _FIRST_MESSAGE}, timeout=60).json())
    except (requests.RequestException, ValueError):
        return False


def process_tree(pid: int) -> list[int]:
    """Returns a process and all that descend from it."""
    members = [pid]
    for member in members:  # grows as it goes
        for path in Path(f"/proc/{member}/task").glob("*/children"):
            with suppress(OSError):  # it has ended meanwhile
                members += [int(child) for child in path.read_text().split()]
    return members


def peak_memory_of(pid: int) -> int:
    """Returns the largest resident size of a process so far, in bytes; 0 where there is no such process."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
