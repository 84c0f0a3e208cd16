"""The demo from end to end: `kring demo`, then the questions that its stories must answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from etl.demo import mess
from etl.demo.exports import all_sessions
from etl.demo.members import AS_OF, network_members
from queries.catalog import questions

Row = dict[str, object]


def kring(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "home"
    done = kring("demo", "--home", str(home), "--no-serve")
    assert done.returncode in (0, 3), done.stderr
    return home


@cache
def ask(home: Path, question: str, *given: str) -> list[Row]:
    parameters = [part for each in given for part in ("-p", each)]
    done = kring("ask", question, *parameters, "--home", str(home), "--format", "json")
    assert done.returncode == 0, done.stderr
    return cast("list[Row]", json.loads(done.stdout)["rows"])


def test_the_leernetwerk_is_active_for_eighty_and_forty_percent(home: Path) -> None:
    rows = [row for row in ask(home, "participation") if row["series"] == "Online leernetwerk"]
    assert len(rows) == 1
    assert rows[0]["eligible"] == 50
    assert rows[0]["activities"] == 12
    assert 0.78 <= cast("float", rows[0]["union_reach"]) <= 0.82
    assert 0.38 <= cast("float", rows[0]["mean_reach"]) <= 0.42
    assert 0.18 <= cast("float", rows[0]["min_reach"]) <= 0.22
    assert 0.58 <= cast("float", rows[0]["max_reach"]) <= 0.62


def test_9_june_2021_had_about_130(home: Path) -> None:
    sessions = {str(row["title"]): row for row in ask(home, "sessions")}
    june = sessions["Thema's op tafel"]
    assert str(june["starts_at"]).startswith("2021-06-09")
    assert june["total"] == 130
    assert june["headcount_is_approximate"] is True
    assert 90 <= cast("int", june["attended"]) <= 96
    assert str(june["yield_on"]).startswith("2021-07-05")
    start = sessions["Startwebinar Netwerk Learning Communities"]
    assert (start["total"], start["headcount_is_approximate"], start["attended"]) == (100, True, None)


def test_every_attendance_list_finds_its_entry_on_the_agenda(home: Path) -> None:
    planned = {session.title for session in all_sessions()}
    titles = [str(row["title"]) for row in ask(home, "sessions")]
    assert Counter(titles) == Counter(planned)


def test_about_seven_in_ten_of_those_who_register_come(home: Path) -> None:
    rates = [cast("float", row["show_up_rate"]) for row in ask(home, "sessions") if row["show_up_rate"]]
    assert len(rates) > 50
    assert 0.64 <= sum(rates) / len(rates) <= 0.76
    assert all(0.5 <= rate <= 0.85 for rate in rates)


def test_the_network_grows_to_a_believable_size(home: Path) -> None:
    months = ask(home, "growth")
    last = months[-1]
    assert str(last["period_start"]) == "2026-11-01"
    assert last["is_open"] is True
    truth = len({stay.person.number for stay in network_members() if stay.holds(AS_OF)})
    closing = cast("int", last["closing"])
    assert 1000 <= closing <= 1300
    assert truth <= closing <= truth + 40, "people with two addresses count twice until somebody says so"
    year = months[-13:-1]
    assert all(sum(cast("int", row[column]) for row in year) > 10 for column in ("new", "returned", "ended"))
    assert sum(cast("int", row["corrections"]) for row in months) == 0


def test_exactly_the_intended_rows_are_refused(home: Path) -> None:
    refused = Counter(Path(str(row["file"])).name for row in ask(home, "refused_rows"))
    assert refused == Counter(mess.REFUSED_ROWS)


def test_only_the_newsletter_counts_wait_for_a_mapping(home: Path) -> None:
    status = ask(home, "data_status")
    assert [row for row in status if row["status"] == "needs_mapping"]
    assert len(status) > 8


def test_spellings_of_an_organisation_are_one_organisation_with_a_sector(home: Path) -> None:
    rows = {str(row["organisation"]): row["sector"] for row in ask(home, "organisations")}
    assert rows["Hogeschool Noordrand"] == "hbo"
    assert not {"HNR", "Hs Noordrand", "hogeschool noordrand"} & set(rows)
    assert set(rows.values()) >= {"mbo", "hbo", "wo", "company", "government"}


def test_a_theme_of_three_activities_reaches_eighty_where_chance_gives_almost_the_same(home: Path) -> None:
    window = ("series=Leernetwerk najaar 2026", "to_on=2026-10-31")
    reached = ask(home, "activity_reach", *window)
    assert [(row["eligible"], row["came"]) for row in reached] == [(54, 24), (54, 22), (54, 19)]
    times = ask(home, "activity_counts", *window)
    assert [row["people"] for row in times] == [11, 24, 16, 3]
    assert 1 - cast("int", times[0]["people"]) / 54 == pytest.approx(0.80, abs=0.005)
    assert 1 - cast("float", times[0]["expected"]) / 54 == pytest.approx(0.79, abs=0.005)


def test_facilitation_takes_a_day_a_week(home: Path) -> None:
    rows = ask(home, "facilitation", "working_group=Online leernetwerk")
    weeks: Counter[str] = Counter()
    for row in rows:
        weeks[str(row["week"])] += cast("float", row["hours"])  # type: ignore[assignment]
    assert len(weeks) > 20
    assert 7 <= sum(weeks.values()) / len(weeks) <= 9
    assert {row["kind"] for row in rows} == {"prepare", "host", "one_to_one", "process", "admin"}
    assert all(0 < cast("float", row["hours_per_active_member"]) < 0.5 for row in rows)


def test_the_position_paper_heard_three_audiences_and_then_not_all(home: Path) -> None:
    rows = {(row["version"], row["audience"]): row for row in ask(home, "living_document")}
    concept = {audience: row for (version, audience), row in rows.items() if version == "concept"}
    assert {audience: row["received"] for audience, row in concept.items()} == {
        "onderzoekers": 38,
        "praktijk": 29,
        "beleid": 9,
    }
    assert all(row["sessions"] == 1 and cast("int", row["participants"]) > 15 for row in concept.values())
    assert {row["open"] for row in concept.values()} == {0}
    assert ("versie 1.0", "beleid") not in rows
    assert rows["versie 1.0", "praktijk"]["open"] == 5
    researchers = next(row for row in ask(home, "sessions") if str(row["title"]).endswith(": onderzoekers"))
    assert str(researchers["starts_at"]).startswith("2022-05-17T13:00")
    assert str(researchers["ends_at"]).startswith("2022-05-17T15:00")


def test_nine_projects_of_konekt_exchange_in_21_of_36_pairs(home: Path) -> None:
    ties = ask(home, "ties")
    assert len({row[side] for row in ties for side in ("party_a", "party_b")}) == 9
    assert len(ties) == 21
    assert sum(row["is_reciprocal"] is True for row in ties) == 8
    assert sum(row["is_sustained"] is True for row in ties) == 6
    exchanges = ask(home, "exchange")
    assert {row["topic"] for row in exchanges} >= {
        "impact meten",
        "persoonlijke leerpaden",
        "design thinking",
    }
    assert sum(cast("int", row["contacts"]) for row in exchanges if row["kind"] == "help") == 12
    days = [row for row in ask(home, "sessions", "series=Konekt") if row["headcount"]]
    assert len(days) == 5


def test_coworking_has_a_hub_with_spokes_and_people_per_unit(home: Path) -> None:
    rows = [row for row in ask(home, "units", "organisation=Universiteit Kasseistad") if row["unit"]]
    assert sum(cast("int", row["people"]) for row in rows) == 46
    assert (rows[0]["unit"], rows[0]["people"]) == ("Dienst Onderwijsontwikkeling", 9)
    assert {row["region"] for row in rows} == {"Kasseistad", "Brugzijde", "Diepbeemd", "Geelbos"}
    assert 8 <= sum(cast("int", row["members"]) for row in rows) <= 12
    days = ask(home, "sessions", "series=Coworking onderwijsontwikkelaars")
    came = {kind: [row["attended"] for row in days if row["kind"] == kind] for kind in
            ("coworking centraal", "coworking lokaal")}  # fmt: skip
    assert came["coworking centraal"] == [24, 22, 26, 25, 27, 28]
    assert came["coworking lokaal"] == [13, 12, 15, 14, 16, 15]


def test_linkedin_is_counted_apart_from_members(home: Path) -> None:
    bounds = {(row["channel_a"], row["channel_b"]): row for row in ask(home, "reach_bounds")}
    members = ask(home, "growth")[-1]["closing"]
    page, group = bounds["members", "linkedin_page"], bounds["linkedin_page", "linkedin_group"]
    assert (page["value_a"], page["value_b"]) == (members, 1187)
    assert (group["lower"], group["upper"]) == (1187, 1187 + 642)
    stock = ask(home, "reach", "channel=linkedin_group", "kind=stock")
    assert len(stock) > 50
    assert stock[-1]["value"] == 642
    assert len(ask(home, "reach", "channel=linkedin_page", "kind=flow")) == 4 * 365


def test_about_a_dozen_pairs_of_people_wait_for_a_judgement_and_three_of_organisations(home: Path) -> None:
    done = kring("review", "list", "--json", "--home", str(home))
    waiting = cast("list[Row]", json.loads(done.stdout))
    assert 8 <= len(waiting) <= 20
    names = " ".join(f"{row['name_a']} {row['name_b']}" for row in waiting)
    assert "-van Potlood" in names, "a married name"
    because = {code for row in waiting for code in str(row["because"]).split()}
    assert {"given:initial", "name:read_from_address", "share"} <= because
    assert len(ask(home, "organisation_suggestions")) == 3


def test_every_value_of_an_answer_may_be_asked_for(home: Path) -> None:
    known = {(str(row["parameter"]), row["value"]) for row in ask(home, "parameter_values")}
    listed = {name for name, _ in known}
    checked = set()
    for each in questions():
        for name in listed & {parameter.name for parameter in each.parameters}:
            for row in ask(home, each.name):
                if row.get(name) is not None:
                    checked.add(name)
                    assert (name, row[name]) in known
    assert checked >= {"working_group", "audience", "series", "channel", "document", "theme_id"}


def test_a_working_group_may_be_asked_for_in_any_capitals_and_is_given_back_as_shown(home: Path) -> None:
    given = ("ask", "seats", "--home", str(home), "--format", "json")
    done = [
        kring(*given, "-p", f"working_group={name}")
        for name in ("Kennisbasis", "KENNISBASIS ", "kennisbasis")
    ]
    assert [each.stderr for each in done] == ["", "", ""]
    assert len({each.stdout for each in done}) == 1
    said = json.loads(done[1].stdout)
    assert said["parameters"]["working_group"] == "Kennisbasis"
    assert said["rows"]


@pytest.mark.parametrize(
    ("question", "parameter"),
    [("growth", "working_group"), ("sessions", "series"), ("growth", "audience"), ("reach", "channel")],
)
def test_a_value_that_is_nowhere_in_the_release_is_refused(home: Path, question: str, parameter: str) -> None:
    for form in ("table", "json"):
        given = f"{parameter}=Typefout"
        done = kring("ask", question, "-p", given, "--home", str(home), "--format", form)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"parameter {parameter}: no such {parameter.replace('_', ' ')} in this release" in done.stderr
        assert done.stderr.count("\n") == 1
        assert "Typefout" not in done.stderr
        known = [row["value"] for row in ask(home, "parameter_values") if row["parameter"] == parameter]
        assert all(str(value) in done.stderr for value in known[:20])
