"""What the fields and feeds are called on the pages. Pure: imports no Streamlit.

In the code, in kring.toml and in the data dictionary they have one English name. A test keeps the list whole.
"""

from __future__ import annotations

from dashboard.wording import N_, Wording
from etl.schema.moments import CLOCK, DAY, whole_field

FEED_WORDS = {
    "membership": N_("Members"),
    "contact": N_("Contacts"),
    "event": N_("Sessions on the agenda"),
    "registration": N_("Registrations for a session"),
    "attendance": N_("Who was at a session"),
    "contribution": N_("Questions and other texts"),
    "reach": N_("Reach of a channel"),
    "exchange": N_("Exchanges between parties"),
    "effort": N_("Hours of facilitators"),
    "document": N_("Versions of a document and comments on it"),
    "milestone": N_("Milestones and targets"),
    "pulse": N_("Scores given to statements"),
}
FIELD_WORDS = {
    "external_id": N_("Number or id of the person"),
    "full_name": N_("Full name"),
    "given_name": N_("First name"),
    "family_name": N_("Last name"),
    "email": N_("E-mail address"),
    "linkedin_url": N_("LinkedIn profile"),
    "organisation": N_("Organisation"),
    "unit": N_("Unit or faculty"),
    "job_title": N_("Function"),
    "audience": N_("Audience"),
    "country": N_("Country"),
    "region": N_("Region"),
    "working_group": N_("Working group"),
    "joined_on": N_("Member since"),
    "left_on": N_("Member until"),
    "role": N_("Role"),
    "connected_on": N_("Day of the connection"),
    "event_id": N_("Id of the session"),
    "entry_id": N_("Id of the row itself"),
    "title": N_("Title"),
    "starts_at": N_("Start"),
    "ends_at": N_("End"),
    "kind": N_("Kind"),
    "mode": N_("Online, in person or hybrid"),
    "place": N_("Place"),
    "theme": N_("Theme"),
    "series": N_("Series"),
    "headcount": N_("People counted in the room"),
    "headcount_is_approximate": N_("The count is an estimate"),
    "status": N_("State"),
    "url": N_("Web page"),
    "registered_at": N_("Registered at"),
    "joined_at": N_("Joined at"),
    "left_at": N_("Left at"),
    "minutes": N_("Minutes present"),
    "checked_in": N_("Was present"),
    "text": N_("Text"),
    "question": N_("Question it answers"),
    "contributed_at": N_("Given at"),
    "document": N_("Document"),
    "channel": N_("Channel"),
    "measure": N_("What is counted"),
    "measured_on": N_("Day of the figure"),
    "value": N_("Figure"),
    "from_party": N_("Who gave"),
    "to_party": N_("Who received"),
    "topic": N_("Topic"),
    "happened_on": N_("Day"),
    "week": N_("Week"),
    "hours": N_("Hours"),
    "version": N_("Version"),
    "published_on": N_("Published on"),
    "received_on": N_("Received on"),
    "decided_on": N_("Decided on"),
    "metric": N_("Metric of a target"),
    "owner": N_("Owner"),
    "statement": N_("Statement"),
    "score": N_("Score"),
    "asked_on": N_("Asked on"),
}


def feed_word(name: str, words: Wording) -> str:
    """A feed as a reader knows it."""
    return words.t(FEED_WORDS[name])


def field_word(name: str, words: Wording) -> str:
    """A field as a reader knows it, or its day or its time alone."""
    whole = words.t(FIELD_WORDS[whole_field(name)])
    if name.endswith(DAY):
        return words.t("{field}: the day", field=whole)
    return words.t("{field}: the time", field=whole) if name.endswith(CLOCK) else whole
