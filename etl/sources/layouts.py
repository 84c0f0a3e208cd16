"""The contract with each tool: the columns of its export, era by era, and what becomes of a changed one.

A source finds its columns by name, so a new or moved one does no harm. A column that is gone, renamed or
there twice would quietly take its values along. After a source has read a table, each heading row in it is
laid beside the layouts of its format: when a column is missing that every export has, or one that only some
have while a strange one with such values took its place, or when two columns share a name and differ, the
file stops and the message names the column. A file that no source knows, and that lacks one column of a
layout, is told so too.

In a layout `A|B` are names of one column and `?` marks one that not every export has. A layout is open when
its tool lets people add columns of their own, so that a strange one means nothing; only a column that people
tick for the export (`!`) may then have gone by another name. It is placed when its tool writes the columns in
one order in every language: strange words in the places of missing columns are then a language of which Kring
knows only a part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder, linkedin_slug
from etl.errors import InputError
from etl.sources.mapping import normal_heading
from etl.sources.stamps import read_stamp
from etl.sources.teams_report import is_english

if TYPE_CHECKING:
    from etl.reading.table import TextRow, TextTable
    from etl.sources.source import FeedRows, SourceResult

CONTRACT = 9  # raised whenever a file would stop, or be read, that was not
SEARCH_ROWS = 400
LIKELY = 0.6  # so large a share of the columns that every export has makes a row a heading row
FEWEST = 3
WIDE = 10  # columns
YES_OR_NO = ("yes", "no", "ja", "nee", "true", "false", "y", "n")
SURE_VALUES = 3  # one line may hold anything where an address belongs
REMEDY = "Hand in the file as the tool made it, or say in kring.toml what its columns mean."


@dataclass(frozen=True)
class Column:
    """One column under every name it goes by, compared as headings are."""

    names: tuple[str, ...]
    shown: str
    is_optional: bool = False
    is_ticked: bool = False

    def is_like(self, values: Sequence[str]) -> bool:
        """Whether values under another heading are of the kind that belongs here."""
        if any(word in name for name in self.names for word in ("email", "e-mail", "upn")):
            return any(email_key(value) for value in values)
        if any(word in name for name in self.names for word in ("date", "time")):
            return any(read_stamp(value) for value in values)
        if "url" in self.names:
            return any(linkedin_slug(value) for value in values)
        return bool(values) and all(value.casefold() in YES_OR_NO for value in values)

    def place_in(self, headings: Sequence[str]) -> int | None:
        """Where the column stands in a heading row."""
        return next((place for place, heading in enumerate(headings) if heading in self.names), None)


@dataclass(frozen=True)
class Layout:
    """One heading row that a tool writes."""

    format_id: str
    columns: tuple[Column, ...]
    is_open: bool = False
    is_placed: bool = False

    def is_translated(self, headings: Sequence[str], known: set[str]) -> bool:
        """Whether every column stands in its own place, some under words of another language."""
        shown = [each for each in headings if each]
        needed = [place for place, each in enumerate(self.columns) if not each.is_optional]
        own = self.columns[: needed[-1] + 1]
        if len(shown) == len(needed):
            own = tuple(self.columns[place] for place in needed)
        return (
            self.is_placed
            and len(shown) == len(own)
            and not is_english(shown)
            and all(
                said in column.names or said not in known for said, column in zip(shown, own, strict=True)
            )
        )

    def missing(self, headings: Sequence[str]) -> list[Column]:
        """The columns that every export has and this one lacks."""
        return [each for each in self.columns if not each.is_optional and each.place_in(headings) is None]

    def absent(self, headings: Sequence[str]) -> list[Column]:
        """The columns that only some exports have and this one lacks, or has under a strange name."""
        asked = (each for each in self.columns if (each.is_ticked if self.is_open else each.is_optional))
        return [each for each in asked if each.place_in(headings) is None]

    def is_likely(self, headings: Sequence[str]) -> bool:
        """Whether a row with these cells is meant as this heading row."""
        needed = [each for each in self.columns if not each.is_optional]
        hits = len(needed) - len(self.missing(headings))
        return hits >= LIKELY * len(needed) and hits >= min(FEWEST, len(needed) - 1)


def _layout(format_id: str, columns: str, is_open: bool = False, is_placed: bool = False) -> Layout:
    found = []
    for written in " ".join(columns.split()).split(", "):
        names = written.rstrip("?!").split("|")
        found.append(
            Column(tuple(map(_bare, names)), names[0], written.endswith(("?", "!")), written.endswith("!"))
        )
    return Layout(format_id, tuple(found), is_open, is_placed)


def _bare(heading: str) -> str:
    return normal_heading(heading).removesuffix(" (utc)")


_ARRIVAL = "Tijd van deelname|Tijdstip van deelname|Deelnametijd|Beitrittszeit|Beitrittszeitpunkt"
_DEPARTURE = "Tijd van vertrek|Tijdstip van vertrek|Vertrektijd|Uhrzeit des Verlassens"
_NAME = "Name|Full Name|Naam|Volledige naam|Teilnehmer|Vollständiger Name"
_MAIL = "Email|E-mail|E-mailadres|Email address|E-Mail-Adresse"
_PAGE_PARTS = [
    f"{part} {counted} ({device})"
    for part in ("Overview", "Life", "Jobs", "Total")
    for counted in ("page views", "unique visitors")
    for device in ("desktop", "mobile", "total")
]
_POST_PARTS = [
    "|".join(f"{name} ({kind})" for name in names.split("|"))
    for names in ("Clicks", "Reactions", "Comments", "Reposts|Shares", "Engagement rate")
    for kind in ("organic", "sponsored", "total")
]
LAYOUTS: tuple[Layout, ...] = (
    _layout(
        "linkedin_connections",
        "First Name|Voornaam, Last Name|Achternaam, URL?, Email Address|E-mailadres, Company|Bedrijf, "
        "Position|Functie, Connected On|Verbonden op|Connectie sinds",
    ),
    _layout("linkedin_activity", "Date, Link, Message"),
    _layout("linkedin_activity", "Date, Type, Link"),
    _layout("linkedin_activity", "Date, ShareLink, ShareCommentary, SharedUrl?, MediaUrl?, Visibility?"),
    _layout(
        "linkedin_activity",
        "Date, Share Title?, Share Description?, Share Link, Share Commentary, Shared URL?, Media URL?, "
        "Type?, Visibility?",
    ),
    _layout(
        "linkedin_activity",
        "From, To, Sent At, Message, Direction, inviterProfileUrl?, inviteeProfileUrl?",
    ),
    _layout(
        "linkedin_page_followers",
        "Date, Sponsored followers, Organic followers, Auto-invited followers?, Total followers",
    ),
    _layout("linkedin_page_visitors", ", ".join(("Date", *_PAGE_PARTS))),
    _layout(
        "linkedin_page_content",
        "Date, Impressions (organic), Impressions (sponsored), Impressions (total), "
        f"Unique impressions (organic), {', '.join(_POST_PARTS)}",
    ),
    _layout(
        "teams_attendance",
        f"{_NAME}, First join|First join time|Eerste deelname|Eerste keer deelgenomen|Erster Beitritt, "
        "Last leave|Last leave time|Laatste vertrek|Laatst verlaten|Letztes Verlassen, "
        "In-Meeting Duration|Duration|Duur|Duur van vergadering|Duur in vergadering|Dauer|"
        f"Besprechungsdauer, {_MAIL}, Participant ID (UPN)|Deelnemers-id (UPN)|Deelnemer-id (UPN)|"
        "Teilnehmer-ID (UPN)?, Role|Rol|Rolle, Registration First Name?, Registration Last Name?, "
        "Registration Email|Registered Email?, Registration Time?, Registration Status?",
        is_placed=True,
    ),
    _layout(
        "teams_attendance",
        f"{_NAME}, Join time|{_ARRIVAL}, Leave time|{_DEPARTURE}, Duration|Duur|Dauer, {_MAIL}, "
        "Role|Rol|Rolle",
        is_placed=True,
    ),
    _layout(
        "teams_summary_2021",
        "Full Name|Name|Naam|Volledige naam, Join Time, Leave Time, Duration, Email, Role, "
        "Participant ID (UPN)?",
    ),
    _layout("teams_list_2020", "Full Name, User Action, Timestamp"),
    _layout(
        "teams_town_hall",
        "SessionId, ParticipantId, FullName, UserAgent?, UtcEventTimestamp, Action, Role",
    ),
    _layout(
        "zoom_participants",
        "Name (Original Name), Email|User Email, Join Time, Leave Time, Duration (Minutes), Guest?, "
        "Recording Consent|Recording Disclaimer Response?, In Waiting Room?",
    ),
    _layout(
        "zoom_participants",
        "Topic, Meeting ID, User Name?, User Email, Department?, Group?, HasZoomRooms?, Creation Time?, "
        "Start Time, End Time, Duration (Minutes), Participants, Name (Original Name), Join Time, "
        "Leave Time, Guest?, Recording Consent|Recording Disclaimer Response?, In Waiting Room?",
    ),
    _layout("zoom_participants", "Name (Original Name), Email|User Email, Total Duration (Minutes), Guest?"),
    _layout(
        "zoom_participants",
        "Topic, Meeting ID|ID, Host?, Start Time, End Time, User Email?, Duration (Minutes), Participants",
    ),
    _layout(
        "zoom_webinar",
        "Attended, User Name (Original Name), Email, Join Time, Leave Time, Time in Session (minutes), "
        "Is Guest?, Country/Region Name?",
    ),
    _layout(
        "zoom_webinar",
        "Attended, User Name (Original Name), First Name, Last Name, Email, Phone?, Registration Time, "
        "Approval Status, Join Time, Leave Time, Time in Session (minutes), Is Guest?, Country/Region Name",
        is_open=True,
    ),
    _layout("zoom_webinar", "First Name, Last Name, Email, Registration Time, Approval Status", is_open=True),
    _layout("zoom_webinar", "#, Question, Asker Name, Asker Email, Answer(s)|Answers|Answer?"),
    _layout("zoom_webinar", "Topic, Webinar ID, Actual Start Time, Actual Duration (minutes)", is_open=True),
    _layout(
        "zoom_registration", "First Name, Last Name, Email, Registration Time, Approval Status", is_open=True
    ),
    _layout(
        "zoom_registration",
        "Topic, Meeting ID|Webinar ID|ID, Scheduled Time|Scheduled Start Time|Start Time|Actual Start Time, "
        "Duration (minutes)|Actual Duration (minutes)",
        is_open=True,
    ),
    _layout("google_meet", "First name, Last name, Email, Duration, Time joined, Time exited"),
    _layout("google_meet", "Name, Email, Duration, Time joined, Time exited"),
    _layout(
        "webex_attendance",
        "Meeting Name?, Meeting Start Time?, Meeting End Time?, Display Name, First Name?, Last Name?, "
        "Role?, Attendee Email, Join Time?, Leave Time?, Attendance Duration, Connection Type?",
    ),
    _layout(
        "eventbrite",
        "Order #|Order no.|Order ID|Bestelnummer|Bestelling #|Bestelnr., "
        "Order Date|Besteldatum|Purchase Date!, "
        "First Name|Attendee First Name|Attendee|Attendee Name|Name|Voornaam|Naam|Naam deelnemer|Deelnemer|"
        "Buyer First Name|Voornaam koper, Last Name|Surname|Attendee Last Name|Attendee Surname|Achternaam|"
        "Attendee|Attendee Name|Name|Naam|Deelnemer|Buyer Last Name|Achternaam koper, "
        "Email|Email Address|Attendee Email|E-mail|E-mailadres|Buyer Email!, "
        "Attendee Status|Status deelnemer|Deelnemersstatus|Order Status?, Event Name?, Event Start Date?",
        is_open=True,
    ),
    _layout(
        "microsoft_forms",
        "ID, Start time|Begintijd, Completion time|Tijd van voltooien, Email|E-mail, Name|Naam, "
        "Last modified time|Tijd van laatste wijziging?",
        is_open=True,
    ),
    _layout(
        "pretix",
        "Event slug, Order code|Bestelcode, Status, Email|E-mail|E-mailadres, Order date|Besteldatum, "
        "Order time|Besteltijd",
        is_open=True,
    ),
    _layout(
        "pretix",
        "Event slug, Order code, Position ID, Status, Email, Order date, Order time, Attendee name, "
        "Attendee email!",
        is_open=True,
    ),
    _layout(
        "meetup",
        "Name, User ID?, Title?, Member ID?, Location?, Joined Group on, Last visited group on?, "
        "Last Attended?, Total RSVPs?, RSVPed Yes?, RSVPed Maybe?, RSVPed No?, Meetups attended?, "
        "No shows?, Intro?, Photo?, Assistant Organizer?, Mailing List?, URL of Member Profile?",
        is_open=True,
    ),
    _layout(
        "meetup",
        "Name, Attendance?, User ID?, Title?, Event Host?, RSVP, Guests?, RSVPed on, Joined Group on?, "
        "URL of Member Profile?, Notes?",
    ),
    _layout(
        "mailchimp",
        "MEMBER_RATING?, OPTIN_TIME, CONFIRM_TIME?, LAST_CHANGED?, LEID, EUID, UNSUB_TIME?",
        is_open=True,
    ),
)
_BY_FORMAT: dict[str, tuple[Layout, ...]] = {
    format_id: tuple(each for each in LAYOUTS if each.format_id == format_id)
    for format_id in {layout.format_id for layout in LAYOUTS}
}


def keep_contract(format_id: str, name: str, table: TextTable, result: SourceResult) -> tuple[str, ...]:
    """What there is to say about columns left unread.

    Raises InputError that names the column when a heading row of the table broke with its layout.
    """
    layouts = _BY_FORMAT.get(format_id, ())
    if layouts:
        _lay_beside(layouts, name, table)
    return _unread_addresses(table, result)


def _lay_beside(layouts: Sequence[Layout], name: str, table: TextTable) -> None:
    known = {name for layout in layouts for column in layout.columns for name in column.names}
    rows = table.rows
    for at, headings in _heading_rows(table, layouts):
        layout = _nearest(layouts, headings)
        if layout.is_translated(headings, known):
            continue
        missing = layout.missing(headings)
        strange = [cell for cell, bare in _shown(rows[at], headings) if bare not in known]
        values = _values_under(rows[at], rows[at + 1 :], known)
        taken = [each for each in layout.absent(headings) if any(map(each.is_like, values))]
        gone = missing or taken
        if gone and (missing or layout.is_open or len(strange) == 1):
            raise InputError(
                name, _gone(gone, strange), f"the columns of {layout.format_id}", REMEDY
            )  # fmt: skip
        _refuse_doubles(name, layout, rows[at], rows[at + 1 :], headings)
        _refuse_wordless_addresses(name, layout, rows[at], rows[at + 1 :], headings)


def _values_under(row: TextRow, below: Sequence[TextRow], known: set[str]) -> list[list[str]]:
    """What stands under each strange heading, as far down as the next empty row."""
    strange = [place for place, cell in enumerate(row.cells) if (bare := _bare(cell)) and bare not in known]
    own = list(takewhile(lambda each: any(cell.strip() for cell in each.cells), below))
    return [
        [cell for each in own if len(each.cells) > place and (cell := each.cells[place].strip())]
        for place in strange
    ]


def _unread_addresses(table: TextTable, result: SourceResult) -> tuple[str, ...]:
    """A warning when people came out without any address while a column is full of them."""
    people = [each for each in result.feeds if each.rows and {"email", "full_name"} & set(each.columns)]
    if not people or table.document is not None or any(map(_holds_address, people)):
        return ()
    rows = table.rows[:SEARCH_ROWS]
    width = max((len(row.cells) for row in rows), default=0)
    for place in range(width):
        filled = [
            (row, cell) for row in rows if len(row.cells) > place and (cell := row.cells[place].strip())
        ]
        at = next((n for n, (_, cell) in enumerate(filled) if email_key(cell)), 0)
        if at and sum(email_key(cell) is not None for _, cell in filled[at:]) * 2 > len(filled) - at:
            heading = " ".join(filled[at - 1][1].split())
            return (
                f'column "{heading}" holds e-mail addresses that were not read: its heading is not known',
            )
    return ()


def _holds_address(rows: FeedRows) -> bool:
    if "email" not in rows.columns:
        return False
    place = rows.columns.index("email")
    return any(row[place] for row in rows.rows)


def headings_of(format_id: str, table: TextTable) -> list[str]:
    """The first heading row of a table that its source knows, as written."""
    layouts = _BY_FORMAT.get(format_id, ())
    at = next((at for at, _ in _heading_rows(table, layouts)), None) if layouts else None
    if at is None:
        at = next((n for n, row in enumerate(table.rows) if sum(map(bool, row.cells)) > 1), None)
    return [] if at is None else [cell for cell in table.rows[at].cells if cell.strip()]


def nearly(tables: Sequence[TextTable], format_id: str | None = None) -> str | None:
    """What tables that no source knows lack to be an export of a tool, or of that one; None when nothing."""
    layouts = LAYOUTS if format_id is None else _BY_FORMAT.get(format_id, ())
    best: tuple[int, str] | None = None
    for table in tables:
        for at, headings in _heading_rows(table, layouts):
            layout = _nearest(layouts, headings)
            missing = layout.missing(headings)
            needed = sum(not each.is_optional for each in layout.columns)
            if any(each.is_ticked and each.place_in(headings) is None for each in layout.columns):
                continue
            strange = [cell for cell, bare in _shown(table.rows[at], headings) if not _is_of(layout, bare)]
            if len(missing) == 1 and needed >= FEWEST and (layout.is_open or len(strange) <= 1):
                said = f"it looks like {layout.format_id}, but {_gone(missing, strange[:1])}"
                best = max(best or (0, ""), (needed, said))
    return best[1] if best else None


def _heading_rows(table: TextTable, layouts: Sequence[Layout]) -> Iterator[tuple[int, list[str]]]:
    names = {name for layout in layouts for column in layout.columns for name in column.names}
    for at, row in enumerate(table.rows[:SEARCH_ROWS]):
        headings = [_bare(cell) for cell in row.cells]
        if sum(each in names for each in headings) >= 2 and any(each.is_likely(headings) for each in layouts):
            yield at, headings


def _nearest(layouts: Sequence[Layout], headings: Sequence[str]) -> Layout:
    """The layout that lacks few columns and knows many of the headings."""
    likely = [each for each in layouts if each.is_likely(headings)]
    return min(
        likely,
        key=lambda each: (
            len(each.missing(headings)) - sum(_is_of(each, one) for one in headings),
            -sum(_is_of(each, one) for one in headings),
        ),
    )


def _is_of(layout: Layout, heading: str) -> bool:
    return any(heading in column.names for column in layout.columns)


def _shown(row: TextRow, headings: Sequence[str]) -> list[tuple[str, str]]:
    """Each heading that is there, as written on one line and as it is compared."""
    return [(" ".join(cell.split()), bare) for cell, bare in zip(row.cells, headings, strict=True) if bare]


def _gone(gone: Sequence[Column], strange: Sequence[str]) -> str:
    first = gone[0].shown if len(gone) < FEWEST else ", ".join(each.shown for each in gone)
    listed = first if len(gone) != 2 else f'{gone[0].shown}" or "{gone[1].shown}'
    said = f'column "{listed}" is missing'
    return f'{said} and column "{strange[0]}" is not known' if len(strange) == 1 else said


def _refuse_doubles(
    name: str, layout: Layout, row: TextRow, below: Sequence[TextRow], headings: Sequence[str]
) -> None:
    """Two columns of one name that say the same are one; two that differ may not be chosen between."""
    for heading in dict.fromkeys(headings):
        places = [place for place, each in enumerate(headings) if each == heading]
        usual = 2 if _may_repeat(layout, heading) else 1
        if len(places) <= usual or not _is_of(layout, heading):
            continue
        if any(len({each.cells[place].strip() for place in places}) > 1
               for each in below if len(each.cells) > places[-1]):  # fmt: skip
            shown = " ".join(row.cells[places[0]].split())
            raise InputError(
                name, f'column "{shown}" stands in the file more than once', "one column", REMEDY
            )


def _may_repeat(layout: Layout, heading: str) -> bool:
    """Zoom's report of a whole account names the meeting's length and owner, and then the person's."""
    is_whole = len(layout.columns) > WIDE and layout.format_id == "zoom_participants"
    return is_whole and heading in ("duration (minutes)", "user email")


def _refuse_wordless_addresses(
    name: str, layout: Layout, row: TextRow, below: Sequence[TextRow], headings: Sequence[str]
) -> None:
    """A column of addresses in which nothing is one holds something else."""
    for column in layout.columns:
        place = column.place_in(headings)
        if place is None or column.names[0] not in ("email", "email address", "attendee email"):
            continue
        values = [each.cells[place].strip() for each in below if len(each.cells) > place]
        filled = [value for value in values if value and not is_placeholder(value)]
        if len(filled) >= SURE_VALUES and not any("@" in each or email_key(each) for each in filled):
            shown = " ".join(row.cells[place].split())
            raise InputError(name, f'column "{shown}" holds no e-mail address', "e-mail addresses", REMEDY)
