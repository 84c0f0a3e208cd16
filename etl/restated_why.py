"""Why a published figure changed: what was decided, received or set since its release was made.

Merges and files are named only when somebody in the figure is touched by them. Where these account for the
whole difference nothing else is named; where they do not, what else happened is, the likely first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from etl.decisions import DecisionKind, PersonDecision
from etl.published import Cause, NotedChange, PublishedExactly, ReleaseState

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_FILES = 3
BETWEEN = "|"  # the parts of what became of a setting
MEMBERSHIP, MEETING = ("membership",), ("attendance", "event")
SETTINGS_OF_A_STOCK = ("grace_days", "connections", "time_zone")
SETTINGS_OF_A_MEETING = ("minimum_minutes", "time_zone")
MADE = {DecisionKind.SAME: "merged", DecisionKind.SPLIT: "split"}
UNMADE = {DecisionKind.SAME: "merge_undone", DecisionKind.SPLIT: "split_undone"}
STEP = {"merged": -1, "split": 1, "merge_undone": 1, "split_undone": -1, "erased": -1}
MEMBERS_ON = (
    "select person_id from {table} where starts_on <= $on and (ends_on is null or ends_on > $on){scope}"
)
PARTICIPANTS = """
    select attendance.person_id, attendance.file_id
    from core.attendance as attendance
    join core.session as session using (session_id)
    where coalesce(session.kind, '') = $label and session.held_on between $start and $on
        and attendance.was_present and not attendance.is_host
"""
NEW_FILES = "select file_id from core.source_file where sha256 in (select unnest($files))"
SAID = {
    "merged": ("{n} duplicate merged {when}", "{n} duplicates merged {when}"),
    "split": ("{n} person split in two {when}", "{n} people split in two {when}"),
    "merge_undone": ("{n} merge taken back {when}", "{n} merges taken back {when}"),
    "split_undone": ("{n} split taken back {when}", "{n} splits taken back {when}"),
    "erased": ("{n} person erased on request {when}", "{n} people erased on request {when}"),
    "file": ("a late file received {when}: {about}",) * 2,
    "files": ("{n} file received {when}", "{n} files received {when}"),
    "file_gone": ("{n} file no longer counts", "{n} files no longer count"),
    "read_anew": ("{n} file was read differently", "{n} files were read differently"),
    "setting": ("the setting {parts[0]} went from {parts[1]} to {parts[2]}",) * 2,
    "kring": ("Kring went from version {parts[0]} to {parts[1]}",) * 2,
    "unknown": ("no cause was found",) * 2,
}


@dataclass(frozen=True)
class Known:
    """What is known when a release is built. `files` has of each landed file when it came, and its feeds."""

    now: ReleaseState
    decisions: tuple[PersonDecision, ...]
    erased_at: Mapping[str, datetime]
    files: Mapping[str, tuple[datetime, frozenset[str]]]
    zone: ZoneInfo
    noted_at: datetime

    def day(self, moment: datetime | None = None) -> date:
        """The day of a moment where the network is; of none, today."""
        chosen = moment or self.noted_at
        aware = chosen if chosen.tzinfo else chosen.replace(tzinfo=UTC)
        return aware.astimezone(self.zone).date()

    def cause(self, kind: str, count: int, moments: Iterable[datetime | None] = (), about: str = "") -> Cause:
        """A cause, on the days of these moments."""
        days = sorted(self.day(each) for each in moments) or [self.day()]
        return Cause(kind, count, days[0], days[-1], about)


def said(causes: Sequence[Cause], names: Mapping[str, str]) -> str:
    """The causes as one line of English; files by the name that they have in `names`."""
    return "; ".join(_said(cause, names) for cause in causes)


def _said(cause: Cause, names: Mapping[str, str]) -> str:
    one, many = SAID[cause.kind]
    about = names.get(cause.about, "")
    when = f"on {_day(cause.first_on)}"
    if cause.first_on != cause.last_on:
        when = f"from {_day(cause.first_on)} to {_day(cause.last_on)}"
    told = (one if cause.count == 1 else many).format(
        n=cause.count, when=when, about=about, parts=cause.about.split(BETWEEN)
    )
    return told.rstrip(": ")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def why(
    connection: DuckDBPyConnection,
    known: Known,
    before: ReleaseState | None,
    figure: PublishedExactly,
    current: int | None,
    last: NotedChange | None,
) -> tuple[Cause, ...]:
    """The causes of one change, in the order in which they are told."""
    asked = _Asked(connection, figure)
    if current == figure.figure:
        return tuple(_taken_back(asked, known, last))
    if before is None:
        return (known.cause("unknown", 1),)
    causes = _settings(known, before, figure)
    left = (current or 0) - (figure.figure or 0)
    people = _decided(asked, known, before)
    left -= sum(STEP[cause.kind] * cause.count for cause in people)
    if left or causes:
        late, by_files = _late_files(asked, known, before)
        causes += people + late
        left -= by_files
    else:
        causes += people
    if left < 0 and (erased := [each for each in known.now.erasures if each not in before.erasures]):
        moments = [known.erased_at.get(each) for each in erased]
        causes.append(known.cause("erased", min(len(erased), -left), moments))
        left += causes[-1].count
    if left:
        causes += _changed_files(asked, known, before)
        causes += _other_files(asked, known, before, {cause.about for cause in causes})
    return tuple(causes or (_vaguely(known, before),))


class _Asked:
    """Who is in a figure, by the rows of the release that is being built."""

    def __init__(self, connection: DuckDBPyConnection, figure: PublishedExactly) -> None:
        self.connection = connection
        self.figure = figure
        self.is_stock = figure.table.counts_a_stock
        self.given: dict[str, object] = {"on": figure.period_end}
        if self.is_stock:
            table = "core.working_group_membership" if figure.label else "core.membership"
            scope = " and working_group = $label" if figure.label else ""
            self.people = MEMBERS_ON.format(table=table, scope=scope)
        else:
            self.people = PARTICIPANTS
            self.given["start"] = min(key for key in figure.keys if isinstance(key, date))
        if figure.label or not self.is_stock:
            self.given["label"] = figure.label

    @property
    def feeds(self) -> frozenset[str]:
        """The feeds that can change the figure."""
        if not self.is_stock:
            return frozenset(MEETING)
        return frozenset((*MEMBERSHIP, "contact") if self._contacts_count() else MEMBERSHIP)

    def rows(self, sql: str, **more: object) -> list[tuple[object, ...]]:
        """The answer to a query on `counted`, who is in the figure, and `listed`, what lists say of them."""
        listed = "select * from core.listing where feed in (select unnest($feeds))"
        given = self.given | more
        if "listed" in sql:
            given["feeds"] = sorted(self.feeds)
            listed += " and working_group = $label" if self.figure.label else ""
            sql = f"listed as ({listed}), {sql}"
        found: list[tuple[object, ...]] = self.connection.execute(
            f"with counted as ({self.people}), {sql}", given
        ).fetchall()
        return found

    def people_with(self, handles: Sequence[str]) -> bool:
        """Whether anyone with one of these handles is in the figure."""
        who = (
            "who as (select person_id from core.person_key"
            " where handle::varchar in (select unnest($handles)))"
            " select 1 from counted semi join who using (person_id) limit 1"
        )
        return bool(self.rows(who, handles=list(handles)))

    def touching(self) -> set[int]:
        """The decisions in force about people in the figure; of merged ones, those listed more than once."""
        twice = "who as (select person_id from counted)"
        if self.is_stock:
            twice = (
                "who as (select person_id from listed semi join counted using (person_id)"
                " group by person_id having count(distinct writing_id) > 1)"
            )
        found = self.rows(
            f"{twice} select decision_id from core.person_decision where is_in_force and case kind"
            " when 'same' then person_a in (from who)"
            " else person_a in (select person_id from counted)"
            " or person_b in (select person_id from counted) end"
        )
        return {int(str(row[0])) for row in found}

    def late_files(self, files: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Of these files: how many of the figure are there, and how many are not, by this file alone."""
        if not files:
            return {}
        told = f"late as ({NEW_FILES}), {LATE_MEMBERS if self.is_stock else LATE_PARTICIPANTS}"
        rows = self.rows(told, files=list(files))
        return {str(sha256): (int(str(gained)), int(str(lost))) for sha256, gained, lost in rows}

    def _contacts_count(self) -> bool:
        return self.connection.execute("select connections from core.network").fetchone() == ("members",)


LATE_MEMBERS = """
gained as (
    select person_id, arg_min(file_id, (received_at, file_id)) as file_id, 1 as gained
    from listed
    semi join counted using (person_id)
    where (joined_on is null or joined_on <= $on) and (left_on is null or left_on > $on)
    group by person_id
    having bool_and(file_id in (from late))
),

lost as (
    select person_id, arg_min(file_id, (received_at, file_id)) as file_id, 0 as gained
    from listed
    anti join counted using (person_id)
    where left_on <= $on and file_id in (from late)
    group by person_id
)

select sha256, count(*) filter (where gained = 1), count(*) filter (where gained = 0)
from (from gained union all from lost)
join core.source_file using (file_id)
group by sha256
order by min(received_at), sha256
"""
LATE_PARTICIPANTS = """
told as (
    select person_id, min(file_id) as file_id
    from counted
    group by person_id
    having bool_and(file_id in (from late))
)

select sha256, count(*), 0
from told
join core.source_file using (file_id)
group by sha256
order by min(received_at), sha256
"""


def _decided(asked: _Asked, known: Known, before: ReleaseState) -> list[Cause]:
    """What people decided about who is whom since then, and what they took back."""
    by_id = {each.decision_id: each for each in known.decisions}
    new = set(known.now.decisions) - set(before.decisions)
    touched = asked.touching() & new if new else set()
    gone = [by_id[each] for each in set(before.decisions) - set(known.now.decisions) if each in by_id]
    moments: dict[str, list[datetime | None]] = {}
    for number in sorted(touched):
        if kind := MADE.get(by_id[number].kind):
            moments.setdefault(kind, []).append(by_id[number].decided_at)
    for decision in gone:
        if (kind := UNMADE.get(decision.kind)) and asked.people_with(_handles(decision)):
            moments.setdefault(kind, []).append(
                decision.undone_at or _decided_anew(decision, known.decisions)
            )
    return [known.cause(kind, len(each), each) for kind, each in moments.items()]


def _taken_back(asked: _Asked, known: Known, last: NotedChange | None) -> list[Cause]:
    """What made a figure what it was: decisions taken back since it was noted to differ, else what came."""
    since = last.changed_at if last else known.noted_at
    causes = []
    for kind, name in UNMADE.items():
        moments = [
            each.undone_at
            for each in known.decisions
            if each.kind is kind
            and each.undone_at
            and each.undone_at.replace(tzinfo=UTC) > since
            and asked.people_with(_handles(each))
        ]
        if moments:
            causes.append(known.cause(name, len(moments), moments))
    if causes:
        return causes
    if erased := [moment for moment in known.erased_at.values() if moment > since]:
        causes.append(known.cause("erased", len(erased), erased))
    return causes + _named([each for each in known.now.files if known.files[each][0] > since], known)


def _handles(decision: PersonDecision) -> tuple[str, ...]:
    return (decision.handle_a, decision.handle_b, *decision.kept, *decision.taken)


def _decided_anew(decision: PersonDecision, decisions: Iterable[PersonDecision]) -> datetime | None:
    """When a newer decision about the same pair took the place of one that was not taken back."""
    pair = (decision.handle_a, decision.handle_b)
    newer = [
        each.decided_at
        for each in decisions
        if (each.handle_a, each.handle_b) == pair and each.decision_id > decision.decision_id
    ]
    return max(newer, default=None)


def _settings(known: Known, before: ReleaseState, figure: PublishedExactly) -> list[Cause]:
    names = SETTINGS_OF_A_STOCK if figure.table.counts_a_stock else SETTINGS_OF_A_MEETING
    return [
        known.cause("setting", 1, about=BETWEEN.join((name, before.facts[name], known.now.facts[name])))
        for name in names
        if before.facts.get(name, known.now.facts[name]) != known.now.facts[name]
    ]


def _late_files(asked: _Asked, known: Known, before: ReleaseState) -> tuple[list[Cause], int]:
    """The files received since that alone tell of somebody in the figure, and by how much they move it."""
    told = asked.late_files(sorted(_new_files(asked, known, before)))
    return _named(list(told), known), sum(gained - lost for gained, lost in told.values())


def _named(files: Sequence[str], known: Known) -> list[Cause]:
    """These files, the first few by name."""
    causes = [known.cause("file", 1, [known.files[sha256][0]], sha256) for sha256 in files[:MOST_FILES]]
    if more := files[MOST_FILES:]:
        causes.append(known.cause("files", len(more), [known.files[sha256][0] for sha256 in more]))
    return causes


def _new_files(asked: _Asked, known: Known, before: ReleaseState) -> set[str]:
    new = set(known.now.files) - set(before.files)
    return {each for each in new if known.files[each][1] & asked.feeds}


def _changed_files(asked: _Asked, known: Known, before: ReleaseState) -> list[Cause]:
    """Files that counted then and no longer do, or that are read differently now."""
    gone = set(before.files) - set(known.now.files)
    anew = {
        each
        for each in set(before.files) & set(known.now.files)
        if before.files[each] != known.now.files[each] and known.files[each][1] & asked.feeds
    }
    found = (("file_gone", gone), ("read_anew", anew))
    return [known.cause(kind, len(files)) for kind, files in found if files]


def _other_files(asked: _Asked, known: Known, before: ReleaseState, told: set[str]) -> list[Cause]:
    """The other files received since: one that has two keys of somebody also makes two people one."""
    new = _new_files(asked, known, before) or set(known.now.files) - set(before.files)
    return _named(sorted(new - told, key=lambda each: (known.files[each][0], each)), known)


def _vaguely(known: Known, before: ReleaseState) -> Cause:
    """The one thing left to tell, when nothing was decided, received or set otherwise."""
    if before.kring != known.now.kring:
        return known.cause("kring", 1, about=BETWEEN.join((before.kring, known.now.kring)))
    return known.cause("unknown", 1)
