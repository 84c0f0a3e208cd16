"""What a module of an API is given, what it gives back, and the guards on its pages.

A module has `collect(task) -> Collected`. It reads all pages there are, since a moment or from the start, and
raises when the set is not whole: a page that comes again, an answer that stands on two pages, fewer than the
tool says there are. What changes while it is read is read once more. Only a whole set is landed, and only
then is the cursor kept.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode, urlsplit

from etl.collect.client import NOT_FOUND, Client, HttpLimits, JsonObject
from etl.errors import CollectError

if TYPE_CHECKING:
    from etl.connections import CollectSettings

MOST_PAGES = 2_000
ATTEMPTS = 2
NEWEST = "newest"


@dataclass(frozen=True)
class Item:
    """One answer, order or member as the tool gave it, under an id that never changes."""

    id: str
    body: JsonObject


@dataclass(frozen=True)
class Collected:
    """A whole set. `about` is what its items need to be understood; `cursor` where the next time begins."""

    items: tuple[Item, ...]
    cursor: JsonObject = field(default_factory=dict)
    about: JsonObject = field(default_factory=dict)


class NotWholeError(Exception):
    """The pages do not make one set; perhaps something changed while they were read."""


@dataclass(frozen=True)
class Task:
    """One collection. `cursor` is what the last one gave; empty when everything must be read."""

    settings: CollectSettings
    cursor: JsonObject
    secret: str | None = None
    client_secret: str | None = None
    limits: HttpLimits = field(default_factory=HttpLimits)

    def client(self, headers: Mapping[str, str] | None = None, bearer: str | None = None) -> Client:
        """A way to the configured site, with what opens it."""
        return Client(self.settings, bearer, self.limits, headers=headers)

    def token_client(self) -> Client:
        """A way to the site that gives tokens, and to no other."""
        elsewhere = replace(self.settings, base_url=self.settings.token_url or self.settings.base_url)
        return Client(elsewhere, None, self.limits)

    def url(self, root: str, *parts: str, ask: Mapping[str, object] | None = None) -> str:
        """An address below base_url; `root` is left out where base_url ends with it already."""
        base = self.settings.base_url
        whole = base if not root or base.endswith(root) else f"{base}{root}"
        path = "".join(f"/{quote(part, safe='')}" for part in parts)
        asked = urlencode({key: value for key, value in (ask or {}).items() if value is not None})
        return f"{whole}{path}" + (f"?{asked}" if asked else "")

    def since(self, overlap: timedelta) -> datetime | None:
        """From when to ask: the newest moment seen less an overlap, else from_on; None for everything."""
        newest = moment(self.cursor.get(NEWEST))
        begin = datetime.combine(self.settings.from_on, time(), UTC)
        if newest is None:
            return begin if self.settings.from_on != type(self.settings).from_on else None
        return max(begin, newest - overlap)

    def next_cursor(self, moments: Iterable[object]) -> JsonObject:
        """The cursor after these moments; it never goes back."""
        known = [each for each in (moment(one) for one in (self.cursor.get(NEWEST), *moments)) if each]
        return {NEWEST: utc(max(known))} if known else {}

    def refusal(self, found: str, expected: str = "", remedy: str = "") -> CollectError:
        """One clear line that names the source."""
        return CollectError(f"collect {self.settings.name}", found, expected, remedy)


class Module(Protocol):
    """One API."""

    def collect(self, task: Task) -> Collected:
        """Everything there is, or all that changed since the cursor."""


class Pages:
    """Items page by page. A page must bring new ones only."""

    def __init__(self, client: Client, id_of: Callable[[JsonObject], object]) -> None:
        self.client = client
        self.id_of = id_of
        self.bodies: list[JsonObject] = []
        self.ids: set[str] = set()
        self.count = 0

    def add(self, found: object) -> list[JsonObject]:
        """Take the items of one page. Raises CollectError for no list, NotWholeError for one seen before."""
        self.count += 1
        if self.count > MOST_PAGES:
            raise self.client.refusal("pages without end", f"at most {MOST_PAGES:,}")
        bodies = objects(found)
        if bodies is None:
            raise self.client.refusal("JSON of another shape", "pages with a list")
        for body in bodies:
            name = self.id_of(body)
            if not isinstance(name, str | int) or name == "":
                raise self.client.refusal("an item without an id", "an id for each")
            if str(name) in self.ids:
                raise NotWholeError
            self.ids.add(str(name))
        self.bodies += bodies
        return bodies

    def must_hold(self, total: object) -> None:
        """Raises NotWholeError when the tool says that there are more."""
        if isinstance(total, int) and not isinstance(total, bool) and len(self.bodies) < total:
            raise NotWholeError


def twice(task: Task, read: Callable[[], Collected]) -> Collected:
    """What was read; once more when it changed meanwhile."""
    for _ in range(ATTEMPTS):
        try:
            return read()
        except NotWholeError:
            continue
    raise task.refusal(
        "pages that do not make one whole set", "each item once, and all of them",
        "The next refresh tries again.",
    )  # fmt: skip


def told(client: Client, url: str, key: str) -> JsonObject:
    """What an address tells about the items; nothing where nothing is. Raises CollectError for what else."""
    page = client.get_json(url)
    if page.status == NOT_FOUND:
        return {}
    if key not in page.body:
        raise client.refusal("JSON of another shape", "what the items are about")
    return page.body


def objects(found: object) -> list[JsonObject] | None:
    """A list of objects; None for anything else."""
    if isinstance(found, list) and all(isinstance(each, dict) for each in found):
        return found
    return None


def inner(found: object, *path: str) -> object:
    """What lies at a path of keys; None where it ends early."""
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def on_site(written: object, base_url: str) -> str | None:
    """Where a page says the next one is; a site behind a proxy may think that it is plain http."""
    if not isinstance(written, str) or not written:
        return None
    base = urlsplit(base_url)
    plain = f"http://{base.netloc}/"
    return (
        f"{base.scheme}://{base.netloc}/{written.removeprefix(plain)}"
        if written.startswith(plain)
        else written
    )


def moment(written: object) -> datetime | None:
    """A moment as tools write it; without a zone it is UTC."""
    if not isinstance(written, str):
        return None
    try:
        found = datetime.fromisoformat(written.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def utc(when: datetime) -> str:
    """As tools take it: UTC, whole seconds."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def without(body: JsonObject, *keys: str) -> JsonObject:
    """The object without what Kring does not want to keep, such as addresses of computers."""
    return {key: value for key, value in body.items() if key not in keys}


def basic(user: str, password: str) -> str:
    """The header of a sign-in with a name and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
