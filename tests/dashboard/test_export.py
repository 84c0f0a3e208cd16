"""Figures as pictures: title, source and as-of line inside, in Kring's own fonts, in any scheme."""

from __future__ import annotations

import json
import struct
from datetime import date

import pytest

from dashboard.charts.grammar import Drawing, Style
from dashboard.charts.public_members import PublicPoint, draw_public_members
from dashboard.export import picture_spec, png, svg, without_marks
from dashboard.navigation import Language
from dashboard.pictures import TITLE_FONT, as_png
from dashboard.tokens import DARK, LIGHT, TEXT_FONT, Tokens
from dashboard.wording import Wording

HEADLINE, SUBTITLE = "Het netwerk telt 1.215 leden", "Leden per **kwartaal**, :orange[beëindigd] niet"
SOURCE = "Bron: ledenadministratie · peildatum 21 november 2026"


def drawing(tokens: Tokens = LIGHT) -> Drawing:
    points = tuple(PublicPoint(date(2024, month, 28), month * 100) for month in range(1, 12))
    return draw_public_members(points, Style(tokens, Wording(Language.DUTCH)), 600)


def test_words_stand_in_the_picture_as_text() -> None:
    drawn = svg(HEADLINE, SUBTITLE, SOURCE, [drawing()]).decode()
    for words in (HEADLINE, "Leden per kwartaal, beëindigd niet", SOURCE, "1.100"):
        assert f">{words}</text>" in drawn
    assert f'font-family="{TITLE_FONT}"' in drawn
    assert f'font-family="{TEXT_FONT}"' in drawn
    assert "http://" not in drawn.replace("http://www.w3.org/", "")


def test_png_is_a_picture_of_a_useful_size() -> None:
    data = png(HEADLINE, SUBTITLE, SOURCE, [drawing()])
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert 1500 < width < 2000
    assert 500 < height < 1400


@pytest.mark.parametrize("family", [TITLE_FONT, TEXT_FONT])
def test_our_own_fonts_draw_it(family: str) -> None:
    """A font that is not there is replaced silently: then both pictures would be the same."""
    spec = json.dumps(picture_spec(HEADLINE, "", SOURCE, [drawing()]))
    missing = json.loads(spec.replace(f'"{family}"', '"No Such Font"'))
    assert as_png(json.loads(spec)) != as_png(missing)


def test_who_works_in_the_dark_still_gets_a_light_picture() -> None:
    assert picture_spec(HEADLINE, SUBTITLE, SOURCE, [drawing(DARK)]) == picture_spec(
        HEADLINE, SUBTITLE, SOURCE, [drawing(LIGHT)]
    )


def test_small_multiples_keep_their_headings() -> None:
    each = Drawing(drawing().spec, "words", "Vlaanderen", "+88 in 12 maanden")
    drawn = svg(HEADLINE, SUBTITLE, SOURCE, [each] * 4).decode()
    assert drawn.count(">Vlaanderen +88 in 12 maanden</text>") == 4


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**252** leden", "252 leden"),
        (":orange[ended] and :blue[new]", "ended and new"),
        (r"a \* b \[c\]", "a * b [c]"),
        (r"1 \+ 2 \- 3", "1 + 2 - 3"),
    ],
)
def test_marks_of_markdown_are_left_out(markdown: str, plain: str) -> None:
    assert without_marks(markdown) == plain
