"""The decisions people took. A run reads them and never writes them.

So far: organisations (etl/organisation_book.py), links of an attendance file's session to an event of the
agenda, names of themes, and who is whom: the last two are kept as events of which the last one holds.
Every change raises the revision, which is part of what a release was made from.

Decisions about people hold no personal values but handles. Every key of a person has one: the person id
which that key alone would give (see etl/identity/handles.py). A person who has several keys has several
handles, so a decision finds its people again when keys are added, others join, or files come again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from etl.errors import UsageError
from etl.store import open_store

if TYPE_CHECKING:
    from etl.home import Home

MIGRATIONS = (
    """
    create table revision (number integer not null) strict;
    insert into revision values (0);
    create table organisation_alias (
        as_written text primary key,
        name text not null,
        sector text,
        parent text
    ) strict;
    create table session_link (
        session_key text primary key,
        event_id text not null
    ) strict;
    """,
    """
    create table theme_event (
        event_id integer primary key,
        theme_id text not null,
        kind text not null,
        label_nl text,
        label_en text,
        decided_at text not null,
        undone_at text
    ) strict;
    """,
    """
    create table organisation_event (
        event_id integer primary key,
        decision_id integer not null,
        kind text not null check (kind in ('spelling', 'domain', 'facts', 'apart')),
        subject text not null,
        name text not null,
        unit text,
        sector text,
        parent text,
        region text,
        decided_by text,
        reason text,
        decided_at text not null,
        undone_at text
    ) strict;
    insert into organisation_event (decision_id, kind, subject, name, decided_at)
        select 1, 'spelling', as_written, name, '2026-11-22T00:00:00' from organisation_alias;
    insert into organisation_event (decision_id, kind, subject, name, sector, parent, decided_at)
        select 1, 'facts', name, name,
            case when max(sector) in ('mbo', 'hbo', 'wo', 'company', 'government', 'independent', 'other')
                then max(sector) end,
            max(parent), '2026-11-22T00:00:00'
        from organisation_alias group by name;
    drop table organisation_alias;
    """,
    """
    create table person_decision (
        decision_id integer primary key autoincrement,
        kind text not null check (kind in ('same', 'different', 'later', 'split')),
        handle_a text not null,
        handle_b text not null,
        kept text not null,
        taken text not null,
        evidence text not null,
        decided_by text not null,
        reason text not null,
        decided_at text not null,
        undone_at text,
        undone_by text
    ) strict;
    """,
    """
    alter table organisation_event rename to organisation_event_before;
    create table organisation_event (
        event_id integer primary key,
        decision_id integer not null,
        kind text not null check (kind in ('spelling', 'domain', 'facts', 'apart', 'later')),
        subject text not null,
        name text not null,
        unit text,
        sector text,
        parent text,
        region text,
        decided_by text,
        reason text,
        decided_at text not null,
        undone_at text,
        undone_by text
    ) strict;
    insert into organisation_event select *, null from organisation_event_before;
    drop table organisation_event_before;
    """,
)


@dataclass(frozen=True)
class SessionLink:
    """A session found in an attendance file, and the event on the agenda it belongs to."""

    session_key: str
    event_id: str


@dataclass(frozen=True)
class ThemeName:
    """What people call a theme. Without an English name the Dutch one is used in both languages."""

    theme_id: str
    label_nl: str
    label_en: str | None = None


class DecisionKind(Enum):
    """What somebody decided about two people, or about one who is two."""

    SAME = "same"
    DIFFERENT = "different"
    LATER = "later"
    SPLIT = "split"


@dataclass(frozen=True)
class PersonDecision:
    """One decision about who is whom. `evidence` is a fingerprint of what was compared, never its values.

    A split takes the rows with the handles `taken` away from those with the handles `kept`; its `handle_a` is
    the person as it was, `handle_b` the first of what was taken away. Other kinds have one handle a side.
    """

    decision_id: int
    kind: DecisionKind
    handle_a: str
    handle_b: str
    evidence: str
    decided_by: str
    reason: str
    decided_at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None
    kept: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()

    @property
    def handles(self) -> frozenset[str]:
        """Every handle it mentions."""
        return frozenset((self.handle_a, self.handle_b, *self.kept, *self.taken))


class Decisions:
    """The decisions of one home, open. Use it as a context manager, or close it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._connection = open_store(home.decisions_file, MIGRATIONS)

    def __enter__(self) -> Decisions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def revision(self) -> int:
        """Goes up with every decision."""
        return int(self._connection.execute("select number from revision").fetchone()[0])

    def session_links(self) -> tuple[SessionLink, ...]:
        """Every session that people tied to an event."""
        rows = self._connection.execute("select session_key, event_id from session_link order by session_key")
        return tuple(SessionLink(*row) for row in rows)

    def link_session(self, link: SessionLink) -> None:
        """Tie a session to an event of the agenda."""
        self._decide("insert or replace into session_link values (?, ?)", [(link.session_key, link.event_id)])

    def theme_names(self) -> tuple[ThemeName, ...]:
        """The name in force of every theme that people named: the last one that was not taken back."""
        rows = self._connection.execute(
            "select theme_id, label_nl, label_en from (select *, max(event_id) from theme_event"
            " where kind = 'rename' and undone_at is null group by theme_id) order by theme_id"
        )
        return tuple(ThemeName(*row) for row in rows)

    def rename_theme(self, name: ThemeName) -> None:
        """Give a theme a name that no run overwrites."""
        label_nl, label_en = " ".join(name.label_nl.split()), " ".join((name.label_en or "").split())
        if not label_nl:
            raise UsageError("theme", "an empty name", "a name of one letter or more")
        self._decide(
            "insert into theme_event (theme_id, kind, label_nl, label_en, decided_at)"
            " values (?, 'rename', ?, ?, ?)",
            [(name.theme_id, label_nl, label_en or None, _now())],
        )

    def undo_theme(self, theme_id: str | None = None) -> str | None:
        """Take back the last decision about a theme, or about any. Gives its id; None when there is none."""
        row = self._connection.execute(
            "select event_id, theme_id from theme_event"
            " where undone_at is null and (?1 is null or theme_id = ?1)"
            " order by event_id desc limit 1",
            (theme_id,),
        ).fetchone()
        if row is None:
            return None
        undo = "update theme_event set undone_at = ? where event_id = ?"
        self._decide(undo, [(_now(), str(row[0]))])
        return str(row[1])

    def person_decisions(self, include_undone: bool = False) -> tuple[PersonDecision, ...]:
        """Every decision about people that was not taken back, oldest first; or also those that were."""
        rows = self._connection.execute(
            f"select {_OF_A_PERSON} from person_decision where ? or undone_at is null order by decision_id",
            (include_undone,),
        )
        return tuple(_person_decision(row) for row in rows)

    def decide_pair(
        self,
        kind: DecisionKind,
        handle_a: str,
        handle_b: str,
        *,
        decided_by: str,
        reason: str = "",
        evidence: str = "",
    ) -> PersonDecision:
        """Keep what somebody decided about two people. The newest decision about a pair holds.

        Deciding once more what holds already changes nothing, so that one undo takes it back.
        """
        if kind is DecisionKind.SPLIT:
            raise UsageError("decision", "a split of a pair", "same, different or later")
        one, other = sorted((_handle(handle_a), _handle(handle_b)))
        if one == other:
            raise UsageError("decision", "one person twice", "two people")
        held = [each for each in self.person_decisions() if (each.handle_a, each.handle_b) == (one, other)]
        if held and (held[-1].kind, held[-1].evidence) == (kind, evidence):
            return held[-1]
        return self._keep(kind, (one, other), ((), ()), decided_by, reason, evidence)

    def split(
        self,
        handle: str,
        taken: Sequence[str],
        kept: Sequence[str],
        *,
        decided_by: str,
        reason: str = "",
        evidence: str = "",
    ) -> PersonDecision:
        """Keep that rows with the handles `taken` are somebody else than those with the handles `kept`."""
        off, rest = (tuple(sorted({_handle(each) for each in side})) for side in (taken, kept))
        if not off or not rest or set(off) & set(rest):
            raise UsageError(
                "split", "nothing on one side", "something to take off, and something that stays"
            )
        return self._keep(
            DecisionKind.SPLIT, (_handle(handle), off[0]), (rest, off), decided_by, reason, evidence
        )

    def undo_person_decision(self, decision_id: int | None = None, *, undone_by: str) -> PersonDecision:
        """Take back a decision about people, or the last one that holds: as if it was never taken."""
        decided = self.person_decisions(include_undone=True)
        found = [
            each
            for each in decided
            if (each.undone_at is None if decision_id is None else each.decision_id == decision_id)
        ]
        if not found:
            wanted = f"no decision {decision_id}" if decision_id is not None else "no decision to take back"
            raise UsageError("undo", wanted, "one that was taken", "See kring review history.")
        if found[-1].undone_at is not None:
            raise UsageError("undo", f"decision {decision_id} was taken back before", "one that holds")
        self._decide(
            "update person_decision set undone_at = ?, undone_by = ? where decision_id = ?",
            [(_now(), undone_by, str(found[-1].decision_id))],
            lambda: write_down(self._home, "PEOPLE_UNDECIDED", undone_by, _both(found[-1])),
        )
        return self._person_decision(found[-1].decision_id)

    def forget_person_decisions(self, handles: Iterable[str]) -> int:
        """Remove every decision, taken back or not, that mentions one of these handles. Gives how many."""
        gone = frozenset(handles)
        found = [each for each in self.person_decisions(include_undone=True) if each.handles & gone]
        if found:
            self._decide(
                "delete from person_decision where decision_id = ?",
                [(str(each.decision_id),) for each in found],
            )
        return len(found)

    def _keep(
        self,
        kind: DecisionKind,
        pair: tuple[str, str],
        sides: tuple[tuple[str, ...], tuple[str, ...]],
        decided_by: str,
        reason: str,
        evidence: str,
    ) -> PersonDecision:
        by = " ".join(decided_by.split())
        if not by:
            raise UsageError("decision", "nobody who decides", "the name or role of who decided")
        row = (
            kind.value,
            *pair,
            *(" ".join(side) for side in sides),
            evidence,
            by,
            " ".join(reason.split()),
            _now(),
        )
        self._decide(
            "insert into person_decision"
            " (kind, handle_a, handle_b, kept, taken, evidence, decided_by, reason, decided_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [row],
            lambda: write_down(self._home, "PEOPLE_DECIDED", by, pair),
        )
        last = self._connection.execute("select max(decision_id) from person_decision").fetchone()
        return self._person_decision(int(last[0]))

    def _person_decision(self, decision_id: int) -> PersonDecision:
        return next(
            each for each in self.person_decisions(include_undone=True) if each.decision_id == decision_id
        )

    def _decide(
        self,
        statement: str,
        rows: Sequence[tuple[str | None, ...]],
        before_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection.execute("begin immediate")
        try:
            self._connection.executemany(statement, rows)
            self._connection.execute("update revision set number = number + 1")
            before_commit()
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")


def write_down(
    home: Home, action: str, who: str | None, people: Sequence[str] = (), changes: int = 1
) -> None:
    """Put a decision in the audit log, while it can still be taken back: none goes without its line."""
    from etl.privacy import audit

    key = home.privacy_key()
    subject = " ".join(audit.pseudonym(key, each) for each in people) or None
    audit.record(home, audit.Action[action], subject, counts={"changes": changes}, who=who)


def _both(decision: PersonDecision) -> tuple[str, str]:
    return (decision.handle_a, decision.handle_b)


_OF_A_PERSON = (
    "decision_id, kind, handle_a, handle_b, evidence, decided_by, reason, decided_at, undone_at, undone_by,"
    " kept, taken"
)


def _person_decision(row: tuple[str, ...]) -> PersonDecision:
    number, kind, handle_a, handle_b, evidence, by, reason, decided_at, undone_at, undone_by, kept, taken = (
        row
    )
    return PersonDecision(
        int(number), DecisionKind(kind), handle_a, handle_b, evidence, by, reason,
        datetime.fromisoformat(decided_at), datetime.fromisoformat(undone_at) if undone_at else None,
        undone_by, tuple(kept.split()), tuple(taken.split()),
    )  # fmt: skip


def _handle(text: str) -> str:
    """A handle as it is kept; it is the id of a person, so anything else is somebody's mistake."""
    try:
        return str(UUID(text))
    except ValueError:
        raise UsageError("decision", "no id of a person", "a person id") from None


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
