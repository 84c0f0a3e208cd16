"""Values out of JSON as text."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime

from etl.cleaning.local_time import utc_text

JsonObject = dict[str, object]
TAGS = re.compile(r"<[^>]*>")
LABELS = ("label", "name", "title", "text", "value", "other")
LANGUAGES = ("nl", "nl-informal", "en")


def objects(found: object) -> list[JsonObject]:
    """The objects of a list; nothing for anything else."""
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def at(found: object, *path: str) -> object:
    """What lies at a path of keys; None where it ends early."""
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def text_at(found: object, *path: str) -> str | None:
    """The text at a path of keys."""
    return as_text(at(found, *path))


def as_text(value: object) -> str | None:
    """A value as one would write it in a cell: lists joined, an object by its label; None when empty."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        parts = [text for each in value if (text := as_text(each))]
        return "; ".join(parts) or None
    if isinstance(value, dict):
        if isinstance(value.get("labels"), list):
            return as_text([*value["labels"], value.get("other")])
        known = next((text for key in LABELS if (text := as_text(value.get(key)))), None)
        return known or json.dumps(value, ensure_ascii=False) if value else None
    return str(value).strip() or None


def plain(value: object) -> str | None:
    """Text without tags and escapes."""
    text = as_text(value)
    return " ".join(html.unescape(TAGS.sub(" ", text)).split()) or None if text else None


def in_language(value: object) -> str | None:
    """A text that may stand in several languages: Dutch, else English, else the first."""
    if not isinstance(value, dict):
        return plain(value)
    ordered = [value.get(key) for key in LANGUAGES] + list(value.values())
    return next((text for each in ordered if (text := plain(each))), None)


def moment_text(value: object, utc_without_zone: bool = True) -> str | None:
    """A moment as the feeds take it: UTC; without a zone UTC or local. What is none stays as written."""
    text = as_text(value)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None and not utc_without_zone:
            return found.isoformat()
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError):
        return text


def moment_in(written: str, zone: str) -> str:
    """Wall time of a zone as UTC. What is none, or an hour that does not exist, is refused with its row."""
    try:
        return utc_text(datetime.fromisoformat(written).replace(tzinfo=None), zone) or f"{written} {zone}"
    except (ValueError, OSError, KeyError, OverflowError):
        return f"{written} {zone}"


def day_text(value: object) -> str | None:
    """The day of a moment or a date."""
    text = moment_text(value, utc_without_zone=False)
    return text[:10] if text else None
