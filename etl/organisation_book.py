"""What people decided about organisations: spellings, mail domains, sector, parent and region.

Kept as events in decisions.sqlite. The last event about a subject that was not taken back is in force, so
undoing one brings back what held before it. A name that has itself become a spelling of another (a merger)
leads on to that other one.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from etl.cleaning.organisations import PRIVATE_MAIL_DOMAINS
from etl.decisions import MIGRATIONS, write_down
from etl.errors import UsageError
from etl.organisation_parents import circles
from etl.organisation_parents import stands_for as stands_for
from etl.store import open_store

if TYPE_CHECKING:
    from etl.home import Home


class Sector(StrEnum):
    """The sectors that organisations are counted by (metric N1); freelancers are `independent`."""

    MBO = "mbo"
    HBO = "hbo"
    WO = "wo"
    COMPANY = "company"
    GOVERNMENT = "government"
    INDEPENDENT = "independent"
    OTHER = "other"


def read_sector(written: str, where: str = "sector") -> Sector:
    """The sector of that name, whatever its capitals. UsageError for any other."""
    try:
        return Sector(written.strip().lower())
    except ValueError:
        raise UsageError(where, "a sector that is not known", f"one of {', '.join(Sector)}") from None


@dataclass(frozen=True)
class Spelling:
    """A name as written means this organisation, and perhaps one unit of it."""

    as_written: str
    name: str
    unit: str | None = None


@dataclass(frozen=True)
class MailDomain:
    """Who writes from this domain, or one under it, and names no organisation, is of this one."""

    domain: str
    name: str


@dataclass(frozen=True)
class OrganisationFacts:
    """What people say an organisation is. What they leave out stays as it was found."""

    name: str
    sector: Sector | None = None
    parent: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class Apart:
    """Two names that look alike and are two organisations."""

    one: str
    other: str


@dataclass(frozen=True)
class Later:
    """Two names that look alike and wait: every other pair comes first."""

    one: str
    other: str


@dataclass(frozen=True)
class OrganisationBook:
    """Everything about organisations that is in force."""

    spellings: tuple[Spelling, ...] = ()
    domains: tuple[MailDomain, ...] = ()
    facts: tuple[OrganisationFacts, ...] = ()
    apart: tuple[Apart, ...] = ()
    later: tuple[Later, ...] = ()


Change = Spelling | MailDomain | OrganisationFacts | Apart | Later


@dataclass(frozen=True)
class OrganisationDecision:
    """One decision, which may hold several changes, and whether it was taken back."""

    decision_id: int
    changes: tuple[Change, ...]
    decided_by: str | None
    reason: str | None
    decided_at: datetime
    undone_at: datetime | None
    undone_by: str | None = None

    @property
    def is_put_off(self) -> bool:
        """Whether nothing was decided but to look again later."""
        return all(isinstance(each, Later) for each in self.changes)


IN_FORCE = """
select kind, subject, name, unit, sector, parent, region
from (
    select *, max(event_id) from organisation_event
    where undone_at is null
    group by kind, subject
)
order by kind, subject
"""


class OrganisationDecisions:
    """The decisions of a home about organisations, open. Use it as a context manager."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._connection = open_store(home.decisions_file, MIGRATIONS)

    def __enter__(self) -> OrganisationDecisions:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def book(self) -> OrganisationBook:
        """What is in force."""
        changes = [_change(row) for row in self._connection.execute(IN_FORCE)]
        return OrganisationBook(
            tuple(each for each in changes if isinstance(each, Spelling)),
            tuple(each for each in changes if isinstance(each, MailDomain)),
            tuple(each for each in changes if isinstance(each, OrganisationFacts)),
            tuple(each for each in changes if isinstance(each, Apart)),
            tuple(each for each in changes if isinstance(each, Later)),
        )

    def decide(self, changes: Sequence[Change], by: str | None = None, why: str | None = None) -> int:
        """Write several changes down as one decision.

        UsageError for an empty name, no domain, or an organisation that would be part of itself.
        """
        rows = [_row(each) for each in (*changes, *self._ends_of_circles(changes))]
        with _transaction(self._connection):
            with self._no_new_circle():
                (number,) = self._connection.execute(
                    "select coalesce(max(decision_id), 0) + 1 from organisation_event"
                ).fetchone()
                self._connection.executemany(
                    "insert into organisation_event (decision_id, kind, subject, name, unit, sector, parent,"
                    " region, decided_by, reason, decided_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [(number, *row, by, why, _now()) for row in rows],
                )
            write_down(self._home, "ORGANISATIONS_DECIDED", by, changes=len(rows))
        return int(number)

    def _ends_of_circles(self, changes: Sequence[Change]) -> list[Change]:
        """A name that was merged into one that is now merged into it, stands for itself again."""
        leads = {_plain(each.as_written): each.name for each in self.book().spellings}
        ends: list[Change] = []
        for each in changes:
            if not isinstance(each, Spelling):
                continue
            seen, name = {_plain(each.as_written)}, each.name
            while (after := leads.get(_plain(name))) is not None and _plain(after) != _plain(name):
                if _plain(after) in seen:
                    ends.append(Spelling(name, name))
                    break
                seen.add(_plain(name))
                name = after
        return ends

    @contextmanager
    def _no_new_circle(self) -> Iterator[None]:
        """Refuse what makes an organisation part of itself, also through others or through a merger."""
        before = _circles(self.book())
        yield
        after = _circles(self.book())
        for circle in sorted(after.keys() - before.keys(), key=sorted):
            first, *through = after[circle]
            by_way_of = f" through {', '.join(through)}" if through else ""
            raise UsageError(
                f"organisation {first}", f"it would be part of itself{by_way_of}", "another parent",
                "What was said before: kring organisation list",
            )  # fmt: skip

    def undo(self, decision_id: int | None = None, by: str | None = None) -> OrganisationDecision | None:
        """Take back one decision, or the last one. None when there is nothing to take back.

        UsageError when what held before would make an organisation part of itself by now.
        """
        standing = [each for each in self.history() if each.undone_at is None]
        chosen = [each for each in standing if decision_id in (None, each.decision_id)]
        if not chosen:
            return None
        with _transaction(self._connection):
            with self._no_new_circle():
                self._connection.execute(
                    "update organisation_event set undone_at = ?, undone_by = ? where decision_id = ?",
                    (_now(), by, chosen[-1].decision_id),
                )
            write_down(self._home, "ORGANISATIONS_UNDECIDED", by, changes=len(chosen[-1].changes))
        return chosen[-1]

    def history(self) -> tuple[OrganisationDecision, ...]:
        """Every decision, the oldest first."""
        found: dict[int, OrganisationDecision] = {}
        for number, by, why, decided, undone, undone_by, *row in self._connection.execute(
            "select decision_id, decided_by, reason, decided_at, undone_at, undone_by,"
            " kind, subject, name, unit, sector, parent, region from organisation_event order by event_id"
        ):
            before = found[number].changes if number in found else ()
            found[number] = OrganisationDecision(
                number,
                (*before, _change(row)),
                by,
                why,
                _moment(decided),
                _moment(undone) if undone else None,
                undone_by,
            )
        return tuple(found.values())


def _circles(book: OrganisationBook) -> Mapping[frozenset[str], tuple[str, ...]]:
    return circles(
        ((each.as_written, each.name) for each in book.spellings),
        ((each.name, each.parent) for each in book.facts),
    )


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, and the revision goes up: a release says which decisions it was made from."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("update revision set number = number + 1")
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


Row = tuple[str, str, str, str | None, str | None, str | None, str | None]


def _row(change: Change) -> Row:
    if isinstance(change, Apart | Later):
        one, other = sorted((_named(change.one, "an organisation"), _named(change.other, "an organisation")))
        kind = "apart" if isinstance(change, Apart) else "later"
        return (kind, f"{one}\n{other}", other, None, None, None, None)
    name = _named(change.name, "an organisation")
    match change:
        case Spelling(written, _, unit):
            return ("spelling", _named(written, "a spelling"), name, unit, None, None, None)
        case MailDomain(domain, _):
            return ("domain", _domain(domain), name, None, None, None, None)
        case OrganisationFacts(_, sector, parent, region):
            return ("facts", name, name, None, sector.value if sector else None, parent, region)


def _change(row: Sequence[str | None]) -> Change:
    kind, subject, name, unit, sector, parent, region = row
    assert subject is not None and name is not None
    if kind == "spelling":
        return Spelling(subject, name, unit)
    if kind == "domain":
        return MailDomain(subject, name)
    if kind in ("apart", "later"):
        return (Apart if kind == "apart" else Later)(subject.partition("\n")[0], name)
    return OrganisationFacts(name, Sector(sector) if sector else None, parent, region)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


def _named(written: str, what: str) -> str:
    name = " ".join(written.split())
    if not name:
        raise UsageError(what, "an empty name", "a name of one letter or more")
    return name


def _domain(written: str) -> str:
    domain = written.strip().lower().removeprefix("@")
    if "." not in domain or "@" in domain or " " in domain:
        raise UsageError(
            "a mail domain", "no domain", "what follows the @ in an address, such as example.org"
        )
    if domain in PRIVATE_MAIL_DOMAINS:
        raise UsageError(
            "a mail domain", f"{domain}, where anyone may have an address", "a domain of one organisation"
        )
    return domain


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
