"""Tables as HTML and CSV."""

from __future__ import annotations

import sys
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.controls import chosen, code_of
from dashboard.facts import Period
from dashboard.navigation import Language
from dashboard.tables import Cell, Column, Table, growth_table, recent_table, sessions_table
from dashboard.tokens import LIGHT
from dashboard.wording import Wording
from tests.dashboard.test_headlines import session

NL = Wording(Language.DUTCH)
AS_OF = date(2026, 11, 21)


def test_html_is_escaped_and_has_headers() -> None:
    html = recent_table([session(1, title="<script>alert(1)</script>")], AS_OF, NL).html(LIGHT)
    assert "<script>" not in html
    assert html.count('scope="col"') == 6  # the bars have no heading: the numbers stand beside them
    assert html.count('scope="row"') == 1
    assert 'aria-hidden="true"' in html


def test_csv_has_values_and_no_bars() -> None:
    text = recent_table([session(1)], AS_OF, NL).csv().decode("utf-8-sig")
    assert text.splitlines() == [
        "held_on,title,working_group,registered,total,first_timers",
        "2026-10-01,Sessie 1,,20,14,4",
    ]


def test_csv_leaves_unknown_empty_and_keeps_formulas_out() -> None:
    row = session(1, title="=1+1", total=None, attended=None, show_up_rate=None)
    line = sessions_table([row], AS_OF, NL).csv().decode("utf-8-sig").splitlines()[1]
    assert line.startswith("2026-10-01,'=1+1,,20,,False,,")
    assert "' =1+1" in sessions_table([session(1, title=" =1+1")], AS_OF, NL).csv().decode()


def test_estimate_is_hatched() -> None:
    sure, guess = session(1), session(2, total=40, attended=None, headcount_is_approximate=True)
    html = recent_table([sure, guess], AS_OF, NL).html(LIGHT)
    assert html.count("repeating-linear-gradient") == 1
    assert "ca. 40" in html


def test_the_growth_table_fits_half_a_page_and_its_csv_has_everything() -> None:
    month = Period(date(2026, 10, 1), date(2026, 10, 31), False, 10, 3, 1, 2, 0, 12)
    last = Period(date(2026, 11, 1), AS_OF, True, 12, 1, 0, 0, -2, 11)
    table = growth_table((month, last), NL)
    assert table.csv().decode("utf-8-sig").splitlines() == [
        "period_start,period_end,is_open,opening,new,returned,ended,corrections,closing",
        "2026-11-01,2026-11-21,True,12,1,0,0,-2,11",
        "2026-10-01,2026-10-31,False,10,3,1,2,0,12",
    ]
    html = table.html(LIGHT)
    assert html.count('scope="col"') == 7
    assert "nov&nbsp;2026</th>" not in html, "an open period says so"
    assert '<span class="kring-under">loopt nog</span>' in html
    assert "okt&nbsp;2026</th>" in html
    assert "\N{MINUS SIGN}2" in html
    assert growth_table((month,), NL).html(LIGHT).count('scope="col"') == 6, "nothing was corrected"
    quarter = Period(date(2026, 7, 1), date(2026, 9, 30), False, 10, 3, 1, 2, 0, 12)
    assert "juli\N{EN DASH}september" in growth_table((quarter,), NL).html(LIGHT)


def test_share_under_ten_is_a_fraction() -> None:
    html = sessions_table([session(1, registered=7, show_up_rate=3 / 7)], AS_OF, NL).html(LIGHT)
    assert "3 van 7" in html
    assert "43%" not in html


def test_a_value_of_nothing_is_empty_not_none() -> None:
    table = Table("x", (Column("a", "A"),), ((Cell(None, "onbekend"),),))
    assert table.csv().decode("utf-8-sig").splitlines() == ["a", '""']


def test_codes_are_stable_and_forgiving() -> None:
    values = ("Leernetwerk mbo", "Kennisbasis", "Één & ander")
    assert [code_of(value) for value in values] == ["leernetwerk-mbo", "kennisbasis", "een-ander"]
    assert chosen("leernetwerk-mbo", values, "") == "Leernetwerk mbo"
    assert chosen("weg", values, "") == ""
    assert chosen(None, values, "") == ""


def test_names_without_our_letters_have_codes_of_their_own() -> None:
    values = ("Ομάδα", "研究者")
    assert len({code_of(value) for value in values}) == 2
    for value in values:
        assert chosen(code_of(value), values, "") == value


def test_a_broad_table_scrolls_in_a_box_of_its_own_and_keeps_its_dates_on_one_line() -> None:
    columns = tuple(Column(f"c{number}", f"Kolom {number}") for number in range(9))
    row = (Cell(AS_OF, "21 nov 2026"), *(Cell(number, f"{number} of meer") for number in range(8)))
    html = Table("Alles", columns, (row,)).scrolled(LIGHT)
    assert html.startswith('<div class="kring-scroll" tabindex="0" role="group" aria-label="Alles"><table')
    assert "21&nbsp;nov&nbsp;2026" in html
    assert "1 of meer" in html, "words may wrap"
    assert "21&nbsp;nov&nbsp;2026" in Table("Smal", columns[:1], (row[:1],)).html(LIGHT)


def long_table() -> None:
    """Forty rows, as a page draws them."""
    from datetime import date

    from dashboard.charts.grammar import Style
    from dashboard.figure import show_table
    from dashboard.navigation import Language
    from dashboard.tables import Cell, Column, Table
    from dashboard.tokens import LIGHT
    from dashboard.wording import Wording

    columns = tuple(
        Column(name, name.capitalize()) for name in ("day", "people", "guess", "share", "why", "lines")
    )
    day, share = date(2026, 3, 16), Cell(0.682, "68,2%")
    known = (
        Cell(day, "16 maart 2026"), Cell(1250, "1.250"), Cell(130, "ca. 130"), share,
        Cell("no event_id", "geen nummer", under="regel 1"), Cell(2, "1.512 en 1.513"),
    )  # fmt: skip
    unknown = (Cell(day, "16 maart 2026"), Cell(0, "0"), Cell(None, "onbekend"), share, *known[4:])
    table = Table("Alles", columns, (known,) * 39 + (unknown,))
    show_table(table, Style(LIGHT, Wording(Language.DUTCH)))


def test_a_long_table_says_what_a_short_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    # The script becomes the main module, which a reader that a later test starts would run again.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    test = AppTest.from_function(long_table).run()
    assert not test.exception
    frame = test.dataframe[0].value
    first, last = frame.iloc[0], frame.iloc[-1]
    assert (first["People"], first["Share"], first["Guess"]) == (1250, 0.682, "ca. 130"), "numbers sort"
    assert (last["Guess"], first["Why"], first["Lines"]) == (
        "onbekend",
        "geen nummer · regel 1",
        "1.512 en 1.513",
    )


def long_growth() -> None:
    """Forty months, as a page draws them."""
    from datetime import date, timedelta

    from dashboard.charts.grammar import Style
    from dashboard.facts import Period
    from dashboard.figure import show_table
    from dashboard.navigation import Language
    from dashboard.tables import growth_table
    from dashboard.tokens import LIGHT
    from dashboard.wording import Wording

    starts = [date(2023 + month // 12, month % 12 + 1, 1) for month in range(40)]
    ends = [(day + timedelta(days=31)).replace(day=1) - timedelta(days=1) for day in starts]
    rows = [
        Period(start, end, start == starts[-1], 9, 1, 0, 0, 0, 10)
        for start, end in zip(starts, ends, strict=True)
    ]
    words = Wording(Language.DUTCH)
    show_table(growth_table(rows, words), Style(LIGHT, words))


def test_a_period_in_a_long_table_is_no_day_and_says_that_it_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    test = AppTest.from_function(long_growth).run()
    assert not test.exception
    periods = list(test.dataframe[0].value["Periode"])
    assert {"jan 2023", "apr 2026 · loopt nog"} <= set(periods)
