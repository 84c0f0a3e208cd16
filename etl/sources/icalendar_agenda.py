"""An agenda in iCalendar (.ics), as Outlook, Google Calendar, Nextcloud and web sites write it.

Every VEVENT is a meeting; its id is the UID, for one meeting of a series with the moment it was planned
for. A series is written out, by dateutil's rule (it keeps to the clock on the wall, so that the one
function of `etl.cleaning.local_time` turns it into UTC, as all else), from its first meeting to a year
after the newest stamp in the file, never more than MOST_OCCURRENCES, so that the same file always gives the
same meetings. EXDATE takes one away and EXRULE those of a rule, RDATE adds one, a RECURRENCE-ID changes one
(or that one and all after it), CANCELLED keeps it as cancelled; all of these may be on another clock than
the series. Of two versions of one event the highest SEQUENCE counts. Times with a zone, by its IANA or
Windows name or by the file's own VTIMEZONE, become UTC; floating times and whole days are local to the
setting `time_zone`, and the end of a whole day is the midnight after. Private and confidential events are
hidden; attendees, organisers and descriptions are never read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from etl.cleaning.local_time import NO_SUCH_HOUR, to_utc_in
from etl.errors import InputError
from etl.schema.feeds import EVENT, Feed
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult

if TYPE_CHECKING:
    from icalendar import Event

    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "icalendar"
reader_version = 3
feeds: tuple[Feed, ...] = (EVENT,)

MOST_OCCURRENCES = 5_000
AHEAD = timedelta(days=366)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
COLUMNS = (
    "event_id", "title", "starts_at", "ends_at", "kind", "mode", "place", "series", "status", "url",
)  # fmt: skip
HIDDEN_CLASSES = ("PRIVATE", "CONFIDENTIAL")
STATUSES = {"CANCELLED": "cancelled", "TENTATIVE": "tentative"}
ONLINE = re.compile(r"https?://|\b(?:teams|zoom|online|webex|google meet|digitaal)\b", re.IGNORECASE)
UNKNOWN_ZONE = "a time zone that nobody knows was read as the network's own"
CUT_SHORT = f"a series was written out to its first {MOST_OCCURRENCES:,} meetings"
LEFT_OUT = "a meeting of a series at an hour over which the clock was put forward was left out"
CUT_OFF = "the calendar is cut off: its last line is missing"


@dataclass(frozen=True)
class Moment:
    """A time on the wall: with its zone, floating (no zone), or a whole day."""

    wall: datetime
    zone: tzinfo | None = None
    is_day: bool = False

    def text(self) -> str:
        """As the feed takes it: UTC, or local to the setting `time_zone`."""
        if self.is_day:
            return self.wall.date().isoformat()
        return f"{self._utc().isoformat()}Z" if self.zone else self.wall.isoformat()

    def key(self) -> str:
        """As it stands in an id."""
        return re.sub(r"[-:]", "", self.text())

    @property
    def exists(self) -> bool:
        """Whether the clock on the wall ever shows it."""
        return self.zone is None or self.is_day or to_utc_in(self.wall, self.zone) is not None

    def _utc(self) -> datetime:
        """In UTC. An hour that does not exist, which only keys and ends may be, is the one after it."""
        if self.zone is None:
            return self.wall
        found = to_utc_in(self.wall, self.zone) or to_utc_in(self.wall + timedelta(hours=1), self.zone)
        return found or self.wall

    def comparable(self) -> datetime:
        """In UTC when that is known."""
        return self._utc() if self.zone else self.wall

    def moved(self, wall: datetime) -> Moment:
        """The same kind of moment at another time."""
        return replace(self, wall=wall)

    def on_clock(self, other: Moment) -> Moment:
        """Another moment as this one's clock shows it; a day is at this one's time of day."""
        if self.is_day or other.is_day:
            time = self.wall.time()
            return self.moved(datetime.combine(other.wall.date(), time))
        if not self.zone or not other.zone or self.zone is other.zone:
            return self.moved(other.wall)
        return self.moved(other.comparable().replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None))


@dataclass(frozen=True)
class Rule:
    """A recurrence without its end, and its end on the clock of the series."""

    text: str
    until: datetime | None = None


@dataclass(frozen=True)
class Extra:
    """A meeting that no rule gives, on the clock of the series, with its own length if it has one."""

    wall: datetime
    length: timedelta | None = None


@dataclass(frozen=True)
class Entry:
    """One VEVENT."""

    line: int
    uid: str | None
    starts: Moment
    length: timedelta | None
    values: Mapping[str, str | None]
    version: tuple[int, str]
    planned: Moment | None = None
    rule: Rule | None = None
    without: tuple[Rule, ...] = ()
    extra: tuple[Extra, ...] = ()
    left_out: frozenset[datetime] = frozenset()
    days_out: frozenset[date] = frozenset()
    from_here_on: bool = False
    is_hidden: bool = False
    stamped: datetime | None = None

    @property
    def recurs(self) -> bool:
        """Whether this is the first of a series."""
        return bool(self.rule or self.extra)


NOT_UNDERSTOOD = Rule("not understood")


@dataclass
class Zones:
    """The zones of one file: by name, else by what the file says about them."""

    own: dict[str, tzinfo] = field(default_factory=dict)
    is_guessed: bool = False

    def find(self, name: str | None) -> tzinfo | None:
        """The zone of that name; None for no name, and for a name that nothing explains."""
        if not name:
            return None
        found = _named_zone(name) or self.own.get(name)
        self.is_guessed = self.is_guessed or found is None
        return found


def recognises(table: TextTable) -> bool:
    """A document that begins as a calendar."""
    return table.is_document and bool(table.rows) and _is(table.rows[0], "BEGIN:VCALENDAR")


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Every meeting, those of a series one by one."""
    entries: list[Entry] = []
    rejects: list[Reject] = []
    with catch_warnings():
        simplefilter("ignore")  # the library wonders about zones that are looked up here once more
        zones = Zones(_own_zones(table))
        for block in _blocks(table, "VEVENT"):
            found = _entry(block, zones)
            if isinstance(found, Reject):
                rejects.append(found)
            else:
                entries.append(found)
    if not entries and not rejects and not _is(table.rows[-1], "END:VCALENDAR"):
        raise InputError(name, CUT_OFF, "a whole calendar", "Download it again.")
    is_cancelled = any(_is(row, "METHOD:CANCEL") for row in table.rows)
    agenda = _Agenda(entries, is_cancelled, settings.limits.rows)
    rows = agenda.rows()
    warnings = list(agenda.warnings)
    warnings += [UNKNOWN_ZONE] if zones.is_guessed else []
    warnings += [] if _is(table.rows[-1], "END:VCALENDAR") else [CUT_OFF]
    return SourceResult(
        (rows,), len(entries) + len(rejects), len(entries) - len(agenda.shown) - len(agenda.rejects),
        rejects=(*rejects, *agenda.rejects), warnings=tuple(warnings),
    )  # fmt: skip


class _Agenda:
    """Writes the entries out to meetings."""

    def __init__(self, entries: Sequence[Entry], is_cancelled: bool, most_rows: int) -> None:
        self.is_cancelled, self.most_rows = is_cancelled, most_rows
        self.warnings: tuple[str, ...] = ()
        self.rejects: list[Reject] = []
        hidden = {entry.uid for entry in entries if entry.is_hidden and entry.uid}
        self.shown = [entry for entry in _newest(entries) if not entry.is_hidden and entry.uid not in hidden]
        self.horizon = _horizon(entries) + AHEAD
        self.changed: dict[str | None, list[Entry]] = defaultdict(list)
        for entry in _newest(entries):
            if entry.planned:
                self.changed[entry.uid].append(entry)
        self.found: list[tuple[int, tuple[str | None, ...]]] = []

    def rows(self) -> FeedRows:
        for entry in list(self.shown):
            if entry.recurs and not entry.planned:
                self._series(entry)
            else:
                series = self._series_of(entry)
                planned = entry.planned
                if series and planned:
                    planned = series.starts.on_clock(planned)
                self._keep(
                    entry, entry.starts, self._id(entry, planned), series.values["title"] if series else None
                )
        return FeedRows(EVENT, COLUMNS, [line for line, _ in self.found], [row for _, row in self.found])

    def _series(self, entry: Entry) -> None:
        try:
            moments = list(self._moments(entry))
        except (ValueError, TypeError, OverflowError):
            self.shown.remove(entry)
            column = "EXRULE" if entry.without and self._is_followed(entry) else "RRULE"
            self.rejects.append(Reject(entry.line, column, "a recurrence that is not understood"))
            return
        lengths = {extra.wall: extra.length for extra in entry.extra if extra.length is not None}
        for moment in moments:
            if self._is_changed(entry, moment):
                continue
            said, starts = self._as_changed_before(entry, moment)
            if starts.exists:
                own = lengths.get(moment.wall) if said is entry else None
                self._keep(said, starts, self._id(entry, moment), entry.values["title"], own)
            else:
                self._warn(LEFT_OUT)

    def _is_followed(self, entry: Entry) -> bool:
        """Whether the rule itself is understood."""
        try:
            list(self._by_rule(entry, entry.rule) if entry.rule else ())
            return True
        except (ValueError, TypeError, OverflowError):
            return False

    def _as_changed_before(self, entry: Entry, moment: Moment) -> tuple[Entry, Moment]:
        """What says how this meeting is, and when: the newest change of an earlier one and all after it."""
        shift, said, since = timedelta(), entry, datetime.min
        for other in self.changed[entry.uid]:
            if not other.planned or not other.from_here_on:
                continue
            planned = entry.starts.on_clock(other.planned).wall
            if since <= planned < moment.wall:
                said, since = other, planned
                shift = entry.starts.on_clock(other.starts).wall - planned
        return said, moment.moved(moment.wall + shift)

    def _moments(self, entry: Entry) -> Iterator[Moment]:
        """The planned moments of a series in order, up to the horizon; each once."""
        walls = {entry.starts.wall, *(extra.wall for extra in entry.extra)}
        if entry.rule:
            walls.update(self._by_rule(entry, entry.rule))
        for rule in entry.without:
            walls.difference_update(self._by_rule(entry, rule))
        for wall in sorted(walls - entry.left_out):
            if wall.date() not in entry.days_out:
                yield entry.starts.moved(wall)

    def _by_rule(self, entry: Entry, rule: Rule) -> Iterator[datetime]:
        from dateutil.rrule import rrulestr

        last = min(self.horizon, rule.until or datetime.max)
        for number, wall in enumerate(rrulestr(rule.text, dtstart=entry.starts.wall)):
            if wall > last:
                return
            if number >= MOST_OCCURRENCES:
                self._warn(CUT_SHORT)
                return
            yield wall

    def _is_changed(self, entry: Entry, moment: Moment) -> bool:
        """Whether another entry of the file speaks for this meeting of the series."""
        for other in self.changed[entry.uid]:
            planned = other.planned
            if planned and (
                entry.starts.on_clock(planned).wall == moment.wall
                or (planned.is_day and planned.wall.date() == moment.wall.date())
            ):
                return True
        return False

    def _series_of(self, entry: Entry) -> Entry | None:
        """The series that a changed meeting belongs to."""
        if not entry.planned:
            return None
        return next(
            (each for each in self.shown if each.uid == entry.uid and each.recurs and not each.planned), None
        )

    def _id(self, entry: Entry, planned: Moment | None) -> str | None:
        return f"{entry.uid}/{planned.key()}" if entry.uid and planned else entry.uid

    def _keep(
        self,
        entry: Entry,
        starts: Moment,
        event_id: str | None,
        series: str | None,
        own_length: timedelta | None = None,
    ) -> None:
        values = entry.values
        length = entry.length if own_length is None else own_length
        ends = starts.moved(starts.wall + length).text() if length is not None else None
        status = "cancelled" if self.is_cancelled else values["status"]
        row = (
            event_id, values["title"], starts.text(), ends, values["kind"], values["mode"], values["place"],
            series, status, values["url"],
        )  # fmt: skip
        self.found.append((entry.line, row))
        if len(self.found) > self.most_rows:
            raise InputError(
                "the calendar", "more meetings than the limit", f"at most {self.most_rows:,}",
                "Export a shorter period, or raise limits.rows in kring.toml.",
            )  # fmt: skip

    def _warn(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings += (warning,)


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """Of each event, and of each change of one, the newest version; in the order of the file."""
    kept: dict[tuple[str, str | None], Entry] = {}
    for entry in entries:
        key = (entry.uid or f"line {entry.line}", entry.planned.key() if entry.planned else None)
        if key not in kept or kept[key].version <= entry.version:
            kept[key] = entry
    return sorted(kept.values(), key=lambda entry: entry.line)


def _horizon(entries: Sequence[Entry]) -> datetime:
    """The newest moment at which the file shows that somebody wrote in it."""
    stamps = [entry.stamped for entry in entries if entry.stamped]
    starts = [entry.starts.wall for entry in entries]
    return max(stamps or starts, default=datetime(1970, 1, 1))


def _entry(block: Sequence[TextRow], zones: Zones) -> Entry | Reject:
    """What one VEVENT says."""
    from icalendar import Event

    line = block[0].line
    if not _is(block[-1], "END:VEVENT"):
        return Reject(line, None, "the event is cut off")
    try:
        event = Event.from_ical("\r\n".join(row.cells[0] for row in block))
        starts = _moment(event.get("DTSTART"), zones)
        if not isinstance(event, Event) or starts is None:
            return Reject(line, "DTSTART", "no moment at which the event starts")
        if not starts.exists:
            return Reject(line, "DTSTART", NO_SUCH_HOUR)
        length = _length(event, starts, zones)
        if length is not None and length < timedelta():
            return Reject(line, "DTEND", "earlier than the start")
        return _as_entry(event, line, starts, length, zones)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return Reject(line, None, "not an event as calendars write it")


def _as_entry(event: Event, line: int, starts: Moment, length: timedelta | None, zones: Zones) -> Entry:
    rules = _rules(event, "RRULE", starts)
    out = [each for each, _ in _listed(event, "EXDATE", zones)]
    planned = event.get("RECURRENCE-ID")
    stamps = [_stamp(event, each) for each in ("DTSTAMP", "LAST-MODIFIED", "CREATED")]
    newest = max((stamp for stamp in stamps if stamp), default=None)
    place, mode = _place(_text(event, "LOCATION"))
    url = _text(event, "URL") or ""
    values = {
        "title": _text(event, "SUMMARY"),
        "kind": _category(event),
        "mode": mode,
        "place": place,
        "status": STATUSES.get((_text(event, "STATUS") or "").upper(), "confirmed"),
        "url": url if url.startswith(("https://", "http://")) else None,
    }
    return Entry(
        line, _text(event, "UID"), starts, length, values,
        (_sequence(event), newest.isoformat() if newest else ""),
        planned=_moment(planned, zones),
        rule=(rules if len(rules) < 2 else (NOT_UNDERSTOOD,))[0] if rules else None,
        without=_rules(event, "EXRULE", starts),
        extra=tuple(
            Extra(starts.on_clock(each).wall, length) for each, length in _listed(event, "RDATE", zones)
        ),
        left_out=frozenset(starts.on_clock(each).wall for each in out),
        days_out=frozenset(each.wall.date() for each in out if each.is_day),
        from_here_on=planned is not None and "RANGE" in planned.params,
        is_hidden=(_text(event, "CLASS") or "").upper() in HIDDEN_CLASSES,
        stamped=newest,
    )  # fmt: skip


def _moment(written: object, zones: Zones) -> Moment | None:
    """A DTSTART, DTEND or RECURRENCE-ID."""
    try:
        value = getattr(written, "dt", None)
    except (ValueError, TypeError):  # what the library could not read it gives back broken
        return None
    return _as_moment(value, getattr(written, "params", {}).get("TZID"), zones)


def _as_moment(value: object, zone_name: str | None, zones: Zones) -> Moment | None:
    if isinstance(value, datetime):
        wall = value.replace(tzinfo=None)
        if zone_name:
            return Moment(wall, zones.find(zone_name))
        return Moment(wall, UTC) if value.tzinfo else Moment(wall)
    if isinstance(value, date):
        return Moment(datetime(value.year, value.month, value.day), is_day=True)
    return None


def _length(event: Event, starts: Moment, zones: Zones) -> timedelta | None:
    """How long it lasts on the clock on the wall; a whole day without an end is one day."""
    ends = _moment(event.get("DTEND"), zones)
    if ends is not None and ends.is_day == starts.is_day:
        same = ends.zone is starts.zone
        return ends.wall - starts.wall if same else ends.comparable() - starts.comparable()
    duration = getattr(event.get("DURATION"), "dt", None)
    if isinstance(duration, timedelta):
        return duration
    return timedelta(days=1) if starts.is_day else None


def _rules(event: Event, name: str, starts: Moment) -> tuple[Rule, ...]:
    """The rules of RRULE or EXRULE."""
    written = event.get(name)
    if written is None:
        return ()
    rules = written if isinstance(written, list) else [written]
    return tuple(_rule(each.to_ical().decode(), starts) for each in rules)


def _rule(written: str, starts: Moment) -> Rule:
    parts = dict(part.split("=", 1) for part in written.upper().split(";") if "=" in part)
    if parts.get("FREQ") not in FREQUENCIES or parts.get("INTERVAL") == "0":
        return NOT_UNDERSTOOD
    ends = parts.pop("UNTIL", None)
    text = ";".join(f"{key}={value}" for key, value in parts.items())
    return Rule(text, _until(ends, starts) if ends else None)


def _until(written: str, starts: Moment) -> datetime:
    """`20260401T080000Z`, `20260401T100000` or `20260401` on the clock of the series."""
    if len(written) == 8:
        return datetime.strptime(written, "%Y%m%d") + timedelta(days=1, seconds=-1)
    wall = datetime.strptime(written.removesuffix("Z"), "%Y%m%dT%H%M%S")
    if written.endswith("Z") and starts.zone:
        return wall.replace(tzinfo=UTC).astimezone(starts.zone).replace(tzinfo=None)
    return wall


def _listed(event: Event, name: str, zones: Zones) -> Iterator[tuple[Moment, timedelta | None]]:
    """The moments of EXDATE or RDATE: one property or several, each with one moment or period or more."""
    written = event.get(name)
    for each in written if isinstance(written, list) else [written]:
        zone_name = getattr(each, "params", {}).get("TZID")
        for one in getattr(each, "dts", ()):
            value, end = one.dt if isinstance(one.dt, tuple) else (one.dt, None)
            moment = _as_moment(value, zone_name, zones)
            if moment:
                yield moment, end - value if isinstance(end, datetime) else end


def _stamp(event: Event, name: str) -> datetime | None:
    value = getattr(event.get(name), "dt", None)
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def _sequence(event: Event) -> int:
    text = _text(event, "SEQUENCE") or "0"
    return int(text) if text.isdecimal() else 0


def _text(event: Event, name: str) -> str | None:
    value = event.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return None if value is None else " ".join(str(value).split()) or None


def _category(event: Event) -> str | None:
    value = event.get("CATEGORIES")
    value = value[0] if isinstance(value, list) and value else value
    names = [str(name).strip() for name in getattr(value, "cats", ())]
    return next((name for name in names if name), None)


def _place(location: str | None) -> tuple[str | None, str | None]:
    """The place, and online or hybrid where the location says so. Links to join are not kept."""
    parts = [part.strip() for part in (location or "").split(";") if part.strip()]
    online = [part for part in parts if ONLINE.search(part)]
    rooms = [part for part in parts if part not in online]
    mode = ("hybrid" if rooms else "online") if online else None
    return "; ".join(rooms) or None, mode


def _own_zones(table: TextTable) -> dict[str, tzinfo]:
    """The zones that the file explains itself, by name."""
    from icalendar import Timezone

    zones: dict[str, tzinfo] = {}
    for block in _blocks(table, "VTIMEZONE"):
        try:
            zone = Timezone.from_ical("\r\n".join(row.cells[0] for row in block))
            if isinstance(zone, Timezone):
                zones[str(zone["TZID"])] = zone.to_tz(lookup_tzid=False)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            continue
    return zones


@lru_cache(maxsize=256)
def _named_zone(name: str) -> tzinfo | None:
    """By the IANA name, also at the end of a longer one, or by the name that Windows has for it."""
    from zoneinfo import ZoneInfo

    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    bare = name.strip().strip('"')
    parts = bare.split("/")
    tries = [WINDOWS_TO_OLSON.get(bare), bare, "/".join(parts[-2:]), "/".join(parts[-3:])]
    for each in tries:
        try:
            if each and not each.startswith("/"):
                return ZoneInfo(each)
        except (ValueError, OSError, KeyError):
            continue
    return None


def _blocks(table: TextTable, kind: str) -> Iterator[list[TextRow]]:
    """The lines of each component of this kind, from BEGIN to END, or as far as the file goes."""
    block: list[TextRow] | None = None
    for row in table.rows:
        if _is(row, f"BEGIN:{kind}"):
            if block:
                yield block
            block = [row]
        elif block is not None:
            block.append(row)
            if _is(row, f"END:{kind}"):
                yield block
                block = None
    if block:
        yield block


def _is(row: TextRow, text: str) -> bool:
    return row.cells[0].strip().upper() == text
