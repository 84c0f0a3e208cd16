"""What one person did on LinkedIn, out of the member's data export: posts, comments, reactions, invitations.

The files as they arrive, alone or inside the zip: `Shares.csv` (`Date, ShareLink, ShareCommentary …`; in
2018 `Date, Share Title …`, UTF-16 with tabs), `Comments.csv` (`Date, Link, Message`, quotes within it behind
a backslash, a date that can be blank), `Reactions.csv` (`Date, Type, Link`) and `Invitations.csv` (`From, To,
Sent At, Message, Direction …`, American dates). Each file has a date shape of its own; none is guessed.

It is the coordinator's own activity, not the network's: how often on each day is counted, as `reach` of the
channel `linkedin_profile`. Texts, names and addresses of others are never read.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from etl.cleaning.local_time import to_wall
from etl.errors import InputError
from etl.schema.feeds import REACH, Feed
from etl.sources.date_order import contradiction
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import DAY_FIRST, ISO, MONTH_FIRST, possible_shapes, read_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextRow, TextTable
    from etl.schema.model import DateShape
    from etl.settings import Settings

format_id = "linkedin_activity"
reader_version = 1
feeds: tuple[Feed, ...] = (REACH,)

CHANNEL, FLOW = "linkedin_profile", "flow"
COLUMNS = ("channel", "measure", "kind", "measured_on", "value")
HEADING_SEARCH_ROWS = 10
SENT = {"outgoing": "invitations_sent", "incoming": "invitations_received"}
ZONED = re.compile(r"\s+UTC$", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """One of the files: how its headings are known, where its date stands, what a row counts as."""

    headings: frozenset[str]
    day: str
    measure: str | None
    direction: str | None = None


KINDS = (
    Kind(frozenset(("sharelink", "sharecommentary")), "date", "posts"),
    Kind(frozenset(("share link", "share commentary")), "date", "posts"),
    Kind(frozenset(("from", "to", "sent at", "direction")), "sent at", None, "direction"),
    Kind(frozenset(("date", "link", "message")), "date", "comments"),
    Kind(frozenset(("date", "type", "link")), "date", "reactions"),
)
EXACT = ("comments", "reactions")  # their headings are plain words, so there may be no others


def recognises(table: TextTable) -> bool:
    """The headings of one of the files."""
    return _found(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """How often on each day."""
    found = _found(table)
    if found is None:
        raise InputError(name, "no heading row of LinkedIn activity", "Date … Link")
    index, kind = found
    headings = [normal_heading(cell) for cell in table.rows[index].cells]
    if kind.day not in headings:
        raise InputError(
            name, 'column "Date" is missing', "every column of LinkedIn's export",
            "Hand in the file as LinkedIn made it.",
        )  # fmt: skip
    data = [row for row in table.rows[index + 1 :] if any(cell.strip() for cell in row.cells)]
    counted = _Counted(table.rows[index].cells, headings, kind, settings.network.time_zone)
    day = headings.index(kind.day)
    counted.shape = _shape(name, data, day, " ".join(table.rows[index].cells[day].split()))
    for row in data:
        counted.take(row)
    return counted.result(len(data))


class _Counted:
    """Counts the rows one by one, and remembers what became of each."""

    def __init__(self, written: tuple[str, ...], headings: Sequence[str], kind: Kind, zone: str) -> None:
        self.written = written
        self.headings = headings
        self.kind = kind
        self.zone = zone
        self.shape: DateShape = MONTH_FIRST
        self.times: Counter[tuple[str, str]] = Counter()
        self.first_line: dict[tuple[str, str], int] = {}
        self.rejects: list[Reject] = []
        self.undated = 0

    def take(self, row: TextRow) -> None:
        cells = [cell.strip() for cell in row.cells]
        if len(cells) != len(self.headings):
            found = f"the row has {len(cells)} cells, the heading row has {len(self.headings)}"
            self.rejects.append(Reject(row.line, None, found))
            return
        place = self.headings.index(self.kind.day)
        measure = self._measure(cells)
        if measure is None:
            column = self.written[self.headings.index(self.kind.direction or "")].strip()
            self.rejects.append(Reject(row.line, column, "neither INCOMING nor OUTGOING"))
        elif not cells[place]:
            self.undated += 1
        elif (day := self._day(cells[place])) is None:
            self.rejects.append(Reject(row.line, self.written[place].strip(), "not a date and time"))
        else:
            self.times[day, measure] += 1
            self.first_line.setdefault((day, measure), row.line)

    def _measure(self, cells: Sequence[str]) -> str | None:
        if self.kind.direction is None:
            return self.kind.measure
        return SENT.get(cells[self.headings.index(self.kind.direction)].casefold())

    def _day(self, written: str) -> str | None:
        """The local day; a moment that says it is UTC may fall on the next."""
        stamp = read_stamp(ZONED.sub("Z", written))
        text = stamp.iso(self.shape if ISO not in stamp.shapes else ISO) if stamp else None
        if text is None:
            return None
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment = to_wall(moment.astimezone(UTC).replace(tzinfo=None), self.zone)
        return moment.date().isoformat()

    def result(self, rows_read: int) -> SourceResult:
        keys = sorted(self.times)
        rows: list[tuple[str | None, ...]] = [
            (CHANNEL, measure, FLOW, day, str(self.times[day, measure])) for day, measure in keys
        ]
        lines = [self.first_line[key] for key in keys]
        undated = f"rows without a date, which count for no day: {self.undated}"
        return SourceResult(
            (FeedRows(REACH, COLUMNS, lines, rows),),
            rows_read,
            rejects=tuple(self.rejects),
            warnings=(undated,) if self.undated else (),
        )


def _found(table: TextTable) -> tuple[int, Kind] | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        headings = {normal_heading(cell) for cell in row.cells if cell.strip()}
        for kind in KINDS:
            if kind.headings <= headings and (kind.measure not in EXACT or kind.headings == headings):
                return index, kind
    return None


def _shape(name: str, data: Sequence[TextRow], place: int, column: str) -> DateShape:
    """The order of day and month where years do not come first: LinkedIn's own, unless the file shows the
    other, as after a Dutch Excel."""
    written = [ZONED.sub("Z", row.cells[place].strip()) for row in data if place < len(row.cells)]
    local = [stamp for stamp in map(read_stamp, written) if stamp and ISO not in stamp.shapes]
    possible = possible_shapes(local)
    if local and not possible:
        raise contradiction(name, column)
    return MONTH_FIRST if MONTH_FIRST in possible or not local else DAY_FIRST
