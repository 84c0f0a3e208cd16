"""People: nothing before a search, the search in no address, facts with their sources, what would go."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from shutil import copytree

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import erasing, people, person_panel
from dashboard.jobs import Job
from dashboard.navigation import Language, page
from dashboard.people import Decided, Fact, Hit, Origin, Sighting, Stretch
from dashboard.wording import Wording
from etl.home import Home
from etl.privacy import audit
from etl.warehouse import Value
from queries.catalog import Role
from tests.dashboard.conftest import Visit, open_app

NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)
ORIGIN = Origin("map/leden.csv", 7, date(2026, 11, 20), "a" * 64)


def fact(
    kind: str, subject: str = "Kennissessie", minutes: float | None = None, is_known: bool = True
) -> Fact:
    return Fact(date(2026, 3, 16), kind, subject, "", minutes, is_known, ORIGIN)


def hit(**given: object) -> Hit:
    usual: dict[str, object] = {
        "person_id": "1", "name": "Anna Voorbeeld", "email": "", "organisation": "", "unit": "",
        "member_since": date(2024, 2, 1), "since_is_known": True, "member_until": None,
        "is_member": True, "last_seen": None, "found": 1,
    }  # fmt: skip
    return Hit(**(usual | given))  # type: ignore[arg-type]


def texts(app: AppTest) -> str:
    parts = [element.value for kind in (app.title, app.header, app.caption, app.markdown) for element in kind]
    return "\n".join([*parts, *(html.proto.body for html in app.get("html"))])


def find(app: AppTest, typed: str) -> AppTest:
    app.text_input(key="people-search-field").set_value(typed)
    return app.button(key="people-search-go").click().run()


def opened(app: AppTest, typed: str = "nummer 21") -> AppTest:
    find(app, typed)
    return next(each for each in app.button if str(each.key).startswith("open-")).click().run()


def test_the_page_is_for_coordinators() -> None:
    assert page("people").role is Role.COORDINATOR


def test_nothing_is_listed_before_a_search_and_the_search_stands_in_no_address(visit: Visit) -> None:
    app = visit("people")
    assert not app.exception
    assert "Nummer" not in texts(app)
    find(app, " Lid   nummer ")
    assert not app.exception
    assert "90 personen gevonden; dit zijn er 50" in texts(app)
    assert len([each for each in app.button if str(each.key).startswith("open-")]) == 50
    assert set(app.query_params) <= {"lang"}
    find(app, "niemand heet zo")
    assert "Niemand gevonden" in texts(app)


def test_one_person_is_shown_with_the_source_of_each_fact(visit: Visit, network_home: Home) -> None:
    app = opened(visit("people"))
    assert not app.exception
    shown = texts(app)
    assert "Lid Nummer 21 was bij " in shown
    assert "leden.csv, regel " in shown
    assert "ontvangen 20 nov 2026" in shown
    assert "Geen lid meer van het netwerk" in shown
    assert "lid21@<wbr>example.org" in shown
    assert "Aangemeld, niet gekomen: " in shown
    assert set(app.query_params) <= {"lang"}
    seen = [each for each in audit.entries(network_home) if each.action is audit.Action.PERSON_VIEWED]
    assert len(seen) == 1
    app.button(key="people-back").click().run()
    assert "was bij" not in texts(app)


def test_in_english_no_dutch_is_left(visit: Visit) -> None:
    shown = texts(opened(visit("people", "en")))
    for word in ("Bron:", "Lid van", "ontvangen", "regel", "Aangemeld"):
        assert word not in shown
    assert "Last seen" in shown
    assert "until " in shown
    assert "Registered, did not come: " in shown


def test_the_table_has_every_fact_and_its_fingerprint(visit: Visit) -> None:
    app = opened(visit("people"))
    app.button(key="switch-timeline").click().run()
    assert not app.exception
    assert "aaaaaaaaaaaa" in texts(app) or app.dataframe


def test_a_word_that_is_wrong_erases_nobody(
    network_home: Home, tmp_path: Path, loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    copytree(network_home.root, home.root)
    monkeypatch.setenv("KRING_HOME", str(home.root))
    before = home.current_pointer.read_text()
    app = opened(open_app("people"))
    app.button(key="person-preview").click().run(timeout=120)
    assert not app.exception
    shown = texts(app)
    assert "rijen van ledenlijsten" in shown
    assert "1 versie van de cijfers wordt vervangen door een nieuwe" in shown
    app.text_input(key="person-erase-word").set_value("verwijderen maar")
    app.button(key="person-erase-go").click().run()
    assert [each.value for each in app.warning] == ["Er is niets verwijderd: VERWIJDER is niet getypt."]
    assert home.current_pointer.read_text() == before
    app.button(key="person-erase-no").click().run()
    assert not [each for each in app.text_input if each.key == "person-erase-word"]


def until(file: Path, printed: str) -> tuple[str, ...]:
    """A process that ends, and prints, once a file is there."""
    code = (
        "import pathlib, sys, time\n"
        "while not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.02)\n"
        "print(sys.argv[2])"
    )
    return (sys.executable, "-c", code, str(file), printed)


def test_while_somebody_is_erased_their_page_waits_whatever_figures_come_between(
    visit: Visit, tmp_path: Path
) -> None:
    app = opened(visit("people"))
    app.session_state[person_panel.CHOSEN] = "no longer in the figures"
    printed = json.dumps({"is_clean": True, "searched_files": 3, "searched_bytes": 1})
    job = Job(until(tmp_path / "go", printed), {}, erasing.read_erasure)
    app.session_state[person_panel.WATCHED] = job
    app.run()
    assert not app.exception
    assert "Deze persoon wordt verwijderd" in texts(app)
    assert "niet meer in de cijfers" not in texts(app)
    (tmp_path / "go").touch()
    assert job.wait(30) is not None
    app.run()
    assert not app.exception
    assert [each.value for each in app.success] == ["Deze persoon is overal verwijderd."]
    assert "wordt verwijderd" not in texts(app)


def test_one_erasure_at_a_time_and_nobody_watches_that_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "kring_command", lambda *_: until(tmp_path / "go", "{}"))
    home, erasures = Home(tmp_path / "home"), erasing.Erasures()
    first = erasures.start(home, "person-1")
    assert first is not None
    assert erasures.start(home, "person-1") is first
    assert erasures.start(home, "person-2") is None
    assert erasures.running(home) is first
    assert erasures.is_of(home, "person-1") and not erasures.is_of(home, "person-2")
    (tmp_path / "go").touch()
    assert first.wait(30) is not None
    assert erasures.running(home) is None and not erasures.is_of(home, "person-1")
    second = erasures.start(home, "person-2")
    assert second is not None and second is not first
    second.wait(30)


@pytest.mark.parametrize(
    ("given", "dutch"),
    [
        (fact("attended", minutes=54.6), "Aanwezig: Kennissessie (55 minuten)"),
        (fact("attended"), "Aanwezig: Kennissessie"),
        (fact("missed"), "Aangemeld, niet gekomen: Kennissessie"),
        (fact("brief", minutes=1.0), "Te kort aanwezig om mee te tellen: Kennissessie (1 minuut)"),
        (fact("joined", ""), "Lid van het netwerk"),
        (fact("joined", "Kern", is_known=False), "Lid van Kern: toen voor het eerst gezien"),
        (fact("left", "Kern"), "Geen lid meer van Kern"),
        (fact("worked", "Fictief College"), "Werkt bij Fictief College"),
        (fact("contributed", "Hoe begin ik?"), "“Hoe begin ik?”"),
    ],
)
def test_what_happened_in_words(given: Fact, dutch: str) -> None:
    assert people.fact_words(given, NL) == dutch
    assert people.fact_words(given, EN) != dutch or given.kind == "contributed"


def test_who_says_so_in_words() -> None:
    assert people.origin_words(ORIGIN, NL) == "leden.csv, regel 7 · ontvangen 20 nov 2026"
    assert people.origin_words(Origin("", None, None, ""), NL) == "Afgeleid van het e-mailadres"


def test_the_headline_counts_only_where_somebody_was() -> None:
    shown = [fact("attended"), fact("hosted"), fact("missed"), fact("brief"), fact("registered")]
    assert people.timeline_headline("Anna", shown, NL) == "Anna was bij 2 bijeenkomsten"
    assert people.timeline_headline("Anna", shown[2:], NL).startswith("Anna was nog bij geen")


def test_since_when_somebody_is_a_member() -> None:
    assert people.member_words(hit(), NL) == "sinds 1 feb 2024"
    assert people.member_words(hit(since_is_known=False), NL) == "sinds uiterlijk 1 feb 2024"
    left = hit(is_member=False, member_until=date(2025, 3, 1))
    assert people.member_words(left, NL) == "tot 1 mrt 2025"
    assert people.member_words(hit(is_member=False), NL) == "vanaf 1 feb 2024", "a membership still to come"
    assert people.member_words(hit(member_since=None, is_member=False), NL) == "nee"


def test_a_role_stands_with_the_stretch_in_which_it_was_held() -> None:
    row = {"kind": "membership", "working_group": "Kern", "role": None, "start_is_known": True}
    role = {**row, "kind": "role"}
    found = people.stretches(
        [
            {**row, "starts_on": date(2026, 2, 1), "ends_on": None},
            {**role, "role": "voorzitter", "starts_on": date(2026, 2, 1), "ends_on": None},
            {**row, "starts_on": date(2024, 2, 1), "ends_on": date(2025, 2, 1)},
            {**role, "role": "lid", "starts_on": date(2024, 2, 1), "ends_on": date(2025, 2, 1)},
        ]
    )
    assert found == (
        Stretch("Kern", "voorzitter", date(2026, 2, 1), None, True),
        Stretch("Kern", "lid", date(2024, 2, 1), date(2025, 2, 1), True),
    )
    assert (
        people.stretch_words(found[1], NL) == "1 feb 2024 tot 1 feb 2025"
    )  # the first day on which it no longer was


def test_decisions_about_one_person_only() -> None:
    row: dict[str, Value] = {
        "kind": "different", "decided_at": datetime(2026, 5, 1, 9), "decided_by": "Bo", "reason": "",
        "is_in_force": True,
    }  # fmt: skip
    shown = people.decisions(
        [
            {**row, "person_a": "1", "person_b": "2", "name_a": "Anna", "name_b": "Bea"},
            {**row, "person_a": "3", "person_b": "2", "name_a": "Cas", "name_b": "Bea"},
            {**row, "kind": "same", "person_a": "1", "person_b": "1", "name_a": "Anna", "name_b": "Anna"},
        ],
        "1",
    )
    assert [people.decision_words(each, NL) for each in shown] == [
        "Uit elkaar gehouden: Bea is iemand anders",
        "Twee records zijn samengevoegd: ze zijn deze persoon",
    ]
    old = Decided("later", "Bea", date(2026, 5, 1), "Bo", "", False)
    assert people.decision_words(old, NL) == "Later beslissen: Bea (geldt niet meer)"


def test_ways_of_writing_are_counted_once_however_many_files_have_them() -> None:
    one = Sighting("Anna", "a@example.org", "", "membership", 3, ORIGIN)
    again = Sighting("Anna", "a@example.org", "", "attendance", 1, Origin("p.csv", 2, None, "b"))
    assert people.sightings_headline([one, again], NL).endswith("op 1 manier")
    shown = people.sightings_lead([one, again], NL)
    (row,) = shown.rows
    assert row[0].under == "leden.csv, regel 7 · ontvangen 20 nov 2026, en nog 3 rijen"
    alone = people.sightings_lead([again], NL).rows[0][0]
    assert alone.under == "p.csv, regel 2"
    assert people.sightings_table([one], NL).csv().decode("utf-8-sig").splitlines()[1].startswith("Anna,")


def test_what_was_typed_is_one_line_and_not_endless() -> None:
    assert people.search_words("  Anna \n Voorbeeld ") == "Anna Voorbeeld"
    assert len(people.search_words("x" * 5000)) == people.MOST_LETTERS


def test_an_erasure_that_left_something_is_done_and_says_so() -> None:
    printed = json.dumps(
        {"is_clean": False, "searched_files": 12, "searched_bytes": 3_400_000, "found": ["kring.toml"],
         "unread": [], "condensed_files": 2}
    )  # fmt: skip
    done = erasing.read_erasure(1, printed, "")
    assert (done.is_done, done.left) == (True, ("kring.toml",))
    lines = erasing.proof_lines(done, NL)
    assert lines[0].endswith("in 12 bestanden, 3,4 MB: 1 plek is over.")
    assert lines[1] == "2 bestanden zijn vervangen."


@pytest.mark.parametrize(("code", "printed"), [(2, ""), (75, '{"is_clean": true}'), (0, "[]"), (1, "{}")])
def test_an_erasure_that_did_not_end_is_not_done(code: int, printed: str) -> None:
    done = erasing.read_erasure(code, printed, "release: another run is busy")
    assert not done.is_done
    assert done.problem == "release: another run is busy"
