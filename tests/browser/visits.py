"""A visit to one page in a real browser, and what the browser saw while it was there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request

from dashboard.navigation import Language, PageEntry

PATIENCE = 45_000  # the first run of a page on a loaded machine
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"] :is(.st-key-footer, .st-key-fault)'


QUIET = """() => new Promise((done) => {
    let timer = 0;
    const over = () => { watcher.disconnect(); done(); };
    const again = () => { clearTimeout(timer); timer = setTimeout(over, 400); };
    const watcher = new MutationObserver(again);
    watcher.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
    again();
    setTimeout(over, 10000);
})"""
"""Done when nothing changed for 400 ms: the shell follows a change after 60 ms, on a busy machine later."""


@dataclass
class Visit:
    """One open page."""

    entry: PageEntry
    language: Language
    page: Page
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """What was asked of any other computer."""
        hosts = {url: urlsplit(url).hostname for url in self.requested}
        return [url for url, host in hosts.items() if host not in (None, "127.0.0.1", "localhost")]

    def hear(self, message: ConsoleMessage) -> None:
        """Keep errors of the page; a file it looks for and does not need is none."""
        if message.type == "error" and "404" not in message.text:
            self.complaints.append(message.text)

    def see(self, request: Request) -> None:
        """Keep every address asked for."""
        self.requested.append(request.url)


def until(page: Page, expression: str, seconds: float = PATIENCE / 1000) -> None:
    """Wait until an expression holds. Playwright's own way needs `eval`, which the page forbids."""
    for _ in range(round(seconds * 10)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never held: {expression}")


def settle(page: Page) -> None:
    """Wait until the run is over and the charts stand still."""
    page.wait_for_selector(SETTLED, state="attached", timeout=PATIENCE)
    page.evaluate("document.fonts.ready")
    until(
        page,
        "[...document.querySelectorAll('[data-testid=\"stVegaLiteChart\"]')]"
        ".every(chart => chart.querySelector('svg, canvas'))",
    )
    page.evaluate(QUIET)


def address(url: str, entry: PageEntry, language: Language, is_first: bool) -> str:
    """Where a page is."""
    return f"{url}/{'' if is_first else entry.path}?lang={language.value}"


def _seen(context: BrowserContext) -> str:
    """What stood on the page when a test failed; its people are invented."""
    try:
        return "\n".join(page.locator("body").inner_text(timeout=5_000) for page in context.pages)
    except Error as error:
        return f"the page cannot be read: {error.message}"


@contextmanager
def visiting(
    browser: Browser,
    url: str,
    entry: PageEntry,
    language: Language,
    *,
    scheme: str = "light",
    width: int = 1360,
    height: int = 900,
    pixels: float = 1,
) -> Iterator[Visit]:
    """Open a page as a new visitor and wait until it is complete."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="nl-NL" if language is Language.DUTCH else "en-GB",
        timezone_id="Europe/Amsterdam",
        device_scale_factor=pixels,
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        visit = Visit(entry, language, page)
        page.on("request", visit.see)
        page.on("console", visit.hear)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.goto(address(url, entry, language, entry.path == "overzicht"))
        settle(page)
        yield visit
    except BaseException:
        print(_seen(context))
        raise
    finally:
        context.close()
