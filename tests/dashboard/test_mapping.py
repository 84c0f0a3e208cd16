"""Saying on screen what columns mean: real file, real reader, real page; kept for the next such file."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.deliveries import Unmapped, unmapped_files
from dashboard.field_words import FEED_WORDS, FIELD_WORDS
from dashboard.jobs import JOBS
from dashboard.mapping import (
    faults,
    fields_for,
    is_telling,
    make_preview,
    mapping_of,
    outcome,
    pattern_for,
    preview_table,
    read_proposal,
    reject_lines,
)
from dashboard.navigation import Language
from dashboard.wording import Wording
from etl.errors import SettingsError
from etl.home import Home
from etl.ledger import Ledger
from etl.schema.feeds import FEEDS, feed_named
from etl.schema.model import ColumnType, DateShape
from etl.settings import Settings, TableMapping, load_settings
from etl.settings_file import add_table, table_text
from etl.settings_template import default_settings_text

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
NL = Wording(Language.DUTCH)
ZONE = ZoneInfo("Europe/Amsterdam")
PEOPLE = 25
HEADINGS = "Naam;E-mail;Datum inschrijving;Kleur"


def people_file(people: int = PEOPLE) -> str:
    rows = [f"Lid {n};lid{n}@example.org;{n % 27 + 1:02}-03-2026;blauw" for n in range(people)]
    return "\n".join([HEADINGS, *rows, "Fout;fout@example.org;32-13-2026;rood"]) + "\n"


def kring(home: Home, *words: str) -> None:
    code = "from flows.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--home", str(home.root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr


@pytest.fixture(scope="module")
def waiting_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Home]:
    """Makes a home with one file that nobody mapped yet, taken in by a real refresh."""

    def make() -> Home:
        home = Home(tmp_path_factory.mktemp("unmapped") / "home")
        home.create()
        home.settings_file.write_text(default_settings_text("Een netwerk"), encoding="utf-8")
        (home.inbox / "vreemde lijst 2026.csv").write_text(people_file(), encoding="utf-8")
        kring(home, "refresh")
        return home

    return make


@pytest.fixture(scope="module")
def shared(waiting_home: Callable[[], Home]) -> Home:
    """Such a home, for tests that only look."""
    return waiting_home()


def wait(file: str, proposal: str) -> Unmapped:
    return Unmapped(file, "a" * 64, datetime(2026, 11, 21, tzinfo=UTC), proposal)


def test_every_feed_and_field_has_a_word() -> None:
    assert set(FEED_WORDS) == {feed.name for feed in FEEDS}
    assert set(FIELD_WORDS) == {column.name for feed in FEEDS for column in feed.columns}


def test_the_proposal_holds_every_column_of_the_file(shared: Home) -> None:
    (waiting,) = unmapped_files(shared)
    proposal = read_proposal(waiting, load_settings(shared))
    assert proposal is not None
    assert {heading for heading, _ in proposal.columns} == set(HEADINGS.split(";"))
    assert dict(proposal.columns)["E-mail"] == "email"
    assert dict(proposal.columns)["Kleur"] == ""
    assert proposal.match == "vreemde*.csv"
    for feed in FEEDS:
        chosen = [field for field in fields_for(proposal, feed).values() if field]
        assert len(chosen) == len(set(chosen))
        assert set(chosen) <= {column.name for column in feed.columns}


@pytest.mark.parametrize(
    ("file", "proposed", "wanted"),
    [
        ("leden 2026.csv", "leden*.csv", "leden*.csv"),
        ("2026-leden.csv", "*.csv", "*-leden.csv"),
        ("2026.csv", "*.csv", "2026.csv"),
    ],
)
def test_a_pattern_never_takes_every_file(file: str, proposed: str, wanted: str) -> None:
    assert pattern_for(file, proposed) == wanted
    assert not is_telling("*.csv")
    assert not is_telling("*")


def test_faults_are_said_before_anything_is_read() -> None:
    settings = Settings(tables=(TableMapping("leden", "l*", feed_named("contact"), ()),))
    mapping = mapping_of(feed_named("event"), "leden", "*.csv", {"A": "title", "B": "title"}, {})
    said = faults(mapping, "map/vreemd.csv", settings, NL)
    assert len(said) == 4
    assert "Titel heeft twee kolommen" in said[0]
    assert "Eén hiervan is nodig: Begin." in said
    good = mapping_of(feed_named("contact"), "nieuw", "vreemd*.csv", {"A": "email", "B": ""}, {})
    assert good.columns == (("A", "email"),)
    assert faults(good, "map/vreemd.csv", settings, NL) == ()


def test_a_form_keeps_all_its_questions_from_proposal_to_mapping() -> None:
    text = (
        '[[tables]]\nname = "intake"\nmatch = "intake*.csv"\nfeed = "contribution"\n[tables.columns]\n'
        '"Mail" = "email"\n"Wat leer je?" = "text"\n"Wat kan beter?" = "text"\n'
        '[tables.kinds]\n"Wat kan beter?" = "feedback"'
    )
    proposal = read_proposal(wait("intake.csv", text), Settings())
    assert proposal is not None
    chosen = fields_for(proposal, proposal.feed)
    assert chosen == {"Mail": "email", "Wat leer je?": "text", "Wat kan beter?": "text"}
    mapping = mapping_of(proposal.feed, "intake", proposal.match, chosen, {}, proposal.kinds)
    assert faults(mapping, "intake.csv", Settings(), NL) == ()
    assert mapping.kinds == (("Wat kan beter?", "feedback"),)
    without = mapping_of(proposal.feed, "x", "x*.csv", {**chosen, "Wat kan beter?": ""}, {}, proposal.kinds)
    assert without.kinds == ()
    twice = mapping_of(proposal.feed, "x", "intake*.csv", chosen, {"text": "x"})
    assert len(faults(twice, "intake.csv", Settings(), NL)) == 1


def test_the_preview_is_what_a_refresh_reads_and_writes_nothing(shared: Home) -> None:
    (waiting,) = unmapped_files(shared)
    before = {path: path.stat().st_mtime_ns for path in shared.root.rglob("*") if path.is_file()}
    columns = {"Naam": "full_name", "E-mail": "email", "Datum inschrijving": "joined_on"}
    mapping = mapping_of(
        feed_named("membership"), "vreemd", "vreemde*.csv", columns, {"working_group": "Kennisbasis"}
    )
    shown = make_preview(shared, waiting, mapping)
    assert (shown.read, shown.used, shown.rejected) == (PEOPLE + 1, PEOPLE, 1)
    assert shown.fields == ("full_name", "email", "joined_on", "working_group")
    assert len(shown.rows) == 20
    assert shown.rows[0] == ("Lid 0", "lid0@example.org", "2026-03-01", "Kennisbasis")
    assert (
        outcome(shown, NL)
        == "25 rijen zouden meetellen · 1 zou worden afgewezen · de eerste 20 staan hieronder"
    )
    assert reject_lines(shown, NL)[0].startswith("rij 27: Datum inschrijving: ")
    html = [cell.text for cell in preview_table(shown, mapping.feed, ZONE, NL).rows[0]]
    assert html == ["Lid 0", "lid0@example.org", "1 mrt 2026", "Kennisbasis"]
    assert before == {path: path.stat().st_mtime_ns for path in shared.root.rglob("*") if path.is_file()}


def test_a_kept_mapping_leaves_every_byte_of_kring_toml(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.write_text(default_settings_text("Een netwerk") + "\n\n", encoding="utf-8")
    before = home.settings_file.read_text(encoding="utf-8").rstrip("\n")
    mapping = TableMapping(
        'lijst "A"', "lijst*.csv", feed_named("event"),
        (("Wat\\waar\x7f", "title"), ("Wanneer", "starts_at")), (("kind", "webinar"),),
        DateShape("d-m-y"), 12,
    )  # fmt: skip
    add_table(home, mapping, "Bevestigd\nop het scherm")
    text = home.settings_file.read_text(encoding="utf-8")
    assert text.startswith(before)
    assert "\n# Bevestigd op het scherm\n[[tables]]\n" in text
    assert load_settings(home).tables == (mapping,)
    assert home.settings_file.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(table_text(mapping))["tables"][0]["max_rows"] == 12
    with pytest.raises(SettingsError, match="two are called"):
        add_table(home, mapping, "nog eens")
    assert home.settings_file.read_text(encoding="utf-8") == text
    assert [path.name for path in home.root.glob("kring.toml*")] == ["kring.toml"]


def test_types_are_shown_as_a_reader_writes_them() -> None:
    from dashboard.mapping import value_word

    assert value_word("2026-07-01 10:00:00", ColumnType.TIMESTAMP, ZONE, NL) == "1 jul 2026, 12.00 uur"
    assert value_word("true", ColumnType.BOOLEAN, ZONE, NL) == "ja"
    assert value_word(None, ColumnType.TEXT, ZONE, NL) == ""


def opened(home: Home, monkeypatch: pytest.MonkeyPatch, language: str = "nl") -> AppTest:
    monkeypatch.setenv("KRING_HOME", str(home.root))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["lang"] = language
    return app.run().switch_page("views/data.py").run()


def press(app: AppTest, start: str) -> AppTest:
    button = next(button for button in app.button if str(button.key).startswith(start))
    return button.click().run(timeout=120)


def test_from_proposal_to_figures_on_the_page(
    waiting_home: Callable[[], Home], loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = waiting_home()
    written = home.settings_file.read_text(encoding="utf-8")
    app = opened(home, monkeypatch)
    assert not app.exception
    date_column = next(box for box in app.selectbox if box.label == "Datum inschrijving")
    date_column.select("joined_on")
    app = press(app, "look-")
    assert not app.exception
    shown = "\n".join(html.proto.body for html in app.get("html")).replace("<wbr>", "")
    assert "lid19@example.org" in shown
    assert "lid20@example.org" not in shown
    assert any("25 rijen zouden meetellen" in text.value for text in app.markdown)
    assert home.settings_file.read_text(encoding="utf-8") == written

    app = press(app, "confirm-")
    assert not app.exception
    assert "vreemde" in app.success[0].value
    (kept,) = load_settings(home).tables
    assert ("Datum inschrijving", "joined_on") in kept.columns
    app = press(app, "mapping-refresh")
    running = JOBS.running(home)
    if running is not None:
        running.wait(120)
    (home.inbox / "vreemde lijst 2027.csv").write_text(people_file(20), encoding="utf-8")
    kring(home, "refresh")
    with Ledger(home) as ledger:
        read = {each.file: (each.status, each.rows_used) for each in ledger.readings()}
    assert {Path(file).name: used for file, (_, used) in read.items()} == {
        "vreemde lijst 2026.csv": PEOPLE,
        "vreemde lijst 2027.csv": 20,
    }
    assert not unmapped_files(home)


def test_a_fault_is_said_and_nothing_is_shown(
    shared: Home, loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(shared, monkeypatch, "en")
    for box in app.selectbox:
        if box.label in ("Naam", r"E\-mail"):
            box.select("")
    app = press(app, "look-")
    assert not app.exception
    assert "One of these is needed" in app.warning[0].value
    assert not any(str(button.key).startswith("confirm-") for button in app.button)


def test_an_agenda_with_days_and_times_apart_is_read_as_proposed(
    tmp_path: Path, loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.write_text(default_settings_text("Een netwerk"), encoding="utf-8")
    agenda = "Titel;Datum;Aanvang;Einde\nKring;19-11-2025;14u30;16.00 uur\nKring 2;20-11-2025;15u;\n"
    (home.inbox / "agenda najaar.csv").write_text(agenda, encoding="utf-8")
    kring(home, "refresh")
    app = opened(home, monkeypatch)
    assert not app.exception
    chosen = {box.label: box.value for box in app.selectbox if str(box.key).startswith("column-")}
    assert chosen == {
        "Titel": "title", "Datum": "starts_at.date", "Aanvang": "starts_at.time", "Einde": "ends_at.time",
    }  # fmt: skip
    box = next(box for box in app.selectbox if box.label == "Aanvang")
    assert {"Begin", "Begin: de dag", "Begin: de tijd", "Einde: de tijd"} <= set(box.options)
    app = press(app, "look-")
    shown = "\n".join(html.proto.body for html in app.get("html")).replace("<wbr>", "")
    assert "19 nov 2025, 14.30 uur" in shown
    assert "19 nov 2025, 16.00 uur" in shown
    app = press(app, "confirm-")
    assert not app.exception
    (kept,) = load_settings(home).tables
    assert ("Einde", "ends_at.time") in kept.columns
    kring(home, "refresh")
    with Ledger(home) as ledger:
        assert [(each.status, each.rows_used) for each in ledger.readings()] == [("accepted", 2)]


def test_parts_of_a_moment_that_do_not_fit_are_said() -> None:
    event = feed_named("event")
    alone = mapping_of(event, "x", "agenda*.csv", {"T": "title", "A": "ends_at.time", "B": "starts_at"}, {})
    assert faults(alone, "agenda.csv", Settings(), NL) == ("Einde heeft ook een kolom met de dag nodig.",)
    twice = mapping_of(event, "x", "agenda*.csv", {"T": "title", "A": "starts_at.date", "B": "starts_at"}, {})
    assert faults(twice, "agenda.csv", Settings(), NL) == ("Begin heeft twee kolommen; kies er één.",)
