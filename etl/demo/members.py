"""Who was a member when: of the network, and of its working groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from etl.demo.chance import day_between, stream, weighted_sample
from etl.demo.people import PEOPLE, Person, host, invent_people

STARTED_ON = date(2020, 11, 26)
AS_OF = date(2026, 11, 21)
FOUNDERS = 72
ENDING_SHARE = 0.0062  # of the members, each month
RETURNING_SHARE = 0.35  # of those who ended
NEW_A_MONTH = (0, 24, 20, 22, 17, 17, 18, 7, 10, 29, 26, 23, 9)  # by month number, January = 1

# Size of each working group on a few days; in between it grows in a straight line.
GROUP_SIZES: dict[str, tuple[tuple[date, int], ...]] = {
    "Kennisbasis": (
        (date(2021, 1, 1), 30), (date(2022, 1, 1), 140), (date(2024, 11, 1), 336), (date(2025, 11, 1), 408),
        (date(2026, 12, 1), 490),
    ),
    "Instrumenten": (
        (date(2021, 1, 1), 38), (date(2023, 1, 1), 240), (date(2024, 11, 1), 340), (date(2025, 11, 1), 376),
        (date(2026, 12, 1), 414),
    ),
    "Communicatie": (
        (date(2020, 12, 1), 24), (date(2022, 6, 1), 120), (date(2024, 11, 1), 146), (date(2025, 11, 1), 150),
        (date(2026, 9, 1), 158), (date(2026, 12, 1), 150),
    ),
    "Onderzoek en praktijk": (
        (date(2022, 10, 1), 18), (date(2024, 11, 1), 122), (date(2025, 11, 1), 194), (date(2026, 12, 1), 272),
    ),
    "Vlaanderen": ((date(2024, 2, 1), 14), (date(2025, 11, 1), 53), (date(2026, 12, 1), 148)),
}  # fmt: skip


@dataclass(frozen=True)
class Stay:
    """One membership: `ends_on` is the first day it no longer holds."""

    person: Person
    starts_on: date
    ends_on: date | None = None
    role: str = ""

    def holds(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on > day)


def network_members() -> tuple[Stay, ...]:
    """The memberships of the network: founders, newcomers by month, leavers, people who come back."""
    chance = stream("members")
    people = iter(invent_people(PEOPLE))
    present = [
        Stay(next(people), day_between(chance, STARTED_ON, date(2020, 11, 30))) for _ in range(FOUNDERS)
    ]
    present.append(Stay(host(), STARTED_ON, role="coördinator"))
    past: list[Stay] = []
    returns: dict[date, list[Person]] = {}
    for month in _months(date(2020, 12, 1), AS_OF):
        last = min(_next_month(month) - timedelta(days=1), AS_OF)
        leaving = chance.sample(
            present[FOUNDERS // 2 :], _rounded(chance, len(present) * ENDING_SHARE * _share(month))
        )
        for stay in leaving:
            if stay.person.number == 0 or stay.starts_on > month - timedelta(days=60):
                continue
            present.remove(stay)
            past.append(Stay(stay.person, stay.starts_on, _ending_day(chance, month, last), stay.role))
            if chance.random() < RETURNING_SHARE:
                back = _months_later(month, chance.randint(3, 22))
                returns.setdefault(back, []).append(stay.person)
        present.extend(Stay(person, day_between(chance, month, last)) for person in returns.pop(month, ()))
        newcomers = round(NEW_A_MONTH[month.month] * _share(month) * (0.9 + 0.2 * chance.random()))
        present.extend(Stay(next(people), day_between(chance, month, last)) for _ in range(newcomers))
    return tuple(sorted(past + present, key=lambda stay: (stay.starts_on, stay.person.number)))


def group_members(group: str, network: tuple[Stay, ...]) -> tuple[Stay, ...]:
    """The memberships of one working group, drawn from those who are in the network for long enough."""
    chance = stream(f"group {group}")
    sizes = GROUP_SIZES[group]
    stays: list[Stay] = []
    for month in _months(sizes[0][0], AS_OF):
        last = min(_next_month(month) - timedelta(days=1), AS_OF)
        inside = [stay for stay in stays if stay.holds(last)]
        wanted = _size_on(sizes, last) - len(inside)
        ever = {stay.person.number for stay in stays}
        candidates = [
            stay
            for stay in network
            if stay.person.number not in ever and stay.holds(month) and stay.holds(last)
        ]
        for stay in weighted_sample(chance, candidates, lambda stay: _pull(group, stay), max(0, wanted)):
            stays.append(Stay(stay.person, day_between(chance, month, last), stay.ends_on))
    leads = {stay.person.number for stay in stays[:2]}
    return tuple(
        Stay(stay.person, stay.starts_on, stay.ends_on, "trekker" if stay.person.number in leads else "lid")
        for stay in sorted(stays, key=lambda stay: (stay.starts_on, stay.person.number))
    )


def _pull(group: str, stay: Stay) -> float:
    person = stay.person
    if group == "Vlaanderen":
        return person.eagerness * (12 if person.organisation.country == "BE" else 0.15)
    if group == "Communicatie":
        return person.eagerness * (2 if person.audience == "beleid" else 1)
    return person.eagerness


def _size_on(sizes: tuple[tuple[date, int], ...], day: date) -> int:
    for (before, low), (after, high) in pairwise(sizes):
        if day < after:
            return low + round((high - low) * (day - before).days / (after - before).days)
    return sizes[-1][1]


def _share(month: date) -> float:
    """The part of the month that has passed on the demo's day."""
    return AS_OF.day / 30 if (month.year, month.month) == (AS_OF.year, AS_OF.month) else 1.0


def _ending_day(chance: Random, month: date, last: date) -> date:
    return month if chance.random() < 0.5 else day_between(chance, month, last)


def _rounded(chance: Random, value: float) -> int:
    return int(value) + (chance.random() < value % 1)


def _months(first: date, last: date) -> list[date]:
    months = [first.replace(day=1)]
    while _next_month(months[-1]) <= last:
        months.append(_next_month(months[-1]))
    return months


def _next_month(month: date) -> date:
    return _months_later(month, 1)


def _months_later(month: date, count: int) -> date:
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)
