"""PostgreSQL by way of pg8000 where psycopg2 is not installed: that is under the LGPL, pg8000 under the BSD licence.

Addresses stay as they are (``postgresql://…``, ``dialect: postgresql``), ``?sslmode=…&sslrootcert=…`` included.
"""

import ssl
from typing import Any

from sqlalchemy.dialects.postgresql.pg8000 import PGDialect_pg8000

_SEARCH_PATH = "-csearch_path="


def _context(mode: str, root: str | None) -> Any:
    """Returns what pg8000 takes for one of libpq's ``sslmode``.

    Raises:
        ValueError: there is no such mode.
    """
    if mode in {"disable", "allow", "prefer"}:  # pg8000 takes None for "encrypted if the server can"
        return False if mode == "disable" else None
    if mode not in {"require", "verify-ca", "verify-full"}:
        raise ValueError(f"sslmode={mode} is none that PostgreSQL knows; write require, verify-ca or verify-full.")
    context = ssl.create_default_context(cafile=root)
    context.check_hostname = mode == "verify-full"
    if mode == "require" and root is None:
        context.verify_mode = ssl.CERT_NONE
    return context


class PostgreSQL(PGDialect_pg8000):
    """SQLAlchemy's dialect, which also takes what addresses and Rasa hand to psycopg2."""

    def connect(self, *arguments: Any, **named: Any) -> Any:
        """Opens a connection.

        Raises:
            ValueError: an option or a mode is one that has no counterpart here.
        """
        options = named.pop("options", "")
        if options.startswith(_SEARCH_PATH):  # Rasa's POSTGRESQL_SCHEMA
            named["startup_params"] = {"search_path": options.removeprefix(_SEARCH_PATH)}
        elif options:
            raise ValueError(f"options={options} needs the package psycopg2-binary; add it, or leave the option away.")
        mode, root = named.pop("sslmode", None), named.pop("sslrootcert", None)
        if mode or root:
            named["ssl_context"] = _context(mode or "verify-ca", root)
        return super().connect(*arguments, **named)
