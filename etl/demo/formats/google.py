"""Google Forms: the download of the answers, and the sheet that is linked to a form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def form_download(questions: Sequence[str], answers: Iterable[tuple[datetime, Sequence[str]]]) -> bytes:
    """ "Antwoorden downloaden (.csv)": every field quoted, stamp 2024/12/03 8:48:17 p.m. CET."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["Tijdstempel", *questions])
    for answered_at, values in answers:
        writer.writerow([download_stamp(answered_at), *values])
    return text.getvalue().encode("utf-8")


def linked_sheet(questions: Sequence[str], answers: Iterable[tuple[datetime, Sequence[str]]]) -> bytes:
    """The linked sheet saved as CSV: quoted only where needed, stamp 4-5-2026 10:59:37."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["Tijdstempel", *questions])
    for answered_at, values in answers:
        stamp = (
            f"{answered_at.day}-{answered_at.month}-{answered_at.year} {answered_at.hour}:{answered_at:%M:%S}"
        )
        writer.writerow([stamp, *values])
    return text.getvalue().encode("utf-8")


def download_stamp(moment: datetime) -> str:
    """A local moment as the Dutch download writes it."""
    half = "p.m." if moment.hour >= 12 else "a.m."
    zone = moment.replace(tzinfo=AMSTERDAM).tzname()
    return f"{moment:%Y/%m/%d} {moment.hour % 12 or 12}:{moment:%M:%S} {half} {zone}"
