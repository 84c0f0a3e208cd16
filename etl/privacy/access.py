"""What a home holds about one person: shown from the release, or exported whole from every store.

An export holds nobody else's data: of a text by somebody else that names the person it says where it stands,
not what it says. Reading takes the warehouse, so the caller of `dossier` holds the writer lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from etl.errors import KringError
from etl.ledger import Ledger
from etl.privacy import audit
from etl.privacy.dossier import Dossier, Holding, Record, Value
from etl.privacy.marks import IsMarked, found_in, hashed, marker
from etl.privacy.search import Finder, files_of, holds
from etl.privacy.subject import Person, open_feeds, release_file, rows_of
from etl.schema.feeds import FEEDS
from etl.schema.tables import TABLES
from etl.warehouse import open_release, quote_name

if TYPE_CHECKING:
    from etl.home import Home
    from etl.settings import Settings

MENTIONS = ("logs", "quarantine", "inbox", "backups", "cache", "prefect", "kring.toml", "roles.toml")
WITHOUT_VALUES = ("kept", "taken")


def shown(home: Home, known: Person) -> Dossier:
    """What the release that is served holds: what pages can show. Quick, and needs no lock."""
    return _dossier(home, known, tuple(_of_release(home, known)))


def dossier(home: Home, known: Person, settings: Settings) -> Dossier:
    """Everything that every store of the home holds. The caller holds the writer lock."""
    feeds = tuple(_of_feeds(home, known))
    lines = _lines(feeds)
    holdings = (
        _landed(home, known, settings, lines),
        *feeds,
        *_of_release(home, known),
        *_of_ledger(home, known, lines, feeds),
        *_of_sqlite(home, known),
        _audited(home, known),
        _elsewhere(home, known),
    )
    return _dossier(home, known, holdings)


def _dossier(home: Home, known: Person, holdings: tuple[Holding, ...]) -> Dossier:
    from etl.release import current

    served = current(home)
    assert served is not None  # release_file, called before this, says so when there is none
    return Dossier(known.person_id, served.release, served.as_of, holdings)


def _of_release(home: Home, known: Person) -> Iterator[Holding]:
    """Every row of core and marts that has the person's id."""
    with open_release(release_file(home)) as connection:
        held = {
            str(row[0])
            for row in connection.execute(
                "select schema_name || '.' || table_name from duckdb_columns()"
                " where column_name = 'person_id'"
            ).fetchall()
        }
        for table in TABLES:
            if table.qualified_name not in held:
                continue
            join = ""
            columns = ", ".join(f"held.{quote_name(column.name)}" for column in table.columns)
            names = [column.name for column in table.columns]
            for added, (column, joined) in TOLD_BY.items():
                if column in names and added != table.qualified_name:
                    join += f" left join {added} as told_{column} using ({quote_name(column)})"
                    columns += f", told_{column}.{joined}"
                    names.append(f"{column.removesuffix('_id')}_{joined}")
            rows = connection.execute(
                f"select {columns} from {table.qualified_name} as held{join}"
                " where held.person_id = $1::uuid order by all",
                [known.person_id],
            ).fetchall()
            yield Holding(
                "release", table.qualified_name, table.grain, tuple(_record(names, row) for row in rows)
            )


TOLD_BY = {"core.session": ("session_id", "title"), "core.organisation": ("organisation_id", "name")}


def _of_feeds(home: Home, known: Person) -> Iterator[Holding]:
    with open_feeds(home) as connection:
        for feed in FEEDS:
            if feed.has_person:
                names = [column.name for column in feed.table.columns]
                rows = rows_of(connection, known, feed)
                yield Holding("feeds", feed.name, feed.meaning, tuple(_record(names, row) for row in rows))


def _lines(feeds: Iterable[Holding]) -> dict[str, set[int]]:
    """The lines of each landed file from which the person's rows came."""
    found: dict[str, set[int]] = {}
    for holding in feeds:
        for record in holding.records:
            fields = dict(record)
            found.setdefault(str(fields["sha256"]), set()).add(int(str(fields["line"])))
    return found


def _landed(home: Home, known: Person, settings: Settings, lines: Mapping[str, set[int]]) -> Holding:
    """The person's lines in the files as received, with every cell, and where other lines name them."""
    key = home.privacy_key()
    is_marked = marker(key, (hashed(key, mark) for mark in known.marks()))
    finder = Finder(known.needles())
    records: list[Record] = []
    with Ledger(home) as ledger:
        files = ledger.files()
    for file in files:
        path = home.quarantine / file.sha256 if file.quarantined else home.landed_file(file.sha256)
        theirs = lines.get(file.sha256, set())
        if path.exists() and (theirs or holds(path, finder)):
            received = _value(file.received_at)
            origin: Record = (("file", file.file), ("sha256", file.sha256), ("received_at", received))
            records += [(*origin, *each) for each in _as_received(path, settings, theirs, is_marked)]
    meaning = "Your lines in the files as received; of other lines only what names you"
    return Holding("landed", "files", meaning, tuple(records))


def _as_received(path: Path, settings: Settings, theirs: set[int], is_marked: IsMarked) -> Iterator[Record]:
    """The person's lines of one file, and the places where other lines name them."""
    read = list(_rows_as_received(path, settings))
    if not read:
        yield (("found", "the file names you and cannot be read as a table"),)
    for line, cells in read:
        heading = _heading_of(cells, read)
        if line in theirs:
            said_there = ((_called(heading, at), cell) for at, cell in enumerate(cells) if cell.strip())
            yield (("line", line), *said_there)
            continue
        said = {at: found for at, cell in enumerate(cells) if (found := _fragments(cell, is_marked))}
        for at, found in said.items():
            yield (("line", line), ("column", _called(heading, at)), ("found", found))
        if not said and (found := _fragments(" ".join(cells), is_marked)):
            yield (("line", line), ("found", found))


def _rows_as_received(path: Path, settings: Settings) -> Iterator[tuple[int, Sequence[str]]]:
    from etl.reading.file import tables_of

    with suppress(KringError):
        for table in tables_of(path, settings):
            yield from ((row.line, row.cells) for row in table.rows)


def _heading_of(cells: Sequence[str], read: Sequence[tuple[int, Sequence[str]]]) -> Sequence[str]:
    """The first row that is at least as full; none when that holds data itself."""
    wanted = max(2, sum(bool(cell.strip()) for cell in cells))
    first = next((row for _, row in read if sum(bool(cell.strip()) for cell in row) >= wanted), ())
    return () if first is cells or any("@" in cell or cell.strip().isdigit() for cell in first) else first


def _called(heading: Sequence[str], at: int) -> str:
    said = heading[at].strip() if at < len(heading) else ""
    return said or f"column {at + 1}"


def _fragments(text: str, is_marked: IsMarked) -> str:
    return "; ".join(dict.fromkeys(text[each.start : each.end] for each in found_in(text, is_marked)))


def _of_ledger(
    home: Home, known: Person, lines: Mapping[str, set[int]], feeds: Iterable[Holding]
) -> Iterator[Holding]:
    from etl.themes.texts import split_questions, text_hash

    with Ledger(home) as ledger:
        refused = [
            (("file", each.file), ("line", each.line), ("column", each.column), ("reason", each.reason))
            for sha256, theirs in lines.items()
            for each in ledger.refused_rows(sha256)
            if each.line in theirs
        ]
        run = ledger.theme_run()
        received = [
            (("file", file.file), ("sha256", file.sha256), ("received_at", _value(file.received_at)))
            for file in ledger.files()
            if file.sha256 in lines
        ]
    yield Holding("ledger", "landed_file", "Files in which you are", tuple(received))
    yield Holding("ledger", "refused_row", "Your lines that were refused", tuple(refused))
    texts = [
        str(value)
        for each in feeds
        for record in each.records
        for name, value in record
        if name == "text" and value
    ]
    hashes = {text_hash(part) for text in texts for part in split_questions(text)}
    members = [
        (("text_hash", each.text_hash), ("theme_id", each.theme_id), ("assigned_by", each.assigned_by),
         ("nearness", each.nearness))
        for each in (run.members if run else ())
        if each.text_hash in hashes
    ]  # fmt: skip
    yield Holding("ledger", "theme_member", "Where your texts were placed", tuple(members))
    kept = _vectors(home) & hashes
    vectors: tuple[Record, ...] = tuple((("text_hash", each),) for each in sorted(kept))
    yield Holding("vectors", "texts", "Your texts of which a vector is kept", vectors)


def _vectors(home: Home) -> set[str]:
    from etl.privacy.vectors import hashes_kept

    return hashes_kept(home)


def _of_sqlite(home: Home, known: Person) -> Iterator[Holding]:
    """Decisions about the person, and texts of the stores that name them (notes, drafts, messages)."""
    key = home.privacy_key()
    is_marked = marker(key, (hashed(key, mark) for mark in known.marks()))
    for path in (home.decisions_file, home.ledger_file):
        records: list[Record] = []
        if path.exists():
            with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
                for table, names, row in _sqlite_rows(connection):
                    texts = [value for value in row if isinstance(value, str)]
                    if any(each in text for text in texts for each in known.handles):
                        records.append((("table", table), *_own_cells(names, row, known)))
                    elif any(True for text in texts for _ in found_in(text, is_marked)):
                        named = [
                            (name, _fragments(value, is_marked))
                            for name, value in zip(names, row, strict=True)
                            if isinstance(value, str) and _fragments(value, is_marked)
                        ]
                        records.append((("table", table), *named))
        store = path.stem
        yield Holding(store, "about you", "Decisions about you, and where a note names you", tuple(records))


def _own_cells(names: Sequence[str], row: Sequence[object], known: Person) -> Record:
    """A decision without the pseudonym of whomever else it was about."""
    said: list[tuple[str, Value]] = []
    for name, value in zip(names, row, strict=True):
        is_handle = name.startswith("handle") or name in WITHOUT_VALUES
        if is_handle and isinstance(value, str):
            said.append((name, "you" if any(each in value for each in known.handles) else "somebody else"))
        else:
            said.append((name, _value(value)))
    return tuple(said)


def _sqlite_rows(connection: sqlite3.Connection) -> Iterator[tuple[str, list[str], tuple[object, ...]]]:
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    for (table,) in tables:
        cursor = connection.execute(f"select * from {quote_name(table)}")
        names = [str(each[0]) for each in cursor.description]
        for row in cursor:
            yield str(table), names, row


def _audited(home: Home, known: Person) -> Holding:
    """What was done about the person, by pseudonym."""
    subjects = audit.subjects(home, (known.person_id, *known.handles))
    records = tuple(
        (
            ("at", _value(each.at)),
            ("who", each.who),
            ("action", each.action.value),
            ("result", each.result.value),
        )
        for each in audit.entries(home)
        if subjects & set((each.subject or "").split())
    )
    return Holding("audit", "actions", "What was done about you", records)


def _elsewhere(home: Home, known: Person) -> Holding:
    """Other files of the home that name the person."""
    finder = Finder(known.needles())
    records: list[Record] = []
    for path in files_of(home):
        name = path.relative_to(home.root).as_posix()
        if name.split("/", 1)[0] in MENTIONS and holds(path, finder):
            records.append((("file", name), ("found", "the file names you")))
    return Holding(
        "files", "elsewhere", "Logs, waiting and refused files, and backups that name you", tuple(records)
    )


def _record(names: Sequence[str], row: Sequence[object]) -> Record:
    return tuple((name, _value(value)) for name, value in zip(names, row, strict=True))


def _value(value: object) -> Value:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    return value.isoformat() if isinstance(value, date) else str(value)
