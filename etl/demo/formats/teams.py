"""The attendance report of Microsoft Teams as it has been since 2022: three sections, tabs, UTF-16.

English headings are as seen in real reports; the Dutch ones of the second section and the summary are not
confirmed by a real file, so readers should go by structure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from etl.demo.sessions import Presence, Stretch


@dataclass(frozen=True)
class Wording:
    """The words of one language, and how it writes a moment."""

    summary: tuple[str, ...]
    participants: tuple[str, ...]
    activities: tuple[str, ...]
    sections: tuple[str, str, str]
    roles: dict[str, str]
    stamp: str
    hours: str


class Language(Enum):
    """The organiser's language and region; they decide headings and dates."""

    DUTCH = "nl-NL"
    BRITISH = "en-GB"
    AMERICAN = "en-US"


UPN_ONLY = 40  # every so many rows
ENGLISH_ROLES = {"host": "Organizer", "presenter": "Presenter", "attendee": "Attendee"}
WORDINGS = {
    Language.DUTCH: Wording(
        ("Titel van vergadering", "Aantal deelnemers", "Begintijd", "Eindtijd", "Duur van vergadering",
         "Gemiddelde deelnametijd"),
        ("Naam", "Eerste deelname", "Laatste vertrek", "Duur in vergadering", "E-mail",
         "Deelnemer-id (UPN)", "Rol"),
        ("Naam", "Tijd van deelname", "Tijd van vertrek", "Duur", "E-mail", "Rol"),
        ("1. Samenvatting", "2. Deelnemers", "3. Activiteiten tijdens vergadering"),
        {"host": "Organisator", "presenter": "Presentator", "attendee": "Deelnemer"},
        "%d-%m-%y, %H:%M:%S", "u",
    ),
    Language.BRITISH: Wording(
        ("Meeting title", "Attended participants", "Start time", "End time", "Meeting duration",
         "Average attendance time"),
        ("Name", "First join", "Last leave", "In-meeting duration", "Email", "Participant ID (UPN)", "Role"),
        ("Name", "Join time", "Leave time", "Duration", "Email", "Role"),
        ("1. Summary", "2. Participants", "3. In-Meeting activities"),
        {**ENGLISH_ROLES, "host": "Organiser"}, "%d/%m/%y, %H:%M:%S", "h",
    ),
    Language.AMERICAN: Wording(
        ("Meeting title", "Attended participants", "Start time", "End time", "Meeting duration",
         "Average attendance time"),
        ("Name", "First Join", "Last Leave", "In-Meeting Duration", "Email", "Participant ID (UPN)", "Role"),
        ("Name", "Join Time", "Leave Time", "Duration", "Email", "Role"),
        ("1. Summary", "2. Participants", "3. In-Meeting Activities"), ENGLISH_ROLES, "us", "h",
    ),
}  # fmt: skip


def attendance_report(
    title: str, present: tuple[Presence, ...], language: Language, big_endian: bool
) -> bytes:
    """The report of one meeting. Now and then an address stands in the UPN column only."""
    words = WORDINGS[language]
    opened = min(one.stretches[0][0] for one in present)
    closed = max(one.stretches[-1][1] for one in present)
    durations = [_total(one.stretches) for one in present]
    mean = sum(durations, timedelta()) / len(durations)
    values = (
        title, str(len(present)), _stamp(opened, words), _stamp(closed, words),
        _duration(closed - opened, words), _duration(mean, words),
    )  # fmt: skip
    lines = [words.sections[0], *("\t".join(pair) for pair in zip(words.summary, values, strict=True)), ""]
    lines += [words.sections[1], "\t".join(words.participants)]
    for place, (one, duration) in enumerate(zip(present, durations, strict=True), 1):
        joined, left = _stamp(one.stretches[0][0], words), _stamp(one.stretches[-1][1], words)
        email = "" if place % UPN_ONLY == 0 else one.email
        cells = (one.name, joined, left, _duration(duration, words), email, one.email, words.roles[one.role])
        lines.append("\t".join(cells))
    lines += ["", words.sections[2], "\t".join(words.activities)]
    for one in present:
        for start, end in one.stretches:
            moments = (_stamp(start, words), _stamp(end, words), _duration(end - start, words))
            lines.append("\t".join((one.name, *moments, one.email, words.roles[one.role])))
    encoding = "utf-16-be" if big_endian else "utf-16-le"
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode(encoding)


def _total(stretches: tuple[Stretch, ...]) -> timedelta:
    return sum((end - start for start, end in stretches), timedelta())


def _stamp(moment: datetime, words: Wording) -> str:
    if words.stamp != "us":
        return moment.strftime(words.stamp)
    half = "PM" if moment.hour >= 12 else "AM"
    clock = f"{moment.hour % 12 or 12}:{moment:%M:%S}"
    return f"{moment.month}/{moment.day}/{moment:%y}, {clock} {half}"


def _duration(length: timedelta, words: Wording) -> str:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, words.hours), (minutes, "m"), (seconds, "s")]
    return " ".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
