"""The online leernetwerk, constructed and not drawn: 40 of 50 members came at least once, 20 on average."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast

from etl.demo.calendar import Session
from etl.demo.chance import constants, day_between, stream, weighted_sample
from etl.demo.members import Stay
from etl.demo.people import Person
from etl.demo.sessions import Presence, Turnout, presence, stretches

STARTED_ON = date(2026, 1, 18)
LATE = 4  # joined on the way, so they are not among the fifty
LEFT = 2  # stopped on the way


def leernetwerk_sessions() -> tuple[Session, ...]:
    """The twelve activities of the half year."""
    story = constants("leernetwerk.toml")
    found: list[Session] = []
    for number, (day, clock, minutes, kind, theme, title, _) in enumerate(_activities(), 1):
        starts_at = datetime.fromisoformat(f"{day}T{clock}")
        found.append(
            Session(
                f"OL-2026-{number:02d}",
                title,
                starts_at,
                starts_at + timedelta(minutes=minutes),
                str(story["series"]),
                str(story["group"]),
                kind,
                "online",
                "Teams",
                theme=theme,
                attendance="teams",
            )
        )
    return tuple(found)


def leernetwerk_members(network: tuple[Stay, ...]) -> tuple[Stay, ...]:
    """A core of four, the other members of the whole half year, late joiners and leavers, in that order."""
    chance = stream("leernetwerk members")
    story = constants("leernetwerk.toml")
    size, core = cast("int", story["members"]), cast("int", story["core"])
    candidates = [
        stay for stay in network
        if stay.person.number and stay.ends_on is None and stay.starts_on < date(2025, 9, 1)
    ]  # fmt: skip
    chosen = weighted_sample(chance, candidates, lambda stay: stay.person.eagerness, size + LATE + LEFT)
    stays: list[Stay] = []
    for place, stay in enumerate(chosen):
        if place < core:
            stays.append(Stay(stay.person, date(2025, 12, 1), None, "facilitator" if place == 0 else "kern"))
        elif place < size:
            stays.append(
                Stay(stay.person, day_between(chance, date(2025, 12, 8), date(2026, 1, 6)), None, "lid")
            )
        elif place < size + LATE:
            stays.append(
                Stay(stay.person, day_between(chance, date(2026, 3, 2), date(2026, 4, 20)), None, "lid")
            )
        else:
            stays.append(Stay(stay.person, date(2026, 1, 5), date(2026, 4, 15 + place - size - LATE), "lid"))
    return tuple(stays)


def leernetwerk_turnouts(members: tuple[Stay, ...], host: Person) -> tuple[Turnout, ...]:
    """Attendance of each activity: the counts of the table, by the people of `seating`."""
    chance = stream("leernetwerk presence")
    story = constants("leernetwerk.toml")
    size, core = cast("int", story["members"]), cast("int", story["core"])
    never = cast("int", story["never"])
    active = tuple(stay.person for stay in members[: size - never])
    sessions = leernetwerk_sessions()
    reached = [row[6] for row in _activities()]
    turnouts: list[Turnout] = []
    for number, (session, people) in enumerate(zip(sessions, seating(active, core, reached), strict=True)):
        extra = [stay.person for stay in members[size:] if stay.holds(session.starts_at.date())][
            number % 3 :: 3
        ]
        present = [presence(chance, session, host, "host")]
        present += [
            presence(chance, session, person, "presenter" if person in active[:core] else "attendee")
            for person in (*people, *extra)
        ]
        if session.title.startswith("Slot"):
            present.append(
                Presence(
                    "Prof. Balthazar Krijtstreep (Gast)", "", "", "presenter", stretches(chance, session)
                )
            )
        turnouts.append(Turnout(session, (), tuple(present)))
    return tuple(turnouts)


def seating(active: tuple[Person, ...], core: int, reached: list[int]) -> list[list[Person]]:
    """Who fills the seats of each activity: the core nearly always, every active member at least once."""
    chance = stream("leernetwerk seating")
    seats: list[list[Person]] = [
        [person for place, person in enumerate(active[:core]) if number % len(reached) != (place * 3 + 1)]
        for number in range(len(reached))
    ]
    others = list(active[core:])
    for place, person in enumerate(others):
        seats[place % len(reached)].append(person)
    for number, wanted in enumerate(reached):
        free = [person for person in others if person not in seats[number]]
        missing = wanted - len(seats[number])
        seats[number] += weighted_sample(chance, free, lambda person: person.eagerness, missing)
    return seats


def effort_rows() -> list[tuple[str, date, float]]:
    """Hours of the facilitator by kind and week, about eight a week; weeks of holiday are missing."""
    chance = stream("leernetwerk effort")
    kinds = cast("dict[str, float]", constants("leernetwerk.toml")["effort"])
    busy = {_monday(session.starts_at.date()) for session in leernetwerk_sessions()}
    rows: list[tuple[str, date, float]] = []
    week = date(2026, 1, 5)
    while week <= date(2026, 7, 13):
        if week not in (date(2026, 2, 16), date(2026, 4, 27)):
            for kind, hours in kinds.items():
                factor = chance.uniform(0.8, 1.3) if week in busy else chance.uniform(0.6, 1.1)
                rows.append((kind, week, max(0.25, round(hours * factor * 4) / 4)))
        week += timedelta(days=7)
    return rows


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _activities() -> list[tuple[str, str, int, str, str, str, int]]:
    return cast("list[tuple[str, str, int, str, str, str, int]]", constants("leernetwerk.toml")["activities"])
