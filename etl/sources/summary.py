"""What a file would add, counted over its converted rows, within the file alone.

A person here is: the same e-mail address, else the same LinkedIn profile, else the same id, else, among rows
without any of these, the same name in this one file. A row without an address is never joined to one with an
address. Addresses of a desk (info@) and names of a device identify nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from etl.cleaning.local_time import to_wall
from etl.cleaning.names import (
    ADDRESS_WITHIN,
    PROFILE_WITHIN,
    SHARED_PATTERN,
    is_placeholder,
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
Moment = date | datetime | None


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


def ends_of(feed: str, columns: Collection[str]) -> tuple[tuple[str, ...], str]:
    """The columns of a file that date its rows, and the SQL for the first and last moment of each."""
    names = tuple(name for name in DATE_COLUMNS[feed] if name in columns)
    moments = [_last_moment(name, columns) for name in names]
    return names, ", ".join(f"[min({moment}), max({moment})]" for moment in moments)


def days_of(feed: str, names: Sequence[str], ends: Sequence[Sequence[Moment]], zone: str) -> list[str]:
    """First and last day of each column; the day of the meeting only where nothing nearer is known."""
    days: list[str] = []
    for name, pair in zip(names, ends, strict=True):
        if feed in ("registration", "attendance") and name == "starts_at" and days:
            break
        days += [_day(value, zone) for value in pair if value is not None]
    return days


def date_range(days: Sequence[str], seen: FeedRows | None, zone: str) -> DateRange:
    """From the first to the last of the days, and of those of the people who are named without a fact."""
    every = list(days)
    if seen and "connected_on" in seen.columns:
        place = seen.columns.index("connected_on")
        every += [_local(text, zone) for row in seen.rows if (text := row[place])]
    return DateRange(min(every, default=None), max(every, default=None))


def _last_moment(name: str, columns: Collection[str]) -> str:
    """The column; of an event's end the moment before, so that midnight is no day of it."""
    if name != "ends_at" or "starts_at" not in columns:
        return name
    return "case when ends_at > starts_at then ends_at - interval 1 microsecond else ends_at end"


def _day(value: date | datetime, zone: str) -> str:
    if isinstance(value, datetime):
        return to_wall(value.replace(tzinfo=None), zone).date().isoformat()
    return value.isoformat()


def _local(text: str, zone: str) -> str:
    """ISO text with or without offset as a local day."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.date().isoformat()
    return to_wall(moment.astimezone(UTC).replace(tzinfo=None), zone).date().isoformat()


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

    def listed(self, names: Sequence[str]) -> str:
        """Several columns, each under its own name."""
        return ", ".join(f"{self.column(name)} as {name}" for name in names)

    @property
    def identity(self) -> str:
        """One number for everything that a row says about who it is."""
        return f"hash({', '.join(self.column(name) for name in _WHO)})"

    @property
    def session(self) -> str:
        """What sets one meeting apart from another within the file."""
        return (
            f"hash({', '.join(self.column(name) for name in ('event_id', 'title', 'starts_at', 'ends_at'))})"
        )

    @property
    def present(self) -> str:
        """The rows of an attendance that say somebody was there."""
        return (
            f"(select * from {self.sql} where checked_in is distinct from false)"
            if ("checked_in" in self.columns)
            else self.sql
        )


class _Counter:
    """The questions asked of one file.

    Who a row is about is decided once for each way in which people are written down, not for each row: ten
    million rows name a million people at most.
    """

    def __init__(
        self, scratch: DuckDBPyConnection, relations: dict[str, _Relation], zone: str, seen: FeedRows | None
    ) -> None:
        self.scratch = scratch
        self.relations = relations
        self.zone = zone
        self.seen = seen
        self.naming = [relation for relation in relations.values() if feed_named(relation.feed).has_person]

    def prepare(self) -> None:
        """One row for each way in which somebody is written down, with the person it means, if any."""
        if self.seen:
            self._register(self.seen)
        parts = [
            f"select distinct {relation.identity} as identity, {relation.listed(_WHO)} from {relation.sql}"
            for relation in self.naming
        ]
        self.scratch.execute(
            f"create or replace temp table written as {' union '.join(parts) or _NOBODY_WRITTEN}"
        )
        self.scratch.execute(f"create or replace temp table keyed as {_KEYED}")
        self._name_the_keyless()
        self.scratch.execute(
            "create or replace temp table who as select identity, address, keyed.name, "
            "coalesce(strong_key, keyless.person) as person from keyed "
            "left join keyless on strong_key is null and keyless.name = keyed.name"
        )

    def clean_up(self) -> None:
        """Leave the connection as it was found."""
        for name in ("written", "keyed", "keyless", "who"):
            self.scratch.execute(f"drop table if exists {name}")
        if self.seen:
            self.scratch.unregister("seen_rows")

    def counts(self, unidentified: int) -> Counts:
        people, emails, written = self._row(
            "select count(distinct person), count(distinct address), count(*) from who"
        )
        nobody = self._unidentified() if self._row("select count(*) from who where person is null")[0] else 0
        return Counts(
            people=people,
            distinct_emails=emails,
            unidentified=max(unidentified, nobody),
            memberships=self._rows_with_a_person("membership"),
            contacts=self._rows_with_a_person("contact"),
            events=self._events(),
            registrations=self._rows_with_a_person("registration"),
            attendances=self._attendances(is_plain=people == written),
            contributions=self._of("contribution", "count(distinct nullif(trim(text), ''))"),
            reach=self._of("reach", "count(*)"),
        )

    def dates(self) -> DateRange:
        """The first and the last day, as the clock on the wall says."""
        days = [day for relation in self.relations.values() for day in self._days(relation)]
        return date_range(days, self.seen, self.zone)

    def sessions(self) -> tuple[FoundSession, ...]:
        """The meetings that the attendance of this file is about, or those of the agenda that take place."""
        relation = self.relations.get("attendance") or self.relations.get("event")
        if relation is None:
            return ()
        takes_place = self._takes_place(relation) if relation.feed == "event" else "true"
        found = self.scratch.execute(
            f"select distinct coalesce({relation.column('title')}, {relation.column('event_id')}) as title, "
            f"{relation.listed(('starts_at', 'ends_at'))} from {relation.sql} where {takes_place} "
            f"order by 2, 1, 3 limit {MOST_LINES}"
        ).fetchall()
        return tuple(FoundSession(title, start, end) for title, start, end in found)

    def attendance(self) -> tuple[AttendanceLine, ...]:
        """One line per person per meeting, with the union of the stretches in seconds."""
        relation = self.relations.get("attendance")
        if relation is None:
            return ()
        stretches = (
            f"select {relation.identity} as identity, {relation.session} as session, line, "
            f"{relation.listed(('joined_at', 'left_at', 'minutes'))} from {relation.present}"
        )
        found = self.scratch.execute(_ATTENDANCE.format(stretches=stretches)).fetchall()
        return tuple(
            AttendanceLine(without_suffixes(name) if name else None, address, seconds)
            for name, address, seconds in found
        )

    def _register(self, seen: FeedRows) -> None:
        """People whom the file names without a fact are counted like all others."""
        import pyarrow

        columns = [name for name in seen.columns if name in _WHO]
        cells = {
            name: pyarrow.array([row[place] or None for row in seen.rows], pyarrow.string())
            for place, name in enumerate(seen.columns)
            if name in columns
        }
        self.scratch.register(
            "seen_rows", pyarrow.table({"line": pyarrow.array(seen.lines, pyarrow.int64()), **cells})
        )
        self.naming.append(_Relation(seen.feed.name, "seen_rows", frozenset(columns)))

    def _name_the_keyless(self) -> None:
        """The names that stand alone: normalised here, once for each way of writing."""
        import pyarrow

        found = self.scratch.execute(
            "select distinct name from keyed where strong_key is null and name is not null"
        ).fetchall()
        names = [name for (name,) in found if not is_placeholder(name)]
        text = pyarrow.string()
        table = pyarrow.table(
            {
                "name": pyarrow.array(names, text),
                "person": pyarrow.array([f"name:{normal_name(name)}" for name in names], text),
            }
        )
        self.scratch.register("keyless_names", table)
        self.scratch.execute("create or replace temp table keyless as select * from keyless_names")
        self.scratch.unregister("keyless_names")

    def _unidentified(self) -> int:
        """Rows that name nobody; a device is one within a meeting, however often it came back."""
        parts = [
            f"select case when '{relation.feed}' = 'attendance' then hash({relation.session}, identity) "
            f"else line::ubigint end as one from {relation.sql} "
            f"join who on who.identity = {relation.identity} where person is null"
            for relation in self.naming
        ]
        return self._row(f"select count(distinct one) from ({' union all '.join(parts)})")[0]

    def _rows_with_a_person(self, feed: str) -> int:
        relation = self.relations.get(feed)
        if relation is None:
            return 0
        return self._row(
            f"select count(*) from {relation.sql} where {relation.identity} not in "
            "(select identity from who where person is null)"
        )[0]

    def _attendances(self, *, is_plain: bool) -> int:
        """Pairs of a person and a meeting. `is_plain`: everybody is written down in one way only."""
        relation = self.relations.get("attendance")
        if relation is None:
            return 0
        if is_plain:
            pairs = f"select distinct hash({relation.identity}, {relation.session}) from {relation.present}"
        else:
            pairs = (
                f"select distinct hash(person, {relation.session}) from {relation.present} "
                f"join who on who.identity = {relation.identity} where person is not null"
            )
        return self._row(f"select count(*) from ({pairs})")[0]

    def _events(self) -> int:
        relation = self.relations.get("event")
        if relation is None:
            return 0
        one = ", ".join(relation.column(name) for name in ("event_id", "title", "starts_at"))
        where = self._takes_place(relation)
        return self._row(f"select count(distinct ({one})) from {relation.sql} where {where}")[0]

    def _takes_place(self, relation: _Relation) -> str:
        """Whether an event of the agenda was not cancelled."""
        return f"coalesce(lower(trim({relation.column('status')})), '') not in ({_listed(CANCELLED)})"

    def _of(self, feed: str, expression: str) -> int:
        relation = self.relations.get(feed)
        return 0 if relation is None else self._row(f"select {expression} from {relation.sql}")[0]

    def _days(self, relation: _Relation) -> list[str]:
        names, ends = ends_of(relation.feed, relation.columns)
        if not names:
            return []
        found = self.scratch.execute(f"select {ends} from {relation.sql}").fetchone() or ()
        return days_of(relation.feed, names, found, self.zone)

    def _row(self, sql: str) -> tuple[int, ...]:
        return self.scratch.execute(sql).fetchone() or ()


def _listed(values: Sequence[str]) -> str:
    return ", ".join(quote_text(value) for value in sorted(values))


_WHO = ("external_id", "full_name", "given_name", "family_name", "email", "linkedin_url")
_NOBODY_WRITTEN = (
    f"select 0::ubigint as identity, {', '.join(f'null::varchar as {name}' for name in _WHO)} where false"
)
_ADDRESS_OF = (
    "case when contains(email, '<') or contains(email, ':') "
    f"then coalesce(nullif(regexp_extract(email, {quote_text(ADDRESS_WITHIN)}, 1), ''), email) else email end"
)
_KEYED = f"""
    select identity, address,
        coalesce(
            nullif(trim(full_name), ''), nullif(trim(concat_ws(' ', given_name, family_name)), '')
        ) as name,
        coalesce(
            case when not regexp_matches(address, {quote_text(SHARED_PATTERN)}) then 'email:' || address end,
            'linkedin:' || nullif(lower(url_decode(
                regexp_extract(trim(linkedin_url), {quote_text(PROFILE_WITHIN)}, 1))), ''),
            'id:' || nullif(trim(external_id), '')
        ) as strong_key
    from (
        select *,
            case when email like '%_@_%._%' then lower(trim(nfc_normalize({_ADDRESS_OF}))) end as address
        from written
    )"""
_ATTENDANCE = """
    with stretch as (
        select person, session, line, address, name, joined_at, minutes,
            coalesce(left_at, joined_at + to_seconds(minutes * 60)) as left_at
        from ({stretches}) join who using (identity)
        where person is not null
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
    came as (
        select person, session, min(line) as line,
            arg_min(address, line) as address, arg_min(name, line) as name,
            sum(minutes) filter (where joined_at is null) * 60 as seconds
        from stretch
        group by person, session
    )
    select name, address,
        case when timed.seconds is not null or came.seconds is not null
             then round(coalesce(timed.seconds, 0) + coalesce(came.seconds, 0))::bigint end
    from came left join timed using (person, session)
    order by line"""
