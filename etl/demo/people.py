"""The invented people and their organisations. Nobody real is meant: surnames come from a kitchen drawer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import cast

from etl.demo.chance import constants, stream

AUDIENCES = {
    "mbo": (("praktijk", 8), ("onderzoekers", 2)),
    "hbo": (("praktijk", 5), ("onderzoekers", 5)),
    "wo": (("onderzoekers", 9), ("praktijk", 1)),
    "government": (("beleid", 10),),
    "company": (("praktijk", 10),),
}
PEOPLE = 2200  # more than the network has: the last of them work elsewhere
PARTICLES = ("van der ", "van den ", "Van den ", "de ", "De ", "van ")


@dataclass(frozen=True)
class Organisation:
    """Where someone works: `variants` are the other ways in which people write the name."""

    name: str
    sector: str
    domain: str
    country: str
    weight: float
    variants: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """One invented human. `eagerness` says how likely they are to come, 1 being average."""

    number: int
    given: str
    family: str
    organisation: Organisation
    audience: str
    job: str
    eagerness: float
    email: str
    private_email: str

    @property
    def name(self) -> str:
        """Given name and surname, as most systems show it."""
        return f"{self.given} {self.family}"

    @property
    def name_by_surname(self) -> str:
        """As Dutch lists sort: "Fietsbel, Sanne van der"."""
        for particle in PARTICLES:
            if self.family.startswith(particle):
                return f"{self.family.removeprefix(particle)}, {self.given} {particle.strip()}"
        return f"{self.family}, {self.given}"


def organisations() -> tuple[Organisation, ...]:
    """Every organisation of the demo."""
    rows = cast(
        "list[tuple[str, str, str, str, int, list[str]]]", constants("organisations.toml")["organisations"]
    )
    return tuple(
        Organisation(name, sector, f"{domain}.example.nl", country, weight, tuple(variants))
        for name, sector, domain, country, weight, variants in rows
    )


def invent_people(count: int) -> tuple[Person, ...]:
    """`count` people, the same ones in the same order every time. A few share their whole name."""
    chance = stream("people")
    names = constants("names.toml")
    given_names, roots = cast("list[str]", names["given"]), cast("list[str]", names["roots"])
    jobs = cast("dict[str, list[str]]", names["jobs"])
    places = organisations()
    taken: dict[str, int] = {}
    people: list[Person] = []
    for number in range(1, count + 1):
        organisation = chance.choices(places, [place.weight for place in places])[0]
        pattern = chance.choice(
            cast("list[str]", names["dutch" if organisation.country == "NL" else "flemish"])
        )
        root = chance.choice(roots)
        given, family = chance.choice(given_names), pattern.format(root=root, low=root.lower())
        options = AUDIENCES[organisation.sector]
        audience = chance.choices([name for name, _ in options], [share for _, share in options])[0]
        stem = f"{_ascii(given)}.{_ascii(family)}"
        taken[stem] = taken.get(stem, 0) + 1
        local = stem if taken[stem] == 1 else f"{stem}{taken[stem]}"
        people.append(
            Person(
                number,
                given,
                family,
                organisation,
                audience,
                chance.choice(jobs[audience]),
                chance.lognormvariate(0, 0.9),
                f"{local}@{organisation.domain}",
                f"{local}{number}@example.org",
            )
        )
    return tuple(people)


def host() -> Person:
    """Who opens the online meetings for the network's office."""
    office = Organisation("Netwerkbureau Learning Communities", "other", "netwerk.example.org", "NL", 1, ())
    return Person(
        0,
        "Noor",
        "van Kringloop",
        office,
        "praktijk",
        "netwerkcoördinator",
        3.0,
        "noor.vankringloop@netwerk.example.org",
        "noor.vankringloop@example.org",
    )


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return "".join(letter for letter in plain.lower() if letter.isalnum())
