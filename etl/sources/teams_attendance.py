"""The attendance report of Microsoft Teams (the layout since 2022), in any language.

The file as it arrives: UTF-16 with tabs, three numbered sections (`1. Summary`, `2. Participants`,
`3. In-Meeting Activities`). Section 2 has one row per person, with rejoins merged; section 3 has one row per
stretch of time, and is believed first. Headings are recognised in English, Dutch and German; in any other
language by structure: seven columns, then six, of which the second and third are times. Webinars add columns;
those are recognised by their headings.

Times carry neither zone nor order. They are local to the setting `time_zone` (a heading that says UTC wins).
The order of day and month is decided for the file as a whole, by what no other order allows: a value over 12,
the date in the file name, stretches as long as their durations, a meeting within a day. When nothing decides,
24-hour clocks are read day first with a warning, because the American order comes with AM and PM; a file with
AM and PM that could be either is not guessed: it waits for a file name with its date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, REGISTRATION, Feed
from etl.schema.model import DateShape
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import (
    DAY_FIRST,
    MONTH_FIRST,
    Stamp,
    duration_seconds,
    order_matters,
    possible_shapes,
    read_stamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "teams_attendance"
reader_version = 1
feeds: tuple[Feed, ...] = (ATTENDANCE, REGISTRATION)

SECTION_MARK = re.compile(r"\s*(\d)\.\s+\S.*")
PARTICIPANT_COLUMNS = ("name", "joined", "left", "duration", "email", "upn", "role")
STRETCH_COLUMNS = ("name", "joined", "left", "duration", "email", "role")
HEADINGS = {
    "name": ("name", "full name", "naam", "volledige naam", "teilnehmer", "vollständiger name"),
    "joined": (
        "first join", "join time", "eerste deelname", "eerste keer deelgenomen", "tijd van deelname",
        "tijdstip van deelname", "deelnametijd", "erster beitritt", "beitrittszeit", "beitrittszeitpunkt",
    ),
    "left": (
        "last leave", "leave time", "laatste vertrek", "laatst verlaten", "tijd van vertrek",
        "tijdstip van vertrek", "vertrektijd", "letztes verlassen", "uhrzeit des verlassens",
    ),
    "duration": (
        "in-meeting duration", "duration", "duur", "duur van vergadering", "duur in vergadering", "dauer",
        "besprechungsdauer",
    ),
    "email": ("email", "e-mail", "e-mailadres", "email address", "e-mail-adresse"),
    "registered_email": ("registration email", "registered email", "e-mailadres voor registratie"),
    "registered_at": ("registration time", "registratietijd", "tijd van registratie"),
    "registration_status": ("registration status", "registratiestatus", "status van registratie"),
    "upn": ("participant id (upn)", "deelnemers-id (upn)", "deelnemer-id (upn)", "teilnehmer-id (upn)"),
    "role": ("role", "rol", "rolle"),
}  # fmt: skip
FIELD_OF_HEADING = {heading: field for field, headings in HEADINGS.items() for heading in headings}
REPORT_DATE = re.compile(
    r"(?:report|rapport|bericht|informe|relat[óo]rio)\D{0,3}(\d{1,2})-(\d{1,2})-(\d{2,4})\b", re.I
)
ISO_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")
ANY_DATE = re.compile(r"(?<!\d)(\d{1,2})[-_.](\d{1,2})[-_.](\d{2}|\d{4})(?!\d)")
LONGEST_STRETCH = timedelta(hours=24)
ALLOWED_DRIFT = timedelta(minutes=2)
EXTERNAL_MARK = "#ext#"
GUESSED = "nothing shows whether the day or the month comes first; 24-hour clocks are read day first"


@dataclass(frozen=True)
class Line:
    """One row of section 2 or 3 by field; the name is as written."""

    line: int
    values: dict[str, str]

    def get(self, field: str) -> str | None:
        """The trimmed value, None when empty."""
        return self.values.get(field) or None

    @property
    def address(self) -> str | None:
        """The address given at registration, else the address, else a user name that is one."""
        for field in ("registered_email", "email", "upn"):
            found = email_key(_home_address(self.get(field) or ""))
            if found:
                return found
        return None


@dataclass(frozen=True)
class Part:
    """One table of the report: its data rows, and whether its times are UTC."""

    lines: tuple[Line, ...]
    rejects: tuple[Reject, ...]
    is_utc: bool


@dataclass(frozen=True)
class Meeting:
    """What section 1 says."""

    title: str | None
    starts: Stamp | None
    ends: Stamp | None


@dataclass(frozen=True)
class Order:
    """The order of day and month, and what to say when it could have been the other."""

    shape: DateShape
    warning: str | None = None


def recognises(table: TextTable) -> bool:
    """Numbered sections, the second of which opens with a table whose data hold times."""
    sections = _sections(table)
    return 1 in sections and any(_is_table(rows) for number, rows in sections.items() if number > 1)


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who was in the meeting, and when."""
    sections = _sections(table)
    parts = [_part(rows) for number, rows in sorted(sections.items()) if number > 1 and _is_table(rows)]
    if not parts:
        raise InputError(name, "a Teams report without a list of participants", "section 2")
    people, stretches = parts[0], parts[1] if len(parts) > 1 else None
    meeting = _meeting(sections.get(1, []))
    order = _day_order(name, meeting, parts)
    if order is None:
        rows_read = sum(len(part.lines) for part in parts)
        return NeedsMapping(
            "the order of day and month cannot be decided from this Teams report; "
            "put its date in the file name, such as 2026-03-16", "", "", rows_read,
        )  # fmt: skip
    return _Report(name, meeting, order).read(people, stretches)


class _Report:
    """Turns the lines of a report whose dates are understood into feed rows."""

    def __init__(self, name: str, meeting: Meeting, order: Order) -> None:
        shape = order.shape
        self.shape = shape
        self.warnings = (order.warning,) if order.warning else ()
        self.title = meeting.title or _title_of(name)
        self.starts_at = meeting.starts.iso(shape) if meeting.starts else None
        self.ends_at = meeting.ends.iso(shape) if meeting.ends else None
        self.rejects: list[Reject] = []
        self.lines: list[int] = []
        self.rows: list[tuple[str | None, ...]] = []

    def read(self, people: Part, stretches: Part | None) -> SourceResult:
        if not self.starts_at:
            self._span(people)
        addresses = _addresses(people.lines)
        timed = stretches.lines if stretches else ()
        present = {_who(line) for line in timed}
        alone = [line for line in people.lines if _who(line) not in present]
        for line in timed:
            self._stretch(line, addresses, stretches.is_utc if stretches else False)
        registered = [
            line for line in people.lines if line.get("registered_at") or line.get("registration_status")
        ]
        absent = {line.line for line in registered if not line.get("joined")}
        for line in alone:
            if line.line not in absent:
                self._merged(line, people.is_utc)
        rejects = (*people.rejects, *(stretches.rejects if stretches else ()), *self.rejects)
        feeds = [FeedRows(ATTENDANCE, ATTENDANCE_COLUMNS, self.lines, self.rows)]
        if registered:
            feeds.append(self._registrations(registered, people.is_utc))
        unnamed = sum(1 for line in people.lines if _is_device(line))
        cut = len(people.rejects) + (len(stretches.rejects) if stretches else 0)
        return SourceResult(
            tuple(feeds),
            len(timed) + len(alone) + cut,
            unidentified=unnamed,
            rejects=tuple(rejects),
            warnings=self.warnings,
        )

    def _stretch(self, line: Line, addresses: dict[tuple[str, str], str], is_utc: bool) -> None:
        """One stretch of section 3; section 2 knows addresses that only stand in the user name."""
        joined, left = self._moment(line, "joined", is_utc), self._moment(line, "left", is_utc)
        address = addresses.get(_who(line)) or line.address
        seconds = duration_seconds(line.get("duration"))
        self._keep(line, address, joined, left, None if joined and left else seconds)

    def _merged(self, line: Line, is_utc: bool) -> None:
        """One person of section 2: a single stretch, or a total when the person left and came back."""
        joined, left = self._moment(line, "joined", is_utc), self._moment(line, "left", is_utc)
        seconds = duration_seconds(line.get("duration"))
        if joined and left and seconds is not None:
            span = (datetime.fromisoformat(left) - datetime.fromisoformat(joined)).total_seconds()
            if seconds < span - 1:
                left = None
        self._keep(line, line.address, joined, left, None if joined and left else seconds)

    def _keep(
        self, line: Line, address: str | None, joined: str | None, left: str | None, seconds: int | None
    ) -> None:
        name = line.get("name")
        if not name and not address:
            self.rejects.append(Reject(line.line, "Name", "nobody is named"))
        elif not joined:
            self.rejects.append(Reject(line.line, "Join Time", "no time at which the person joined"))
        elif left and left < joined:
            self.rejects.append(Reject(line.line, "Leave Time", "earlier than the time of joining"))
        else:
            minutes = None if seconds is None else repr(seconds / 60)
            self.lines.append(line.line)
            self.rows.append(
                (name, address, self.title, self.starts_at, self.ends_at, joined, left, minutes,
                 _role(line.get("role")))
            )  # fmt: skip

    def _registrations(self, registered: Iterable[Line], is_utc: bool) -> FeedRows:
        lines: list[int] = []
        rows: list[tuple[str | None, ...]] = []
        for line in registered:
            lines.append(line.line)
            rows.append(
                (line.get("name"), line.address, self.title, self.starts_at, self.ends_at,
                 _status(line.get("registration_status")), self._moment(line, "registered_at", is_utc))
            )  # fmt: skip
        return FeedRows(REGISTRATION, REGISTRATION_COLUMNS, lines, rows)

    def _moment(self, line: Line, field: str, is_utc: bool) -> str | None:
        stamp = read_stamp(line.get(field))
        text = stamp.iso(self.shape) if stamp else None
        return text + "Z" if text and is_utc and stamp and not stamp.offset else text

    def _span(self, people: Part) -> None:
        """A report without the meeting's own times lasts from the first to the last person."""
        joined = [text for line in people.lines if (text := self._moment(line, "joined", people.is_utc))]
        left = [text for line in people.lines if (text := self._moment(line, "left", people.is_utc))]
        self.starts_at = min(joined, default=None)
        self.ends_at = max(left, default=None)


ATTENDANCE_COLUMNS = (
    "full_name", "email", "title", "starts_at", "ends_at", "joined_at", "left_at", "minutes", "role",
)  # fmt: skip
REGISTRATION_COLUMNS = ("full_name", "email", "title", "starts_at", "ends_at", "status", "registered_at")


def _sections(table: TextTable) -> dict[int, list[TextRow]]:
    """The rows of each numbered section, without blank rows."""
    sections: dict[int, list[TextRow]] = {}
    current: list[TextRow] | None = None
    for row in table.rows:
        filled = [cell for cell in row.cells if cell.strip()]
        mark = SECTION_MARK.fullmatch(row.cells[0]) if len(filled) == 1 else None
        if mark:
            current = sections.setdefault(int(mark.group(1)), [])
        elif current is not None and filled:
            current.append(row)
    return sections


def _is_table(rows: Sequence[TextRow]) -> bool:
    """A heading row of at least five cells, above a row with a time where any row follows."""
    if not rows or sum(1 for cell in rows[0].cells if cell.strip()) < 5:
        return False
    where = _columns(rows[0], rows[1:])
    places = [where[field] for field in ("joined", "left") if field in where]
    if len(rows) == 1:
        return "name" in where
    return any(read_stamp(row.cells[place]) for row in rows[1:] for place in places if place < len(row.cells))


def _columns(heading: TextRow, rows: Sequence[TextRow]) -> dict[str, int]:
    """Where each field stands: by its heading, else by the places of the report's seven or six columns."""
    known: dict[str, int] = {}
    for place, cell in enumerate(heading.cells):
        field = FIELD_OF_HEADING.get(normal_heading(cell).removesuffix(" (utc)"))
        if field:
            known.setdefault(field, place)
    if {"name", "joined", "left"} <= known.keys():
        return known
    width = sum(1 for cell in heading.cells if cell.strip())
    usual = PARTICIPANT_COLUMNS if width >= len(PARTICIPANT_COLUMNS) else STRETCH_COLUMNS
    return {**{field: place for place, field in enumerate(usual) if place < width}, **known}


def _part(rows: Sequence[TextRow]) -> Part:
    heading, data = rows[0], rows[1:]
    where = _columns(heading, data)
    lines: list[Line] = []
    rejects: list[Reject] = []
    for row in data:
        if len(row.cells) <= where["joined"]:
            rejects.append(
                Reject(row.line, None, f"the row has {len(row.cells)} cells, too few for a participant")
            )
            continue
        values = {field: row.cells[place].strip() for field, place in where.items() if place < len(row.cells)}
        lines.append(Line(row.line, values))
    is_utc = "(utc)" in normal_heading(heading.cells[where["joined"]])
    return Part(tuple(lines), tuple(rejects), is_utc)


def _meeting(rows: Sequence[TextRow]) -> Meeting:
    """Section 1 by structure: the first value is the title, the first two times are start and end."""
    values = [row.cells[1].strip() if len(row.cells) > 1 else "" for row in rows]
    stamps = [stamp for stamp in map(read_stamp, values[1:]) if stamp]
    return Meeting(
        (values[0] or None) if values else None,
        stamps[0] if stamps else None,
        stamps[1] if len(stamps) > 1 else None,
    )


def _day_order(name: str, meeting: Meeting, parts: Sequence[Part]) -> Order | None:
    """The order of day and month of the whole report; None when nothing decides it."""
    stamps = [stamp for part in parts for stamp in _stamps(part)]
    stamps += [stamp for stamp in (meeting.starts, meeting.ends) if stamp]
    possible = possible_shapes(stamps)
    if not possible:
        if stamps:
            raise InputError(name, "dates that contradict one another", "one order of day and month")
        return Order(DAY_FIRST)
    if len(possible) == 1:
        return Order(next(iter(possible)))
    if not order_matters(stamps):
        return Order(DAY_FIRST)
    narrowed = _by_file_name(name, stamps) or _by_durations(parts) or _by_span(stamps)
    if narrowed:
        return Order(narrowed)
    return None if any(stamp.has_half_day for stamp in stamps) else Order(DAY_FIRST, GUESSED)


def _stamps(part: Part) -> list[Stamp]:
    written = [line.get(field) for line in part.lines for field in ("joined", "left")]
    return [stamp for stamp in map(read_stamp, written) if stamp]


def _by_file_name(name: str, stamps: Sequence[Stamp]) -> DateShape | None:
    """The order in which some stamp falls on the date in the file name.

    Teams writes month-day-year behind the words "Attendance report", whatever the language of the rest.
    """
    days = {shape: {m.date() for s in stamps if (m := s.moment(shape))} for shape in (DAY_FIRST, MONTH_FIRST)}
    for moments in _dates_in_name(name):
        fitting = [shape for shape, found in days.items() if found & moments]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _dates_in_name(name: str) -> list[set[object]]:
    """The dates that the file name can mean, the surest kind first; one with two readings says nothing."""
    found: list[set[object]] = []
    for year, month, day in ISO_DATE.findall(name):
        found.append(_dates((int(year), int(month), int(day))))
    for month, day, year in REPORT_DATE.findall(name):
        found.append(_dates((_full_year(year), int(month), int(day))))
    for first, second, year in ANY_DATE.findall(name):
        one, other = int(first), int(second)
        if max(one, other) > 12:
            found.append(_dates((_full_year(year), min(one, other), max(one, other))))
    return found


def _dates(*parts: tuple[int, int, int]) -> set[object]:
    found: set[object] = set()
    for year, month, day in parts:
        try:
            found.add(datetime(year, month, day).date())
        except ValueError:
            continue
    return found


def _full_year(text: str) -> int:
    return int(text) + 2000 if len(text) == 2 else int(text)


def _by_durations(parts: Sequence[Part]) -> DateShape | None:
    """The one order under which every stretch is about as long as its duration says."""
    fitting = [
        shape
        for shape in (DAY_FIRST, MONTH_FIRST)
        if all(_lasts_right(line, shape) for part in parts for line in part.lines)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _lasts_right(line: Line, shape: DateShape) -> bool:
    joined, left = read_stamp(line.get("joined")), read_stamp(line.get("left"))
    start, end = joined.moment(shape) if joined else None, left.moment(shape) if left else None
    if start is None or end is None:
        return True
    seconds = duration_seconds(line.get("duration"))
    least = timedelta(seconds=seconds or 0) - ALLOWED_DRIFT
    return least <= end - start <= LONGEST_STRETCH


def _by_span(stamps: Sequence[Stamp]) -> DateShape | None:
    """The one order under which all times of the report lie within a day."""
    fitting = []
    for shape in (DAY_FIRST, MONTH_FIRST):
        moments = [moment for stamp in stamps if (moment := stamp.moment(shape))]
        if moments and max(moments) - min(moments) <= LONGEST_STRETCH:
            fitting.append(shape)
    return fitting[0] if len(fitting) == 1 else None


def _addresses(lines: Iterable[Line]) -> dict[tuple[str, str], str]:
    """What section 2 knows and section 3 does not show: addresses of registration and those in user names."""
    found: dict[tuple[str, str], set[str | None]] = {}
    for line in lines:
        found.setdefault(_who(line), set()).add(line.address)
    return {
        who: address
        for who, addresses in found.items()
        if len(addresses) == 1 and (address := next(iter(addresses)))
    }


def _is_device(line: Line) -> bool:
    """Whether a name stands here that is nobody's, without an address."""
    return bool(line.get("name")) and not line.address and is_placeholder(line.get("name"))


def _who(line: Line) -> tuple[str, str]:
    """The participant within the report: sections 2 and 3 write the same name and the same address."""
    return (line.get("name") or "", (line.get("email") or "").casefold())


def _home_address(written: str) -> str:
    """`anna_example.org#EXT#@tenant.onmicrosoft.com` is how a guest's anna@example.org is written."""
    local, mark, _ = written.casefold().partition(EXTERNAL_MARK)
    if not mark or "_" not in local:
        return written
    before, _, domain = local.rpartition("_")
    return f"{before}@{domain}"


def _role(written: str | None) -> str | None:
    if not written:
        return None
    word = written.casefold()
    if "organi" in word:
        return "host"
    return "presenter" if word.startswith(("presen", "referent", "panel")) else "attendee"


def _status(written: str | None) -> str:
    word = (written or "").casefold()
    if word.startswith(("cancel", "geannul")):
        return "cancelled"
    if word.startswith(("wait", "wacht", "pending", "in behandeling")):
        return "waitlisted"
    return "declined" if word.startswith(("declin", "afgewezen", "geweigerd")) else "registered"


def _title_of(name: str) -> str:
    """The part of the file name before "- Attendance report"."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.split(r"\s+-\s+(?=[^-]*re?a?pport)", base, maxsplit=1, flags=re.IGNORECASE)[0].strip() or base
