"""A network of any size as three CSV files, with the mappings to read them. Invented, the same each time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from etl.warehouse import scratch

FILES = ("members.csv", "agenda.csv", "attendance.csv")
SETTINGS = """\
releases_kept = 1

[network]
name = "Benchmark"
as_of = 2026-11-21

[limits]
file_bytes = 20_000_000_000

[[tables]]
name = "members"
match = "members.csv"
feed = "membership"
max_rows = 100_000_000
[tables.columns]
"E-mail" = "email"
Naam = "full_name"
Organisatie = "organisation"
Werkgroep = "working_group"
"Lid sinds" = "joined_on"
"Lid tot" = "left_on"

[[tables]]
name = "agenda"
match = "agenda.csv"
feed = "event"
[tables.columns]
Nummer = "event_id"
Titel = "title"
Begin = "starts_at"
Einde = "ends_at"
Reeks = "series"

[[tables]]
name = "attendance"
match = "attendance.csv"
feed = "attendance"
max_rows = 100_000_000
[tables.columns]
Bijeenkomst = "event_id"
"E-mail" = "email"
Binnen = "joined_at"
Buiten = "left_at"
"""
FIRST_DAY = "date '2016-01-01'"
DAYS = 3900  # up to September 2026
PERSON_SHARE = 0.97  # of the membership rows are of different people; the rest joined again
PEOPLE_A_SESSION = 5000

# Numbers that look like chance and are the same each time: hash() of the row and a salt, as a share of one.
CHANCE = "create macro chance(i, salt) as hash(i, salt) / 18446744073709551616.0"


@dataclass(frozen=True)
class Size:
    """How large a network is."""

    people: int
    attendances: int

    @property
    def sessions(self) -> int:
        """How many meetings the agenda holds."""
        return max(50, self.attendances // PEOPLE_A_SESSION)

    @property
    def persons(self) -> int:
        """How many different people there are among the membership rows."""
        return max(1, int(self.people * PERSON_SHARE))


def write_network(size: Size, folder: Path) -> tuple[Path, ...]:
    """Write the three files; returns their paths in the order of FILES."""
    folder.mkdir(parents=True, exist_ok=True)
    statements = (_members(size), _agenda(size), _attendance(size))
    with scratch() as connection:
        connection.execute(CHANCE)
        for name, statement in zip(FILES, statements, strict=True):
            target = json.dumps(str(folder / name)).replace("'", "''")[1:-1]
            connection.execute(f"copy ({statement}) to '{target}' (header, delimiter ',')")
    return tuple(folder / name for name in FILES)


def _email(number: str) -> str:
    return f"'person' || ({number}) || '@org' || (({number}) % 997) || '.example.org'"


def _members(size: Size) -> str:
    person = f"(i % {size.persons})"
    return f"""
        select {_email(person)} as "E-mail",
            'Given' || ({person} % 4999) || ' van der Family' || {person} as "Naam",
            'Organisation ' || ({person} % 997) as "Organisatie",
            case when chance(i, 1) < 0.5 then 'Group ' || (1 + i % 12) end as "Werkgroep",
            joined as "Lid sinds",
            case
                when chance(i, 3) < 0.25 and i < {size.persons} then joined + 30 + (chance(i, 4) * 900)::int
            end as "Lid tot"
        from (
            select i, {FIRST_DAY} + (sqrt(chance(i, 2)) * {DAYS})::int as joined
            from range({size.people}) as numbers (i)
        )"""


def _agenda(size: Size) -> str:
    return f"""
        select 'E' || i as "Nummer", 'Meeting ' || i as "Titel",
            strftime({_starts_at("i", size)}, '%Y-%m-%d %H:%M:%S') as "Begin",
            strftime({_starts_at("i", size)} + interval 90 minute, '%Y-%m-%d %H:%M:%S') as "Einde",
            'Series ' || (i % 40) as "Reeks"
        from range({size.sessions}) as numbers (i)"""


def _starts_at(number: str, size: Size) -> str:
    day = f"{FIRST_DAY} + ({number} * {DAYS} // {size.sessions})::int"
    return f"(({day})::timestamp + interval 10 hour + ({number} % 8) * interval 1 hour)"


def _attendance(size: Size) -> str:
    """Every fiftieth row is someone who came back into the same meeting."""
    return f"""
        select 'E' || session as "Bijeenkomst", {_email("person")} as "E-mail",
            strftime(begins, '%Y-%m-%d %H:%M:%S') as "Binnen",
            strftime(begins + lasts * interval 1 minute, '%Y-%m-%d %H:%M:%S') as "Buiten"
        from (
            select i, session, 25 + (chance(i, 7) * 50)::int as lasts,
                (chance(first, 6) * {size.persons})::bigint % {size.persons} as person,
                {_starts_at("session", size)} + (chance(i, 8) * 15)::int * interval 1 minute as begins
            from (
                select i, i - case when i % 50 = 49 then 1 else 0 end as first,
                    first % {size.sessions} as session
                from range({size.attendances}) as numbers (i)
            )
        )"""
