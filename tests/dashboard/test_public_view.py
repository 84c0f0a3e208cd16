"""The page about the publication: a preview, two steps to publish, and then what everyone sees."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from dashboard.navigation import Language
from dashboard.publishing import correction, published_line, published_table, read_preview, run_publish
from dashboard.wording import Wording
from etl.home import Home
from etl.public_manifest import read_publication
from etl.warehouse import Answer, Value
from tests.dashboard.conftest import Visit, open_app


@pytest.fixture
def own_home(network_home: Home, tmp_path: Path, loopback: None, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    copytree(network_home.root, home.root)
    monkeypatch.setenv("KRING_HOME", str(home.root))
    return home


def test_publishing_takes_a_preview_and_two_answers(own_home: Home) -> None:
    app = open_app("public")
    assert not app.exception
    assert "Er is nog niets gepubliceerd" in app.caption[0].value
    app.button(key="make-preview").click().run(timeout=120)
    assert not app.exception
    assert read_publication(own_home) is None
    assert (own_home.preview / "openbaar" / "index.html").is_file()
    app.button(key="publish").click().run()
    assert read_publication(own_home) is None
    app.button(key="publish-no").click().run()
    app.button(key="publish").click().run()
    app.button(key="publish-yes").click().run(timeout=120)
    assert not app.exception
    publication = read_publication(own_home)
    assert publication is not None
    assert "Gepubliceerd. Iedereen ziet vanaf nu deze cijfers." in [each.value for each in app.success]

    app.button(key="make-preview").click().run(timeout=120)
    assert app.button(key="publish").disabled
    app.text_input(key="correction-note").set_value("Een lijst ontbrak.").run()
    assert not app.button(key="publish").disabled


def test_before_any_publication_the_page_says_so(visit: Visit) -> None:
    app = visit("public", "en")
    assert not app.exception
    assert "Nothing is published yet" in app.caption[0].value


def test_a_refusal_is_the_line_of_the_command(tmp_path: Path) -> None:
    outcome = run_publish(Home(tmp_path), "--yes")
    assert outcome.problem.startswith("kring: ")
    assert "Traceback" not in outcome.problem


def test_a_note_is_an_option_only_when_there_is_one() -> None:
    assert correction("  ") == ()
    assert correction("--yes") == ("--correction=--yes",)


def test_a_preview_is_read_from_what_the_command_prints() -> None:
    printed = (
        '{"preview": "here", "may_be_published": false, "due_on": "2026-12-01", "period_end": "2026-09-30",'
        ' "release": "r", "tables": [{"name": "a", "rows": 3, "hidden": 2}, {"name": "b", "hidden": 1}]}'
    )
    preview = read_preview(printed)
    assert (preview.hidden, preview.may_be_published) == (3, False)
    assert preview.page(Language.ENGLISH) == Path("here/public/index.html")
    assert "any day" in published_line(None, Wording(Language.ENGLISH))


def test_meetings_without_a_kind_are_called_other() -> None:
    def answered(question: str, key: str, rows: list[tuple[Value, ...]]) -> Answer:
        columns = ("period_end", *((key,) if key else ()), "shown")
        return Answer(question, "", "", "r", date(2026, 4, 20), (), columns, tuple(rows))

    end = date(2026, 3, 31)
    members = answered("public_members", "", [(end, "110")])
    attendance = answered("public_attendance", "kind", [(end, None, "40"), (end, "webinar", "25")])
    groups = answered("public_groups", "working_group", [(end, "Zuid", "55")])
    table = published_table(members, attendance, groups, Wording(Language.DUTCH))
    assert [row[0].text for row in table.rows] == [
        "Leden van het netwerk", "Deelnemers: Overig", "Deelnemers: webinar", "Leden: Zuid",
    ]  # fmt: skip
