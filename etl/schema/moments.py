"""Moments that a table writes in two columns: the day in one (`starts_at.date`), the time in another
(`starts_at.time`). One day serves every time of its row, so the end of a meeting needs no day of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etl.schema.feeds import Feed
from etl.schema.model import ColumnType

DAY, CLOCK = ".date", ".time"
END_OF = {"starts_at": "ends_at", "joined_at": "left_at"}
BEGIN_OF = {end: begin for begin, end in END_OF.items()}
Pairs = tuple[tuple[str, str], ...]


def part_fields(feed: Feed) -> tuple[str, ...]:
    """What a column may be called that holds only the day or only the time of a moment."""
    moments = (column.name for column in feed.columns if column.type is ColumnType.TIMESTAMP)
    return tuple(f"{name}{part}" for name in moments for part in (DAY, CLOCK))


def is_part(field: str) -> bool:
    """Whether this names only the day or only the time of a field."""
    return field.endswith((DAY, CLOCK))


def whole_field(field: str) -> str:
    """The field itself, of which this may be a part."""
    return field.removesuffix(DAY).removesuffix(CLOCK)


def day_of(moment: str, fields: Iterable[str]) -> str | None:
    """The part that gives a moment its day: its own, that of its beginning, or the only one there is."""
    days = [field for field in fields if field.endswith(DAY)]
    for wanted in (moment + DAY, BEGIN_OF.get(moment, "") + DAY):
        if wanted in days:
            return wanted
    return days[0] if len(days) == 1 else None


def whole_columns(columns: Sequence[tuple[str, str]]) -> Pairs:
    """The columns with the two of one moment as one, under the heading of its day where it has its own."""
    found: list[tuple[str, str]] = []
    places: dict[str, int] = {}
    for heading, field in columns:
        moment = whole_field(field)
        if not is_part(field):
            found.append((heading, field))
        elif moment not in places:
            places[moment] = len(found)
            found.append((heading, moment))
        elif field.endswith(DAY):
            found[places[moment]] = (heading, moment)
    return tuple(found)


def faults_in_parts(feed: Feed, fields: Sequence[str]) -> dict[str, str]:
    """What is wrong with the parts among these fields, each with what was expected instead."""
    wrong: dict[str, str] = {}
    for field in fields:
        if not is_part(field) or field not in part_fields(feed):
            continue
        moment = whole_field(field)
        if moment in fields:
            wrong[field] = f"{moment}, or its day and its time"
        elif field.endswith(CLOCK) and day_of(moment, fields) is None:
            wrong[field] = f"a column for its day, {BEGIN_OF.get(moment, moment)}{DAY}"
    return wrong
