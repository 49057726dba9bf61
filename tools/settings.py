"""Where the project lies and what a start needs to know: the file ``.env``, ports, endpoints.

Imported by everything that starts or measures the assistant, so importing it has no effect of its own.
`tools.environment` has a ROOT of its own: it is run by its path, before any package is installed.
"""

import os
import socket
from pathlib import Path

from honcho.environ import parse

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"


def read_env_file(path: Path = ENV_FILE) -> None:
    """Adds the settings of the file ``.env``, if there is one, to those of the environment, which go before.

    Args:
        path: the file.

    Raises:
        ValueError: the file cannot be read.
    """
    if not path.exists():
        return
    try:
        settings = parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"The file {path.name} cannot be read ({error}); correct or remove it.") from error
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def is_free(host: str, port: int) -> bool:
    """Tells whether nobody listens on a port of an address of this machine."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_endpoints(folder: Path, actions_port: str) -> str:
    """Writes endpoints.yml, or the file that ENDPOINTS names, for another action server port into `folder`.

    Returns:
        The path of the file written.

    Raises:
        OSError: the file that ENDPOINTS names cannot be read.
    """
    source = Path(os.environ.get("ENDPOINTS") or ROOT / "endpoints.yml")
    text = source.read_text(encoding="utf-8")
    path = folder / "endpoints.yml"
    path.write_text(text.replace("127.0.0.1:5055", f"127.0.0.1:{actions_port}"), encoding="utf-8")
    return str(path)
