"""The pages of the five stories: participation, exchange and reach, on small networks of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.grammar import Style
from dashboard.charts.lollipops import draw_lollipops
from dashboard.charts.ranked import RankedBar, draw_ranked
from dashboard.navigation import Language
from dashboard.stories import exchange, participation, reach, sentences, tables
from dashboard.stories.participation import Activity, Participation, Times, Verdict
from dashboard.tokens import LIGHT
from dashboard.wording import Wording
from etl.home import Home
from tests.dashboard.conftest import open_app
from tests.dashboard.network import make_home

NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)
PAGES = ("participation", "exchange", "reach")
Row = Mapping[str, object]


def found(shares: tuple[float, ...], missed: int, expected: float, eligible: int = 50) -> Participation:
    """A window with activities of these shares; the people of the other numbers do not matter here."""
    activities = tuple(
        Activity(f"Activiteit {place}", date(2026, 9, place + 1), "Thema", round(share * eligible), share)
        for place, share in enumerate(shares)
    )
    times = (Times(0, missed, expected), Times(1, eligible - missed, eligible - expected))
    return Participation(eligible, date(2026, 9, 1), date(2026, 10, 31), "Groep", activities, times)


def given(names: str, *rows: tuple[object, ...]) -> list[Row]:
    """Rows of one feed; the names of its columns stand once."""
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


def stories() -> dict[str, list[Row]]:
    """Twelve members and a series of two themes; three parties; a document; two channels; units and hours."""
    people = [f"lid{number}@example.org" for number in range(12)]
    group = "Leernetwerk"
    days = [
        (datetime(2026, 3, 2, 12), "Een", "Thema A", people[:5]),
        (datetime(2026, 3, 16, 12), "Twee", "Thema A", people[3:8]),
        (datetime(2026, 4, 6, 12), "Drie", "Thema A", people[1:6]),
        (datetime(2026, 6, 1, 12), "Vier", "Thema B", people[:6]),
    ]
    paper, page = "Paper", "linkedin_page"
    return {
        "membership": given(
            "email joined_on working_group", *((one, date(2025, 1, 1), group) for one in people)
        ),
        "event": given(
            "title starts_at series working_group theme kind",
            *((title, at, group, group, theme, f"soort {title}") for at, title, theme, _ in days),
        ),
        "attendance": given(
            "email title starts_at", *((one, title, at) for at, title, _, came in days for one in came)
        ),
        "exchange": given(
            "from_party to_party topic kind happened_on",
            ("Atelier <A>", "Buurt B", "impact", "contact", date(2026, 1, 5)),
            ("Buurt B", "Atelier <A>", "impact", "visit", date(2026, 4, 5)),
            ("Buurt B", "Centrum C", "leren", "contact", date(2026, 2, 5)),
            ("Steunpunt", "Centrum C", "geld", "help", date(2026, 2, 9)),
        ),
        "document": [
            *given(
                "document version published_on",
                (paper, "1", date(2025, 1, 1)),
                (paper, "2", date(2026, 1, 1)),
            ),
            *given(
                "document version audience received_on status decided_on",
                (paper, "1", "beleid", date(2025, 2, 1), "handled", date(2025, 2, 11)),
                (paper, "2", "praktijk", date(2026, 2, 1), "open", None),
            ),
        ],
        "reach": given(
            "channel measure kind measured_on value",
            (page, "followers", "stock", date(2025, 10, 1), 900),
            (page, "followers", "stock", date(2026, 10, 1), 1100),
            ("linkedin_group", "members", "stock", date(2026, 10, 1), 600),
            (page, "new_followers", "flow", date(2026, 9, 1), 7),
        ),
        "contact": given(
            "email organisation unit region",
            ("x@example.org", "Universiteit", "Letteren", "Stad"),
            ("y@example.org", "Universiteit", "Rechten", "Dorp"),
        ),
        "effort": given(
            "kind week hours", ("prepare", date(2026, 3, 2), 6.0), ("process", date(2026, 3, 2), 2.0)
        ),
    }


@pytest.fixture(scope="module")
def stories_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(Home(tmp_path_factory.mktemp("stories") / "home"), stories())  # type: ignore[arg-type]


def texts(app: AppTest) -> str:
    parts = [element.value for kind in (app.title, app.header, app.caption, app.markdown) for element in kind]
    return "\n".join([*parts, *(html.proto.body for html in app.get("html"))]).replace("\\", "")


def opened(
    home: Home, monkeypatch: pytest.MonkeyPatch, key: str, language: str = "nl", **address: str
) -> AppTest:
    monkeypatch.setenv("KRING_HOME", str(home.root))
    app = open_app(key, language, **address)
    assert not app.exception
    return app


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("key", PAGES)
def test_page_runs_and_speaks(
    key: str, language: str, loopback: None, stories_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(stories_home, monkeypatch, key, language)
    shown = texts(app)
    assert ("peildatum" in shown) is (language == "nl")
    assert "None" not in shown
    charts = app.get("vega_lite_chart")
    assert len(charts) >= 2
    assert all(len(chart.proto.alt) > 20 for chart in charts)
    tables_offered = [one for one in app.get("download_button") if str(one.key).startswith("csv-")]
    assert len(app.header) == len(tables_offered)
    if language == "nl":
        for word in ("Members", "Source:", "by chance", "exchange", "followers"):
            assert word not in shown


@pytest.mark.parametrize("key", PAGES)
def test_a_network_without_any_rows_is_shown_in_words(
    key: str, loopback: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(make_home(Home(tmp_path / "home"), {}), monkeypatch, key)
    assert len(app.header) == 0
    assert any(len(one.value) > 30 for one in app.markdown)


def test_participation_opens_at_the_theme_with_three_activities(
    loopback: None, stories_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(stories_home, monkeypatch, "participation")
    shown = texts(app)
    assert "Aandeel van de 12 leden in de reeks Leernetwerk, 2 maart 2026 – 6 april 2026" in shown
    assert "Vier leden zagen we niet" in shown  # by hand: 0 to 7 came
    assert "1 − 0,58 × 0,58 × 0,58 = 80%" in shown
    assert "lager dan bij toeval: steeds dezelfde mensen" in shown
    app = opened(stories_home, monkeypatch, "participation", period="all")
    assert "2 maart 2026 – 1 juni 2026" in texts(app)
    assert "Er werken 2 mensen in 2 eenheden, op 2 plaatsen" in texts(app)
    assert "Begeleiden kostte 8,0 uur per week" in texts(app)
    assert "Dat is 60 minuten per week voor elk actief lid" in texts(app)


def test_another_series_can_be_chosen_after_a_theme(
    loopback: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = stories()
    rows["event"] = [
        *rows["event"],
        {"title": "Los", "starts_at": datetime(2026, 5, 6, 12), "series": "Losse reeks"},
    ]
    came = [{"email": "lid1@example.org", "title": "Los", "starts_at": datetime(2026, 5, 6, 12)}]
    rows["attendance"] = [*rows["attendance"], *came]
    home = make_home(Home(tmp_path / "home"), rows)  # type: ignore[arg-type]
    app = opened(home, monkeypatch, "participation", period="theme-2")
    app.selectbox[0].select("Losse reeks").run()
    assert not app.exception
    assert "in de reeks Losse reeks" in texts(app)
    assert "valt er niets met toeval te vergelijken" in texts(app)


def test_exchange_is_a_matrix_with_numbers_and_headers(
    loopback: None, stories_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(stories_home, monkeypatch, "exchange")
    shown = texts(app)
    assert "2 van de 3 paren wisselden iets uit" in shown
    assert "Paren die allebei gaven: 1. Zestig dagen of langer contact: 1." in shown
    assert "Er werd één keer om hulp gevraagd" in shown
    table = next(html.proto.body for html in app.get("html") if "kring-matrix" in html.proto.body)
    assert table.count('scope="row"') == 3
    assert table.count('scope="col"') == 4
    assert table.count("background:") == 3
    assert "Atelier &lt;A&gt;" in table
    assert "Eén van de 2 reacties wacht nog op een besluit" in shown
    assert "Nog niet gehoord over de nieuwste versie met reacties: beleid" in shown


def test_reach_never_adds_channels_up(
    loopback: None, stories_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = texts(opened(stories_home, monkeypatch, "reach"))
    assert "De LinkedIn-pagina heeft 1.100 volgers en de LinkedIn-groep heeft 600 leden" in shown
    assert "volgers, +200 in een jaar" in shown
    assert "LinkedIn-pagina en LinkedIn-groep samen: minstens 1.100 en hoogstens 1.700 mensen" in shown
    assert "LinkedIn meldt zelf 7 nieuwe volgers" in shown


@pytest.mark.parametrize(
    ("missed", "verdict", "phrase"),
    [
        (10, Verdict.NEAR, "ongeveer wat je bij toeval zou verwachten"),
        (14, Verdict.LOWER, "lager dan bij toeval: steeds dezelfde mensen"),
        (8, Verdict.HIGHER, "hoger dan bij toeval: elke activiteit trekt andere mensen"),
    ],
)
def test_the_verdict_has_fixed_words(missed: int, verdict: Verdict, phrase: str) -> None:
    one = found((0.44, 0.40, 0.36), missed, 10.75 + (verdict is Verdict.HIGHER) * 0.75)
    assert one.verdict is verdict
    assert f"**{phrase}**" in sentences.verdict(one, NL)


def test_five_points_are_still_about_chance() -> None:
    assert found((0.4, 0.4), 10, 12.5).verdict is Verdict.NEAR
    assert found((0.4, 0.4), 10, 12.6).verdict is Verdict.HIGHER


def test_hardly_any_visits_say_nothing_about_chance() -> None:
    assert found((0.01, 0.02), 49, 48.5).verdict is None
    assert found((0.01, 0.02), 44, 48.5).verdict is Verdict.HIGHER
    assert sentences.verdict(found((0.01, 0.02), 49, 48.5), NL) == ""


def test_few_members_get_counts_and_no_percentage() -> None:
    one = found((0.4, 0.4), 4, 3.0, eligible=7)
    assert one.verdict is None
    assert sentences.took_part(one, NL) == "Drie van zeven leden deden mee"
    assert "%" not in str(draw_lollipops(one, Style(LIGHT, NL)).alt)
    assert "%" not in tables.activities_table(one, NL).html(LIGHT)


def test_the_headline_has_both_shares() -> None:
    one = found((0.44, 0.40, 0.36), 10, 10.75)
    assert (
        sentences.took_part(one, NL)
        == "Van de leden deed acht op de tien mee, per activiteit vier op de tien"
    )
    assert sentences.took_part(one, EN) == "Of the members, eight in ten took part, four in ten per activity"
    assert sentences.missed(one, NL) == "Tien leden zagen we niet"


def test_whoever_came_often_is_counted_together() -> None:
    times = tuple(Times(place, 10 - place, 1.5) for place in range(10))
    rows = participation.folded(times)
    assert [row.activities for row in rows] == [0, 1, 2, 3, 4, 5, 6]
    assert rows[-1].is_or_more
    assert (rows[-1].people, rows[-1].expected) == (4 + 3 + 2 + 1, 6.0)
    assert participation.folded(times[:7]) == times[:7]
    assert sentences.times_name(rows[-1], 9, NL) == "Aan zes of meer"
    assert [sentences.times_name(Times(count, 1, 1), 3, NL) for count in (0, 1, 3)] == [
        "Aan geen enkele", "Aan één", "Aan alle drie",
    ]  # fmt: skip


def test_themes_that_run_through_one_another_are_no_windows() -> None:
    def windows(*themes: str) -> tuple[participation.ThemeWindow, ...]:
        held = [
            participation.Held("Reeks", date(2026, 1 + place, 1), theme, "", 5)
            for place, theme in enumerate(themes)
        ]
        return participation.theme_windows(held, "Reeks")

    assert [window.activities for window in windows("A", "A", "B")] == [2, 1]
    assert windows("A", "B", "A") == ()
    assert windows("A", "", "B") == ()
    assert participation.best_window(windows("A", "A", "A", "B")) == windows("A", "A", "A", "B")[0]
    assert participation.best_window(windows("A", "A", "B")) is None


def test_who_only_got_help_is_in_the_matrix_and_the_helper_is_not() -> None:
    rows = exchange.exchanges(dict(row) | {"contacts": 1} for row in stories()["exchange"])
    drawn = exchange.matrix(rows)
    assert drawn.parties == ("Atelier <A>", "Buurt B", "Centrum C")
    assert drawn.contacts == ((0, 1, 0), (1, 0, 1), (0, 0, 0))


def test_a_channel_keeps_its_measures_apart() -> None:
    rows = reach.channels(stories()["reach"])
    assert [(row.channel, row.measure) for row in rows] == [
        ("linkedin_page", "followers"), ("linkedin_group", "members"),
    ]  # fmt: skip
    flow = reach.channels(stories()["reach"], reach.FLOW)[0]
    assert reach.gained(flow, date(2026, 9, 1), date(2026, 9, 30)) == 7
    assert reach.gained(flow, date(2026, 9, 2), date(2026, 9, 30)) == 0


def test_bars_start_at_zero_and_ticks_only_stand_where_there_are_any() -> None:
    bars = (RankedBar("A", 10, "10", "toeval 11", 11.0), RankedBar("B", 4, "4"))
    spec = draw_ranked(bars, "Twee balken", Style(LIGHT, NL)).spec
    layers = spec["layer"]
    assert isinstance(layers, list)
    assert {row["low"] for row in layers[0]["data"]["values"]} == {0}
    assert len(layers[1]["data"]["values"]) == 1
