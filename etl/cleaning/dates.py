"""How dates are written, as SQL: text in a stated shape becomes a wall time and, where written, a zone.

One shape belongs to one column of one file (`DateShape`). ISO text is understood under every shape, because
spreadsheets mix real dates and typed ones in one column; a month in words, and a spreadsheet's five-digit
number of a day, under every shape but ISO. Two digits of a year are of this century. The SQL is the same for
a file of ten rows and of ten million.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.schema.model import DateShape

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb februari february", "mrt mar maart march", "apr april", "mei may",
            "jun juni june", "jul juli july", "aug augustus august", "sep sept september",
            "okt oct oktober october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

ZONE_SECONDS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 3600, "bst": 3600,
    "cet": 3600, "cest": 7200, "eet": 7200, "eest": 10800,
}  # fmt: skip

WEEKDAYS = (
    "ma|maa|maandag|di|din|dinsdag|wo|woe|woensdag|do|don|donderdag|vr|vri|vrijdag|za|zat|zaterdag|zo|zon|zondag|"
    "mon|monday|tue|tues|tuesday|wed|wednesday|thu|thur|thurs|thursday|fri|friday|sat|saturday|sun|sunday"
)
_YEAR = r"(\d{4}|\d{2})"
_YEAR_FIRST = r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
_YEAR_LAST = rf"^(?:(?i:{WEEKDAYS})\.?,?\s+)?(\d{{1,2}})(?:[-.]\s?|/)(\d{{1,2}})(?:[-.]\s?|/){_YEAR}\b\.?"
_DAY_WORD_YEAR = rf"^(?:\p{{L}}+\.?,? )?(\d{{1,2}})\.?[-/ ](\p{{L}}+)\.?[-/ ]{_YEAR}\b"
_WORD_DAY_YEAR = r"^(?:\p{L}+, )?(\p{L}+)\.? (\d{1,2}),? (\d{4})\b"
_CLOCK = (  # 14:30, 14.30 uur, 2:30 PM, and with the letter of the hour: 14u30, 14 u
    r"^[t,]?\s*(?:(?:om|at)\s+)?(\d{1,2})"
    r"(?:(?:[:.]|\s?[uh]\s?)(\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?\s?m\.?)?"
    r"\s*(?:uur|u\b\.?)?"
    r"|\s?(?:uur|u|h)\b\.?)"
    r"\s*(z|utc|gmt|wet|west|bst|cet|cest|eet|eest|(?:gmt|utc)?[+-]\d{1,2}(?::?\d{2})?)?$"
)
_WEEK = r"(?:week(?:nummer|nr)?|wk|w)\.?"
WEEKS = (  # 2026-W03, 2026 week 3; week 3 2026, wk 3, 2026, week 3 (2026), week 3 van 2026: with its year
    rf"^(?P<year>\d{{4}})\s?-?\s?{_WEEK}\s?(?P<week>\d{{1,2}})(?:-1)?$",
    rf"^{_WEEK}\s?(?P<week>\d{{1,2}})(?:\s?[,/-]\s?|\s(?:van\s|of\s)?)\(?(?P<year>\d{{4}})\)?$",
)
_WEEK_PATTERNS = tuple(re.compile(pattern) for pattern in WEEKS)
_SERIAL = r"[1-9]\d{4}(?:[.,]\d+)?"
_PLAIN_ISO = r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?"
_PLAIN_YEAR_LAST = r"\d\d[-/.]\d\d[-/.]\d{4}(?: \d\d:\d\d(?::\d\d)?)?"


@dataclass(frozen=True)
class WrittenMoment:
    """Three layers of SQL for one column; each may use the names of the layer before.

    `parts` gives the struct of what is written (NULL where the plain form needs no taking apart); `wall` the
    time as the clock on the wall says it; `zone_seconds` how far that clock is ahead of UTC, NULL when the
    text names no zone.
    """

    parts: str
    wall: str
    zone_seconds: str


def written_moment(text: str, parts: str, shape: DateShape) -> WrittenMoment:
    """The SQL for the text column `text`, with `parts` the name that the first layer will get."""
    return WrittenMoment(
        parts=f"CASE WHEN NOT ({_is_plain(text, shape)}) THEN {_parts(text, shape)} END",
        wall=f"CASE WHEN {parts} IS NULL THEN {_plain_wall(text, shape)} ELSE {_taken_apart(parts)} END",
        zone_seconds=f"CASE WHEN {parts}.clock.zone <> '' THEN {_zone_seconds(f'{parts}.clock.zone')} END",
    )


def is_week(text: str) -> bool:
    """Whether this is how people write a week of a year."""
    return any(pattern.match(text.strip().lower()) for pattern in _WEEK_PATTERNS)


def monday_of_week(text: str) -> str:
    """SQL: the Monday of a written ISO week as ISO text; any other text, and a week that is none, as it is.

    A week without its year stays what it is: which year is meant, is nowhere.
    """
    lowered = f"lower({text})"
    cases = []
    for pattern in WEEKS:
        numbers = re.findall(r"\?P<(year|week)>", pattern)
        plain = re.sub(r"\?P<(?:year|week)>", "", pattern)
        year, week = (
            f"try_cast(regexp_extract({lowered}, '{plain}', {numbers.index(part) + 1}) AS INTEGER)"
            for part in ("year", "week")
        )
        monday = f"(date_trunc('week', make_date({year}, 1, 4)) + to_days(7 * ({week} - 1)))"
        exists = f"{week} >= 1 AND isoyear({monday}) = {year}"
        cases.append(
            f"WHEN regexp_matches({lowered}, '{plain}') AND {exists} THEN strftime({monday}, '%Y-%m-%d')"
        )
    return f"CASE WHEN NOT contains({lowered}, 'w') THEN {text} {' '.join(cases)} ELSE {text} END"


def plain_moment(text: str, shape: DateShape) -> str:
    """The wall time of a column of which every value is written the usual way; NULL where one is not."""
    return f"CASE WHEN {_is_plain(text, shape)} THEN {_plain_wall(text, shape)} END"


def _is_plain(text: str, shape: DateShape) -> str:
    """The usual way of writing, which a cast reads at full speed."""
    pattern = _PLAIN_YEAR_LAST if _is_year_last(shape) else _PLAIN_ISO
    return f"regexp_full_match({text}, '{pattern}')"


def _plain_wall(text: str, shape: DateShape) -> str:
    if not _is_year_last(shape):
        return f"try_cast({text} AS TIMESTAMP)"
    day, month = (f"{text}[1:2]", f"{text}[4:5]")
    if shape is DateShape.MONTH_DAY_YEAR:
        day, month = month, day
    return f"try_cast({text}[7:10] || '-' || {month} || '-' || {day} || {text}[11:] AS TIMESTAMP)"


def _is_year_last(shape: DateShape) -> bool:
    return shape in (DateShape.DAY_MONTH_YEAR, DateShape.MONTH_DAY_YEAR)


def _parts(text: str, shape: DateShape) -> str:
    """The day as ISO text and the clock as a struct of texts, for everything that is not written plainly."""
    written = _written_parts(text, shape)
    if shape is DateShape.ISO:
        return written
    return f"CASE WHEN regexp_full_match({text}, '{_SERIAL}') THEN {_serial_parts(text)} ELSE {written} END"


def _written_parts(text: str, shape: DateShape) -> str:
    cases = [(_YEAR_FIRST, f"regexp_replace({text}, '{_YEAR_FIRST}.*$', '\\1-\\2-\\3')")]
    if shape is DateShape.DAY_MONTH_YEAR:
        cases.append((_YEAR_LAST, _reordered(text, _YEAR_LAST, year=3, month=2, day=1)))
    if shape is DateShape.MONTH_DAY_YEAR:
        cases.append((_YEAR_LAST, _reordered(text, _YEAR_LAST, year=3, month=1, day=2)))
    if _is_year_last(shape):
        cases.append((_DAY_WORD_YEAR, _worded(text, _DAY_WORD_YEAR, year=3, month=2, day=1)))
        cases.append((_WORD_DAY_YEAR, _worded(text, _WORD_DAY_YEAR, year=3, month=1, day=2)))
    return _struct(
        "CASE " + " ".join(f"WHEN regexp_matches({text}, '{p}') THEN {sql}" for p, sql in cases) + " END",
        "CASE "
        + " ".join(
            f"WHEN regexp_matches({text}, '{p}') THEN regexp_replace({text}, '{p}', '')" for p, _ in cases
        )
        + " END",
    )


def _serial_parts(text: str) -> str:
    """Five digits, so that a bare year is no day of 1905; Dutch spreadsheets write fractions with a comma."""
    is_serial = f"regexp_full_match({text}, '{_SERIAL}')"
    days = f"try_cast(replace({text}, ',', '.') AS DOUBLE)"
    moment = (
        f"(TIMESTAMP '1899-12-30' + to_seconds(CASE WHEN {is_serial} THEN round({days} * 86400)::BIGINT END))"
    )
    return _struct(f"strftime({moment}, '%Y-%m-%d')", f"strftime({moment}, ' %H:%M:%S')")


def _struct(day: str, rest: str) -> str:
    names = "['hour', 'minute', 'second', 'half', 'zone']"
    return (
        f"{{'day': {day}, 'rest': {rest}, 'clock': regexp_extract(lower(trim({rest})), '{_CLOCK}', {names})}}"
    )


def _reordered(text: str, pattern: str, *, year: int, month: int, day: int) -> str:
    whole = f"regexp_replace({text}, '{pattern}.*$', '\\{year}-\\{month}-\\{day}')"
    return f"CASE WHEN {whole}[3] = '-' THEN '20' || {whole} ELSE {whole} END"


def _worded(text: str, pattern: str, *, year: int, month: int, day: int) -> str:
    names = ", ".join(f"'{name}': {number}" for name, number in MONTHS.items())
    written_year = f"regexp_extract({text}, '{pattern}', {year})"
    number = f"(MAP {{{names}}})[lower(regexp_extract({text}, '{pattern}', {month}))]"
    full_year = f"CASE WHEN strlen({written_year}) = 2 THEN '20' || {written_year} ELSE {written_year} END"
    return f"{full_year} || '-' || {number} || '-' || regexp_extract({text}, '{pattern}', {day})"


def _taken_apart(parts: str) -> str:
    """The wall time of the parts; NULL when they are no date, or a clock is written that is none."""
    clock = f"{parts}.clock"
    hour = f"""CASE {clock}.half
        WHEN '' THEN try_cast({clock}.hour AS INTEGER)
        ELSE CASE WHEN try_cast({clock}.hour AS INTEGER) BETWEEN 1 AND 12
             THEN try_cast({clock}.hour AS INTEGER) % 12 + CASE {clock}.half WHEN 'p' THEN 12 ELSE 0 END END
        END"""
    minute, second = (
        f"CASE {clock}.{part} WHEN '' THEN '00' ELSE {clock}.{part} END" for part in ("minute", "second")
    )
    return f"""CASE
        WHEN trim({parts}.rest) = '' THEN try_cast({parts}.day AS TIMESTAMP)
        WHEN {clock}.hour <> '' THEN
            try_cast({parts}.day || ' ' || ({hour}) || ':' || {minute} || ':' || {second} AS TIMESTAMP)
        END"""


def _zone_seconds(zone: str) -> str:
    named = " ".join(f"WHEN '{name}' THEN {seconds}" for name, seconds in ZONE_SECONDS.items())
    sign = f"CASE WHEN {zone} LIKE '%-%' THEN -1 ELSE 1 END"
    hours = f"try_cast(regexp_extract({zone}, '[+-](\\d{{1,2}})', 1) AS INTEGER)"
    minutes = f"coalesce(try_cast(regexp_extract({zone}, '[+-]\\d{{1,2}}:?(\\d{{2}})$', 1) AS INTEGER), 0)"
    return f"CASE {zone} {named} ELSE {sign} * ({hours} * 3600 + {minutes} * 60) END"
