"""Coworking of educational developers: a hub, faculties at several locations, central and local days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from etl.demo.calendar import Session
from etl.demo.chance import constants, stream, weighted_sample
from etl.demo.members import AS_OF, Stay
from etl.demo.people import PEOPLE, Organisation, Person, invent_people, organisations

LIST_HEADING = ("Naam", "E-mail", "Organisatie", "Faculteit of dienst", "Locatie")
PRESENCE_HEADING = ("Bijeenkomst", "Naam", "E-mailadres", "Organisatie", "Faculteit of dienst", "Locatie")
CENTRAL_PLACE = "Leerplein, Kasseistad"
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
    "november", "december",
)  # fmt: skip


@dataclass(frozen=True)
class Developer:
    """One educational developer and the place they work."""

    person: Person
    unit: str
    location: str


def developers(network: tuple[Stay, ...]) -> tuple[Developer, ...]:
    """Everybody on the list, hub first. One in four is a member of the network; the others are not."""
    story = constants("coworking.toml")
    home = next(each for each in organisations() if each.name == story["organisation"])
    desks = [(unit, location) for unit, location, size in _units() for _ in range(size)]
    members = (stay.person for stay in network if stay.holds(AS_OF) and stay.person.organisation == home)
    others = (_employed(person, home) for person in invent_people(PEOPLE)[-len(desks) :])
    return tuple(
        Developer(next(members if place % 4 == 2 else others), unit, location)
        for place, (unit, location) in enumerate(desks)
    )


def _employed(person: Person, home: Organisation) -> Person:
    return replace(person, organisation=home, email=f"{person.email.partition('@')[0]}@{home.domain}")


def coworking_days() -> tuple[Session, ...]:
    """The days on the agenda; a local day is held at every location at once."""
    series = str(constants("coworking.toml")["series"])
    places = ", ".join(dict.fromkeys(location for _, location, _ in _units()))
    found = []
    for number, (day, where, _) in enumerate(_days(), 1):
        starts_at = datetime.fromisoformat(f"{day}T09:30")
        found.append(
            Session(
                f"CW-{day[:4]}-{number:02d}",
                f"Coworking {where}, {MONTHS[starts_at.month - 1]} {starts_at.year}",
                starts_at, starts_at + timedelta(hours=6), series, "", f"coworking {where}", "op locatie",
                CENTRAL_PLACE if where == "centraal" else places, attendance="sheet",
            )
        )  # fmt: skip
    return tuple(found)


def coworking_presence(everybody: tuple[Developer, ...]) -> list[tuple[Session, list[Developer]]]:
    """Who came to each day: the hub mostly to a central one, whoever is at another location less."""
    chance = stream("coworking")
    hub = everybody[0].unit
    found = []
    for session, (_, where, size) in zip(coworking_days(), _days(), strict=True):
        weigh = partial(_pull, hub=hub, central=where == "centraal")
        came = weighted_sample(chance, everybody, weigh, size)
        found.append((session, sorted(came, key=lambda one: (one.unit, one.person.email))))
    return found


def _pull(one: Developer, hub: str, central: bool) -> float:
    if one.unit == hub:
        return one.person.eagerness * (3.0 if central else 0.5)
    return one.person.eagerness * (0.6 if central and one.location != "Kasseistad" else 1.0)


def _units() -> list[tuple[str, str, int]]:
    return cast("list[tuple[str, str, int]]", constants("coworking.toml")["units"])


def _days() -> list[tuple[str, str, int]]:
    return cast("list[tuple[str, str, int]]", constants("coworking.toml")["days"])
