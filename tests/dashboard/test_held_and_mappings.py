"""On screen: a held file is used when somebody says so, mappings are changed and removed, dates answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.jobs import JOBS, refresh_command
from etl.errors import SettingsError
from etl.home import Home
from etl.ledger import Ledger
from etl.schema.model import DateShape
from etl.settings import load_settings
from etl.settings_file import answer_dates, answer_dates_of_table, remove_table, replace_table
from etl.settings_template import default_settings_text
from flows.run import refresh

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
SETTINGS = """\
# The settings of our network.
[network]
name = "Klein netwerk"   # how we are called
as_of = 2026-06-30
language = "nl"

# Our list of members.
[[tables]]
name = "members"
match = "members*.csv"  # every month
feed = "membership"
[tables.columns]
Naam = "full_name"   # as in the passport
# the address is asked at the door
"E-mail" = "email"
"Lid sinds" = "joined_on"

# The meetings.
[[tables]]
name = "agenda"
match = "agenda*.csv"
feed = "event"
[tables.columns]
titel = "title"
begin = "starts_at"

[limits]
rows = 1000   # enough
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.write_text(SETTINGS, encoding="utf-8")
    return made


def members(good: int, bad: int) -> str:
    rows = [f"Persoon {n},persoon{n}@example.org,2026-01-{n % 28 + 1:02}" for n in range(good)]
    rows += [f"Fout {n},fout{n}@example.org,2026-13-40" for n in range(bad)]
    return "\n".join(("Naam,E-mail,Lid sinds", *rows)) + "\n"


def text(home: Home) -> str:
    return home.settings_file.read_text(encoding="utf-8")


def test_a_changed_mapping_stands_where_it_stood_and_comments_stay(home: Home) -> None:
    (members_table, agenda) = load_settings(home).tables
    changed = replace(members_table, match="leden*.csv", columns=(*members_table.columns, ("Rol", "role")))
    replace_table(home, "members", changed)
    assert load_settings(home).tables == (changed, agenda)
    said = text(home)
    for kept in (
        "# The settings of our network.", "# how we are called", "# Our list of members.", "# The meetings.",
        "# as in the passport", "# the address is asked at the door", "rows = 1000   # enough",
    ):  # fmt: skip
        assert kept in said
    assert "# every month" not in said, "a remark about what changed goes"
    before = text(home)
    replace_table(home, "members", changed)
    assert text(home) == before, "the same again changes nothing"


def test_a_removed_mapping_leaves_everything_else(home: Home) -> None:
    remove_table(home, "members")
    assert [each.name for each in load_settings(home).tables] == ["agenda"]
    assert text(home).startswith("# The settings of our network.\n[network]")
    assert "[limits]\nrows = 1000   # enough\n" in text(home)
    with pytest.raises(SettingsError, match="cannot be found"):
        remove_table(home, "members")


def test_a_file_written_in_another_way_is_left_alone(home: Home) -> None:
    odd = 'tables = [{name = "m", match = "m*.csv", feed = "membership", columns = {Naam = "full_name"}}]\n'
    home.settings_file.write_text(odd, encoding="utf-8")
    with pytest.raises(SettingsError, match="yourself"):
        remove_table(home, "m")
    assert text(home) == odd


def test_the_order_of_dates_is_kept_for_a_format_and_for_a_mapping(home: Home) -> None:
    answer_dates(home, "eventbrite", "day-first")
    answer_dates(home, "google_meet", "month-first")
    answer_dates(home, "eventbrite", "month-first")
    assert dict(load_settings(home).dates) == {
        "eventbrite": DateShape.MONTH_DAY_YEAR, "google_meet": DateShape.MONTH_DAY_YEAR,
    }  # fmt: skip
    answer_dates_of_table(home, "members", "day-first")
    assert load_settings(home).tables[0].dates is DateShape.DAY_MONTH_YEAR
    assert 'dates = "day-first"' in text(home)
    assert "# as in the passport" in text(home)


def test_the_settings_that_init_writes_can_be_changed_too(home: Home) -> None:
    home.settings_file.write_text(default_settings_text(), encoding="utf-8")
    answer_dates(home, "eventbrite", "day-first")
    assert dict(load_settings(home).dates) == {"eventbrite": DateShape.DAY_MONTH_YEAR}
    assert text(home).startswith(default_settings_text())


def page(home: Home, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("KRING_HOME", str(home.root))
    test = AppTest.from_file(str(APP), default_timeout=60)
    test.query_params["lang"] = "nl"
    return test.run().switch_page("views/data.py").run()


def shown(test: AppTest) -> str:
    return " ".join(str(each.value) for each in (*test.markdown, *test.caption, *test.header, *test.warning))


def wait(home: Home) -> None:
    job = JOBS.running(home)
    if job is not None:
        job.wait(120)


def press(test: AppTest, key: Callable[[str], bool]) -> None:
    (button,) = [each for each in test.button if each.key and key(each.key)]
    button.click()
    test.run()


def choose(test: AppTest, name: str) -> None:
    test.selectbox(key="mapping-chosen").set_value(name)
    test.run()


def test_a_held_file_says_why_and_counts_once_somebody_says_so(
    home: Home, monkeypatch: pytest.MonkeyPatch, loopback: None
) -> None:
    (home.inbox / "members.csv").write_text(members(60, 40), encoding="utf-8")
    (home.inbox / "agenda.csv").write_text("titel,begin\nEerste,2026-03-04T13:00:00Z\n", encoding="utf-8")
    refresh(home)
    test = page(home, monkeypatch)
    assert not test.exception
    assert "1 bestand wacht op uw besluit" in shown(test)
    assert "40 van de 100 rijen waren niet te lezen, door wat in Lid sinds staat" in shown(test)
    with Ledger(home) as ledger:
        (waiting,) = [each for each in ledger.readings() if each.status == "held"]
    assert refresh_command(home, waiting.sha256)[-2:] == ("--accept", waiting.sha256)
    press(test, lambda key: key.startswith("accept-"))
    wait(home)
    with Ledger(home) as ledger:
        assert [each.status for each in ledger.readings() if each.file == "members.csv"] == ["partial"]
    assert "wacht op uw besluit" not in shown(page(home, monkeypatch))


def test_what_waits_is_left_out_on_the_page(
    home: Home, monkeypatch: pytest.MonkeyPatch, loopback: None
) -> None:
    (home.inbox / "members.csv").write_text(members(60, 40), encoding="utf-8")
    (home.inbox / "raadsel.csv").write_text("kop,staart\niets,1\n", encoding="utf-8")
    refresh(home)
    test = page(home, monkeypatch)
    assert "1 bestand wacht op uw besluit" in shown(test)
    for file in ("members.csv", "raadsel.csv"):
        with Ledger(home) as ledger:
            (sha256,) = [each.sha256 for each in ledger.readings() if each.file == file]
        assert refresh_command(home, leave_out=sha256)[-2:] == ("--leave-out", sha256)
        press(test, f"leave-out-{sha256}".__eq__)
        wait(home)
        test = page(home, monkeypatch)
    assert not test.exception
    with Ledger(home) as ledger:
        assert {each.status for each in ledger.readings()} == {"skipped"}
    assert not [each for each in test.button if (each.key or "").startswith("leave-out-")]


def test_a_mapping_is_listed_and_removed_on_the_page(
    home: Home, monkeypatch: pytest.MonkeyPatch, loopback: None
) -> None:
    (home.inbox / "members.csv").write_text(members(3, 0), encoding="utf-8")
    refresh(home)
    test = page(home, monkeypatch)
    assert "2 koppelingen zeggen wat kolommen betekenen" in shown(test)
    assert "Lid sinds → " not in shown(test), "one is looked at at a time"
    choose(test, "members")
    assert "Lid sinds → " in shown(test)
    choose(test, "agenda")
    press(test, lambda key: key == "edit-1-remove")
    assert len(load_settings(home).tables) == 2, "not before it is confirmed"
    press(test, lambda key: key == "edit-1-sure")
    assert [each.name for each in load_settings(home).tables] == ["members"]


def test_a_mapping_is_changed_on_the_page(
    home: Home, monkeypatch: pytest.MonkeyPatch, loopback: None
) -> None:
    (home.inbox / "members.csv").write_text(members(3, 0), encoding="utf-8")
    refresh(home)
    test = page(home, monkeypatch)
    choose(test, "members")
    (toggle,) = [each for each in test.toggle if each.key == "edit-0-open"]
    toggle.set_value(True)
    test.run()
    (match,) = [each for each in test.text_input if each.key == "match-edit-0"]
    match.set_value("members*.cs*")
    press(test, lambda key: key == "look-edit-0")
    assert "3 rijen zouden meetellen" in shown(test)
    press(test, lambda key: key == "edit-0-save")
    assert load_settings(home).tables[0].match == "members*.cs*"
    assert "# as in the passport" in text(home)


def test_a_question_about_dates_is_answered_with_a_button(
    home: Home, monkeypatch: pytest.MonkeyPatch, loopback: None
) -> None:
    rows = "\n".join(f"Kim {n},k{n}@example.org,0{n}/0{n + 1}/2026" for n in range(1, 5))
    home.settings_file.write_text(
        SETTINGS.replace('Naam = "full_name"', 'Name = "full_name"').replace('"Lid sinds"', '"Joined"'),
        encoding="utf-8",
    )
    (home.inbox / "members.csv").write_text(f"Name,E-mail,Joined\n{rows}\n", encoding="utf-8")
    (home.inbox / "agenda.csv").write_text("titel,begin\nEerste,2026-03-04T13:00:00Z\n", encoding="utf-8")
    refresh(home)
    test = page(home, monkeypatch)
    assert "1 bestand wacht op uw antwoord" in shown(test)
    assert "kent Kring de kolommen niet" not in shown(test), "they are known"
    press(test, lambda key: key.startswith("dates-month-first-"))
    wait(home)
    assert load_settings(home).tables[0].dates is DateShape.MONTH_DAY_YEAR
    with Ledger(home) as ledger:
        assert {each.status for each in ledger.readings()} == {"accepted"}
