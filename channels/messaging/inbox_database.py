"""Keeps deliveries in a database until they are answered, so that each is handled once: across processes and restarts.

A row holds a person's words only until their answer is out; then its mark alone remains, to know a repetition by.
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

from channels.messaging.delivery import Delivery

DAYS_REMEMBERED = 30
"""For so long a repetition is known as one; platforms repeat for two days at most."""

HOURS_ANSWERED_LATE = 24
"""What a server that was down left unanswered for longer is not answered any more: platforms allow a day."""

HOURS_OF_MEMOS = 24
SECONDS_HELD = 10.0
"""A turn that is not held on to for so long belongs to a process that is gone."""

MOST_TRIES = 3
"""A message whose answering ended the process so often is left unanswered."""

_BUSY = 900
"""Milliseconds that SQLite waits for another process."""

_tables = sa.MetaData()
_deliveries = sa.Table(
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
_turns = sa.Table(
    "turns",
    _tables,
    sa.Column("person", sa.String(120), primary_key=True),
    sa.Column("holder", sa.String(40), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
_memos = sa.Table(
    "memos",
    _tables,
    sa.Column("name", sa.String(160), primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("ends", sa.Float),
)
_WAITING, _BEGUN, _DONE = "waiting", "begun", "done"


class Busy(enum.Enum):
    """Another process is answering this person."""

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

    def take(self, delivery: Delivery) -> bool:
        """Takes a delivery on; returns False for one that was taken before."""
        row = {
            "mark": delivery.mark, "channel": delivery.channel, "person": delivery.person,
            "content": delivery.written(), "state": _WAITING, "tries": 0, "taken_at": time.time(),
        }  # fmt: skip
        try:
            with self._engine.begin() as connection:
                connection.execute(_deliveries.insert().values(row))
        except IntegrityError:
            return False
        return True

    def begin(self, person: str) -> Delivery | Busy | None:
        """Takes a person's turn and returns their oldest delivery that waits.

        Returns:
            The delivery, ``Busy.BUSY`` where another process holds the turn, or None (and lets the turn go) where
            nothing waits.
        """
        now = time.time()
        try:
            with self._engine.begin() as connection:
                held = connection.execute(
                    _turns.update()
                    .where(_turns.c.person == person)
                    .where((_turns.c.until < now) | (_turns.c.holder == self.holder))
                    .values(holder=self.holder, until=now + SECONDS_HELD)
                )
                if not held.rowcount:
                    turn = {"person": person, "holder": self.holder, "until": now + SECONDS_HELD}
                    connection.execute(_turns.insert().values(turn))
                return self._next(connection, person)
        except IntegrityError:
            return Busy.BUSY

    def _next(self, connection: sa.engine.Connection, person: str) -> Delivery | None:
        waits = (_deliveries.c.person == person) & (_deliveries.c.state == _WAITING)
        connection.execute(
            _deliveries.update().where(waits & (_deliveries.c.tries >= MOST_TRIES)).values(state=_DONE, content=None)
        )
        row = connection.execute(sa.select(_deliveries).where(waits).order_by(_deliveries.c.number).limit(1)).first()
        if row is None:
            mine = (_turns.c.person == person) & (_turns.c.holder == self.holder)
            connection.execute(_turns.delete().where(mine))
            return None
        this = _deliveries.c.number == row.number
        connection.execute(_deliveries.update().where(this).values(tries=row.tries + 1))
        return Delivery.read(row.content)

    def note(self, mark: str, *, is_done: bool) -> None:
        """Notes that the first part of an answer is out, or, with `is_done`, that all of it is."""
        state = _DONE if is_done else _BEGUN
        with self._engine.begin() as connection:
            this = _deliveries.c.mark == mark
            connection.execute(_deliveries.update().where(this).values(state=state, content=None))

    def hold(self, persons: Collection[str]) -> None:
        """Holds on to turns that last."""
        mine = _turns.c.person.in_(list(persons)) & (_turns.c.holder == self.holder)
        with self._engine.begin() as connection:
            connection.execute(_turns.update().where(mine).values(until=time.time() + SECONDS_HELD))

    def let_go(self) -> None:
        """Lets all turns of this process go; that it ended in good order is no fault of what it was answering."""
        mine = _turns.c.holder == self.holder
        with self._engine.begin() as connection:
            held = sa.select(_turns.c.person).where(mine)
            stopped = (_deliveries.c.state == _WAITING) & (_deliveries.c.tries > 0) & _deliveries.c.person.in_(held)
            connection.execute(_deliveries.update().where(stopped).values(tries=_deliveries.c.tries - 1))
            connection.execute(_turns.delete().where(mine))
        self._engine.dispose()

    def left_waiting(self, channels: Collection[str], seconds: float) -> list[str]:
        """Returns who has waited in some channels for longer than some seconds, and clears away what is too old."""
        now = time.time()
        late, forgotten = now - 3600 * HOURS_ANSWERED_LATE, now - 86_400 * DAYS_REMEMBERED
        with self._engine.begin() as connection:
            too_late = (_deliveries.c.state != _DONE) & (_deliveries.c.taken_at < late)
            connection.execute(_deliveries.update().where(too_late).values(state=_DONE, content=None))
            connection.execute(_deliveries.delete().where(_deliveries.c.taken_at < forgotten))
            connection.execute(_memos.delete().where(_memos.c.ends < now))
            waits = _deliveries.c.channel.in_(list(channels)) & (_deliveries.c.state == _WAITING)
            waits &= _deliveries.c.taken_at < now - seconds
            rows = connection.execute(sa.select(_deliveries.c.person).where(waits).distinct())
            return [row.person for row in rows]

    def recall(self, name: str) -> Any:
        """Returns a memo, or None."""
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(_memos).where(_memos.c.name == name)).first()
        return None if row is None or (row.ends and row.ends < time.time()) else json.loads(row.content)

    def remember(self, name: str, content: Any, *, for_good: bool = False) -> None:
        """Keeps a memo for some hours, or `for_good`; None drops it."""
        ends = None if for_good else time.time() + 3600 * HOURS_OF_MEMOS
        with self._engine.begin() as connection:
            connection.execute(_memos.delete().where(_memos.c.name == name))
            if content is not None:
                row = {"name": name, "content": json.dumps(content), "ends": ends}
                connection.execute(_memos.insert().values(row))


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins the transactions
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={_BUSY}"):
        connection.execute(f"PRAGMA {pragma}")
