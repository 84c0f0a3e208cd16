"""What the name of a file says that the file itself leaves out: the day of a meeting, and its title.

Google Meet and Webex write clock times only, and Zoom's "unique users" no times at all: the day stands in the
name under which the report was mailed or saved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from etl.cleaning.dates import MONTHS
from etl.schema.model import DateShape
from etl.sources.stamps import MONTH_FIRST

_YEAR_FIRST = re.compile(r"(?<!\d)(20\d\d)([-_. ]?)(\d\d)\2(\d\d)(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-_.])(\d{1,2})\2(20\d\d|\d\d)(?!\d)")
_DAY_WORD = re.compile(r"(?<!\d)(\d{1,2})[-_. ]+([a-z]{3,9})\.?,?[-_. ]+(20\d\d)(?!\d)", re.IGNORECASE)
_WORD_DAY = re.compile(
    r"\b([a-z]{3,9})\.?[-_. ]+(\d{1,2})(?:st|nd|rd|th)?,?[-_. ]+(20\d\d)(?!\d)", re.IGNORECASE
)
_CLOCK = re.compile(
    r"(?:\b(?:at|om)[ _]+)?(?<!\d)\d{1,2}[:_.h]\d{2}(?:[:_.]\d{2})?(?:[ _]*[ap]m)?"
    r"(?:[ _]*(?:\(?(?:gmt|utc|cet|cest)[+-]?\d*\)?))?(?!\d)",
    re.IGNORECASE,
)
_COPY = re.compile(r"\s*(?:\(\d+\)|- (?:copy|kopie))\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class NamedDay:
    """The day that a file name gives. `is_certain`: it can be read in one way only."""

    day: date
    is_certain: bool = True


def day_in_name(name: str, told: DateShape | None = None) -> NamedDay | None:
    """The first date in a file name; where both orders fit as `told`, else day first as is usual here."""
    stem = _stem(name)
    for match in _YEAR_FIRST.finditer(stem):
        if day := _day(match.group(1), match.group(3), match.group(4)):
            return NamedDay(day)
    for match in _DAY_WORD.finditer(stem):
        if day := _worded(match.group(3), match.group(2), match.group(1)):
            return NamedDay(day)
    for match in _WORD_DAY.finditer(stem):
        if day := _worded(match.group(3), match.group(1), match.group(2)):
            return NamedDay(day)
    for match in _YEAR_LAST.finditer(stem):
        first, _, second, year = match.groups()
        readings = {_day(year, second, first), _day(year, first, second)} - {None}
        both = [_day(year, second, first), _day(year, first, second)]
        if day := next((each for each in (both[::-1] if told is MONTH_FIRST else both) if each), None):
            return NamedDay(day, len(readings) == 1 or told is not None)
    return None


def title_in_name(name: str, own_words: str) -> str:
    """The file name without its date, its clock time and the words the program itself puts there."""
    stem = _COPY.sub("", _stem(name))
    title = stem
    for pattern in (_YEAR_FIRST, _DAY_WORD, _WORD_DAY, _YEAR_LAST, _CLOCK):
        title = pattern.sub(" ", title)
    title = re.sub(rf"(?<![^\W_])(?:{own_words})(?![^\W_])", " ", title, flags=re.IGNORECASE)
    title = re.sub(r"[\[(]\s*[\])]", " ", title).replace("_", " ")
    title = re.sub(r"(?:\s+[-–—]+(?=\s))+", " -", f" {title} ")
    return " ".join(title.split()).lstrip(" -–—,.").rstrip(" -–—,.([") or stem


def _stem(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.stem if path.suffix[1:].isalpha() else path.name


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def _worded(year: str, month: str, day: str) -> date | None:
    number = MONTHS.get(month.casefold())
    return _day(year, str(number), day) if number else None
