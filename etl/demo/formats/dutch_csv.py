"""CSV as Excel saves it on a Dutch computer: semicolons, d-m-jjjj, cp1252 or UTF-8 with a byte order mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime


def dutch_csv(heading: Sequence[str], rows: Iterable[Sequence[str]], encoding: str = "cp1252") -> bytes:
    """The file. `encoding` is cp1252 ("CSV") or utf-8-sig ("CSV UTF-8")."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def dutch_date(day: date | None) -> str:
    """16-3-2021, without leading zeros; empty when there is none."""
    return f"{day.day}-{day.month}-{day.year}" if day else ""


def dutch_moment(moment: datetime) -> str:
    """16-3-2021 14:00."""
    return f"{dutch_date(moment.date())} {moment:%H:%M}"
