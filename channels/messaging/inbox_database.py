"""Keeps messages in a database until they are answered, so that each is handled once: across processes and restarts.

A row holds a person's words only until their answer is out; then its key alone remains, to know a repetition by.
Tables and columns keep the names that databases in use have: a turn is a lease on a conversation, a memo an entry of
the key-value state, ``person`` the conversation's id, ``mark`` the deduplication key.
"""

from __future__ import annotations

import enum
import json
import time
from collections.abc import Collection
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from channels.messaging.incoming import IncomingMessage

DEDUPLICATION_DAYS = 30
"""For so long a repetition is known as one; platforms repeat for two days at most."""

HOURS_ANSWERED_LATE = 24
"""What a server that was down left unanswered for longer is not answered any more: platforms allow a day."""

STATE_HOURS = 24
"""For so long an entry of the key-value state is kept, unless it is permanent."""

LEASE_SECONDS = 10.0
"""A lease that is not renewed for so long belongs to a process that is gone."""

MOST_TRIES = 3
"""A message whose answering ended the process so often is left unanswered."""

_BUSY = 900
"""Milliseconds that SQLite waits for another process."""

_tables = sa.MetaData()
_messages = sa.Table(
    "deliveries",
    _tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("mark", sa.String(80), nullable=False, unique=True),
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("person", sa.String(120), nullable=False),
    sa.Column("content", sa.Text),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("taken_at", sa.Float, nullable=False),
    sa.Index("deliveries_of_person", "person", "state"),
    sa.Index("deliveries_by_state", "state", "taken_at"),
    sqlite_autoincrement=True,
)
_leases = sa.Table(
    "turns",
    _tables,
    sa.Column("person", sa.String(120), primary_key=True),
    sa.Column("holder", sa.String(40), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
_state = sa.Table(
    "memos",
    _tables,
    sa.Column("name", sa.String(160), primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("ends", sa.Float),
)
_WAITING, _BEGUN, _DONE = "waiting", "begun", "done"


class Busy(enum.Enum):
    """Another process holds the lease on this conversation."""

    BUSY = enum.auto()


class InboxDatabase:
    """The tables; every method is one transaction and blocks while it lasts."""

    def __init__(self, url: str) -> None:
        """Opens the database and makes what is missing in it.

        Args:
            url: as SQLAlchemy writes it, such as ``sqlite:///channels.sqlite`` or ``postgresql://…``.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it cannot be opened.
        """
        self.holder = uuid4().hex
        is_sqlite = sa.engine.make_url(url).get_backend_name() == "sqlite"
        options: dict[str, Any] = {"poolclass": sa.pool.QueuePool, "pool_size": 1} if is_sqlite else {}
        if is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": _BUSY / 1000}
        self._engine = sa.create_engine(url, pool_pre_ping=not is_sqlite, **options)
        if is_sqlite:
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        _tables.create_all(self._engine)

    def enqueue(self, incoming: IncomingMessage) -> bool:
        """Takes a message on; returns False for one that was taken on before."""
        row = {
            "mark": incoming.deduplication_key, "channel": incoming.channel, "person": incoming.conversation_id,
            "content": incoming.to_json(), "state": _WAITING, "tries": 0, "taken_at": time.time(),
        }  # fmt: skip
        try:
            with self._engine.begin() as connection:
                connection.execute(_messages.insert().values(row))
        except IntegrityError:
            return False
        return True

    def claim(self, conversation_id: str) -> IncomingMessage | Busy | None:
        """Takes the lease on a conversation and returns its oldest message that waits.

        Returns:
            The message, ``Busy.BUSY`` where another process holds the lease, or None (and gives the lease up) where
            nothing waits.
        """
        now = time.time()
        try:
            with self._engine.begin() as connection:
                held = connection.execute(
                    _leases.update()
                    .where(_leases.c.person == conversation_id)
                    .where((_leases.c.until < now) | (_leases.c.holder == self.holder))
                    .values(holder=self.holder, until=now + LEASE_SECONDS)
                )
                if not held.rowcount:
                    lease = {"person": conversation_id, "holder": self.holder, "until": now + LEASE_SECONDS}
                    connection.execute(_leases.insert().values(lease))
                return self._next(connection, conversation_id)
        except IntegrityError:
            return Busy.BUSY

    def _next(self, connection: sa.engine.Connection, conversation_id: str) -> IncomingMessage | None:
        waits = (_messages.c.person == conversation_id) & (_messages.c.state == _WAITING)
        connection.execute(
            _messages.update().where(waits & (_messages.c.tries >= MOST_TRIES)).values(state=_DONE, content=None)
        )
        row = connection.execute(sa.select(_messages).where(waits).order_by(_messages.c.number).limit(1)).first()
        if row is None:
            mine = (_leases.c.person == conversation_id) & (_leases.c.holder == self.holder)
            connection.execute(_leases.delete().where(mine))
            return None
        this = _messages.c.number == row.number
        connection.execute(_messages.update().where(this).values(tries=row.tries + 1))
        return IncomingMessage.from_json(row.content)

    def mark(self, key: str, *, is_done: bool) -> None:
        """Notes that the first part of the answer to a message is out, or, with `is_done`, that all of it is.

        Args:
            key: the message's deduplication key.
            is_done: whether all of the answer is out.
        """
        state = _DONE if is_done else _BEGUN
        with self._engine.begin() as connection:
            this = _messages.c.mark == key
            connection.execute(_messages.update().where(this).values(state=state, content=None))

    def renew_leases(self, conversation_ids: Collection[str]) -> None:
        """Renews the leases of this process on some conversations."""
        mine = _leases.c.person.in_(list(conversation_ids)) & (_leases.c.holder == self.holder)
        with self._engine.begin() as connection:
            connection.execute(_leases.update().where(mine).values(until=time.time() + LEASE_SECONDS))

    def release(self) -> None:
        """Gives all leases of this process up; that it ended in good order is no fault of what it was answering."""
        mine = _leases.c.holder == self.holder
        with self._engine.begin() as connection:
            held = sa.select(_leases.c.person).where(mine)
            stopped = (_messages.c.state == _WAITING) & (_messages.c.tries > 0) & _messages.c.person.in_(held)
            connection.execute(_messages.update().where(stopped).values(tries=_messages.c.tries - 1))
            connection.execute(_leases.delete().where(mine))
        self._engine.dispose()

    def pending(self, channels: Collection[str], least_age: float) -> list[str]:
        """Returns the conversations in which a message waits, and clears away what is too old.

        Args:
            channels: names of the channels to look through.
            least_age: seconds for which the message must have waited.
        """
        now = time.time()
        late, forgotten = now - 3600 * HOURS_ANSWERED_LATE, now - 86_400 * DEDUPLICATION_DAYS
        with self._engine.begin() as connection:
            too_late = (_messages.c.state != _DONE) & (_messages.c.taken_at < late)
            connection.execute(_messages.update().where(too_late).values(state=_DONE, content=None))
            connection.execute(_messages.delete().where(_messages.c.taken_at < forgotten))
            connection.execute(_state.delete().where(_state.c.ends < now))
            waits = _messages.c.channel.in_(list(channels)) & (_messages.c.state == _WAITING)
            waits &= _messages.c.taken_at < now - least_age
            rows = connection.execute(sa.select(_messages.c.person).where(waits).distinct())
            return [row.person for row in rows]

    def get_state(self, key: str) -> Any:
        """Returns the value kept under a key, or None."""
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(_state).where(_state.c.name == key)).first()
        return None if row is None or (row.ends and row.ends < time.time()) else json.loads(row.content)

    def set_state(self, key: str, value: Any, *, permanent: bool = False) -> None:
        """Keeps a value under a key for some hours, or for good; None drops it.

        Args:
            key: at most 160 characters.
            value: what JSON can hold.
            permanent: whether to keep it for good.
        """
        ends = None if permanent else time.time() + 3600 * STATE_HOURS
        with self._engine.begin() as connection:
            connection.execute(_state.delete().where(_state.c.name == key))
            if value is not None:
                row = {"name": key, "content": json.dumps(value), "ends": ends}
                connection.execute(_state.insert().values(row))


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins the transactions
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={_BUSY}"):
        connection.execute(f"PRAGMA {pragma}")
