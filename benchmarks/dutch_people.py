"""Invented Dutch and Flemish people, and the many ways in which forms and lists write them down.

Seeded: the same number gives the same file. This module shares no code and no lists with the matcher; what
goes wrong here is what goes wrong in member lists, sign-up forms, meeting reports and LinkedIn exports.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import combining, normalize


def _listed(text: str, between: str = " ") -> tuple[str, ...]:
    """Names that stand in one text, over several lines."""
    return tuple(
        text.replace("\n", "" if between == "|" else " ").strip().split(between if between == "|" else None)
    )


FIELDS = (
    "record_id", "true_id", "external_id", "full_name", "given_name", "family_name", "email", "linkedin_url",
    "organisation", "unit", "job_title", "audience", "country", "region",
)  # fmt: skip

GIVEN = _listed("""
Sanne Femke Lotte Anouk Marloes Ilse Joke Truus Willemijn Floor Fleur Jasmijn Hanneke Mieke Marijke
Ineke Annemarie Margriet Petra Karin Ingrid Astrid Monique Esther Ellen Els Greet Lies Katrien
Veerle Hilde An Griet Tine Nele Lien Zoë Chloë Noor Amira Fatima Samira Yasmina Naima Aylin Elif
Zeynep Priya Wei Linh Jan Piet Kees Klaas Henk Wim Gerrit Jeroen Bas Joost Pieter Maarten Martijn
Sander Wouter Ruben Thijs Daan Sem Luuk Jesse Tijmen Koen Stijn Pieter-Jan Jan-Willem Geert Dirk Luc
Marc Filip Bart Tom Wout Mohammed Youssef Ahmed Hamza Bilal Mehmet Emre Murat Ravi Arjun Bjorn Søren
René André Jérôme François Johannes Cornelis Hendrik Willem Petrus Antonius Adrianus Theodorus
Jacobus Albert Lambert Robert Hubert Johanna Maria Catharina Elisabeth Wilhelmina Margaretha
Cornelia Adriana Helena Hendrika Anna Sophie Floris Olivier Casper Jurre Siebe Tjitske Sietske
Froukje Jelle Sjoerd Douwe Wytze Femme Roelof Harm Merel Nienke Roos Eline Evelien Marit Tessa Iris
Laura Julia Eva Emma Lisa Naomi Rachel Miriam Judith Vincent Victor Frank Erik Ronald Richard Dennis
Patrick Edwin Marcel Ruud Rob Peter Paul Hans Ton Ad Leo
""")
FAMILY = _listed(
    """
de Jong|Jansen|de Vries|van den Berg|van Dijk|Bakker|Janssen|Visser|Smit|Meijer|de Boer|Mulder|
de Groot|Bos|Vos|Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|
van der Meer|van der Linden|Kok|Jacobs|de Haan|Vermeulen|van den Heuvel|van der Veen|van den Broek|
de Bruijn|Schouten|van Beek|Willems|van Vliet|Hoekstra|Maas|Verhoeven|Koster|van Dam|van der Wal|
Prins|Blom|Huisman|Peeters|Kuipers|van Veen|Kuiper|Post|Kramer|van den Brink|Scholten|van Wijk|
Postma|Martens|Vink|de Ruiter|Timmermans|Groen|Gerritsen|Jonker|van Loon|Janssens|Maes|Mertens|
Claes|Goossens|Wouters|De Smet|Vandenberghe|Van Damme|Vandamme|De Clercq|Van den Bossche|Verstraete|
Lemmens|Aerts|Michiels|Cools|Pauwels|Desmet|Van Hoof|Van de Velde|Vandevelde|D'hondt|De Coninck|
't Hart|van 't Hof|in 't Veld|ten Brink|ter Horst|ter Bruggen|op den Kamp|uit den Bogaard|
von Bergen|El Amrani|Ben Ali|Yilmaz|Öztürk|Çelik|Demir|Nguyen|Singh|Bouazza|El Idrissi|Hassan|
Kowalska|Nowak|Müller|Aalbersberg|Abbenhuis|Baardman|Bijlsma|Boezeman|Brandsema|Broekhuizen|
Buitendijk|Cloosterman|Cornelissen|Dalhuisen|Dommerholt|Doornenbal|Drijfhout|Duivenvoorden|
Eggermont|Elzinga|Engelbertink|Feenstra|Fennema|Geerdink|Gijzen|Goudriaan|Groeneveld|Haverkamp|
Heijboer|Hiemstra|Hogenkamp|Hooijmans|Huijbregts|IJzerman|Jaspers|Jongerius|Kaandorp|Kamphuis|
Klaver|Kleijwegt|Knoppers|Korteweg|Krijgsman|Kruithof|Laarakker|Lammertink|Leeflang|Ligtvoet|
Lindeboom|Lugtigheid|Mastenbroek|Meulenkamp|Middelkoop|Moerland|Nagelkerke|Nieuwkoop|Noordhoek|
Oldenburger|Olijslager|Oosterveld|Overgaauw|Paardekooper|Plantinga|Poelman|Quakernaat|Raaijmakers|
Reitsma|Rietveld|Roosendaal|Rozeboom|Rutgers|Schaafsma|Schepers|Schimmel|Slagter|Sluijter|
Spaargaren|Stavenuiter|Steenbergen|Strijbosch|Struijk|Tamminga|Teunissen|Tijhuis|Uittenbogaard|
Valkenburg|Veenendaal|Veldkamp|Verschuren|Vijfvinkel|Vlasblom|Vreeburg|Wagemakers|Weijers|Westerhof|
Wieringa|Wijnhoven|Zandbergen|Zevenbergen|Zijlstra|Zonneveld
""",
    "|",
)
STEMS = _listed("""
Aalder Barne Beuke Blanken Bloemen Boeren Boven Brande Bron Dalen Diepen Doorn Drenth Duinen Eiken
Elzen Essen Gansen Geelen Graven Groene Haver Heide Helle Hoge Hollen Ijssel Kalver Kerk Kleine
Kolen Korten Kranen Laken Lange Leeuwen Lichten Maren Meerten Middel Moeren Molen Nieuwen Ooster
Ouden Paarde Polder Raven Rijken Rozen Schape Schoonen Sluizen Smalen Spanen Steen Stormen Timmer
Uiter Velden Vlier Voor Wagen Wester Wilgen Winter Wolven Zanden Zwanen
""")
ENDS = _listed("""
berg broek burg dijk donk gaard haar haven hof hoek horst huis kamp kate laan land man mans meer
oord poort rode schot sma stein stra veen veld voort waard weg werf wijk zijl zoon
""")
SHORT = {
    "Johannes": ("Jan", "Hans", "Johan"), "Cornelis": ("Kees", "Cor"), "Hendrik": ("Henk", "Rik"),
    "Willem": ("Wim",), "Petrus": ("Piet", "Peter"), "Antonius": ("Ton", "Anton", "Toon"),
    "Adrianus": ("Ad", "Arjan"), "Theodorus": ("Theo",), "Jacobus": ("Jaap", "Koos"),
    "Albert": ("Bert", "Ab"),
    "Lambert": ("Bert",), "Robert": ("Rob", "Bert"), "Hubert": ("Bert", "Huub"),
    "Johanna": ("Joke", "Hanneke"),
    "Catharina": ("Trijntje", "Karin"), "Elisabeth": ("Els", "Liesbeth"), "Wilhelmina": ("Mien", "Willemijn"),
    "Margaretha": ("Greet", "Margriet"), "Cornelia": ("Corrie",), "Adriana": ("Ada", "Adri"),
    "Helena": ("Leen", "Heleen"), "Hendrika": ("Ria", "Henny"), "Maria": ("Mieke", "Ria"),
    "Maarten": ("Mart",),
    "Katrien": ("Trien",), "Mohammed": ("Mo",), "Gerrit": ("Ger",), "Victor": ("Vic",), "Dennis": ("Den",),
    "Vincent": ("Vin",), "Olivier": ("Olly",),
}  # fmt: skip
SUBJECTS = _listed("""
Zorg Techniek Economie Recht Pedagogiek Sport Media Water Bouw Voeding Design Muziek Logistiek
Toerisme Energie
""")
TOWNS = _listed("""
Utrecht Rotterdam Amsterdam Zwolle Groningen Leeuwarden Arnhem Nijmegen Tilburg Breda Eindhoven
Maastricht Venlo Leiden Delft Amersfoort Almere Deventer Enschede Assen Emmen Middelburg Gent Leuven
Antwerpen Brugge Hasselt Kortrijk Mechelen Aalst Genk Roeselare
""")
KINDS = (
    "Hogeschool {}",
    "Universiteit {}",
    "ROC {}",
    "Gemeente {}",
    "{} College",
    "Ziekenhuis {}",
    "Stichting {} Leert",
)
COMPANIES = _listed(
    """
Bureau Bovenkamp|Adviesgroep Noorderlicht|Kolibri Consult B.V.|De Leerfabriek|Brugwerk|
Vierkant & Partners|Ontwikkelwerk|Studio Stroom|Wissel Advies|Meetkracht|Zandloper|
Oranjewoud Training|Bureau Haaks|Rondom Leren|Groeikern
""",
    "|",
)
JOBS = _listed(
    """
docent|lector|onderzoeker|projectleider|beleidsmedewerker|adviseur|teamleider|practor|
opleidingsmanager|trainer|programmamanager|coach|bibliothecaris|informatiemanager|
curriculumontwikkelaar
""",
    "|",
)
AUDIENCES = ("researchers", "practitioners", "policy makers", "students")
PRIVATE = ("gmail.com", "hotmail.com", "outlook.com", "ziggo.nl", "telenet.be", "icloud.com")
PARTICLES = {"van", "de", "der", "den", "ten", "ter", "'t", "in", "op", "uit", "von", "el", "ben"}


@dataclass(frozen=True)
class Shape:
    """How rich the world is that names are drawn from, and how careless the lists are."""

    records: int = 20_000
    people_share: float = 0.62  # people beside records
    organisations: int = 160
    tail: float = 0.7  # of people have one of the many rare family names
    given_names: int = 0  # 0: all
    family_names: int = 0
    organisation_missing: float = 0.30
    address_missing: float = 0.35
    faults: float = 0.45  # of names are not written as their bearer would


@dataclass(frozen=True)
class Person:
    """Who somebody is."""

    number: int
    given: str
    second: str
    family: str
    partner: str
    organisation: str
    domain: str
    unit: str
    job: str
    audience: str
    country: str
    region: str


class World:
    """The invented people of one seed."""

    def __init__(self, seed: int, shape: Shape) -> None:
        self.chance = random.Random(seed)
        self.shape = shape
        self.organisations = self._organisations()
        given = GIVEN[: shape.given_names or None]
        family = FAMILY[: shape.family_names or None]
        self.given = self.chance.sample(given, len(given))
        self.family = family
        self.taken: set[str] = set()

    def records(self) -> Iterator[dict[str, str]]:
        """One dictionary a record, in an order that says nothing."""
        people = [self._person(number) for number in range(int(self.shape.records * self.shape.people_share))]
        rows = [self._record(person, kind) for person in people for kind in self._kinds(1)]
        while len(rows) < self.shape.records:
            rows.append(self._record(self.chance.choice(people), self._kinds(1)[0]))
        self.chance.shuffle(rows)
        for number, row in enumerate(rows, start=1):
            yield {"record_id": f"r{number}", **row}

    def _kinds(self, times: int) -> list[str]:
        return self.chance.choices(("work", "private", "linkedin", "meeting"), (40, 22, 18, 20), k=times)

    def _organisations(self) -> list[tuple[str, str]]:
        names = [kind.format(town) for kind in KINDS for town in TOWNS] + list(COMPANIES)
        names += [f"{town} {subject}" for town in TOWNS for subject in SUBJECTS]
        self.chance.shuffle(names)
        found: list[tuple[str, str]] = []
        for name in names[: self.shape.organisations]:
            label = "".join(word[0] for word in name.split()) if self.chance.random() < 0.2 else name
            plain = "".join(letter for letter in label.lower() if letter.isalnum())
            found.append((name, f"{plain}{len(found) if len(plain) < 4 else ''}.nl"))
        return found

    def _pick(self, names: Sequence[str]) -> str:
        """One of them, those at the front more often, as common names are."""
        return names[min(int(len(names) * self.chance.random() ** 1.4), len(names) - 1)]

    def _pick_family(self) -> str:
        if self.chance.random() > self.shape.tail:
            return self._pick(self.family)
        name = f"{self.chance.choice(STEMS)}{self.chance.choice(ENDS)}"
        return (
            f"{self.chance.choice(('van', 'van de', 'van der', 'ter'))} {name}"
            if self.chance.random() < 0.25
            else name
        )

    def _person(self, number: int) -> Person:
        organisation, domain = self._pick_organisation()
        return Person(
            number,
            self._pick(self.given),
            self._pick(self.given) if self.chance.random() < 0.3 else "",
            self._pick_family(),
            self._pick_family() if self.chance.random() < 0.12 else "",
            organisation,
            domain,
            self.chance.choice(SUBJECTS),
            self.chance.choice(JOBS),
            self.chance.choice(AUDIENCES),
            self.chance.choice(("Nederland", "Nederland", "Nederland", "België")),
            self.chance.choice(TOWNS),
        )

    def _pick_organisation(self) -> tuple[str, str]:
        return self.organisations[int(len(self.organisations) * self.chance.random() ** 1.5)]

    def _record(self, person: Person, kind: str) -> dict[str, str]:
        chance = self.chance
        row = dict.fromkeys(FIELDS[1:], "")
        row["true_id"] = f"p{person.number}"
        given, family = self._names(person)
        self._write_name(row, given, family, kind)
        if (kind != "private" and chance.random() > self.shape.organisation_missing) or (
            kind == "private" and chance.random() < 0.35
        ):
            row["organisation"] = self._organisation(person.organisation)
        if kind == "work" and chance.random() > self.shape.address_missing / 2:
            row["email"] = self._slipped_case(self._address(person, person.domain, False))
        elif kind == "private":
            row["email"] = self._slipped_case(
                self._address(person, PRIVATE[person.number % len(PRIVATE)], True)
            )
        elif kind == "meeting" and chance.random() > self.shape.address_missing * 2:
            row["email"] = self._address(person, person.domain, False)
        if kind == "linkedin" and chance.random() < 0.7:
            slug = "-".join(_ascii(f"{person.given} {person.family}").replace("'", "").split())
            row["linkedin_url"] = f"https://www.linkedin.com/in/{slug}-{person.number:x}"
        for field, value, share in (
            ("unit", person.unit, 0.25), ("job_title", person.job, 0.4), ("audience", person.audience, 0.3),
            ("country", person.country, 0.3), ("region", person.region, 0.25),
        ):  # fmt: skip
            if chance.random() < share:
                row[field] = value
        if row["job_title"] and chance.random() < 0.25:
            row["job_title"] = chance.choice(JOBS)
        return row

    def _names(self, person: Person) -> tuple[str, str]:
        chance = self.chance
        given, family = person.given, person.family
        if person.partner and chance.random() < 0.5:
            family = f"{person.family}{chance.choice(('-', ' - '))}{person.partner}"
        if person.second and chance.random() < 0.3:
            given = f"{given} {person.second}"
        if chance.random() > self.shape.faults:
            return given, family
        fault = chance.choices(
            ("initial", "short", "slip", "particles", "marks", "joined", "spelling"),
            (26, 14, 24, 16, 8, 6, 6),
        )[0]
        if fault == "initial":
            letters = [word[0] for word in f"{person.given} {person.second}".replace("-", " ").split()]
            given = chance.choice((f"{letters[0]}.", letters[0], ".".join(letters) + ".", "".join(letters)))
        elif fault == "short":
            given = chance.choice(SHORT.get(person.given, (given,)))
        elif fault == "slip":
            given, family = (
                (given, _slip(chance, family)) if chance.random() < 0.6 else (_slip(chance, given), family)
            )
        elif fault == "particles":
            family = self._particles(family)
        elif fault == "marks":
            given, family = _ascii(given, lower=False), _ascii(family, lower=False)
        elif fault == "joined":
            family = family.replace(" ", "").capitalize() if " " in family else family
        else:
            for one, other in (
                ("ij", "y"),
                ("ss", "s"),
                ("ck", "k"),
                ("c", "k"),
                ("uy", "ui"),
                ("ae", "aa"),
                ("s", "z"),
            ):
                if one in family:
                    family = family.replace(one, other, 1)
                    break
        return given, family

    def _particles(self, family: str) -> str:
        words = family.split()
        if words[0].lower() not in PARTICLES:
            return family
        rest = [word for word in words if word.lower() not in PARTICLES]
        short = {
            "van der": "v.d.",
            "van den": "v.d.",
            "van de": "v/d",
            "van": "v.",
            "de": "De",
            "van 't": "v 't",
        }
        front = " ".join(word for word in words if word.lower() in PARTICLES)
        return self.chance.choice(
            (
                f"{short.get(front, front.title())} {' '.join(rest)}",
                f"{front.title()} {' '.join(rest)}",
                " ".join(rest),
                f"{front.replace('den', 'der')} {' '.join(rest)}",
            )
        )

    def _write_name(self, row: dict[str, str], given: str, family: str, kind: str) -> None:
        chance = self.chance
        if kind == "linkedin":
            row["given_name"], row["family_name"] = given, family
            return
        how = chance.choices(("plain", "comma", "upper", "lower", "parts", "turned"), (70, 7, 5, 5, 11, 2))[0]
        if how == "parts":
            row["given_name"], row["family_name"] = given, family
        elif how == "comma":
            words = family.split()
            front = [word for word in words if word.lower() in PARTICLES and len(words) > 1]
            rest = [word for word in words if word not in front]
            row["full_name"] = f"{' '.join(rest)}, {' '.join([given, *front])}"
        elif how == "turned":
            row["full_name"] = f"{family} {given}"
        else:
            full = f"{given} {family}"
            row["full_name"] = {"upper": full.upper(), "lower": full.lower()}.get(how, full)
        if kind == "meeting" and row["full_name"] and chance.random() < 0.3:
            row["full_name"] += chance.choice(
                (" (Guest)", " (Gast)", " (Extern)", " | " + row["organisation"])
            )

    def _organisation(self, name: str) -> str:
        chance = self.chance
        how = chance.random()
        words = name.split()
        if how < 0.06 and len(words) > 1:
            return "".join(word[0].upper() for word in words if word[0].isalpha())
        if how < 0.10:
            return _slip(chance, name)
        if how < 0.14:
            return name.lower()
        if how < 0.17:
            return f"{name}, {chance.choice(SUBJECTS)}"
        return name

    def _address(self, person: Person, domain: str, is_private: bool) -> str:
        """A person's own address at a domain, the same each time; another person with it gets a number."""
        own = random.Random(f"{person.number}{domain}")
        given = _ascii(person.given.split()[0]).replace("'", "").replace(" ", "")
        family = _ascii(person.family).replace("'", "").replace(" ", "")
        shapes = [f"{given}.{family}", f"{given[0]}.{family}", f"{given}{family}", f"{given[0]}{family}"]
        if is_private:
            shapes += [
                f"{given}{own.randrange(60, 99)}",
                f"{family}{own.randrange(1, 99)}",
                f"{given}_{family}",
            ]
        local = own.choice(shapes)
        return f"{local}{person.number if self._is_taken(f'{local}@{domain}', person) else ''}@{domain}"

    def _is_taken(self, address: str, person: Person) -> bool:
        if f"{address} {person.number}" in self.taken:
            return False
        if address in self.taken:
            return True
        self.taken |= {address, f"{address} {person.number}"}
        return False

    def _slipped_case(self, address: str) -> str:
        return address.upper() if self.chance.random() < 0.05 else address


def _ascii(text: str, lower: bool = True) -> str:
    for letter, plain in (("ø", "o"), ("Ø", "O"), ("ı", "i")):
        text = text.replace(letter, plain)
    text = "".join(letter for letter in normalize("NFD", text) if not combining(letter))
    return text.lower() if lower else text


def _slip(chance: random.Random, text: str) -> str:
    """One slip of the pen: a letter too few, too many, wrong, or two the wrong way round."""
    places = [place for place in range(1, len(text)) if text[place].isalpha() and text[place - 1].isalpha()]
    if not places:
        return text
    at = chance.choice(places)
    letter = chance.choice("abcdefghijklmnoprstuvwz")
    return chance.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + letter + text[at + 1 :],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        )
    )


def write_people(path: Path, seed: int = 2026, shape: Shape | None = None) -> None:
    """Write the records of one seed as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS)
        writer.writeheader()
        writer.writerows(World(seed, shape or Shape()).records())
