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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, demo: Home) -> Path:
    """The demo network, published in a copy of its home."""
    copy = Home(tmp_path_factory.mktemp("public") / "home")
    shutil.copytree(demo.root, copy.root)
    return copy.public / publish_site(copy).publication / "site"


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
