"""What newer Pythons and libraries have moved or dropped, put where Rasa's and Sanic's code looks for it.

Only what they use of it is here: resource paths and versions of ``pkg_resources``, and two functions of ``distutils``,
which left Python with 3.12.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

_MINIMAL = Path(__file__).parent / "minimal"


def find_spec(name: str) -> ModuleSpec | None:
    """Finds the minimal module of that name."""
    if name == "structlog_sentry" or name == "pkg_resources":
        return spec_from_file_location(name, _MINIMAL / f"{name}.py")
    if name == "distutils":
        folder = _MINIMAL / "distutils"
        return spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    return None


def _wait(awaitables: Iterable[Awaitable[Any]], **settings: Any) -> Any:
    """Waits as ``asyncio.wait`` does, for coroutines, too; since Python 3.11 that one takes tasks and futures alone."""
    return asyncio.wait([asyncio.ensure_future(awaitable) for awaitable in awaitables], **settings)


def _let_wait_take_coroutines(module: ModuleType) -> None:
    module.asyncio = SimpleNamespace(**{**vars(asyncio), "wait": _wait})


def _let_reports_be_empty(module: ModuleType) -> None:
    """Lets ``rasa test`` pass over what there is nothing of, such as entities; scikit-learn 1.8 refuses it."""
    calculate = module._calculate_report

    def calculate_report(output_directory: Any, targets: Any, predictions: Any, *more: Any, **named: Any) -> Any:
        if not len(targets) and not len(predictions):
            import numpy

            return {}, 0.0, 0.0, 0.0, numpy.zeros((0, 0), dtype=int), numpy.array([])
        return calculate(output_directory, targets, predictions, *more, **named)

    module._calculate_report = calculate_report


def _refuse_unlawful_lengths(module: ModuleType) -> None:
    """Lets Sanic answer 400 to a request whose body has no lawful length (RFC 9112, 6.3).

    Sanic 21.12 reads such a body for ever: one request without any login stopped the whole server.
    """
    from sanic.exceptions import InvalidUsage

    prepare = module.Request.__init__

    def prepare_lawful(self: Any, url_bytes: bytes, headers: Any, *more: Any, **named: Any) -> None:
        lengths = headers.getall("content-length", [])
        codings = headers.getall("transfer-encoding", [])
        lawful = all(length.strip().isascii() and length.strip().isdigit() for length in lengths)
        if len(lengths) + len(codings) > 1 or not lawful or any(coding != "chunked" for coding in codings):
            raise InvalidUsage("Bad Request")
        prepare(self, url_bytes, headers, *more, **named)

    module.Request.__init__ = prepare_lawful


_MENDED: dict[str, Callable[[ModuleType], None]] = {
    "rasa.nlu.test": _let_reports_be_empty,
    "sanic.blueprints": _let_wait_take_coroutines,
    "sanic.request": _refuse_unlawful_lengths,
    "sanic.server.websockets.impl": _let_wait_take_coroutines,
}
"""Modules that need something once they are loaded."""


def find_mended(name: str, path: Any) -> ModuleSpec | None:
    """Finds a module of `_MENDED`, with a loader that mends it."""
    mend = _MENDED.get(name)
    spec = PathFinder.find_spec(name, path) if mend else None
    if mend is None or spec is None or spec.loader is None:
        return None
    load = spec.loader.exec_module

    def load_and_mend(module: ModuleType) -> None:
        load(module)
        mend(module)

    spec.loader.exec_module = load_and_mend  # type: ignore[method-assign]
    return spec


def put_back() -> None:
    """Gives numpy and packaging the two old names that Rasa reads when it is imported.

    Also keeps Rasa's usage statistics off, and lets SQLAlchemy reach PostgreSQL by the client that is there.
    """
    # Rasa's usage statistics go to a host of theirs, by way of the Sentry client, unless somebody says no
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")  # read when SQLAlchemy is imported

    import numpy
    import packaging.version
    from sqlalchemy.dialects import registry

    if not hasattr(numpy, "VisibleDeprecationWarning"):  # numpy 2 keeps it in numpy.exceptions
        numpy.VisibleDeprecationWarning = numpy.exceptions.VisibleDeprecationWarning
    if not hasattr(packaging.version, "LegacyVersion"):  # packaging 22 knows no versions outside PEP 440
        packaging.version.LegacyVersion = type("LegacyVersion", (), {})
    if PathFinder.find_spec("psycopg2") is None:
        registry.register("postgresql", "lean_rasa.postgresql", "PostgreSQL")
