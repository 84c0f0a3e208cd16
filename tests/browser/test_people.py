"""The page People in a real browser: find somebody, see who says what, and erase them in two steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.navigation import Language, page
from etl.home import Home
from etl.privacy.search import Needle, search
from tests.browser.conftest import serving
from tests.browser.test_pages import violations
from tests.browser.visits import PATIENCE, settle, visiting
from tests.cli.network import MEMBERS_HEADING, kring, new_home

pytestmark = pytest.mark.browser

ERASING = 180_000
CUT = """button => [...button.querySelectorAll('div')]
    .some(each => each.scrollWidth > each.clientWidth + 1)"""
LONG_NAME = "Wilhelmina Johanna Antonia van Oldenbarnevelt tot Rozenburg-Schimmelpenninck van der Oye"


def look_for(opened: Page, typed: str, found: str) -> None:
    """Type in the search field, and search, until the page says what was found."""
    opened.locator(".stForm input").first.fill(typed)
    opened.locator(".stForm input").first.press("Enter")
    expect(opened.locator(".st-key-fig-people")).to_contain_text(found, timeout=PATIENCE)
    settle(opened)


def open_first(opened: Page) -> None:
    """Open the page of the first who was found."""
    opened.locator(".st-key-treffer-0 button").click()
    opened.locator(".st-key-fig-timeline").wait_for()
    settle(opened)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = new_home(tmp_path_factory.mktemp("small") / "home")
    (home.inbox / "members 2.csv").write_text(f"{MEMBERS_HEADING}{LONG_NAME},lang@example.org,2026-03-03\n")
    done = kring("refresh", "--home", home.root)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def url(small: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(small, tmp_path_factory.mktemp("people")) as address:
        yield address


@pytest.mark.parametrize("language", Language)
def test_found_and_opened_it_is_accessible_and_fits_a_phone(
    chromium_browser: Browser, dashboard_url: str, language: Language
) -> None:
    with visiting(chromium_browser, dashboard_url, page("people"), language, width=390) as visit:
        look_for(visit.page, "van den", {"nl": "gevonden", "en": "found"}[language.value])
        assert violations(visit.page) == []
        open_first(visit.page)
        assert violations(visit.page) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert visit.complaints == []
        assert visit.outside == []


@pytest.mark.parametrize("width", [1360, 390])
def test_a_long_name_is_shown_whole(chromium_browser: Browser, url: str, width: int) -> None:
    with visiting(chromium_browser, url, page("people"), Language.DUTCH, width=width) as visit:
        look_for(visit.page, "wilhelmina", "1 persoon gevonden")
        button = visit.page.locator(".st-key-treffer-0 button")
        assert button.inner_text() == LONG_NAME
        assert not button.evaluate(CUT)


def test_what_would_go_can_be_read_in_the_dark(chromium_browser: Browser, url: str) -> None:
    with visiting(chromium_browser, url, page("people"), Language.ENGLISH, scheme="dark") as visit:
        opened = visit.page
        look_for(opened, "wilhelmina", "1 person")
        open_first(opened)
        opened.get_by_role("button", name="1. Show what would go").click()
        opened.get_by_role("button", name="Erase for good").wait_for(timeout=ERASING)
        opened.get_by_role("button", name="Erase for good").click()
        opened.get_by_text("Nothing was erased").wait_for()
        settle(opened)
        assert violations(opened) == []


def test_somebody_is_found_seen_and_erased_in_two_steps(
    chromium_browser: Browser, url: str, small: Home
) -> None:
    with visiting(chromium_browser, url, page("people"), Language.DUTCH) as visit:
        opened = visit.page
        look_for(opened, "persoon 17", "Persoon 17")
        assert "persoon" not in opened.url
        open_first(opened)
        told = opened.locator(".st-key-fig-timeline").inner_text()
        assert "Persoon 17 was bij 1 bijeenkomst" in told
        assert "Aanwezig: Eerste bijeenkomst (60 minuten)" in told
        assert "presence 1.csv, regel 18" in told
        assert "members.csv, regel 18" in told
        assert "persoon17@example.org" in opened.locator(".st-key-fig-sightings").inner_text()

        opened.get_by_role("button", name="Alles verzamelen").click()
        opened.get_by_role("button", name="Archief opslaan (ZIP)").wait_for(timeout=ERASING)
        settle(opened)  # the page still moves until its run is over

        opened.get_by_role("button", name="1. Laat zien wat er weggaat").click()
        field = opened.get_by_label("2. Typ VERWIJDER om deze persoon te verwijderen")
        field.wait_for(timeout=ERASING)
        settle(opened)
        assert violations(opened) == []
        going = opened.locator(".st-key-paneel-rights").inner_text()
        assert "1 rij van een ledenlijst" in going
        assert "2 ontvangen bestanden" in going
        field.fill("ja")
        opened.get_by_role("button", name="Definitief verwijderen").click()
        opened.get_by_text("Er is niets verwijderd").wait_for()

        field.fill("verwijder")
        opened.get_by_role("button", name="Definitief verwijderen").click()
        opened.get_by_text("Deze persoon is overal verwijderd").wait_for(timeout=ERASING)
        settle(opened)
        assert violations(opened) == []
        assert "niets gevonden" in opened.locator(".st-key-paneel-erased").inner_text()
        assert opened.locator(".stForm input").first.input_value() == "", (
            "who was erased is not searched again"
        )
        look_for(opened, "persoon17", "Niemand gevonden")
        assert visit.complaints == []
        assert not any("persoon" in each for each in visit.requested)
    assert search(small, [Needle("persoon17@example.org"), Needle("Persoon 17")]).found == ()
