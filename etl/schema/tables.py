"""Every table of core and marts, declared once. A test proves that their SQL gives these columns."""

from __future__ import annotations

from etl.schema.columns import (
    AUDIENCE,
    FREE_TEXT,
    GRAIN,
    IDENTIFY,
    IS_OPEN,
    KEPT_MONTHS,
    ORGANISATION_ID,
    PERIOD_END,
    PERIOD_START,
    PERSON_ID,
    PSEUDONYM,
    SCOPE_AUDIENCE,
    SCOPE_GROUP,
    SERIES,
    SESSION_ID,
    SHA256,
    STRETCH,
    TEXT,
    TOLD_AT,
    WORKING_GROUP,
    WRITING_ID,
    count,
    day,
    flag,
    moment,
    number,
    personal,
    text,
)  # fmt: skip
from etl.schema.columns import ID as ID_TYPE
from etl.schema.model import Column, Layer, Reference, Table

TO_PERSON = Reference(("person_id",), "core.person")
TO_PERSON_A = Reference(("person_a",), "core.person")
TO_PERSON_B = Reference(("person_b",), "core.person")
TO_SESSION = Reference(("session_id",), "core.session")
TO_ORGANISATION = Reference(("organisation_id",), "core.organisation")
TO_THEME = Reference(("theme_id",), "core.theme")
TO_SOURCE_FILE = Reference(("sha256",), "core.source_file")

HANDLE = Column(
    "handle",
    ID_TYPE,
    "The id this key alone would give: what decisions hold",
    "",
    PSEUDONYM,
    IDENTIFY,
    KEPT_MONTHS,
)
PERSON_A, PERSON_B = (
    Column(name, ID_TYPE, f"{which} of the two people, by a keyed id", "", PSEUDONYM, IDENTIFY, KEPT_MONTHS)
    for name, which in (("person_a", "One"), ("person_b", "The other"))
)
MEETING = (
    text("title", "Title of the meeting"),
    moment("starts_at", "When it starts"),
    moment("ends_at", "When it ends"),
)
MEETING_TRAITS = (
    text("kind", "Kind of meeting"),
    text("mode", "online, in person or hybrid"),
    SERIES,
    text("theme", "Theme of the meeting"),
    WORKING_GROUP,
    AUDIENCE,
    text("place", "Where it is held"),
    text("url", "Web page of the meeting"),
    count("headcount", "People counted in the room, without names", "heads"),
    flag("headcount_is_approximate", "Whether the headcount is an estimate"),
)

HARVESTED = Column(
    "text", TEXT, "What was written", "", FREE_TEXT, "cluster the questions asked", KEPT_MONTHS
)
TEXT_HASH = Column(
    "text_hash", TEXT, "Fingerprint of the text", "", FREE_TEXT, "cluster the questions asked", KEPT_MONTHS
)
THEME_ID = text("theme_id", "Main theme; empty while it fits none")
PLACED = (
    text("language", "nl or en"),
    flag("is_filler", "Whether it asks nothing, and so has no place"),
    THEME_ID,
    text("second_theme_id", "Side theme"),
    text("assigned_by", "Who put it in its theme: auto or person"),
    number("nearness", "How near the texts most like it are", "0-1"),
)


LIKELY_PAIR = (
    text("pair_id", "The pair"),
    PERSON_A, PERSON_B,
    number("score", "How likely it is that they are one", "0-1"),
    Column(
        "because", TEXT, "What was compared and how alike it is, as field:level", "",
        PSEUDONYM, IDENTIFY, KEPT_MONTHS,
    ),
    Column("evidence", TEXT, "Fingerprint of what was compared", "", PSEUDONYM, IDENTIFY, KEPT_MONTHS),
)  # fmt: skip


def _core(
    name: str, grain: str, columns: tuple[Column, ...], key: tuple[str, ...], *references: Reference
) -> Table:
    return Table(name, Layer.CORE, grain, columns, key, references)


def _mart(
    name: str, grain: str, columns: tuple[Column, ...], key: tuple[str, ...], *references: Reference
) -> Table:
    return Table(name, Layer.MARTS, grain, columns, key, references)


CORE_TABLES = (
    _core("network", "one row: the network and the settings that its figures depend on", (
        text("name", "Name of the network"),
        day("as_of", "Day up to which the figures tell"),
        text("time_zone", "Time zone of the network"),
        count("grace_days", "A gap shorter than this is no end", "days"),
        day("theme_cycle_starts_on", "First day of a theme cycle"),
        count("theme_cycle_months", "Length of a theme cycle", "months"),
        text("connections", "What LinkedIn connections count as: contacts, members or counts"),
        count("minimum_minutes", "Someone present for fewer minutes was not there", "minutes"),
    ), ("name",)),
    _core("question_feed", "one row per question and feed it is made from", (
        text("question", "Name of the question"),
        text("feed", "Feed behind it"),
    ), ("question", "feed")),
    _core("failing_connection", "one row per connection that could not be collected the last time", (
        text("source", "Name of the connection in kring.toml"),
    ), ("source",)),
    _core("restatement", "one row per change of a published figure, noted when it was first seen", (
        count("number", "Which change this is, in order of time"),
        text("question", "Question that tells the figure"),
        text("row_key", "Which figure: its group or kind of meeting, and its last day"),
        text("label", "Working group or kind of meeting; empty means the network"),
        day("period_end", "Last day that the figure tells of"),
        day("published_on", "Day it was published"),
        text("shown", "As everyone sees it, such as 240 or <10"),
        count("published", "The exact figure when it was published; empty when it was not known", "persons"),
        count("current", "What it became; empty when it is not known", "persons"),
        text("reason", "What happened in between"),
        text("causes", "The same for machines, as JSON"),
        moment("changed_at", "When it was first seen"),
        text("status", "stands, back (as published again), replaced (by a later one) or corrected in public"),
    ), ("number",)),
    _core("source_file", "one row per landed file", (
        SHA256,
        count("file_id", "Number by which rows of other tables name the file"),
        text("file", "Name as received"),
        text("source", "Mapping or format that read it"),
        text("format", "Format it was recognised as"),
        text("feeds", "What its rows mean"),
        moment("received_at", "When Kring received it"),
        count("rows_read", "Rows in the file", "rows"),
        count("rows_used", "Rows that count", "rows"),
        count("rows_rejected", "Rows that could not be used", "rows"),
        count("rows_hidden", "Rows left out on purpose", "rows"),
        text("status", "What became of it"),
        text("reason", "Why, when it could not be used"),
        text("warnings", "What to know about it"),
        day("newest_on", "Newest day its rows tell of"),
    ), ("sha256",)),
    _core("refused_row", "one row per refused row", (
        SHA256,
        count("number", "Which refusal of the file this is"),
        text("file", "Name as received"),
        count("line", "Line in the file"),
        text("column_name", "Column at fault"),
        text("reason", "What is wrong"),
    ), ("sha256", "number")),
    _core("person", "one row per person", (
        PERSON_ID,
        personal("full_name", "Name as last written"),
        personal("email", "An e-mail address"),
        personal("job_title", "Function as last written"),
        AUDIENCE,
        text("country", "Country, as a code or name"),
        text("region", "Region within the country"),
        moment("first_received_at", "When Kring first received a row about the person"),
    ), ("person_id",)),
    _core("person_key", "one row per person and key", (
        PERSON_ID,
        personal("key", "The key, with its kind in front"),
        text("kind", "email, linkedin, external or name"),
        HANDLE,
    ), ("person_id", "key"), TO_PERSON),
    _core("person_spelling", "one row per person, key and name, of people written in several ways", (
        PERSON_ID,
        personal("key", "The key, with its kind in front"),
        personal("name", "A name that rows with this key write, in plain letters"),
    ), ("person_id", "key", "name"), TO_PERSON),
    _core("person_writing", "one row per person and way of writing", (
        PERSON_ID, WRITING_ID,
        personal("name", "Name as written"),
        personal("email", "E-mail address as written"),
        personal("linkedin_url", "LinkedIn address as written"),
        moment("first_received_at", "When a file first wrote it"),
        moment("last_received_at", "When a file last wrote it"),
    ), ("person_id", "writing_id"), TO_PERSON),
    _core("listing", "one row per row of a list of members or contacts", (
        PERSON_ID,
        text("feed", "membership or contact"),
        text("source", "Mapping or format that read the list"),
        SCOPE_GROUP,
        text("role", "Part that the person takes, as the list writes it"),
        day("joined_on", "First day that the row tells"),
        day("left_on", "Last day that the row tells"),
        moment("received_at", "When Kring received the list"),
        *TOLD_AT, WRITING_ID,
    ), (), TO_PERSON),
    _core("kept_apart", "one row per pair of people who share a key, kept apart and not decided on", (
        text("pair_id", "The pair"),
        PERSON_A, PERSON_B,
        Column("review_id", ID_TYPE, "The people who share a key have one review"),
        text("reason", "names differ, keys conflict, or fits two people"),
    ), ("pair_id",), TO_PERSON_A, TO_PERSON_B),
    _core("likely_pair", "one row per pair of people who may well be one", LIKELY_PAIR,
          ("pair_id",), TO_PERSON_A, TO_PERSON_B),
    _core("waiting_sighting", "one row per person who waits, file and name as written", (
        PERSON_ID,
        SHA256,
        personal("name", "Name as written; empty where the file has none"),
        count("lines", "Lines of the file that say it", "rows"),
    ), ("person_id", "sha256", "name"), TO_PERSON),
    _core("person_decision", "one row per decision about people that was not taken back", (
        count("decision_id", "Number of the decision"),
        text("kind", "same, different, later or split"),
        PERSON_A, PERSON_B,
        moment("decided_at", "When it was taken"),
        personal("decided_by", "Who took it"),
        Column("reason", TEXT, "Why, in the words of who took it", "", FREE_TEXT, IDENTIFY, KEPT_MONTHS),
        text("evidence", "Fingerprint of what was compared"),
        flag("is_in_force", "Whether it still holds: both are known, and nothing newer contradicts it"),
    ), ("decision_id",), TO_PERSON_A, TO_PERSON_B),
    _core("person_review", "one row per person kept apart from others who share a key", (
        PERSON_ID,
        Column("review_id", ID_TYPE, "The people who share a key have one review"),
        text("reason", "names differ or keys conflict"),
    ), ("person_id",), TO_PERSON),
    _core("organisation", "one row per organisation", (
        ORGANISATION_ID,
        text("name", "Name"),
        text("sector", "mbo, hbo, wo, company, government, independent or other; empty when unknown"),
        text("sector_source", "person (somebody said so) or name (the name says so)"),
        text("parent", "Organisation it is part of"),
        text("region", "Where it is"),
        flag("is_independent", "Whether it stands for all who work for themselves, and is no organisation"),
    ), ("organisation_id",)),
    _core("organisation_suggestion", "one row per pair of organisations", (
        Column("organisation_a_id", ID_TYPE, "One organisation"),
        Column("organisation_b_id", ID_TYPE, "The other"),
        text("name_a", "Its name"),
        text("name_b", "The name of the other"),
        number("score", "How likely it is that they are one; an order, no probability", "share"),
        text("because", "What the two have in common"),
    ), ("organisation_a_id", "organisation_b_id")),
    _core("affiliation", "one row per person and stretch; stretches never overlap", (
        PERSON_ID, STRETCH, ORGANISATION_ID,
        text("unit", "Unit within the organisation"),
        day("starts_on", "First day; empty means since before Kring knew the person"),
        day("ends_on", "First day no longer; empty means still"),
        *TOLD_AT,
    ), ("person_id", "stretch"), TO_PERSON, TO_ORGANISATION),
    _core("membership", "one row per person and stretch; stretches never overlap", (
        PERSON_ID, STRETCH,
        day("starts_on", "First day of membership, or of first being seen as a member"),
        day("ends_on", "First day no longer a member; empty means still"),
        flag("start_is_known", "Whether a file says the first day"),
    ), ("person_id", "stretch"), TO_PERSON),
    _core("working_group_membership", "one row per person, working group and stretch, without overlap", (
        PERSON_ID, WORKING_GROUP, STRETCH,
        day("starts_on", "First day of membership, or of first being seen as a member"),
        day("ends_on", "First day no longer a member; empty means still"),
        flag("start_is_known", "Whether a file says the first day"),
    ), ("person_id", "working_group", "stretch"), TO_PERSON),
    _core("role", "one row per person, working group (empty = the network), role and first day", (
        PERSON_ID, SCOPE_GROUP,
        text("role", "Part that the person takes, as the list writes it"),
        day("starts_on", "First day; empty when not told"),
        day("ends_on", "First day no longer; empty means still"),
    ), (), TO_PERSON),
    _core("import_day", "one row per source and day on which a list was filled all at once", (
        text("source", "Mapping or format of the list"),
        day("day", "First day that its members carry"),
        count("people", "People who carry it", "persons"),
        number("share", "Of all people with a first day in that source", "share"),
    ), ("source", "day")),
    _core("event", "one row per meeting on the agenda and source", (
        Column("event_id", ID_TYPE, "The meeting on the agenda"),
        text("source", "Mapping or format that told of it"),
        text("written_id", "The agenda's own id"),
        *MEETING,
        text("kind", "Kind of meeting"),
        WORKING_GROUP, AUDIENCE,
        text("mode", "online, in person or hybrid"),
        text("place", "Where it is held"),
        text("theme", "Theme of the meeting"),
        SERIES,
        count("headcount", "People counted in the room, without names", "heads"),
        flag("headcount_is_approximate", "Whether the headcount is an estimate"),
        text("status", "confirmed, tentative or cancelled"),
        text("url", "Web page of the meeting"),
    ), ("event_id",)),
    _core("session", "one row per meeting", (
        SESSION_ID, *MEETING,
        day("held_on", "Day it starts on, in the network's time zone"),
        *MEETING_TRAITS,
        flag("is_on_agenda", "Whether the agenda knows it"),
    ), ("session_id",)),
    _core("registration", "one row per meeting and person", (
        SESSION_ID, PERSON_ID,
        text("status", "registered, waitlisted, cancelled or declined"),
        moment("registered_at", "When the first registration was made"),
        *TOLD_AT, WRITING_ID,
    ), ("session_id", "person_id"), TO_SESSION, TO_PERSON),
    _core("attendance", "one row per meeting and person", (
        SESSION_ID, PERSON_ID,
        number("minutes", "Time present: rejoins united, clipped to the meeting", "minutes"),
        count("stretches", "Rows of input behind it", "rows"),
        flag("is_host", "Whether the person hosted the meeting"),
        flag("was_present", "Whether checked in, or present for long enough"),
        *TOLD_AT, WRITING_ID,
    ), ("session_id", "person_id"), TO_SESSION, TO_PERSON),
    _core("theme", "one row per theme", (
        text("theme_id", "The theme"),
        text("label_nl", "Name in Dutch"),
        text("label_en", "Name in English"),
        text("label_source", "auto, or person once somebody named it"),
        text("words_nl", "Words that tell it from the others, in Dutch"),
        text("words_en", "The same in English"),
        text("status", "auto, or proposed: made of texts that fitted no theme"),
    ), ("theme_id",)),
    _core("contribution", "one row per text; several questions in one text are a row each", (
        Column("contribution_id", ID_TYPE, "The text"),
        Column("given_id", ID_TYPE, "The answer it was part of"),
        SESSION_ID, PERSON_ID,
        HARVESTED,
        text("kind", "question, theme, feedback or practice_case"),
        text("question", "Question it answers, as the form asked it"),
        text("theme", "Grouping made by people"),
        WORKING_GROUP, AUDIENCE,
        moment("contributed_at", "When it was given"),
        text("document", "Document it comments on"),
        TEXT_HASH, *PLACED, *TOLD_AT, WRITING_ID,
    ), ("contribution_id",), TO_SESSION, TO_PERSON, TO_THEME),
    _core("exchange", "one row per exchange", (
        Column("exchange_id", ID_TYPE, "The exchange"),
        text("from_party", "Who gave"),
        text("to_party", "Who received"),
        text("topic", "About what"),
        text("kind", "contact, visit, adopted or help"),
        day("happened_on", "Day of the exchange"),
    ), ("exchange_id",)),
    _core("reach", "one row per channel, measure, kind and day", (
        text("channel", "Channel"),
        text("measure", "What is counted"),
        text("kind", "stock or flow"),
        day("measured_on", "Day of the figure"),
        number("value", "The figure"),
    ), ("channel", "measure", "kind", "measured_on")),
    _core("effort", "one row per entry", (
        Column("effort_id", ID_TYPE, "The entry"),
        text("kind", "prepare, host, one_to_one, process or admin"),
        day("week", "Monday of the week"),
        number("hours", "Hours spent", "hours"),
    ), ("effort_id",)),
    _core("document", "one row per version or comment", (
        Column("document_id", ID_TYPE, "The version or comment"),
        text("document", "Name of the document"),
        text("version", "Version"),
        text("audience", "Audience that gave the comment"),
        day("published_on", "Day the version was published"),
        day("received_on", "Day the comment was received"),
        text("status", "open, accepted, declined or handled"),
        day("decided_on", "Day the comment was decided on"),
    ), ("document_id",)),
    _core("milestone", "one row per milestone", (
        Column("milestone_id", ID_TYPE, "The milestone"),
        text("title", "What happened or is aimed for"),
        text("kind", "yield, publication, conference or target"),
        day("happened_on", "Day it happened or is due"),
        SESSION_ID,
        text("metric", "Metric of a target"),
        number("value", "Value of a target"),
        text("owner", "Who owns the target"),
    ), ("milestone_id",), TO_SESSION),
)  # fmt: skip

MART_TABLES = (
    _mart("period", "one row per grain and period", (
        GRAIN, PERIOD_START, PERIOD_END, IS_OPEN,
    ), ("grain", "period_start")),
    _mart("growth_day", "one row per working group, audience and day with a change", (
        SCOPE_GROUP, SCOPE_AUDIENCE,
        day("day", "Day"),
        count("joined", "First memberships with a known first day", "persons"),
        count("first_seen", "First memberships, known first day or not", "persons"),
        count("started", "Stretches of membership that start", "persons"),
        count("ended", "Stretches of membership that end", "persons"),
        count("imported", "Of the joined, on a day when a list was filled at once", "persons"),
    ), ()),
    _mart("growth_return", "one row per grain, period, working group and audience with a return", (
        GRAIN, PERIOD_START, SCOPE_GROUP, SCOPE_AUDIENCE,
        count("returned", "People who came back", "persons"),
    ), ()),
    _mart("person_activity", "one row per person who attended", (
        PERSON_ID,
        moment("first_attended_at", "Start of the first meeting attended"),
        day("last_attended_on", "Day of the last meeting attended"),
        count("attendances", "Meetings attended", "attendances"),
        count("recent_months", "Months with an attendance, as bits: bit 0 is the month of the as-of date"),
        Column("first_session_id", ID_TYPE, "The first meeting attended; of several at one moment one"),
        day("second_attended_on", "Day of the meeting attended after the first"),
    ), ("person_id",), TO_PERSON, Reference(("first_session_id",), "core.session")),
    _mart("session_figures", "one row per meeting", (
        SESSION_ID, *MEETING,
        day("held_on", "Day it starts on, in the network's time zone"),
        *MEETING_TRAITS[:8],
        count("registered", "People registered when it began", "persons"),
        count("attended", "People by name who were present, without hosts", "persons"),
        count("headcount", "People counted in the room", "heads"),
        flag("headcount_is_approximate", "Whether the total is an estimate"),
        count("total", "The larger of headcount and names", "heads"),
        count("unnamed", "Heads counted above the names", "heads"),
        number("show_up_rate", "Registered people who came, of those registered", "share"),
        count("walk_ins", "People who came without registration", "persons"),
        count("first_timers", "People for whom it was the first meeting", "persons"),
        count("returning", "People who had been at an earlier meeting", "persons"),
        number("median_minutes", "Half of the people stayed at least this long", "minutes"),
        count("hosts", "Hosts, who are in no rate", "persons"),
        count("minutes_known", "People whose time present is known", "persons"),
        day("yield_on", "Day its yield was published"),
        text("source", "What is known of who came: named, headcount, both or none"),
    ), ("session_id",), TO_SESSION),
    _mart("participation", "one row per window, series and working group", (
        count("window_months", "Length of the window", "months"),
        SERIES, SCOPE_GROUP,
        day("from_on", "First day of the window"),
        day("to_on", "Last day of the window"),
        count("eligible", "Members during the whole window", "persons"),
        count("activities", "Meetings in the window with a list of names", "meetings"),
        number("union_reach", "Members who came at least once", "share"),
        number("mean_reach", "Members who came, averaged over the meetings", "share"),
        number("min_reach", "Members who came to the least visited meeting", "share"),
        number("max_reach", "Members who came to the best visited meeting", "share"),
        number("chance_baseline", "What the union would be by chance", "share"),
        number("differentiation_index", "0: always the same people; 1: as different as can be", "0-1"),
    ), ()),
    _mart("active_month", "one row per window and month", (
        count("window_months", "Length of the window", "months"),
        PERIOD_START, PERIOD_END, IS_OPEN,
        count("members", "Members at the end of the month", "persons"),
        count("eligible", "Members during the whole window", "persons"),
        count("active", "Those who came at least once", "persons"),
    ), ("window_months", "period_start")),
    _mart("suggestion", "one row per pair of people who wait for somebody who knows", (
        *LIKELY_PAIR,
        flag("is_later", "Whether somebody put it off"),
    ), ("pair_id",), TO_PERSON_A, TO_PERSON_B),
    _mart("organisation_figures", "one row per organisation (empty = unknown)", (
        text("organisation", "Organisation"),
        text("sector", "Sector"),
        text("parent", "Organisation it is part of"),
        count("members", "Members on the as-of date", "persons"),
        count("attendances", "Times someone of the organisation was at a meeting", "attendances"),
        number("attendance_share", "Of all attendances", "share"),
    ), ()),
    _mart("harvested_text", "one row per text, meeting and asker", (
        Column("contribution_id", ID_TYPE, "The text"),
        SESSION_ID,
        text("session_title", "Title of the meeting"),
        day("held_on", "Day of the meeting"),
        PERSON_ID, HARVESTED,
        text("kind", "question, theme, feedback or practice_case"),
        text("question", "Question it answers, as the form asked it"),
        day("asked_on", "Day it was asked, else the day of the meeting"),
        AUDIENCE, *PLACED,
    ), ("contribution_id",), TO_SESSION, TO_PERSON, TO_THEME),
    _mart("filter_value", "one row per dimension and value", (
        text("dimension", "working_group, audience or series"),
        text("value", "The value"),
        count("people", "Members now, or people of the audience; not told of a series", "persons"),
    ), ("dimension", "value")),
    _mart("source_status", "one row per source", (
        text("source", "Mapping or format"),
        moment("last_received_at", "When the newest file was received"),
        day("newest_on", "Newest day its rows tell of"),
        count("files", "Files received", "files"),
        count("rows", "Rows that count", "rows"),
        count("rejected", "Rows refused", "rows"),
        text("status", "fresh, partial, late, needs_mapping, held (waits for a person) or failed"),
    ), ("source",)),
)  # fmt: skip

TABLES = CORE_TABLES + MART_TABLES


def table_named(qualified_name: str) -> Table:
    """The table of that `layer.name`. Raises KeyError when there is none."""
    return {table.qualified_name: table for table in TABLES}[qualified_name]
