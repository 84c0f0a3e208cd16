"""The decisions people took. A run reads them and never writes them.

So far: names of organisations (as written -> harmonised, with sector and parent) and links of an attendance
file's session to an event of the agenda. Every change raises the revision, which is part of what a release
was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

    def _decide(self, statement: str, rows: Sequence[tuple[str | None, ...]]) -> None:
        self._connection.execute("begin immediate")
        try:
            self._connection.executemany(statement, rows)
            self._connection.execute("update revision set number = number + 1")
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")
