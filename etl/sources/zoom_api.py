"""Participants of Zoom meetings; who only waited was not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import ATTENDANCE
from etl.sources.json_values import at, moment_text, plain, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told

WAITED = "in_waiting_room"


def read(document: Document, told: Told) -> None:
    """Somebody who joined, each time, is a line."""
    for line, _, body in document.items:
        meeting, one = body.get("meeting"), body.get("participant")
        if text_at(one, "status") == WAITED:
            told.hidden += 1
            continue
        told.add(
            ATTENDANCE, line, full_name=text_at(one, "name"), email=text_at(one, "user_email"),
            title=plain(at(meeting, "topic")) or text_at(meeting, "id"),
            starts_at=moment_text(at(meeting, "start_time")), ends_at=moment_text(at(meeting, "end_time")),
            joined_at=moment_text(at(one, "join_time")), left_at=moment_text(at(one, "leave_time")),
            role="attendee",
        )  # fmt: skip
