"""Answers as typed facts, and the arithmetic that pages show. Pure: imports no Streamlit, no SQL, no frames.

A page asks a question, turns its records into facts here, and hands them to charts and headlines. Everything
that is counted together is counted here, once, so that a card, a chart and a sentence cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

Record = Mapping[str, object]
MONTHS_IN_YEAR = 12
RATE_GUARD = 10  # no percentage on fewer than this


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return "" if value is None else str(value)


def _count(record: Record, name: str) -> int | None:
    value = record.get(name)
    return int(value) if isinstance(value, int | float) else None


def _total(record: Record, name: str) -> int:
    return _count(record, name) or 0


def _share(record: Record, name: str) -> float | None:
    value = record.get(name)
    return float(value) if isinstance(value, int | float) else None


def _day(record: Record, name: str) -> date | None:
    value = record.get(name)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str) and value:
        return date.fromisoformat(value[:10])
    return value if isinstance(value, date) else None


def _moment(record: Record, name: str) -> datetime | None:
    value = record.get(name)
    if isinstance(value, str) and value:
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _sure_day(record: Record, name: str) -> date:
    value = _day(record, name)
    if value is None:
        raise ValueError(f"{name} is empty where a day is promised")
    return value


# --- growth -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """One row of `growth`: what came and went between two days."""

    start: date
    end: date
    is_open: bool
    opening: int
    new: int
    returned: int
    ended: int
    corrections: int
    closing: int
    imported: int = 0

    @property
    def gained(self) -> int:
        """Everybody who came, for the first time or again."""
        return self.new + self.returned

    @property
    def grown(self) -> int:
        """Who came one by one: a list that was filled at once says little about that day."""
        return self.gained - self.imported


def periods(records: Iterable[Record]) -> tuple[Period, ...]:
    """`growth`, oldest first."""
    rows = (
        Period(
            start=_sure_day(record, "period_start"),
            end=_sure_day(record, "period_end"),
            is_open=bool(record.get("is_open")),
            opening=_total(record, "opening"),
            new=_total(record, "new"),
            returned=_total(record, "returned"),
            ended=_total(record, "ended"),
            corrections=_total(record, "corrections"),
            closing=_total(record, "closing"),
            imported=_total(record, "imported"),
        )
        for record in records
    )
    return tuple(sorted(rows, key=lambda row: row.start))


def complete(rows: Sequence[Period]) -> tuple[Period, ...]:
    """The periods that are over."""
    return tuple(row for row in rows if not row.is_open)


def latest(rows: Sequence[Period], count: int) -> tuple[Period, ...]:
    """The last `count` complete periods, and the open one after them."""
    done, still = complete(rows)[-count:], tuple(row for row in rows if row.is_open)
    return done + still


@dataclass(frozen=True)
class Balance:
    """A stretch of complete periods as one sum: opening + new + returned - ended + corrections = closing."""

    start: date
    end: date
    opening: int
    new: int
    returned: int
    ended: int
    corrections: int
    closing: int

    @property
    def gained(self) -> int:
        """Everybody who came, for the first time or again."""
        return self.new + self.returned

    @property
    def closes(self) -> bool:
        """Whether the sum is right."""
        return self.opening + self.gained - self.ended + self.corrections == self.closing


def balance(rows: Sequence[Period]) -> Balance | None:
    """The complete periods among these as one balance; None when none is complete."""
    done = complete(rows)
    if not done:
        return None
    opening, closing = done[0].opening, done[-1].closing
    new, returned = sum(row.new for row in done), sum(row.returned for row in done)
    ended = sum(row.ended for row in done)
    corrections = closing - opening - new - returned + ended
    return Balance(done[0].start, done[-1].end, opening, new, returned, ended, corrections, closing)


def change_since(rows: Sequence[Period], count: int = MONTHS_IN_YEAR) -> int | None:
    """Closing now minus closing `count` complete periods earlier; None when the network is younger."""
    done = complete(rows)
    return done[-1].closing - done[-1 - count].closing if len(done) > count else None


# --- working groups -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupPoint:
    """Members of one group at the end of a month."""

    end: date
    is_open: bool
    closing: int


@dataclass(frozen=True)
class GroupLine:
    """One working group through the months."""

    name: str
    points: tuple[GroupPoint, ...]
    since: date  # the first month that is known of any group

    @property
    def done(self) -> tuple[GroupPoint, ...]:
        """The months that are over; all of them when none is."""
        return tuple(point for point in self.points if not point.is_open) or self.points

    @property
    def closing(self) -> int:
        """Members at the end of the last complete month."""
        return self.done[-1].closing

    @property
    def change(self) -> int:
        """Members more than twelve months before, when a group that did not exist yet had none."""
        then = months_back(self.done[-1].end, MONTHS_IN_YEAR)
        before = [
            point for point in self.done if (point.end.year, point.end.month) <= (then.year, then.month)
        ]
        if before:
            return self.closing - before[-1].closing
        existed = self.since.replace(day=1) > then  # the answer does not reach back far enough to tell
        return self.closing - (self.done[0].closing if existed else 0)


def group_lines(records: Iterable[Record]) -> tuple[GroupLine, ...]:
    """`group_growth` as one line a group, the fastest grower of the last twelve months first."""
    points: dict[str, list[GroupPoint]] = {}
    for record in records:
        point = GroupPoint(
            _sure_day(record, "period_end"), bool(record.get("is_open")), _total(record, "closing")
        )
        points.setdefault(_text(record, "working_group"), []).append(point)
    since = min((point.end for found in points.values() for point in found), default=date.min)
    lines = (
        GroupLine(name, tuple(sorted(found, key=lambda point: point.end)), since)
        for name, found in points.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.change, line.name)))


# --- active members -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActiveMonth:
    """Members who did something in the window that ends this month."""

    end: date
    is_open: bool
    members: int
    active: int | None
    share: float | None


def active_months(records: Iterable[Record]) -> tuple[ActiveMonth, ...]:
    """`active_members`, oldest first."""
    rows = (
        ActiveMonth(
            _sure_day(record, "period_end"),
            bool(record.get("is_open")),
            _total(record, "members"),
            _count(record, "active"),
            _share(record, "share"),
        )
        for record in records
    )
    return tuple(sorted(rows, key=lambda row: row.end))


# --- sessions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Session:
    """One row of `sessions`. `on` is its day where the network is; None means: not known."""

    session_id: str
    title: str
    on: date
    working_group: str
    series: str
    place: str
    mode: str
    url: str
    registered: int | None
    attended: int | None
    total: int | None
    is_approximate: bool
    show_up_rate: float | None
    walk_ins: int | None
    first_timers: int | None
    returning: int | None
    yield_on: date | None

    @property
    def came(self) -> int:
        """Registered people who came: the show-up rate as a count."""
        return round((self.show_up_rate or 0.0) * (self.registered or 0))

    @property
    def has_rate(self) -> bool:
        """Whether its show-up can be counted by name."""
        return self.show_up_rate is not None and bool(self.registered)

    @property
    def has_names(self) -> bool:
        """Whether there is a list of who came, so that first-timers are known."""
        return self.first_timers is not None and self.returning is not None


def sessions(records: Iterable[Record], until: date) -> tuple[Session, ...]:
    """`sessions` held up to and including `until`, newest first."""
    rows = (_session(record) for record in records)
    held = (row for row in rows if row.on <= until)
    return tuple(sorted(held, key=lambda row: (row.on, row.title), reverse=True))


def _session(record: Record) -> Session:
    attended, total = _count(record, "attended"), _count(record, "total")
    estimated = bool(record.get("headcount_is_approximate")) and (total or 0) > (attended or 0)
    return Session(
        session_id=_text(record, "session_id"),
        title=_text(record, "title"),
        on=_sure_day(record, "held_on"),
        working_group=_text(record, "working_group"),
        series=_text(record, "series"),
        place=_text(record, "place"),
        mode=_text(record, "mode"),
        url=_text(record, "url"),
        registered=_count(record, "registered") or None,
        attended=attended,
        total=total,
        is_approximate=estimated,
        show_up_rate=_share(record, "show_up_rate"),
        walk_ins=_count(record, "walk_ins"),
        first_timers=_count(record, "first_timers"),
        returning=_count(record, "returning"),
        yield_on=_day(record, "yield_on"),
    )


@dataclass(frozen=True)
class ShowUp:
    """Of so many who registered, so many came; only sessions where both are known by name."""

    came: int
    registered: int
    session_count: int

    @property
    def share(self) -> float | None:
        """The share that came; None when there are too few for a percentage."""
        return self.came / self.registered if self.registered >= RATE_GUARD else None


def show_up(rows: Iterable[Session]) -> ShowUp:
    """Everybody who registered for these sessions, taken together."""
    known = [row for row in rows if row.has_rate]
    return ShowUp(sum(row.came for row in known), sum(row.registered or 0 for row in known), len(known))


@dataclass(frozen=True)
class FirstTimers:
    """People at these sessions: for the first time, and been before. Only sessions with a list of names."""

    first: int
    returning: int
    session_count: int

    @property
    def share(self) -> float | None:
        """The share that was there for the first time; None when there are too few for a percentage."""
        total = self.first + self.returning
        return self.first / total if total >= RATE_GUARD else None


def first_timers(rows: Iterable[Session]) -> FirstTimers:
    """The first-timers of these sessions, taken together."""
    known = [row for row in rows if row.has_names]
    return FirstTimers(
        sum(row.first_timers or 0 for row in known), sum(row.returning or 0 for row in known), len(known)
    )


def held_between(rows: Iterable[Session], first: date, last: date) -> tuple[Session, ...]:
    """The sessions from `first` to `last`, both included."""
    return tuple(row for row in rows if first <= row.on <= last)


def with_attendance(rows: Iterable[Session]) -> int:
    """How many of these sessions have any attendance at all."""
    return sum(row.total is not None for row in rows)


# --- the rest -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Milestone:
    """Something worth marking on the time axis."""

    title: str
    on: date


def milestones(records: Iterable[Record]) -> tuple[Milestone, ...]:
    """`milestones`, oldest first, without targets: those have not happened.

    The yield of a session is left out too where the network has other milestones: it is told at its session.
    """
    happened = [record for record in records if _text(record, "kind") != "target"]
    kept = [record for record in happened if _text(record, "kind") != "yield"] or happened
    rows = (
        Milestone(_text(record, "title"), day)
        for record in kept
        if (day := _day(record, "happened_on")) is not None
    )
    return tuple(sorted(rows, key=lambda row: (row.on, row.title)))


class AttentionKind(Enum):
    """What can ask for a coordinator's attention; the value is the code in `attention`."""

    MISSING_ATTENDANCE = "missing_attendance"
    REFUSED_ROWS = "refused_rows"
    NEEDS_MAPPING = "needs_mapping"
    HELD_FILE = "held_file"
    FAILED_CONNECTION = "failed_connection"
    QUIET_GROUP = "quiet_group"
    STALE_SOURCE = "stale_source"
    UNPLACED_TEXTS = "unplaced_texts"


@dataclass(frozen=True)
class AttentionItem:
    """One thing to do."""

    kind: AttentionKind
    subject: str
    value: int | None
    on: date | None


def attention(records: Iterable[Record]) -> tuple[AttentionItem, ...]:
    """`attention` in the order of the answer; unknown kinds are left out."""
    known = {kind.value: kind for kind in AttentionKind}
    return tuple(
        AttentionItem(
            known[_text(record, "kind")],
            _text(record, "subject"),
            _count(record, "value"),
            _day(record, "happened_on"),
        )
        for record in records
        if _text(record, "kind") in known
    )


def failed_connections(records: Iterable[Record]) -> frozenset[str]:
    """Of `attention`: the connections that could not be collected the last time."""
    found = attention(records)
    return frozenset(each.subject for each in found if each.kind is AttentionKind.FAILED_CONNECTION)


@dataclass(frozen=True)
class SourceFile:
    """One file behind an answer."""

    file: str
    source: str
    sha256: str
    received_at: datetime | None
    rows_read: int
    rows_used: int
    rows_rejected: int


def source_files(records: Iterable[Record]) -> tuple[SourceFile, ...]:
    """`source_files`, newest first."""
    rows = (
        SourceFile(
            _text(record, "file"),
            _text(record, "source"),
            _text(record, "sha256"),
            _moment(record, "received_at"),
            _total(record, "rows_read"),
            _total(record, "rows_used"),
            _total(record, "rows_rejected"),
        )
        for record in records
    )
    oldest = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(rows, key=lambda row: (row.received_at or oldest, row.file), reverse=True))


@dataclass(frozen=True)
class FilterValue:
    """A value a reader may filter on, and how many people it is about."""

    dimension: str
    value: str
    people: int


def filter_values(records: Iterable[Record], dimension: str) -> tuple[str, ...]:
    """The values of one dimension, the most frequent first."""
    rows = [
        FilterValue(dimension, _text(record, "value"), _total(record, "people"))
        for record in records
        if _text(record, "dimension") == dimension and _text(record, "value")
    ]
    return tuple(row.value for row in sorted(rows, key=lambda row: (-row.people, row.value)))


def months_back(day: date, count: int) -> date:
    """The first day of the month `count` months before the month of `day`."""
    months = day.year * MONTHS_IN_YEAR + day.month - 1 - count
    return date(months // MONTHS_IN_YEAR, months % MONTHS_IN_YEAR + 1, 1)


def last_complete_month(as_of: date) -> date:
    """The last day of the last month that is over on `as_of`."""
    tomorrow = as_of + timedelta(days=1)
    return tomorrow.replace(day=1) - timedelta(days=1)
