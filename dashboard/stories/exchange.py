"""Exchange between parties, and living documents, as typed facts. Pure: no Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.stories.records import Record, count_of, maybe_day, number_of, text_of

HELP = "help"


@dataclass(frozen=True)
class Exchange:
    """One row of `exchange`."""

    giver: str
    receiver: str
    topic: str
    kind: str
    contacts: int
    last_on: date | None

    @property
    def is_help(self) -> bool:
        """Whether a request for help was answered, which is no exchange between equals."""
        return self.kind == HELP


def exchanges(records: Iterable[Record]) -> tuple[Exchange, ...]:
    """`exchange`."""
    return tuple(
        Exchange(
            text_of(row, "from_party"),
            text_of(row, "to_party"),
            text_of(row, "topic"),
            text_of(row, "kind"),
            count_of(row, "contacts"),
            maybe_day(row, "last_on"),
        )
        for row in records
    )


@dataclass(frozen=True)
class Matrix:
    """Who gave (row) to whom (column), and how often; a pair that is not in `contacts` did not."""

    parties: tuple[str, ...]
    contacts: tuple[tuple[int, ...], ...]

    @property
    def highest(self) -> int:
        """The largest number in it."""
        return max((value for row in self.contacts for value in row), default=0)


def matrix(rows: Sequence[Exchange]) -> Matrix:
    """The parties in alphabetical order; help is left out, but whoever only got help is in it."""
    between = [row for row in rows if not row.is_help]
    helpers = {row.giver for row in rows if row.is_help}
    everybody = {name for row in between for name in (row.giver, row.receiver)}
    everybody |= {row.receiver for row in rows if row.is_help} - helpers
    parties = tuple(sorted(everybody, key=str.lower))
    given: dict[tuple[str, str], int] = {}
    for row in between:
        pair = (row.giver, row.receiver)
        given[pair] = given.get(pair, 0) + row.contacts
    return Matrix(parties, tuple(tuple(given.get((one, other), 0) for other in parties) for one in parties))


@dataclass(frozen=True)
class Ties:
    """The pairs that exchanged anything."""

    parties: int
    pairs: int
    reciprocal: int
    sustained: int
    contacts: int

    @property
    def possible(self) -> int:
        """How many pairs there could be."""
        return self.parties * (self.parties - 1) // 2


def ties(records: Iterable[Record], parties: int) -> Ties:
    """`ties` taken together, of so many parties."""
    rows = list(records)
    return Ties(
        parties,
        len(rows),
        sum(row.get("is_reciprocal") is True for row in rows),
        sum(row.get("is_sustained") is True for row in rows),
        sum(count_of(row, "contacts") for row in rows),
    )


def by_topic(rows: Sequence[Exchange]) -> tuple[tuple[str, int], ...]:
    """How many exchanges each topic had, the most first; no topic last."""
    counted: dict[str, int] = {}
    for row in rows:
        counted[row.topic] = counted.get(row.topic, 0) + row.contacts
    return tuple(sorted(counted.items(), key=lambda pair: (pair[0] == "", -pair[1], pair[0])))


@dataclass(frozen=True)
class Heard:
    """One row of `living_document`: an audience and a version."""

    document: str
    version: str
    audience: str
    published_on: date | None
    sessions: int
    participants: int
    received: int
    handled: int
    open: int
    median_days: float | None


def heard(records: Iterable[Record]) -> tuple[Heard, ...]:
    """`living_document` of the document with the newest version, in the order of the answer."""
    rows = [
        Heard(
            text_of(row, "document"),
            text_of(row, "version"),
            text_of(row, "audience"),
            maybe_day(row, "published_on"),
            count_of(row, "sessions"),
            count_of(row, "participants"),
            count_of(row, "received"),
            count_of(row, "handled"),
            count_of(row, "open"),
            None if row.get("median_days") is None else number_of(row, "median_days"),
        )
        for row in records
    ]
    if not rows:
        return ()
    newest = max(rows, key=lambda row: (row.published_on or date.min, row.document)).document
    return tuple(row for row in rows if row.document == newest)


def not_heard(rows: Sequence[Heard]) -> tuple[str, ...]:
    """Audiences that were heard on an earlier version, but not on the newest that anybody commented on."""
    spoken = [row for row in rows if row.audience and (row.received or row.sessions)]
    if not spoken:
        return ()
    last = max(spoken, key=lambda row: row.published_on or date.min).version
    now = {row.audience for row in spoken if row.version == last}
    return tuple(sorted({row.audience for row in spoken} - now))
