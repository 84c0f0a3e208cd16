"""The grammar of the charts: silent marks and speaking alt text, zero lines, open periods, no legend."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import pytest

from dashboard import charts, facts
from dashboard.charts.grammar import Drawing, Style, steps, wrapped
from dashboard.charts.members import place
from dashboard.charts.ranked import LINE, RankedBar, draw_ranked
from dashboard.facts import Milestone
from dashboard.navigation import Language
from dashboard.tokens import DARK, LIGHT
from dashboard.wording import Wording
from tests.dashboard.test_headlines import line, months, session

NL = Style(LIGHT, Wording(Language.DUTCH))
AS_OF = date(2026, 11, 21)
ROWS = months([12, 9, 15, 8, 14, 9, 11, 7, 12, 10, 13, 9, 5], start=0)
SESSIONS = (
    session(
        1,
        total=120,
        attended=None,
        registered=148,
        headcount_is_approximate=True,
        show_up_rate=None,
        first_timers=None,
        returning=None,
    ),
    session(2),
    session(3, total=None, attended=None, show_up_rate=None, first_timers=None, returning=None),
    session(4, total=2, attended=2, registered=3),
    session(5, title="Een hele lange naam van een bijeenkomst die op een telefoon niet op één regel past"),
)


@lru_cache
def drawings(style: Style) -> Mapping[str, Drawing]:
    placed, _ = place([Milestone("Start", date(2025, 12, 1))], ROWS, style)
    total = facts.balance(ROWS)
    assert total is not None
    points = tuple(charts.TrendPoint(row.end, row.closing, str(row.closing), row.is_open) for row in ROWS)
    groups = charts.draw_groups((line("A", 10, 40), line("B", 20, 22)), AS_OF, style)
    return {
        "trend": charts.draw_trend("Leden", points, style),
        "bars": charts.draw_bars("Bijeenkomsten", points, style),
        "members": charts.draw_members(ROWS, placed, AS_OF, style),
        "balance": charts.draw_balance(total, style),
        "flow": charts.draw_flow(ROWS, AS_OF, style),
        "group": groups[0],
        "pairs": charts.draw_registered_and_attended(SESSIONS, "2", style),
        "first": charts.draw_first_timers(SESSIONS, style),
    }


NAMES = ("trend", "bars", "members", "balance", "flow", "group", "pairs", "first")


def layers(spec: object) -> Iterator[dict[str, object]]:
    """Every layer that draws a mark."""
    if isinstance(spec, dict):
        if "mark" in spec:
            yield spec
        for part in spec.get("layer", []):
            yield from layers(part)


def marks(drawing: Drawing, kind: str) -> list[dict[str, object]]:
    found = [layer["mark"] for layer in layers(drawing.spec)]
    return [mark for mark in found if isinstance(mark, dict) and mark["type"] == kind]


@pytest.mark.parametrize("name", NAMES)
def test_no_legend_no_title_no_border_and_silent_marks(name: str) -> None:
    spec = drawings(NL)[name].spec
    config = spec["config"]
    assert isinstance(config, dict)
    assert (config["view"]["stroke"], config["aria"]) == (None, False)
    text = str(spec)
    assert "'legend': {" not in text
    for layer in layers(spec):
        assert isinstance(layer["mark"], dict)
        assert layer["mark"]["aria"] is False
        for channel in ("x", "y"):
            place_ = layer["encoding"].get(channel, {})  # type: ignore[attr-defined]
            assert "field" not in place_ or place_["title"] is None
        for channel in ("color", "fill", "stroke"):
            encoding = layer["encoding"]
            assert isinstance(encoding, dict)
            if "field" in encoding.get(channel, {}):
                assert encoding[channel]["scale"] is None


@pytest.mark.parametrize("name", NAMES)
def test_alt_text_tells_numbers_in_the_readers_language(name: str) -> None:
    drawing = drawings(NL)[name]
    assert any(letter.isdigit() for letter in drawing.alt)
    assert drawing.alt != drawings(Style(LIGHT, Wording(Language.ENGLISH)))[name].alt


@pytest.mark.parametrize("name", NAMES)
def test_dark_uses_dark_tokens_only(name: str) -> None:
    text = str(drawings(Style(DARK, NL.words))[name].spec)
    assert DARK.bg in text
    assert LIGHT.accent not in text
    assert LIGHT.ink2 not in text


@pytest.mark.parametrize("name", ["trend", "members"])
def test_open_period_is_dashed_to_a_hollow_dot(name: str) -> None:
    drawing = drawings(NL)[name]
    assert any(mark.get("strokeDash") for mark in marks(drawing, "line"))
    assert any(mark.get("fill") == LIGHT.bg for mark in marks(drawing, "point"))


@pytest.mark.parametrize("name", ["bars", "flow"])
def test_open_bar_is_pale_and_dashed(name: str) -> None:
    open_bars = [mark for mark in marks(drawings(NL)[name], "bar") if mark.get("strokeDash")]
    assert [mark["fillOpacity"] for mark in open_bars] == [0.16]


def test_complete_periods_only_need_no_dash() -> None:
    rows = months([5, 6, 7], open_last=False)
    assert not any(mark.get("strokeDash") for mark in marks(charts.draw_members(rows, (), AS_OF, NL), "line"))


@pytest.mark.parametrize("name", ["members", "balance", "bars"])
def test_counts_start_at_zero(name: str) -> None:
    for layer in layers(drawings(NL)[name].spec):
        encoding = layer["encoding"]
        assert isinstance(encoding, dict)
        for channel in ("x", "y"):
            domain = encoding.get(channel, {}).get("scale", {}).get("domain")
            if domain and isinstance(domain[0], int | float):
                assert domain[0] == 0


def test_flow_has_a_zero_line_in_base_and_room_on_both_sides() -> None:
    drawing = drawings(NL)["flow"]
    assert [mark["color"] for mark in marks(drawing, "rule")] == [LIGHT.base]
    assert "loopt nog" in str(drawing.spec)


def test_estimate_is_a_hollow_diamond_with_ca() -> None:
    drawing = drawings(NL)["pairs"]
    (diamond,) = [mark for mark in marks(drawing, "point") if mark.get("shape") == "diamond"]
    assert diamond["fill"] == LIGHT.bg
    assert "ca. 120" in str(drawing.spec)


def test_unknown_has_words_and_no_bar() -> None:
    for name in ("pairs", "first"):
        text = str(drawings(NL)[name].spec)
        assert "onbekend: nog geen presentielijst" in text
    bars = [layer for layer in layers(drawings(NL)["first"].spec) if layer["mark"]["type"] == "bar"]  # type: ignore[index]
    assert len(bars) == 1


def test_nothing_is_cut_off_long_names_take_two_lines() -> None:
    spec = str(drawings(NL)["pairs"].spec)
    for part in wrapped(
        "1 okt  Een hele lange naam van een bijeenkomst die op een telefoon niet op één regel past", 46
    ):
        assert part in spec
    assert "limit" not in spec


def test_milestone_labels_do_not_cross() -> None:
    rows = months([30] * 60, start=0, first=date(2021, 11, 1))
    marks_ = [
        Milestone(f"Mijlpaal {number}", date(2022, 1, 10) + timedelta(days=240 * number))
        for number in range(7)
    ]
    placed, left_over = place(marks_, rows, NL)
    assert placed
    assert len(placed) + len(left_over) == len(marks_)
    above = [one.label_y for one in placed if not one.hangs]
    below = [one.label_y for one in placed if one.hangs]
    assert above == sorted(above)
    assert below == sorted(below, reverse=True)
    for one in placed:
        assert one.mark_y > one.label_y if not one.hangs else one.mark_y < one.label_y


@pytest.mark.parametrize(
    ("highest", "expected"), [(1284, [0, 500, 1000]), (33, [0, 10, 20, 30]), (3, [0, 1, 2, 3]), (0, [0])]
)
def test_gridlines_are_round(highest: float, expected: list[float]) -> None:
    assert steps(highest) == expected


def test_small_multiples_name_the_same_months_also_for_a_young_group() -> None:
    old, whole = line("Oud", 10, 40), line("Jong", 20, 22)
    young = replace(whole, points=whole.points[8:])
    drawn = charts.draw_groups((old, young), AS_OF, NL)
    specs = [json.loads(json.dumps(drawing.spec)) for drawing in drawn]
    months_named = [spec["layer"][0]["encoding"]["x"]["axis"]["values"] for spec in specs]
    assert months_named[0] == months_named[1]
    assert len(months_named[0]) == 3


def test_a_tick_stands_clear_of_the_name_above_it() -> None:
    bars = (RankedBar("Aan alle drie", 3, "3", "toeval 3", tick=3.2), RankedBar("Aan één", 9, "9", tick=8))
    drawn = json.loads(json.dumps(draw_ranked(bars, "Aantal leden", NL).spec))["layer"]
    tops = [row["tick_top"] for row in drawn[1]["data"]["values"]]
    feet = [row["y"] + LINE / 2 for row in drawn[2]["data"]["values"]]
    assert [top > foot for top, foot in zip(tops, feet, strict=True)] == [True, True]


def test_at_most_nine_small_multiples() -> None:
    lines = tuple(line(f"Groep {number}", 10, 10 + number) for number in range(12))
    assert len(charts.draw_groups(lines, AS_OF, NL)) == 9


def test_empty_answers_draw_something() -> None:
    assert charts.draw_members((), (), AS_OF, NL).alt
    assert charts.draw_flow((), AS_OF, NL).alt
    assert charts.draw_trend("Leden", (), NL).alt
