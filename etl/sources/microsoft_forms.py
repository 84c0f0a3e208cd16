"""Answers of a Microsoft Form: the workbook behind *Open results in Excel*, in English or Dutch.

The file as it arrives: one sheet whose first columns are `ID, Start time, Completion time, Email, Name` (or
`ID, Begintijd, Tijd van voltooien, E-mail, Naam`), sometimes the time of a last change, then one column for
each question. Times are real Excel moments, local to whoever exported, in the American number format: saved
as CSV they are `3/28/26 10:05:00`, also for the Dutch. A form that anybody may fill in writes
`anonymous` for the address: nobody is made of that, and a question of the form for name or address is used
instead. A choice of several ends every answer with a semicolon. Points and feedback of a quiz are left out.
What is read of the answers is said in `etl.sources.answers`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from etl.cleaning.names import is_placeholder
from etl.schema.feeds import CONTRIBUTION, Feed
from etl.sources import answers
from etl.sources.mapping import normal_heading
from etl.sources.source import NeedsMapping, SourceResult

if TYPE_CHECKING:
    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "microsoft_forms"
reader_version = 3
feeds: tuple[Feed, ...] = (CONTRIBUTION,)

STARTED = ("start time", "begintijd", "starttijd")
COMPLETED = ("completion time", "tijd van voltooien", "voltooiingstijd")
CHANGED = ("last modified time", "tijd van laatste wijziging")
IDENTITY = {"email": "email", "e-mail": "email", "name": "full_name", "naam": "full_name"}
QUIZ = ("total points", "quiz feedback", "totaal aantal punten", "feedback over de quiz")
QUIZ_STARTS = ("points - ", "feedback - ", "punten - ")
FIRST_COLUMNS = 6


def recognises(table: TextTable) -> bool:
    """The form's own first columns: an id, a start and a completion."""
    if not table.rows:
        return False
    headings = [normal_heading(cell) for cell in table.rows[0].cells[:3]]
    return len(headings) == 3 and headings[0] == "id" and headings[1] in STARTED and headings[2] in COMPLETED


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """The answers to open questions, and who answered."""
    heading = table.rows[0].cells
    own = _own_places(heading)
    identity = {field: place for place, field in own.items() if field in ("email", "full_name")}
    rows = [_without_placeholders(row, identity) for row in table.rows[1:]]
    known = {field: place for field, place in identity.items() if _is_filled(rows, place)}
    who = {**answers.person_places(heading, own.keys()), **known}
    times = {field: place for place, field in own.items()}
    told = settings.date_order(format_id, name)
    moments = (times["completed"], times["started"])
    layout = answers.Layout(who, own.keys(), moments, heading[2].strip(), order=told, is_american=True)
    return answers.read(name, replace(table, rows=[table.rows[0], *rows]), layout)


def _own_places(heading: tuple[str, ...]) -> dict[int, str]:
    """The columns that the form itself adds, with what they hold."""
    own = {0: "id", 1: "started", 2: "completed"}
    for place, cell in enumerate(heading):
        title = normal_heading(cell)
        if place in own:
            continue
        if place < FIRST_COLUMNS and title in IDENTITY and IDENTITY[title] not in own.values():
            own[place] = IDENTITY[title]
        elif place < FIRST_COLUMNS and title in CHANGED:
            own[place] = "changed"
        elif title in QUIZ or title.startswith(QUIZ_STARTS):
            own[place] = "quiz"
    return own


def _without_placeholders(row: TextRow, identity: dict[str, int]) -> TextRow:
    """The row without "anonymous" where a person should stand."""
    places = {place for place in identity.values() if place < len(row.cells)}
    cells = tuple(
        "" if place in places and is_placeholder(cell) else cell for place, cell in enumerate(row.cells)
    )
    return replace(row, cells=cells)


def _is_filled(rows: list[TextRow], place: int) -> bool:
    return any(place < len(row.cells) and row.cells[place].strip() for row in rows)
