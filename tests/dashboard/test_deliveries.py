"""The page Data: headlines that are true, states in words, reasons in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard import deliveries
from dashboard.deliveries import (
    Refused,
    SourceState,
    SourceStatus,
    asking_first,
    refused_brief,
    refused_headline,
    refused_table,
    result_words,
    source_statuses,
    sources_headline,
    sources_table,
    step_words,
)
from dashboard.facts import failed_connections
from dashboard.jobs import RefreshResult, Step
from dashboard.navigation import Language
from dashboard.reasons import reason_words
from dashboard.tokens import LIGHT
from dashboard.wording import Wording
from etl.cleaning.local_time import NO_SUCH_HOUR
from etl.ledger import StoredReading
from etl.reading.convert import REASONS

NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)


def status(name: str, state: SourceState, rejected: int = 0) -> SourceStatus:
    return SourceStatus(name, datetime(2026, 11, 20, 23, 30), date(2026, 11, 20), 1, 10, rejected, state)


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        ([], "Er kwamen nog geen bestanden binnen"),
        (["fresh"], "De enige bron is actueel"),
        (["fresh", "partial"], "Alle twee bronnen zijn actueel"),
        (["fresh", "partial", "late"], "Twee van de drie bronnen zijn actueel"),
        (["fresh", "failed"], "Eén van de twee bronnen is actueel"),
        (["late", "needs_mapping"], "Elke bron vraagt aandacht"),
    ],
)
def test_the_headline_counts_what_is_under_it(states: list[str], sentence: str) -> None:
    shown = [status(f"bron {index}", SourceState(state)) for index, state in enumerate(states)]
    assert sources_headline(shown, NL) == sentence


@pytest.mark.parametrize(
    ("rows", "whole", "sentence"),
    [
        (1, 0, "1 rij was niet bruikbaar"),
        (8, 0, "8 rijen waren niet bruikbaar"),
        (0, 1, "1 heel bestand was niet bruikbaar"),
        (8, 1, "8 rijen en 1 heel bestand waren niet bruikbaar"),
    ],
)
def test_a_whole_file_is_not_counted_as_a_row(rows: int, whole: int, sentence: str) -> None:
    shown = [Refused(f"heel {index}.csv", None, "", "x") for index in range(whole)]
    assert refused_headline(rows, shown, NL) == sentence


def test_a_state_is_a_word_and_a_mark() -> None:
    html = sources_table([status("agenda", SourceState.LATE)], ZoneInfo("Europe/Amsterdam"), NL).html(LIGHT)
    assert "Verouderd" in html
    assert 'class="kring-mark stale" aria-hidden="true"' in html
    assert "21 nov 2026" in html  # received late in the evening, UTC


def test_of_many_sources_those_with_nothing_to_tell_wait_in_the_table() -> None:
    few = [status(f"bron {number:02}", SourceState.FRESH) for number in range(12)]
    assert asking_first(few) == tuple(few)
    late, refused = status("zzz", SourceState.LATE), status("yyy", SourceState.PARTIAL, 3)
    first = asking_first([late, *few, refused])
    assert first[:2] == (late, refused)
    assert len(first) == 12
    many = [status(f"laat {number}", SourceState.LATE) for number in range(20)]
    assert asking_first([*many, *few]) == tuple(many), "what asks for something is never left out"


def test_what_asks_for_attention_comes_first() -> None:
    records = [
        {"source": name, "status": code} for name, code in (("a", "fresh"), ("c", "failed"), ("B", "late"))
    ]
    assert [row.source for row in source_statuses(records)] == ["B", "c", "a"]


def test_a_connection_that_failed_refused_nothing_and_an_answer_that_was_refused_did_not_fail() -> None:
    records = [{"source": name, "status": "failed"} for name in ("intake", "kapot.xlsx")]
    asking = [
        {"kind": "failed_connection", "subject": "intake"},
        {"kind": "refused_rows", "subject": "kapot.xlsx"},
    ]
    rows = source_statuses(records, failed_connections(asking))
    assert [row.state for row in rows] == [SourceState.NOT_COLLECTED, SourceState.FAILED]
    html = sources_table(rows, ZoneInfo("Europe/Amsterdam"), NL).html(LIGHT)
    assert html.count("Ophalen mislukt") == html.count("Afgewezen</td>") == 1
    assert html.count(">alle<") == 1, "of a file that was refused whole nobody counted the rows"


def test_of_a_source_with_rows_only_the_last_file_was_refused() -> None:
    records = [{"source": "leden", "status": "failed", "rows": 39, "rejected": 2}]
    html = sources_table(source_statuses(records), ZoneInfo("Europe/Amsterdam"), NL).html(LIGHT)
    assert ">het laatste bestand<" in html


def test_a_reason_stands_once_with_its_first_lines() -> None:
    many = [Refused("a.csv", line, "Lid sinds", "not a number") for line in (2, 5, 8, 11, 14, 1200)]
    html = refused_brief([*many, Refused("b.xlsx", None, "", "not a number")], NL).html(LIGHT)
    assert html.count("geen getal") == 2
    assert "2, 5, 8, 11 en nog 2" in html
    assert "Lid sinds: geen getal" in html
    assert "heel bestand" in html or "hele bestand" in html


def test_unknown_moments_are_words() -> None:
    rows = source_statuses([{"source": "x", "status": "fresh", "files": 1, "rows": 0, "rejected": 0}])
    html = sources_table(rows, ZoneInfo("Europe/Amsterdam"), NL).html(LIGHT)
    assert html.count("onbekend") == 2


@pytest.mark.parametrize("reason", [*REASONS.values(), NO_SUCH_HOUR])
def test_what_the_readers_say_is_known_in_dutch(reason: str) -> None:
    assert reason_words(reason, NL) != reason
    assert reason_words(reason, EN) == reason


@pytest.mark.parametrize(
    ("reason", "dutch"),
    [
        ("no starts_at, which a event cannot do without", "er staat geen begintijd"),
        (
            "no event_id or title, which a registration cannot do without",
            "er staat geen nummer van de bijeenkomst of titel",
        ),
        (
            "no external_id or full_name or given_name or email, which a membership cannot do without",
            "er staat geen naam, adres of nummer van een persoon",
        ),
        ("the row has 12 cells, the heading row has 11", "de rij heeft 12 cellen, de rij met kolomnamen"),
        ('leden: column "Lid {x}" is missing; expected every column', "kolom Lid {x} ontbreekt"),
        ("something new {0}", "something new {0}"),
        ("", "onbekend"),
    ],
)  # fmt: skip
def test_reasons_with_numbers_and_names(reason: str, dutch: str) -> None:
    assert reason_words(reason, NL).startswith(dutch)


def test_the_refused_list_escapes_what_people_wrote() -> None:
    html = refused_table([Refused("<b>x</b>.csv", 3, "<i>", "not a number")], NL).html(LIGHT)
    assert "<b>" not in html
    assert "<i>" not in html
    assert "geen getal" in html


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (RefreshResult(0), "Er was niets nieuws. De cijfers blijven zoals ze zijn."),
        (RefreshResult(1, problem="x"), "Het verwerken is niet gelukt. U ziet nog de vorige cijfers."),
        (
            RefreshResult(3, True, files_new=2, files_refused=1, rows_used=40, rows_rejected=1),
            "Klaar: 2 nieuwe bestanden, 40 rijen gebruikt, 1 rij afgewezen en 1 bestand afgewezen. "
            "De cijfers zijn bijgewerkt.",
        ),
        (
            RefreshResult(0, False, files_new=1, rows_used=0),
            "Klaar: 1 nieuw bestand en 0 rijen gebruikt. De cijfers blijven zoals ze zijn.",
        ),
    ],
)
def test_the_end_of_a_run_in_plain_words(result: RefreshResult, sentence: str) -> None:
    assert result_words(result, NL) == sentence


def test_steps_are_said_in_plain_words() -> None:
    assert step_words(None, NL) == "Beginnen"
    assert step_words(Step("take the inbox", 0, 100), NL) == "Bestanden uit de inbox nemen"
    assert step_words(Step("core.person", 60, 100), EN) == "Counting everything anew"


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ('[dates] x = "day-first" or "month-first"\n[dates]\nx = "day-first"', '[dates]\nx = "day-first"'),
        (
            'unknown: dates = "month-first"\n[[tables]]\ndates = "day-first"\nname = "x"',
            'dates = "day-first"',
        ),
        ("no format is recognised\n[[tables]]\nname = 'x'", ""),
    ],
)
def test_a_question_about_dates_has_its_answer_ready(reason: str, answer: str) -> None:
    reading = StoredReading.__new__(StoredReading)
    object.__setattr__(reading, "reason", reason)
    assert deliveries.date_answer_in(reading) == answer
