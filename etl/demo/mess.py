"""What is wrong on purpose, in one place, so that a test can say exactly what must be refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from etl.demo.formats.dutch_csv import dutch_csv
from etl.demo.formats.workbook import Cell
from etl.demo.people import Person

GroupRow = tuple[str, str, str, str, date, date | None]
Answer = tuple[datetime, tuple[str, ...]]

# File name -> rows that cannot be used. A whole file that cannot be used counts as one.
REFUSED_ROWS = {
    "ledenadministratie 2026-11-20.csv": 4,
    "agenda 2023.csv": 1,
    "Aanmelden bijeenkomsten 2025 (Reacties) - Formulierreacties 1.csv": 2,
    "Uren begeleiding leernetwerk 2026.xlsx": 1,
    "leden-export.csv": 1,
}
NEEDS_MAPPING = ("nieuwsbrief abonnees.csv",)
CARELESS_GROUP = "Communicatie"
WRITTEN_TWICE = 6
NAMES_TO_SETTLE = {
    "ROC Lindeveld": "Lindeveld College Noord",
    "Zorggroep De Warme Wanten": "Stichting Warme Wanten",
    "Hogeschool Rivierenhof": "Hogeschool Rivierenhof Oost",
}
SAVED_TWICE = ("Wat werkt, en waarom?", "Slot: Samen beoordelen")

LOGIN_PAGE = (
    b'<!DOCTYPE html>\r\n<html lang="nl">\r\n<head><meta charset="utf-8">'
    b"<title>Inloggen - Ledenportaal</title></head>\r\n"
    b'<body><h1>Uw sessie is verlopen</h1><form method="post" action="/inloggen">'
    b'<label>E-mailadres <input name="u"></label></form></body>\r\n</html>\r\n'
)


def spoil_members(content: bytes) -> bytes:
    """Add four rows that cannot be used, and one that only looks wrong."""
    rows = (
        "3901;Wannes;Kapstokmans;wannes@hsbelfort.example.nl;Belfort Hogeschool;docent;;BE;31-2-2024;;",
        "3902;Trijntje;van der Bloempot;trijntje@example.org;;;;NL;onbekend;;aangemeld op papier",
        ";;;;ROC Lindeveld;;praktijk;NL;4-9-2025;;naam volgt",
        "3903;Fedde;Deurmatstra;fedde@example.org;ROC Lindeveld;docent;;NL;1-10-2025;;belt;niet mailen",
        "3904;Mo;'t Knopsgat;mo.knopsgat@example.org;HNR;docent;praktijk;NL;02-10-2025;;",
    )
    return content + "".join(f"{row}\r\n" for row in rows).encode("cp1252")


def agenda_rows(year: int) -> list[tuple[str, ...]]:
    """An entry without a date, and one meeting that was called off."""
    called_off = (
        "LC-2022-90", "Netwerkdag zomer 2022", "16-6-2022 10:00", "16-6-2022 15:00", "netwerkdag", "", "",
        "op locatie", "Het Lokaal, Zandermeer", "", "Netwerkdag", "", "geannuleerd", "",
    )  # fmt: skip
    undated = ("LC-2023-90", "Bezoek aan een leerwerkplaats", *[""] * 10, "onder voorbehoud", "")
    extra: dict[int, list[tuple[str, ...]]] = {2022: [called_off], 2023: [undated]}
    return extra.get(year, [])


def spoil_registrations(year: int, answers: list[Answer]) -> list[Answer]:
    """In 2025 one answer without anybody and one without a session; every year some press send twice."""
    spoiled = list(answers)
    if year == 2025:
        spoiled[40:40] = [(answers[40][0], ("", "", "ROC Lindeveld", "praktijk", "LC-2025-02", "aangemeld"))]
        spoiled[90:90] = [
            (
                answers[90][0],
                ("fenna.kladblok@example.org", "Fenna Kladblok", "", "praktijk", "", "aangemeld"),
            )
        ]
    return [
        answer
        for place, answer in enumerate(spoiled)
        for answer in ([answer] * (2 if place % 97 == 50 else 1))
    ]


def spoil_group(rows: Sequence[GroupRow], members: Sequence[Person]) -> list[GroupRow]:
    """Members once more: by initials, with a slip of the pen, under a married name, from another address.

    And the first member of a few organisations writes its name in a way that only people can settle.
    """
    left = dict(NAMES_TO_SETTLE)
    spoiled = [(row[0], row[1], left.pop(row[2], row[2]), *row[3:]) for row in rows]
    chosen = [one for one in members if " " not in one.family and len(one.family) > 8 and one.number]
    writings = (
        lambda one: (f"{one.given[0]}. {one.family}", ""),
        lambda one: (f"{one.given} {one.family}-van Potlood", one.private_email),
        lambda one: (_slip(one.name), one.private_email),
        lambda one: (one.name_by_surname, one.private_email),
    )
    for place, person in enumerate(chosen[:: max(1, len(chosen) // WRITTEN_TWICE)][:WRITTEN_TWICE]):
        name, email = writings[place % len(writings)](person)
        joined = date(2026, 9, 1) + timedelta(days=place)
        spoiled.append((name, email, person.organisation.name, "lid", joined, None))
    return spoiled


def _slip(name: str) -> str:
    """Two letters near the end change places."""
    return f"{name[:-4]}{name[-3]}{name[-4]}{name[-2:]}"


def spoil_effort(rows: Sequence[tuple[str, date, float]]) -> list[tuple[Cell, ...]]:
    """One week for which somebody wrote the hours as a word."""
    spoiled: list[tuple[Cell, ...]] = [(week, kind, hours) for kind, week, hours in rows]
    spoiled.append((date(2026, 7, 20), "proces", "een paar uur"))
    return spoiled


def newsletter_counts() -> bytes:
    """A table that no mapping covers: Kring must ask what it means."""
    rows = [
        (f"Nieuwsbrief {number}", f"{number}-2026", str(900 + 17 * number), str(410 + 9 * number))
        for number in range(1, 11)
    ]
    return dutch_csv(("Campagne", "Maand", "Verzonden", "Geopend"), rows)
