"""Tickets, lists and audiences: who is registered, who was there, and whose an address is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from etl.reading.table import TextRow, TextTable
from etl.schema.feeds import ATTENDANCE, CONTACT, CONTRIBUTION, MEMBERSHIP, REGISTRATION, Feed
from etl.settings import Settings, read_settings
from etl.sources import eventbrite, indico, mailchimp, meetup, pretix
from etl.sources.identify import Identified, read_source
from etl.sources.source import DateShape, NeedsMapping, SourceResult
from etl.sources.tickets import Ticket, sold, status_of, title_of

SAMPLES = Path(__file__).parents[1] / "samples"
NETWORK_DATA = (
    "192.0.2.",
    "198.51.100.",
    "52.0907",
    "5.1214",
    "Europe/Amsterdam",
    "UT",
    "VIP",
    "Dorpsstraat",
)


def table(*rows: Sequence[str]) -> TextTable:
    return TextTable("", [TextRow(line, tuple(cells)) for line, cells in enumerate(rows, start=1)])


def values(result: SourceResult, feed: Feed, field: str) -> list[str | None]:
    rows = next((rows for rows in result.feeds if rows.feed is feed), None)
    return [row[rows.columns.index(field)] for row in rows.rows] if rows else []


def ticket(line: int, name: str, email: str | None, order: str | None = "1") -> Ticket:
    return Ticket(line, order, full_name=name, email=email, title="Call")


def test_an_address_stays_with_the_name_that_it_fits() -> None:
    found = sold(
        [
            ticket(1, "Bo Smit", "anna.devries@example.org"),
            ticket(2, "Anna de Vries", "anna.devries@example.org"),
        ]
    )
    rows = found.feeds[0]
    assert [row[rows.columns.index("email")] for row in rows.rows] == [None, "anna.devries@example.org"]
    assert len(found.warnings) == 1


def test_an_address_that_fits_no_name_stays_with_the_first() -> None:
    found = sold([ticket(1, "Bo Smit", "bestel@example.org"), ticket(2, "Kim Jansen", "bestel@example.org")])
    rows = found.feeds[0]
    assert [row[rows.columns.index("email")] for row in rows.rows] == ["bestel@example.org", None]


def test_addresses_of_other_orders_are_left_alone() -> None:
    tickets = [ticket(1, "Bo Smit", "bo@example.org", "1"), ticket(2, "B. Smit", "bo@example.org", "2")]
    assert sold(tickets).warnings == ()
    assert sold([replace(each, order=None) for each in tickets]).warnings == ()


def test_one_name_on_every_ticket_is_one_person() -> None:
    found = sold([ticket(1, "Bo Smit", "bo@example.org"), ticket(2, "bo smit", "BO@example.org")])
    assert [row[3] for row in found.feeds[0].rows] == ["bo@example.org", "BO@example.org"]
    assert found.unidentified == 0


@pytest.mark.parametrize(
    ("written", "status", "came", "known"),
    [
        ("Attending", "registered", False, True),
        ("Checked In", "registered", True, True),
        ("checked  in", "registered", True, True),
        ("Not Attending", "cancelled", False, True),
        ("Refunded", "cancelled", False, True),
        ("n", "registered", False, True),
        ("e", "cancelled", False, True),
        ("", "registered", False, True),
        ("On hold", "registered", False, False),
    ],
)
def test_statuses(written: str, status: str, came: bool, known: bool) -> None:
    assert status_of(written) == (status, came, known)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Startbijeenkomst attendees.csv", "Startbijeenkomst"),
        ("2026/Attendee Summary - Startbijeenkomst - 2026-03-10.csv", "Startbijeenkomst"),
        ("report-2026-11-21T1200.csv", "report-2026-11-21T1200"),
        ("Voorbeeld_dag (1).csv", "Voorbeeld dag"),
        ("orders_Slotdag.csv", "Slotdag"),
    ],
)
def test_an_event_without_a_name_is_called_after_the_file(name: str, title: str) -> None:
    assert title_of(name, eventbrite.NOISE) == title


# Eventbrite

HEADING = (
    "Order #",
    "Order Date",
    "First Name",
    "Last Name",
    "Email",
    "Attendee #",
    "Ticket Type",
    "Attendee Status",
)


def bought(day: str, status: str = "Attending") -> tuple[str, ...]:
    return ("1", day, "Anna", "de Vries", "anna@example.org", "11", "Regular", status)


def eventbrite_of(*rows: Sequence[str], settings: Settings | None = None) -> SourceResult | NeedsMapping:
    assert eventbrite.recognises(table(HEADING, *rows))
    return eventbrite.read("Call.csv", table(HEADING, *rows), settings or Settings())


def test_eventbrite_asks_for_the_order_and_the_answer_holds() -> None:
    asked = eventbrite_of(bought("03/04/2026"))
    assert isinstance(asked, NeedsMapping)
    for word, shape in (("day-first", DateShape.DAY_MONTH_YEAR), ("month-first", DateShape.MONTH_DAY_YEAR)):
        told = read_settings(f'[dates]\neventbrite = "{word}"', {})
        found = eventbrite_of(bought("03/04/2026"), settings=told)
        assert isinstance(found, SourceResult)
        assert found.feeds[0].shapes["registered_at"] is shape


def test_only_a_check_in_shows_attendance() -> None:
    found = eventbrite_of(bought("2026-03-04"), bought("2026-03-04", "Checked In"))
    assert isinstance(found, SourceResult)
    assert values(found, ATTENDANCE, "checked_in") == ["true"]
    assert values(found, REGISTRATION, "status") == ["registered", "registered"]


def test_a_table_with_an_order_number_is_not_yet_eventbrite() -> None:
    assert not eventbrite.recognises(table(("Order #", "Name", "Email", "Total Paid"), ("1", "Bo", "b", "0")))


def asked_by_eventbrite(question: str, *answers: str, orders: Sequence[str] = ()) -> list[str | None]:
    """The contributions of a report in which everybody answered one question more."""
    people = ("Anna de Vries", "Bo Smit", "Kim Jansen", "Els Peeters", "Piet Mulder", "Fatima Yilmaz")
    rows = [
        (order, "2026-03-04", *name.split(" ", 1), f"{name[:2]}@example.org".lower(), str(number), "Regular",
         "Attending", answer)
        for number, (order, name, answer) in enumerate(
            zip(orders or [str(n) for n, _ in enumerate(answers)], people, answers, strict=False)
        )
    ]  # fmt: skip
    found = eventbrite.read("Call.csv", table((*HEADING, question), *rows), Settings())
    assert isinstance(found, SourceResult)
    return values(found, CONTRIBUTION, "text")


SENTENCES = ("Hoe begin ik klein?", "Wie doet er allemaal mee?", "Wat kost dit ons straks?")


def test_an_open_question_of_the_organiser_gives_contributions() -> None:
    assert asked_by_eventbrite("Waar loop je tegenaan?", *SENTENCES) == list(SENTENCES)
    assert asked_by_eventbrite("Motivatie", *SENTENCES, "", "kort") == [*SENTENCES, "kort"]
    assert asked_by_eventbrite("What do you want to learn?", "Toetsing") == ["Toetsing"]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Wilt u onze vragenlijst ontvangen?", ("Ja", "Nee", "Ja")),
        ("I agree that my questions are kept", ("I agree", "I agree", "I agree")),
        ("Ik ga akkoord met de voorwaarden van deze dag", SENTENCES),
        ("Dieetwensen", ("Ik eet het liefst geen vlees", "Ik ben allergisch voor veel noten", "")),
        ("Welke ronde kies je?", ("Ronde 1, in de grote zaal", "Ronde 1, in de grote zaal")),
        ("T-shirt", ("M", "XL", "S")),
        ("Welke thema's kies je?", ("Toetsing;", "Toetsing;Leren;", "Leren;")),
        ("Home Address 1", ("Straat van de Vrede 12", "Laan van het Nieuwe 3")),
        ("Ticket Notes", SENTENCES),
        ("Organisatie", ("Hogeschool van het Verre Noorden", "Bureau voor leren en zo")),
        ("Datum van aankomst", ("12 maart 2026", "13 maart 2026")),
    ],
)
def test_choices_agreements_and_practical_matters_are_none(question: str, answers: Sequence[str]) -> None:
    assert asked_by_eventbrite(question, *answers) == []


def test_one_answer_on_every_ticket_of_an_order_is_one() -> None:
    given = [SENTENCES[0]] * 3 + [SENTENCES[1]]
    assert asked_by_eventbrite("Vraag", *given, orders=("1", "1", "1", "2")) == list(SENTENCES[:2])
    assert asked_by_eventbrite("Vraag", SENTENCES[0], SENTENCES[0]) == [SENTENCES[0]] * 2


def test_the_answer_of_a_guest_without_a_name_is_nobodys() -> None:
    rows = (
        ("1", "2026-03-04", "Anna", "de Vries", "anna@example.org", "11", "Regular", "Attending", ""),
        ("1", "2026-03-04", "Info Requested", "Info Requested", "anna@example.org", "12", "Regular",
         "Attending", SENTENCES[0]),
    )  # fmt: skip
    found = eventbrite.read("Call.csv", table((*HEADING, "Uw vraag"), *rows), Settings())
    assert isinstance(found, SourceResult)
    assert values(found, CONTRIBUTION, "text") == [SENTENCES[0]]
    assert values(found, CONTRIBUTION, "email") == values(found, CONTRIBUTION, "given_name") == [None]


def test_an_answer_carries_the_day_and_the_order_of_day_and_month() -> None:
    told = read_settings('[dates]\neventbrite = "day-first"', {})
    rows = ((*bought("03/04/2026"), SENTENCES[0]),)
    found = eventbrite.read("Call.csv", table((*HEADING, "Uw vraag"), *rows), told)
    assert isinstance(found, SourceResult)
    assert values(found, CONTRIBUTION, "contributed_at") == ["03/04/2026"]
    assert values(found, CONTRIBUTION, "kind") == ["question"]
    assert found.feeds[-1].shapes == {"contributed_at": DateShape.DAY_MONTH_YEAR}


# pretix


POSITIONS = (
    "Event slug", "Order code", "Position ID", "Status", "Email", "Order date", "Order time", "Product",
    "Attendee name", "Order comment", "Voucher", "Wat wilt u leren?", "Invoice address street", "Opmerking",
    "Check-in text",
)  # fmt: skip


def test_the_questions_of_pretix_stand_between_its_own_columns() -> None:
    product = "Toegang voor de hele dag"
    rows = [
        ("dag", f"A{n}", "1", "Paid", f"{n}@example.org", "2026-03-01", "10:00:00", f"{product} {n}", name,
         "belt nog terug over de factuur", "", answer, f"Laan van de Vrede {n}", f"Intern: {n} keer gebeld",
         f"Geef deze gast badge {n}")
        for n, (name, answer) in enumerate(
            [("Anna de Vries", "Toetsen"), ("Bo Smit", ""), ("Kim Jansen", "Samenwerken")]
        )
    ]  # fmt: skip
    found = pretix.read("dag.csv", table(POSITIONS, *rows), Settings())
    assert isinstance(found, SourceResult)
    assert values(found, CONTRIBUTION, "text") == ["Toetsen", "Samenwerken"]
    assert values(found, CONTRIBUTION, "question") == ["Wat wilt u leren?"] * 2
    assert values(found, CONTRIBUTION, "contributed_at") == ["2026-03-01 10:00:00"] * 2


def test_the_kind_of_answer_decides_in_the_json_of_pretix() -> None:
    questions = [
        {"id": 1, "question": {"nl": "Iets kwijt?"}, "type": "S"}, {"id": 2, "question": "Reis", "type": "C"},
        {"id": 3, "question": "Ik ga akkoord", "type": "B"}, {"id": 4, "question": "Dieet", "type": "T"},
        {"id": 5, "question": "Bijlage", "type": "F"}, {"id": 6, "question": "Dagen", "type": "N"},
    ]  # fmt: skip
    answers = [{"question": n, "answer": text} for n, text in enumerate(
        ("Graag stil", "Met de trein naar Utrecht", "True", "Ik eet geen vlees of vis", "file://x", "12"), 1
    )]  # fmt: skip
    order = {
        "code": "A1", "status": "p", "email": "anna@example.org", "datetime": "2026-03-01T10:00:00Z",
        "positions": [{"id": "1", "item": "1", "attendee_name": "Anna", "answers": answers}],
    }  # fmt: skip
    event = {"name": "Dag", "slug": "dag", "orders": [order], "questions": questions}
    found = pretix.read("x.json", replace(table(("x",)), document={"event": event}), Settings())
    assert isinstance(found, SourceResult)
    assert values(found, CONTRIBUTION, "text") == ["Graag stil"]
    assert values(found, CONTRIBUTION, "question") == ["Iets kwijt?"]


def test_positions_go_before_orders() -> None:
    orders = table(
        ("Event slug", "Order code", "Order total", "Status", "Email", "Order date", "Order time"),
        ("dag", "A1", "0", "Paid", "anna@example.org", "2026-03-01", "10:00:00"),
    )
    positions = table(
        (
            "Event slug",
            "Order code",
            "Position ID",
            "Status",
            "Email",
            "Order date",
            "Order time",
            "Attendee name",
        ),
        ("dag", "A1", "1", "Paid", "anna@example.org", "2026-03-01", "10:00:00", "Anna de Vries"),
        ("dag", "A1", "2", "Paid", "anna@example.org", "2026-03-01", "10:00:00", "Bo Smit"),
    )
    for sheets in ((orders, positions), (positions, orders)):
        found = read_source("x.xlsx", sheets, Settings())
        assert isinstance(found, Identified)
        assert (found.format_id, found.result.rows_read) == ("pretix", 2)
        assert values(found.result, REGISTRATION, "full_name") == ["Anna de Vries", "Bo Smit"]


def test_texts_in_several_languages_are_one() -> None:
    order = {
        "code": "A1", "status": "p", "email": "anna@example.org", "datetime": "2026-03-01T10:00:00Z",
        "positions": [{"id": "1", "item": "1", "attendee_name": "Anna", "subevent": "7"}],
    }  # fmt: skip
    event = {
        "name": {"en": "Day", "nl": "Dag"}, "slug": "dag", "orders": [order],
        "subevents": [{"id": "7", "name": {"en": "Morning"}, "date_from": "2026-03-10T10:00:00+01:00"}],
    }  # fmt: skip
    document = replace(table(("x",)), document={"event": event})
    found = pretix.read("x.json", document, Settings())
    assert isinstance(found, SourceResult)
    assert values(found, REGISTRATION, "title") == ["Morning"]
    assert values(found, REGISTRATION, "starts_at") == ["2026-03-10T10:00:00+01:00"]


# Meetup


def test_a_person_of_meetup_is_one_number_in_both_lists() -> None:
    members = meetup.read(
        "Groep_Member_List_on_07-30-25.xls",
        table(("Name", "User ID", "Member ID", "Joined Group on"), ("Bo", "user 9", "9", "01/02/2024")),
        Settings(),
    )
    answers = meetup.read(
        "Call.xls",
        table(("Name", "User ID", "RSVP", "RSVPed on", "Guests"), ("Bo", "user 9", "Yes", "01/02/2025", "0")),
        Settings(),
    )
    assert isinstance(members, SourceResult) and isinstance(answers, SourceResult)
    assert values(members, MEMBERSHIP, "external_id") == values(answers, REGISTRATION, "external_id") == ["9"]
    assert members.feeds[0].shapes == {"joined_on": DateShape.MONTH_DAY_YEAR}


def test_an_answer_is_never_attendance() -> None:
    heading = ("Name", "Attendance", "User ID", "RSVP", "RSVPed on", "Guests")
    rows = [
        ("Bo", "", "user 9", "Yes", "01/02/2025", "0"),
        ("Kim", "Attended", "user 8", "Yes", "01/02/2025", "0"),
    ]
    found = meetup.read("Call.xls", table(heading, *rows), Settings())
    assert isinstance(found, SourceResult)
    assert values(found, ATTENDANCE, "full_name") == ["Kim"]


# Mailchimp


@pytest.mark.parametrize("name", ["subscribed", "unsubscribed", "cleaned", "nonsubscribed"])
def test_computers_and_places_never_reach_a_feed(name: str) -> None:
    path = SAMPLES / "mailchimp" / f"{name}_members_export_0a1b2c3d4e.csv"
    text = path.read_text(encoding="utf-8").splitlines()
    from csv import reader

    found = mailchimp.read(path.name, table(*reader(text)), Settings())
    assert isinstance(found, SourceResult)
    kept = {cell for rows in found.feeds for row in rows.rows for cell in row if cell}
    assert not any(part in cell for cell in kept for part in NETWORK_DATA)
    assert {rows.feed for rows in found.feeds} == {CONTACT if name == "nonsubscribed" else MEMBERSHIP}
    assert (values(found, MEMBERSHIP, "left_on") == [None, None]) is (name == "subscribed")


def audience(*columns: str, row: Sequence[str], name: str = "export.csv") -> SourceResult:
    given = table((*columns, "MEMBER_RATING", "LEID", "EUID"), (*row, "2", "1", "aa"))
    assert mailchimp.recognises(given)
    found = mailchimp.read(name, given, Settings())
    assert isinstance(found, SourceResult)
    return found


def test_an_address_is_found_whatever_its_column_is_called() -> None:
    found = audience("Mailadres van jou", "OPTIN_TIME", row=("bo@example.org", "2024-01-01 10:00:00"))
    assert values(found, MEMBERSHIP, "email") == ["bo@example.org"]


def test_a_status_column_goes_before_the_name_of_the_file() -> None:
    columns = ("Email Address", "Status", "OPTIN_TIME", "LAST_CHANGED")
    row = ("bo@example.org", "Unsubscribed", "2024-01-01 10:00:00", "2025-01-01 10:00:00")
    found = audience(*columns, row=row, name="subscribed_x.csv")
    assert values(found, MEMBERSHIP, "left_on") == ["2025-01-01 10:00:00"]


@pytest.mark.parametrize(
    ("name", "ended", "warned"),
    [
        ("subscribed_segment.csv", False, False),
        ("Leernetwerk - cleaned (2).csv", True, False),
        ("unsubscribed_members_export_0a.csv", True, False),
        ("mijn lijst.csv", False, True),
    ],
)
def test_what_only_the_name_of_the_file_says(name: str, ended: bool, warned: bool) -> None:
    columns = ("Email Address", "OPTIN_TIME", "LAST_CHANGED")
    found = audience(*columns, row=("bo@example.org", "2024-01-01", "2025-01-01"), name=name)
    assert values(found, MEMBERSHIP, "left_on") == ["2025-01-01" if ended else None]
    assert (mailchimp.READ_AS_SUBSCRIBED in found.warnings) is warned


def test_a_blank_end_beside_a_column_for_it_is_not_guessed() -> None:
    columns = ("Email Address", "OPTIN_TIME", "UNSUB_TIME", "LAST_CHANGED")
    found = audience(*columns, row=("bo@example.org", "2024-01-01", "", "2025-01-01"))
    assert [reject.reason for reject in found.rejects] == [mailchimp.NO_END]


def test_a_membership_that_ends_before_it_began_began_earlier() -> None:
    columns = ("Email Address", "OPTIN_TIME", "UNSUB_TIME")
    found = audience(*columns, row=("bo@example.org", "2025-01-01 10:00:00", "2024-01-01 10:00:00"))
    assert (values(found, MEMBERSHIP, "joined_on"), values(found, MEMBERSHIP, "left_on")) == (
        [None],
        ["2024-01-01 10:00:00"],
    )


# Indico


def test_an_answer_of_another_program_is_not_indicos() -> None:
    documents: tuple[object, ...] = (
        {"count": "1", "next": None, "results": [{"title": "x", "startDate": "y"}]},
        {"results": [{"title": "x"}], "count": "1", "complete": True, "ts": "1"},
        {"results": {"registrants": [{"name": "x"}]}, "count": "1", "complete": True, "ts": "1"},
        [],
    )
    for document in documents:
        assert not indico.recognises(replace(table(("x",)), document=document))
