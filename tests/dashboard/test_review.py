"""The page Review: what waits, two records compared in words, answers kept, undone and counted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.jobs import Jobs
from dashboard.likeness import AGAINST, BESIDES, FOR, SHARED, SILENT, certainty, organisation_likeness
from dashboard.likeness import people_likeness as likeness
from dashboard.navigation import Language
from dashboard.organisation_review import (
    OrganisationPair,
    compare_organisations,
    organisation_queue,
    put_off,
    same_as,
    telling_first,
)
from dashboard.reviewing import Fact, Pair, Verdict, compare, names_of, pairs_of, queue_of
from dashboard.wording import Wording
from etl.decisions import DecisionKind, Decisions, PersonDecision
from etl.home import Home
from etl.identity.comparison import MODEL, PRESENCE
from etl.identity.match import Reason
from etl.organisation_book import (
    Apart,
    OrganisationBook,
    OrganisationDecision,
    OrganisationDecisions,
    Spelling,
)
from flows.review import waiting
from tests.dashboard.conftest import Visit
from tests.dashboard.network import make_home
from tests.dashboard.test_views import texts

DUTCH = Wording(Language.DUTCH)
ANNA, ANNE, PIET, PETER, BO, BOB = (f"00000000-0000-0000-0000-00000000000{n}" for n in range(1, 7))
LIKELY = Pair(
    "p1", ANNA, ANNE, "Anna Voorbeeld", "Anne Voorbeeld", 0.99, "family:same given:close", evidence="e"
)
LESS = Pair("p2", PIET, PETER, "Piet Proef", "P. Proef", 0.6, "family:same given:initial", evidence="f")
SHARING = Pair("p3", BO, BOB, "Bo de Test", "Bob de Test", shared_key="names differ")
AT = datetime(2026, 11, 21, 12)


def decision(
    number: int, kind: DecisionKind, pair: Pair, undone: bool = False, by: str = "coordinator"
) -> PersonDecision:
    return PersonDecision(
        number, kind, pair.person_a, pair.person_b, pair.evidence, by, "", AT, AT if undone else None
    )


def rows(pair: Pair, **more: object) -> dict[str, object]:
    return {
        "pair_id": pair.pair_id, "person_a": pair.person_a, "person_b": pair.person_b, "name_a": pair.name_a,
        "name_b": pair.name_b, "score": pair.score, "because": pair.because, "evidence": pair.evidence,
        "is_later": False, **more,
    }  # fmt: skip


def test_who_shares_a_key_comes_first_then_the_likeliest_and_who_was_put_off_last() -> None:
    put_off = rows(LIKELY, is_later=True)
    kept_apart = rows(SHARING, score=None, because=None, evidence=None, reason="names differ")
    found = pairs_of([put_off, rows(LESS)], [kept_apart])
    assert [each.pair_id for each in found] == ["p3", "p2", "p1"]
    both = pairs_of(
        [rows(LIKELY)], [rows(LIKELY, score=None, because=None, evidence=None, reason="keys conflict")]
    )
    assert [(each.score, each.because, each.shared_key, each.evidence) for each in both] == [
        (0.99, "family:same given:close", "keys conflict", "e")
    ]


def test_a_pair_leaves_at_once_comes_back_when_taken_back_and_later_is_last() -> None:
    pairs = (SHARING, LIKELY, LESS)
    same = decision(1, DecisionKind.SAME, SHARING)
    queue = queue_of(pairs, [same], frozenset())
    assert [each.pair_id for each in queue.waiting] == ["p1", "p2"]
    assert (queue.decided, queue.pending, queue.last) == (1, 1, same)
    undone = decision(1, DecisionKind.SAME, SHARING, undone=True)
    queue = queue_of(pairs, [undone], frozenset())
    assert [each.pair_id for each in queue.waiting] == ["p3", "p1", "p2"]
    assert (queue.decided, queue.pending, queue.last) == (0, 0, None)
    later = decision(2, DecisionKind.LATER, SHARING)
    queue = queue_of(pairs, [later], frozenset())
    assert [each.pair_id for each in queue.waiting] == ["p1", "p2", "p3"]
    assert (queue.later, queue.decided, queue.pending) == (1, 0, 0)


def test_when_all_were_put_off_the_one_put_off_last_comes_last() -> None:
    pairs = (SHARING, LIKELY)
    put_off = [decision(1, DecisionKind.LATER, SHARING), decision(2, DecisionKind.LATER, LIKELY)]
    assert queue_of(pairs, put_off, frozenset(), ["p3", "p1"]).waiting[0].pair_id == "p3"
    assert queue_of(pairs, put_off, frozenset(), ["p1", "p3"]).waiting[0].pair_id == "p1"


def test_what_the_release_knows_is_its_own_affair() -> None:
    different = decision(1, DecisionKind.DIFFERENT, LIKELY)
    known = frozenset({1})
    queue = queue_of((LIKELY,), [different], known)
    assert queue.waiting == (LIKELY,), "the release asks again: there is new evidence"
    assert (queue.decided, queue.pending, queue.last) == (1, 0, None)
    queue = queue_of((), [decision(1, DecisionKind.DIFFERENT, LIKELY, undone=True)], known)
    assert (queue.decided, queue.pending) == (0, 1), "taken back, and still in the figures"


def fact(field: str, value: str, on: date | None = None, detail: str = "", to: date | None = None) -> Fact:
    return Fact(field, value, detail, 1 if field == "file" else None, on, to)


def test_every_field_says_in_words_how_it_compares() -> None:
    facts = {
        ANNA: (
            fact("name", "Anna Voorbeeld"), fact("email", "anna@example.org"),
            fact("organisation", "School A"), fact("job_title", "docent"),
            fact("member", "yes", date(2024, 1, 1), to=date(2025, 1, 1)),
            *(fact("session", f"Bijeenkomst {n}", date(2026, n, 1), f"s{n}") for n in range(1, 6)),
        ),
        ANNE: (
            fact("name", "Voorbeeld, Anna"), fact("email", "ANNA@example.org "),
            fact("organisation", "School B"),
            fact("email", "anders@example.org"), fact("session", "Bijeenkomst 1", date(2026, 1, 1), "s1"),
        ),
    }  # fmt: skip
    compared = {row.label: row for row in compare(LIKELY, facts, DUTCH)}
    said = {label: row.verdict.in_words(DUTCH) for label, row in compared.items()}
    assert said == {
        "Naam zoals geschreven": "verschilt",
        "E-mailadres": "deels gelijk",
        "Organisatie": "verschilt",
        "Functie": "onbekend aan één kant",
        "Lidmaatschap": "onbekend aan één kant",
        "Bijeenkomsten bezocht": "deels gelijk",
    }
    assert compared["Lidmaatschap"].one == ("sinds 1 jan 2024 tot 1 jan 2025",)
    assert compared["Functie"].other == ()
    assert compared["Bijeenkomsten bezocht"].one[0] == "Bijeenkomst 5 · 1 mei 2026"
    assert compared["Bijeenkomsten bezocht"].one[-1] == "en nog 3"
    in_files = {ANNA: (fact("file", "leden.csv"),), ANNE: (fact("file", "aanmelden.csv"),)}
    assert compare(LIKELY, in_files, DUTCH)[0].verdict.in_words(DUTCH) == ""
    alike = Pair("p", ANNA, ANNE, "", "", 1.0, "family:same_common given:same organisation:differs")
    assert compare(alike, facts, DUTCH)[0].verdict is Verdict.WRITTEN_DIFFERENTLY
    other = replace(alike, because="family:same_but_particle given:same organisation:differs")
    assert compare(other, facts, DUTCH)[0].verdict is Verdict.PARTLY
    assert likeness(other.because, "", DUTCH).speaks_for == (
        "De achternaam is gelijk, alleen het tussenvoegsel verschilt.", "De voornaam is gelijk.",
    )  # fmt: skip


def test_every_code_of_the_matcher_has_a_sentence() -> None:
    codes = {f"{each.name}:{level.code}" for each in MODEL for level in each.levels if level.m is not None}
    codes |= {f"{PRESENCE.name}:{level.code}" for level in PRESENCE.levels[1:]}
    assert codes - set(FOR) - set(AGAINST) - set(BESIDES) - SILENT == set()
    for each in MODEL:
        for level in each.levels:
            code = f"{each.name}:{level.code}"
            if code in FOR:
                assert level.weight > 0, code
            elif code in AGAINST:
                assert level.weight < 0, code
    assert {each.value for each in Reason} == set(SHARED)


def test_sentences_stand_for_against_or_beside() -> None:
    made = likeness("family:same given:another_name namesakes:3 colour:red", "names differ", DUTCH)
    assert made.speaks_for[0].startswith("Zij delen een adres, profiel of nummer")
    assert made.speaks_against == ("De voornamen zijn twee verschillende namen.",)
    assert made.besides == ("Er kunnen 3 mensen met deze naam zijn.",)
    assert organisation_likeness("same words, mail domain school.example.nl", DUTCH).speaks_for == (
        "In de namen staan dezelfde woorden.",
        "Mensen van beide schrijven vanaf adressen bij school.example.nl.",
    )
    assert [certainty(score, DUTCH) for score in (None, 0.97, 0.8, 0.4)] == [
        "zekerheid onbekend", "zeer waarschijnlijk dezelfde", "waarschijnlijk dezelfde", "misschien dezelfde",
    ]  # fmt: skip


def test_a_decision_names_people_as_the_figures_do() -> None:
    taken = decision(1, DecisionKind.SAME, LIKELY)
    settled: dict[str, object] = {
        "decision_id": 1,
        "person_a": ANNA,
        "person_b": ANNA,
        "name_a": "Anna",
        "name_b": "Anna",
    }
    assert names_of(taken, (LIKELY,), ()) == ("Anna Voorbeeld", "Anne Voorbeeld")
    assert names_of(taken, (), [settled]) == ("Anna",)
    assert names_of(taken, (), [{**settled, "name_a": None, "name_b": None}]) == ()


SCHOOL = OrganisationPair("o1", "School A", "School A Zuid", 0.8, "one name within the other", 2, 9)
OTHERS = OrganisationPair("o2", "Bedrijf B", "B", 0.85, "initials", 1, 1)


def test_organisations_leave_when_the_book_says_so_and_the_name_of_most_people_is_proposed() -> None:
    built = AT.replace(tzinfo=UTC)
    changes = same_as(SCHOOL, SCHOOL.usual)
    assert changes == (Spelling("School A", "School A Zuid"),)
    assert same_as(SCHOOL, "School") == (Spelling("School A", "School"), Spelling("School A Zuid", "School"))
    taken = OrganisationDecision(1, changes, "coordinator", None, built + timedelta(hours=1), None)
    book = OrganisationBook(
        spellings=(Spelling("School A", "School A Zuid"),), apart=(Apart("b", "Bedrijf B"),)
    )
    queue = organisation_queue((SCHOOL, OTHERS), book, (taken,), built)
    assert queue.waiting == ()
    assert (queue.decided, queue.pending, queue.last) == (1, 1, taken)


def test_organisations_that_were_put_off_come_last_until_that_is_taken_back() -> None:
    built = AT.replace(tzinfo=UTC)
    put = [
        OrganisationDecision(number, put_off(pair), "coordinator", None, built - timedelta(days=1), None)
        for number, pair in ((1, OTHERS), (2, SCHOOL))
    ]

    def order(*history: OrganisationDecision) -> list[tuple[str, bool]]:
        queue = organisation_queue((SCHOOL, OTHERS), OrganisationBook(), history, built)
        assert (queue.decided, queue.pending) == (0, 0)
        assert queue.later == sum(each.is_later for each in queue.waiting)
        return [(each.pair_id, each.is_later) for each in queue.waiting]

    assert order() == [("o1", False), ("o2", False)]
    assert order(put[1]) == [("o2", False), ("o1", True)]
    assert order(*put) == [("o2", True), ("o1", True)]
    assert order(put[0], replace(put[1], undone_at=built)) == [("o1", False), ("o2", True)]


def test_organisations_are_compared_in_words() -> None:
    known = [{"organisation": "School A", "sector": "mbo", "parent": None, "members": 2, "attendances": 3}]
    said = {row.label: row.verdict.in_words(DUTCH) for row in compare_organisations(SCHOOL, known, DUTCH)}
    assert said == {
        "Naam": "verschilt",
        "Sector": "onbekend aan één kant",
        "Personen nu": "verschilt",
        "Leden nu": "onbekend aan één kant",
        "Keren bij een bijeenkomst": "onbekend aan één kant",
    }


@pytest.fixture(scope="module")
def doubtful_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two who share an address, one with two addresses, and a school under two names."""
    joined = {"joined_on": date(2025, 3, 1)}
    people = [
        {"email": "x@example.org", "full_name": "Anna Voorbeeld", "organisation": "School Kwikstaart"},
        {"email": "x@example.org", "full_name": "Piet Proef", "organisation": "School Kwikstaart Zuid"},
        {
            "email": "sanne.terbruggen@school.example.nl",
            "full_name": "Sanne ter Bruggen",
            "organisation": "Instituut",
        },
        {"email": "sanne.tb@example.org", "full_name": "Bruggen, Sanne ter", "organisation": "Instituut"},
    ]
    home = Home(tmp_path_factory.mktemp("doubtful") / "home")
    return make_home(home, {"membership": [{**one, **joined} for one in people]})


@pytest.fixture
def look(visit: Visit, doubtful_home: Home, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Opens a page of that home; what was decided before is gone."""
    for left in doubtful_home.root.glob(f"{doubtful_home.decisions_file.name}*"):
        left.unlink()
    monkeypatch.setenv("KRING_HOME", str(doubtful_home.root))
    return visit


def taken(home: Home) -> list[PersonDecision]:
    with Decisions(home) as decisions:
        return list(decisions.person_decisions(include_undone=True))


def test_the_page_and_the_command_line_have_the_same_queue(look: Visit, doubtful_home: Home) -> None:
    app = look("review")
    assert not app.exception
    ordered = waiting(doubtful_home)
    assert [each.kind for each in ordered] == ["shared_key", "suggestion"]
    shown = texts(app)
    assert "2 paren wachten" in shown
    assert ordered[0].name_a is not None
    assert ordered[0].name_a in shown
    assert "Zij delen een adres, profiel of nummer, maar hun namen verschillen." in shown


def test_an_answer_is_kept_at_once_with_who_and_why_and_taken_back(look: Visit, doubtful_home: Home) -> None:
    app = look("review")
    pair = waiting(doubtful_home)[0]
    app.text_input(key=f"reason-{pair.pair_id}").set_value("zelf gesproken").run()
    app.button(key="review-different").click().run()
    assert not app.exception
    (kept,) = taken(doubtful_home)
    assert (kept.kind, kept.decided_by, kept.reason) == (
        DecisionKind.DIFFERENT,
        "coordinator",
        "zelf gesproken",
    )
    shown = texts(app)
    assert "Bewaard: verschillende personen." in shown
    assert "1 paar wacht" in shown
    assert "**1** besluit is bewaard" in shown
    assert "zelf gesproken" in shown
    app.button(key="review-later").click().run()
    assert taken(doubtful_home)[-1].kind is DecisionKind.LATER
    assert "1 uitgesteld" in texts(app)
    app.button(key="take-back-1").click().run()
    assert taken(doubtful_home)[0].undone_by == "coordinator"
    assert "2 paren wachten" in texts(app)


def test_the_end_of_the_queue_says_so_and_the_refresh_is_one_button(
    look: Visit, doubtful_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Path] = []
    monkeypatch.setattr(Jobs, "refresh", lambda self, home: started.append(home.root))
    app = look("review")
    app.button(key="review-same").click().run()
    app.button(key="review-refresh").click().run()
    assert started == [doubtful_home.root]
    app.button(key="review-same").click().run()
    assert "Er wachten geen personen op uw oordeel" in texts(app)
    assert "**2** besluiten" in texts(app)
    app.button(key="review-undo").click().run()
    assert [each.undone_at is None for each in taken(doubtful_home)] == [True, False]
    assert "1 paar wacht" in texts(app)


def test_organisations_go_on_under_the_chosen_name_and_come_back(look: Visit, doubtful_home: Home) -> None:
    app = look("review", about="organisations")
    assert not app.exception
    app.radio[0].set_value("School Kwikstaart").run()
    app.button(key="review-same").click().run()
    with OrganisationDecisions(doubtful_home) as decisions:
        assert decisions.book().spellings == (Spelling("School Kwikstaart Zuid", "School Kwikstaart"),)
        assert decisions.history()[0].decided_by == "coordinator"
    assert "Er wachten geen organisaties op uw oordeel" in texts(app)
    app.button(key="take-back-1").click().run()
    with OrganisationDecisions(doubtful_home) as decisions:
        assert decisions.book() == OrganisationBook()
        assert decisions.history()[0].undone_by == "coordinator"
    assert "teruggenomen door coordinator" in texts(app)
    app.button(key="review-later").click().run()
    with OrganisationDecisions(doubtful_home) as decisions:
        assert len(decisions.book().later) == 1
    assert "1 uitgesteld" in texts(look("review", about="organisations"))
    app.button(key="review-different").click().run()
    with OrganisationDecisions(doubtful_home) as decisions:
        assert len(decisions.book().apart) == 1


def test_a_name_that_is_typed_and_at_once_answered_with_is_the_one_kept(
    look: Visit, doubtful_home: Home
) -> None:
    """The browser sends both in one go: the button must not know the name of a moment ago."""
    app = look("review", about="organisations")
    app.radio[0].set_value("").run()
    field = next(each for each in app.text_input if str(each.key).startswith("other-name-of-"))
    field.set_value(" School  Kwikstaart Samen ")
    app.button(key="review-same").click().run()
    assert not app.exception
    with OrganisationDecisions(doubtful_home) as decisions:
        assert {each.name for each in decisions.book().spellings} == {"School Kwikstaart Samen"}


def test_what_could_not_be_kept_is_said(look: Visit, doubtful_home: Home) -> None:
    app = look("review")
    app.button(key="review-same").click().run()
    with Decisions(doubtful_home) as decisions:
        decisions.undo_person_decision(1, undone_by="somebody else")
    app.button(key="review-undo").click().run()
    assert not app.exception
    assert "Dit is niet bewaard" in app.error[0].value


def test_keys_of_one_letter_can_be_put_off(look: Visit) -> None:
    app = look("review", "en")
    assert [app.button(key=f"review-{kind}").proto.shortcut for kind in ("same", "different", "later")] == [
        "s",
        "d",
        "l",
    ]
    app.toggle(key="review-keys").set_value(False).run()
    assert app.button(key="review-same").proto.shortcut == ""


def test_overview_says_how_many_wait(look: Visit) -> None:
    app = look("overview")
    assert not app.exception
    assert re.search(r"\*\*3 paren\*\* die dubbel kunnen zijn, wachten", texts(app))


def test_what_a_list_of_names_changes_is_told_before_what_stays_itself() -> None:
    itself, folded = Spelling("School A", "School A"), Spelling("school a", "School A")
    other, unit = Spelling("De A", "School A"), Spelling("School A", "School A", "Zuid")
    assert telling_first([itself, folded, other, unit]) == [other, unit, itself, folded]
