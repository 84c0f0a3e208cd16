"""Runs in plain words, in both languages: how each ended, why, who started it, and what comes next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.navigation import Language
from dashboard.runs import (
    Due,
    Runs,
    due_words,
    explanation_of,
    reason_of,
    runs_headline,
    runs_of,
    runs_table,
)
from dashboard.tokens import LIGHT
from dashboard.wording import Wording
from etl.errors import CheckError, ReleaseError
from etl.home import Home
from etl.ledger import Ledger, Outcome, Run, RunKind, StartedBy
from etl.serving import is_served, served
from etl.settings import Schedule
from flows.run import RefreshReport
from tests.dashboard.conftest import Visit

NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
STARTED = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def run(
    outcome: Outcome = Outcome.DONE,
    message: str = "",
    kind: RunKind = RunKind.REFRESH,
    started_by: StartedBy = StartedBy.SCHEDULE,
    report: str | None = None,
) -> Run:
    ended = None if outcome is Outcome.RUNNING else STARTED.replace(second=4)
    return Run(
        1, STARTED, ended, outcome, 1, date(2026, 11, 21), None, message or None, report, kind, started_by
    )


def report(new: int = 0, refused: int = 0, used: int = 0, rejected: int = 0, is_new: bool = False) -> str:
    return RefreshReport(
        "r1", date(2026, 11, 21), is_new, new, 0, refused, used + rejected, used, rejected, 9, 1.0, (), ()
    ).json()


@pytest.mark.parametrize(
    ("outcome", "dutch", "english"),
    [
        (Outcome.DONE, "De laatste verwerking is gelukt", "The last processing succeeded"),
        (Outcome.RUNNING, "Er worden nu bestanden verwerkt", "Files are being processed now"),
        (
            Outcome.FAILED,
            "De laatste verwerking is niet gelukt; de vorige cijfers blijven staan",
            "The last processing did not succeed; the previous figures stay",
        ),
        (
            Outcome.CRASHED,
            "De laatste verwerking is afgebroken; de vorige cijfers blijven staan",
            "The last processing was broken off; the previous figures stay",
        ),
    ],
)
def test_the_headline_is_about_the_last_refresh(outcome: Outcome, dutch: str, english: str) -> None:
    shown = Runs((run(Outcome.FAILED, kind=RunKind.HOUSEKEEPING), run(outcome), run(Outcome.DONE)), ())
    assert runs_headline(shown, NL) == dutch
    assert runs_headline(shown, EN) == english


def test_nothing_yet() -> None:
    assert runs_headline(Runs((), ()), NL) == "Er is nog niets verwerkt"


def test_what_comes_next_is_said_on_the_clocks_of_the_network() -> None:
    due = (
        Due(RunKind.REFRESH, datetime(2026, 11, 22, 5, 0, tzinfo=UTC)),
        Due(RunKind.HOUSEKEEPING, None),
    )
    assert due_words(Runs((), due), AMSTERDAM, NL) == "Volgende verwerking: 22 nov 2026, 06.00 uur."
    assert "kring serve" in due_words(Runs((), ()), AMSTERDAM, NL)


@pytest.mark.parametrize(
    ("line", "dutch"),
    [
        (ReleaseError("refresh", "no space left on the disk").line(), "de schijf is vol"),
        (CheckError(("core.person: 2 keys twice",)).line(), "de cijfers klopten onderling niet"),
        ("a fault in Kring (KeyError)", "er zit een fout in Kring zelf"),
        ("stopped (TerminationSignal)", "het is gestopt voordat het klaar was"),
        (ReleaseError("warehouse.duckdb", "it does not open").line(), "warehouse.duckdb: it does not open"),
    ],
)
def test_a_failure_has_its_reason(line: str, dutch: str) -> None:
    assert reason_of(run(Outcome.FAILED, line), NL).startswith(dutch)


def test_a_run_broken_off_is_explained_and_has_no_length() -> None:
    table = runs_table([run(Outcome.CRASHED)], AMSTERDAM, NL)
    assert [cell.text for cell in table.rows[0]] == [
        "21 nov, 06.00 uur", "verwerken", "vanzelf", "afgebroken", "",
        "Kring of de computer stopte; de volgende verwerking haalt het in",
    ]  # fmt: skip
    assert 'class="kring-mark failed" aria-hidden="true"' in table.html(LIGHT)


@pytest.mark.parametrize(
    ("told", "dutch", "english"),
    [
        (report(), "niets nieuws", "nothing new"),
        (report(is_new=True), "opnieuw geteld", "counted anew"),
        (
            report(2, 1, 1234, 3, True),
            "2 nieuwe bestanden, 1.234 rijen gebruikt, 3 rijen afgewezen en 1 bestand afgewezen",
            "2 new files, 1,234 rows used, 3 rows refused and 1 file refused",
        ),
        (report(refused=1), "1 bestand afgewezen", "1 file refused"),
        (
            report(1, 1),
            "1 nieuw bestand, 0 rijen gebruikt en 1 bestand afgewezen",
            "1 new file, 0 rows used and 1 file refused",
        ),
    ],
)
def test_a_run_that_succeeded_says_what_it_did(told: str, dutch: str, english: str) -> None:
    assert explanation_of(run(report=told), NL) == dutch
    assert explanation_of(run(report=told), EN) == english
    assert explanation_of(run(kind=RunKind.HOUSEKEEPING, report=told), NL) == ""
    assert explanation_of(run(Outcome.FAILED, "checks: no", report=told), NL).startswith("de cijfers")


@pytest.mark.parametrize("words", [NL, EN], ids=["nl", "en"])
def test_every_kind_starter_and_outcome_has_words(words: Wording) -> None:
    every = [run(outcome, "", kind, by) for outcome in Outcome for kind in RunKind for by in StartedBy]
    for row in runs_table(every, AMSTERDAM, words).rows:
        assert all(cell.text for cell in row[:4])


def test_the_next_run_is_known_only_while_the_schedule_is_served(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert not is_served(home)
    assert runs_of(home, Schedule(), now, AMSTERDAM) == Runs((), ())
    with served(home):
        assert is_served(home)
        due = runs_of(home, Schedule(), now, AMSTERDAM).due
    assert not is_served(home)
    assert [(each.kind, each.at) for each in due] == [
        (RunKind.REFRESH, datetime(2026, 11, 22, 5, 0, tzinfo=UTC)),
        (RunKind.HOUSEKEEPING, datetime(2026, 11, 22, 3, 30, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "nl",
            ("De laatste verwerking is niet gelukt", "op deze pagina", "planning staat uit", "schijf is vol"),
        ),
        ("en", ("The last processing did not succeed", "on this page", "schedule is off", "disk is full")),
    ],
)
def test_the_page_data_tells_of_a_run_that_failed(
    visit: Visit, network_home: Home, language: str, words: tuple[str, ...]
) -> None:
    with Ledger(network_home) as ledger:
        number = ledger.start_run(date(2026, 11, 21), started_by=StartedBy.SCREEN)
        ledger.finish_run(number, Outcome.FAILED, message="refresh: no space left on the disk")
    try:
        app = visit("data", language)
        assert not app.exception
        said = "\n".join(
            [each.value for each in (*app.header, *app.caption)]
            + [html.proto.body for html in app.get("html")]
        )
        for each in words:
            assert each in said
    finally:
        with Ledger(network_home) as ledger:
            ledger.finish_run(ledger.start_run(date(2026, 11, 21)), Outcome.DONE)
