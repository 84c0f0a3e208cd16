"""Who registered and who came, drawn from a model: each person has an eagerness of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import cast

from etl.demo.calendar import Session
from etl.demo.chance import constants, stream, weighted_sample
from etl.demo.members import AS_OF, Stay
from etl.demo.people import Person

Stretch = tuple[datetime, datetime]
DEVICES: tuple[str, ...] = ("iPhone van Sanne", "iPad", "Galaxy S23")
GUEST_MARKS = (" (Gast)", " (Guest)", " (External)")
ON_9_JUNE: tuple[str, ...] = ("Tante Sidonia Knikkerpot (Gast)", "Opa Bonifaas Beschuit (Gast)")
NAMED_ON_9_JUNE = 96  # of "ca. 130": the others shared a screen or dialled in


@dataclass(frozen=True)
class Registration:
    """One answer to a sign-up form; `status` as the coordinator's column says it."""

    person: Person
    name: str
    email: str
    status: str
    registered_at: datetime


@dataclass(frozen=True)
class Presence:
    """One person, guest or device at a session, with every stretch of time they were there."""

    name: str
    email: str
    organisation: str
    role: str  # host, presenter or attendee
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Turnout:
    """One session with its registrations and, where a list was kept, those who came."""

    session: Session
    registrations: tuple[Registration, ...]
    present: tuple[Presence, ...]


def turnout(
    session: Session, network: tuple[Stay, ...], groups: dict[str, tuple[Stay, ...]], host: Person
) -> Turnout:
    """Draw registrations and attendance for one session."""
    chance = stream(f"session {session.code}")
    pool = _pool(session, network, groups)
    drawn = weighted_sample(chance, list(pool), lambda person: pool[person], round(session.wanted * 1.2) + 20)
    registered, others = drawn[: session.wanted], drawn[session.wanted :]
    cancelled = others[: round(session.wanted * 0.05)]
    registrations = [_registration(chance, session, person, "aangemeld") for person in registered]
    registrations += [_registration(chance, session, person, "afgemeld") for person in cancelled]
    registrations.sort(key=lambda registration: registration.registered_at)
    if session.attendance == "none" or session.starts_at.date() > AS_OF:
        return Turnout(session, tuple(registrations), ())
    share = (
        chance.uniform(0.70, 0.76)
        if session.starts_at >= datetime(2025, 11, 1)
        else chance.uniform(0.67, 0.72)
    )
    came = weighted_sample(
        chance, registered, lambda person: person.eagerness + 0.5, round(len(registered) * share)
    )
    walk_ins = others[len(cancelled) :][: max(1, round(session.wanted * 0.07))]
    if session.starts_at.date().isoformat() == "2021-06-09":
        came = came[: NAMED_ON_9_JUNE - len(walk_ins) - 2]
    present = [presence(chance, session, person) for person in came + walk_ins]
    present += _guests(chance, session)
    if session.attendance == "teams":
        present = [presence(chance, session, host, "host"), *present]
    return Turnout(session, tuple(registrations), tuple(present))


def presence(chance: Random, session: Session, person: Person, role: str = "attendee") -> Presence:
    """Someone who came, with rejoins, a late arrival, or only a look around the door."""
    return Presence(
        person.name,
        person.email,
        person.organisation.name,
        role,
        stretches(chance, session, whole=role == "host"),
    )


def stretches(chance: Random, session: Session, whole: bool = False) -> tuple[Stretch, ...]:
    """One to three stretches of time within the session."""
    opened, closed = session.starts_at, session.ends_at
    came = opened + timedelta(seconds=chance.randint(-420, 240))
    left = closed + timedelta(seconds=chance.randint(-300, 200))
    luck = chance.random()
    if whole or luck < 0.72:
        return ((came, left),)
    if luck < 0.76:
        return ((came, came + timedelta(seconds=chance.randint(1200, 1800))),)
    if luck < 0.78:
        return (
            (came, came + timedelta(seconds=chance.randint(60, 170))),
            (came + timedelta(minutes=6), left),
        )
    if luck < 0.84:
        return ((came + timedelta(minutes=chance.randint(8, 25)), left),)
    cut = came + timedelta(
        seconds=chance.randint(900, max(901, int((closed - opened).total_seconds()) - 1500))
    )
    return ((came, cut), (cut + timedelta(seconds=chance.randint(20, 400)), left))


def _pool(
    session: Session, network: tuple[Stay, ...], groups: dict[str, tuple[Stay, ...]]
) -> dict[Person, float]:
    day = session.starts_at.date()
    inside = {stay.person.number for stay in groups.get(session.group, ()) if stay.holds(day)}
    pool: dict[Person, float] = {}
    for stay in network:
        if not stay.holds(day) or stay.person.number == 0:
            continue
        weight = stay.person.eagerness * (3.0 if (day - stay.starts_on).days < 75 else 1.0)
        if session.group:
            weight *= 1.0 if stay.person.number in inside else 0.06
        if session.audience and stay.person.audience != session.audience:
            weight *= 0.05
        pool[stay.person] = weight
    return pool


def _registration(chance: Random, session: Session, person: Person, status: str) -> Registration:
    email = person.private_email if chance.random() < 0.0006 else person.email
    luck = chance.random()
    if luck < 0.0008:
        name = _typo(chance, person.name)
    elif luck < 0.08:
        name = person.name_by_surname
    else:
        name = person.name.lower() if luck < 0.11 else person.name
    if chance.random() < 0.05:
        email = email.title()
    day = session.starts_at.date() - timedelta(days=min(40, 1 + int(chance.expovariate(1 / 9))))
    moment = datetime.combine(day, time(8)) + timedelta(seconds=chance.randint(0, 14 * 3600))
    return Registration(person, name, email, status, moment)


def _typo(chance: Random, name: str) -> str:
    place = chance.randint(1, len(name) - 3)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _guests(chance: Random, session: Session) -> list[Presence]:
    """People without an address, and now and then a device."""
    names = ON_9_JUNE
    if session.starts_at.date().isoformat() != "2021-06-09":
        written = constants("names.toml")
        given, family = cast("list[str]", written["guest_given"]), cast("list[str]", written["guest_family"])
        guests = [
            f"{chance.choice(given)} {chance.choice(family)}{chance.choice(GUEST_MARKS)}"
            for _ in range(5)
            if chance.random() < 0.11
        ]
        names = (*guests, *(device for device in DEVICES if chance.random() < 0.11))
    if session.attendance == "sheet":
        names = tuple(name.partition(" (")[0] for name in names if "(" in name)
    return [Presence(name, "", "", "attendee", stretches(chance, session)) for name in names]
