"""Figures beside one another start and end at one height, as charts and as tables; no table is too broad."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from dashboard.navigation import Language, page
from tests.browser.visits import settle, visiting

pytestmark = pytest.mark.browser

BESIDE = """() => {
    const shown = '[data-testid="stVegaLiteChart"], [data-testid="stDataFrame"], table';
    const top = element => Math.round(element.getBoundingClientRect().top);
    const figures = [...document.querySelectorAll('[class*="st-key-fig-"]')].map(figure => [
        top(figure),
        top(figure.querySelector(shown) ?? figure),
        Math.round(figure.getBoundingClientRect().bottom),
    ]);
    return figures.flatMap((one, place) => figures.slice(place + 1).map(other => [one, other]))
        .filter(([one, other]) => one[0] === other[0]);
}"""
TOO_BROAD = """() => [...document.querySelectorAll('[class*="st-key-fig-"] table')]
    .filter(table => table.scrollWidth > table.closest('[class*="st-key-fig-"]').clientWidth + 1)
    .map(table => table.caption.textContent)"""
SWITCHES = '[class*="st-key-switch-"] button'


@pytest.mark.parametrize(
    ("key", "language", "pairs"),
    [
        ("overview", Language.DUTCH, 1),
        ("growth", Language.ENGLISH, 1),
        ("sessions", Language.ENGLISH, 0),
        ("themes", Language.DUTCH, 0),
        ("participation", Language.DUTCH, 1),
        ("exchange", Language.DUTCH, 1),
        ("update", Language.DUTCH, 0),
    ],
)
def test_they_start_and_end_at_one_height_and_fit(
    chromium_browser: Browser, dashboard_url: str, key: str, language: Language, pairs: int
) -> None:
    with visiting(chromium_browser, dashboard_url, page(key), language) as visit:
        opened = visit.page
        switches = opened.locator(SWITCHES)
        for number in range(switches.count() + 1):
            if number:  # one more figure shows its table
                switches.nth(number - 1).click()
                settle(opened)
            beside = opened.evaluate(BESIDE)
            assert len(beside) == pairs
            for one, other in beside:
                assert one[2] == other[2], "they end at one height"
                if key != "overview":  # what asks for attention there is a list
                    assert one[1] == other[1], "what they show begins at one height"
            assert opened.evaluate(TOO_BROAD) == []
        opened.set_viewport_size({"width": 390, "height": 900})
        settle(opened)
        assert opened.evaluate(TOO_BROAD) == [], "on a phone either"
