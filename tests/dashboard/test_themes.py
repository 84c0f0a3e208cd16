"""The page of themes, its words and its one action."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import access, data, headlines
from dashboard.charts import draw_themes
from dashboard.charts.grammar import Style
from dashboard.charts.themes import change_in_words, size_in_words
from dashboard.curation import keep_name, size_sentence, take_name_back
from dashboard.harvest import UNPLACED, Text, Theme, Window, central
from dashboard.jobs import Jobs
from dashboard.navigation import Language
from dashboard.tables import texts_table, themes_table
from dashboard.tokens import tokens_for
from dashboard.wording import Wording
from etl.decisions import Decisions, ThemeName
from etl.home import Home
from queries.catalog import Role
from tests.dashboard.conftest import Visit
from tests.dashboard.test_views import texts

DUTCH = Wording(Language.DUTCH)
STYLE = Style(tokens_for("light"), DUTCH)
MONEY = Theme(
    theme_id="t-1",
    label="geld / subsidie",
    dutch="geld / subsidie",
    english="money / grant",
    is_named=False,
    is_proposed=False,
    texts=30,
    askers=28,
    sessions=9,
    share=0.75,
    low=0.6,
    high=0.86,
    change=0.5,
    earlier_share=0.25,
    is_clear=True,
    words=("geld", "subsidie"),
    set_aside=0,
)
TIME = replace(
    MONEY,
    theme_id="t-2",
    label="tijd",
    texts=10,
    share=0.25,
    low=0.14,
    high=0.4,
    change=-0.5,
    earlier_share=0.75,
)
LEFT = replace(
    MONEY, theme_id=UNPLACED, label="", texts=3, share=3 / 43, change=None, earlier_share=None, words=()
)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_runs_and_its_chart_speaks(visit: Visit, language: str) -> None:
    app = visit("themes", language)
    assert not app.exception
    chart = app.get("vega_lite_chart")[0]
    said = {
        "nl": ("geld / subsidie: 75%, ▲ +50 punt", "Nog niet ingedeeld"),
        "en": ("money / grant", "Not placed yet"),
    }
    assert all(words in chart.proto.alt for words in said[language])
    shown = texts(app)
    assert {"nl": "Vragen over “geld / subsidie” nemen het sterkst toe", "en": "grew most"}[language] in shown
    for word in (
        ("Share", "Themes", "questions", "Source:") if language == "nl" else ("Thema", "vragen", "Bron:")
    ):
        assert word not in shown


def test_the_panel_tells_of_the_chosen_theme_with_three_quotes(visit: Visit) -> None:
    app = visit("themes", theme="t-tijd")
    assert {box.label: box.value for box in app.selectbox}["Thema in detail"] == "t-tijd"
    shown = texts(app)
    assert shown.count("<blockquote") == 3
    assert "In de 12 maanden ervoor was het aandeel 75%, nu 25%." in shown
    assert "10 vragen gaan over “tijd / rooster”" in shown
    assert "example.org" not in shown


def test_a_period_without_an_earlier_one_shows_no_change(visit: Visit) -> None:
    app = visit("themes", period="all")
    assert not app.exception
    assert "punt" not in app.get("vega_lite_chart")[0].proto.alt
    assert "streepje" not in texts(app)


def test_a_name_is_asked_for_kept_and_a_refresh_starts(
    visit: Visit, network_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Home] = []
    monkeypatch.setattr(Jobs, "refresh", lambda self, home: started.append(home))
    app = visit("themes", theme="t-geld")
    app.button(key="rename-theme").click().run()
    assert not app.exception
    assert app.text_input(key="name-t-geld").value == "geld / subsidie"
    assert not keep_name("t-geld", "  ", "", network_home)
    assert keep_name("t-geld", "Geld  en tijd", "", network_home)
    with Decisions(network_home) as decisions:
        assert decisions.theme_names() == (ThemeName("t-geld", "Geld en tijd"),)
    take_name_back("t-geld", network_home)
    with Decisions(network_home) as decisions:
        assert decisions.theme_names() == ()
    assert [home.root for home in started] == [network_home.root] * 2


def test_communication_sees_figures_and_no_words_of_people(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "current_role", lambda: Role.COMMUNICATION)
    monkeypatch.setattr(data, "current_role", lambda: Role.COMMUNICATION)
    app = visit("themes")
    assert not app.exception
    assert app.get("vega_lite_chart")
    shown = texts(app)
    assert "<blockquote" not in shown
    assert "Vraag 3 over" not in shown
    assert not [button for button in app.button if button.key in ("rename-theme", "switch-contributions")]


def test_overview_leads_to_questions_without_a_place(visit: Visit) -> None:
    from dashboard.attention import task
    from dashboard.facts import attention

    records = [{"kind": "unplaced_texts", "subject": None, "value": 3.0, "happened_on": date(2026, 11, 1)}]
    made = task(attention(records)[0], date(2026, 11, 21), DUTCH)
    assert made.sentence == "**3 vragen** passen nog in geen thema."
    app: AppTest = visit(made.page, **dict(made.parameters))
    assert not app.exception


def test_headline_tells_a_clear_change_else_a_clear_leader_else_nothing() -> None:
    assert headlines.themes((MONEY, TIME), DUTCH) == "Vragen over “geld / subsidie” nemen het sterkst toe"
    assert "zeldzamer" in headlines.themes((replace(MONEY, is_clear=False), TIME), DUTCH)
    calm = tuple(replace(theme, is_clear=False) for theme in (MONEY, TIME))
    assert headlines.themes(calm, DUTCH) == "De meeste vragen gaan over “geld / subsidie”"
    near = (replace(calm[0], low=0.3), calm[1])
    assert headlines.themes(near, DUTCH) == "Waar de vragen over gaan"
    few = (replace(MONEY, texts=5), replace(TIME, texts=2))
    assert headlines.themes(few, DUTCH) == "Waar de vragen over gaan"


def test_change_and_size_in_words() -> None:
    assert change_in_words(MONEY, DUTCH) == "▲ +50 punt"
    assert change_in_words(replace(TIME, change=-0.046), DUTCH) == "▼ −5 punt"
    assert change_in_words(replace(MONEY, is_clear=False), DUTCH) == "+50 punt"
    assert change_in_words(replace(MONEY, change=0.004), DUTCH) == "vrijwel gelijk"
    assert change_in_words(LEFT, DUTCH) == ""
    assert size_in_words(MONEY, (MONEY, TIME, LEFT), DUTCH) == "75%"
    few = (replace(MONEY, texts=3), replace(TIME, texts=4))
    assert size_in_words(few[0], few, DUTCH) == "3 van 7"
    assert size_sentence(replace(MONEY, askers=None), True, DUTCH).startswith(
        "**30 vragen**, in 9 bijeenkomsten."
    )


def test_what_is_not_placed_is_last_pale_and_said() -> None:
    drawing = draw_themes((MONEY, TIME, LEFT), "t-1", STYLE)
    assert "Nog niet ingedeeld, van alle 43 vragen: 7%" in drawing.alt
    spec = str(drawing.spec)
    assert spec.count(STYLE.tokens.ghost) == 1
    assert themes_table((MONEY, LEFT), DUTCH).rows[-1][0].text == "Nog niet ingedeeld"


def test_quotes_are_the_nearest_and_no_wording_twice() -> None:
    said = [
        Text(text, None, "", "", "", "nl", False, nearness)
        for text, nearness in (("Ver?", 0.1), ("Dichtbij?", 0.9), ("dichtbij?", 0.8), ("Midden?", 0.5))
    ]
    assert [one.text for one in central(said)] == ["Dichtbij?", "Midden?", "Ver?"]
    assert [
        column.name for column in texts_table(said, {}, date(2026, 11, 21), DUTCH, brief=True).columns
    ] == [
        "asked_on",
        "text",
        "audience",
        "session",
    ]


def test_windows_are_complete_months() -> None:
    assert Window.YEAR.days(date(2026, 11, 21)) == (date(2025, 11, 1), date(2026, 10, 31))
    assert Window.TWO_YEARS.days(date(2026, 11, 21)) == (date(2024, 11, 1), date(2026, 10, 31))
    assert Window.ALL.days(date(2026, 11, 21)) is None
