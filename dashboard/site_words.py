"""The sentences of the public page, computed from the rounded numbers that it shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.wording import Wording
from etl.schema.public import (
    ATTENDANCE_QUARTER,
    MEMBERS_QUARTER,
    MEMBERS_WORKING_GROUP,
    CellState,
    PublicContent,
    PublicCount,
    PublicRow,
)

QUARTERS_IN_YEAR = 4
STEPS_THAT_TELL = 2  # a difference of fewer roundings tells nothing


@dataclass(frozen=True)
class PublicFacts:
    """What the page says, taken from the published rows."""

    content: PublicContent

    @property
    def members(self) -> tuple[PublicRow, ...]:
        """Members per quarter, oldest first."""
        return self.content.of(MEMBERS_QUARTER)

    @property
    def period_end(self) -> date:
        """The last day that any figure tells of."""
        return max(row.period_end for each in self.content.figures for row in each.rows)

    @property
    def now(self) -> int | None:
        """Members at the end of the last quarter."""
        return self.members[-1].count.value if self.members else None

    @property
    def before(self) -> int | None:
        """Members a year earlier."""
        if len(self.members) <= QUARTERS_IN_YEAR:
            return None
        return self.members[-1 - QUARTERS_IN_YEAR].count.value

    @property
    def attendance(self) -> tuple[PublicRow, ...]:
        """Kinds of meetings held in the last quarter, the best attended first."""
        rows = [row for row in self.content.of(ATTENDANCE_QUARTER) if row.period_end == self.period_end]
        return ranked([row for row in rows if row.count.state is not CellState.NONE])

    @property
    def groups(self) -> tuple[PublicRow, ...]:
        """Working groups, the largest first."""
        rows = self.content.of(MEMBERS_WORKING_GROUP)
        return ranked([row for row in rows if row.period_end == self.period_end])

    def sessions(self, years_back: int = 0) -> int | None:
        """Meetings in a year; None when the figures do not go back so far."""
        rows = self.content.of(ATTENDANCE_QUARTER)
        ends = sorted({row.period_end for row in rows}, reverse=True)
        first = QUARTERS_IN_YEAR * years_back
        year = ends[first : first + QUARTERS_IN_YEAR]
        if len(year) < QUARTERS_IN_YEAR:
            return None
        return sum(row.others[0] for row in rows if row.period_end in year)


def ranked(rows: Sequence[PublicRow]) -> tuple[PublicRow, ...]:
    """The largest first; what is hidden or not known last; equal ones by name."""
    return tuple(sorted(rows, key=lambda row: (-(row.count.value or 0), row.label.casefold())))


def title(facts: PublicFacts, words: Wording) -> str:
    """The one sentence of the header."""
    now, before = facts.now, facts.before
    if now is None:
        return words.t("The network has fewer than {count} members", count=facts.content.threshold)
    if before is None:
        return words.t("The network has {count} members", count=words.number(now))
    if now == before:
        return words.t("The network has had about {count} members for a year", count=words.number(now))
    message = (
        words.t("In a year the network grew from {before} to {now} members", before="\0", now="\1")
        if now > before
        else words.t("In a year the network went from {before} to {now} members", before="\0", now="\1")
    )
    return message.replace("\0", words.number(before)).replace("\1", words.number(now))


def growth(facts: PublicFacts, words: Wording) -> str:
    """What the line does, when the last year tells clearly from the year before."""
    plain = words.t("Members per quarter")
    ends = [row.count.value for row in facts.members[-1::-QUARTERS_IN_YEAR]][:3]
    if len(ends) < 3 or any(each is None for each in ends):
        return plain
    now, before, earlier = (each or 0 for each in ends)
    last, previous = now - before, before - earlier
    tells = STEPS_THAT_TELL * facts.content.rounding
    if last < tells or previous < tells:
        return plain
    if previous - last >= tells:
        return words.t("The network is growing, though less than the year before")
    if last - previous >= tells:
        return words.t("The network is growing, and more than the year before")
    return words.t("The network grew about as much as the year before")


def best_attended(facts: PublicFacts, words: Wording) -> str:
    """The kind of meeting with clearly the most participants."""
    name = _leader(facts.attendance, facts)
    if not name:
        return words.t("Participants per kind of meeting")
    return words.t("“{kind}” drew the most participants", kind=name[:1].upper() + name[1:])


def largest_group(facts: PublicFacts, words: Wording) -> str:
    """The working group with clearly the most members."""
    name = _leader(facts.groups, facts)
    return (
        words.t("{group} is the largest working group", group=name)
        if name
        else words.t("Members per working group")
    )


def _leader(rows: Sequence[PublicRow], facts: PublicFacts) -> str:
    """The name that stands clearly first; empty when there is none, or when a count is not known."""
    if len(rows) < 2 or any(row.count.state is CellState.UNKNOWN for row in rows):
        return ""
    first, second = rows[0].count.value, rows[1].count.value or 0
    return rows[0].label if first is not None and first - second >= facts.content.rounding else ""


def counted(count: PublicCount, words: Wording) -> str:
    """A count in words where it is no number."""
    if count.value is not None:
        return words.number(count.value)
    return {
        CellState.HIDDEN: words.t("fewer than {count}", count=count.number),
        CellState.NONE: words.t("none held"),
    }.get(count.state, words.t("not known by name"))


def in_table(count: PublicCount, words: Wording) -> str:
    """A count in a cell: `1.285`, `<10`, a dash when there was nothing to count."""
    if count.value is not None:
        return words.number(count.value)
    return {CellState.HIDDEN: count.written(), CellState.NONE: "–"}.get(count.state, "?")


def signs(counts: Iterable[PublicCount], words: Wording) -> str:
    """What the signs in a table mean, those that stand in it."""
    found = {count.state: f"{in_table(count, words)} = {counted(count, words)}" for count in counts}
    signed = (CellState.NONE, CellState.UNKNOWN, CellState.HIDDEN)
    return " · ".join(found[state] for state in signed if state in found)


def rounded_to(rounding: int, words: Wording) -> str:
    """How numbers are rounded."""
    if rounding == 5:
        return words.t("rounded to fives")
    return words.t("rounded to multiples of {step}", step=rounding)


def quarter(day: date, words: Wording) -> str:
    """`3e kwartaal 2026`, `third quarter of 2026`."""
    names = (
        words.t("first quarter of {year}", year=day.year),
        words.t("second quarter of {year}", year=day.year),
        words.t("third quarter of {year}", year=day.year),
        words.t("fourth quarter of {year}", year=day.year),
    )
    return names[(day.month - 1) // 3]


def short_quarter(day: date, words: Wording) -> str:
    """`kw 3 2026`, `Q3 2026`."""
    return words.t("Q{number} {year}", number=(day.month - 1) // 3 + 1, year=day.year)
