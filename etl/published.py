"""What was published, kept in the ledger: every publication, and each figure as the public saw it.

A figure is written when it is new or was corrected; the last one written is the one that is shown. What was
written by a publication that was never served does not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from etl.ledger import MIGRATIONS
from etl.schema.public import (
    CellState,
    CorrectionNote,
    Key,
    PublicCount,
    PublicFigures,
    PublicRow,
    PublicTable,
)
from etl.store import open_store

if TYPE_CHECKING:
    from etl.home import Home


@dataclass(frozen=True)
class PublicationRecord:
    """One publication. `note` says why figures were corrected."""

    publication: str
    published_on: date
    release: str
    rule_version: int
    note: str | None = None


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

    def record(self, publication: PublicationRecord, figures: Iterable[PublicFigures]) -> None:
        """Keep a publication about to be served, and each figure that is new in it or was corrected."""
        changed = []
        for each in figures:
            before = self.figures(each.table)
            changed += [
                (publication.publication, each.table.name, *_written(row))
                for row in each.rows
                if before.get(row.keys) != row
            ]
        self._connection.execute("begin immediate")
        try:
            self._connection.execute(
                "insert into publication values (?, ?, ?, ?, ?, ?, 0)",
                (
                    publication.publication, datetime.now(UTC).isoformat(timespec="seconds"),
                    publication.published_on.isoformat(), publication.release, publication.rule_version,
                    publication.note,
                ),
            )  # fmt: skip
            self._connection.executemany("insert into published_figure values (?, ?, ?, ?, ?, ?)", changed)
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def settle(self, served: str) -> None:
        """Note which publication is served, and forget those that were written down but never were."""
        self._connection.execute("begin immediate")
        try:
            self._connection.execute("update publication set is_served = 1 where publication = ?", (served,))
            self._connection.execute(
                "delete from published_figure where publication in"
                " (select publication from publication where is_served = 0)"
            )
            self._connection.execute("delete from publication where is_served = 0")
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")


def _written(row: PublicRow) -> tuple[str, str, str, int | None]:
    keys = [key.isoformat() if isinstance(key, date) else key for key in row.keys]
    return (
        json.dumps(keys, ensure_ascii=False),
        json.dumps(row.others),
        row.count.state.value,
        row.count.number,
    )


def _keys(table: PublicTable, written: list[str]) -> tuple[Key, ...]:
    return tuple(
        date.fromisoformat(text) if column.type.value == "DATE" else text
        for column, text in zip(table.keys, written, strict=True)
    )
