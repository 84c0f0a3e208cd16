"""The restatement log: what was published, what it is now, and why.

What was published stays. A release is built from all that is known, so a merge, a late file or another
setting may change a figure of a quarter that was published. At each build the figures behind the published
rows are made again by the same queries; a difference is noted in the ledger once, with its causes and its
moment, and stays there. `core.restatement` is that log. Without a publication it is one look in the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb

from etl.decisions import Decisions
from etl.exact import exact_figures
from etl.ledger import Ledger
from etl.published import Cause, NotedChange, PublishedExactly, PublishedFigures, ReleaseState
from etl.restated_why import Known, said, why
from etl.schema.public import PUBLIC_TABLES, Key, PublicTable
from etl.schema.tables import table_named
from etl.sources.source import CONDENSED

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.home import Home

STANDS, BACK, REPLACED, CORRECTED = "stands", "back", "replaced", "corrected"
Place = tuple[str, tuple[Key, ...]]


@dataclass(frozen=True)
class Restatement:
    """One row of `core.restatement`."""

    number: int
    question: str
    row_key: str
    label: str
    period_end: date
    published_on: date
    shown: str
    reason: str
    causes: str
    changed_at: datetime
    status: str
    published: int | None = None
    current: int | None = None


def restate(connection: DuckDBPyConnection, home: Home, kring: str, noted_at: datetime) -> None:
    """Note which published figures come out differently in the release being built; write the log in it."""
    with PublishedFigures(home) as published:
        figures, noted = published.exact_figures(), published.changes()
        if not figures and not noted:
            return
        new = _differing(connection, figures, noted)
        if new:
            known = _known(home, connection, kring, noted_at)
            published.note(
                NotedChange(
                    figure.publication, figure.table, figure.keys, figure.figure, current,
                    why(connection, known, published.state(figure.publication), renamed, current, last),
                    noted_at,
                )
                for figure, renamed, current, last in new
            )  # fmt: skip
            noted = published.changes()
        published_on = {each.publication: each.published_on for each in published.publications()}
    with Ledger(home) as ledger:
        names = {each.sha256: each.file for each in ledger.files()}
    write_log(connection, list(_log(figures, noted, published_on, names)))


def write_log(connection: DuckDBPyConnection, log: Sequence[Restatement]) -> None:
    """Fill `core.restatement`."""
    if log:
        columns = [column.name for column in table_named("core.restatement").columns]
        rows = [[_plain(getattr(each, column)) for column in columns] for each in log]
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into core.restatement values ({marks})", rows)


def restated_count(connection: DuckDBPyConnection) -> int:
    """How many published figures are different in this release; none in a release that has no log."""
    try:
        row = connection.execute(
            "select count(*) from core.restatement where status = ?", [STANDS]
        ).fetchone()
    except duckdb.CatalogException:
        return 0
    return int(row[0]) if row else 0


def state_of(home: Home, connection: DuckDBPyConnection, kring: str) -> ReleaseState:
    """What a release, or the one being built, is made of."""
    facts = connection.execute("from core.network")
    names = [str(column[0]) for column in facts.description or ()]
    values = facts.fetchone() or ()
    with Ledger(home) as ledger:
        readings = {each.sha256: _reading(each.fingerprint) for each in ledger.readings()}
        erasures = tuple(ledger.erasures())
    used = connection.execute(
        "select sha256 from core.source_file where rows_used > 0 order by sha256"
    ).fetchall()
    decided = connection.execute(
        "select decision_id from core.person_decision where is_in_force order by decision_id"
    ).fetchall()
    return ReleaseState(
        {
            name: str(value)
            for name, value in zip(names, values, strict=True)
            if name not in ("name", "as_of")
        },
        {str(sha256): readings.get(str(sha256), "") for (sha256,) in used},
        tuple(int(number) for (number,) in decided),
        erasures,
        kring,
    )


def _differing(
    connection: DuckDBPyConnection,
    figures: Sequence[PublishedExactly],
    noted: Sequence[NotedChange],
) -> list[tuple[PublishedExactly, PublishedExactly, int | None, NotedChange | None]]:
    """The published figures that differ from how they were last noted, each with what it is now.

    A working group that is written differently now is the same group: each figure also under its name of now.
    """
    now = {
        table.name: {table.plain_keys(row.keys): row for row in exact_figures(connection, table)}
        for table in PUBLIC_TABLES
        if any(each.table == table for each in figures)
    }
    known = connection.execute("select as_of from core.network").fetchone()
    over = known[0] if known else date.min
    latest = _latest(noted)
    found = []
    for figure in figures:
        if figure.period_end > over:  # a release of an earlier day knows nothing of it
            continue
        row = now[figure.table.name].get(figure.table.plain_keys(figure.keys))
        current = row.figure if row else _when_gone(figure.table)
        last = latest.get((figure.table.name, figure.keys))
        if last is not None and last.publication != figure.publication:
            last = None
        if current != (last.current if last else figure.figure):
            renamed = replace(figure, keys=row.keys) if row else figure
            found.append((figure, renamed, current, last))
    return found


def _when_gone(table: PublicTable) -> int | None:
    return 0 if table.counts_a_stock else None


def _latest(noted: Iterable[NotedChange]) -> dict[Place, NotedChange]:
    return {(each.table.name, each.keys): each for each in noted}


def _known(home: Home, connection: DuckDBPyConnection, kring: str, noted_at: datetime) -> Known:
    now = state_of(home, connection, kring)
    with Decisions(home) as store:
        decisions = store.person_decisions(include_undone=True)
    with Ledger(home) as ledger:
        erased_at = ledger.erasures()
    files = {
        str(sha256): (received_at.replace(tzinfo=UTC), frozenset(str(feeds or "").split(",")))
        for sha256, received_at, feeds in connection.execute(
            "select sha256, received_at, feeds from core.source_file"
        ).fetchall()
    }
    return Known(now, decisions, erased_at, files, ZoneInfo(now.facts["time_zone"]), noted_at)


def _log(
    figures: Sequence[PublishedExactly],
    noted: Sequence[NotedChange],
    published_on: Mapping[str, date],
    names: Mapping[str, str],
) -> Iterable[Restatement]:
    """Every change that was noted, as a row of the log."""
    latest = _latest(noted)
    shown = {(each.table.name, each.keys): each for each in figures}
    for each in noted:
        place = (each.table.name, each.keys)
        figure = shown.get(place)
        if figure is None or each.publication not in published_on:
            continue
        reason = said(each.causes, names)
        if each.current == each.published:
            reason = f"as published again: {reason}" if reason else "as published again"
        yield Restatement(
            number=each.number,
            question=each.table.asked_by,
            row_key=_row_key(figure),
            label=figure.label,
            period_end=figure.period_end,
            published_on=published_on[each.publication],
            shown=figure.shown,
            published=each.published,
            current=each.current,
            reason=reason,
            causes=json.dumps([_told(cause, names) for cause in each.causes], ensure_ascii=False),
            changed_at=each.changed_at,
            status=_status(each, latest[place], figure),
        )


def _status(each: NotedChange, latest: NotedChange, figure: PublishedExactly) -> str:
    if each.publication != figure.publication:
        return CORRECTED
    if each != latest:
        return REPLACED
    return BACK if each.current == each.published else STANDS


def _row_key(figure: PublishedExactly) -> str:
    """The day, after the group or kind of meeting where there is one."""
    day = figure.period_end.isoformat()
    return f"{figure.label}, {day}" if figure.label else day


def _told(cause: Cause, names: Mapping[str, str]) -> dict[str, str | int]:
    about = names.get(cause.about, "") if cause.kind == "file" else cause.about
    return {
        "kind": cause.kind,
        "count": cause.count,
        "first_on": cause.first_on.isoformat(),
        "last_on": cause.last_on.isoformat(),
        "about": about,
    }


def _reading(fingerprint: str) -> str:
    plain = fingerprint.removeprefix(CONDENSED)
    return plain.partition("|")[0] if plain != fingerprint else plain


def _plain(value: object) -> object:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
