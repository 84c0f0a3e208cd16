"""How long identifying data is kept: what is due, and taking it away.

Files that landed more than the longest period of the schema ago (24 months) are replaced by their rows. In
those rows whoever is still met in a younger file keeps the keys by which rows are joined; of everybody else
names and keys give way to one pseudonym. Texts go. Counts of people in the past so stay what they were.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from etl.cleaning.names import is_placeholder, normal_name
from etl.identity.handles import handle
from etl.ledger import LandedFile, Ledger, StoredReading
from etl.privacy.condense import write_condensed
from etl.privacy.subject import open_feeds, release_file
from etl.schema.feeds import FEEDS, PERSON_FIELDS, Feed
from etl.schema.model import Sensitivity
from etl.sources.reading import DateRange, FeedFile, FileReading, RowCounts
from etl.sources.source import FileStatus, Reject
from etl.warehouse import open_release, quote_name, quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.home import Home

MONTHS = max(column.retention or 0 for feed in FEEDS for column in feed.columns)
PERSONAL = tuple(column.name for column in PERSON_FIELDS if column.sensitivity is Sensitivity.PERSONAL)
KEYS = (
    "coalesce(staging.email_key(email), staging.linkedin_key(linkedin_url),"
    " staging.external_key(source, external_id))"
)
PSEUDONYM = "~"


@dataclass(frozen=True)
class Due:
    """What the periods take away today: files of which the bytes go, rows that lose a person, texts."""

    before: datetime
    files: int
    rows: int
    texts: int

    def json(self) -> str:
        """The counts as one JSON object."""
        return json.dumps({**asdict(self), "before": self.before.isoformat()})

    @property
    def is_anything(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.files or self.rows or self.texts)


def months_before(now: datetime, months: int) -> datetime:
    """The same day and hour so many months ago; the last day of a month that is shorter."""
    from calendar import monthrange

    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


def due(home: Home, now: datetime) -> Due:
    """What would go today. The caller holds the writer lock."""
    before = months_before(now, MONTHS)
    old = _old(home, before)
    raw = sum(home.landed_file(file.sha256).exists() for file in old)
    if not old or not home.warehouse_file.exists():
        return Due(before, raw, 0, 0)
    rows, texts = 0, 0
    with open_feeds(home) as connection:
        _mark_old(connection, home, old)
        for feed in FEEDS:
            rows += _count(connection, feed, _leaving(feed)) if feed.has_person else 0
            texts += sum(
                _count(connection, feed, f"{quote_name(name)} is not null") for name in _texts_of(feed)
            )
    return Due(before, raw, rows, texts)


def retire(home: Home, now: datetime) -> Due:
    """Replace what is due by rows without the people who left. The caller rebuilds, and drops releases."""
    found = due(home, now)
    if not found.is_anything:
        return found
    old = _old(home, found.before)
    with Ledger(home) as ledger:
        readings = {reading.sha256: reading for reading in ledger.readings()}
        refused = {file.sha256: ledger.refused_rows(file.sha256) for file in old}
    with open_feeds(home) as connection, TemporaryDirectory(prefix=".reading-", dir=home.root) as folder:
        _mark_old(connection, home, old)
        key = home.hmac_key()
        for file in old:
            reading = readings.get(file.sha256)
            if reading is None or reading.status not in ("accepted", "partial"):
                home.landed_file(file.sha256).unlink(missing_ok=True)
                continue
            feeds = tuple(_rows_left(connection, file, Path(folder), key))
            rejects = tuple(Reject(row.line, row.column, row.reason) for row in refused[file.sha256])
            write_condensed(home, _as_read(reading, feeds, rejects))
    return found


def _old(home: Home, before: datetime) -> list[LandedFile]:
    """The landed files received before a moment that still hold anything."""
    with Ledger(home) as ledger:
        files = ledger.files()
    return [
        file
        for file in files
        if file.received_at < before
        and not file.quarantined
        and (home.landed_file(file.sha256).exists() or home.condensed_file(file.sha256).exists())
    ]


def _mark_old(connection: DuckDBPyConnection, home: Home, old: list[LandedFile]) -> None:
    """Tables of the old files, and of the keys of people who are met in a younger one."""
    connection.execute("create table old_file (sha256 varchar)")
    connection.execute("insert into old_file select unnest($1::varchar[])", [[file.sha256 for file in old]])
    connection.execute("create table person_key (person_id uuid, key varchar)")
    with open_release(release_file(home)) as release:
        keys = release.execute("select person_id::varchar, key from core.person_key").fetchall()
    if keys:
        people, texts = (list(each) for each in zip(*keys, strict=True))
        connection.execute(
            "insert into person_key select unnest($1::varchar[])::uuid, unnest($2::varchar[])",
            [people, texts],
        )
    met = " union ".join(
        f"select distinct {KEYS} as key from feeds.main.{feed.name}"
        " where sha256 not in (select sha256 from old_file)"
        for feed in FEEDS
        if feed.has_person
    )
    connection.execute(
        "create table staying as select distinct everything.key from person_key"
        f" semi join ({met}) as met using (key) join person_key as everything using (person_id)"
    )


def _leaving(feed: Feed) -> str:
    """SQL that is true for a row of somebody who is not met any more and is not a pseudonym yet."""
    personal = ", ".join(quote_name(name) for name in PERSONAL)
    return (
        f"coalesce({personal}) is not null and coalesce({KEYS}, '') not in (select key from staying)"
        f" and coalesce({KEYS}, '') not like 'email:{PSEUDONYM}%'"
        f" and not coalesce(starts_with(external_id, '{PSEUDONYM}'), false)"
    )


def _texts_of(feed: Feed) -> tuple[str, ...]:
    return tuple(column.name for column in feed.fields if column.sensitivity is Sensitivity.FREE_TEXT)


def _count(connection: DuckDBPyConnection, feed: Feed, condition: str) -> int:
    row = connection.execute(
        f"select count(*) from feeds.main.{feed.name}"
        f" where sha256 in (select sha256 from old_file) and {condition}"
    ).fetchone()
    return int(row[0]) if row else 0


def _rows_left(
    connection: DuckDBPyConnection, file: LandedFile, folder: Path, key: bytes
) -> Iterator[FeedFile]:
    """The rows of one file as they stay, a Parquet file for each feed."""
    for feed in FEEDS:
        connection.execute(
            f"create or replace table taken as select * from feeds.main.{feed.name} where sha256 = ?",
            [file.sha256],
        )
        row = connection.execute("select count(*) from taken").fetchone()
        rows = int(row[0]) if row else 0
        if not rows:
            continue
        if feed.has_person:
            _replace_people(connection, feed, file, key)
        for name in _texts_of(feed):
            connection.execute(f"update taken set {quote_name(name)} = null")
        target = folder / f"{file.sha256}-{feed.name}.parquet"
        connection.execute(
            "copy (select * exclude (sha256, source, received_at) from taken order by line, part)"
            f" to {quote_text(str(target))} (format parquet)"
        )
        yield FeedFile(feed.name, target, rows)


def _replace_people(connection: DuckDBPyConnection, feed: Feed, file: LandedFile, key: bytes) -> None:
    """Put a pseudonym in place of whoever is not met any more, the same in every file."""
    name = "staging.name_of(full_name, given_name, family_name)"
    found = connection.execute(
        f"select distinct {KEYS}, {name}, (select min(person_id)::varchar from person_key where key = {KEYS})"
        f" from taken where {_leaving(feed)}"
    ).fetchall()
    pairs: list[tuple[str | None, str | None, str | None, str | None]] = []
    for held, said, person_id in found:
        if held:
            pseudonym = str(person_id or handle(key, str(held))).replace("-", "")
            pairs.append((held, said, f"{PSEUDONYM}{pseudonym}@{pseudonym[:12]}.invalid", None))
        elif said and not is_placeholder(str(said)):
            own = handle(key, f"name:{file.sha256}:{normal_name(str(said))}").replace("-", "")
            pairs.append((held, said, None, f"{PSEUDONYM}{own}"))
        else:
            pairs.append((held, said, None, None))
    connection.execute(
        "create or replace table put (held varchar, said varchar, new_email varchar, new_id varchar)"
    )
    if pairs:
        columns = [list(each) for each in zip(*pairs, strict=True)]
        connection.execute(
            "insert into put select unnest($1::varchar[]), unnest($2::varchar[]), unnest($3::varchar[]),"
            " unnest($4::varchar[])",
            columns,
        )
    cleared = ", ".join(
        f"{quote_name(each)} = null" for each in PERSONAL if each not in ("email", "external_id")
    )
    connection.execute(
        f"update taken set {cleared}, email = put.new_email, external_id = put.new_id from put"
        f" where put.held is not distinct from {KEYS} and put.said is not distinct from {name}"
        f" and {_leaving(feed)}"
    )


def _as_read(reading: StoredReading, feeds: tuple[FeedFile, ...], rejects: tuple[Reject, ...]) -> FileReading:
    return FileReading(
        reading.file, reading.sha256, reading.format, FileStatus(reading.status), reading.reason,
        rows=RowCounts(reading.rows_read, reading.rows_used, reading.rows_rejected, reading.rows_hidden),
        rejects=rejects,
        dates=DateRange(None, reading.newest_on.isoformat() if reading.newest_on else None),
        warnings=reading.warnings, source=reading.source, fingerprint=reading.fingerprint, feeds=feeds,
    )  # fmt: skip
