"""The leernetwerk's autumn: a theme of three activities; 80 % came at least once, 40 % each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations
from typing import cast

from etl.demo.calendar import Session
from etl.demo.chance import constants, stream
from etl.demo.members import Stay
from etl.demo.people import Person
from etl.demo.sessions import Turnout, presence


def autumn_sessions() -> tuple[Session, ...]:
    """Three activities of the theme that is over, and the opening of the next."""
    story = constants("autumn.toml")
    rows = cast("list[tuple[str, str, int, str, str, str]]", story["activities"])
    found = []
    for number, (day, clock, minutes, kind, theme, title) in enumerate(rows, 1):
        starts_at = datetime.fromisoformat(f"{day}T{clock}")
        found.append(
            Session(
                f"LN-2026-{number:02d}", title, starts_at, starts_at + timedelta(minutes=minutes),
                str(story["series"]), str(story["group"]), kind, "online", "Teams", theme=theme,
                attendance="teams",
            )
        )  # fmt: skip
    return tuple(found)


def autumn_turnouts(members: tuple[Stay, ...], host: Person) -> tuple[Turnout, ...]:
    """Who came: members of that half year only."""
    chance = stream("leernetwerk autumn")
    sessions = autumn_sessions()
    staying = [stay.person for stay in members if stay.holds(sessions[-1].starts_at.date())]
    chance.shuffle(staying)
    return tuple(
        Turnout(
            session,
            (),
            (
                presence(chance, session, host, "host"),
                *(presence(chance, session, person, "attendee") for person in people),
            ),
        )
        for session, people in zip(sessions, autumn_seating(staying), strict=True)
    )


def autumn_seating(people: list[Person]) -> list[list[Person]]:
    """The seats of each activity, filled one group after the other."""
    story = constants("autumn.toml")
    groups = [(tuple(range(3)), cast("int", story["all_three"]))]
    groups += zip(combinations(range(3), 2), cast("list[int]", story["pairs"]), strict=True)
    groups += zip(((0,), (1,), (2,)), cast("list[int]", story["singles"]), strict=True)
    seats: list[list[Person]] = [[], [], []]
    waiting = iter(people)
    for places, size in groups:
        for person in (next(waiting) for _ in range(size)):
            for place in places:
                seats[place].append(person)
    return [*seats, people[1::2][: cast("int", story["opened_the_next"])]]
