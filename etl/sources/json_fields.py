"""Values of a JSON document as a source needs them: what has another type than expected is nothing."""

from __future__ import annotations

from datetime import UTC, datetime

JsonObject = dict[str, object]


def object_in(value: object, *names: str) -> JsonObject:
    """The object at the end of these names; an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects_in(value: object) -> list[JsonObject]:
    """The objects of a list; none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text_of(value: object) -> str | None:
    """Text on one line, or None. A text in several languages is an object: Dutch first, then English."""
    if isinstance(value, dict):
        said = [text_of(value.get(key)) for key in ("nl", "nl-informal", "en", *value)]
        return next((text for text in said if text), None)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return " ".join(str(value).split()) or None


def is_true(value: object) -> bool:
    """Whether the program wrote true."""
    return value is True or (isinstance(value, str) and value.casefold() in ("true", "1", "yes"))


def moment_of(value: object) -> str | None:
    """ISO text as it is, seconds since 1970 as UTC; anything else as written, to be judged as a date."""
    text = text_of(value)
    if text and text.split(".")[0].isdecimal() and 8 < len(text.split(".")[0]) < 12:
        return datetime.fromtimestamp(int(text.split(".")[0]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return text
