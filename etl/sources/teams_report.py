"""What the reports of Microsoft Teams share: rows by field, the order of dates, people and their stretches.

Headings are known in English, Dutch and German; in any other language a table is understood by its values:
the first two columns of moments are joining and leaving, the column of lengths is the duration, the columns
with `@` are the address and the user name, and the column before the first moment is the name.

Times carry neither zone nor order. They are local to the setting `time_zone` (a heading that says UTC wins).
The order of day and month is decided for the file as a whole, by what no other order allows: a value over 12,
the setting, the date in the file name, stretches as long as their durations, a meeting within a day, headings
that are not English, since only American English writes the month first. When nothing decides, it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, REGISTRATION
from etl.sources import date_order, teams_words
from etl.sources.file_day import title_in_name
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import DAY_FIRST, MONTH_FIRST, Stamp, order_matters, possible_shapes

if TYPE_CHECKING:
    from etl.reading.table import TextRow
    from etl.schema.model import DateShape
    from etl.settings import Settings

PARTICIPANT_COLUMNS = ("name", "joined", "left", "duration", "email", "upn", "role")
STRETCH_COLUMNS = ("name", "joined", "left", "duration", "email", "role")
HEADINGS = {
    "name": ("name", "full name", "naam", "volledige naam", "teilnehmer", "vollständiger name"),
    "joined": (
        "first join", "join time", "first join time", "eerste deelname", "eerste keer deelgenomen",
        "tijd van deelname", "tijdstip van deelname", "deelnametijd", "erster beitritt", "beitrittszeit",
        "beitrittszeitpunkt",
    ),
    "left": (
        "last leave", "leave time", "last leave time", "laatste vertrek", "laatst verlaten",
        "tijd van vertrek", "tijdstip van vertrek", "vertrektijd", "letztes verlassen",
        "uhrzeit des verlassens",
    ),
    "duration": (
        "in-meeting duration", "duration", "duur", "duur van vergadering", "duur in vergadering", "dauer",
        "besprechungsdauer",
    ),
    "email": ("email", "e-mail", "e-mailadres", "email address", "e-mail-adresse"),
    "registered_email": (
        "registration email", "registered email", "e-mailadres voor registratie", "registratie-e-mail",
        "registrierungs-e-mail",
    ),
    "registered_at": ("registration time", "registratietijd", "tijd van registratie", "registrierungszeit"),
    "registration_status": (
        "registration status", "registratiestatus", "status van registratie", "registrierungsstatus",
    ),
    "upn": ("participant id (upn)", "deelnemers-id (upn)", "deelnemer-id (upn)", "teilnehmer-id (upn)"),
    "role": ("role", "rol", "rolle"),
}  # fmt: skip
FIELD_OF_HEADING = {heading: field for field, headings in HEADINGS.items() for heading in headings}
ENGLISH = frozenset(
    (
        "name", "full name", "first join", "join time", "last leave", "leave time", "first join time",
        "last leave time", "in-meeting duration", "duration", "email", "role", "participant id (upn)",
    )
)  # fmt: skip
ATTENDANCE_COLUMNS = (
    "full_name", "email", "title", "starts_at", "ends_at", "joined_at", "left_at", "minutes", "role",
)  # fmt: skip
REGISTRATION_COLUMNS = ("full_name", "email", "title", "starts_at", "ends_at", "status", "registered_at")
REPORT_DATE = re.compile(
    r"(?:report|rapport|bericht|informe|relat[óo]rio)\D{0,3}(\d{1,2})-(\d{1,2})-(\d{2,4})\b", re.I
)
ISO_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")
ANY_DATE = re.compile(r"(?<!\d)(\d{1,2})[-_.](\d{1,2})[-_.](\d{2}|\d{4})(?!\d)")
LONGEST_STRETCH = timedelta(hours=24)
ALLOWED_DRIFT = timedelta(minutes=2)
EARLY = timedelta(minutes=15)
LONGEST_COUNT = 5  # digits in a number of participants
CUT_OFF = (
    "the summary counts {} participants and the list holds {}: the file may be cut off; download it again"
)
OWN_WORDS = r"meeting ?attendance ?(?:list|report)|attendee ?report|attendance ?(?:list|report)"
EXTERNAL_MARK = "#ext#"
IN_A_KNOWN_LANGUAGE = "Download the attendance report again, in English or Dutch."
MOST = 0.5  # so large a share of a column's values shows what the column is
ROLES = {
    "organi": "host", "orgán": "host", "szerv": "host", "järjest": "host", "arrang": "host", "開催": "host",
    "组织": "host", "召集": "host", "이끌": "host", "düzenle": "host", "организ": "host", "διοργ": "host",
    "mede-organi": "host", "co-organi": "host", "mitorgani": "host",
    "presen": "presenter", "referent": "presenter", "panel": "presenter", "präsen": "presenter",
    "présen": "presenter", "moder": "presenter", "prelegent": "presenter", "relator": "presenter",
    "発表": "presenter", "演示": "presenter",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of a table by field; the name is as written."""

    line: int
    values: dict[str, str]

    def get(self, field: str) -> str | None:
        """The trimmed value, None when empty."""
        return self.values.get(field) or None

    @property
    def address(self) -> str | None:
        """The address given at registration, else the address, else a user name that is one."""
        for field in ("registered_email", "email", "upn"):
            found = email_key(home_address(self.get(field) or ""))
            if found:
                return found
        return None


@dataclass(frozen=True)
class Part:
    """One table of the report: its data rows, whether its times are UTC and its headings English.

    `headings`: how it heads each field.
    """

    lines: tuple[Line, ...]
    rejects: tuple[Reject, ...] = ()
    is_utc: bool = False
    is_english: bool = True
    headings: Mapping[str, str] = dataclass_field(default_factory=dict)


@dataclass(frozen=True)
class Meeting:
    """What stands above the tables. `fewest`: the smallest number of people that is told there."""

    title: str | None = None
    starts: Stamp | None = None
    ends: Stamp | None = None
    is_utc: bool = False
    fewest: int | None = None


class Report:
    """Turns the lines of a report whose dates are understood into feed rows."""

    def __init__(self, name: str, meeting: Meeting, shape: DateShape) -> None:
        self.shape = shape
        self.meeting = meeting
        self.title = meeting.title or title_of(name)
        self.starts_at = meeting.starts.iso(shape) if meeting.starts else None
        self.ends_at = meeting.ends.iso(shape) if meeting.ends else None
        self.rejects: list[Reject] = []
        self.lines: list[int] = []
        self.rows: list[tuple[str | None, ...]] = []

    def read(self, people: Part, stretches: Part | None) -> SourceResult:
        """`people` has a row for each person, `stretches` one for each time that somebody was there."""
        parts = (people, stretches) if stretches else (people,)
        if not self.starts_at:
            self._span(parts)
        elif self.meeting.is_utc or self._goes_with(parts):
            self.starts_at, self.ends_at = _in_utc(self.starts_at), _in_utc(self.ends_at)
        addresses = _addresses(people.lines)
        timed = stretches.lines if stretches else ()
        present = {_who(line) for line in timed}
        alone = [line for line in people.lines if _who(line) not in present]
        for line in timed:
            self._stretch(line, addresses, stretches.is_utc if stretches else False)
        registered = [line for line in people.lines if _is_registered(line)]
        absent = {line.line for line in registered if not line.get("joined")}
        for line in alone:
            if line.line not in absent:
                self._merged(line, people.is_utc)
        rejects = (*people.rejects, *(stretches.rejects if stretches else ()))
        feeds = [FeedRows(ATTENDANCE, ATTENDANCE_COLUMNS, self.lines, self.rows)]
        if registered:
            feeds.append(self._registrations(registered, people.is_utc))
        named = people.lines or timed
        return SourceResult(
            tuple(feeds),
            len(timed) + len(alone) + len(rejects),
            unidentified=len({_who(line) for line in named if _is_device(line)}),
            rejects=(*rejects, *self.rejects),
            warnings=self._cut_off(people if people.lines else stretches or people),
            headings=_words(stretches if timed and stretches else people),
        )

    def _cut_off(self, listed: Part) -> tuple[str, ...]:
        """A warning when the list is shorter than every number of people in the summary."""
        found = len({_who(line) for line in listed.lines}) + len(listed.rejects)
        fewest = self.meeting.fewest
        return (CUT_OFF.format(fewest, found),) if fewest is not None and found < fewest else ()

    def _goes_with(self, parts: Sequence[Part]) -> bool:
        """Whether the meeting's own times are on the clock of lists in UTC: the first came as it began."""
        joined = [
            moment.replace(tzinfo=None)
            for part in parts
            for line in part.lines
            if part.is_utc and (text := self._moment(line, "joined", is_utc=False))
            if (moment := datetime.fromisoformat(text))
        ]
        begun = datetime.fromisoformat(self.starts_at or "").replace(tzinfo=None)
        return bool(joined) and min(joined) >= begun - EARLY

    def _stretch(self, line: Line, addresses: dict[tuple[str, str], str], is_utc: bool) -> None:
        """One stretch; the list of people knows addresses that only stand in the user name."""
        joined, left = self._moment(line, "joined", is_utc), self._moment(line, "left", is_utc)
        address = addresses.get(_who(line)) or line.address
        seconds = teams_words.seconds(line.get("duration"))
        self._keep(line, address, joined, left, None if joined and left else seconds)

    def _merged(self, line: Line, is_utc: bool) -> None:
        """One person: a single stretch, or a total when the person left and came back."""
        joined, left = self._moment(line, "joined", is_utc), self._moment(line, "left", is_utc)
        seconds = teams_words.seconds(line.get("duration"))
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
        elif line.get("left") and not left and seconds is None:
            self.rejects.append(Reject(line.line, "Leave Time", "not a date and time"))
        elif left and left < joined:
            self.rejects.append(Reject(line.line, "Leave Time", "earlier than the time of joining"))
        else:
            minutes = None if seconds is None else repr(seconds / 60)
            self.lines.append(line.line)
            self.rows.append(
                (name, address, self.title, self.starts_at, self.ends_at, joined, left, minutes,
                 role_of(line.get("role")))
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
        stamp = teams_words.moment(line.get(field))
        text = stamp.iso(self.shape) if stamp else None
        return text + "Z" if text and is_utc and stamp and not stamp.offset else text

    def _span(self, parts: Sequence[Part]) -> None:
        """A report without the meeting's own times lasts from the first to the last person."""
        joined = [
            t for part in parts for line in part.lines if (t := self._moment(line, "joined", part.is_utc))
        ]
        left = [t for part in parts for line in part.lines if (t := self._moment(line, "left", part.is_utc))]
        self.starts_at = min(joined, default=None)
        self.ends_at = max(left, default=None)


@dataclass(frozen=True)
class Passage:
    """Somebody came, or went: one row of a report that has no stretches."""

    line: int
    moment: str
    is_leaving: bool


@dataclass(frozen=True)
class Stay:
    """One person's time in a meeting. An end of None: for how long is not known."""

    line: int
    joined: str | None
    left: str | None


def stays(passages: Iterable[Passage]) -> list[Stay]:
    """The stretches of one person, whatever the order of the rows.

    When a part of the stay is unknown, because the person did not leave, or left without having come, so is
    its length: one stay without an end stands for all of them.
    """
    found: list[Stay] = []
    since: Passage | None = None
    is_whole = True
    ordered = sorted(passages, key=lambda passage: (passage.moment, passage.is_leaving, passage.line))
    for _, together in groupby(ordered, key=lambda passage: passage.moment):
        same = list(together)
        if since is not None:  # who comes back in the second of leaving left first
            same.reverse()
        for passage in same:
            if not passage.is_leaving:
                since = since or passage
            elif since is None:
                is_whole = False
            else:
                found.append(Stay(since.line, since.moment, passage.moment))
                since = None
    if is_whole and since is None:
        return found
    first = next((passage for passage in ordered if not passage.is_leaving), None)
    return [Stay(ordered[0].line, first.moment if first else None, None)]


def columns_of(heading: TextRow, rows: Sequence[TextRow]) -> dict[str, int]:
    """Where each field stands: by its heading, else by the values below it, else by the usual places."""
    known: dict[str, int] = {}
    for place, cell in enumerate(heading.cells):
        field = FIELD_OF_HEADING.get(normal_heading(cell).removesuffix(" (utc)"))
        if field:
            known.setdefault(field, place)
    if {"name", "joined", "left"} <= known.keys():
        return {**_by_place(heading, known), **known}
    width = sum(1 for cell in heading.cells if cell.strip())
    seen = _by_values(rows, width)
    if {"name", "joined", "left"} <= seen.keys():
        return {**seen, **{field: place for field, place in known.items() if place not in seen.values()}}
    usual = PARTICIPANT_COLUMNS if width >= len(PARTICIPANT_COLUMNS) else STRETCH_COLUMNS
    return {**{field: place for place, field in enumerate(usual) if place < width}, **known}


def _by_place(heading: TextRow, known: Mapping[str, int]) -> dict[str, int]:
    """The fields under words that are not known, in a language of which others are: where Teams has them."""
    headings = [normal_heading(cell) for cell in heading.cells if cell.strip()]
    usual = next(
        (each for each in (PARTICIPANT_COLUMNS, STRETCH_COLUMNS) if len(each) == len(headings)), None
    )
    if usual is None or is_english(headings) or any(usual[place] != field for field, place in known.items()):
        return {}
    return {field: place for place, field in enumerate(usual)}


def is_english(headings: Sequence[str]) -> bool:
    """Whether most of the headings of a report, compared as headings are, are the English ones."""
    return sum(each.removesuffix(" (utc)") in ENGLISH for each in headings) * 2 > len(headings)


def _by_values(rows: Sequence[TextRow], width: int) -> dict[str, int]:
    """The fields of a table in an unknown language, as far as its values show them.

    What stands behind the report's own seven columns is about registration, as webinars add.
    """
    columns = [_filled(rows, place) for place in range(width)]
    times = _places(columns, lambda cell: teams_words.moment(cell) is not None)
    mails = _places(columns, lambda cell: email_key(cell) is not None)
    names = [place for place in range(times[0] if times else 0) if place not in mails]
    if len(times) < 2 or not names:
        return {}
    found = {"name": names[0], "joined": times[0], "left": times[1]}
    lengths = [place for place in _places(columns, teams_words.is_length) if place > times[1]]
    _first(found, "duration", lengths)
    own = [place for place in mails if place < len(PARTICIPANT_COLUMNS)]
    if len(own) == 1 and own[0] - 1 not in found.values() and not columns[own[0] - 1]:
        own.insert(0, own[0] - 1)  # nobody gave an address: what looks like one is the user name
    _first(found, "email", own)
    _first(found, "upn", own[1:])
    _first(found, "registered_email", [place for place in mails if place >= len(PARTICIPANT_COLUMNS)])
    _first(found, "registered_at", [place for place in times[2:] if place >= len(PARTICIPANT_COLUMNS)])
    taken = {*found.values(), *times, *lengths, *mails}
    words = [place for place in range(times[1] + 1, width) if place not in taken and columns[place]]
    told = [
        place for place in words if any(role_of(cell) not in (None, "attendee") for cell in columns[place])
    ]
    usual = [place for place in reversed(words) if place < len(PARTICIPANT_COLUMNS)]
    _first(found, "role", told or usual)
    return found


def _first(found: dict[str, int], field: str, places: Sequence[int]) -> None:
    if places:
        found[field] = places[0]


def _filled(rows: Sequence[TextRow], place: int) -> list[str]:
    return [cell for row in rows if place < len(row.cells) and (cell := row.cells[place].strip())]


def _places(columns: Sequence[Sequence[str]], shows: Callable[[str], bool]) -> list[int]:
    """The columns of which most filled cells show it."""
    return [
        place for place, cells in enumerate(columns) if cells and sum(map(shows, cells)) >= MOST * len(cells)
    ]


def part_of(rows: Sequence[TextRow], usual: Sequence[str] = STRETCH_COLUMNS) -> Part:
    """The table under its heading row, as lines by field. `usual`: the columns that Teams always writes."""
    heading, data = rows[0], rows[1:]
    where = columns_of(heading, data)
    _check_places(heading, where, usual)
    lines: list[Line] = []
    rejects: list[Reject] = []
    for row in data:
        if len(row.cells) <= where["joined"]:
            found = f"the row has {len(row.cells)} cells, too few for a participant"
            rejects.append(Reject(row.line, None, found))
            continue
        values = {field: row.cells[place].strip() for field, place in where.items() if place < len(row.cells)}
        lines.append(Line(row.line, values))
    headings = [normal_heading(cell) for cell in heading.cells if cell.strip()]
    is_utc = "(utc)" in normal_heading(heading.cells[where["joined"]])
    names = {field: heading.cells[place].strip() for field, place in where.items()}
    return Part(tuple(lines), tuple(rejects), is_utc, is_english(headings), names)


def _check_places(heading: TextRow, where: Mapping[str, int], usual: Sequence[str]) -> None:
    """Without a word to go by, the values show what a column is only where Teams always puts it."""
    if FIELD_OF_HEADING.get(normal_heading(heading.cells[where["name"]])) == "name":
        return
    width = sum(1 for cell in heading.cells if cell.strip())
    if width < len(usual) or (width > len(usual) and usual is STRETCH_COLUMNS):
        raise InputError(
            "the report", f"{width} columns under headings that Kring does not know",
            f"the {len(usual)} columns of Teams", IN_A_KNOWN_LANGUAGE,
        )  # fmt: skip
    for place, field in enumerate(PARTICIPANT_COLUMNS[:3]):
        if where[field] != place:
            raise InputError(
                "the report", f'column "{heading.cells[place].strip()}" stands where Teams has another',
                "the name, the first join and the last leave as first columns",
                IN_A_KNOWN_LANGUAGE,
            )  # fmt: skip


def meeting_of(rows: Sequence[TextRow]) -> Meeting:
    """What stands above the table, by structure: the first two moments are the start and the end; the first
    value above them that is no number is the title."""
    values = [row.cells[1].strip() if len(row.cells) > 1 else "" for row in rows]
    timed = [(place, stamp) for place, stamp in enumerate(map(teams_words.moment, values)) if stamp]
    above = values[: timed[0][0] if timed else 2]
    return Meeting(
        next((value for value in above if value and not value.isdigit()), None),
        timed[0][1] if timed else None,
        timed[1][1] if len(timed) > 1 else None,
        bool(timed) and "(utc)" in normal_heading(rows[timed[0][0]].cells[0]),
        min(
            (int(value) for value in above if value.isdecimal() and len(value) <= LONGEST_COUNT), default=None
        ),
    )


def day_order(
    format_id: str,
    name: str,
    meeting: Meeting,
    parts: Sequence[Part],
    settings: Settings,
    column: str = "Join Time",
) -> DateShape | NeedsMapping:
    """The order of day and month of the whole report, or the question which it is."""
    stamps = [stamp for part in parts for stamp in _stamps(part)]
    stamps += [stamp for stamp in (meeting.starts, meeting.ends) if stamp]
    possible = possible_shapes(stamps)
    if not possible:
        if stamps:
            raise date_order.contradiction(name, column)
        return DAY_FIRST
    if len(possible) == 1:
        return next(iter(possible))
    if not order_matters(stamps):
        return DAY_FIRST
    found = (
        settings.date_order(format_id, name)
        or _by_file_name(name, stamps)
        or _by_durations(parts)
        or _by_span(stamps)
    )
    if found is None and not all(part.is_english for part in parts):
        found = DAY_FIRST
    return found or _asked(format_id, column, parts)


def _asked(format_id: str, column: str, parts: Sequence[Part]) -> NeedsMapping:
    rows = sum(len(part.lines) for part in parts)
    written = next((part.headings["joined"] for part in parts if "joined" in part.headings), column)
    return date_order.ask(format_id, written, rows, is_dated_by_name=True)


def _stamps(part: Part) -> list[Stamp]:
    written = [line.get(field) for line in part.lines for field in ("joined", "left", "registered_at")]
    return [stamp for stamp in map(teams_words.moment, written) if stamp]


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
    joined, left = teams_words.moment(line.get("joined")), teams_words.moment(line.get("left"))
    start, end = joined.moment(shape) if joined else None, left.moment(shape) if left else None
    if start is None or end is None:
        return True
    seconds = teams_words.seconds(line.get("duration"))
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
    """What the list of people knows and that of stretches does not: addresses of registration, user names."""
    found: dict[tuple[str, str], set[str | None]] = {}
    for line in lines:
        found.setdefault(_who(line), set()).add(line.address)
    return {
        who: address
        for who, addresses in found.items()
        if len(addresses) == 1 and (address := next(iter(addresses)))
    }


def _words(part: Part) -> dict[str, str]:
    """How the report heads what Kring calls by other names."""
    known = {"Name": "name", "Join Time": "joined", "joined_at": "joined", "Leave Time": "left",
             "left_at": "left", "registered_at": "registered_at"}  # fmt: skip
    return {word: part.headings[field] for word, field in known.items() if field in part.headings}


def _in_utc(moment: str | None) -> str | None:
    """A moment without a zone as one in UTC."""
    return moment + "Z" if moment and datetime.fromisoformat(moment).tzinfo is None else moment


def _is_registered(line: Line) -> bool:
    return any(line.get(field) for field in ("registered_at", "registration_status", "registered_email"))


def _is_device(line: Line) -> bool:
    """Whether a name stands here that is nobody's, without an address."""
    return bool(line.get("name")) and not line.address and is_placeholder(line.get("name"))


def _who(line: Line) -> tuple[str, str]:
    """The participant within the report: its tables write the same name and the same address."""
    return (line.get("name") or "", (line.get("email") or "").casefold())


def home_address(written: str) -> str:
    """`anna_example.org#EXT#@tenant.onmicrosoft.com` is how a guest's anna@example.org is written."""
    local, mark, _ = written.casefold().partition(EXTERNAL_MARK)
    if not mark or "_" not in local:
        return written
    before, _, domain = local.rpartition("_")
    return f"{before}@{domain}"


def role_of(written: str | None) -> str | None:
    """host, presenter or attendee; None when nothing is written."""
    if not written:
        return None
    word = written.casefold()
    if "organi" in word:
        return "host"
    return next((role for start, role in ROLES.items() if word.startswith(start)), "attendee")


def _status(written: str | None) -> str:
    word = (written or "").casefold()
    if word.startswith(("cancel", "geannul", "storn")):
        return "cancelled"
    if word.startswith(("wait", "wacht", "pending", "in behandeling", "warte")):
        return "waitlisted"
    return "declined" if word.startswith(("declin", "afgewezen", "geweigerd", "abgelehnt")) else "registered"


def title_of(name: str) -> str:
    """A title for a report without one: the file name without its date and Teams' own words."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    own = re.split(r"\s+-\s+(?=[^-]*re?a?pport)", base, maxsplit=1, flags=re.IGNORECASE)[0].strip() or base
    return title_in_name(own, OWN_WORDS)
