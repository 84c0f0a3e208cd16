"""A theme gets a name on screen, and every page has it after the refresh that follows by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.navigation import Language, page
from etl.decisions import Decisions
from etl.home import Home
from tests.browser.visits import PATIENCE, settle, visiting

pytestmark = pytest.mark.browser

NAME = "Eigen naam van het netwerk"
UPDATED = 120_000


@pytest.fixture
def no_names_left(demo: Home) -> Iterator[None]:
    """The demo network is shared: its next reader finds the names of the machine."""
    yield
    with Decisions(demo) as decisions:
        while decisions.undo_theme():
            pass


def heading(opened: Page) -> str:
    return opened.locator(".st-key-paneel h2").inner_text()


@pytest.mark.usefixtures("no_names_left")
def test_a_theme_is_renamed_on_screen(chromium_browser: Browser, dashboard_url: str) -> None:
    with visiting(chromium_browser, dashboard_url, page("themes"), Language.DUTCH) as visit:
        opened = visit.page
        before = heading(opened)
        opened.get_by_role("button", name="Naam wijzigen").click()
        field = opened.get_by_role("dialog").get_by_label("Naam in het Nederlands")
        expect(field).to_have_value(before, timeout=PATIENCE)
        field.fill(NAME)
        field.press("Tab")
        opened.get_by_role("button", name="Naam bewaren").click()
        expect(opened.locator(".st-key-paneel h2")).to_have_text(NAME, timeout=UPDATED)
        settle(opened)
        opened.get_by_text("Mensen gaven deze naam").wait_for(timeout=PATIENCE)
        alt = opened.locator('[role="graphics-document"]').first.get_attribute("aria-label")
        assert NAME in (alt or "")
        chosen = opened.locator(".st-key-filters").get_by_label("Thema in detail")
        expect(chosen).to_have_value(NAME, timeout=PATIENCE)
        assert visit.complaints == []
        opened.get_by_role("button", name="Naam terugnemen").click()
        expect(opened.locator(".st-key-paneel h2")).to_have_text(
            re.compile(re.escape(before)), timeout=UPDATED
        )
