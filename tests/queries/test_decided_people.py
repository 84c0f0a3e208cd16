"""What people decided about who is whom, in builds: it wins of keys and names; undone it never was."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import pytest
from duckdb import DuckDBPyConnection

from etl.decisions import DecisionKind, PersonDecision
from etl.identity.handles import handle, key_and_name, pair_id

Cell = str | int | float | bool | datetime | None
Rows = Sequence[Mapping[str, Cell]]
Build = Callable[..., DuckDBPyConnection]
KEY = b"a key for tests"
TABLES = (
    "core.person", "core.person_key", "core.person_review", "core.kept_apart", "core.person_decision",
    "core.person_spelling",
)  # fmt: skip
SAME, DIFFERENT, LATER = DecisionKind.SAME, DecisionKind.DIFFERENT, DecisionKind.LATER
LONG_AGO, DECIDED, AFTERWARDS = datetime(2026, 1, 5), datetime(2026, 2, 1), datetime(2026, 3, 1)


def row(
    email: str = "", name: str = "", linkedin: str = "", at: datetime = LONG_AGO, **more: str
) -> dict[str, Cell]:
    url = f"linkedin.com/in/{linkedin}" if linkedin else None
    return {"email": email or None, "full_name": name or None, "linkedin_url": url, "received_at": at, **more}


def key(text: str, name: str | None = None) -> str:
    return handle(KEY, text if name is None else key_and_name(text, name))


def email(address: str, name: str | None = None) -> str:
    return key(f"email:{address}", name)


def decided(number: int, kind: DecisionKind, a: str, b: str) -> PersonDecision:
    return PersonDecision(number, kind, a, b, "", "tester", "", DECIDED)


def taken_off(number: int, kept: Sequence[str], taken: Sequence[str]) -> PersonDecision:
    return PersonDecision(
        number, DecisionKind.SPLIT, kept[0], taken[0], "", "tester", "", DECIDED, None, None,
        tuple(kept), tuple(taken),
    )  # fmt: skip


class Network:
    """Who is who after a build: addresses and profiles that belong together."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self.connection = connection

    def one(self, sql: str) -> tuple[object, ...]:
        found = self.connection.execute(sql).fetchone()
        assert found is not None
        return found

    @property
    def people(self) -> list[list[str]]:
        rows = self.connection.execute(
            "select list(substr(key, strpos(key, ':') + 1) order by key) from core.person_key"
            " group by person_id"
        ).fetchall()
        return sorted(list(keys) for (keys,) in rows)

    @property
    def checksums(self) -> dict[str, object]:
        return {table: self.one(f"select count(*), sum(hash(t)) from {table} as t") for table in TABLES}


@pytest.fixture
def resolved(build_network: Build) -> Callable[..., Network]:
    def made(rows: Rows, *decisions: PersonDecision) -> Network:
        return Network(build_network({"membership": rows}, only=TABLES, person_decisions=decisions))

    return made


Resolved = Callable[..., Network]
WORK, HOME = row("anna@work.example.nl", "Anna Proef"), row("anna@example.org", "A. de Vries")


def test_same_joins_two_whom_no_key_joins(resolved: Resolved) -> None:
    joined = resolved(
        [WORK, HOME], decided(1, SAME, email("anna@work.example.nl"), email("anna@example.org"))
    )
    assert joined.people == [["anna@example.org", "anna@work.example.nl"]]
    assert joined.one("select person_id::varchar from core.person") == (email("anna@example.org"),)
    assert joined.one("select is_in_force, person_a = person_b from core.person_decision") == (True, True)
    handles = joined.connection.execute("select handle::varchar from core.person_key").fetchall()
    assert {each for (each,) in handles} == {email("anna@work.example.nl"), email("anna@example.org")}


def test_same_wins_of_names_and_keys_that_conflict(resolved: Resolved) -> None:
    rows = [
        row("x@example.org", "Anna Proef", "anna-1"),
        row("x@example.org", "Bo Test", "bo-2"),
        row("x@example.org"),
    ]
    assert len(resolved(rows).people) == 3
    joined = resolved(rows, decided(1, SAME, key("linkedin:anna-1"), key("linkedin:bo-2")))
    assert joined.people == [["x@example.org", "anna-1", "bo-2"]], "the row without a name is theirs too"
    assert joined.one("select count(*) from core.person_review") == (0,)


def test_same_is_transitive_over_many(resolved: Resolved) -> None:
    rows = [row(f"p{number}@{number}.example.org", f"Naam {chr(97 + number)}") for number in range(12)]
    ids = [email(f"p{number}@{number}.example.org") for number in range(12)]
    chain = [decided(number + 1, SAME, ids[number], ids[number + 1]) for number in range(11)]
    random.Random(3).shuffle(chain)
    assert len(resolved(rows, *chain).people) == 1


def test_different_keeps_apart_whom_a_later_row_would_join(resolved: Resolved) -> None:
    rows = [row("a@example.org", "Anna Proef"), row("", "Anna Proef", "anna")]
    apart = decided(1, DIFFERENT, email("a@example.org"), key("linkedin:anna"))
    assert len(resolved([*rows, row("a@example.org", "Anna Proef", "anna", AFTERWARDS)]).people) == 1
    kept = resolved([*rows, row("a@example.org", "Anna Proef", "anna", AFTERWARDS)], apart)
    assert len(kept.people) == 3, "the row that has both keys could be either"
    assert kept.one("select count(*) from core.kept_apart where reason = 'fits two people'") == (2,)


def test_different_ends_a_review(resolved: Resolved) -> None:
    rows = [row("x@example.org", "Anna Proef"), row("x@example.org", "Bo Test")]
    waiting = resolved(rows)
    assert waiting.one("select count(*), min(reason) from core.kept_apart") == (1, "names differ")
    pair = waiting.one("select pair_id, person_a::varchar, person_b::varchar from core.kept_apart")
    assert pair[0] == pair_id(str(pair[1]), str(pair[2]))
    done = resolved(rows, decided(1, DIFFERENT, str(pair[1]), str(pair[2])))
    assert done.one("select count(*) from core.kept_apart") == (0,)
    assert done.one("select count(*) from core.person_review") == (0,)
    assert done.one("select count(*) from core.person") == (2,)
    later = resolved(rows, decided(1, LATER, str(pair[1]), str(pair[2])))
    assert later.one("select count(*) from core.kept_apart") == (1,)


def test_a_split_by_name_holds_for_newer_files(resolved: Resolved) -> None:
    """An address that went from Jan to J., who is Joke: rows written so, and those with her profile."""
    x = "x@example.org"
    rows = [row(x, "Jan Smit"), row(x, "J. Smit"), row(x, "J. Smit", "joke")]
    assert resolved(rows).people == [[x, "joke"]]
    off = taken_off(1, [email(x), key("linkedin:joke", "Jan Smit")], [email(x, "J. Smit")])
    assert resolved(rows, off).people == [[x], [x, "joke"]]
    newer = [
        *rows, row(x, "Smit, J.", at=AFTERWARDS), row("", "J. Smit", "joke", AFTERWARDS),
        row("joke@example.net", "J. Smit", "joke", AFTERWARDS), row(x, "Jan Smit", at=AFTERWARDS),
    ]  # fmt: skip
    assert resolved(newer, off).people == [["joke@example.net", x, "joke"], [x]]
    assert resolved(newer, off).one("select is_in_force from core.person_decision") == (True,)


def test_a_split_by_key(resolved: Resolved) -> None:
    rows = [
        row("a@example.org", "Anna Proef", "anna"), row("b@example.net", "Anna Proef", "anna"),
        row("", "Anna Proef", "anna"), row("b@example.net", "Anna Proef"),
    ]  # fmt: skip
    assert len(resolved(rows).people) == 1
    off = taken_off(1, [email("a@example.org"), key("linkedin:anna")], [email("b@example.net")])
    split = resolved(rows, off)
    assert split.people == [["a@example.org", "anna"], ["b@example.net", "anna"]]
    assert split.one("select count(*) from core.kept_apart") == (0,)


def test_the_newest_decision_holds_and_undoing_it_brings_back_the_older(resolved: Resolved) -> None:
    a, b = email("anna@work.example.nl"), email("anna@example.org")
    apart, joined = decided(1, DIFFERENT, a, b), decided(2, SAME, b, a)
    assert len(resolved([WORK, HOME], apart, joined).people) == 1
    assert len(resolved([WORK, HOME], apart).people) == 2
    flags = resolved([WORK, HOME], apart, joined).connection.execute(
        "select is_in_force from core.person_decision order by decision_id"
    )
    assert flags.fetchall() == [(False,), (True,)]


def test_contradictions_over_three_people_end_with_the_newest(resolved: Resolved) -> None:
    rows = [row(f"{name}@{name}.example.org", name) for name in ("anna", "bo", "cas")]
    a, b, c = (email(f"{name}@{name}.example.org") for name in ("anna", "bo", "cas"))
    both = (decided(1, SAME, a, b), decided(2, SAME, b, c))
    assert len(resolved(rows, *both).people) == 1
    found = resolved(rows, *both, decided(3, DIFFERENT, a, c))
    assert len(found.people) == 2
    assert found.one("select list(is_in_force order by decision_id) from core.person_decision")[0] == [
        False, True, True,
    ]  # fmt: skip


def test_a_decision_finds_its_people_when_keys_are_added(resolved: Resolved) -> None:
    same = decided(1, SAME, email("bo@example.org"), key("linkedin:bo-test"))
    rows = [row("bo@example.org", "Bo Test"), row("", "Bo Test", "bo-test")]
    more = [
        *rows,
        row("bo@example.org", "Bo Test", external_id="9"),
        row("a.bo@example.net", external_id="9"),
    ]
    found = resolved(more, same)
    assert len(found.people) == 1
    assert found.one("select person_id::varchar from core.person") == (email("a.bo@example.net"),)


def test_a_decision_outlives_that_its_address_is_given_to_somebody_else(resolved: Resolved) -> None:
    same = decided(1, SAME, email("x@example.org"), email("anna@example.net"))
    rows = [row("x@example.org", "Anna Proef"), row("anna@example.net", "A. de Vries")]
    reused = resolved([*rows, row("x@example.org", "Bo Test", at=AFTERWARDS)], same)
    assert reused.people == [["anna@example.net", "x@example.org"], ["x@example.org"]]
    assert reused.one("select is_in_force from core.person_decision") == (True,)


def test_a_decision_about_nobody_known_harms_nothing(resolved: Resolved) -> None:
    plain = resolved([WORK, HOME])
    ghost = resolved([WORK, HOME], decided(1, SAME, email("gone@example.org"), email("anna@example.org")))
    assert ghost.people == plain.people
    assert ghost.one("select person_a is null, is_in_force from core.person_decision") == (True, False)


def test_people_without_a_key_can_be_joined(resolved: Resolved) -> None:
    rows = [row("", "Anna Proef"), row("a@example.org", "Anna Proef")]
    joined = resolved(rows, decided(1, SAME, key("name:a file:anna proef"), email("a@example.org")))
    assert len(joined.people) == 1


def test_order_changes_nothing(resolved: Resolved) -> None:
    names = ("Jan Smit", "Joke Smit", "J. Smit", "")
    rows = [
        row(f"p{n % 9}@{n % 4}.example.org", names[n % 4], ("", f"s{n % 7}")[n % 2]) for n in range(40)
    ]  # fmt: skip
    ids = [str(each) for (each,) in resolved(rows).connection.execute(
        "select person_id::varchar from core.person order by 1").fetchall()]  # fmt: skip
    kinds = (SAME, DIFFERENT, LATER)
    chance = random.Random(11)
    decisions = [
        decided(number, kinds[number % 3], *sorted(chance.sample(ids, 2))) for number in range(1, 13)
    ]
    first = resolved([{**each, "line": line} for line, each in enumerate(rows)], *decisions).checksums
    for _ in range(3):
        chance.shuffle(rows)
        chance.shuffle(decisions)
        again = resolved(rows, *sorted(decisions, key=lambda each: each.decision_id)).checksums
        assert again == first
