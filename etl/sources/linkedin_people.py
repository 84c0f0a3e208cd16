"""People of a LinkedIn event or group: a list that another tool made, or text pasted from the page.

LinkedIn exports neither. Tools write a table with columns such as `profileUrl, publicIdentifier, fullName,
firstName, lastName, headline, imgUrl, groupUrl, query, timestamp`; there are no addresses. Pasted text is a
block of lines for each person, with the degree of the connection (`· 2nd`, `• 3e+`) under or behind the name.
A table of your own with names and profiles is no such list: a mapping in kring.toml says what it means.

Whoever is listed is a contact: known, not a member. When the setting `connections` says members, the people
of a group are members with their role there; when it says counts, nobody is named. Answering yes to an event
is a registration, never attendance; it needs the event's title, from a column or from the name of the file,
which may give the day too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder, linkedin_slug, without_suffixes
from etl.errors import InputError
from etl.schema.feeds import CONTACT, MEMBERSHIP, REGISTRATION, Feed
from etl.settings import Connections
from etl.sources.file_day import day_in_name, title_in_name
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "linkedin_people"
reader_version = 1
feeds: tuple[Feed, ...] = (CONTACT, MEMBERSHIP, REGISTRATION)

HEADING_SEARCH_ROWS = 10
FIELDS = {
    "full_name": ("fullname", "name", "naam", "profilename", "membername", "attendeename"),
    "given_name": ("firstname", "voornaam", "givenname"),
    "family_name": ("lastname", "achternaam", "familyname", "surname"),
    "slug": ("publicidentifier", "vanityname", "publicid"),
    "url": (
        "profileurl", "linkedinprofileurl", "linkedinurl", "profilelink", "linkedinprofile", "memberurl",
        "linkedin", "publicprofileurl",
    ),
    "job_title": ("headline", "job", "jobtitle", "title", "occupation", "currentjob", "functie", "position"),
    "organisation": ("company", "companyname", "currentcompany", "organisatie", "bedrijf"),
    "email": ("email", "emailaddress", "mail"),
    "role": ("membershipstatus", "membershipstatuses", "memberrole", "role"),
    "event": ("eventname", "eventtitle", "event"),
    "status": ("rsvp", "rsvpstatus", "attendeestatus"),
    "place": ("groupurl", "eventurl", "query"),
}  # fmt: skip
FIELD_OF = {heading: field for field, headings in FIELDS.items() for heading in headings}
TOOL_MARKS = frozenset(
    (
        "profileurn", "fsdprofileurn", "publicidentifier", "vanityname", "publicid", "imgurl",
        "profileimageurl", "profilepictureurl", "headline", "connectiondegree", "degree", "groupurl",
        "groupname", "groupid",
        "eventurl", "eventid", "eventname", "query", "timestamp", "membershipstatus", "membershipstatuses",
        "membershiptimestamp", "sharedconnections", "issalesnavigator", "ispremium",
    )
)  # fmt: skip
NAME_ONLY_MARKS = 2  # a list without profiles needs this many marks of a tool
PERSON_COLUMNS = (
    "full_name",
    "given_name",
    "family_name",
    "linkedin_url",
    "email",
    "organisation",
    "job_title",
)
OWN_WORDS = (
    r"linkedin|event|evenement|attendees?(?: list)?|deelnemers?(?:lijst)?|aanmeldingen|rsvps?|aanwezigen|"
    r"participants?|export|lijst|list|results?|csv|van|of|for|voor|\d{9,}"
)
IS_EVENT = re.compile(r"event|evenement|attendee|deelnemer|aanmelding|rsvp|participant", re.IGNORECASE)
IS_GROUP = re.compile(r"group|groep|members?\b|leden", re.IGNORECASE)
DEGREE = re.compile(
    r"(?P<name>.*?)\s*[·•|]?\s*\b(?:(?:1st|2nd|3rd\+?|[123]e\+?)(?:\s*(?:degree connection|degree|"
    r"graads?\s*connectie))?|(?:eerste|tweede|derde)-?\s?graads?\s*connectie|out of network)\s*\+?",
    re.IGNORECASE,
)
MARKED = re.compile(r"[·•|]|degree|graads|out of network", re.IGNORECASE)
NOISE = re.compile(
    r"status is .*|view .*profile.*|bekijk .*profiel.*|profiel van .* bekijken|connect|follow|following|"
    r"message|pending|invite|withdraw|connectie maken|connecties maken|volgen|volgend|bericht(?: sturen)?|"
    r"uitnodigen|"
    r"in behandeling|intrekken|member|lid|owner|eigenaar|manager|beheerder|host|organi[sz]er|organisator|"
    r"show more|meer weergeven|more|meer|[·•|]+|premium|verified|geverifieerd|.*mutual connections?.*|"
    r".*gemeenschappelijke connecties?.*|.*profile picture|.*profielfoto",
    re.IGNORECASE,
)
LEAST_BLOCKS = 2
LONGEST_LINE = 120
GLANCE_ROWS = 200
NO_TITLE = (
    "no title of the event: put it in the name of the file, and the people on the list count as registered"
)
NOBODY = 'the setting connections = "counts" names nobody from LinkedIn'


@dataclass(frozen=True)
class Listed:
    """One person on the list, and what else the row says."""

    line: int
    values: dict[str, str]

    @property
    def url(self) -> str | None:
        """The profile by its readable name where the list has it."""
        slug = self.values.get("slug")
        return f"https://www.linkedin.com/in/{slug}" if slug else self.values.get("url")

    @property
    def name(self) -> str:
        """The whole name as written."""
        parts = (self.values.get("given_name", ""), self.values.get("family_name", ""))
        return self.values.get("full_name") or " ".join(part for part in parts if part)

    @property
    def is_nobody(self) -> bool:
        """Whether this identifies nobody."""
        has_key = email_key(self.values.get("email")) or linkedin_slug(self.url)
        return not has_key and is_placeholder(self.name)

    def person(self) -> tuple[str | None, ...]:
        """The person fields."""
        found = {**self.values, "linkedin_url": self.url if linkedin_slug(self.url) else None}
        return tuple(found.get(column) or None for column in PERSON_COLUMNS)


def recognises(table: TextTable) -> bool:
    """The headings of a tool, or blocks of pasted text."""
    if table.is_document:
        return False
    return _heading_index(table) is not None or _looks_pasted(table)


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Everybody on the list as a contact, and as registered where it is an event's."""
    index = _heading_index(table)
    listed, rejects = _rows(table, index) if index is not None else (_blocks(table), [])
    if not listed and not rejects and index is None:
        raise InputError(name, "no list of people", "a name and a profile for each")
    people = [one for one in listed if not one.is_nobody]
    event = _is_event(name, listed)
    warnings: list[str] = []
    result: list[FeedRows] = []
    if settings.network.connections is Connections.COUNTS:
        warnings.append(NOBODY)
    else:
        is_member = settings.network.connections is Connections.MEMBERS and not event
        result.append(_memberships(people) if is_member else _contacts(people))
        if event:
            registrations = _registrations(people, _title_of(name), _day_of(name))
            result.append(registrations)
            if len(registrations.rows) < len(people):
                warnings.append(NO_TITLE)
    return SourceResult(
        tuple(result), len(listed) + len(rejects), unidentified=len(listed) - len(people),
        rejects=tuple(rejects), warnings=tuple(warnings),
    )  # fmt: skip


def _contacts(people: Sequence[Listed]) -> FeedRows:
    return FeedRows(CONTACT, PERSON_COLUMNS, [one.line for one in people], [one.person() for one in people])


def _memberships(people: Sequence[Listed]) -> FeedRows:
    rows = [(*one.person(), (one.values.get("role") or "").casefold() or None) for one in people]
    return FeedRows(MEMBERSHIP, (*PERSON_COLUMNS, "role"), [one.line for one in people], rows)


def _registrations(people: Sequence[Listed], title: str | None, day: str | None) -> FeedRows:
    titled = [(one, one.values.get("event") or title) for one in people]
    known = [(one, event) for one, event in titled if event]
    rows = [(*one.person(), event, day, _status(one.values.get("status"))) for one, event in known]
    columns = (*PERSON_COLUMNS, "title", "starts_at", "status")
    return FeedRows(REGISTRATION, columns, [one.line for one, _ in known], rows)


def _status(written: str | None) -> str:
    word = (written or "").casefold()
    return "declined" if word.startswith(("no", "declin", "not", "nee")) else "registered"


def _is_event(name: str, listed: Sequence[Listed]) -> bool:
    """Whether this is the list of an event: by what the rows say, else by the words of the file name."""
    told = " ".join({one.values.get("place", "") for one in listed})
    if "/events/" in told or any(one.values.get("event") for one in listed):
        return True
    if "/groups/" in told or any(one.values.get("role") for one in listed):
        return False
    base = PurePosixPath(name.replace("\\", "/")).stem
    return bool(IS_EVENT.search(base)) and not IS_GROUP.search(base)


def _title_of(name: str) -> str | None:
    """The file name without its date and the words that only say what kind of list it is."""
    title = title_in_name(name, OWN_WORDS)
    is_own = re.fullmatch(rf"(?:(?:{OWN_WORDS})[\W_]*)+", title, re.IGNORECASE)
    return title if not is_own and sum(letter.isalpha() for letter in title) > 2 else None


def _day_of(name: str) -> str | None:
    """The day of the event, where the file name gives one that can be read in one way only."""
    found = day_in_name(name)
    return found.day.isoformat() if found and found.is_certain else None


def _heading_index(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        bare = [_bare(cell) for cell in row.cells]
        fields = {FIELD_OF[cell] for cell in bare if cell in FIELD_OF}
        marks = len(TOOL_MARKS.intersection(bare))
        named = "full_name" in fields or {"given_name", "family_name"} <= fields
        if named and marks and ({"url", "slug"} & fields or marks >= NAME_ONLY_MARKS):
            return index if _fits(table.rows[index + 1 :], bare) else None
    return None


def _fits(data: Sequence[TextRow], bare: Sequence[str]) -> bool:
    """Whether the profiles, where there are any, are of LinkedIn."""
    places = [place for place, cell in enumerate(bare) if FIELD_OF.get(cell) == "url"]
    filled = [row.cells[p] for row in data for p in places if p < len(row.cells) and row.cells[p].strip()]
    return not filled or sum("linkedin.com/" in cell.casefold() for cell in filled) * 2 > len(filled)


def _bare(heading: str) -> str:
    return re.sub(r"[\W_]", "", heading.replace("\ufeff", "")).casefold()


def _rows(table: TextTable, index: int) -> tuple[list[Listed], list[Reject]]:
    heading = table.rows[index].cells
    fields = [FIELD_OF.get(_bare(cell)) for cell in heading]
    listed: list[Listed] = []
    rejects: list[Reject] = []
    for row in table.rows[index + 1 :]:
        cells = [cell.strip() for cell in row.cells]
        if not any(cells):
            continue
        if len(cells) != len(heading):
            found = f"the row has {len(cells)} cells, the heading row has {len(heading)}"
            rejects.append(Reject(row.line, None, found))
            continue
        values: dict[str, str] = {}
        for field, cell in zip(fields, cells, strict=True):
            if field and cell:
                values.setdefault(field, cell)
        one = Listed(row.line, values)
        if not one.name and not one.url:
            rejects.append(Reject(row.line, None, "nobody is named"))
        else:
            listed.append(one)
    return listed, rejects


def _looks_pasted(table: TextTable) -> bool:
    """Whether the first lines hold degrees of connection; a glance, since every unknown table comes by."""
    lines = (", ".join(cell for cell in row.cells if cell.strip()) for row in table.rows[:GLANCE_ROWS])
    short = (line for line in lines if len(line) <= LONGEST_LINE and MARKED.search(line))
    return sum(1 for line in short if DEGREE.fullmatch(" ".join(line.split()))) >= LEAST_BLOCKS


def _blocks(table: TextTable) -> list[Listed]:
    """The people of pasted text: the line above, or before, each degree of connection is a name."""
    found: list[Listed] = []
    between: list[tuple[int, str]] = []
    current: Listed | None = None
    for row in table.rows:
        text = " ".join(", ".join(cell for cell in row.cells if cell.strip()).split())
        if not text or NOISE.fullmatch(text):
            continue
        degree = DEGREE.fullmatch(text)
        if degree is None or not MARKED.search(text) or len(text) > LONGEST_LINE:
            between.append((row.line, text))
            continue
        inline = without_suffixes(degree.group("name").strip(" ·•|,"))
        if not inline and not between:  # the degree is written twice for one person
            continue
        line, name = (row.line, inline) if inline else _last_name(between)
        _describe(current, between, name)
        between = []
        if name:
            current = Listed(line, {"full_name": name})
            found.append(current)
    _describe(current, between, "")
    return found


def _last_name(between: Sequence[tuple[int, str]]) -> tuple[int, str]:
    """The last line that is no address of a profile: the name that stands above a degree."""
    return next(((line, text) for line, text in reversed(between) if "linkedin.com/" not in text), (0, ""))


def _describe(current: Listed | None, between: Sequence[tuple[int, str]], next_name: str) -> None:
    """Give a person the profile and the line of description that follow the degree."""
    if current is None:
        return
    for _, text in between:
        if "linkedin.com/in/" in text.casefold():
            current.values.setdefault("url", text)
        elif text != next_name and text != current.values["full_name"]:
            current.values.setdefault("job_title", text)
