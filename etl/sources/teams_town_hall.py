"""The attendee report of a Microsoft Teams live event or town hall (`AttendeeReport.csv`).

The file as it arrives: commas, `SessionId, ParticipantId, FullName, UserAgent, UtcEventTimestamp, Action,
Role`; one row for each time that somebody came or went. Times are UTC, written the American way
(`1/25/2022 4:48:08 PM`). The id tells people apart; it is an address for some. The browser is not read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, Feed
from etl.sources.date_order import contradiction
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import DAY_FIRST, MONTH_FIRST, possible_shapes, read_stamp
from etl.sources.teams_report import Passage, Stay, home_address, role_of, stays, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextTable
    from etl.schema.model import DateShape
    from etl.settings import Settings

format_id = "teams_town_hall"
reader_version = 2
feeds: tuple[Feed, ...] = (ATTENDANCE,)

HEADING_SEARCH_ROWS = 10
FIELDS = {
    "sessionid": "session", "participantid": "id", "fullname": "name", "utceventtimestamp": "moment",
    "action": "action", "role": "role",
}  # fmt: skip
REQUIRED = {"fullname": "FullName", "utceventtimestamp": "UtcEventTimestamp", "action": "Action"}
OWN = frozenset(("sessionid", "participantid", "useragent", "utceventtimestamp"))
LEAST_OWN = 2
COLUMNS = (
    "external_id", "full_name", "email", "title", "starts_at", "ends_at", "joined_at", "left_at", "role",
)  # fmt: skip
LEFT = ("left", "leave", "disconnect", "exit")
JOINED = ("join", "enter", "connect", "start", "view")
Who = tuple[str | None, str | None, str | None]
NOBODY = frozenset("0-{}")
ANONYMOUS = "Anonymous"
OPEN = "people whose leaving is not in the report, so that how long they stayed is not known: {}"


@dataclass(frozen=True)
class Row:
    """Somebody came or went."""

    line: int
    values: dict[str, str]
    moment: str

    @property
    def who(self) -> Who:
        """Id, name and address, as far as they are given."""
        written = self.values.get("id", "")
        own = written if set(written) - NOBODY else ""
        address = email_key(home_address(own))
        return (None if address else own or None, self.values.get("name") or None, address)

    @property
    def is_leaving(self) -> bool:
        """Whether this is the end of a stretch."""
        return self.values["action"].casefold().startswith(LEFT)


def recognises(table: TextTable) -> bool:
    """The report's own headings, in whatever order; `read` names the one that is missing."""
    return _heading_index(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """A stretch for each time that somebody came, to the next time that this person went."""
    index = _heading_index(table)
    if index is None:
        raise InputError(name, "no heading row of an attendee report", "FullName … UtcEventTimestamp")
    rows, rejects, rows_read = _rows(name, table, index)
    lines: list[int] = []
    found: list[tuple[str | None, ...]] = []
    starts, ends = min((r.moment for r in rows), default=None), max((r.moment for r in rows), default=None)
    open_people = unidentified = 0
    for who, own in _by_person(rows).items():
        is_nobody = not who[2] and (not who[1] or is_placeholder(who[1]))  # with an id of this session
        unidentified += is_nobody
        roles = {row.line: role_of(row.values.get("role")) for row in own}
        for stay in _stays(own):
            open_people += stay.left is None and not is_nobody
            lines.append(stay.line)
            whose = (None, who[1] or ANONYMOUS, None) if is_nobody else who
            found.append((*whose, title_of(name), starts, ends, stay.joined, stay.left, roles[stay.line]))
    order = sorted(range(len(lines)), key=lines.__getitem__)
    return SourceResult(
        (FeedRows(ATTENDANCE, COLUMNS, [lines[i] for i in order], [found[i] for i in order]),),
        rows_read,
        unidentified=unidentified,
        rejects=tuple(rejects),
        warnings=(OPEN.format(open_people),) if open_people else (),
    )


def _stays(own: Sequence[Row]) -> list[Stay]:
    """One person's stretches, each device of its own; when one of them is open, so is the whole."""
    devices: dict[str, list[Passage]] = defaultdict(list)
    for row in own:
        devices[row.values.get("session", "")].append(Passage(row.line, row.moment, row.is_leaving))
    found = [stay for passages in devices.values() for stay in stays(passages)]
    if all(stay.left for stay in found):
        return found
    joined = min((stay.joined for stay in found if stay.joined), default=None)
    return [Stay(min(stay.line for stay in found), joined, None)]


def _heading_index(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        headings = {normal_heading(cell) for cell in row.cells}
        if headings.issuperset(REQUIRED) or len(headings & OWN) >= LEAST_OWN:
            return index
    return None


def _rows(name: str, table: TextTable, index: int) -> tuple[list[Row], list[Reject], int]:
    headings = [normal_heading(cell) for cell in table.rows[index].cells]
    for heading, column in REQUIRED.items():
        if heading not in headings:
            raise InputError(name, f'column "{column}" is missing', "every column of the attendee report")
    data = [row for row in table.rows[index + 1 :] if any(cell.strip() for cell in row.cells)]
    rows: list[Row] = []
    rejects: list[Reject] = []
    shape = _shape(name, [row.cells[headings.index("utceventtimestamp")] for row in data if
                          len(row.cells) == len(headings)])  # fmt: skip
    for row in data:
        if len(row.cells) != len(headings):
            found = f"the row has {len(row.cells)} cells, the heading row has {len(headings)}"
            rejects.append(Reject(row.line, None, found))
            continue
        values = {FIELDS[h]: cell.strip() for h, cell in zip(headings, row.cells, strict=True) if h in FIELDS}
        stamp = read_stamp(values["moment"])
        text = stamp.iso(shape) if stamp and stamp.clock else None
        if text is None:
            rejects.append(Reject(row.line, "UtcEventTimestamp", "not a date and time"))
        elif not values["action"].casefold().startswith((*LEFT, *JOINED)):
            rejects.append(Reject(row.line, "Action", "neither joining nor leaving"))
        elif not values.get("id") and not values.get("name"):
            rejects.append(Reject(row.line, "FullName", "nobody is named"))
        else:
            rows.append(Row(row.line, values, text if stamp and stamp.offset else text + "Z"))
    return rows, rejects, len(data)


def _shape(name: str, written: Sequence[str]) -> DateShape:
    """The American order, unless the file itself shows another."""
    stamps = [stamp for stamp in map(read_stamp, written) if stamp]
    possible = possible_shapes(stamps)
    if stamps and not possible:
        raise contradiction(name, "UtcEventTimestamp")
    if not possible or MONTH_FIRST in possible:
        return MONTH_FIRST
    return DAY_FIRST if DAY_FIRST in possible else next(iter(possible))


def _by_person(rows: Sequence[Row]) -> dict[Who, list[Row]]:
    """Everybody's rows; of several ways in which one id writes a name the shortest, without suffixes."""
    named: dict[str, Who] = {}
    for row in rows:
        key = row.who[0] or row.who[2]
        if key:
            named[key] = min(
                named.get(key, row.who), row.who, key=lambda who: (len(who[1] or ""), who[1] or "")
            )
    people: dict[Who, list[Row]] = defaultdict(list)
    for row in rows:
        people[named.get(row.who[0] or row.who[2] or "", row.who)].append(row)
    return people
