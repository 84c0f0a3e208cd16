"""Who is left out at a glance is near nobody: the quick way gives what taking everybody apart gives."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime

import pytest
from duckdb import DuckDBPyConnection

from benchmarks.identity import make_feeds
from etl import warehouse
from etl.build import NetworkFacts, build
from etl.identity import plain, records
from etl.identity.suggest import suggest

KEY = b"a key for tests"
FACTS = NetworkFacts(name="A network", as_of=date(2026, 11, 21))
Row = Mapping[str, str]
KNOWN = (
    "Jan",
    "Johannes",
    "Kees",
    "Cornelis",
    "Wim",
    "Willem",
    "Sanne",
    "Zoë",
    "Jan-Willem",
    "Ij",
    "Y",
    "Anna Maria",
)
FRONTS = ("van", "de", "van der", "van den", "ter", "Van De", "'t", "el", "op den", "v.d.", "v/d", "von")
JOINED = ("Van", "De", "Vander", "Ten", "Te", "D'", "Vande", "Den")
PLACEHOLDERS = ("Galaxy Note", "Samsung Tablet", "Teams Room", "Linkedin Member", "Iphone Jan", "Test User")
MEETS = ("core.person", "core.person_key", "core.kept_apart", "core.affiliation", "core.organisation",
         "staging.attendance", "staging.occasion_session")  # fmt: skip
RECORDS = "select person_id, record, is_read, given_words, family_words from alike_record order by all"
PAIRS = "select * from staging.likely_pair order by all"


def _at(name: str, address: str, organisation: str, profile: str = "") -> Row:
    row = {"full_name": name, "email": address, "organisation": organisation}
    return {**row, "linkedin_url": f"https://www.linkedin.com/in/{profile}"} if profile else row


# By twos: one name before the @, plain and with a sign in it; a name that only a profile tells; a family name
# in one word and in two.
NEAR: tuple[Row, ...] = (
    _at("Aafje Kwartelman", "kijkdoos1@een.example.nl", "Een"),
    _at("Bregje Merelman", "kijk.doos2@twee.example.nl", "Twee"),
    _at("Corneel Putterman", "zomer1@drie.example.nl", "Drie", "dorus-vinkeveer-4a1"),
    _at("Gijs Vinkeveer", "herfst1@zes.example.nl", "Zes"),
    _at("Eefje van Lijs Terman", "winter1@vier.example.nl", "Vier"),
    _at("Floor Lijsterman", "lente1@vijf.example.nl", "Vijf"),
)


class World:
    """Invented people, two by two: what the two of a pair have in common few others have."""

    def __init__(self, seed: int, places: float) -> None:
        self.chance = random.Random(seed)
        self.places = places
        self.common: list[str] = []
        self.common = [self._word() for _ in range(12)]
        self.organisations = [f"Organisatie {self._word()}" for _ in range(25)]

    def rows(self, pairs: int) -> Iterator[Row]:
        for _ in range(pairs):
            given, family, organisation, letters = (
                self._given(), self._word(), self._organisation(), self._letters(self._word()),
            )  # fmt: skip
            for _ in range(2):
                theirs = given if self._is(0.4) else self._given()
                name = family if self._is(0.3) else self._word()
                if self._is(0.1):
                    theirs, name = name, theirs
                place = organisation if self._is(0.6) else self._organisation()
                local = letters if self._is(0.3) else self._letters(self._word())
                if self._is(0.1):
                    local = self.chance.choice((f"{local}.", f"{local[:2]}.{local[2:]}"))
                yield from self._person(theirs, name, place, f"{local}{self.chance.randrange(10**4)}")
            if self._is(0.05):  # two people with one short address
                address = f"{self._letters(self._word())[:2]}@{self._letters(self._word())}.example.nl"
                for _ in range(2):
                    yield {
                        "full_name": f"{self._word()} {self._word()}",
                        "email": address,
                        "organisation": "Een",
                    }
        yield from NEAR

    def _is(self, share: float) -> bool:
        return self.chance.random() < share

    def _person(self, given: str, family: str, organisation: str, local: str) -> Iterator[Row]:
        """One to three rows of one person, or of two who write from one address."""
        if self._is(0.2):
            local = self._local(given, family)
        address = f"{local}@{self._domain(organisation)}"
        for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
            if self._is(0.05):
                given = self._given()
            row = {**self._name(given, family), "email": address}
            if organisation:
                row["organisation"] = organisation
            if self._is(0.06):
                slug = "-".join(
                    map(self._letters, (self._given(), self.chance.choice((family, self._word()))))
                )
                row["linkedin_url"] = f"https://www.linkedin.com/in/{slug}-4a1"
            if self._is(0.03):
                row["external_id"] = str(self.chance.randrange(10**6))
            yield row

    def _given(self) -> str:
        return self.chance.choice(KNOWN) if self._is(0.15) else self._word()

    def _organisation(self) -> str:
        return self.chance.choice(self.organisations) if self._is(self.places) else ""

    def _word(self) -> str:
        """A word nobody else has, now and then a common one, or one with something to trip over."""
        chance = self.chance
        if self._is(0.02) and self.common:
            return chance.choice((*self.common, *KNOWN))
        word = "".join(chance.choices("abdefghiklmnoprstuwz", k=chance.randint(5, 8)))
        if self._is(0.2):
            at = chance.randrange(len(word))
            word = word[:at] + chance.choice(("ij", "ij", "y", "é", "ø", "12", "-", "'", "ß")) + word[at:]
        if self._is(0.1):
            return chance.choice(JOINED) + word
        return word.capitalize()

    def _name(self, given: str, family: str) -> dict[str, str]:
        chance = self.chance
        front = f"{chance.choice(FRONTS)} " if self._is(0.3) else ""
        full = f"{given} {front}{family}"
        if self._is(0.75):
            return {"full_name": full}
        ways: tuple[dict[str, str], ...] = (
            {"full_name": f"{family}, {given} {front}".strip()},
            {"full_name": f"{family} {given}"},
            {"full_name": chance.choice((full.upper(), full.lower(), f" {full}", f"{full} (Gast)"))},
            {"full_name": f"{chance.choice(('Dr', 'Van', 'De', 'Prof'))} {chance.choice((given, family))}"},
            {"full_name": f"{given[0]}. {family}"},
            {"full_name": f"{given[0]} {family}"},
            *({"full_name": f"{given} {front}{self._word()}-{family}"} for _ in range(4)),
            {"full_name": f"{given} {self._word()} {family}"},
            {"full_name": f"{given} van {family[:4]} {family[4:].capitalize()}"},
            {"full_name": f"{given} {family}{'x' * 120}{self._word().lower()}"},
            {"given_name": given, "family_name": f"{front}{family}"},
            {"full_name": f"{self._word()} {family}", "given_name": given, "family_name": family},
            {"full_name": full, "given_name": given},
            {"given_name": given},
            {"full_name": family},
            {"full_name": full.replace("ij", "y").replace("é", "e")},
            {"full_name": f"{given} {chance.choice(JOINED)}{family.lower()}"},
            {"full_name": chance.choice(PLACEHOLDERS)},
            {},
        )
        return chance.choice(ways)

    def _local(self, given: str, family: str) -> str:
        one, two, other = (self._letters(word) for word in (given, family, self._word()))
        return self.chance.choice((
            f"{one}.{two}", f"{one}{two}", f"{one[0]}{two}", f"{two}7", f"{one[0]}.{two}", one,
            f"{one}+{two}", f"{self.chance.randrange(10**6)}", f"{other}.x", f"{one}{other}", f"{other}{two}",
        ))  # fmt: skip

    def _domain(self, organisation: str) -> str:
        if self._is(0.3) and organisation:
            return f"{self._letters(organisation.split()[-1])}.example.org"
        return "example.org" if self._is(0.5) else f"{self._letters(self._word())}.example.nl"

    def _letters(self, word: str) -> str:
        return word.lower().replace(" ", "").replace("'", "") or "x"


def people(rows: list[Row]) -> DuckDBPyConnection:
    """All that looking for likely duplicates reads, of these rows, by the real build."""
    connection = warehouse.scratch(threads=1)
    make_feeds(connection)
    fields = (
        "full_name",
        "given_name",
        "family_name",
        "email",
        "linkedin_url",
        "external_id",
        "organisation",
    )
    told = [[f"file {n}", n, datetime(2026, 11, 20), *map(row.get, fields)] for n, row in enumerate(rows)]
    connection.executemany(
        f"insert into feeds.membership (sha256, part, line, source, received_at, {', '.join(fields)}) "
        f"values (?, 0, ?, 'a list', ?, {', '.join('?' for _ in fields)})",
        told,
    )
    build(connection, FACTS, KEY, only=MEETS)
    return connection


def take_all(connection: DuckDBPyConnection) -> None:
    """The thorough way: everybody's names are taken apart."""
    plain.find_elaborate(connection)
    connection.execute("create or replace temp table alike_elaborate as select person_id from core.person")


@pytest.mark.parametrize("places", [1.0, 0.95])
@pytest.mark.parametrize("seed", [1, 2, pytest.param(3, marks=pytest.mark.long)])
def test_a_glance_loses_nobody(seed: int, places: float, monkeypatch: pytest.MonkeyPatch) -> None:
    with people(list(World(seed, places).rows(600))) as connection:
        records.make_records(connection)
        quick = connection.execute(RECORDS).fetchall()
        taken = connection.execute("select count(distinct person_id) from alike_name").fetchone()
        suggest(connection)
        pairs = connection.execute(PAIRS).fetchall()
        monkeypatch.setattr(records, "find_elaborate", take_all)
        records.make_records(connection)
        thorough = connection.execute(RECORDS).fetchall()
        named = connection.execute("select count(distinct person_id) from alike_name").fetchone()
        suggest(connection)
        assert connection.execute(PAIRS).fetchall() == pairs
    assert quick == thorough
    assert len(pairs) > 20
    assert taken and named and taken[0] < named[0] * 0.9


def test_who_is_near_somebody_is_taken_in() -> None:
    with people(list(NEAR)) as connection:
        records.make_records(connection)
        near = connection.execute("select count(distinct person_id) from alike_record").fetchone()
    assert near == (len(NEAR),)


def test_what_stands_before_a_name_is_no_given_name() -> None:
    names = ("Mevrouw Putterman", "Mevrouw Putterman", "Ds Merelman", "Ds Merelman")
    rows = [_at(name, f"{number}@een.example.nl", "Een") for number, name in enumerate(names)]
    with people(rows) as connection:
        records.make_records(connection)
        words = "select given_words, family_words from alike_record order by all"
        assert connection.execute(words).fetchall() == [(["merelman"], [])] * 2 + [(["putterman"], [])] * 2
