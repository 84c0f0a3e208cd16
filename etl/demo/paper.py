"""The position paper: its versions, and the comments of each audience with what became of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from etl.demo.chance import constants, day_between, stream

VERSION_HEADING = ("Document", "Versie", "Gepubliceerd op")
COMMENT_HEADING = ("Document", "Versie", "Doelgroep", "Ontvangen op", "Stand", "Besloten op")
DECISIONS = {"overgenomen": 6, "niet overgenomen": 2, "beantwoord": 2}

Comment = tuple[str, str, str, date, str, date | None]


def version_rows() -> list[tuple[str, str, date]]:
    """Document, version and day of publication."""
    story = constants("paper.toml")
    versions = cast("list[tuple[str, str]]", story["versions"])
    return [(str(story["document"]), version, date.fromisoformat(day)) for version, day in versions]


def comment_rows() -> list[Comment]:
    """Every point of every comment in the order of receipt; the last ones of an audience may wait."""
    chance = stream("position paper")
    story = constants("paper.toml")
    document = str(story["document"])
    rows: list[Comment] = []
    for version, audience, first, last, received, waiting in cast(
        "list[tuple[str, str, str, str, int, int]]", story["comments"]
    ):
        days = sorted(
            day_between(chance, date.fromisoformat(first), date.fromisoformat(last)) for _ in range(received)
        )
        for place, day in enumerate(days):
            if place >= received - waiting:
                rows.append((document, version, audience, day, "open", None))
                continue
            decision = chance.choices(list(DECISIONS), list(DECISIONS.values()))[0]
            decided_on = day + timedelta(days=chance.randint(9, 62))
            rows.append((document, version, audience, day, decision, decided_on))
    return sorted(rows, key=lambda row: (row[3], row[2], row[4], row[5] or row[3]))
