"""Responses of a LimeSurvey survey, exported as CSV or Excel, with questions or codes as headings.

The file as it arrives: CSV with a byte order mark, every field quoted, a comma or a semicolon, or a workbook.
The survey's own columns come first: `Response ID, Date submitted, Last page, Start language, Seed` (codes:
`id, submitdate, lastpage, startlanguage, seed`), older ones with the date first; then start, last action,
address and referrer when those are kept, and the columns of the token. Headings are translated to the
language of the export, so a survey is also known by what its first columns hold: numbers, moments or nothing,
numbers, a language, a seed. A response without a date of submitting was never finished: it is counted, not
used. An anonymous survey writes 1 January 1980 for every date: its answers have no day. Where answers are
codes (A1, Y), choices stay choices. IP addresses are not read. What is read of the answers is said in
`etl.sources.answers`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import CONTRIBUTION, Feed
from etl.sources import answers
from etl.sources.mapping import normal_heading
from etl.sources.source import NeedsMapping, SourceResult
from etl.sources.stamps import read_stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "limesurvey"
reader_version = 1
feeds: tuple[Feed, ...] = (CONTRIBUTION,)

OWN = {
    "response id": "id", "id": "id", "antwoord-id": "id", "antwoord id": "id", "reactie-id": "id",
    "date submitted": "submitted", "submitdate": "submitted", "datum ingediend": "submitted",
    "datum van indiening": "submitted", "datum verzonden": "submitted", "inzenddatum": "submitted",
    "last page": "page", "lastpage": "page", "laatste pagina": "page",
    "start language": "language", "startlanguage": "language", "starttaal": "language",
    "seed": "seed", "willekeurig getal": "seed",
    "date started": "started", "startdate": "started", "startdatum": "started", "datum gestart": "started",
    "date last action": "acted", "datestamp": "acted", "datum laatste actie": "acted",
    "ip address": "address", "ipaddr": "address", "ip-adres": "address",
    "referrer url": "referrer", "refurl": "referrer", "verwijzende url": "referrer",
    "token": "token", "access code": "token", "toegangscode": "token",
    "total time": "timing", "interviewtime": "timing", "totale tijd": "timing",
}  # fmt: skip
TIMINGS = re.compile(r"(?:group|question|groep|vraag)s?\s*(?:time|tijd)\s*:.*|(?:group|question)time\d+")
OWN_SEED = re.compile(r"[0-9]{5,}")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]+)*", re.IGNORECASE)
NO_YEARS = range(1970, 1981)  # an anonymous survey writes 1 January 1980, or the beginning of 1970
NO_DATES = "the survey is anonymous and keeps no dates: its answers have no day"


def recognises(table: TextTable) -> bool:
    """The survey's own first columns, by their headings or by what they hold."""
    return bool(table.rows) and _own(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """The answers to open questions of the finished responses, and who answered."""
    own = _own(table)
    if own is None:
        raise InputError(name, "no columns of LimeSurvey", "Response ID and Date submitted")
    heading = table.rows[0].cells
    submitted = own["submitted"]
    data = [row for row in table.rows[1:] if any(cell.strip() for cell in row.cells)]
    finished = [row for row in data if len(row.cells) <= submitted or row.cells[submitted].strip()]
    dated = [_without_no_day(row, own) for row in finished]
    hidden = len(data) - len(finished)
    aside = {place for place, cell in enumerate(heading) if _is_own(cell)} | set(own.values())
    who = answers.person_places(heading, aside)
    layout = answers.Layout(
        who, aside, (submitted,), heading[submitted].strip(), has_moments=False,
        order=settings.date_order(format_id, name),
    )  # fmt: skip
    found = answers.read(name, replace(table, rows=[table.rows[0], *dated]), layout)
    is_anonymous = any(row is not kept for row, kept in zip(finished, dated, strict=True))
    warnings = list(found.warnings) if finished else []
    if hidden:
        warnings.append(f"responses that were never submitted are left out: {hidden}")
    if is_anonymous:
        warnings.append(NO_DATES)
    return replace(found, rows_read=found.rows_read + hidden, rows_hidden=hidden, warnings=tuple(warnings))


def _own(table: TextTable) -> Mapping[str, int] | None:
    """Where the survey's own columns are; None when this is no survey of LimeSurvey."""
    titles = [normal_heading(cell) for cell in table.rows[0].cells]
    named: dict[str, int] = {}
    for place, title in enumerate(titles):
        if title in OWN:
            named.setdefault(OWN[title], place)
    first_two = {named.get("id"), named.get("submitted")}
    if first_two == {0, 1} and named.keys() & {"page", "language", "seed"}:
        return named
    return _own_by_values(table.rows[1:], len(titles))


def _own_by_values(rows: Sequence[TextRow], width: int) -> Mapping[str, int] | None:
    """The same by what the first five columns hold, whatever language their headings are in."""
    if width < 6 or not rows or not any(OWN_SEED.fullmatch(cell.strip()) for cell in rows[0].cells[4:5]):
        return None
    full = [[cell.strip() for cell in row.cells[:5]] for row in rows if len(row.cells) >= 5]
    columns = [[row[place] for row in full] for place in range(5)]
    for number, submitted in ((0, 1), (1, 0)):
        ids, dates = columns[number], columns[submitted]
        is_survey = (
            all(cell.isdecimal() for cell in ids)
            and len(set(ids)) == len(ids)
            and any(dates)
            and all(answers.is_moment(cell) for cell in dates if cell)
            and all(cell.isdecimal() and len(cell) <= 3 for cell in columns[2] if cell)
            and all(LANGUAGE.fullmatch(cell) for cell in columns[3])
            and all(OWN_SEED.fullmatch(cell) for cell in columns[4])
        )
        if is_survey:
            return {"id": number, "submitted": submitted, "page": 2, "language": 3, "seed": 4}
    return None


def _is_own(heading: str) -> bool:
    title = normal_heading(heading)
    return title in OWN or bool(TIMINGS.fullmatch(title))


def _without_no_day(row: TextRow, own: Mapping[str, int]) -> TextRow:
    """The row without a date that stands for none."""
    place = own["submitted"]
    stamp = read_stamp(row.cells[place]) if place < len(row.cells) else None
    if stamp is None or max(stamp.parts) not in NO_YEARS:
        return row
    return replace(row, cells=(*row.cells[:place], "", *row.cells[place + 1 :]))
