"""`kring.toml` and KRING_* become frozen, typed objects; every fault is reported at once.

A value comes from, in this order: the environment (`KRING_<TABLE>_<KEY>`, such as KRING_NETWORK_AS_OF or
KRING_LIMITS_ROWS; top-level keys are KRING_<KEY>), the file, the default below. Cheap to import on purpose:
`kring ask` and every page load it.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from etl.connections import CollectKind as CollectKind
from etl.connections import CollectSettings as CollectSettings
from etl.cron import Cron, read_cron
from etl.errors import SettingsError
from etl.schema.feeds import Feed
from etl.schema.model import DateShape
from etl.schema.moments import CLOCK, END_OF, is_part, whole_columns, whole_field

if TYPE_CHECKING:
    from etl.home import Home

Pairs = tuple[tuple[str, str], ...]
MANY_FIELD = "text"  # of a contribution: the one field that several columns may hold


class Connections(Enum):
    """What a LinkedIn connection is to the network."""

    CONTACTS = "contacts"  # people the network knows, who are not members
    MEMBERS = "members"  # members of the network from the day of the connection
    COUNTS = "counts"  # a figure per day, no people


@dataclass(frozen=True)
class NetworkSettings:
    """What the network is called and how its time is cut."""

    name: str = "Our network"
    language: str = "nl"
    time_zone: str = "Europe/Amsterdam"
    as_of: date | None = None
    grace_days: int = 30
    theme_cycle_starts_on: date = date(2021, 1, 1)
    theme_cycle_months: int = 2
    connections: Connections = Connections.CONTACTS
    minimum_minutes: int = 10


@dataclass(frozen=True)
class Limits:
    """What one handed-in file may cost; anything larger is refused before it is read."""

    file_bytes: int = 50 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    ratio: int = 100
    members: int = 1_000
    rows: int = 500_000
    columns: int = 100
    field_characters: int = 65_536
    depth: int = 32


@dataclass(frozen=True)
class PublicationSettings:
    """What the public sees: counts from `threshold`, rounded to `rounding`, renewed from `day` of a month.

    `contact` and `accessibility` are the addresses of the links under the page; empty is no link.
    """

    threshold: int = 10
    rounding: int = 5
    day: int = 1
    contact: str = ""
    accessibility: str = ""


@dataclass(frozen=True)
class TableMapping:
    """How the columns of one kind of table become fields of one feed.

    Several columns may be `text` of a contribution: each answer is then one contribution, with the heading of
    its column as the question. `kinds` says for such a column what it asks for.
    """

    name: str
    match: str
    feed: Feed
    columns: tuple[tuple[str, str], ...]
    constants: tuple[tuple[str, str], ...] = ()
    dates: DateShape | None = None
    max_rows: int | None = None
    kinds: Pairs = ()
    is_partial: bool = False
    """Whether each file holds only a part of a list, so that a shorter one is no sign of damage."""

    @property
    def is_split(self) -> bool:
        """Whether a moment is read from two columns, one with its day and one with its time."""
        return any(is_part(field) for _, field in self.columns)

    @property
    def whole(self) -> Pairs:
        """The columns as they are read: the day and the time of a moment as one, under its day's heading."""
        return whole_columns(self.columns) if self.is_split else self.columns

    @property
    def derived_end(self) -> str | None:
        """The end that a stretch in the column of a beginning's time may tell: `14.00 - 16.00`."""
        told = {whole_field(field) for _, field in self.columns} | {field for field, _ in self.constants}
        known = {column.name for column in self.feed.columns}
        ends = (END_OF.get(whole_field(field)) for _, field in self.columns if field.endswith(CLOCK))
        return next((end for end in ends if end in known - told), None)

    @property
    def asks_several(self) -> bool:
        """Whether the columns are questions: one row of the table may hold several contributions."""
        return sum(field == MANY_FIELD for _, field in self.columns) > 1 or bool(self.kinds)

    def fits(self, file_name: str) -> bool:
        """Whether a file received under this name is meant. Case does not matter."""
        return fnmatchcase(file_name.casefold(), self.match.casefold())

    def fingerprint(self) -> str:
        """Changes exactly when a file read through this mapping would be read differently."""
        parts = (
            self.name, self.match, self.feed.name, sorted(self.columns), sorted(self.constants),
            self.dates.value if self.dates else None, self.max_rows, *((self.kinds,) if self.kinds else ()),
            # what an earlier version read without this is read anew
            *(("an end may be on the day after",) if self.is_split else ()),
            *(("so may who comes late",) if self.is_split and self.feed.name == "attendance" else ()),
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Schedule:
    """When `kring serve` runs what, on the clocks of the network's time zone."""

    refresh: Cron = field(default_factory=lambda: read_cron("0 6 * * *"))
    housekeeping: Cron = field(default_factory=lambda: read_cron("30 4 * * sun"))


@dataclass(frozen=True)
class Retention:
    """For how many days housekeeping leaves what nobody needs any more."""

    quarantine_days: int = 30
    logs_days: int = 30


@dataclass(frozen=True)
class Settings:
    """Everything a person set for one home."""

    network: NetworkSettings = field(default_factory=NetworkSettings)
    tables: tuple[TableMapping, ...] = ()
    limits: Limits = field(default_factory=Limits)
    releases_kept: int = 3
    collect: tuple[CollectSettings, ...] = ()
    schedule: Schedule = field(default_factory=Schedule)
    retention: Retention = field(default_factory=Retention)
    publication: PublicationSettings = field(default_factory=PublicationSettings)
    dates: tuple[tuple[str, DateShape], ...] = ()

    def date_order(self, format_id: str, file_name: str) -> DateShape | None:
        """What a person answered: for a pattern that fits the name, else for the format."""
        base = file_name.replace("\\", "/").rsplit("/", 1)[-1].casefold()
        by_name = (order for key, order in self.dates if "." in key or "*" in key
                   if fnmatchcase(base, key.casefold()))  # fmt: skip
        return next(by_name, dict(self.dates).get(format_id))

    def date_orders(self, format_id: str) -> tuple[tuple[str, DateShape], ...]:
        """The answers that may touch a file of this format."""
        return tuple(
            (key, order) for key, order in self.dates if key == format_id or "." in key or "*" in key
        )


def load_settings(home: Home, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a home. One SettingsError names every fault with its table and key."""
    try:
        text = home.settings_file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        home.require()
        raise
    except UnicodeDecodeError as error:
        raise SettingsError("kring.toml", f"byte {error.start} is not UTF-8", "a UTF-8 text file") from error
    return read_settings(text, os.environ if environment is None else environment)


def read_settings(text: str, environment: Mapping[str, str]) -> Settings:
    """The settings that a `kring.toml` with this text gives."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            "kring.toml", f"not valid TOML: {error}", "", "Mind quotes and brackets."
        ) from error
    # The reader makes the classes above, so it cannot be imported before them.
    from etl.settings_reader import SettingsReader

    reader = SettingsReader(environment)
    settings = reader.settings(document)
    reader.names_apart(settings)
    if reader.faults:
        count = len(reader.faults)
        raise SettingsError(
            "kring.toml", f"{count} fault{'s' if count > 1 else ''}: {'; '.join(reader.faults)}"
        )
    return settings
