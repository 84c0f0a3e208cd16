"""Tickets of an event, whichever program sold them: who registered, and who was checked in.

A ticket is a registration; only a check-in shows that somebody was there. The tickets of one order often all
carry the address of whoever ordered. That address is kept where it fits: on all tickets with one and the same
name, which are one person; when the names differ, only on the name that the address is made of, else on the
first. A guest whose name was never asked ("Info Requested") is nobody: counted, not loaded. What the
organiser asked and buyers wrote in their own words is a contribution; the same words on every ticket of an
order are one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder, normal_name
from etl.schema.feeds import ATTENDANCE, CONTRIBUTION, REGISTRATION
from etl.sources.answers import asked_of_buyers, question_text
from etl.sources.source import DateShape, FeedRows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

PERSON = ("full_name", "given_name", "family_name", "email", "organisation", "job_title", "country")
EVENT = ("event_id", "title", "starts_at", "ends_at")
STATUSES = {
    "registered": (
        "attending", "going", "partially refunded", "registered", "confirmed", "complete", "completed",
        "paid", "placed", "pending", "gaat", "paid, but over quota",
        "p", "n", "unpaid", "valid", "approved", "yes", "aanwezig", "komt", "aangemeld", "bevestigd",
        "betaald", "openstaand", "in afwachting",
    ),
    "waitlisted": (
        "waitlisted", "waitlist", "waiting list", "on waitlist", "wait list", "wachtlijst", "op wachtlijst",
        "approval pending", "pending approval",
    ),
    "cancelled": (
        "not attending", "refunded", "cancelled", "canceled", "deleted", "transferred",
        "e", "c", "expired", "c (paid)", "abandoned", "withdrawn", "rejected", "declined", "geannuleerd",
        "terugbetaald",
        "verlopen", "komt niet", "niet aanwezig", "afgemeld", "canceled (paid fee)",
        "cancelled (paid fee)",
    ),
}  # fmt: skip
CHECKED_IN = ("checked in", "checked-in", "ingecheckt", "attended")
STATUS_OF = {word: status for status, words in STATUSES.items() for word in words}
UNKNOWN_STATUS = "a status that Kring does not know was read as registered"
SHARED = (
    "tickets of one order carry the address of whoever ordered: it is kept for the name that it fits, "
    "the others are known by name only"
)
SAME_BUYER = "several tickets carry one name and address: they count as one person"
UNNAMED = "tickets for guests whose name was not asked: {count} of them are counted, nobody is made of them"


@dataclass(frozen=True)
class Answer:
    """What somebody wrote in answer to an open question. `question` is None where no file tells it."""

    text: str
    kind: str
    question: str | None


@dataclass(frozen=True)
class Ticket:
    """One ticket, texts as written. `order` groups the tickets that were bought together."""

    line: int
    order: str | None = None
    full_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    organisation: str | None = None
    job_title: str | None = None
    country: str | None = None
    event_id: str | None = None
    title: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    status: str = "registered"
    registered_at: str | None = None
    is_checked_in: bool = False
    checked_in_at: str | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def name(self) -> str:
        """The whole name as written; empty when there is none."""
        return self.full_name or " ".join(part for part in (self.given_name, self.family_name) if part)


@dataclass(frozen=True)
class Sold:
    """What the tickets of a file mean."""

    feeds: tuple[FeedRows, ...]
    unidentified: int
    warnings: tuple[str, ...]


def status_of(written: str | None) -> tuple[str, bool, bool]:
    """The status, whether it says that somebody was checked in, and whether the word is known."""
    word = " ".join((written or "").split()).casefold()
    if word in CHECKED_IN:
        return "registered", True, True
    return STATUS_OF.get(word, "registered"), False, not word or word in STATUS_OF


def sold(tickets: Sequence[Ticket], shapes: Mapping[str, DateShape] | None = None) -> Sold:
    """The registrations, and the attendances of those who were checked in."""
    kept, guests = _named(tickets)
    unnamed = len(guests)
    own = _own_addresses(kept)
    warnings = [SHARED] if own != kept else []
    warnings += [SAME_BUYER] if _is_repeated(own) else []
    warnings += [UNNAMED.format(count=unnamed)] if unnamed else []
    given = dict(shapes or {})
    feeds = [
        FeedRows(
            REGISTRATION, (*PERSON, *EVENT, "status", "registered_at"), [ticket.line for ticket in own],
            [(*_cells(ticket, (*PERSON, *EVENT)), ticket.status, ticket.registered_at) for ticket in own],
            {field: shape for field, shape in given.items() if field in (*EVENT, "registered_at")},
        )
    ]  # fmt: skip
    came = [ticket for ticket in own if ticket.is_checked_in]
    if came:
        feeds.append(
            FeedRows(
                ATTENDANCE, (*PERSON, *EVENT, "joined_at", "checked_in"), [ticket.line for ticket in came],
                [(*_cells(ticket, (*PERSON, *EVENT)), ticket.checked_in_at, "true") for ticket in came],
                {field: shape for field, shape in given.items() if field in (*EVENT, "joined_at")},
            )
        )  # fmt: skip
    written = _contributions(sorted([*own, *guests], key=lambda ticket: ticket.line), given)
    return Sold((*feeds, *([written] if written.rows else [])), unnamed, tuple(warnings))


def answers_in(
    heading: Sequence[str],
    rows: Sequence[tuple[int, str | None, tuple[str, ...]]],
    taken: Collection[int],
) -> dict[int, tuple[Answer, ...]]:
    """The answers to open questions on each line, of rows with their line, order and cells."""
    asked = asked_of_buyers(tuple(heading), [(order, cells) for _, order, cells in rows], taken)
    return {
        line: tuple(
            Answer(cells[place], kind, question_text(heading[place]))
            for place, kind in asked.items()
            if cells[place]
        )
        for line, _, cells in rows
    }


def title_of(name: str, noise: str) -> str:
    """A title for an event that the file does not name: the file's name without the program's words."""
    stem = re.sub(r"\.\w{1,5}$", "", name.replace("\\", "/").rsplit("/", 1)[-1]).replace("_", " ")
    bare = re.sub(noise, " ", stem, flags=re.IGNORECASE)
    bare = re.sub(r"(?<!\d)\d{2,4}[-_.]?\d{2}[-_.]?\d{2,4}(?:[T ]?\d{4,6})?(?!\d)|\(\d+\)", " ", bare)
    return " ".join(bare.split()).strip(" -") or stem


def _named(tickets: Iterable[Ticket]) -> tuple[list[Ticket], list[Ticket]]:
    """The tickets that name somebody, and those for guests whose name was never asked, without a person."""
    addresses: dict[tuple[str | None, str | None], int] = defaultdict(int)
    listed = list(tickets)
    for ticket in listed:
        addresses[ticket.order, email_key(ticket.email)] += 1
    kept, guests = [], []
    for ticket in listed:
        address = email_key(ticket.email)
        if not _is_unnamed(ticket):
            kept.append(ticket)
        elif address and (not ticket.order or addresses[ticket.order, address] == 1):
            kept.append(replace(ticket, full_name=None, given_name=None, family_name=None))
        else:
            guests.append(_nobody(ticket))
    return kept, guests


def _nobody(ticket: Ticket) -> Ticket:
    """The ticket without whoever ordered it."""
    return replace(
        ticket, full_name=None, given_name=None, family_name=None, email=None, organisation=None,
        job_title=None, country=None,
    )  # fmt: skip


def _is_unnamed(ticket: Ticket) -> bool:
    """Nothing, or what a program writes in both halves of a name that it does not know."""
    halves = [half for half in (ticket.given_name, ticket.family_name) if half]
    return is_placeholder(ticket.name) or (bool(halves) and all(map(is_placeholder, halves)))


def _own_addresses(tickets: Sequence[Ticket]) -> list[Ticket]:
    """The tickets with the address taken off where it belongs to another name of the same order."""
    names: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for ticket in tickets:
        address = email_key(ticket.email)
        if ticket.order and address and ticket.name:
            names[ticket.order, address][normal_name(ticket.name)] = None
    owner = {key: _fitting(key[1], list(found)) for key, found in names.items() if len(found) > 1}
    own = []
    for ticket in tickets:
        owning = owner.get((ticket.order or "", email_key(ticket.email) or ""))
        is_other = owning is not None and ticket.name and normal_name(ticket.name) != owning
        own.append(replace(ticket, email=None) if is_other else ticket)
    return own


def _fitting(address: str, names: Sequence[str]) -> str:
    """The name of which most words stand in the address; the first when none does."""
    local = re.sub(r"[^a-z]", "", address.split("@")[0])
    return max(
        names, key=lambda name: sum(len(word) for word in name.split() if len(word) > 2 and word in local)
    )


def _is_repeated(tickets: Sequence[Ticket]) -> bool:
    seen = [
        (ticket.order, normal_name(ticket.name), email_key(ticket.email))
        for ticket in tickets
        if ticket.order
    ]
    return len(set(seen)) < len(seen)


def _contributions(tickets: Sequence[Ticket], shapes: Mapping[str, DateShape]) -> FeedRows:
    """Each answer once for the order, or for whoever gave it where there is no order."""
    seen: set[tuple[object, ...]] = set()
    lines: list[int] = []
    rows: list[tuple[str | None, ...]] = []
    for ticket in tickets:
        for answer in ticket.answers:
            giver = ticket.order or email_key(ticket.email) or normal_name(ticket.name) or ticket.line
            if (giver, answer) in seen:
                continue
            seen.add((giver, answer))
            lines.append(ticket.line)
            rows.append(
                (*_cells(ticket, PERSON), answer.text, answer.kind, answer.question, ticket.event_id,
                 ticket.title, ticket.registered_at)
            )  # fmt: skip
    columns = (*PERSON, "text", "kind", "question", "event_id", "title", "contributed_at")
    shape = {"contributed_at": shapes["registered_at"]} if "registered_at" in shapes else {}
    return FeedRows(CONTRIBUTION, columns, lines, rows, shape)


def _cells(ticket: Ticket, fields: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(getattr(ticket, field) or None for field in fields)
