"""What column headings usually mean, in Dutch and English: the one dictionary behind proposals and forms."""

from __future__ import annotations

import re

from etl.sources.mapping import normal_heading

PERSON_HEADINGS = {
    "full_name": (
        "name", "full name", "your name", "naam", "volledige naam", "je naam", "uw naam", "jouw naam",
        "naam deelnemer", "voor- en achternaam", "voornaam en achternaam", "first and last name", "fullname",
        "wat is je naam?", "wat is uw naam?", "what is your name?", "deelnemer", "lid", "contactpersoon",
    ),
    "given_name": ("first name", "firstname", "given name", "voornaam", "roepnaam"),
    "family_name": ("last name", "lastname", "family name", "surname", "achternaam", "familienaam"),
    "email": (
        "email", "e-mail", "mail", "email address", "e-mail address", "e-mailadres", "emailadres",
        "mailadres",
        "username", "gebruikersnaam", "e-mail adres", "wat is je e-mailadres?", "wat is uw e-mailadres?",
    ),
    "linkedin_url": (
        "linkedin", "linkedin url", "linkedin profile", "linkedin-profiel", "linkedinprofiel", "profile url",
        "profileurl", "profiel",
    ),
    "organisation": (
        "organisation", "organization", "organisatie", "company", "bedrijf", "werkgever", "employer",
        "instelling",
        "institution", "institute", "naam organisatie", "organisatie / bedrijf", "host_name", "school",
        "affiliation",
    ),
    "unit": ("unit", "department", "afdeling", "faculteit", "faculty", "team", "opleiding"),
    "job_title": ("job title", "position", "function", "functie", "rol in organisatie", "beroep", "headline"),
    "audience": ("audience", "doelgroep", "achtergrond", "ik ben"),
    "country": ("country", "land"),
    "region": ("region", "regio", "provincie", "province"),
    "external_id": (
        "id", "person", "person id", "member id", "user id", "lidnummer", "nummer", "nr", "persoon",
        "relatienummer",
    ),
}  # fmt: skip
FACT_HEADINGS = {
    "joined_on": (
        "member since", "lid sinds", "lid vanaf", "lid sedert", "joined", "joined on", "join date",
        "start date", "startdatum", "datum lid",
        "lid geworden op", "ingangsdatum lidmaatschap",
        "inschrijfdatum", "aanmelddatum", "since", "sinds", "first_badge_date", "ingangsdatum", "opt-in time",
    ),
    "left_on": (
        "left", "left on", "member until", "lid tot", "lid t/m", "einddatum", "end date", "uitgeschreven",
        "uitgeschreven op", "uitgeschreven per", "uitschrijfdatum", "datum uitschrijving", "opgezegd op",
        "opgezegd per", "lid tot en met", "ended", "ended on", "tot",
    ),
    "working_group": ("working group", "werkgroep", "group", "groep", "leerkring", "kring"),
    "role": ("role", "rol"),
    "title": (
        "title", "titel", "event", "bijeenkomst", "sessie", "session", "activiteit", "workshop", "onderwerp",
    ),
    "event_id": ("event id", "event_id", "slug", "bijeenkomst id", "sessie id", "session id"),
    "starts_at": (
        "start", "starts at", "start time", "starttijd", "begin", "begintijd", "datum", "date", "start_date",
        "aanvang", "wanneer",
    ),
    "ends_at": ("end", "ends at", "end time", "eindtijd", "einde", "eind", "end_date"),
    "headcount": (
        "headcount", "attendance", "aantal", "aantal deelnemers", "deelnemers", "aanwezigen", "participants",
    ),
    "place": ("place", "location", "locatie", "plaats", "venue", "waar"),
    "theme": ("theme", "thema", "topic"),
    "topic": ("topic", "onderwerp", "subject", "waarover"),
    "kind": ("kind", "soort", "type"),
    "happened_on": ("happened on", "datum", "date", "wanneer", "gebeurd op"),
    "series": ("series", "reeks", "programma", "tag_name"),
    "url": ("url", "link", "website"),
    "joined_at": ("join time", "joined at", "binnengekomen", "tijd van deelname"),
    "left_at": ("leave time", "left at", "vertrokken", "tijd van vertrek"),
    "minutes": ("minutes", "duration (minutes)", "minuten", "duur (minuten)"),
    "checked_in": ("checked in", "aanwezig", "ingecheckt", "present", "attended"),
    "registered_at": ("registration time", "registered at", "aangemeld op", "order date", "registratiedatum"),
    "status": ("status", "attendee status"),
    "text": (
        "question", "vraag", "opmerking", "comment", "feedback", "antwoord", "answer", "casus", "leervraag",
    ),
    "contributed_at": (
        "timestamp", "tijdstempel", "submitted at", "ingevuld op", "submit date (utc)", "submission date",
        "_submission_time", "date submitted", "ingezonden op", "inzenddatum", "datum inzending",
    ),
    "channel": ("channel", "kanaal"),
    "measure": ("measure", "maat", "metric"),
    "measured_on": ("measured on", "gemeten op", "peildatum", "datum", "date"),
    "value": ("value", "waarde", "aantal", "followers", "volgers", "total followers"),
    "from_party": ("from", "van", "gever", "from party"),
    "to_party": ("to", "naar", "aan", "ontvanger", "to party"),
    "hours": ("hours", "uren"),
    "week": ("week", "weekstart", "week van", "weeknummer", "weeknr", "week no", "week number"),
    "document": ("document",),
    "version": ("version", "versie"),
    "statement": ("statement", "stelling"),
    "score": ("score", "cijfer"),
}  # fmt: skip

LIST_HEADINGS = {
    "full_name": ("naam lid", "naam van het lid", "naam lid of deelnemer", "member name", "naam persoon"),
    "email": ("e-mail lid", "mail adres", "e-mail (werk)", "e-mailadres (werk)", "zakelijk e-mailadres"),
    "organisation": ("naam werkgever", "naam instelling", "naam bedrijf", "organisatienaam"),
    "working_group": ("werkgroepen", "groepen", "working groups", "naam werkgroep", "naam groep"),
    "title": (
        "titel bijeenkomst", "titel van de bijeenkomst", "naam bijeenkomst", "naam van de bijeenkomst",
        "titel sessie", "naam sessie", "naam activiteit", "naam evenement", "evenement", "event name",
        "event title", "session title", "meeting title",
    ),
}  # fmt: skip
"""Headings that only a proposal goes by, which somebody looks at; a reader of forms does not know them."""

TIME_HEADINGS = {
    "starts_at": (
        "tijd", "tijden", "tijdstip", "time", "times", "uur", "van", "vanaf", "from", "starts", "start tijd",
        "aanvangstijd", "tijd van", "van (tijd)",
    ),
    "ends_at": ("tot", "t/m", "tot en met", "to", "until", "ends", "eind tijd", "tijd tot", "tot (tijd)"),
    "joined_at": ("binnen", "aankomst", "aankomsttijd", "in", "arrival"),
    "left_at": ("vertrek", "vertrektijd", "uit", "out", "departure"),
}  # fmt: skip


def person_field(heading: str) -> str | None:
    """The person field that a heading names; None when it names none."""
    return PERSON_OF_HEADING.get(_bare(heading))


def likely_fields(heading: str) -> tuple[str, ...]:
    """Every field that a heading may mean, person fields first.

    "Werkgroep(en)" is a working group; "Organisatie / werkgever" is what both of its words mean.
    """
    bare = _PLURAL.sub("", _bare(heading))
    found = _named(bare)
    if found or "/" not in bare:
        return found
    parts = [_named(part.strip()) for part in bare.split("/")]
    return tuple(field for field in parts[0] if all(field in others for others in parts[1:]))


def _named(bare: str) -> tuple[str, ...]:
    found = [
        field
        for dictionary in (PERSON_HEADINGS, FACT_HEADINGS, LIST_HEADINGS)
        for field, headings in dictionary.items()
        if bare in headings
    ]
    return tuple(dict.fromkeys(found))


def likely_times(heading: str) -> tuple[str, ...]:
    """What a heading over times of day means, where it is too short to mean anything over other values."""
    bare = _bare(heading)
    return tuple(field for field, headings in TIME_HEADINGS.items() if bare in headings)


def _bare(heading: str) -> str:
    return normal_heading(heading).replace("_", " ").rstrip(":* ") if heading else ""


def _normalised(dictionary: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {field: tuple(_bare(each) for each in headings) for field, headings in dictionary.items()}


_PLURAL = re.compile(r"\((?:en|s|'s|n)\)")
PERSON_HEADINGS = _normalised(PERSON_HEADINGS)
FACT_HEADINGS = _normalised(FACT_HEADINGS)
LIST_HEADINGS = _normalised(LIST_HEADINGS)
PERSON_OF_HEADING = {heading: field for field, headings in PERSON_HEADINGS.items() for heading in headings}
