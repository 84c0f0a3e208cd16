"""The tables of Participation, Exchange and Reach. Pure: imports no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.stories.exchange import Exchange, Heard, Matrix
from dashboard.stories.participation import Hours, Participation, Unit
from dashboard.stories.reach import Bounds, Channel
from dashboard.stories.sentences import channel_name, hour_kind, measure_name, times_name
from dashboard.tables import Cell, Column, Table, count_cell
from dashboard.tokens import Tokens
from dashboard.wording import DASH, Wording

# Narrow numbered columns, so that nine of them fit a phone; this is the only table that looks so.
# Without a line above: of two cells the upper one then says it, so that one rule lies under all heads.
CELL = "text-align:center;padding:7px 2px;min-width:1.5rem;border:1px solid var(--line);border-top:0"
UNDER = "border-bottom-color:var(--ink)"
NAME = "white-space:normal;padding-right:12px"
NUMBER = "display:inline-block;min-width:1.25rem;color:var(--ink2)"
DARKEST = 0.42  # of the accent, behind the largest number: the text on it stays readable


def activities_table(found: Participation, words: Wording) -> Table:
    """Each activity, and all together."""
    columns = (
        Column("held_on", words.t("Date"), is_quiet=True),
        Column("title", words.t("Activity")),
        Column("theme", words.t("Theme"), is_wide=True, is_quiet=True),
        Column("came", words.t("Members"), is_number=True),
        Column("share", words.t("Share"), is_number=True),
    )
    rows = [
        (
            Cell(each.on, words.short_date(each.on, found.end)),
            Cell(each.title, each.title),
            Cell(each.theme or None, each.theme),
            count_cell(each.came, words),
            Cell(each.share, words.share(each.share) if found.has_shares else ""),
        )
        for each in found.activities
    ]
    at_least = words.t("At least one of them")
    union = found.eligible - found.missed
    rows.append(
        (
            Cell(None, ""),
            Cell(at_least, at_least, is_strong=True),
            Cell(None, ""),
            count_cell(union, words, strong=True),
            Cell(found.union, words.share(found.union) if found.has_shares else "", is_strong=True),
        )
    )
    return Table(words.t("Reach of each activity"), columns, tuple(rows))


def times_table(found: Participation, words: Wording) -> Table:
    """How many members came how often."""
    columns = (
        Column("activities", words.t("Activities")),
        Column("people", words.t("Members"), is_number=True),
        Column("expected", words.t("By chance"), is_number=True),
    )
    rows = tuple(
        (
            Cell(one.activities, times_name(one, len(found.activities), words)),
            count_cell(one.people, words),
            Cell(one.expected, words.number(one.expected, 1)),
        )
        for one in found.times
    )
    return Table(words.t("Members by the number of activities they came to"), columns, rows)


def units_table(rows: Sequence[Unit], words: Wording) -> Table:
    """People of each unit."""
    columns = (
        Column("unit", words.t("Unit")),
        Column("region", words.t("Place"), is_only_in_file=True),
        Column("people", words.t("People"), is_number=True),
        Column("active", words.t("Came in 12 months"), is_number=True, is_wide=True),
        Column("members", words.t("Members"), is_number=True),
    )
    cells = tuple(
        (
            Cell(row.unit, row.unit, under=row.region),
            Cell(row.region or None, row.region or words.t("unknown")),
            count_cell(row.people, words, strong=True),
            count_cell(row.active, words),
            count_cell(row.members, words),
        )
        for row in rows
    )
    return Table(words.t("People per unit"), columns, cells)


def hours_table(rows: Sequence[Hours], words: Wording) -> Table:
    """Hours by week and kind."""
    columns = (
        Column("week", words.t("Week of"), is_quiet=True),
        Column("kind", words.t("Kind of work")),
        Column("hours", words.t("Hours"), is_number=True),
        Column("active_members", words.t("Active members"), is_number=True, is_wide=True),
    )
    cells = tuple(
        (
            Cell(row.week, words.dated(row.week)),
            Cell(row.kind or None, hour_kind(row.kind, words)),
            Cell(row.hours, words.number(row.hours, 2)),
            count_cell(row.active, words),
        )
        for row in rows
    )
    return Table(words.t("Hours of facilitation"), columns, cells)


@dataclass(frozen=True)
class MatrixTable(Table):
    """A table whose numbers lie on a shade of their size; columns are numbered as the rows are."""

    highest: int = 0

    def html(self, tokens: Tokens) -> str:
        """A real table: the row gives, the column receives."""
        heads = "".join(self._head(place, column) for place, column in enumerate(self.columns))
        body = "".join(f"<tr>{self._cells(place, row, tokens)}</tr>" for place, row in enumerate(self.rows))
        return (
            f'<table class="kring-table kring-matrix"><caption class="kring-hidden">{escape(self.caption)}'
            f"</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _head(self, place: int, column: Column) -> str:
        if place == 0:
            return f'<th scope="col">{escape(column.label)}</th>'
        return (
            f'<th scope="col" style="{CELL};{UNDER}"><span aria-hidden="true">{place}</span>'
            f'<span class="kring-hidden">{escape(column.label)}</span></th>'
        )

    def _cells(self, place: int, row: Sequence[Cell], tokens: Tokens) -> str:
        name = (
            f'<th scope="row" style="{NAME}"><span style="{NUMBER}" aria-hidden="true">{place + 1}</span>'
            f"{escape(row[0].text)}</th>"
        )
        return name + "".join(self._cell(cell, tokens) for cell in row[1:])

    def _cell(self, cell: Cell, tokens: Tokens) -> str:
        value = cell.value if isinstance(cell.value, int) else 0
        if not value:
            return f'<td style="{CELL}">{escape(cell.text)}</td>'
        alpha = round(255 * (0.12 + (DARKEST - 0.12) * value / max(self.highest, 1)))
        shade = f"{CELL};background:{tokens.accent}{alpha:02x}"
        return f'<td style="{shade}"><strong>{escape(cell.text)}</strong></td>'


def matrix_table(found: Matrix, words: Wording) -> MatrixTable:
    """Who gave to whom: rows give, columns receive."""
    columns = (
        Column("from_party", words.t("Gave to →")),
        *(Column(party, party, is_number=True) for party in found.parties),
    )
    rows = tuple(
        (
            Cell(giver, giver),
            *(
                Cell(None, "–") if place == other else Cell(value, words.number(value) if value else "")
                for other, value in enumerate(found.contacts[place])
            ),
        )
        for place, giver in enumerate(found.parties)
    )
    caption = words.t("How often the party of the row gave to the party of the column")
    return MatrixTable(caption, columns, rows, found.highest)


def exchanges_table(rows: Sequence[Exchange], words: Wording) -> Table:
    """Every giver, receiver, topic and kind."""
    columns = (
        Column("from_party", words.t("From")),
        Column("to_party", words.t("To"), is_only_in_file=True),
        Column("topic", words.t("Topic")),
        Column("contacts", words.t("Times"), is_number=True),
        Column("last_on", words.t("Latest"), is_only_in_file=True),
    )
    cells = tuple(
        (
            Cell(row.giver, row.giver, under=words.t("to {receiver}", receiver=row.receiver)),
            Cell(row.receiver, row.receiver),
            Cell(
                row.topic or None,
                row.topic or words.t("unknown"),
                under=words.dated(row.last_on) if row.last_on else "",
            ),
            count_cell(row.contacts, words),
            Cell(row.last_on, words.dated(row.last_on) if row.last_on else words.t("unknown")),
        )
        for row in rows
    )
    return Table(words.t("Exchanges"), columns, cells)


def heard_table(rows: Sequence[Heard], words: Wording) -> Table:
    """Each version and audience."""
    columns = (
        Column("version", words.t("Version")),
        Column("audience", words.t("Audience")),
        Column("participants", words.t("At sessions"), is_number=True, is_wide=True),
        Column("received", words.t("Comments"), is_number=True),
        Column("handled", words.t("Handled"), is_number=True, is_wide=True),
        Column("open", words.t("Waiting"), is_number=True),
        Column("median_days", words.t("Days to decide"), is_number=True, is_wide=True),
    )
    cells = tuple(
        (
            Cell(row.version or None, row.version or words.t("unknown")),
            Cell(row.audience or None, row.audience or words.t("nobody yet")),
            count_cell(row.participants, words),
            count_cell(row.received, words, strong=True),
            count_cell(row.handled, words),
            count_cell(row.open, words, strong=row.open > 0),
            Cell(row.median_days, DASH if row.median_days is None else words.number(row.median_days)),
        )
        for row in rows
    )
    return Table(words.t("Comments per version and audience"), columns, cells)


def channels_table(rows: Sequence[Channel], words: Wording) -> Table:
    """Every figure of every channel, newest first."""
    columns = (
        Column("measured_on", words.t("Date"), is_quiet=True),
        Column("channel", words.t("Channel")),
        Column("measure", words.t("Measure"), is_wide=True),
        Column("value", words.t("Number"), is_number=True),
    )
    points = sorted(
        ((point.on, row, point.value) for row in rows for point in row.points),
        key=lambda each: (-each[0].toordinal(), each[1].channel, each[1].measure),
    )
    cells = tuple(
        (
            Cell(on, words.dated(on)),
            Cell(row.channel, channel_name(row.channel, words)),
            Cell(row.measure, measure_name(row.measure, words)),
            count_cell(value, words),
        )
        for on, row, value in points
    )
    return Table(words.t("Channels by day"), columns, cells)


def bounds_table(rows: Sequence[Bounds], words: Wording) -> Table:
    """Two channels together, as bounds."""
    columns = (
        Column("channel_a", words.t("Channel")),
        Column("channel_b", words.t("and")),
        Column("lower", words.t("At least"), is_number=True),
        Column("upper", words.t("At most"), is_number=True),
    )
    cells = tuple(
        (
            Cell(row.larger, channel_name(row.larger, words)),
            Cell(row.smaller, channel_name(row.smaller, words)),
            count_cell(row.lower, words, strong=True),
            count_cell(row.upper, words, strong=True),
        )
        for row in rows
    )
    return Table(words.t("How many people two channels reach together"), columns, cells)
