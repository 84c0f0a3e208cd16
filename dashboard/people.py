"""People as the page shows them: who was found, what happened with one of them, and who says so. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.attention import file_name
from dashboard.tables import Cell, Column, Table
from dashboard.wording import N_, Wording, sentence
from etl.warehouse import Value

MOST_LETTERS = 120
SHOWN = 30
CAME = ("attended", "hosted")
KIND_WORDS = {
    "attended": N_("Attended"),
    "hosted": N_("Led the session"),
    "brief": N_("There too shortly to count"),
    "missed": N_("Registered, did not come"),
    "registered": N_("Registered"),
    "waitlisted": N_("On the waiting list"),
    "cancelled": N_("Cancelled"),
    "declined": N_("Declined"),
    "contributed": N_("Asked or gave"),
    "worked": N_("Works for"),
}
FEED_WORDS = {
    "membership": N_("list of members"),
    "contact": N_("list of contacts"),
    "registration": N_("registration"),
    "attendance": N_("attendance list"),
    "contribution": N_("text"),
}
Record = Mapping[str, Value]


@dataclass(frozen=True)
class Hit:
    """Somebody who was found. `member_since` and `member_until` are about the last stretch of membership."""

    person_id: str
    name: str
    email: str
    organisation: str
    unit: str
    member_since: date | None
    since_is_known: bool
    member_until: date | None
    is_member: bool
    last_seen: date | None
    found: int


@dataclass(frozen=True)
class Origin:
    """The line of the file that tells a fact; without a file it is derived, not told."""

    file: str
    line: int | None
    received_on: date | None
    sha256: str


@dataclass(frozen=True)
class Fact:
    """One thing that happened. `on` is None where no file says when."""

    on: date | None
    kind: str
    subject: str
    detail: str
    minutes: float | None
    day_is_known: bool
    origin: Origin


@dataclass(frozen=True)
class Sighting:
    """One way in which a file writes the person, and how many of its lines do."""

    name: str
    email: str
    linkedin_url: str
    feed: str
    lines: int
    origin: Origin


@dataclass(frozen=True)
class Stretch:
    """A stretch of membership, or a role in it; no group is the network."""

    working_group: str
    role: str
    starts_on: date | None
    ends_on: date | None
    start_is_known: bool

    def runs(self, day: date) -> bool:
        """Whether it runs on a day."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or self.ends_on > day
        )


@dataclass(frozen=True)
class Decided:
    """A decision of people about the person: same, different, later or split. `other` is the other's name."""

    kind: str
    other: str
    on: date
    by: str
    reason: str
    is_in_force: bool


def hits(records: Sequence[Record]) -> tuple[Hit, ...]:
    """The answer of `people`."""
    return tuple(
        Hit(
            str(row["person_id"]),
            _text(row["full_name"]),
            _text(row["email"]),
            _text(row["organisation"]),
            _text(row["unit"]),
            _day(row["member_since"]),
            row["since_is_known"] is True,
            _day(row["member_until"]),
            row["is_member"] is True,
            _day(row["last_seen"]),
            _whole(row["found"]) or 0,
        )
        for row in records
    )


def facts(records: Sequence[Record]) -> tuple[Fact, ...]:
    """The answer of `person_timeline`."""
    return tuple(
        Fact(
            _day(row["happened_on"]),
            str(row["kind"]),
            _text(row["subject"]),
            _text(row["detail"]),
            minutes if isinstance(minutes := row["minutes"], float) else None,
            row["day_is_known"] is True,
            _origin(row),
        )
        for row in records
    )


def sightings(records: Sequence[Record]) -> tuple[Sighting, ...]:
    """The answer of `person_sightings`."""
    return tuple(
        Sighting(
            _text(row["name"]),
            _text(row["email"]),
            _text(row["linkedin_url"]),
            _text(row["feed"]),
            _whole(row["lines"]) or 0,
            _origin(row),
        )
        for row in records
    )


def stretches(records: Sequence[Record]) -> tuple[Stretch, ...]:
    """Memberships of the answer of `person_memberships`, each with the roles that were held in it."""
    found = [
        Stretch(
            _text(row["working_group"]),
            _text(row["role"]),
            _day(row["starts_on"]),
            _day(row["ends_on"]),
            row["start_is_known"] is True,
        )
        for row in records
    ]
    roles = [each for each in found if each.role]
    return tuple(
        Stretch(
            each.working_group,
            ", ".join(dict.fromkeys(role.role for role in roles if _within(role, each))),
            each.starts_on,
            each.ends_on,
            each.start_is_known,
        )
        for each in found
        if not each.role
    )


def decisions(records: Sequence[Record], person_id: str) -> tuple[Decided, ...]:
    """What the answer of `person_decisions` says of one person, the newest first."""
    found = []
    for row in records:
        at = row["decided_at"]
        pair = (str(row["person_a"]), str(row["person_b"]))
        if person_id not in pair or not isinstance(at, datetime):
            continue
        is_first = pair[0] == person_id
        other = _text(row["name_b"] if is_first else row["name_a"]) if pair[0] != pair[1] else ""
        found.append(
            Decided(
                str(row["kind"]),
                other,
                at.date(),
                _text(row["decided_by"]),
                _text(row["reason"]),
                row["is_in_force"] is True,
            )
        )
    return tuple(found)


def search_words(typed: str) -> str:
    """What was typed, as it is searched: one line, and no more than a name and an address need."""
    return " ".join(typed.split())[:MOST_LETTERS]


def found_sentence(shown: Sequence[Hit], words: Wording) -> str:
    """How many were found, and how many of them are shown."""
    if not shown:
        return words.t("Nobody was found")
    found = shown[0].found
    said = words.n("{count} person was found", "{count} people were found", found)
    if found <= len(shown):
        return said
    return words.t("{said}; these are {count}", said=said, count=words.number(len(shown)))


def name_of(hit: Hit, words: Wording) -> str:
    """The name, or what stands in its place."""
    return hit.name or hit.email or words.t("Somebody without a name")


def member_words(hit: Hit, words: Wording) -> str:
    """Whether somebody is a member, and since or until when: what stands after the word "Member"."""
    if hit.member_since is None:
        return words.t("no")
    day = words.dated(hit.member_since)
    if hit.is_member:
        said = words.t("since {day}", day=day)
        return said if hit.since_is_known else words.t("since {day} at the latest", day=day)
    if hit.member_until is not None:
        return words.t("until {day}", day=words.dated(hit.member_until))
    return words.t("from {day}", day=day)


def stretch_words(stretch: Stretch, words: Wording) -> str:
    """When somebody was a member, in words."""
    if stretch.starts_on is None:
        return words.t("until {day}", day=words.dated(stretch.ends_on)) if stretch.ends_on else ""
    start = words.dated(stretch.starts_on)
    if stretch.ends_on is not None:
        said = words.t("{first} until {last}", first=start, last=words.dated(stretch.ends_on))
    else:
        said = words.t("since {day}", day=start)
    return said if stretch.start_is_known else words.t("{said}, first day unknown", said=said)


def decision_words(decided: Decided, words: Wording) -> str:
    """What was decided, in a sentence."""
    other = decided.other or words.t("another record")
    said = {
        "same": words.t("Two records were joined: they are this person"),
        "different": words.t("Kept apart from {other}", other=other),
        "later": words.t("To be decided later: {other}", other=other),
        "split": words.t("Split off from another person"),
    }.get(decided.kind, decided.kind)
    return said if decided.is_in_force else words.t("{said} (no longer in force)", said=said)


def origin_words(origin: Origin, words: Wording) -> str:
    """The file, the line and the day of receipt."""
    if not origin.file:
        return words.t("Derived from the e-mail address")
    name = file_name(origin.file)
    said = name if origin.line is None else words.t("{file}, line {line}", file=name, line=origin.line)
    if origin.received_on is None:
        return said
    return words.t("{said} · received {day}", said=said, day=words.dated(origin.received_on))


def fact_words(fact: Fact, words: Wording) -> str:
    """What happened, in a sentence."""
    group = fact.subject
    if fact.kind == "joined":
        said = words.t("Member of {group}", group=group) if group else words.t("Member of the network")
        return said if fact.day_is_known else words.t("{said}: seen then for the first time", said=said)
    if fact.kind == "left":
        if group:
            return words.t("No longer a member of {group}", group=group)
        return words.t("No longer a member of the network")
    if fact.kind == "worked":
        where = f"{group} · {fact.detail}" if fact.detail else group
        return words.t("Works for {organisation}", organisation=where)
    if fact.kind == "contributed":
        return f"“{group}”" + (f" ({fact.detail})" if fact.detail else "")
    said = words.t(KIND_WORDS.get(fact.kind, fact.kind))
    if fact.minutes:
        minutes = words.n("{count} minute", "{count} minutes", round(fact.minutes))
        return f"{said}: {group} ({minutes})"
    return f"{said}: {group}"


def timeline_headline(name: str, shown: Sequence[Fact], words: Wording) -> str:
    """How often somebody came."""
    came = sum(fact.kind in CAME for fact in shown)
    if not came:
        return words.t("{name} was at no session yet, as far as Kring knows", name=name)
    return words.n("{name} was at {count} session", "{name} was at {count} sessions", came, name=name)


def _day_cell(on: date | None, words: Wording) -> Cell:
    """A day, or that it is unknown, on one line: the column is as narrow as a day."""
    return Cell(on, words.dated(on) if on else words.t("day unknown").replace(" ", "\N{NO-BREAK SPACE}"))


def timeline_lead(shown: Sequence[Fact], words: Wording) -> Table:
    """The newest of what happened, each fact with its source under it."""
    columns = (
        Column("happened_on", words.t("Date"), is_quiet=True),
        Column("fact", words.t("What happened, and who says so")),
    )
    rows = tuple(
        (
            _day_cell(fact.on, words),
            Cell(fact.subject, fact_words(fact, words), under=origin_words(fact.origin, words)),
        )
        for fact in shown[:SHOWN]
    )
    return Table(words.t("What happened with this person"), columns, rows)


def timeline_table(shown: Sequence[Fact], words: Wording) -> Table:
    """All that happened, the newest first."""
    columns = (
        Column("happened_on", words.t("Date")),
        Column("kind", words.t("What")),
        Column("subject", words.t("About")),
        Column("detail", words.t("Detail"), is_wide=True),
        Column("minutes", words.t("Minutes"), is_number=True, is_wide=True),
        *_origin_columns(words),
    )
    rows = tuple(
        (
            _day_cell(fact.on, words),
            Cell(_kind_words(fact, words), _kind_words(fact, words)),
            Cell(fact.subject or words.t("Network"), fact.subject or words.t("Network")),
            Cell(fact.detail or None, fact.detail),
            Cell(
                None if fact.minutes is None else round(fact.minutes),
                "" if fact.minutes is None else words.number(fact.minutes),
            ),
            *_origin_cells(fact.origin, words),
        )
        for fact in shown
    )
    return Table(words.t("What happened with this person"), columns, rows)


def sightings_headline(shown: Sequence[Sighting], words: Wording) -> str:
    """In how many ways the files write somebody."""
    ways = len({(each.name, each.email, each.linkedin_url) for each in shown})
    return words.n(
        "The files write this person in {count} way", "The files write this person in {count} ways", ways
    )


def sightings_lead(shown: Sequence[Sighting], words: Wording) -> Table:
    """Every way of writing once, with its newest source under it."""
    ways: dict[tuple[str, str, str], list[Sighting]] = {}
    for each in shown:
        ways.setdefault((each.name, each.email, each.linkedin_url), []).append(each)
    columns = (Column("name", words.t("Name as written")), Column("email", words.t("Address as written")))
    rows = tuple(
        (
            Cell(name or None, name or words.t("no name"), under=_found_at(told, words)),
            Cell(email or None, email or profile or words.t("no address")),
        )
        for (name, email, profile), told in list(ways.items())[:SHOWN]
    )
    return Table(words.t("Names and addresses as written"), columns, rows)


def sightings_table(shown: Sequence[Sighting], words: Wording) -> Table:
    """Names and addresses as the files write them, and where."""
    columns = (
        Column("name", words.t("Name as written")),
        Column("email", words.t("Address as written")),
        Column("linkedin_url", "LinkedIn", is_wide=True),
        Column("feed", words.t("Kind of file"), is_wide=True),
        Column("lines", words.t("Rows"), is_number=True, is_wide=True),
        *_origin_columns(words),
    )
    rows = tuple(
        (
            Cell(each.name or None, each.name or words.t("no name")),
            Cell(each.email or None, each.email or words.t("no address")),
            Cell(each.linkedin_url or None, each.linkedin_url),
            Cell(each.feed, words.t(FEED_WORDS[each.feed]) if each.feed in FEED_WORDS else each.feed),
            Cell(each.lines, words.number(each.lines)),
            *_origin_cells(each.origin, words),
        )
        for each in shown
    )
    return Table(words.t("Names and addresses as written"), columns, rows)


def _found_at(told: Sequence[Sighting], words: Wording) -> str:
    if not told[0].origin.file:
        return words.t("source not known")
    said = origin_words(told[0].origin, words)
    more = sum(each.lines for each in told) - 1
    if not more:
        return said
    return words.n("{said}, and {count} more row", "{said}, and {count} more rows", more, said=said)


def _kind_words(fact: Fact, words: Wording) -> str:
    if fact.kind == "joined":
        return words.t("Became a member")
    if fact.kind == "left":
        return words.t("Stopped being a member")
    return sentence(words.t(KIND_WORDS.get(fact.kind, fact.kind)))


def _origin_columns(words: Wording) -> tuple[Column, ...]:
    return (
        Column("file", words.t("File")),
        Column("line", words.t("Line"), is_number=True),
        Column("received_on", words.t("Received"), is_wide=True),
        Column("sha256", words.t("Fingerprint"), is_wide=True),
    )


def _origin_cells(origin: Origin, words: Wording) -> tuple[Cell, ...]:
    return (
        Cell(origin.file or None, file_name(origin.file) if origin.file else words.t("unknown")),
        Cell(origin.line, "" if origin.line is None else str(origin.line)),
        Cell(origin.received_on, words.dated(origin.received_on) if origin.received_on else ""),
        Cell(origin.sha256 or None, origin.sha256[:12]),
    )


def _within(role: Stretch, membership: Stretch) -> bool:
    """Whether a role is of this stretch: the same group, at some day of it."""
    first, last = role.starts_on or date.min, role.ends_on or date.max
    begins, ends = membership.starts_on or date.min, membership.ends_on or date.max
    return role.working_group == membership.working_group and first < ends and begins < last


def _origin(row: Record) -> Origin:
    return Origin(_text(row["file"]), _whole(row["line"]), _day(row["received_on"]), _text(row["sha256"]))


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _day(value: Value) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _whole(value: Value) -> int | None:
    return value if isinstance(value, int) else None
