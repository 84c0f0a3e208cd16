"""Every export file of the demo network: the stories on one side, the formats on the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from etl.demo import channels, coworking, konekt, mess, paper
from etl.demo.autumn import autumn_sessions, autumn_turnouts
from etl.demo.calendar import Session, milestones, network_sessions
from etl.demo.chance import stream
from etl.demo.formats.dutch_csv import dutch_csv, dutch_date, dutch_moment
from etl.demo.formats.google import linked_sheet
from etl.demo.formats.linkedin import Connection, archive, connections_csv
from etl.demo.formats.teams import Language, attendance_report
from etl.demo.formats.workbook import Cell, workbook
from etl.demo.harvest import harvest_files
from etl.demo.leernetwerk import effort_rows, leernetwerk_members, leernetwerk_sessions, leernetwerk_turnouts
from etl.demo.members import AS_OF, GROUP_SIZES, Stay, group_members, network_members
from etl.demo.people import Organisation, host
from etl.demo.sessions import Turnout, turnout

MEMBER_HEADING = (
    "Lidnummer", "Voornaam", "Achternaam", "E-mailadres", "Organisatie", "Functie", "Doelgroep", "Land",
    "Lid sinds", "Lid tot", "Opmerking",
)  # fmt: skip
GROUP_HEADING = ("Naam", "E-mail", "Organisatie", "Rol", "Sinds", "Tot")
AGENDA_HEADING = (
    "Nummer", "Titel", "Begin", "Einde", "Soort", "Werkgroep", "Doelgroep", "Vorm", "Plaats", "Thema",
    "Reeks", "Aantal geteld", "Status", "Webpagina",
)  # fmt: skip
FORM_QUESTIONS = ("E-mailadres", "Naam", "Organisatie", "Ik ben", "Bijeenkomst", "Status")


@dataclass(frozen=True)
class Export:
    """One file: its path below the inbox, and its bytes."""

    path: str
    content: bytes


def all_sessions() -> tuple[Session, ...]:
    """Every session on the agenda, of all stories."""
    return (
        *network_sessions(),
        *leernetwerk_sessions(),
        *autumn_sessions(),
        *konekt.exchange_days(),
        *coworking.coworking_days(),
    )


def exports() -> Iterator[Export]:
    """Every file that the demo drops into the inbox."""
    network = network_members()
    groups = {group: group_members(group, network) for group in GROUP_SIZES}
    leernetwerk = leernetwerk_members(network)
    groups["Online leernetwerk"] = leernetwerk
    sessions = all_sessions()
    turnouts = [turnout(session, network, groups, host()) for session in network_sessions()]
    turnouts += leernetwerk_turnouts(leernetwerk, host())
    turnouts += autumn_turnouts(leernetwerk, host())
    yield from _member_files(network)
    yield from (_group_file(group, stays) for group, stays in groups.items())
    yield from _agenda_files(sessions)
    yield from _registration_files(turnouts)
    yield from _attendance_files(turnouts)
    yield from (Export(f"vragen/{name}", content) for name, content in harvest_files(turnouts))
    yield _milestone_file(sessions)
    yield _effort_file()
    yield _linkedin_file(network)
    yield from _channel_files()
    yield _exchange_file()
    yield from _paper_files()
    yield from _coworking_files(network)
    yield Export("leden/nieuwsbrief abonnees.csv", mess.newsletter_counts())
    yield Export("leden/leden-export.csv", mess.LOGIN_PAGE)


def _member_files(network: tuple[Stay, ...]) -> Iterator[Export]:
    """The administration, and the same file once more as a browser saves a second download."""
    chance = stream("member administration")
    rows: list[tuple[str, ...]] = []
    seen: dict[int, int] = {}
    for stay in network:
        person = stay.person
        seen[person.number] = seen.get(person.number, 0) + 1
        is_back = seen[person.number] > 1
        email = person.private_email if is_back and chance.random() < 0.015 else person.email
        given, family = person.given, person.family
        if chance.random() < 0.06:
            given, family = given.upper(), family.upper()
        rows.append(
            (
                f"{2000 + person.number}", given, family,
                "" if chance.random() < 0.001 else _cased(chance, email),
                _organisation(chance, person.organisation), person.job,
                "" if chance.random() < 0.06 else person.audience, person.organisation.country,
                dutch_date(stay.starts_on), dutch_date(stay.ends_on), "weer lid" if is_back else "",
            )
        )  # fmt: skip
    content = mess.spoil_members(dutch_csv(MEMBER_HEADING, rows))
    yield Export("leden/ledenadministratie 2026-11-20.csv", content)
    yield Export("leden/van collega/ledenadministratie 2026-11-20 (1).csv", content)


def _group_file(group: str, stays: tuple[Stay, ...]) -> Export:
    """A list kept by the group itself: names as people type them, now and then somebody's other address."""
    chance = stream(f"list {group}")
    exact = group == "Online leernetwerk"
    rows = []
    for stay in stays:
        person = stay.person
        name = person.name_by_surname if chance.random() < 0.3 else person.name
        email = person.private_email if not exact and chance.random() < 0.0005 else person.email
        organisation = _organisation(chance, person.organisation)
        rows.append((name, email, organisation, stay.role, stay.starts_on, stay.ends_on))
    if group == mess.CARELESS_GROUP:
        rows = mess.spoil_group(rows, [stay.person for stay in stays if stay.holds(AS_OF)])
    return Export(f"werkgroepen/Werkgroep {group}.xlsx", workbook("Leden", GROUP_HEADING, rows))


def _agenda_files(sessions: tuple[Session, ...]) -> Iterator[Export]:
    """One list a year; 2026 was kept in Excel, the years before it as CSV."""
    for year in sorted({session.starts_at.year for session in sessions}):
        of_year = sorted((s for s in sessions if s.starts_at.year == year), key=lambda s: s.starts_at)
        if year == AS_OF.year:
            rows = [_agenda_cells(session) for session in of_year]
            typed: list[tuple[Cell, ...]] = [
                (*cells[:2], session.starts_at, session.ends_at, *cells[4:])
                for cells, session in zip(rows, of_year, strict=True)
            ]
            yield Export(f"agenda/agenda {year}.xlsx", workbook("Agenda", AGENDA_HEADING, typed))
        else:
            lines = [_agenda_cells(session) for session in of_year] + mess.agenda_rows(year)
            encoding = "utf-8-sig" if year % 2 else "cp1252"
            yield Export(f"agenda/agenda {year}.csv", dutch_csv(AGENDA_HEADING, lines, encoding))


def _agenda_cells(session: Session) -> tuple[str, ...]:
    return (
        session.code, session.title, dutch_moment(session.starts_at), dutch_moment(session.ends_at),
        session.kind, session.group, session.audience, session.mode, session.place, session.theme,
        session.series, session.headcount, "bevestigd", f"https://netwerk.example.org/agenda/{session.code.lower()}",
    )  # fmt: skip


def _registration_files(turnouts: list[Turnout]) -> Iterator[Export]:
    chance = stream("registration form")
    for year in range(2020, AS_OF.year + 1):
        answers: list[mess.Answer] = []
        for one in turnouts:
            if one.session.starts_at.year != year:
                continue
            for registration in one.registrations:
                if registration.registered_at.date() > AS_OF:
                    continue
                person = registration.person
                cells = (
                    registration.email, registration.name, _organisation(chance, person.organisation),
                    person.audience, one.session.code, registration.status,
                )  # fmt: skip
                answers.append((registration.registered_at, cells))
        answers.sort()
        answers = mess.spoil_registrations(year, answers)
        name = f"Aanmelden bijeenkomsten {year} (Reacties) - Formulierreacties 1.csv"
        yield Export(f"aanmeldingen/{name}", linked_sheet(FORM_QUESTIONS, answers))


def _attendance_files(turnouts: list[Turnout]) -> Iterator[Export]:
    """Teams reports and presence lists; one report was sent to two people, who both saved it."""
    languages = (Language.DUTCH, Language.AMERICAN, Language.DUTCH, Language.BRITISH, Language.DUTCH)
    for number, one in enumerate(turnouts):
        if not one.present:
            continue
        session = one.session
        folder = f"presentie/{session.starts_at.year}"
        if session.attendance == "sheet":
            yield Export(f"{folder}/Presentielijst {session.title}.xlsx", _presence_list(one))
            continue
        content = attendance_report(
            session.title, one.present, languages[number % len(languages)], big_endian=number % 9 == 4,
        )  # fmt: skip
        day = session.starts_at
        name = f"{_file_name(session.title)} - Attendance report {day.month}-{day.day}-{day:%y}.csv"
        yield Export(f"{folder}/{name}", content)
        if session.title in mess.SAVED_TWICE:
            yield Export(f"{folder}/van collega/{name}", content)


def _presence_list(one: Turnout) -> bytes:
    chance = stream(f"presence list {one.session.code}")
    rows = [
        (one.session.code, present.name, _cased(chance, present.email), present.organisation)
        for present in one.present
    ]
    return workbook("Presentie", ("Bijeenkomst", "Naam", "E-mailadres", "Organisatie"), rows)


def _milestone_file(sessions: tuple[Session, ...]) -> Export:
    rows = [
        (dutch_date(one.happened_on), one.kind, one.title, one.code, one.metric, one.value, one.owner)
        for one in milestones(sessions)
    ]
    heading = ("Datum", "Soort", "Mijlpaal", "Bijeenkomst", "Maat", "Waarde", "Eigenaar")
    return Export("agenda/mijlpalen.csv", dutch_csv(heading, rows, "utf-8-sig"))


def _effort_file() -> Export:
    rows = mess.spoil_effort(effort_rows())
    name = "leernetwerk/Uren begeleiding leernetwerk 2026.xlsx"
    return Export(name, workbook("Uren", ("Week", "Soort", "Uren"), rows))


def _linkedin_file(network: tuple[Stay, ...]) -> Export:
    """The coordinator's own connections: most are members, some are not, a few hid their profile."""
    chance = stream("linkedin")
    known = chance.sample(sorted({stay.person.number: stay for stay in network}.items()), 130)
    connections: list[Connection] = []
    for number, stay in known:
        person = stay.person
        slug = f"{person.email.partition('@')[0].replace('.', '-')}-{number:04d}"
        suffix = chance.choice(("", "", "", "", "", "", ", PhD", " 🌱"))
        connections.append(
            Connection(
                person.given, person.family + suffix, f"https://www.linkedin.com/in/{slug}",
                "" if chance.random() < 0.01 else person.email, person.organisation.name, person.job,
                stay.starts_on,
            )
        )  # fmt: skip
    hidden = [Connection("", "", "", "", "", "", one.connected_on) for one in chance.sample(connections, 5)]
    ordered = sorted(connections + hidden, key=lambda one: (one.connected_on, one.url), reverse=True)
    return Export(
        "Basic_LinkedInDataExport_11-02-2026.zip",
        archive(
            (
                ("Connections.csv", connections_csv(ordered)),
                ("Email Addresses.csv", b"Email Address,Confirmed,Primary,Updated On\n"),
                ("messages.csv", b"CONVERSATION ID,CONVERSATION TITLE,FROM,TO,DATE,SUBJECT,CONTENT,FOLDER\n"),
            )
        ),
    )


def _channel_files() -> Iterator[Export]:
    counts = [
        (dutch_date(day), f"{group:,}".replace(",", "."), "" if page is None else str(page), remark)
        for day, group, page, remark in channels.count_rows()
    ]
    yield Export("linkedin/LinkedIn tellingen.csv", dutch_csv(channels.COUNT_HEADING, counts, "utf-8-sig"))
    followers = workbook("New followers", channels.FOLLOWER_HEADING, channels.follower_rows())
    yield Export("linkedin/netwerk-learning-communities_followers_1795219200000.xlsx", followers)


def _exchange_file() -> Export:
    rows = workbook("Uitwisselingen", konekt.EXCHANGE_HEADING, konekt.exchange_rows())
    return Export("konekt/Konekt uitwisselingen.xlsx", rows)


def _paper_files() -> Iterator[Export]:
    versions = [(document, version, dutch_date(day)) for document, version, day in paper.version_rows()]
    yield Export("position paper/Position paper versies.csv", dutch_csv(paper.VERSION_HEADING, versions))
    comments = workbook("Reacties", paper.COMMENT_HEADING, paper.comment_rows())
    yield Export("position paper/Position paper reacties.xlsx", comments)


def _coworking_files(network: tuple[Stay, ...]) -> Iterator[Export]:
    everybody = coworking.developers(network)
    people = workbook("Lijst", coworking.LIST_HEADING, [_developer(one) for one in everybody])
    yield Export("coworking/Onderwijsontwikkelaars Kasseistad.xlsx", people)
    for session, came in coworking.coworking_presence(everybody):
        present = [(session.code, *_developer(one)) for one in came]
        content = workbook("Aanwezig", coworking.PRESENCE_HEADING, present)
        yield Export(f"coworking/Aanwezig {session.title}.xlsx", content)


def _developer(one: coworking.Developer) -> tuple[str, ...]:
    person = one.person
    return (person.name, person.email, person.organisation.name, one.unit, one.location)


def _organisation(chance: Random, organisation: Organisation) -> str:
    """The name as somebody wrote it: mostly right, sometimes a variant, sometimes left out."""
    luck = chance.random()
    if luck < 0.03:
        return ""
    return (
        chance.choice(organisation.variants) if luck < 0.18 and organisation.variants else organisation.name
    )


def _cased(chance: Random, email: str) -> str:
    return email.title() if chance.random() < 0.04 else email


def _file_name(title: str) -> str:
    return "".join(letter if letter not in '\\/:*?"<>|' else "_" for letter in title)
