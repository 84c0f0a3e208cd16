"""Members of a Mailchimp audience. Who unsubscribed or cannot be reached is a member no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import MEMBERSHIP
from etl.sources.json_values import at, day_text, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told

LEFT = ("unsubscribed", "cleaned", "archived")
NEVER_IN = ("pending", "transactional")
ORGANISATION = ("COMPANY", "ORG", "ORGANISATIE", "ORGANISATION", "ORGANIZATION")


def read(document: Document, told: Told) -> None:
    """A member is a line."""
    for line, name, body in document.items:
        status = (text_at(body, "status") or "").casefold()
        if status in NEVER_IN:
            told.hidden += 1
            continue
        fields = body.get("merge_fields")
        given, family = text_at(fields, "FNAME"), text_at(fields, "LNAME")
        told.add(
            MEMBERSHIP, line, email=text_at(body, "email_address"), given_name=given, family_name=family,
            full_name=None if given or family else text_at(body, "full_name"),
            organisation=next((text for key in ORGANISATION if (text := text_at(fields, key))), None),
            joined_on=day_text(body.get("timestamp_opt")) or day_text(body.get("timestamp_signup")),
            left_on=day_text(at(body, "last_changed")) if status in LEFT else None, entry_id=name,
        )  # fmt: skip
