"""The decisions people took. A run reads them and never writes them.

So far: names of organisations (as written -> harmonised, with sector and parent), links of an attendance
file's session to an event of the agenda, and names of themes, kept as events of which the last one holds.
Every change raises the revision, which is part of what a release was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from etl.errors import UsageError
from etl.store import open_store

if TYPE_CHECKING:
    from etl.home import Home

MIGRATIONS = (
    """
    create table revision (number integer not null) strict;
    insert into revision values (0);
    create table organisation_alias (
        as_written text primary key,
        name text not null,
        sector text,
        parent text
    ) strict;
    create table session_link (
        session_key text primary key,
        event_id text not null
    ) strict;
    """,
    """
    create table theme_event (
        event_id integer primary key,
        theme_id text not null,
        kind text not null,
        label_nl text,
        label_en text,
        decided_at text not null,
        undone_at text
    ) strict;
    """,
)


@dataclass(frozen=True)
class OrganisationAlias:
    """An organisation's name as written, and what people say it is."""

    as_written: str
    name: str
    sector: str | None = None
    parent: str | None = None


@dataclass(frozen=True)
class SessionLink:
    """A session found in an attendance file, and the event on the agenda it belongs to."""

    session_key: str
    event_id: str


@dataclass(frozen=True)
class ThemeName:
    """What people call a theme. Without an English name the Dutch one is used in both languages."""

    theme_id: str
    label_nl: str
    label_en: str | None = None


class Decisions:
    """The decisions of one home, open. Use it as a context manager, or close it."""

    def __init__(self, home: Home) -> None:
        self._connection = open_store(home.decisions_file, MIGRATIONS)

    def __enter__(self) -> Decisions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def revision(self) -> int:
        """Goes up with every decision."""
        return int(self._connection.execute("select number from revision").fetchone()[0])

    def organisation_aliases(self) -> tuple[OrganisationAlias, ...]:
        """Every name of an organisation that people settled."""
        rows = self._connection.execute(
            "select as_written, name, sector, parent from organisation_alias order by as_written"
        )
        return tuple(OrganisationAlias(*row) for row in rows)

    def name_organisation(self, alias: OrganisationAlias) -> None:
        """Settle what a name as written means."""
        self.name_organisations((alias,))

    def name_organisations(self, aliases: Iterable[OrganisationAlias]) -> None:
        """Settle many names at once, as one decision."""
        self._decide(
            "insert or replace into organisation_alias values (?, ?, ?, ?)",
            [(alias.as_written, alias.name, alias.sector, alias.parent) for alias in aliases],
        )

    def session_links(self) -> tuple[SessionLink, ...]:
        """Every session that people tied to an event."""
        rows = self._connection.execute("select session_key, event_id from session_link order by session_key")
        return tuple(SessionLink(*row) for row in rows)

    def link_session(self, link: SessionLink) -> None:
        """Tie a session to an event of the agenda."""
        self._decide("insert or replace into session_link values (?, ?)", [(link.session_key, link.event_id)])

    def theme_names(self) -> tuple[ThemeName, ...]:
        """The name in force of every theme that people named: the last one that was not taken back."""
        rows = self._connection.execute(
            "select theme_id, label_nl, label_en from (select *, max(event_id) from theme_event"
            " where kind = 'rename' and undone_at is null group by theme_id) order by theme_id"
        )
        return tuple(ThemeName(*row) for row in rows)

    def rename_theme(self, name: ThemeName) -> None:
        """Give a theme a name that no run overwrites."""
        label_nl, label_en = " ".join(name.label_nl.split()), " ".join((name.label_en or "").split())
        if not label_nl:
            raise UsageError("theme", "an empty name", "a name of one letter or more")
        self._decide(
            "insert into theme_event (theme_id, kind, label_nl, label_en, decided_at)"
            " values (?, 'rename', ?, ?, ?)",
            [(name.theme_id, label_nl, label_en or None, _now())],
        )

    def undo_theme(self, theme_id: str | None = None) -> str | None:
        """Take back the last decision about a theme, or about any. Gives its id; None when there is none."""
        row = self._connection.execute(
            "select event_id, theme_id from theme_event"
            " where undone_at is null and (?1 is null or theme_id = ?1)"
            " order by event_id desc limit 1",
            (theme_id,),
        ).fetchone()
        if row is None:
            return None
        undo = "update theme_event set undone_at = ? where event_id = ?"
        self._decide(undo, [(_now(), str(row[0]))])
        return str(row[1])

    def _decide(self, statement: str, rows: Sequence[tuple[str | None, ...]]) -> None:
        self._connection.execute("begin immediate")
        try:
            self._connection.executemany(statement, rows)
            self._connection.execute("update revision set number = number + 1")
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
