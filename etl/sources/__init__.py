"""One module per file format. Adding a format is one module, its samples and one line in SOURCES."""

from __future__ import annotations

from etl.sources import (
    collected,
    eventbrite,
    google_forms,
    icalendar_agenda,
    indico,
    linkedin_connections,
    linkedin_counts,
    linkedin_page_followers,
    mailchimp,
    meetup,
    microsoft_forms,
    pretix,
    teams_attendance,
    teams_list,
    teams_summary,
    teams_town_hall,
    the_events_calendar,
    zoom_participants,
)
from etl.sources.source import Source

SOURCES: tuple[Source, ...] = (
    teams_attendance,
    teams_summary,
    teams_town_hall,
    zoom_participants,
    linkedin_connections,
    linkedin_page_followers,
    google_forms,
    microsoft_forms,
    eventbrite,
    pretix,
    meetup,
    mailchimp,
    indico,
    icalendar_agenda,
    the_events_calendar,
    collected,
    linkedin_counts,
    teams_list,
)
