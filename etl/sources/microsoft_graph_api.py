"""Attendance records of Teams meetings, as Microsoft Graph gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import ATTENDANCE
from etl.sources.json_values import at, moment_text, objects, plain, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told

NOBODY_IN_PARTICULAR = ("none", "")


def read(document: Document, told: Told) -> None:
    """Somebody at a meeting is a line; each stretch is a row."""
    for line, _, body in document.items:
        meeting, record = body.get("meeting"), body.get("record")
        role = (text_at(record, "role") or "").casefold()
        told_of = {
            "full_name": text_at(record, "identity", "displayName"), "email": text_at(record, "emailAddress"),
            "title": plain(at(meeting, "subject")) or "Teams",
            "starts_at": moment_text(at(meeting, "start")), "ends_at": moment_text(at(meeting, "end")),
            "role": None if role in NOBODY_IN_PARTICULAR else role,
        }  # fmt: skip
        stretches = objects(at(record, "attendanceIntervals"))
        for one in stretches:
            told.add(ATTENDANCE, line, **told_of, joined_at=moment_text(one.get("joinDateTime")),
                     left_at=moment_text(one.get("leaveDateTime")))  # fmt: skip
        seconds = at(record, "totalAttendanceInSeconds")
        if not stretches and isinstance(seconds, int | float):
            told.add(ATTENDANCE, line, **told_of, minutes=str(seconds / 60))
