"""Values of a record by their type. Pure: imports no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

Record = Mapping[str, object]


def text_of(record: Record, name: str) -> str:
    """A text, empty when there is none."""
    value = record.get(name)
    return "" if value is None else str(value)


def number_of(record: Record, name: str) -> float:
    """A number, zero when there is none."""
    value = record.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def count_of(record: Record, name: str) -> int:
    """A count, zero when there is none."""
    return int(number_of(record, name))


def day_of(record: Record, name: str) -> date:
    """A day that the answer promises."""
    day = maybe_day(record, name)
    if day is None:
        raise ValueError(f"{name} is empty where a day is promised")
    return day


def maybe_day(record: Record, name: str) -> date | None:
    """A day, or none."""
    value = record.get(name)
    if isinstance(value, str) and value:
        return date.fromisoformat(value[:10])
    return value if isinstance(value, date) else None
