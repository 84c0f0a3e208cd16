"""Taking part as typed facts: reach of activities, how often people came, units, hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import groupby

from dashboard.facts import RATE_GUARD
from dashboard.stories.records import Record, count_of, day_of, number_of, text_of

NEAR_CHANCE = 0.05  # within five points of chance
LEAST_CHANCE = 0.1  # under it, five points would call anything chance
FEWEST_FOR_A_THEME = 3
MOST_TIMES = 6  # whoever came more often is counted together


@dataclass(frozen=True)
class Activity:
    """One row of `activity_reach`."""

    title: str
    on: date
    theme: str
    came: int
    share: float


@dataclass(frozen=True)
class Times:
    """So many people came to so many activities; by chance it would have been `expected`."""

    activities: int
    people: int
    expected: float
    is_or_more: bool = False


class Verdict(Enum):
    """How the reach compares with what chance would give."""

    NEAR = "near"
    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True)
class Participation:
    """The activities of one window together. `times` tells of none, one, two … activities."""

    eligible: int
    start: date
    end: date
    working_group: str
    activities: tuple[Activity, ...]
    times: tuple[Times, ...]

    @property
    def missed(self) -> int:
        """Members who came to none."""
        return self.times[0].people

    @property
    def union(self) -> float:
        """The share that came at least once."""
        return 1 - self.missed / self.eligible

    @property
    def chance(self) -> float:
        """What that share would be by chance."""
        return 1 - self.times[0].expected / self.eligible

    @property
    def mean(self) -> float:
        """The share that came to an activity, on average."""
        return sum(each.share for each in self.activities) / len(self.activities)

    @property
    def attendances(self) -> int:
        """All seats filled by members."""
        return sum(each.came for each in self.activities)

    @property
    def has_shares(self) -> bool:
        """Whether there are enough members to speak of a percentage."""
        return self.eligible >= RATE_GUARD

    @property
    def verdict(self) -> Verdict | None:
        """The reach beside chance; None where one activity, few members or hardly any visits say nothing."""
        if len(self.activities) < 2 or not self.has_shares or max(self.chance, self.union) < LEAST_CHANCE:
            return None
        difference = self.union - self.chance
        if abs(difference) <= NEAR_CHANCE + 1e-9:
            return Verdict.NEAR
        return Verdict.LOWER if difference < 0 else Verdict.HIGHER


def participation(reach: Iterable[Record], counts: Iterable[Record]) -> Participation | None:
    """`activity_reach` and `activity_counts` of one window; None when nobody could be counted."""
    rows = list(reach)
    times = tuple(
        Times(count_of(row, "activities"), count_of(row, "people"), number_of(row, "expected"))
        for row in counts
    )
    if not rows or not times:
        return None
    activities = tuple(
        Activity(
            text_of(row, "title"),
            day_of(row, "held_on"),
            text_of(row, "theme"),
            count_of(row, "came"),
            number_of(row, "share"),
        )
        for row in rows
    )
    first = rows[0]
    return Participation(
        count_of(first, "eligible"),
        day_of(first, "from_on"),
        day_of(first, "to_on"),
        text_of(first, "working_group"),
        activities,
        times,
    )


def folded(times: Sequence[Times], most: int = MOST_TIMES) -> tuple[Times, ...]:
    """At most `most` + 1 rows: whoever came more often is counted with the last."""
    if len(times) <= most + 1:
        return tuple(times)
    rest = times[most:]
    last = Times(most, sum(one.people for one in rest), sum(one.expected for one in rest), is_or_more=True)
    return (*times[:most], last)


# --- series and their themes --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """One meeting of a series that was held, as far as choosing a window needs it."""

    series: str
    on: date
    theme: str
    kind: str
    attended: int | None


def held(records: Iterable[Record], until: date) -> tuple[Held, ...]:
    """`sessions` of a series up to and including `until`, oldest first."""
    rows = [
        Held(
            text_of(row, "series"),
            day_of(row, "held_on"),
            text_of(row, "theme"),
            text_of(row, "kind"),
            None if row.get("attended") is None else count_of(row, "attended"),
        )
        for row in records
        if row.get("series") and row.get("held_on")
    ]
    return tuple(sorted((row for row in rows if row.on <= until), key=lambda row: row.on))


def series_by_use(rows: Sequence[Held]) -> tuple[str, ...]:
    """The series with lists of names: the one whose themes are newest first, the others by name."""
    named = [row for row in rows if row.attended is not None]
    names = sorted({row.series for row in named}, key=str.lower)
    if not names:
        return ()
    themed = [row for row in named if row.theme]
    first = (themed or named)[-1].series
    return (first, *(name for name in names if name != first))


@dataclass(frozen=True)
class ThemeWindow:
    """The days of one theme of a series."""

    number: int
    theme: str
    start: date
    end: date
    activities: int


def theme_windows(rows: Sequence[Held], series: str) -> tuple[ThemeWindow, ...]:
    """The themes of a series, one after the other, where they do not run through one another."""
    of_series = [row for row in rows if row.series == series and row.attended is not None]
    found = []
    for number, (theme, group) in enumerate(groupby(of_series, key=lambda row: row.theme), 1):
        days = [row.on for row in group]
        found.append(ThemeWindow(number, theme, days[0], days[-1], len(days)))
    names = [window.theme for window in found]
    if len(found) < 2 or not all(names) or len(set(names)) < len(names):
        return ()
    return tuple(found)


def best_window(windows: Sequence[ThemeWindow]) -> ThemeWindow | None:
    """The newest theme with enough activities to compare with chance."""
    full = [window for window in windows if window.activities >= FEWEST_FOR_A_THEME]
    return full[-1] if full else None


def mean_by_kind(rows: Sequence[Held], series: str, start: date, end: date) -> tuple[tuple[str, float], ...]:
    """How many people came on average to each kind of meeting of a series, the fullest kind first."""
    counted: dict[str, list[int]] = {}
    for row in rows:
        if row.series == series and start <= row.on <= end and row.attended is not None and row.kind:
            counted.setdefault(row.kind, []).append(row.attended)
    means = ((kind, sum(values) / len(values)) for kind, values in counted.items())
    return tuple(sorted(means, key=lambda pair: (-pair[1], pair[0])))


# --- units and hours ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """One row of `units` whose unit is known."""

    organisation: str
    unit: str
    region: str
    people: int
    members: int
    active: int


def units(records: Iterable[Record]) -> tuple[Unit, ...]:
    """The units of the organisation of which most people's unit is known, the largest unit first."""
    known = [
        Unit(
            text_of(row, "organisation"),
            text_of(row, "unit"),
            text_of(row, "region"),
            count_of(row, "people"),
            count_of(row, "members"),
            count_of(row, "active"),
        )
        for row in records
        if row.get("unit")
    ]
    people: dict[str, int] = {}
    for one in known:
        people[one.organisation] = people.get(one.organisation, 0) + one.people
    if not people:
        return ()
    largest = min(people, key=lambda name: (-people[name], name))
    kept = [one for one in known if one.organisation == largest]
    return tuple(sorted(kept, key=lambda one: (-one.people, one.unit, one.region)))


@dataclass(frozen=True)
class Hours:
    """Hours of one kind of facilitation in one week."""

    week: date
    kind: str
    hours: float
    active: int | None


def hours(records: Iterable[Record]) -> tuple[Hours, ...]:
    """`facilitation`, oldest first."""
    rows = (
        Hours(
            day_of(row, "week"),
            text_of(row, "kind"),
            number_of(row, "hours"),
            None if row.get("active_members") is None else count_of(row, "active_members"),
        )
        for row in records
    )
    return tuple(sorted(rows, key=lambda row: (row.week, row.kind)))


def weeks_of(rows: Sequence[Hours]) -> int:
    """How many weeks somebody wrote down."""
    return len({row.week for row in rows})


def hours_by_kind(rows: Sequence[Hours]) -> tuple[tuple[str, float], ...]:
    """Hours a week by kind, over the weeks that were written down, the most first."""
    total: dict[str, float] = {}
    for row in rows:
        total[row.kind] = total.get(row.kind, 0.0) + row.hours
    weeks = weeks_of(rows) or 1
    return tuple(sorted(((kind, value / weeks) for kind, value in total.items()), key=lambda pair: -pair[1]))


def hours_per_active(rows: Sequence[Hours]) -> float | None:
    """Hours a week for each active member, over the weeks in which anybody was active."""
    known = [row for row in rows if row.active]
    weeks = weeks_of(known)
    return sum(row.hours / (row.active or 1) for row in known) / weeks if weeks else None
