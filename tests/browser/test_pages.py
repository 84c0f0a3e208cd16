"""Every page in a real browser: opens, right language, accessible, this computer only, fits a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from dashboard.navigation import PAGES, Language, page
from tests.browser.visits import Visit, settle, visiting

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ENGLISH_BUILT_IN = (
    "Skip to main content", "App pages", "Sidebar", "Collapse sidebar", "Navigate to home page", "Show data",
    "Download as PNG", "Fullscreen", "Help for", "Clear all", "Choose an option", "Upload", "per file",
    "Link to heading", "Vega visualization", "axis titled",
)  # fmt: skip
EVERYWHERE = [(entry.key, language) for entry in PAGES for language in Language]


def violations(opened: Page) -> list[str]:
    """What axe finds, one line each."""
    opened.evaluate(AXE)
    found = json.loads(
        opened.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
            ".then(result => JSON.stringify(result.violations))",
            RULES,
        )
    )
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def spoken(opened: Page) -> list[str]:
    """Every text and every label that a reader or a screen reader gets."""
    found: list[str] = opened.evaluate(
        """() => [
            ...[...document.querySelectorAll('[aria-label], [title], [placeholder]')]
                .filter(element => !element.closest('[aria-hidden="true"]'))
                .flatMap(element => [element.ariaLabel, element.title, element.placeholder]),
            ...document.body.innerText.split('\\n'),
        ].filter(Boolean)"""
    )
    return found


@pytest.fixture(scope="module", params=EVERYWHERE, ids=lambda param: f"{param[0]}-{param[1].value}")
def visit(request: pytest.FixtureRequest, chromium_browser: Browser, dashboard_url: str) -> Iterator[Visit]:
    """One visit for all tests of a page in a language."""
    key, language = request.param
    with visiting(chromium_browser, dashboard_url, page(key), language) as opened:
        yield opened


def test_it_opens_without_an_error(visit: Visit) -> None:
    opened = visit.page
    assert opened.locator('[data-testid="stException"], .st-key-fault').count() == 0
    assert opened.locator('[data-testid="stMain"] h1').count() == 1
    assert visit.complaints == []


def test_language_and_title_are_the_readers(visit: Visit) -> None:
    title = visit.entry.title.in_language(visit.language)
    assert visit.page.evaluate("document.documentElement.lang") == visit.language.value
    assert visit.page.title() == f"{title} · Kring"
    listed = visit.page.locator('[aria-current="page"]').inner_text().splitlines()[-1].strip()
    assert re.sub(r" \(\d+\)$", "", listed) == title, "the menu may add how much waits"


def test_no_built_in_english_is_left_in_dutch(visit: Visit) -> None:
    if visit.language is not Language.DUTCH:
        assert "Skip to main content" in spoken(visit.page)
        return
    left = [text for text in spoken(visit.page) if any(text.startswith(each) for each in ENGLISH_BUILT_IN)]
    assert left == []


def test_the_fonts_are_kring_s_own(visit: Visit) -> None:
    loaded = visit.page.evaluate(
        "[...document.fonts].filter(font => font.status === 'loaded')"
        ".map(font => font.family.replaceAll('\"', ''))"
    )
    assert {"Public Sans", "Source Serif"} <= set(loaded)


def test_nothing_is_asked_of_another_computer(visit: Visit) -> None:
    assert visit.requested
    assert visit.outside == []


def test_axe_finds_nothing(visit: Visit) -> None:
    assert violations(visit.page) == []


def test_every_chart_is_described(visit: Visit) -> None:
    charts = visit.page.locator('[data-testid="stVegaLiteChart"] [role="graphics-document"]')
    names = [charts.nth(index).get_attribute("aria-label") or "" for index in range(charts.count())]
    assert [name for name in names if len(name) < 20] == []


BEYOND_THE_EDGE = """() => [...document.querySelectorAll('[data-testid="stMain"] *')]
    .filter(element => element.getBoundingClientRect().right > 391)
    .filter(element => !element.closest('.kring-hidden, [data-testid="stDataFrame"], pre, code, svg'))
    .map(element => element.dataset.testid || element.className || element.tagName).slice(0, 5)"""


def test_a_phone_needs_no_sideways_scroll(visit: Visit) -> None:
    """Last of a visit: it changes the window."""
    visit.page.set_viewport_size({"width": 390, "height": 844})
    wide: list[str] = []
    for _ in range(20):  # charts are drawn anew, one after the other
        visit.page.wait_for_timeout(250)
        wide = visit.page.evaluate(BEYOND_THE_EDGE)
        if not wide:
            break
    assert wide == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


NARROW = """() => [...document.querySelectorAll('[data-testid="stColumn"]')]
    .filter(column => column.querySelector('[class*="st-key-fig-"], [class*="st-key-paneel"]'))
    .map(column => Math.round(column.getBoundingClientRect().width)).filter(width => width < 280)"""
BEYOND_THE_PAGE = """() => {
    const main = document.querySelector('[data-testid="stMainBlockContainer"]');
    const edge = main.getBoundingClientRect().right - parseFloat(getComputedStyle(main).paddingRight) + 1;
    return [...main.querySelectorAll('table, h2, h3, p, svg')]
        .filter(element => element.getBoundingClientRect().right > edge)
        .map(element => element.className.baseVal ?? element.className).slice(0, 5);
}"""


@pytest.mark.parametrize("key", ["overview", "growth", "sessions", "participation", "reach"])
def test_enlarged_to_200_percent_nothing_is_squeezed_or_cut(
    key: str, chromium_browser: Browser, dashboard_url: str
) -> None:
    """A window of 1360 enlarged twice is 680 wide, and no phone; 820 is a tablet with the menu beside."""
    with visiting(chromium_browser, dashboard_url, page(key), Language.DUTCH, width=680) as opened:
        for width in (680, 820):
            opened.page.set_viewport_size({"width": width, "height": 900})
            settle(opened.page)
            assert opened.page.evaluate(NARROW) == []
            assert opened.page.evaluate(BEYOND_THE_PAGE) == []


@pytest.mark.parametrize("key", ["overview", "participation", "exchange", "data"])
@pytest.mark.parametrize("width", [1360, 390])
def test_axe_finds_nothing_in_english_and_dark(
    key: str, width: int, chromium_browser: Browser, dashboard_url: str
) -> None:
    with visiting(
        chromium_browser, dashboard_url, page(key), Language.ENGLISH, scheme="dark", width=width
    ) as opened:
        background = opened.page.evaluate(
            "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
        )
        assert background == "rgb(16, 23, 30)"
        assert violations(opened.page) == []
