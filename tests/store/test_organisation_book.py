"""What people say about organisations: the last word holds, until it is taken back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from etl.decisions import MIGRATIONS, Decisions
from etl.errors import UsageError
from etl.home import Home
from etl.organisation_book import (
    Apart,
    Change,
    Later,
    MailDomain,
    OrganisationDecisions,
    OrganisationFacts,
    Sector,
    Spelling,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


def test_the_last_word_holds_until_it_is_taken_back(home: Home) -> None:
    with OrganisationDecisions(home) as decisions:
        decisions.decide([Spelling("HV", "Hogeschool Voorbeeld")], by="an", why="their own sign")
        second = decisions.decide(
            [Spelling("HV", "Hogeschool Venlo"), OrganisationFacts("Hogeschool Venlo", Sector.HBO)]
        )
        assert decisions.book().spellings == (Spelling("HV", "Hogeschool Venlo"),)
        assert decisions.book().facts == (OrganisationFacts("Hogeschool Venlo", Sector.HBO),)
        undone = decisions.undo()
        assert undone is not None
        assert undone.decision_id == second
        assert decisions.book().spellings == (Spelling("HV", "Hogeschool Voorbeeld"),)
        assert decisions.book().facts == ()
        first, later = decisions.history()
        assert (first.decided_by, first.reason, first.undone_at) == ("an", "their own sign", None)
        assert later.undone_at is not None
        assert decisions.undo(first.decision_id) is not None
        assert decisions.undo() is None
    with Decisions(home) as all_decisions:
        assert all_decisions.revision() == 4


def test_a_merger_that_turns_round_is_no_circle(home: Home) -> None:
    with OrganisationDecisions(home) as decisions:
        decisions.decide([Spelling("Academie A", "Academie B")])
        decisions.decide([Spelling("Academie B", "Academie A")])
        assert decisions.book().spellings == (
            Spelling("Academie A", "Academie A"),
            Spelling("Academie B", "Academie A"),
        )


@pytest.mark.parametrize(
    "change",
    [Spelling(" ", "A"), Spelling("A", ""), MailDomain("gmail.com", "A"), MailDomain("a b.nl", "A"),
     MailDomain("nodot", "A"), MailDomain("jan@example.nl", "A")],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(change: Spelling | MailDomain, home: Home) -> None:
    with OrganisationDecisions(home) as decisions:
        with pytest.raises(UsageError):
            decisions.decide([Spelling("B", "C"), change])
        assert decisions.history() == ()


def test_what_was_decided_before_pairs_could_be_put_off_is_kept(home: Home) -> None:
    before = next(n for n, text in enumerate(MIGRATIONS) if "organisation_event_before" in text)
    connection = sqlite3.connect(home.decisions_file)
    for migration in MIGRATIONS[:before]:
        connection.executescript(migration)
    connection.execute(
        "insert into organisation_event (decision_id, kind, subject, name, decided_by, decided_at)"
        " values (3, 'apart', 'A\nB', 'B', 'office', '2026-11-01T10:00:00')"
    )
    connection.execute(f"pragma user_version = {before}")
    connection.commit()
    connection.close()
    home.decisions_file.chmod(0o600)
    with OrganisationDecisions(home) as decisions:
        assert decisions.book().apart == (Apart("A", "B"),)
        assert decisions.decide([Later("C", "A"), Later("A", "C")], "office") == 4
        assert decisions.book().later == (Later("A", "C"),)
        assert decisions.history()[1].is_put_off and not decisions.history()[0].is_put_off
        undone = decisions.undo(4, "somebody else")
        assert undone is not None and decisions.history()[1].undone_by == "somebody else"
        assert decisions.book().later == ()


def test_the_table_of_an_older_home_is_kept(home: Home) -> None:
    before = next(n for n, text in enumerate(MIGRATIONS) if "organisation_event" in text)
    connection = sqlite3.connect(home.decisions_file)
    for migration in MIGRATIONS[:before]:
        connection.executescript(migration)
    connection.execute("insert into organisation_alias values ('HV', 'Hogeschool V', 'hbo', null)")
    connection.execute(f"pragma user_version = {before}")
    connection.commit()
    connection.close()
    home.decisions_file.chmod(0o600)
    with OrganisationDecisions(home) as decisions:
        book = decisions.book()
    assert book.spellings == (Spelling("HV", "Hogeschool V"),)
    assert book.facts == (OrganisationFacts("Hogeschool V", Sector.HBO),)


ORGANISATIONS_IN_A_CIRCLE: tuple[tuple[tuple[Change, ...], ...], ...] = (
    ((OrganisationFacts("Hogeschool Noord", parent="Hogeschool Noord"),),),
    ((OrganisationFacts("Lab Beek B.V.", parent="lab  beek"),),),
    ((OrganisationFacts("A", parent="B"),), (OrganisationFacts("B", parent="a"),)),
    (
        (OrganisationFacts("A", parent="B"),),
        (OrganisationFacts("B", parent="C"),),
        (OrganisationFacts("C", parent="A"),),
    ),
    ((Spelling("HN", "Hogeschool Noord"),), (OrganisationFacts("Hogeschool Noord", parent="HN"),)),
    ((OrganisationFacts("A", parent="B"), OrganisationFacts("C", parent="A")), (Spelling("B", "C"),)),
    ((OrganisationFacts("Académie", parent="Academie"),),),
    ((OrganisationFacts("Школа", parent="школа"),),),
)


@pytest.mark.parametrize("decided", ORGANISATIONS_IN_A_CIRCLE)
def test_an_organisation_is_never_part_of_itself(home: Home, decided: tuple[tuple[Change, ...], ...]) -> None:
    *accepted, refused = decided
    with OrganisationDecisions(home) as decisions:
        for each in accepted:
            decisions.decide(each)
        before = (decisions.book(), decisions.history(), home.audit_file.stat().st_size if accepted else 0)
        with pytest.raises(UsageError, match="it would be part of itself"):
            decisions.decide(refused)
        written = home.audit_file.stat().st_size if accepted else 0
        assert (decisions.book(), decisions.history(), written) == before


def test_what_is_no_circle_is_accepted(home: Home) -> None:
    """A unit that is merged into its parent has no parent any more; a parent may be moved."""
    with OrganisationDecisions(home) as decisions:
        decisions.decide([OrganisationFacts("Unit", parent="Hogeschool"), Spelling("Unit", "Hogeschool")])
        decisions.decide([OrganisationFacts("A", parent="B")])
        moved = decisions.decide([OrganisationFacts("A", parent="C")])
        decisions.decide([OrganisationFacts("B", parent="A")])
        with pytest.raises(UsageError, match="it would be part of itself through"):
            decisions.undo(moved)
        assert {each.name: each.parent for each in decisions.book().facts}["A"] == "C"
