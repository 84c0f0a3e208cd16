"""The suppression list: whom Kring may not hold any more, as keyed hashes in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from etl.ledger import MIGRATIONS
from etl.privacy.marks import hashed
from etl.store import open_store

if TYPE_CHECKING:
    from etl.home import Home


@dataclass(frozen=True)
class Erasure:
    """One person who was erased. Files received after `lifted_at` may tell of the person again."""

    erasure_id: str
    erased_at: datetime
    finished_at: datetime | None
    lifted_at: datetime | None
    hashes: frozenset[str]


class Suppressions:
    """The suppression list of one home. Use it as a context manager, or close it."""

    def __init__(self, home: Home) -> None:
        self._key = home.privacy_key()
        self._connection = open_store(home.ledger_file, MIGRATIONS)

    def __enter__(self) -> Suppressions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add(self, marks: Iterable[str], erased_at: datetime, erasure_id: str | None = None) -> str:
        """Suppress a person by these marks. Gives the id of the erasure; adding it again changes nothing."""
        chosen = erasure_id or uuid.uuid4().hex
        self._connection.execute("begin immediate")
        try:
            self._connection.execute(
                "insert into erasure (erasure_id, erased_at) values (?, ?) on conflict do nothing",
                (chosen, _written(erased_at)),
            )
            self._connection.executemany(
                "insert into suppressed_key values (?, ?) on conflict do nothing",
                [(chosen, hashed(self._key, mark)) for mark in marks],
            )
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")
        return chosen

    def take_over(self, erasures: Iterable[Erasure]) -> int:
        """Add what another list knows, as after a restore. Gives how many erasures were not known here."""
        known = {each.erasure_id for each in self.erasures()}
        new = 0
        for each in erasures:
            new += each.erasure_id not in known
            self._connection.execute(
                "insert into erasure values (?, ?, ?, ?) on conflict (erasure_id) do update"
                " set lifted_at = coalesce(erasure.lifted_at, excluded.lifted_at)",
                (
                    each.erasure_id,
                    _written(each.erased_at),
                    _written(each.finished_at) if each.finished_at else None,
                    _written(each.lifted_at) if each.lifted_at else None,
                ),
            )
            self._connection.executemany(
                "insert into suppressed_key values (?, ?) on conflict do nothing",
                [(each.erasure_id, one) for one in sorted(each.hashes)],
            )
        return new

    def finish(self, erasure_id: str) -> None:
        """Note that nothing of the person is left."""
        self._connection.execute(
            "update erasure set finished_at = ? where erasure_id = ? and finished_at is null",
            (_written(datetime.now(UTC)), erasure_id),
        )

    def lift(self, erasure_id: str, moment: datetime) -> None:
        """Let files received after this moment tell of the person again. What is gone stays gone."""
        self._connection.execute(
            "update erasure set lifted_at = ? where erasure_id = ? and lifted_at is null",
            (_written(moment), erasure_id),
        )

    def of(self, marks: Iterable[str]) -> tuple[Erasure, ...]:
        """The erasures in force that hold one of these marks."""
        wanted = {hashed(self._key, mark) for mark in marks}
        return tuple(each for each in self.erasures() if each.lifted_at is None and each.hashes & wanted)

    def erasures(self) -> tuple[Erasure, ...]:
        """Everyone who was erased, in order of time."""
        hashes: dict[str, set[str]] = {}
        for erasure_id, handle in self._connection.execute("select erasure_id, handle from suppressed_key"):
            hashes.setdefault(str(erasure_id), set()).add(str(handle))
        rows = self._connection.execute(
            "select erasure_id, erased_at, finished_at, lifted_at from erasure order by erased_at, erasure_id"
        )
        return tuple(
            Erasure(
                str(erasure_id),
                _moment(str(erased_at)),
                _moment(finished_at) if finished_at else None,
                _moment(lifted_at) if lifted_at else None,
                frozenset(hashes.get(str(erasure_id), ())),
            )
            for erasure_id, erased_at, finished_at, lifted_at in rows
        )


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
