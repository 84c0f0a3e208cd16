"""The public page in a real browser: nothing to complain of, nothing from elsewhere, nothing cut off."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from dashboard.navigation import Language
from dashboard.site import PATHS
from etl.home import Home
from flows.publishing import publish_site

pytestmark = pytest.mark.browser

# A letter that a font lacks is drawn by the font named after it, and so has the width of that one.
LACKING = """([family, nodes, names]) => {
    const pen = document.createElement("canvas").getContext("2d");
    const width = (letter, next) => {
        pen.font = `600 40px "${family}", ${next}`;
        return pen.measureText(letter).width;
    };
    const texts = [...document.querySelectorAll(nodes)].map(node => node.textContent);
    const lacks = letter => width(letter, "monospace") !== width(letter, "serif");
    return [...new Set(texts.join("") + names)].filter(lacks).join("");
}"""
NAMES = "Daniëlle Øyvind Ångström Coöperatie ’s-Hertogenbosch “À É Ü” ñ ß œ & (50%) 3 × Ж"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, demo: Home) -> Path:
    """The demo network, published in a copy of its home."""
    copy = Home(tmp_path_factory.mktemp("public") / "home")
    shutil.copytree(demo.root, copy.root)
    return copy.public / publish_site(copy).publication / "site"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_and_has_the_bars_and_the_tables(
    chromium_browser: Browser, site: Path, scheme: str
) -> None:
    context = chromium_browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    try:
        page = context.new_page()
        page.goto((site / PATHS[Language.DUTCH] / "index.html").as_uri())
        page.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")
        look = "element => { const s = getComputedStyle(element); return [s.backgroundColor, s.color] }"
        assert page.locator("body").evaluate(look) == ["rgb(255, 255, 255)", "rgb(15, 23, 32)"]
        bars = page.locator(".bars i")
        kept = bars.evaluate_all("all => all.map(bar => getComputedStyle(bar).printColorAdjust)")
        assert set(kept) == {"exact"}, "paper leaves backgrounds out, and a bar is one"
        assert page.locator("table").count() == page.locator("table:visible").count() == 2
        assert page.locator("a:visible").count() == 0, "a link does nothing on paper"
    finally:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390])
@pytest.mark.parametrize("language", list(Language))
def test_the_page_has_no_fault(
    chromium_browser: Browser, site: Path, language: Language, width: int, scheme: str
) -> None:
    context = chromium_browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    try:
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto((site / PATHS[language] / "index.html").as_uri())
        fonts = page.evaluate("document.fonts.ready.then(fonts => [...fonts].map(font => font.status))")
        assert fonts == ["loaded", "loaded"]
        for family, nodes in (("Public Sans", "body"), ("Kring Serif", "h1, h2, .value")):
            assert page.evaluate(LACKING, [family, nodes, NAMES]) == "×Ж", "a letter of the page"
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for details in page.locator("summary").all():
            details.click()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("svg[role=img]:visible").count() == 1
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert said == []
    finally:
        context.close()
