"""pretix: the orders of an event, since the moment at which its first page was made the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.collect.task import Collected, Item, NotWholeError, Pages, Task, on_site, told, twice, without

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject

ROOT = "/api/v1"
GENERATED = "x-page-generated"
SINCE = "modified_since"
NOT_KEPT = (
    "invoice_address", "payments", "refunds", "fees", "downloads", "secret", "url", "payment_provider",
    "meta_info", "phone", "customer",
)  # fmt: skip
NOT_KEPT_OF_A_SEAT = (
    "secret", "pseudonymization_id", "downloads", "street", "zipcode", "pdf_data", "print_logs", "price",
    "tax_rate", "tax_value",
)  # fmt: skip


def collect(task: Task) -> Collected:
    """The orders that changed since the last time, with the event and its questions."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    organiser, event = task.settings.organiser or "", task.settings.event_id or ""
    place = ["organizers", organiser, "events", event]
    with task.client({"Authorization": f"Token {task.secret}"} if task.secret else None) as client:
        since = task.cursor.get(SINCE)
        orders, generated = _all(
            task, client, task.url(ROOT, *place, "orders", "", ask={SINCE: since}), "code"
        )
        about = told(client, task.url(ROOT, *place, ""), "name")
        questions, _ = _all(task, client, task.url(ROOT, *place, "questions", ""), "id", may_miss=True)
    kept = ("slug", "name", "date_from", "date_to", "location", "public_url", "timezone", "live", "is_public")
    event_told: JsonObject = {key: about[key] for key in kept if key in about}
    words: JsonObject = {str(one["id"]): {"question": one.get("question"), "type": one.get("type")}
                         for one in questions}  # fmt: skip
    name = f"{organiser}/{event}"
    items = [Item(f"{name}:event", {"event": event_told})] if event_told else []
    items += [Item(f"{name}:{order['code']}", {"order": _discreet(order)}) for order in orders]
    cursor: JsonObject = {SINCE: generated or since} if generated or since else {}
    return Collected(tuple(items), cursor, {"event": event_told, "slug": event, "questions": words})


def _all(
    task: Task, client: Client, first: str, name: str, may_miss: bool = False
) -> tuple[list[JsonObject], str | None]:
    """Every item of a list, and when its first page was made."""
    pages = Pages(client, lambda body: body.get(name))
    generated: str | None = None
    counts: set[object] = set()
    url: str | None = first
    while url:
        page = client.get_json(url)
        if page.status == 404 and may_miss:
            return [], None
        if page.status == 404:
            raise client.refusal("no such event (HTTP 404)", "an organiser and event_id of this account")
        generated = generated or page.headers.get(GENERATED)
        counts.add(page.body.get("count"))
        pages.add(page.body.get("results"))
        url = on_site(page.body.get("next"), task.settings.base_url)
    if len(counts) > 1:
        raise NotWholeError
    pages.must_hold(next(iter(counts)))
    return pages.bodies, generated


def _discreet(order: JsonObject) -> JsonObject:
    """Without what a network needs not know of an order and of a seat."""
    kept = without(order, *NOT_KEPT)
    seats = order.get("positions")
    if isinstance(seats, list):
        kept["positions"] = [without(one, *NOT_KEPT_OF_A_SEAT) for one in seats if isinstance(one, dict)]
    return kept
