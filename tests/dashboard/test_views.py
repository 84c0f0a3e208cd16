"""Each page runs on a real release, in both languages, and no chart is without words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from etl.home import Home
from tests.dashboard.conftest import Visit, open_app
from tests.dashboard.network import events, make_home

FOLDER = Path(dashboard.__file__).parent
CHART_CALLS = re.compile(
    r"(altair|vega_lite|line|bar|area|scatter|plotly|pydeck|graphviz|echarts|py)_?chart|pyplot|map"
)
PAGES = ("overview", "growth", "sessions")


def texts(app: AppTest) -> str:
    """Everything a reader reads."""
    parts = [element.value for kind in (app.title, app.header, app.caption, app.markdown) for element in kind]
    return "\n".join([*parts, *(html.proto.body for html in app.get("html"))])


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("key", PAGES)
def test_page_runs_and_every_chart_speaks(visit: Visit, key: str, language: str) -> None:
    app = visit(key, language)
    assert not app.exception
    charts = app.get("vega_lite_chart")
    assert len(charts) >= 2
    for chart in charts:
        assert len(chart.proto.alt) > 20
    assert len({chart.proto.alt for chart in charts}) == len(charts)


@pytest.mark.parametrize("key", PAGES)
def test_no_page_mixes_languages(visit: Visit, key: str) -> None:
    dutch, english = texts(visit(key, "nl")), texts(visit(key, "en"))
    assert "peildatum" in dutch
    assert "peildatum" not in english
    assert "as of" in english
    for word in ("Members", "Sessions", "Registered", "Source:", "unknown"):
        assert word not in dutch


def test_every_figure_has_rule_sentence_source_and_three_actions(visit: Visit) -> None:
    app = visit("growth")
    keys = {button.key for button in app.button}
    for figure in ("balance", "flow", "groups"):
        assert {f"switch-{figure}", f"origin-{figure}"} <= keys
    labels = [button.label for button in app.button]
    assert labels.count("Tabel") == labels.count("Herkomst") == 3
    downloads = [button.proto.label for button in app.get("download_button")]
    assert [sum(label.startswith(kind) for label in downloads) for kind in ("CSV", "PNG", "SVG")] == [3, 3, 3]
    assert texts(app).count("Bron: ledenadministratie") == 3


def test_table_takes_the_place_of_the_chart(visit: Visit) -> None:
    app = visit("growth")
    charts = len(app.get("vega_lite_chart"))
    app.button(key="switch-balance").click().run()
    assert not app.exception
    assert len(app.get("vega_lite_chart")) == charts - 1
    assert any("<caption" in html.proto.body and 'scope="row"' in html.proto.body for html in app.get("html"))


def test_origin_shows_meaning_sql_files_and_rows(visit: Visit) -> None:
    app = visit("growth")
    app.button(key="origin-balance").click().run()
    assert not app.exception
    shown = texts(app)
    assert "leden.csv" in shown
    assert "aaaaaaaaaaaa" in shown
    assert "4 rijen afgewezen" in shown
    assert any("select" in code.value.lower() for code in app.code)


def test_filters_stand_in_the_address_and_come_back_from_it(visit: Visit) -> None:
    app = visit("growth", period="24", group="kennisbasis")
    assert app.selectbox(key="control-group").value == "Kennisbasis"
    assert "1 jan 2025 t/m 31 okt 2026" in texts(app)  # the default, 12 months, begins on 1 November
    app.selectbox(key="control-group").select("Instrumenten").run()
    assert app.query_params["group"] in ("instrumenten", ["instrumenten"])


def test_estimate_and_unknown_are_words_on_the_overview(visit: Visit) -> None:
    table = next(html.proto.body for html in visit("overview").get("html") if "<table" in html.proto.body)
    assert "ca. 120" in table
    assert "onbekend" in table
    assert "*Een gesprek*" not in table or "<em>" not in table


def test_overview_counts_what_it_lists(visit: Visit) -> None:
    app = visit("overview")
    assert "Drie zaken vragen uw aandacht" in app.title[0].value
    assert (
        sum(
            "presentielijst" in one.value or "afgewezen" in one.value or "uw antwoord" in one.value
            for one in app.markdown
        )
        == 3
    )


def test_charts_are_drawn_by_the_figure_component_only() -> None:
    drawn: list[str] = []
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                from_streamlit = isinstance(owner, ast.Name) and owner.id == "st"
                if from_streamlit and CHART_CALLS.fullmatch(node.func.attr):
                    drawn.append(file.relative_to(FOLDER).as_posix())
    assert drawn == ["figure.py"]


def test_views_hold_no_sql_and_no_frames() -> None:
    for file in (FOLDER / "views").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\bselect\b.+\bfrom\b|import (pandas|polars|duckdb)", text, re.I | re.S), (
            file.name
        )


@pytest.mark.parametrize("key", PAGES)
def test_a_network_without_any_rows_is_shown_in_words(
    key: str, loopback: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(Home(tmp_path / "home"), {})
    monkeypatch.setenv("KRING_HOME", str(home.root))
    app = open_app(key, "nl")
    assert not app.exception
    assert "Deze pagina kan nu niet worden getoond" not in texts(app)
    assert "None" not in texts(app)
    for chart in app.get("vega_lite_chart"):
        assert chart.proto.alt
    assert ("onbekend" in str(app.metric)) is (key == "overview")


@pytest.mark.parametrize("key", PAGES)
def test_a_network_of_headcounts_only(
    key: str, loopback: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {"event": [dict(event) | {"headcount": 20 + index} for index, event in enumerate(events()[:-1])]}
    home = make_home(Home(tmp_path / "home"), rows)
    monkeypatch.setenv("KRING_HOME", str(home.root))
    app = open_app(key, "en")
    assert not app.exception
    assert "This page cannot be shown now" not in texts(app)
    assert "None" not in texts(app)
    if key == "sessions":
        assert "Registered and attended per session" in texts(app)
        assert "timers per session" in texts(app)
