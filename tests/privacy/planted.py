"""A network in which people are planted in every store, and what must be found of each of them."""

from __future__ import annotations

import gzip
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from etl.decisions import Decisions, ThemeName
from etl.home import Home
from tests.cli.network import SETTINGS

TABLES = """
[[tables]]
name = "asked"
match = "vragen*.csv"
feed = "contribution"
[tables.columns]
Naam = "full_name"
"E-mail" = "email"
Vraag = "text"
Organisatie = "organisation"

[[tables]]
name = "contacts"
match = "contacten*.csv"
feed = "contact"
[tables.columns]
Voornaam = "given_name"
Achternaam = "family_name"
Profiel = "linkedin_url"
"E-mail" = "email"
Functie = "job_title"

[[tables]]
name = "seen"
match = "gezien*.csv"
feed = "attendance"
[tables.columns]
Naam = "full_name"
bijeenkomst = "title"
van = "joined_at"
tot = "left_at"
"""
GIVEN = (
    "Aagje", "Bram", "Carlijn", "Daan", "Eefje", "Floor", "Gijs", "Hanne", "Ida", "Joris", "Katrijn", "Lars",
    "Maaike", "Noor", "Otto", "Pleun",
)  # fmt: skip
FAMILY = (
    "Boomsma", "Dijkgraaf", "Elzinga", "Fraanje", "Gaasbeek", "Hoekstra", "Ijsselstein", "Jorritsma",
    "Kloosterman", "Lindeboom",
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """One invented person: what each store holds of them."""

    number: int

    @property
    def given(self) -> str:
        return GIVEN[self.number % len(GIVEN)]

    @property
    def family(self) -> str:
        return f"{FAMILY[self.number % len(FAMILY)]}-{FAMILY[self.number // len(FAMILY) % len(FAMILY)]}"

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        return f"{self.given}.{self.family}.{self.number}@school{self.number % 7}.example.org".lower()

    @property
    def url(self) -> str:
        return f"https://www.linkedin.com/in/{self.given}-{self.family}-{self.number}".lower()

    @property
    def organisation(self) -> str:
        return f"Voorbeeldschool {self.number % 7}"

    @property
    def phone(self) -> str:
        """Stands in a column that no mapping names."""
        return f"06-{self.number:08}"

    @property
    def job(self) -> str:
        return f"docent vak {self.number:04}"

    @property
    def question(self) -> str:
        return f"Hoe begeleiden we groep {self.number:04} bij het leren in de praktijk van alledag?"

    @property
    def fields(self) -> tuple[str, ...]:
        """What an export must hold, all of it."""
        return self.name, self.email, self.url, self.phone, self.job, self.question, self.organisation

    @property
    def traces(self) -> tuple[str, ...]:
        """What no byte may hold after the erasure."""
        return self.email, self.url.removeprefix("https://www."), self.name, self.phone, self.question


def plant(home: Home, people: list[Planted], others: list[Planted]) -> None:
    """Files for the inbox in which `people` and `others` stand; `others` also write about `people`."""
    everybody = [*people, *others]
    home.create()
    home.settings_file.write_text(SETTINGS + TABLES, encoding="utf-8")
    home.settings_file.chmod(0o600)
    inbox = home.inbox
    rows = "".join(f"{p.name},{p.email},2026-01-{p.number % 28 + 1:02},{p.phone}\n" for p in everybody)
    (inbox / "members.csv").write_text(f"Naam,E-mail,Lid sinds,Telefoon\n{rows}", encoding="utf-8")
    rows = "".join(f"{p.given};{p.family};{p.url};{p.email};{p.job}\n" for p in everybody)
    (inbox / "contacten.csv").write_bytes(
        f"Voornaam;Achternaam;Profiel;E-mail;Functie\n{rows}".encode("cp1252")
    )
    rows = "".join(f'{p.name},{p.email},"{p.question}",{p.organisation}\n' for p in everybody)
    about = "".join(
        f'{o.name},{o.email},"{p.name} ({p.email}) en {p.url} vroegen wat wij nu doen?",{o.organisation}\n'
        for p, o in zip(people, others, strict=False)
    )
    (inbox / "vragen.csv").write_text(f"Naam,E-mail,Vraag,Organisatie\n{rows}{about}", encoding="utf-8")
    rows = "".join(
        f"{p.name} (Guest)\tOverleg\t2026-03-04T13:05:00Z\t2026-03-04T14:05:00Z\n" for p in everybody
    )
    (inbox / "gezien.csv").write_text(f"Naam\tbijeenkomst\tvan\ttot\n{rows}", encoding="utf-16")
    waiting = "".join(f"{p.number};{p.email};{p.phone}\n" for p in everybody)
    (inbox / "onbekend.csv").write_text(f"nr;wie;waar\n{waiting}", encoding="utf-8")
    (inbox / "kapot.csv").write_bytes(b"\0\1\2" * 9 + "\n".join(p.email for p in people).encode())


def plant_elsewhere(home: Home, people: list[Planted]) -> None:
    """Traces in stores that no refresh fills: logs, notes, the scheduler's database, waiting files."""
    said = "\n".join(f"regel over {p.name} <{p.email}> {p.url}" for p in people)
    (home.logs / "schedule.log").write_text(f"begin\n{said}\neinde\n", encoding="utf-8")
    (home.logs / "old.log.gz").write_bytes(gzip.compress(said.encode()))
    connection = sqlite3.connect(home.prefect / "prefect.db")
    connection.execute("create table log (message text)")
    connection.executemany("insert into log values (?)", [(line,) for line in said.splitlines()])
    connection.commit()
    connection.close()
    with Decisions(home) as decisions:
        for person in people:
            decisions.rename_theme(ThemeName(f"t{person.number}", f"Vraag van {person.name}"))
    waiting = "Naam,E-mail,Lid sinds\n" + "".join(f"{p.name},{p.email},2026-02-02\n" for p in people)
    (home.inbox / "members later.csv").write_text(waiting, encoding="utf-8")


def everything(folder: Path) -> bytes:
    """The bytes of every file of a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
