"""The questions that people brought along, spread over the sessions; some subjects grow, others fade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast

from etl.demo.chance import constants, stream
from etl.demo.formats.google import form_download
from etl.demo.people import Person
from etl.demo.sessions import Turnout

CHAIN = {"2021-03-16": "16 maart", "2021-04-08": "8 april", "2021-06-09": "9 juni"}
TRENDS = {"opbrengst zichtbaar maken": 1.5, "beoordelen en toetsen": 1.4, "digitale werkvormen": 0.6}
SHEET_QUESTIONS = ("E-mailadres", "Naam", "Ik ben", "Bij welke bijeenkomst?", "Welke vraag neemt u mee?")
CHAIN_QUESTIONS = ("E-mailadres", "Naam", "Welke vraag over learning communities houdt u bezig?")

Asked = tuple[datetime, Person, Turnout, str]


def harvest_files(turnouts: list[Turnout]) -> Iterator[tuple[str, bytes]]:
    """Three forms of the chain of 2021, and a form a year after that."""
    asked = _asked(turnouts)
    for day, words in CHAIN.items():
        chain = [one for one in asked if _day(one[2]) == day]
        rows = [(at, (person.email, person.name, text)) for at, person, _, text in chain]
        yield f"Vragen ophalen {words} 2021.csv", form_download(CHAIN_QUESTIONS, rows)
    for year in range(2022, 2027):
        of_year = [one for one in asked if one[2].session.starts_at.year == year]
        answers = [
            (at, (person.email, person.name, person.audience, where.session.code, text))
            for at, person, where, text in of_year
        ]
        yield f"Vragen aan het netwerk {year}.csv", form_download(SHEET_QUESTIONS, answers)


def _asked(turnouts: list[Turnout]) -> list[Asked]:
    """Every question once: in the chain of 2021 during the session, later by somebody who signs up."""
    chance = stream("harvest")
    subjects = cast("list[dict[str, object]]", constants("harvest.toml")["subjects"])
    places = [one for one in turnouts if one.registrations and one.present and _is_asked(one)]
    asked: list[Asked] = []
    for subject in subjects:
        trend = TRENDS.get(str(subject["about"]), 1.0)
        weights = [trend ** (one.session.starts_at.year - 2021) * len(one.present) for one in places]
        for text in cast("list[str]", subject["questions"]):
            where = chance.choices(places, weights)[0]
            registration = chance.choice(where.registrations)
            asked_at = registration.registered_at
            if _day(where) in CHAIN:
                asked_at = where.session.starts_at + timedelta(seconds=chance.randint(600, 5_400))
            asked.append((asked_at, registration.person, where, _as_typed(text, asked)))
    return sorted(asked, key=lambda one: (one[0], one[3]))


def _is_asked(one: Turnout) -> bool:
    return _day(one) in CHAIN or one.session.starts_at.year > 2021


def _day(one: Turnout) -> str:
    return one.session.starts_at.date().isoformat()


def _as_typed(text: str, asked: list[Asked]) -> str:
    """Now and then somebody presses enter in the middle, or writes without capitals."""
    if len(asked) % 31 == 7:
        head, _, tail = text.partition(" ")
        return f"{head} {tail}\nAlvast bedankt!"
    return text.lower() if len(asked) % 23 == 5 else text
