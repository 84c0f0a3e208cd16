"""Konekt: nine transition experiments, what they gave one another, and when they asked for help."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast

from etl.demo.calendar import Session
from etl.demo.chance import constants

EXCHANGE_HEADING = ("Datum", "Van", "Naar", "Onderwerp", "Soort")
PLACE = "De Oude Remise, Zandermeer"


def projects() -> tuple[str, ...]:
    """The nine projects."""
    return tuple(cast("list[str]", constants("konekt.toml")["projects"]))


def exchange_rows() -> list[tuple[date, str, str, str, str]]:
    """Day, giver, receiver, topic and kind, oldest first; help comes from the support team."""
    story = constants("konekt.toml")
    names, support = projects(), str(story["support"])
    rows = [
        (date.fromisoformat(day), names[giver - 1], names[receiver - 1], topic, kind)
        for day, giver, receiver, topic, kind in cast(
            "list[tuple[str, int, int, str, str]]", story["exchanges"]
        )
    ]
    rows += [
        (date.fromisoformat(day), support, names[asker - 1], topic, "hulpvraag")
        for day, asker, topic in cast("list[tuple[str, int, str]]", story["help"])
    ]
    return sorted(rows)


def exchange_days() -> tuple[Session, ...]:
    """The days on which the projects met; people were counted, not listed."""
    days = cast("list[tuple[str, str, int, str, str]]", constants("konekt.toml")["days"])
    found = []
    for number, (day, clock, minutes, title, headcount) in enumerate(days, 1):
        starts_at = datetime.fromisoformat(f"{day}T{clock}")
        found.append(
            Session(
                f"KO-{day[:4]}-{number:02d}", title, starts_at, starts_at + timedelta(minutes=minutes),
                "Konekt", "", "uitwisselingsdag", "op locatie", PLACE, headcount=headcount,
            )
        )  # fmt: skip
    return tuple(found)
