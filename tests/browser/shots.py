"""`make shots`: a picture of every page, in both languages, light and dark, wide and on a phone, into shots/.

Look at them beside one another after every change of the look. Given names of pages, it takes only those.
`KRING_SHOTS_HOME` names a home to show instead of the demo network.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, TimeoutError

from dashboard.navigation import PAGES, Language, PageEntry
from etl.home import Home
from tests.browser.conftest import browsing, make_demo, serving
from tests.browser.visits import settle, visiting
from tests.conftest import NO_CHROMIUM, chromium

FOLDER = Path(__file__).parents[2] / "shots"
SCHEMES = ("light", "dark")
WIDTHS = {1360: 1.0, 390: 2.0}  # a phone has two pixels for one
MOST_HEIGHT = 6000
TRIES = 5


def whole_page(page: Page) -> None:
    """Make the window as high as the page: Streamlit scrolls inside it."""
    height = page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": min(int(height), MOST_HEIGHT)})
    settle(page)


def search_people(page: Page) -> None:
    """Look for a name that several people of the demo have."""
    page.get_by_role("textbox").fill("dries van den")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.locator(".st-key-fig-people").wait_for()


def open_person(page: Page) -> None:
    """Open the page of the first person that was found; in a network of others there may be none."""
    first = page.locator(".st-key-treffer-0 button")
    if first.count():
        first.click()
        page.locator(".st-key-fig-timeline").wait_for()


def choose_first(page: Page, box: Locator) -> None:
    """Open a list and take its first line; a list that opens while the page is drawn may close again."""
    for _ in range(TRIES):
        box.click()
        with suppress(TimeoutError):
            page.get_by_role("option").first.click(timeout=3_000)
            return
    raise AssertionError("the list did not stay open")


def open_mapping(page: Page) -> None:
    """Open the form of the first mapping; a network may have none."""
    listed = page.locator(".st-key-fig-mappings")
    if listed.count():
        choose_first(page, listed.get_by_role("combobox"))
        listed.get_by_test_id("stCheckbox").first.locator("label").click()
        page.locator(".st-key-look-edit-0").wait_for()


# What is to be seen only after a click: the name of the picture, and the click.
FURTHER: dict[str, tuple[tuple[str, Callable[[Page], None]], ...]] = {
    "data": (("data-mapping", open_mapping),),
    "people": (("people-found", search_people), ("people-person", open_person)),
}


def take(
    browser: Browser, url: str, entry: PageEntry, language: Language, scheme: str, width: int
) -> Iterator[Path]:
    """The pictures of one page."""
    look = f"{language.value}-{scheme}-{width}.png"
    with visiting(browser, url, entry, language, scheme=scheme, width=width, pixels=WIDTHS[width]) as visit:
        for name, step in ((entry.key, None), *FURTHER.get(entry.key, ())):
            visit.page.set_viewport_size({"width": width, "height": 900})
            settle(visit.page)  # a click while the page still grows or shrinks goes beside
            if step is not None:
                step(visit.page)
                settle(visit.page)
            whole_page(visit.page)
            file = FOLDER / f"{name}-{look}"
            visit.page.screenshot(path=file)
            yield file


def main(wanted: list[str]) -> int:
    """Every picture that was asked for."""
    path = chromium()
    if path is None:
        print(NO_CHROMIUM, file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    entries = [entry for entry in PAGES if not wanted or entry.key in wanted]
    with tempfile.TemporaryDirectory(prefix="kring-shots-") as folder:
        given = os.environ.get("KRING_SHOTS_HOME")
        home = Home(Path(given).absolute()) if given else Home(Path(folder) / "home")
        if not given:
            make_demo(home)
        with serving(home, Path(folder)) as url, browsing(path) as browser:
            for entry, language, scheme, width in product(entries, Language, SCHEMES, WIDTHS):
                for file in take(browser, url, entry, language, scheme, width):
                    print(file.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
