"""A home with one connection to a site on this computer: collected, refreshed, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch

import duckdb

from etl.collect.client import HttpLimits
from etl.collect.fetch import collect_all
from etl.home import Home
from etl.landing import take_inbox
from etl.ledger import Ledger, StoredConnection
from etl.load import load
from etl.settings import CollectKind, load_settings
from etl.warehouse import ReleaseReader
from flows.run import RefreshReport, refresh
from tests.collect.site import Site, Visit

JsonSite = Callable[[Visit], None]
Row = dict[str, object]
AS_OF = date(2031, 1, 1)
SECRETS = {"KRING_TOKEN": "s3cret", "KRING_CLIENT_SECRET": "cl1ent-s3cret"}
QUICK = HttpLimits(
    connect_seconds=2, read_seconds=2, total_seconds=15, attempts=2, first_wait=0.01, longest_wait=1.5, pace=0
)


@dataclass
class Flow:
    """One connection, called `source`."""

    home: Home
    site: Site
    environment: Mapping[str, str] = field(default_factory=lambda: SECRETS)

    def collect(self) -> tuple[str, ...]:
        """A refresh as far as landing: what it warned of."""
        settings = load_settings(self.home)
        with Ledger(self.home) as ledger:
            warnings = collect_all(self.home, settings, ledger, self.environment, QUICK)
            take_inbox(self.home, settings, ledger, datetime.now(UTC))
        return warnings

    def refresh(self) -> RefreshReport:
        """A whole refresh, as the command runs it."""
        with patch.dict(os.environ, self.environment):
            return refresh(self.home, AS_OF)

    def ask(self, question: str) -> list[dict[str, object]]:
        return [dict(row) for row in ReleaseReader(self.home).ask(question).records()]

    def rebuilt(self, question: str) -> list[dict[str, object]]:
        refresh(self.home, AS_OF, True)
        return self.ask(question)

    def read(self) -> dict[str, list[Row]]:
        """What landed, read for real: the rows of each feed that has any."""
        with Ledger(self.home) as ledger:
            load(self.home, load_settings(self.home), ledger)
        found: dict[str, list[Row]] = {}
        with duckdb.connect(str(self.home.warehouse_file), read_only=True) as warehouse:
            for feed in (
                "membership",
                "contact",
                "event",
                "registration",
                "attendance",
                "contribution",
                "reach",
            ):
                cursor = warehouse.execute(f"select * from main.{feed} order by received_at, line, part")
                names = [one[0] for one in cursor.description or ()]
                rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                if rows:
                    found[feed] = rows
        return found

    def landed(self) -> list[bytes]:
        """The bytes that landed, oldest first."""
        with Ledger(self.home) as ledger:
            files = ledger.files()
        return [self.home.landed_file(file.sha256).read_bytes() for file in files]

    def state(self) -> StoredConnection:
        with Ledger(self.home) as ledger:
            (state,) = ledger.connections()
        return state


def home_at(folder: Path) -> Home:
    made = Home(folder)
    made.create()
    return made


def flow(home: Home, site: Site, kind: CollectKind, **keys: object) -> Flow:
    """A home whose kring.toml names the site under these keys."""
    tables = {name: value for name, value in keys.items() if isinstance(value, dict)}
    lines = ["[[collect]]", 'name = "source"', f'kind = "{kind.value}"', "allow_loopback = true"]
    lines += [f"{name} = {_toml(value, site)}" for name, value in {"base_url": site.url, **keys}.items()
              if name not in tables]  # fmt: skip
    for name, table in tables.items():
        lines += [f"[collect.{name}]", *(f'"{key}" = {_toml(value, site)}' for key, value in table.items())]
    home.settings_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Flow(home, site)


def _toml(value: object, site: Site) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each, site) for each in value) + "]"
    if isinstance(value, bool | int):
        return str(value).lower()
    return '"' + str(value).replace("{site}", site.url) + '"'
