"""A site to collect from, and the settings that name it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.collect.client import HttpLimits
from etl.home import Home
from etl.settings import CollectKind, CollectSettings
from tests.collect.site import Site, agenda

QUICK = HttpLimits(
    connect_seconds=1, read_seconds=1, total_seconds=3, body_bytes=200_000, attempts=3, first_wait=0.01,
    longest_wait=1.5,
)  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    """Serves an agenda of five events, unless told otherwise."""
    made = Site(usual=agenda(5))
    server = made.start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.write_text("", encoding="utf-8")
    return made


@pytest.fixture
def limits() -> HttpLimits:
    return QUICK


@pytest.fixture
def source(site: Site) -> CollectSettings:
    return CollectSettings("agenda", CollectKind.THE_EVENTS_CALENDAR, site.url, allow_loopback=True)
