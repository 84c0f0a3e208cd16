"""What was published, kept in the ledger: every publication, and each figure as the public saw it.

A figure is written when it is new or was corrected; the last one written is the one that is shown. What was
written by a publication that was never served does not count. Beside it stands the exact figure, for
coordinators alone, and beside the publication what its release was made of: from these two follows what has
changed since, and why. Every change that was noted stays, also when it was undone. Nothing here is personal.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from etl.ledger import MIGRATIONS
from etl.schema.public import (
    PUBLIC_TABLES,
    CellState,
    CorrectionNote,
    Key,
    PublicCount,
    PublicFigures,
    PublicRow,
    PublicTable,
    label_of,
    last_day_of,
)
from etl.store import open_store

if TYPE_CHECKING:
    from etl.home import Home

PUBLICATION_COLUMNS = "publication, published_at, published_on, release, rule_version, note"
SEEN_COLUMNS = "publication, table_name, row_key, others, state, number"
TAKE_CHANGES_OVER = """
insert into main.restatement (publication, table_name, row_key, published, current, causes, changed_at)
select publication, table_name, row_key, published, current, causes, changed_at
from theirs.restatement as their
where not exists (
    select 1
    from main.restatement as own
    where own.publication = their.publication and own.table_name = their.table_name
        and own.row_key = their.row_key and own.changed_at = their.changed_at
)
order by restatement_id
"""


@dataclass(frozen=True)
class PublicationRecord:
    """One publication. `note` says why figures were corrected."""

    publication: str
    published_on: date
    release: str
    rule_version: int
    note: str | None = None


@dataclass(frozen=True)
class ReleaseState:
    """What a release was made of, as far as its figures depend on it.

    Settings by name; the reading of each file that counts, by SHA-256; the decisions about people in force,
    the erasures, and the version of Kring.
    """

    facts: Mapping[str, str]
    files: Mapping[str, str]
    decisions: tuple[int, ...]
    erasures: tuple[str, ...]
    kring: str

    def text(self) -> str:
        """The state as JSON."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True)
class PublishedExactly:
    """A figure as it was last published: to everyone, and exactly."""

    publication: str
    published_on: date
    table: PublicTable
    keys: tuple[Key, ...]
    shown: str
    figure: int | None

    @property
    def period_end(self) -> date:
        """The last day of its period."""
        return last_day_of(self.keys)

    @property
    def label(self) -> str:
        """The working group or kind of meeting; empty for the network."""
        return label_of(self.keys)


@dataclass(frozen=True)
class Cause:
    """One reason why a figure changed. `about` is the SHA-256 of a file, or a setting, from and to."""

    kind: str
    count: int
    first_on: date
    last_on: date
    about: str = ""


@dataclass(frozen=True)
class NotedChange:
    """A published figure that came out differently in a later release, as it was noted then."""

    publication: str
    table: PublicTable
    keys: tuple[Key, ...]
    published: int | None
    current: int | None
    causes: tuple[Cause, ...]
    changed_at: datetime
    number: int = 0


class PublishedFigures:
    """The publications of one home. Use it as a context manager, or close it."""

    def __init__(self, home: Home) -> None:
        self._connection = open_store(home.ledger_file, MIGRATIONS)

    def __enter__(self) -> PublishedFigures:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def publications(self) -> tuple[PublicationRecord, ...]:
        """Every publication, oldest first."""
        rows = self._connection.execute(
            "select publication, published_on, release, rule_version, note from publication"
            " where is_served = 1 order by publication"
        )
        return tuple(
            PublicationRecord(name, date.fromisoformat(on), release, int(version), note)
            for name, on, release, version, note in rows
        )

    def corrections(self) -> tuple[CorrectionNote, ...]:
        """Why figures were changed after they were published, newest first."""
        noted = [each for each in self.publications() if each.note]
        return tuple(CorrectionNote(each.published_on, each.note or "") for each in reversed(noted))

    def figures(self, table: PublicTable) -> dict[tuple[Key, ...], PublicRow]:
        """The rows of a table as they were last published, by key."""
        rows = self._connection.execute(
            "select row_key, others, state, number from published_figure join publication using (publication)"
            " where table_name = ? and is_served = 1 order by publication",
            (table.name,),
        )
        found = {}
        for row_key, others, state, number in rows:
            keys = _keys(table, json.loads(row_key))
            found[keys] = PublicRow(keys, tuple(json.loads(others)), PublicCount(CellState(state), number))
        return found

    def record(
        self,
        publication: PublicationRecord,
        figures: Iterable[PublicFigures],
        exact: Mapping[str, Mapping[tuple[Key, ...], int | None]],
        state: ReleaseState,
    ) -> None:
        """Keep a publication about to be served, and each figure that is new in it or was corrected."""
        changed = []
        for each in figures:
            before, behind = self.figures(each.table), exact.get(each.table.name, {})
            changed += [
                (
                    publication.publication, each.table.name, *_written(row),
                    behind.get(row.keys), int(row.keys in behind),
                )
                for row in each.rows
                if before.get(row.keys) != row
            ]  # fmt: skip
        with self._at_once():
            self._connection.execute(
                "insert into publication values (?, ?, ?, ?, ?, ?, 0)",
                (
                    publication.publication, datetime.now(UTC).isoformat(timespec="seconds"),
                    publication.published_on.isoformat(), publication.release, publication.rule_version,
                    publication.note,
                ),
            )  # fmt: skip
            self._connection.execute(
                "insert into published_state values (?, ?)", (publication.publication, state.text())
            )
            self._connection.executemany(
                "insert into published_figure"
                " (publication, table_name, row_key, others, state, number, exact, is_exact_kept)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                changed,
            )

    def settle(self, served: str) -> None:
        """Note which publication is served, and forget those that were written down but never were."""
        with self._at_once():
            self._connection.execute("update publication set is_served = 1 where publication = ?", (served,))
            for table in ("published_figure", "published_state"):
                self._connection.execute(
                    f"delete from {table} where publication in"
                    " (select publication from publication where is_served = 0)"
                )
            self._connection.execute("delete from publication where is_served = 0")

    def take_over(self, ledger_file: Path) -> int:
        """Add what another ledger of this home knows of publications. Gives how many were new here."""
        self._connection.execute("attach ? as theirs", (str(ledger_file),))
        try:
            with self._at_once():
                before = self._count()
                for table in ("publication", "published_state", "published_figure"):
                    self._connection.execute(
                        f"insert or ignore into main.{table} select * from theirs.{table}"
                    )
                self._connection.execute(
                    "update main.publication set is_served = 1 where publication in"
                    " (select publication from theirs.publication where is_served = 1)"
                )
                self._connection.execute(TAKE_CHANGES_OVER)
                return self._count() - before
        finally:
            self._connection.execute("detach theirs")

    def seen(self) -> str:
        """What everyone could read of every publication, as JSON: nothing of it is a secret."""
        rows = self._connection.execute(
            f"select {PUBLICATION_COLUMNS} from publication where is_served = 1 order by publication"
        ).fetchall()
        figures = self._connection.execute(
            f"select {SEEN_COLUMNS} from published_figure join publication using (publication)"
            " where is_served = 1 order by publication, table_name, row_key"
        ).fetchall()
        return json.dumps({"publications": rows, "figures": figures}, ensure_ascii=False)

    def take_over_seen(self, text: str) -> int:
        """Add the publications of such a JSON that are not known here. Gives how many."""
        try:
            found = json.loads(text)
            with self._at_once():
                known = {each.publication for each in self.publications()}
                new = [row for row in found["publications"] if row[0] not in known]
                names = {row[0] for row in new}
                self._connection.executemany(
                    f"insert into publication ({PUBLICATION_COLUMNS}, is_served) values (?, ?, ?, ?, ?, ?, 1)"
                    " on conflict (publication) do update set is_served = 1",
                    new,
                )
                self._connection.executemany(
                    f"insert or ignore into published_figure ({SEEN_COLUMNS}) values (?, ?, ?, ?, ?, ?)",
                    [row for row in found["figures"] if row[0] in names],
                )
        except (KeyError, TypeError, IndexError, sqlite3.Error) as error:
            raise ValueError("not what was published") from error
        return len(names)

    def _count(self) -> int:
        row = self._connection.execute("select count(*) from publication").fetchone()
        return int(row[0])

    def exact_figures(self) -> tuple[PublishedExactly, ...]:
        """Every figure as it was last published, where the exact one was kept with it."""
        rows = self._connection.execute(
            "select publication, published_on, table_name, row_key, state, number, exact, is_exact_kept"
            " from published_figure join publication using (publication)"
            " where is_served = 1 order by publication, table_name, row_key"
        )
        found = {}
        for publication, on, name, row_key, state, number, exact, is_kept in rows:
            if table := _table_named(name):
                keys = _keys(table, json.loads(row_key))
                shown = PublicCount(CellState(state), number).written()
                row = PublishedExactly(publication, date.fromisoformat(on), table, keys, shown, exact)
                found[name, keys] = row, bool(is_kept)
        return tuple(row for row, is_kept in found.values() if is_kept)

    def state(self, publication: str) -> ReleaseState | None:
        """What the release behind a publication was made of."""
        row = self._connection.execute(
            "select state from published_state where publication = ?", (publication,)
        ).fetchone()
        if row is None:
            return None
        found = json.loads(row[0])
        return ReleaseState(
            found["facts"],
            found["files"],
            tuple(found["decisions"]),
            tuple(found["erasures"]),
            found["kring"],
        )

    def changes(self) -> tuple[NotedChange, ...]:
        """Every change of a published figure that was noted, oldest first."""
        rows = self._connection.execute(
            "select publication, table_name, row_key, published, current, causes, changed_at, restatement_id"
            " from restatement order by restatement_id"
        )
        return tuple(
            NotedChange(
                publication, table, _keys(table, json.loads(row_key)), published, current,
                tuple(_cause(each) for each in json.loads(causes)),
                datetime.fromisoformat(changed_at), number,
            )
            for publication, name, row_key, published, current, causes, changed_at, number in rows
            if (table := _table_named(name))
        )  # fmt: skip

    def note(self, changes: Iterable[NotedChange]) -> None:
        """Keep these changes of published figures."""
        rows = [
            (
                each.publication, each.table.name, _written_key(each.keys), each.published, each.current,
                json.dumps([_as_json(cause) for cause in each.causes]), each.changed_at.isoformat(),
            )
            for each in changes
        ]  # fmt: skip
        with self._at_once():
            self._connection.executemany(
                "insert into restatement"
                " (publication, table_name, row_key, published, current, causes, changed_at)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """All that is written meanwhile, or nothing of it."""
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")


def _table_named(name: str) -> PublicTable | None:
    return next((table for table in PUBLIC_TABLES if table.name == name), None)


def _as_json(cause: Cause) -> dict[str, str | int]:
    return {**asdict(cause), "first_on": cause.first_on.isoformat(), "last_on": cause.last_on.isoformat()}


def _cause(found: dict[str, str | int]) -> Cause:
    first_on, last_on = (date.fromisoformat(str(found[name])) for name in ("first_on", "last_on"))
    return Cause(str(found["kind"]), int(found["count"]), first_on, last_on, str(found["about"]))


def _written(row: PublicRow) -> tuple[str, str, str, int | None]:
    return (
        _written_key(row.keys),
        json.dumps(row.others),
        row.count.state.value,
        row.count.number,
    )


def _written_key(keys: tuple[Key, ...]) -> str:
    return json.dumps([key.isoformat() if isinstance(key, date) else key for key in keys], ensure_ascii=False)


def _keys(table: PublicTable, written: list[str]) -> tuple[Key, ...]:
    return tuple(
        date.fromisoformat(text) if column.type.value == "DATE" else text
        for column, text in zip(table.keys, written, strict=True)
    )
