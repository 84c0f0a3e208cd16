"""The archive that LinkedIn sends a member: `Connections.csv` with its notes, among other files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

PREAMBLE = (
    "Notes:\n"
    '"When exporting your connection data, you may notice that some of the email addresses are missing. '
    "You will only see email addresses for connections who have allowed their connections to see or download "
    'their email address using this setting https://www.linkedin.com/help/linkedin/answer/261."\n\n'
)
HEADING = ("First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ZIP_DATE = (2026, 11, 2, 8, 30, 0)


@dataclass(frozen=True)
class Connection:
    """One row; everything but the date is empty when the member hid their profile."""

    first_name: str
    last_name: str
    url: str
    email: str
    company: str
    position: str
    connected_on: date


def connections_csv(connections: Iterable[Connection]) -> bytes:
    """UTF-8 without mark, LF, three lines of notes, and no newline at the end."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADING)
    for one in connections:
        day = f"{one.connected_on.day:02d} {MONTHS[one.connected_on.month - 1]} {one.connected_on.year}"
        writer.writerow((one.first_name, one.last_name, one.url, one.email, one.company, one.position, day))
    return (PREAMBLE + text.getvalue().rstrip("\n")).encode("utf-8")


def archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    """The zip, with one fixed moment on every member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            file.writestr(entry, content)
    return buffer.getvalue()
