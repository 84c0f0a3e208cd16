"""A table as words, as HTML and as CSV: each cell has the value and how a reader gets it. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from dashboard.facts import GroupLine, Period, Session
from dashboard.harvest import Text, Theme
from dashboard.tokens import Tokens
from dashboard.wording import Wording
from etl.schema.formulas import starts_formula

MOST_ROWS_AS_HTML = 30
MOST_COLUMNS = 7
"""More than these do not fit half a page."""
Plain = str | int | float | bool | date | None
NUMBER = re.compile(r"[+\-−]?\d[\d.,\s]*%?")


@dataclass(frozen=True)
class Column:
    """A column: `name` in the CSV, `label` on the page. `wide` columns are left out on a phone.

    What is only in the file would be on the page twice, or the same in every row.
    """

    name: str
    label: str
    is_number: bool = False
    is_wide: bool = False
    is_quiet: bool = False
    is_only_in_file: bool = False


@dataclass(frozen=True)
class PairBar:
    """A bar in a cell: outlined registered, filled attended, on one scale for the whole column."""

    outline: float
    fill: float
    is_approximate: bool


@dataclass(frozen=True)
class Cell:
    """A value, its words, and whether it stands out. A bar has no words: the numbers stand beside it.

    `mark` is the form of a dot before the words, which repeats what they say; `under` is a quiet second line.
    """

    value: Plain
    text: str
    is_strong: bool = False
    bar: PairBar | None = None
    mark: str = ""
    under: str = ""

    @property
    def in_words(self) -> str:
        """All that the cell says, on one line."""
        return " · ".join(part for part in (self.text, self.under) if part)

    @property
    def is_plain_day(self) -> bool:
        """Whether the words are the day and no more: no month, no stretch of days, no second line."""
        if not isinstance(self.value, date) or self.under:
            return False
        told = [int(number) for number in re.findall(r"\d+", self.text)]
        return told in ([self.value.day], [self.value.day, self.value.year])

    @property
    def is_plain_number(self) -> bool:
        """Whether the words are the number and no more: no estimate, no reason, no other number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or self.under:
            return False
        digits = "".join(sign for sign in self.text if sign.isdecimal())
        is_whole = isinstance(self.value, float) or digits == str(abs(self.value))
        return bool(NUMBER.fullmatch(self.text)) and is_whole


@dataclass(frozen=True)
class Table:
    """`caption` says what the rows are, for who cannot see them together."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def on_page(self) -> tuple[tuple[int, Column], ...]:
        """The columns a reader sees, each with its place in a row."""
        return tuple(
            (index, column) for index, column in enumerate(self.columns) if not column.is_only_in_file
        )

    @property
    def is_broad(self) -> bool:
        """Whether it has more columns than fit."""
        return len(self.on_page()) > MOST_COLUMNS

    def csv(self) -> bytes:
        """The values, not the words, as UTF-8 that spreadsheets recognise."""
        file = io.StringIO()
        writer = csv.writer(file)
        kept = [index for index, column in enumerate(self.columns) if column.name]
        writer.writerow([self.columns[index].name for index in kept])
        for row in self.rows:
            writer.writerow([_csv_value(row[index].value) for index in kept])
        return file.getvalue().encode("utf-8-sig")

    def html(self, tokens: Tokens) -> str:
        """A real table, with headers that say what they head."""
        head = "".join(_head_html(column) for _index, column in self.on_page())
        body = "".join(f"<tr>{self._row_html(row, tokens)}</tr>" for row in self.rows)
        return (
            f'<table class="kring-table"><caption class="kring-hidden">{escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def scrolled(self, tokens: Tokens) -> str:
        """The table in a box that scrolls sideways where there is no room, with the keyboard too."""
        return (
            f'<div class="kring-scroll" tabindex="0" role="group" aria-label="{escape(self.caption)}">'
            f"{self.html(tokens)}</div>"
        )

    def _row_html(self, row: Sequence[Cell], tokens: Tokens) -> str:
        cells = []
        for index, column in self.on_page():
            cell = row[index]
            inner = _bar_html(cell.bar, tokens) if cell.bar else escape(cell.text).replace("@", "@<wbr>")
            if isinstance(cell.value, date) and (index == 0 or self.is_broad):  # a day stays on one line
                inner = inner.replace(" ", "&nbsp;")
            if cell.is_strong:
                inner = f"<strong>{inner}</strong>"
            if cell.mark:
                inner = f'<span class="kring-mark {cell.mark}" aria-hidden="true"></span>{inner}'
            if cell.under:
                inner += f'<span class="kring-under">{escape(cell.under)}</span>'
            tag, scope = ("th", ' scope="row"') if index == 0 else ("td", "")
            cells.append(f"<{tag}{scope}{_classes(column)}>{inner}</{tag}>")
        return "".join(cells)


def _csv_value(value: Plain) -> Plain:
    if isinstance(value, str) and starts_formula(value):
        return f"'{value}"
    return value.isoformat() if isinstance(value, date) else value


def _head_html(column: Column) -> str:
    if not column.label:
        return f"<td{_classes(column)}></td>"
    return f'<th scope="col"{_classes(column)}>{escape(column.label)}</th>'


def _classes(column: Column) -> str:
    names = [
        name
        for name, wanted in (
            ("number", column.is_number),
            ("wide", column.is_wide),
            ("quiet", column.is_quiet),
            ("bar", not column.name),
        )
        if wanted
    ]
    return f' class="{" ".join(names)}"' if names else ""


def _bar_html(bar: PairBar, tokens: Tokens) -> str:
    fill = tokens.accent
    if bar.is_approximate:
        fill = f"repeating-linear-gradient(115deg,{tokens.accent} 0 2px,{tokens.bg} 2px 4px)"
    outline = f'<span class="outline" style="width:{bar.outline:.1%};border-color:{tokens.base}"></span>'
    width = f"width:{bar.fill:.1%}"
    filled = f'<span class="fill" style="{width};background:{fill};border-color:{tokens.accent}"></span>'
    return (
        f'<span class="kring-bar" aria-hidden="true">{outline if bar.outline else ""}'
        f"{filled if bar.fill else ''}</span>"
    )


def count_cell(value: int | None, words: Wording, approximate: bool = False, strong: bool = False) -> Cell:
    """A count, maybe an estimate, maybe unknown."""
    return Cell(value, words.counted(value, approximate), strong)


def _day_cell(day: date, words: Wording, reference: date) -> Cell:
    return Cell(day, words.short_date(day, reference))


def recent_table(shown: Sequence[Session], as_of: date, words: Wording) -> Table:
    """Recent sessions with a bar in the row."""
    highest = max([value for one in shown for value in (one.registered or 0, one.total or 0)] + [1])
    columns = (
        Column("held_on", words.t("Date"), is_quiet=True),
        Column("title", words.t("Session")),
        Column("working_group", words.t("Group"), is_wide=True, is_quiet=True),
        Column("registered", words.t("Registered"), is_number=True, is_wide=True),
        Column("total", words.t("Attended"), is_number=True),
        Column("", ""),
        Column("first_timers", words.t("First time"), is_number=True, is_wide=True),
    )
    rows = tuple(
        (
            _day_cell(one.on, words, as_of),
            Cell(one.title, one.title),
            Cell(one.working_group, one.working_group or words.t("Network")),
            count_cell(one.registered, words),
            count_cell(one.total, words, one.is_approximate, strong=True),
            Cell(
                None,
                "",
                bar=PairBar((one.registered or 0) / highest, (one.total or 0) / highest, one.is_approximate),
            ),
            count_cell(one.first_timers if one.has_names else None, words),
        )
        for one in shown
    )
    return Table(words.t("Recent sessions"), columns, rows)


def sessions_table(shown: Sequence[Session], as_of: date, words: Wording) -> Table:
    """Everything a session's figures show, without bars."""
    columns = (
        Column("held_on", words.t("Date"), is_quiet=True),
        Column("title", words.t("Session")),
        Column("working_group", words.t("Group"), is_only_in_file=True),
        Column("registered", words.t("Registered"), is_number=True, is_wide=True),
        Column("total", words.t("Attended"), is_number=True),
        Column("total_is_approximate", words.t("Estimate"), is_only_in_file=True),
        Column("show_up_rate", words.t("Show-up"), is_number=True),
        Column("first_timers", words.t("First time"), is_number=True, is_wide=True),
        Column("returning", words.t("Been before"), is_number=True, is_wide=True),
    )
    rows = tuple(
        (
            _day_cell(one.on, words, as_of),
            Cell(one.title, one.title, under=one.working_group or words.t("Network")),
            Cell(one.working_group, one.working_group or words.t("Network")),
            count_cell(one.registered, words),
            count_cell(one.total, words, one.is_approximate),
            Cell(one.is_approximate, words.t("yes") if one.is_approximate else words.t("no")),
            rate_cell(one, words),
            count_cell(one.first_timers if one.has_names else None, words),
            count_cell(one.returning if one.has_names else None, words),
        )
        for one in shown
    )
    return Table(words.t("Sessions"), columns, rows)


def rate_cell(session: Session, words: Wording) -> Cell:
    """The show-up of one session; under ten registered the counts instead of a percentage."""
    if not session.has_rate:
        return Cell(None, words.t("unknown"))
    if (session.registered or 0) < 10:
        return Cell(
            session.show_up_rate,
            words.t("{attended} of {registered}", attended=session.came, registered=session.registered),
        )
    return Cell(session.show_up_rate, words.share(session.show_up_rate))


def growth_table(shown: Sequence[Period], words: Wording) -> Table:
    """Periods with what came and went, newest first. A period is one column, so that it fits half a page."""
    has_corrections = any(row.corrections for row in shown)
    columns = (
        Column("period_start", words.t("Period")),
        Column("period_end", "", is_only_in_file=True),
        Column("is_open", "", is_only_in_file=True),
        Column("opening", words.t("Opening"), is_number=True, is_wide=True),
        Column("new", words.t("New"), is_number=True),
        Column("returned", words.t("Returned"), is_number=True),
        Column("ended", words.t("Ended"), is_number=True),
        Column(
            "corrections",
            words.t("Corrections"),
            is_number=True,
            is_wide=True,
            is_only_in_file=not has_corrections,
        ),
        Column("closing", words.t("Closing"), is_number=True),
    )
    rows = tuple(
        (
            Cell(
                row.start,
                words.period(row.start, row.end),
                under=words.t("still open") if row.is_open else "",
            ),
            Cell(row.end, ""),
            Cell(row.is_open, ""),
            *(count_cell(value, words) for value in (row.opening, row.new, row.returned, row.ended)),
            Cell(row.corrections, words.signed(row.corrections)),
            count_cell(row.closing, words, strong=True),
        )
        for row in sorted(shown, key=lambda row: row.start, reverse=True)
    )
    return Table(words.t("Members per period"), columns, rows)


def groups_table(lines: Sequence[GroupLine], words: Wording) -> Table:
    """Groups with their size and change, all of them."""
    columns = (
        Column("working_group", words.t("Group")),
        Column("members", words.t("Members"), is_number=True),
        Column("change_in_12_months", words.t("Change in 12 months"), is_number=True),
    )
    rows = tuple(
        (
            Cell(line.name, line.name),
            count_cell(line.closing, words, strong=True),
            Cell(line.change, words.signed(line.change)),
        )
        for line in lines
    )
    return Table(words.t("Members per working group"), columns, rows)


def themes_table(shown: Sequence[Theme], words: Wording) -> Table:
    """Themes with their share now and before, and how sure it is."""
    columns = (
        Column("theme", words.t("Theme")),
        Column("texts", words.t("Questions"), is_number=True),
        Column("askers", words.t("People"), is_number=True, is_wide=True),
        Column("share", words.t("Share"), is_number=True),
        Column("low", words.t("At least"), is_only_in_file=True),
        Column("high", words.t("At most"), is_only_in_file=True),
        Column("earlier_share", words.t("12 months before"), is_number=True),
        Column("change", words.t("Change"), is_number=True, is_wide=True),
        Column("label_source", words.t("Name by"), is_only_in_file=True),
    )
    rows = []
    for theme in shown:
        label = theme.label or words.t("A theme without a name")
        by = words.t("people") if theme.is_named else "Kring"
        named = words.t("name by {who}", who=by) if theme.is_placed else ""
        low, high = words.share(theme.low), words.share(theme.high)
        rows.append(
            (
                Cell(
                    theme.label or None,
                    label if theme.is_placed else words.t("Not placed yet"),
                    under=named,
                ),
                count_cell(theme.texts, words, strong=True),
                count_cell(theme.askers, words),
                Cell(
                    theme.share,
                    words.share(theme.share),
                    under=words.t("{low} to {high}", low=low, high=high),
                ),
                Cell(theme.low, low),
                Cell(theme.high, high),
                Cell(theme.earlier_share, words.share(theme.earlier_share)),
                Cell(theme.change, "" if theme.change is None else words.points(theme.change)),
                Cell("person" if theme.is_named else "auto", by) if theme.is_placed else Cell(None, ""),
            )
        )
    return Table(words.t("Themes by their share of the questions"), columns, tuple(rows))


def texts_table(
    given: Sequence[Text], names: Mapping[str, str], as_of: date, words: Wording, brief: bool = False
) -> Table:
    """Questions as they were asked; `brief` leaves out what is the same for all."""
    columns = (
        Column("asked_on", words.t("Date"), is_quiet=True),
        Column("text", words.t("Question")),
        Column("audience", words.t("Audience"), is_quiet=True),
        Column("session", words.t("Session"), is_wide=True, is_quiet=True),
        Column("second_theme", words.t("Also about"), is_wide=True, is_quiet=True),
        Column("assigned_by", words.t("Placed by"), is_wide=True, is_quiet=True),
    )
    rows = [
        (
            Cell(one.asked_on, words.short_date(one.asked_on, as_of) if one.asked_on else words.t("unknown")),
            Cell(one.text, one.text),
            Cell(one.audience or None, one.audience or words.t("unknown")),
            Cell(one.session_title or None, one.session_title),
            Cell(names.get(one.second_theme_id), names.get(one.second_theme_id, "")),
            Cell("person" if one.by_person else "auto", words.t("people") if one.by_person else "Kring"),
        )
        for one in given
    ]
    dull = ("second_theme", "assigned_by") if brief else ()
    kept = [
        index
        for index, column in enumerate(columns)
        if column.name not in dull or len({row[index].value for row in rows}) > 1
    ]
    return Table(
        words.t("Questions as they were asked"),
        tuple(columns[index] for index in kept),
        tuple(tuple(row[index] for index in kept) for row in rows),
    )
