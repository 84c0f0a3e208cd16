"""What Zoom's webinar and registration reports share: blocks with a heading row each, one below the other.

Above the blocks stand the name of the report, when it was made, and one row about the meeting. A block is
known by its headings, its kind also by the title line above it (`Host Details`, `Panelist Details` …). Lines
are padded with empty cells; `--` stands for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder, normal_name
from etl.schema.feeds import ATTENDANCE, CONTRIBUTION, REGISTRATION
from etl.schema.model import DateShape
from etl.sources.answers import open_questions, question_text
from etl.sources.clocks import end_after, local_moment
from etl.sources.file_day import day_in_name, title_in_name
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, Reject
from etl.sources.zoom_participants import own_name
from etl.sources.zoom_times import A_DAY, Passage

if TYPE_CHECKING:
    from etl.reading.table import TextTable

HEADING_SEARCH_ROWS = 400
OWN_WORDS = (
    "attendee report|attendees?|registration report|registrations?|registrants?|q&a report|questions?|"
    "webinar|report|zoom|aanmeldingen|deelnemers|rapport"
)
PERSON_FIELDS = {
    "user name (original name)": "shown", "name (original name)": "shown", "user name": "shown",
    "first name": "given_name", "last name": "family_name", "email": "email", "email address": "email",
    "organization": "organisation", "organisation": "organisation", "job title": "job_title",
    "attended": "attended", "join time": "joined", "leave time": "left",
    "time in session (minutes)": "minutes", "registration time": "registered", "approval status": "approval",
    "country/region name": "country",
}  # fmt: skip
ASKED_FIELDS = {
    "question": "text", "asker name": "full_name", "asker email": "email", "question time": "asked",
    "asked time": "asked",
}  # fmt: skip
NOT_ASKED = frozenset(
    (
        "phone", "address", "city", "country/region", "country", "zip/postal code", "state/province",
        "industry", "purchasing time frame", "role in purchase process", "no. of employees",
        "number of employees", "is guest", "source name", "source", "unsubscribe", "unsubscribed",
        "cancelled time", "cancellation time", "reason for cancellation", "#", "registrant id",
        "registration source", "tracking source",
    )
)  # fmt: skip
"""Standard columns that are no question of the organiser and are not read."""
MEETING_FIELDS = {
    "topic": "title", "actual start time": "starts", "start time": "starts", "scheduled time": "starts",
    "scheduled start time": "starts", "actual duration (minutes)": "minutes", "duration (minutes)": "minutes",
}  # fmt: skip
TELLING = re.compile(r"attended|approval|asker|user\s", re.IGNORECASE)  # a cheap look before a close one
MADE = ("report generated", "report generated time", "rapport gegenereerd")
ROLES = {"host details": "host", "panelist details": "presenter"}
YES = frozenset({"yes", "ja"})


class BlockKind(Enum):
    """What the rows of a block are."""

    PEOPLE = "people"  # who was there, and who registered
    REGISTRATIONS = "registrations"
    ASKED = "asked"  # questions asked while the webinar ran


@dataclass(frozen=True)
class Line:
    """One row of a block: its cells by what they hold, and the answers to the organiser's own questions."""

    number: int
    cells: Mapping[str, str | None]
    answers: tuple[str, ...]

    def get(self, name: str) -> str | None:
        """The cell, when it holds something."""
        return self.cells.get(name)


@dataclass(frozen=True)
class Block:
    """One block with its rows. `questions` are the organiser's own columns."""

    kind: BlockKind
    role: str
    questions: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Meeting:
    """The row about the meeting; texts as written."""

    title: str | None = None
    starts: str | None = None
    minutes: str | None = None


@dataclass(frozen=True)
class Report:
    """A whole report, cut into its blocks."""

    meeting: Meeting
    blocks: tuple[Block, ...]
    rejects: tuple[Reject, ...] = ()
    written: tuple[str, ...] = ()
    made: str | None = None

    def passages(self) -> Iterator[Passage]:
        """What must follow one another: to register, to join and to leave."""
        for line in (line for block in self.blocks for line in block.lines):
            yield Passage(line.get("joined"), line.get("left"), A_DAY)
            yield Passage(line.get("registered"), line.get("left") or self.meeting.starts)
            yield Passage(self.meeting.starts, line.get("left"), A_DAY)
            yield from (Passage(line.get(name), self.made) for name in ("registered", "left", "asked"))

    @property
    def lines(self) -> int:
        """Rows of data, the refused ones too."""
        return sum(len(block.lines) for block in self.blocks) + len(self.rejects)


def block_kind(headings: Sequence[str]) -> BlockKind | None:
    """What a row of headings begins, if it is one. Who came by telephone has a block without addresses."""
    titles = set(headings)
    timed = titles & {"join time", "time in session (minutes)"}
    if timed and ({"attended", "email"} <= titles or {"user name", "time in session (minutes)"} <= titles):
        return BlockKind.PEOPLE
    if {"email", "registration time", "approval status"} <= titles:
        return BlockKind.REGISTRATIONS
    if "question" in titles and titles & {"asker name", "asker email"}:
        return BlockKind.ASKED
    return None


def kinds_in(table: TextTable) -> set[BlockKind]:
    """The kinds of blocks in the first part of a file."""
    found = (
        block_kind([normal_heading(cell) for cell in row.cells])
        for row in table.rows[:HEADING_SEARCH_ROWS]
        if TELLING.search(" ".join(row.cells))
    )
    return {kind for kind in found if kind}


def cut(table: TextTable) -> Report:
    """The blocks of a report, in one pass from top to bottom."""
    cutter = _Cutter()
    for row in table.rows:
        cutter.take(row.line, tuple(cell.strip() for cell in row.cells))
    return cutter.report()


@dataclass
class _Cutter:
    """Goes down the rows and remembers under which heading it is."""

    meeting: Meeting = field(default_factory=Meeting)
    blocks: list[Block] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    made: str | None = None
    title: str = ""
    headings: tuple[str, ...] = ()
    kind: BlockKind | None = None
    about: tuple[str, ...] = ()
    lines: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def take(self, number: int, cells: tuple[str, ...]) -> None:
        filled = [cell for cell in cells if cell]
        titles = tuple(normal_heading(cell) for cell in cells)
        kind = block_kind(titles)
        if not filled:
            return
        if kind:
            self._close()
            self.kind, self.headings = kind, cells
        elif len(filled) == 1 and titles[0].endswith(("details", "other attended")):
            self._close()
            self.title = titles[0]
        elif len(filled) == 2 and titles[0].rstrip(":") in MADE and not self.kind:
            self.made = filled[1]
        elif {"topic"} <= set(titles) and {"webinar id", "meeting id", "id"} & set(titles):
            self._close()
            self.about = titles
        elif self.about and not self.kind:
            self._about_meeting(cells)
        elif self.kind:
            self.lines.append((number, cells))

    def report(self) -> Report:
        self._close()
        return Report(self.meeting, tuple(self.blocks), tuple(self.rejects), tuple(self.written), self.made)

    def _about_meeting(self, cells: tuple[str, ...]) -> None:
        told = {
            MEETING_FIELDS[title]: _value(cell)
            for title, cell in zip(self.about, cells, strict=False)
            if title in MEETING_FIELDS
        }
        self.meeting = Meeting(told.get("title"), told.get("starts"), told.get("minutes"))
        self.about = ()
        self.written += [self.meeting.starts] if self.meeting.starts else []

    def _close(self) -> None:
        """Finish the block that was being read."""
        kind, self.kind = self.kind, None
        if kind is None:
            return
        titles = [normal_heading(cell) for cell in self.headings]
        width = max(place for place, title in enumerate(titles) if title) + 1
        known = ASKED_FIELDS if kind is BlockKind.ASKED else PERSON_FIELDS
        places: dict[str, int] = {}
        for place, title in enumerate(titles):
            if title in known:
                places.setdefault(known[title], place)
        own = [
            place
            for place, title in enumerate(titles[:width])
            if kind is not BlockKind.ASKED and title and title not in known and title not in NOT_ASKED
        ]
        lines = []
        for number, cells in self.lines:
            if len(cells) < width or any(cells[width:]):
                reason = f"the row has {len(cells)} cells, the heading row has {width}"
                self.rejects.append(Reject(number, None, reason))
                continue
            values = {name: _value(cells[place]) for name, place in places.items()}
            lines.append(Line(number, values, tuple(_value(cells[place]) or "" for place in own)))
            self.written += [
                text for name in ("joined", "left", "registered", "asked") if (text := values.get(name))
            ]
        questions = tuple(self.headings[place] for place in own)
        role = ROLES.get(self.title, "attendee")
        self.blocks.append(Block(kind, role, questions, tuple(lines)))
        self.lines, self.title = [], ""


@dataclass(frozen=True)
class Reading:
    """The rows of the feeds that a report yields, and what could not be used."""

    feeds: tuple[FeedRows, ...]
    rejects: tuple[Reject, ...]
    hidden: int
    unidentified: int
    starts_at: str | None
    ends_at: str | None
    title: str


class Reader:
    """Turns a report whose dates are understood into feed rows."""

    def __init__(self, name: str, report: Report, shape: DateShape, zone: str) -> None:
        self.report, self.shape, self.zone = report, shape, zone
        self.title = report.meeting.title or title_in_name(name, OWN_WORDS)
        named = day_in_name(name) if any(self._people()) else None  # who registered is listed on any day
        self.rejects = list(report.rejects)
        joined = [m for line in self._people() if (m := self._moment(line.get("joined")))]
        left = [m for line in self._people() if (m := self._moment(line.get("left")))]
        day = named.day.isoformat() if named else None
        self.starts_at = self._moment(report.meeting.starts) or min(joined, default=day)
        self.ends_at = self._end() or end_after(self.starts_at, max(left, default=None), self.zone)
        self.used: set[int] = set()
        self.nobody: set[tuple[str | None, str | None]] = set()

    def read(self) -> Reading:
        """Attendances, registrations and contributions."""
        feeds = (self._attendance(), self._registrations(), self._contributions())
        refused = {reject.line for reject in self.rejects}
        numbers = {line.number for block in self.report.blocks for line in block.lines}
        return Reading(
            tuple(rows for rows in feeds if rows.rows), tuple(self.rejects),
            len(numbers - self.used - refused), len(self.nobody), self.starts_at, self.ends_at, self.title,
        )  # fmt: skip

    def _people(self) -> Iterator[Line]:
        for block in self._blocks(BlockKind.PEOPLE):
            yield from block.lines

    def _blocks(self, *kinds: BlockKind) -> Iterator[Block]:
        return (block for block in self.report.blocks if block.kind in kinds)

    def _moment(self, written: str | None) -> str | None:
        return local_moment(written, self.shape)

    def _end(self) -> str | None:
        """The start and the duration together, as clocks on the wall."""
        minutes = self.report.meeting.minutes
        if not self.report.meeting.starts or not self.starts_at or not (minutes or "").isdecimal():
            return None
        return (datetime.fromisoformat(self.starts_at) + timedelta(minutes=int(minutes or 0))).isoformat()

    def _attendance(self) -> FeedRows:
        lines: list[int] = []
        rows: list[tuple[str | None, ...]] = []
        for block in self._blocks(BlockKind.PEOPLE):
            for line in block.lines:
                if not self._was_there(line):
                    continue
                problem = self._problem(line)
                if problem:
                    self.rejects.append(problem)
                    continue
                joined = self._moment(line.get("joined"))
                left = end_after(joined, self._moment(line.get("left")), self.zone)
                minutes = None if joined and left else line.get("minutes")
                self.used.add(line.number)
                self._count(line)
                lines.append(line.number)
                rows.append(
                    (
                        *_who(line, "--"),
                        self.title,
                        self.starts_at,
                        self.ends_at,
                        joined,
                        left,
                        minutes,
                        block.role,
                    )
                )
        own = ("title", "starts_at", "ends_at", "joined_at", "left_at", "minutes", "role")
        return FeedRows(ATTENDANCE, (*WHO, *own), lines, rows)

    def _was_there(self, line: Line) -> bool:
        if (line.get("attended") or "yes").casefold() not in YES:
            return False
        return bool(line.get("joined") or line.get("minutes") or line.get("attended"))

    def _problem(self, line: Line) -> Reject | None:
        joined, left = self._moment(line.get("joined")), self._moment(line.get("left"))
        if line.get("joined") and joined is None:
            return Reject(line.number, "Join Time", "not a date and time")
        if line.get("left") and left is None:
            return Reject(line.number, "Leave Time", "not a date and time")
        end = end_after(joined, left, self.zone)
        if joined and end and "+" not in end and end < joined:
            return Reject(line.number, "Leave Time", "earlier than the time of joining")
        return None

    def _registrations(self) -> FeedRows:
        lines: list[int] = []
        rows: list[tuple[str | None, ...]] = []
        seen: set[tuple[str, ...]] = set()
        for line in self._registrants():
            registered = self._moment(line.get("registered"))
            if line.get("registered") and registered is None:
                self.rejects.append(Reject(line.number, "Registration Time", "not a date and time"))
                continue
            if not any(_who(line, None)[:4]):
                self.rejects.append(Reject(line.number, "Email", "nobody is named"))
                continue
            self.used.add(line.number)
            if _one(line) in seen:
                continue
            seen.add(_one(line))
            self._count(line)
            lines.append(line.number)
            status = _status(line.get("approval"))
            rows.append((*_who(line, None), self.title, self.starts_at, self.ends_at, status, registered))
        own = ("title", "starts_at", "ends_at", "status", "registered_at")
        return FeedRows(REGISTRATION, (*WHO, *own), lines, rows)

    def _registrants(self) -> Iterator[Line]:
        """Rows that tell of a registration, not refused before."""
        refused = {reject.line for reject in self.rejects}
        for block in self._blocks(BlockKind.PEOPLE, BlockKind.REGISTRATIONS):
            for line in block.lines:
                if line.number not in refused and (line.get("registered") or line.get("approval")):
                    yield line

    def _contributions(self) -> FeedRows:
        refused = {reject.line for reject in self.rejects}
        lines: list[int] = []
        rows: list[tuple[str | None, ...]] = []
        for number, row in sorted(
            (*self._answers(refused), *self._asked(refused)), key=lambda found: found[0]
        ):
            lines.append(number)
            rows.append(row)
            self.used.add(number)
        own = ("text", "kind", "question", "title", "contributed_at")
        return FeedRows(CONTRIBUTION, (*WHO, *own), lines, rows)

    def _answers(self, refused: set[int]) -> Iterator[tuple[int, tuple[str | None, ...]]]:
        """Answers to the organiser's own questions; a person who came back gave them once."""
        seen: set[tuple[object, ...]] = set()
        for block in self._blocks(BlockKind.PEOPLE, BlockKind.REGISTRATIONS):
            asked = open_questions(
                block.questions, [line.answers for line in block.lines], (), takes_short=True
            )
            for line in block.lines:
                for place, kind in asked.items():
                    text, question = line.answers[place], question_text(block.questions[place])
                    key = (_one(line), question, text)
                    if not text or key in seen or line.number in refused:
                        continue
                    seen.add(key)
                    moment = self._moment(line.get("registered")) or self.starts_at
                    yield line.number, (*_who(line, None), text, kind, question, self.title, moment)

    def _asked(self, refused: set[int]) -> Iterator[tuple[int, tuple[str | None, ...]]]:
        for block in self._blocks(BlockKind.ASKED):
            for line in block.lines:
                text = line.get("text")
                if text and line.number not in refused:
                    name = line.get("full_name")
                    known = None if name is None or is_placeholder(name) or _is_anonymous(name) else name
                    who = (known, None, None, line.get("email"), None, None, None)
                    moment = self._moment(line.get("asked")) or self.starts_at
                    yield line.number, (*who, text, "question", None, self.title, moment)

    def _count(self, line: Line) -> None:
        """Remember who is nobody: no address, and a name that is a device or nothing."""
        name = _who(line, "--")[0]
        if not email_key(line.get("email")) and is_placeholder(name):
            self.nobody.add((name, line.get("email")))


WHO = ("full_name", "given_name", "family_name", "email", "organisation", "job_title", "country")


def _who(line: Line, nobody: str | None) -> tuple[str | None, ...]:
    """The person of a row, in the order of WHO. `nobody` is the name of who has no name and no address."""
    shown = own_name(line.get("shown"))
    given, family = line.get("given_name"), line.get("family_name")
    if shown is None and not (given or family) and not line.get("email"):
        shown = nobody
    return (
        shown, given, family, line.get("email"), line.get("organisation"), line.get("job_title"),
        line.get("country"),
    )  # fmt: skip


def _one(line: Line) -> tuple[str, ...]:
    """What sets one person of a report apart from another."""
    address = email_key(line.get("email"))
    if address:
        return ("email", address)
    name = " ".join(part for part in _who(line, None)[:3] if part)
    return ("name", normal_name(name))


def _is_anonymous(name: str) -> bool:
    return name.casefold().startswith(("anonymous", "anoniem"))


def _status(written: str | None) -> str:
    word = (written or "").casefold()
    if word.startswith(("cancel", "geannul")):
        return "cancelled"
    if word.startswith(("pending", "wait", "in behandeling", "wacht")):
        return "waitlisted"
    return "declined" if word.startswith(("den", "declin", "afgewezen", "geweigerd")) else "registered"


def _value(cell: str) -> str | None:
    """The cell, or None where Zoom writes `--` or nothing."""
    text = cell.strip()
    return None if not text or set(text) == {"-"} else text
