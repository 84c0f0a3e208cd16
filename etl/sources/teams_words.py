"""How Teams writes moments and lengths of time in the languages it speaks, made plain.

Teams writes in the language of whoever downloads: `2022/11/14 下午 4:16:54`, `14.11.2022 klo 16.16.54`,
`2022-11-14 16 h 16 min 54 s`, `5 godz. 3 min`. Words around the numbers are taken away and half days become
AM and PM; the order of day and month is left as it is. An unknown unit of time makes a length unknown.
"""

from __future__ import annotations

import re
import unicodedata

from etl.sources.stamps import Stamp, duration_seconds, read_stamp

_MORNING = ("上午", "午前", "오전", "π.μ.", "πμ", "de.", "ص", "sa", "öö", "f.m.", "fm", "vorm.")
_AFTERNOON = ("下午", "午後", "오후", "μ.μ.", "μμ", "du.", "م", "ch", "ös", "e.m.", "em", "nachm.")
_FILLERS = re.compile(
    r"(?<![^\W\d_])(?:klo|kl|om|um|uhr|uur|at|à|às|a las|alle|ore|u|o|г|ч|р|год|в)\b\.?", re.I
)
_HALF_DAYS = tuple((word, "AM") for word in _MORNING) + tuple((word, "PM") for word in _AFTERNOON)
_SPELT_CLOCK = re.compile(r"(\d{1,2})\s*h\s*(\d{1,2})(?:\s*min)?(?:\s*(\d{1,2})\s*s)?(?!\w)", re.I)
_PART = re.compile(r"(\d+)\s*([^\W\d_]+)")
_HOURS = ("h", "u", "g", "st", "t", "val", "ó", "o", "sa", "ч", "год", "ω", "ώ", "小", "時", "时", "시", "س")
_MINUTES = ("m", "p", "d", "м", "хв", "λ", "分", "분", "د")
_SECONDS = ("s", "с", "δ", "秒", "초", "ث")
_LENGTH = re.compile(r"(?:\d+\s*[^\W\d_]{1,8}\.?[\s,]*){1,4}")
LAST_YEAR = 2400
BUDDHIST_YEAR = re.compile(r"(?<!\d)25[5-9]\d(?!\d)")


def moment(text: str | None) -> Stamp | None:
    """A written moment, whatever the language around it; None when it is no such thing."""
    if not text:
        return None
    found = read_stamp(text)
    if found is None or max(found.parts) > LAST_YEAR:
        found = read_stamp(_plain(text))
    return found


def seconds(text: str | None) -> int | None:
    """A length of time: a number and the first letters of its unit; None when a unit is unknown."""
    if not text:
        return None
    bare = _without_marks(text).casefold()
    parts = _PART.findall(bare)
    if not parts:
        return duration_seconds(bare)
    total = 0
    for number, unit in parts:
        worth = _worth(unit)
        if worth is None:
            return None
        total += int(number) * worth
    return total


def is_length(text: str) -> bool:
    """Whether this is a length of time in words, such as `1h 32m 21s`; a bare number is none."""
    return bool(_LENGTH.fullmatch(_without_marks(text).strip())) and seconds(text) is not None


def _worth(unit: str) -> int | None:
    if unit.startswith(("min", "мин", "дак")):
        return 60
    for starts, worth in ((_HOURS, 3600), (_SECONDS, 1), (_MINUTES, 60)):
        if unit.startswith(starts):
            return worth
    return None


def _plain(text: str) -> str:
    """Numbers, signs and AM or PM only, with the half day at the end."""
    bare = " ".join(_without_marks(text).replace("،", ",").casefold().split())
    bare = _SPELT_CLOCK.sub(lambda found: ":".join(part for part in found.groups() if part), bare)
    half = ""
    for word, means in _HALF_DAYS:
        pattern = rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])"
        if re.search(pattern, bare):
            bare, half = re.sub(pattern, " ", bare), means
            break
    bare = _FILLERS.sub(" ", bare)
    bare = BUDDHIST_YEAR.sub(lambda found: str(int(found.group()) - 543), bare)
    return " ".join(f"{bare} {half}".split()).replace(" ,", ",")


def _without_marks(text: str) -> str:
    """Without the invisible marks that show in which direction a text runs."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
