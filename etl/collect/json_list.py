"""Any list in JSON behind an address: the whole list, page by page in the way that kring.toml says.

Where nothing is said the usual ways are tried: a next address in the answer or in the Link header. An answer
that says there is more than can be reached is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from etl.collect.client import LISTED
from etl.collect.task import Collected, Item, NotWholeError, Pages, Task, inner, objects, on_site, twice

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject, JsonPage

LIST_KEYS = (LISTED, "results", "data", "value", "records", "members", "entries", "content")
NEXT_KEYS = ("next", "links.next", "next_page_url", "@odata.nextLink", "paging.next")
MORE_KEYS = ("has_more", "hasMore", "has_more_items")
TOTAL_KEYS = ("total", "count", "total_items", "totalCount")
NEXT_LINK = re.compile(r'<([^>]+)>\s*;[^,]*rel="?next"?')
OWN_ID = "id"


def collect(task: Task) -> Collected:
    """Every item of the list."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    said = task.settings
    headers = {said.token_header: task.secret} if said.token_header and task.secret else None
    with task.client(headers, bearer=None if headers else task.secret) as client:
        pages = Pages(client, lambda body: _id(body, said.item_id))
        number = 1
        following: str | None = task.url("", ask=_ask(task, str(number)))
        asked: set[str] = set()
        while following:
            asked.add(following)
            page = client.get_json(following, may_be_list=True)
            if page.status == 404:
                if pages.bodies and said.page_parameter and not said.next:
                    break  # past the last page
                raise client.refusal("nothing there (HTTP 404)", "a list at base_url")
            found = _items(client, page, said.items)
            pages.add(found)
            number += 1
            following = _next(task, page, str(number) if found else None)
            if following in asked:
                raise NotWholeError
            if following is None and any(_at(page.body, key) is True for key in MORE_KEYS) and found:
                raise client.refusal(
                    "more pages than kring.toml says how to get", "next or page_parameter in kring.toml"
                )
        pages.must_hold(next((_at(page.body, key) for key in TOTAL_KEYS if key in page.body), None))
    return Collected(tuple(Item(str(_id(body, said.item_id)), body) for body in pages.bodies))


def _ask(task: Task, page: str | None) -> JsonObject:
    asked: JsonObject = dict(task.settings.parameters)
    if task.settings.page_parameter and page and not task.settings.next:
        asked[task.settings.page_parameter] = page
    return asked


def _items(client: Client, page: JsonPage, path: str | None) -> list[JsonObject]:
    keys = (path,) if path else LIST_KEYS
    for key in keys:
        found = objects(_at(page.body, key))
        if found is not None:
            return found
    raise client.refusal("JSON without a list of objects", "one; items in kring.toml says where it lies")


def _next(task: Task, page: JsonPage, number: str | None) -> str | None:
    """The address of the next page."""
    said = task.settings
    if said.page_parameter and not said.next:
        return task.url("", ask=_ask(task, number)) if number else None
    written = next(
        (value for key in ((said.next,) if said.next else NEXT_KEYS) if (value := _at(page.body, key))), None
    )
    if written is None and not said.next:
        link = NEXT_LINK.search(page.headers.get("link", ""))
        written = link[1] if link else None
    if not isinstance(written, str | int) or isinstance(written, bool):
        return None
    text = str(written)
    if "://" in text or text.startswith(("/", "?")):
        return on_site(urljoin(said.base_url, text), said.base_url)
    if said.page_parameter:
        return task.url("", ask={**dict(said.parameters), said.page_parameter: text})
    return urljoin(said.base_url, text)


def _id(body: JsonObject, path: str | None) -> object:
    """The id that kring.toml names, else its own, else its content."""
    found = _at(body, path or OWN_ID)
    if isinstance(found, str | int) and not isinstance(found, bool):
        return found
    return None if path else hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]


def _at(found: object, path: str) -> object:
    """A key as it is written, else a path with dots."""
    if isinstance(found, dict) and path in found:
        return found[path]
    return inner(found, *path.split("."))
