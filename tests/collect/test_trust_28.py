"""Trust 28: one server that misbehaves in every way we know, against every way of paging. Nothing half lands.

Each world draws a tool, a fault and the request at which it strikes; then the site is well again. What must
hold: nothing lands but a whole set, the cursor stays where it was, the deadline is kept, nobody else is
asked, no secret is in any text, and the next collection gives everything.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl.collect.fetch import collect_all
from etl.home import Home
from etl.landing import take_inbox
from etl.ledger import Ledger
from etl.settings import CollectKind, load_settings
from tests.collect.api import QUICK, Flow, flow
from tests.collect.site import Answer, Site, Visit, drip, drip_headers, raw, redirect, reset, short, status
from tests.collect.test_forms import Tool, google_forms, jotform, kobo, limesurvey, tally
from tests.collect.test_registrations import (
    PEOPLE,
    eventbrite,
    mailchimp,
    member,
    members_list,
    order,
    pretix,
)
from tests.collect.test_typeform import answer, typeform

SECRETS = ("s3cret", "k3y")
LIMITS = replace(QUICK, total_seconds=1.5, read_seconds=1, attempts=3, body_bytes=100_000, longest_wait=1)
WORLDS, ALL_WORLDS = 20, 1_500
TOLERANCE = 1.1  # of the total deadline
ROOM_SECONDS = 0.6  # for a computer that others use too

BOMB = gzip.compress(json.dumps({"results": "x" * 20_000_000}).encode())
Fault = Callable[[Site], Answer]


PASSING: dict[str, list[Answer]] = {
    "429 at once": [status(429, Retry_After="0")],
    "429 in a second": [status(429, Retry_After="1")],
    "two times 500": [status(500), status(503)],
    "a reset": [reset],
    "a short body": [short],
}
LASTING: dict[str, Fault] = {
    "429 for ever": lambda site: status(429, Retry_After="0"),
    "429 until tomorrow": lambda site: status(429, Retry_After="86400"),
    "500 for ever": lambda site: status(500),
    "resets": lambda site: reset,
    "short bodies": lambda site: short,
    "drip": lambda site: drip,
    "drip in the headers": lambda site: drip_headers,
    "no JSON": lambda site: raw(b"not json"),
    "half JSON": lambda site: raw(b'{"results": [{"id": 1}'),
    "other JSON": lambda site: raw(b'{"a": 1}'),
    "a list of numbers": lambda site: raw(b'{"results": [1], "items": [1], "content": [1], "responses": [1], '
                                          b'"submissions": [1], "members": [1], "attendees": [1]}'),
    "a page of HTML": lambda site: raw(b"<html>sign in</html>", Content_Type="text/html"),
    "HTML that says it is JSON": lambda site: raw(b"<html>sign in</html>"),
    "JSON that says it is HTML": lambda site: raw(b"{}", Content_Type="text/html"),
    "a bomb": lambda site: raw(BOMB, Content_Encoding="gzip"),
    "deep JSON": lambda site: raw(b'{"a":' * 99 + b"1" + b"}" * 99),
    "401": lambda site: status(401, {"message": "s3cret is wrong"}),
    "403": lambda site: status(403),
    "a redirect inside": lambda site: redirect("http://10.0.0.1/"),
    "a redirect to a file": lambda site: redirect("file:///etc/passwd"),
    "a redirect to a port": lambda site: redirect("http://127.0.0.1:1/"),
    "a redirect to metadata": lambda site: redirect("http://169.254.169.254/latest/meta-data"),
    "redirects for ever": lambda site: redirect("/again"),
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    kind: CollectKind
    made: Callable[[], Answer]
    items: int
    keys: tuple[tuple[str, object], ...]


KINDS = {
    "typeform": Kind(
        CollectKind.TYPEFORM, lambda: typeform([answer(n) for n in range(1, 6)]), 5, (("form_id", "abc123"),)
    ),
    "kobotoolbox": Kind(CollectKind.KOBOTOOLBOX, lambda: kobo(Tool()), 5, (("form_id", "aXYZ"),)),
    "tally": Kind(CollectKind.TALLY, lambda: tally(Tool()), 5, (("form_id", "aXYZ"),)),
    "jotform": Kind(CollectKind.JOTFORM, lambda: jotform(Tool()), 5, (("form_id", "aXYZ"),)),
    "google_forms": Kind(CollectKind.GOOGLE_FORMS, lambda: google_forms(Tool()), 5, (("form_id", "aXYZ"),)),
    "limesurvey": Kind(
        CollectKind.LIMESURVEY, lambda: limesurvey(Tool()), 4, (("form_id", "4711"), ("user", "bo"))
    ),
    "eventbrite": Kind(CollectKind.EVENTBRITE, lambda: eventbrite(PEOPLE), 6, (("event_id", "77"),)),
    "pretix": Kind(
        CollectKind.PRETIX, lambda: pretix([order(n) for n in range(1, 6)]), 6,
        (("organiser", "leernetwerk"), ("event_id", "start")),
    ),
    "mailchimp": Kind(
        CollectKind.MAILCHIMP, lambda: mailchimp([member(n) for n in range(1, 6)]), 5, (("list_id", "abc"),)
    ),
    "json_list": Kind(
        CollectKind.JSON_LIST, lambda: members_list("next"), 5,
        (("base_url", "{site}/members"), ("items", "result.people"), ("feed", "membership"),
         ("columns", {"profile.mail": "email"})),
    ),
}  # fmt: skip


class World:
    """A home and a site; the fault strikes at the n-th request of the next collection."""

    def __init__(self, site: Site, home: Home, kind: Kind) -> None:
        self.kind = kind
        self.site = site
        self.usual = kind.made()
        site.usual = self.usual
        self.source: Flow = flow(home, site, kind.kind, token_env="KRING_TOKEN", **dict(kind.keys))

    def collect(self) -> tuple[tuple[str, ...], float]:
        settings = load_settings(self.source.home)
        before = time.monotonic()
        with Ledger(self.source.home) as ledger:
            warnings = collect_all(self.source.home, settings, ledger, self.source.environment, LIMITS)
            took = time.monotonic() - before
            take_inbox(self.source.home, settings, ledger, datetime.now(UTC))
        return warnings, took

    def strikes(self, at: int, passing: list[Answer] | None, lasting: Answer | None) -> None:
        self.site.answers = [self.usual] * at + (passing or [])
        self.site.usual = lasting or self.usual

    def ids(self) -> list[str]:
        return sorted(item["id"] for content in self.source.landed() for item in json.loads(content)["items"])


def try_world(seed: int, site: Site, home: Home) -> str:
    """One world; what was tried."""
    draw = random.Random(seed)
    name = draw.choice(sorted(KINDS))
    world = World(site, home, KINDS[name])
    is_passing = draw.random() < 0.3
    how = draw.choice(sorted(PASSING if is_passing else LASTING))
    at = draw.randrange(3)
    said = f"seed {seed}: {name}, {how} at request {at + 1}"
    world.strikes(at, PASSING[how] if is_passing else None, None if is_passing else LASTING[how](site))
    warnings, took = world.collect()
    assert took <= LIMITS.total_seconds * TOLERANCE + ROOM_SECONDS, said
    if (is_passing and not warnings) or not warnings:
        assert len(world.ids()) == world.kind.items, said
    else:
        assert world.source.landed() == [], said
        assert world.source.state().cursor == "{}", said
        assert len(warnings) == 1, said
        for hidden in (*SECRETS, site.url, "127.0.0.1", "10.0.0.1"):
            assert hidden not in warnings[0], said
    assert [path for path in world.source.home.inbox.rglob("*") if path.is_file()] == [], said
    world.strikes(0, None, None)
    assert world.collect()[0] == (), said
    assert len(world.ids()) == world.kind.items, said
    return f"{how}: {'refused' if warnings else 'whole'}"


def worlds(count: int, site: Site, folder: Path) -> Iterator[str]:
    seed = 28
    for number in range(count):
        home = Home(folder / str(number))
        home.create()
        site.answers, site.paths, site.headers = [], [], []
        yield try_world(seed * 10_000 + number, site, home)


def show(found: list[str]) -> None:
    refused = sum(one.endswith("refused") for one in found)
    print(
        f"trust 28: {len(found)} worlds, {refused} refused, {len(found) - refused} whole, 0 partial (seed 28)"
    )


def test_nothing_lands_but_a_whole_set(site: Site, tmp_path: Path) -> None:
    show(list(worlds(WORLDS, site, tmp_path)))


@pytest.mark.long
def test_nothing_lands_but_a_whole_set_in_all_worlds(site: Site, tmp_path: Path) -> None:
    found = list(worlds(ALL_WORLDS, site, tmp_path))
    show(found)
    assert len({one.partition(":")[0] for one in found}) == len(PASSING) + len(LASTING)


def test_a_key_is_not_sent_to_a_second_host(site: Site, home: Home) -> None:
    """Also when a page says that the next one is elsewhere."""
    other = Site(usual=status(200, {"content": [], "results": [], "count": 0}))
    server = other.start()
    kinds: dict[str, object] = {"count": 4, "next": f"{other.url}/page2", "results": [{"_id": 1}]}
    site.usual = status(200, kinds)
    source = flow(home, site, CollectKind.KOBOTOOLBOX, token_env="KRING_TOKEN", form_id="x")
    (warning,) = source.collect()
    server.shutdown()
    server.server_close()
    assert "another address" in warning
    assert other.paths == []


def test_one_source_of_many_that_fails_stops_no_other(home: Home, site: Site) -> None:
    tool = tally(Tool())

    def give(visit: Visit) -> None:
        return status(500)(visit) if visit.path.startswith("/forms/bad") else tool(visit)

    site.usual = give
    one = '[[collect]]\nname = "{0}"\nkind = "tally"\nform_id = "{0}"\n'
    one += 'base_url = "{1}"\nallow_loopback = true\n'
    text = "".join(one.format(name, site.url) for name in ("bad", "aXYZ", "bad2"))
    home.settings_file.write_text(text, encoding="utf-8")
    source = Flow(home, site)
    warnings = source.collect()
    assert [warning.partition(":")[0] for warning in warnings] == ["collect bad", "collect bad2"]
    assert len(source.landed()) == 1
    with Ledger(home) as ledger:
        states = {state.name: state.fault is None for state in ledger.connections()}
    assert states == {"bad": False, "aXYZ": True, "bad2": False}
