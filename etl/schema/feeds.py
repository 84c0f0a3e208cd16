"""The feeds: everything one row of input can mean. Nothing else enters Kring."""

from __future__ import annotations

from dataclasses import dataclass

from etl.schema.model import Column, ColumnType, Layer, Sensitivity, Table

TEXT, DATE, TIMESTAMP = ColumnType.TEXT, ColumnType.DATE, ColumnType.TIMESTAMP
INTEGER, NUMBER, BOOLEAN = ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN
PERSONAL, FREE_TEXT = Sensitivity.PERSONAL, Sensitivity.FREE_TEXT
IDENTIFY = "count each person once"


@dataclass(frozen=True)
class Feed:
    """One kind of fact. A row needs at least one field of every group in `required`; else it is refused."""

    name: str
    meaning: str
    fields: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]
    has_person: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        """The person fields, where the feed has a person, followed by its own fields."""
        return (PERSON_FIELDS + self.fields) if self.has_person else self.fields

    @property
    def table(self) -> Table:
        """The table in schema `feeds` that holds this feed's rows, with where each row came from."""
        return Table(
            self.name,
            Layer.FEEDS,
            f"one row per row of input that means a {self.name}",
            ROW_ORIGIN + self.columns,
            key=("sha256", "part", "line"),
        )


ROW_ORIGIN = (
    Column("sha256", TEXT, "Fingerprint of the landed file the row came from"),
    Column("part", INTEGER, "Sub-row within a line (0 unless one line yields several facts)"),
    Column("line", INTEGER, "Line in the file as received on which the row starts"),
    Column("source", TEXT, "Mapping name or format id that read the row"),
    Column("received_at", TIMESTAMP, "When Kring received the file", "UTC"),
)

PERSON_FIELDS = (
    Column("external_id", TEXT, "The source's own id of the person", "", PERSONAL, IDENTIFY, 24),
    Column("full_name", TEXT, "Name as written", "", PERSONAL, IDENTIFY, 24),
    Column("given_name", TEXT, "Given name as written", "", PERSONAL, IDENTIFY, 24),
    Column("family_name", TEXT, "Family name as written", "", PERSONAL, IDENTIFY, 24),
    Column("email", TEXT, "E-mail address as written", "", PERSONAL, IDENTIFY, 24),
    Column("linkedin_url", TEXT, "Address of the LinkedIn profile", "", PERSONAL, IDENTIFY, 24),
    Column("organisation", TEXT, "Organisation as written"),
    Column("unit", TEXT, "Unit or faculty within the organisation"),
    Column("job_title", TEXT, "Function as written", "", PERSONAL, IDENTIFY, 24),
    Column("audience", TEXT, "Audience: researchers, practitioners, policy makers …"),
    Column("country", TEXT, "Country, as a code or name"),
    Column("region", TEXT, "Region within the country"),
)

EVENT_REFERENCE = (
    Column("event_id", TEXT, "The agenda's id of the event"),
    Column("title", TEXT, "Title of the event"),
    Column("starts_at", TIMESTAMP, "When the event starts", "UTC"),
    Column("ends_at", TIMESTAMP, "When the event ends", "UTC"),
)

ENTRY_ID = Column("entry_id", TEXT, "The source's own id of the row: told again, it replaces what it was")

SOMEONE = ("external_id", "full_name", "given_name", "family_name", "email", "linkedin_url")

MEMBERSHIP = Feed(
    "membership",
    "Someone is a member of the network or of a working group",
    (
        Column("working_group", TEXT, "Working group; empty means the network itself"),
        Column("joined_on", DATE, "First day of the membership"),
        Column("left_on", DATE, "First day the person was no longer a member"),
        Column("role", TEXT, "Role in the network or group"),
        ENTRY_ID,
    ),
    (SOMEONE,),
    True,
)
CONTACT = Feed(
    "contact",
    "Someone the network knows, who need not be a member",
    (Column("connected_on", DATE, "Day of the connection"),),
    (SOMEONE,),
    True,
)
EVENT = Feed(
    "event",
    "A meeting on the agenda",
    (
        *EVENT_REFERENCE,
        Column("kind", TEXT, "Kind of meeting"),
        Column("working_group", TEXT, "Working group that holds it"),
        Column("audience", TEXT, "Audience it is for"),
        Column("mode", TEXT, "online, in person or hybrid"),
        Column("place", TEXT, "Where it is held"),
        Column("theme", TEXT, "Theme of the meeting"),
        Column("series", TEXT, "Series it belongs to"),
        Column("headcount", INTEGER, "People counted in the room, without names", "heads"),
        Column("headcount_is_approximate", BOOLEAN, "Whether the headcount is an estimate"),
        Column("status", TEXT, "confirmed, tentative or cancelled"),
        Column("url", TEXT, "Web page of the event"),
    ),
    (("event_id", "title"), ("starts_at",)),
    False,
)
REGISTRATION = Feed(
    "registration",
    "Someone registered for an event",
    (
        *EVENT_REFERENCE,
        Column("status", TEXT, "registered, waitlisted, cancelled or declined"),
        Column("registered_at", TIMESTAMP, "When the registration was made", "UTC"),
        ENTRY_ID,
    ),
    (SOMEONE, ("event_id", "title")),
    True,
)
ATTENDANCE = Feed(
    "attendance",
    "Someone was at an event, for one stretch of time",
    (
        *EVENT_REFERENCE,
        Column("joined_at", TIMESTAMP, "Start of this stretch", "UTC"),
        Column("left_at", TIMESTAMP, "End of this stretch", "UTC"),
        Column("minutes", NUMBER, "Length of the stretch where only that is known", "minutes"),
        Column("checked_in", BOOLEAN, "Whether the person was checked in"),
        Column("role", TEXT, "host, presenter or attendee"),
    ),
    (SOMEONE, ("event_id", "title")),
    True,
)
CONTRIBUTION = Feed(
    "contribution",
    "A question, theme, piece of feedback or practice case that someone gave",
    (
        Column("text", TEXT, "What was written", "", FREE_TEXT, "cluster the network's questions", 24),
        Column("kind", TEXT, "question, theme, feedback or practice_case"),
        Column("question", TEXT, "Question it answers, as the form asked it"),
        Column("theme", TEXT, "Grouping made by people"),
        Column("event_id", TEXT, "The agenda's id of the event"),
        Column("title", TEXT, "Title of the event"),
        Column("working_group", TEXT, "Working group it was given to"),
        Column("contributed_at", TIMESTAMP, "When it was given", "UTC"),
        Column("document", TEXT, "Document it comments on"),
        ENTRY_ID,
    ),
    (("text",),),
    True,
)
REACH = Feed(
    "reach",
    "How many a channel reached on a day",
    (
        Column("channel", TEXT, "Channel: linkedin_page, linkedin_group, newsletter …"),
        Column("measure", TEXT, "What is counted"),
        Column("kind", TEXT, "stock or flow"),
        Column("measured_on", DATE, "Day of the figure"),
        Column("value", NUMBER, "The figure", "as the measure says"),
    ),
    (("channel",), ("measured_on",), ("value",)),
    False,
)
EXCHANGE = Feed(
    "exchange",
    "Two parties exchanged something",
    (
        Column("from_party", TEXT, "Who gave"),
        Column("to_party", TEXT, "Who received"),
        Column("topic", TEXT, "About what"),
        Column("kind", TEXT, "contact, visit, adopted or help"),
        Column("happened_on", DATE, "Day of the exchange"),
    ),
    (("from_party",), ("to_party",)),
    False,
)
EFFORT = Feed(
    "effort",
    "Hours a facilitator spent",
    (
        Column("kind", TEXT, "prepare, host, one_to_one, process or admin"),
        Column("week", DATE, "Monday of the week"),
        Column("hours", NUMBER, "Hours spent", "hours"),
    ),
    (("week",), ("hours",)),
    False,
)
DOCUMENT = Feed(
    "document",
    "A version of a living document, or a comment on it",
    (
        Column("document", TEXT, "Name of the document"),
        Column("version", TEXT, "Version"),
        Column("audience", TEXT, "Audience that gave the comment"),
        Column("published_on", DATE, "Day the version was published"),
        Column("received_on", DATE, "Day the comment was received"),
        Column("status", TEXT, "open, accepted, declined or handled"),
        Column("decided_on", DATE, "Day the comment was decided on"),
    ),
    (("document",),),
    False,
)
MILESTONE = Feed(
    "milestone",
    "Something worth marking on the time axis, or a target",
    (
        Column("title", TEXT, "What happened or is aimed for"),
        Column("kind", TEXT, "yield, publication, conference or target"),
        Column("happened_on", DATE, "Day it happened or is due"),
        Column("event_id", TEXT, "Event it belongs to"),
        Column("metric", TEXT, "Metric of a target"),
        Column("value", NUMBER, "Value of a target"),
        Column("owner", TEXT, "Who owns the target"),
    ),
    (("title",), ("happened_on",)),
    False,
)
PULSE = Feed(
    "pulse",
    "A score someone gave to a statement",
    (
        Column("statement", TEXT, "The statement"),
        Column("score", NUMBER, "The score", "as the form says"),
        Column("asked_on", DATE, "Day it was asked"),
    ),
    (("statement",), ("score",)),
    True,
)

FEEDS = (
    MEMBERSHIP,
    CONTACT,
    EVENT,
    REGISTRATION,
    ATTENDANCE,
    CONTRIBUTION,
    REACH,
    EXCHANGE,
    EFFORT,
    DOCUMENT,
    MILESTONE,
    PULSE,
)


def feed_named(name: str) -> Feed:
    """The feed of that name. Raises KeyError when there is none."""
    return {feed.name: feed for feed in FEEDS}[name]
