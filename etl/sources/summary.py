"""What a file would add, counted over its converted rows, within the file alone.

A person here is: the same e-mail address, else the same LinkedIn profile, else the same id, else, among rows
without any of these, the same name in this one file. A row without an address is never joined to one with an
address. Addresses of a desk (info@) and names of a device identify nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from etl.cleaning.local_time import to_wall
from etl.cleaning.names import (
    SHARED_MAILBOXES,
    email_key,
    full_name_of,
    is_placeholder,
    linkedin_slug,
    normal_name,
    without_suffixes,
)
from etl.schema.feeds import feed_named
from etl.schema.model import ColumnType
from etl.sources.reading import AttendanceLine, Counts, DateRange, FeedFile
from etl.sources.source import FeedRows, FoundSession
from etl.warehouse import quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_LINES = 5_000  # more attendances, or meetings, than this are counted, not listed
DATE_COLUMNS = {
    "membership": ("joined_on", "left_on"),
    "contact": ("connected_on",),
    "event": ("starts_at", "ends_at"),
    "registration": ("registered_at", "starts_at"),
    "attendance": ("joined_at", "left_at", "starts_at"),
    "contribution": ("contributed_at",),
    "reach": ("measured_on",),
    "exchange": ("happened_on",),
    "effort": ("week",),
    "document": ("published_on", "received_on", "decided_on"),
    "milestone": ("happened_on",),
    "pulse": ("asked_on",),
}
CANCELLED = ("cancelled", "canceled", "geannuleerd", "afgelast", "vervallen")
Found = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Summary:
    """Everything about a file that is counted after its rows were converted."""

    counts: Counts
    dates: DateRange
    sessions: tuple[FoundSession, ...]
    attendance: tuple[AttendanceLine, ...]
    warnings: tuple[str, ...] = ()


def summarise(
    scratch: DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    zone: str,
    unidentified: int = 0,
    seen: FeedRows | None = None,
    sessions: tuple[FoundSession, ...] = (),
    is_counted: bool = True,
) -> Summary:
    """Count the converted rows. `unidentified` is what the source itself could make nobody of."""
    counter = _Counter(scratch, {file.feed: _Relation.of(scratch, file) for file in feeds}, zone, seen)
    if not is_counted:
        return Summary(Counts(), counter.dates(), sessions, ())
    counter.prepare()
    try:
        counts = counter.counts(unidentified)
        listed = counts.attendances <= MOST_LINES
        found = sessions or counter.sessions()
        warnings = (
            () if listed else (f"{counts.attendances:,} attendances are counted, not listed one by one",)
        )
        return Summary(counts, counter.dates(), found, counter.attendance() if listed else (), warnings)
    finally:
        counter.clean_up()


@dataclass(frozen=True)
class _Relation:
    """The converted rows of one feed and the columns that they have."""

    feed: str
    sql: str
    columns: frozenset[str]

    @classmethod
    def of(cls, scratch: DuckDBPyConnection, file: FeedFile) -> _Relation:
        path = quote_text(str(file.path))
        sql = f"read_parquet({path})"
        columns = frozenset(row[0] for row in scratch.execute(f"describe select * from {sql}").fetchall())
        if (
            "line" not in columns
        ):  # a large table whose rows stand on consecutive lines keeps no column for it
            sql = f"(select *, file_row_number as line from read_parquet({path}, file_row_number = true))"
        return cls(file.feed, sql, columns)

    def column(self, name: str) -> str:
        """The column, or a null of its type when the file has no such column."""
        if name in self.columns:
            return name
        kind = next((c.type for c in feed_named(self.feed).columns if c.name == name), ColumnType.TEXT)
        return f"null::{kind.value}"

    @property
    def session(self) -> str:
        """What sets one meeting apart from another within the file."""
        return (
            f"hash({', '.join(self.column(name) for name in ('event_id', 'title', 'starts_at', 'ends_at'))})"
        )


class _Counter:
    """The questions asked of one file; `prepare` decides once who each row is about."""

    def __init__(
        self, scratch: DuckDBPyConnection, relations: dict[str, _Relation], zone: str, seen: FeedRows | None
    ) -> None:
        self.scratch = scratch
        self.relations = relations
        self.zone = zone
        self.seen = seen
        self.person_feeds = [name for name in relations if feed_named(name).has_person]

    def prepare(self) -> None:
        """One row per row that names people: in which feed, on which line, and the key of the person."""
        parts = [self._mentions(self.relations[name]) for name in self.person_feeds]
        self.scratch.execute(
            "create or replace temp table mention as " + (" union all ".join(parts) or _NO_MENTIONS)
        )
        if self.seen:
            self._add_seen(self.seen)
        self._name_the_keyless()
        self.scratch.execute(
            "create or replace temp view identified as select mention.*, "
            "coalesce(mention.strong_key, keyless.person) as person "
            "from mention left join keyless "
            "on mention.strong_key is null and keyless.written = mention.written"
        )

    def clean_up(self) -> None:
        """Leave the connection as it was found."""
        self.scratch.execute(
            "drop view if exists identified; drop table if exists mention; drop table if exists keyless"
        )

    def counts(self, unidentified: int) -> Counts:
        rows = dict(self._pairs("select feed, count(person) from identified group by feed"))
        people, emails, nobody = self._row(
            """select count(distinct person), count(distinct address),
               count(distinct case when person is null then
                     case when feed = 'attendance' then hash(session, lower(written)) else hash(line) end end)
               from identified"""
        )
        return Counts(
            people=people,
            distinct_emails=emails,
            unidentified=max(unidentified, nobody),
            memberships=rows.get("membership", 0),
            contacts=rows.get("contact", 0),
            events=self._events(),
            registrations=rows.get("registration", 0),
            attendances=self._attendances(),
            contributions=self._of("contribution", "count(distinct nullif(trim(text), ''))"),
            reach=self._of("reach", "count(*)"),
        )

    def dates(self) -> DateRange:
        """The first and the last day, as the clock on the wall says."""
        days = [day for relation in self.relations.values() for day in self._days(relation)]
        if self.seen and "connected_on" in self.seen.columns:
            place = self.seen.columns.index("connected_on")
            days += [self._local(text) for row in self.seen.rows if (text := row[place])]
        return DateRange(min(days, default=None), max(days, default=None))

    def sessions(self) -> tuple[FoundSession, ...]:
        """The meetings that the attendance of this file is about, when it says which."""
        relation = self.relations.get("attendance")
        if relation is None:
            return ()
        title = f"coalesce({relation.column('title')}, {relation.column('event_id')})"
        found = self.scratch.execute(
            f"select distinct {title} as title, {relation.column('starts_at')} as starts_at, "
            f"{relation.column('ends_at')} as ends_at from {relation.sql} order by 2, 1, 3 limit {MOST_LINES}"
        ).fetchall()
        return tuple(FoundSession(title, start, end) for title, start, end in found)

    def attendance(self) -> tuple[AttendanceLine, ...]:
        """One line per person per meeting, with the union of the stretches in seconds."""
        relation = self.relations.get("attendance")
        if relation is None:
            return ()
        found = self.scratch.execute(_ATTENDANCE).fetchall()
        return tuple(
            AttendanceLine(without_suffixes(name) if name else None, email, seconds)
            for name, email, seconds in found
        )

    def _mentions(self, relation: _Relation) -> str:
        """SQL for the rows of one feed with the keys that they carry.

        The casts are for columns the file lacks: DuckDB folds text joined to null into a null of no type.
        """
        email, url, number = (relation.column(name) for name in ("email", "linkedin_url", "external_id"))
        is_attendance = relation.feed == "attendance"
        times = ("joined_at", "left_at", "minutes")
        stretch = ", ".join(
            f"{relation.column(name)} as {name}" if is_attendance else _NO_TIME[name] for name in times
        )
        present = f"{relation.column('checked_in')} is distinct from false" if is_attendance else "true"
        session = relation.session if is_attendance else "0::ubigint"
        return f"""
            select '{relation.feed}' as feed, line, {session} as session, {present} as is_present,
                case when {email} like '%_@_%._%' then lower(trim(nfc_normalize({email}))) end as address,
                coalesce(
                    case when split_part(split_part(address, '@', 1), '+', 1) not in ({_LISTED_MAILBOXES})
                         then 'email:' || address end::varchar,
                    ('linkedin:' || nullif(lower(url_decode(
                        regexp_extract({url}, '{_PROFILE}', 1))), ''))::varchar,
                    ('id:' || nullif(trim({number}), ''))::varchar
                ) as strong_key,
                {_NAME.format(**{part: relation.column(part) for part in _NAME_PARTS})} as written, {stretch}
            from {relation.sql}"""

    def _add_seen(self, seen: FeedRows) -> None:
        """People whom the file names without a fact; the same rules, in Python, as these are small files."""
        import pyarrow

        lines, emails, keys, names = [], [], [], []
        for line, row in zip(seen.lines, seen.rows, strict=True):
            values = dict(zip(seen.columns, row, strict=True))
            address = email_key(values.get("email"))
            slug = linkedin_slug(values.get("linkedin_url"))
            number = values.get("external_id") or None
            person = address if address and address.partition("@")[0] not in SHARED_MAILBOXES else None
            lines.append(line)
            emails.append(address)
            keys.append(
                f"email:{person}"
                if person
                else f"linkedin:{slug}"
                if slug
                else f"id:{number}"
                if number
                else None
            )
            names.append(full_name_of(*(values.get(part) for part in _NAME_PARTS)))
        text = pyarrow.string()
        table = pyarrow.table(
            {
                "line": pyarrow.array(lines, pyarrow.int64()), "address": pyarrow.array(emails, text),
                "strong_key": pyarrow.array(keys, text), "written": pyarrow.array(names, text),
            }
        )  # fmt: skip
        self.scratch.register("seen_rows", table)
        self.scratch.execute(
            "insert into mention by name select 'seen' as feed, line, 0 as session, true as is_present, "
            "address, strong_key, written from seen_rows"
        )
        self.scratch.unregister("seen_rows")

    def _name_the_keyless(self) -> None:
        """The names that stand alone: normalised here, once for each way of writing."""
        import pyarrow

        found = self.scratch.execute(
            "select distinct written from mention where strong_key is null and written is not null"
        ).fetchall()
        names = [name for (name,) in found if not is_placeholder(name)]
        text = pyarrow.string()
        table = pyarrow.table(
            {
                "written": pyarrow.array(names, text),
                "person": pyarrow.array([f"name:{normal_name(name)}" for name in names], text),
            }
        )
        self.scratch.register("keyless_names", table)
        self.scratch.execute("create or replace temp table keyless as select * from keyless_names")
        self.scratch.unregister("keyless_names")

    def _attendances(self) -> int:
        if "attendance" not in self.relations:
            return 0
        (count,) = self._row(
            """select count(*) from (select distinct person, session from identified
               where feed = 'attendance' and is_present and person is not null)"""
        )
        return count

    def _events(self) -> int:
        relation = self.relations.get("event")
        if relation is None:
            return 0
        status = f"coalesce(lower(trim({relation.column('status')})), '') not in ({_listed(CANCELLED)})"
        one = ", ".join(relation.column(name) for name in ("event_id", "title", "starts_at"))
        (count,) = self._row(f"select count(distinct ({one})) from {relation.sql} where {status}")
        return count

    def _of(self, feed: str, expression: str) -> int:
        relation = self.relations.get(feed)
        return 0 if relation is None else self._row(f"select {expression} from {relation.sql}")[0]

    def _days(self, relation: _Relation) -> list[str]:
        """First and last day of each column; the day of the meeting only where nothing nearer is known."""
        present = [name for name in DATE_COLUMNS[relation.feed] if name in relation.columns]
        days: list[str] = []
        for name in present:
            if relation.feed in ("registration", "attendance") and name == "starts_at" and days:
                break
            ends = self.scratch.execute(f"select min({name}), max({name}) from {relation.sql}").fetchone()
            days += [self._day(value) for value in ends or () if value is not None]
        return days

    def _day(self, value: date | datetime) -> str:
        if isinstance(value, datetime):
            return to_wall(value.replace(tzinfo=None), self.zone).date().isoformat()
        return value.isoformat()

    def _local(self, text: str) -> str:
        """ISO text with or without offset as a local day."""
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.date().isoformat()
        return to_wall(moment.astimezone(UTC).replace(tzinfo=None), self.zone).date().isoformat()

    def _row(self, sql: str) -> tuple[int, ...]:
        return self.scratch.execute(sql).fetchone() or ()

    def _pairs(self, sql: str) -> list[tuple[str, int]]:
        return [(str(name), int(count)) for name, count in self.scratch.execute(sql).fetchall()]


def _listed(values: Sequence[str]) -> str:
    return ", ".join(quote_text(value) for value in sorted(values))


_LISTED_MAILBOXES = _listed(tuple(SHARED_MAILBOXES))
_PROFILE = r"(?i)(?:^|/)in/([^/?#\s]+)"
_NO_TIME = {
    "joined_at": "null::timestamp as joined_at",
    "left_at": "null::timestamp as left_at",
    "minutes": "null::double as minutes",
}
_NAME_PARTS = ("full_name", "given_name", "family_name")
_NAME = (
    "coalesce(nullif(trim({full_name}), ''), nullif(trim(concat_ws(' ', {given_name}, {family_name})), ''))"
)
_NO_MENTIONS = """
    select ''::varchar as feed, 0::bigint as line, 0::ubigint as session, true as is_present,
        null::varchar as address, null::varchar as strong_key, null::varchar as written,
        null::timestamp as joined_at, null::timestamp as left_at, null::double as minutes
    where false"""
_ATTENDANCE = """
    with stretch as (
        select person, session, line, address, written, joined_at, minutes,
            coalesce(left_at, joined_at + to_seconds(minutes * 60)) as left_at
        from identified
        where feed = 'attendance' and is_present and person is not null
    ),
    reached as (
        select *, max(left_at) over (
            partition by person, session order by joined_at, left_at
            rows between unbounded preceding and 1 preceding
        ) as reached_at
        from stretch
        where joined_at is not null and left_at >= joined_at
    ),
    timed as (
        select person, session, sum(epoch(left_at) - epoch(greatest(joined_at, reached_at)))
            filter (where reached_at is null or left_at > reached_at) as seconds
        from reached
        group by person, session
    ),
    untimed as (
        select person, session, min(line) as line, min(address) as address, arg_min(written, line) as written,
            sum(minutes) filter (where joined_at is null) * 60 as seconds
        from stretch
        group by person, session
    )
    select written, address,
        case when timed.seconds is not null or untimed.seconds is not null
             then round(coalesce(timed.seconds, 0) + coalesce(untimed.seconds, 0))::bigint end
    from untimed left join timed using (person, session)
    order by line"""
