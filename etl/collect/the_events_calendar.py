"""The agenda of a WordPress site with The Events Calendar: every public event since a day, page by page.

The site answers 50 events at a time and says where the next page is. Dates are always given, because without
them it starts at yesterday; the last one is fixed, so that the same agenda always gives the same pages. An
empty agenda, and a page past the end, is a 404 with a code of its own. A set of pages counts only when it is
whole: all the events it says there are, each once. An agenda that changes meanwhile is read once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject
    from etl.settings import CollectSettings

PATH = "/wp-json/tribe/events/v1/events"
PAGE_SIZE = 50
LAST_DAY = "2099-12-31 23:59:59"
NOTHING_THERE = "event-archive-page-not-found"
MOST_PAGES = 1_000
ATTEMPTS = 2


def collect(settings: CollectSettings, client: Client) -> tuple[JsonObject, ...]:
    """All pages of the agenda; none when it is empty. Raises CollectError."""
    for _ in range(ATTEMPTS):
        pages = _pages(settings, client)
        if _is_whole(pages):
            return pages
    raise client.refusal(
        "an agenda that is not whole", "as many events as it says", "The next refresh tries again."
    )


def _pages(settings: CollectSettings, client: Client) -> tuple[JsonObject, ...]:
    pages: list[JsonObject] = []
    seen: set[str] = set()
    ids: set[str] = set()
    url: str | None = _first(settings)
    while url:
        if url in seen or len(pages) >= MOST_PAGES:
            raise client.refusal("pages that go round in a circle", "an end")
        seen.add(url)
        page = client.get_json(url)
        if page.status == 404:
            if page.body.get("code") != NOTHING_THERE:
                raise client.refusal(
                    "no agenda of The Events Calendar (HTTP 404)", f"one at {PATH}",
                    "Correct base_url in kring.toml, or switch the plug-in's REST API on.",
                )  # fmt: skip
            break
        events = page.body.get("events")
        if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
            raise client.refusal("JSON without a list of events", "pages of The Events Calendar")
        pages.append(page.body)
        here = {str(event.get("id")) for event in events}
        url = _next(page.body, settings) if events and not here & ids else None
        ids |= here
    return tuple(pages)


def _first(settings: CollectSettings) -> str:
    asked = {
        "page": 1, "per_page": PAGE_SIZE, "start_date": f"{settings.from_on.isoformat()} 00:00:00",
        "end_date": LAST_DAY,
    }  # fmt: skip
    return f"{settings.base_url}{PATH}?{urlencode(asked)}"


def _next(page: JsonObject, settings: CollectSettings) -> str | None:
    """Where the page says the next one is; a site behind a proxy may think that it is plain http."""
    written = page.get("next_rest_url")
    if not isinstance(written, str) or not written:
        return None
    base = urlsplit(settings.base_url)
    plain = f"http://{base.netloc}/"
    return (
        f"{base.scheme}://{base.netloc}/{written.removeprefix(plain)}"
        if written.startswith(plain)
        else written
    )


def _is_whole(pages: tuple[JsonObject, ...]) -> bool:
    """Whether all pages tell of the same number of events, and that many are there, each once."""
    totals = {page.get("total") for page in pages}
    ids = [event.get("id") for page in pages for event in events_of(page)]
    if None in ids or len(totals) > 1 or len(set(map(str, ids))) < len(ids):
        return False
    total = next(iter(totals), 0)
    return not isinstance(total, int) or total == len(ids)


def events_of(page: JsonObject) -> list[JsonObject]:
    """The events of a page."""
    events = page.get("events")
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
