"""What Kring collected itself from a form, a registration, a mailing list or a meeting: one item a line.

The first line says which connection of `[[collect]]` it came from and what its items need to be understood.
That connection's name is the source, so that each has its own state and its own ids. Every item has an id
that never changes: told again, it replaces what it was. What kring.toml says today of the connection goes
before what it said when the file was made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.connections import CollectKind
from etl.errors import InputError
from etl.schema.feeds import (
    ATTENDANCE,
    CONTACT,
    CONTRIBUTION,
    EVENT,
    FEEDS,
    MEMBERSHIP,
    REACH,
    REGISTRATION,
    Feed,
    feed_named,
)
from etl.schema.model import DateShape
from etl.sources import (
    google_forms_api,
    jotform_api,
    kobotoolbox_api,
    limesurvey_api,
    tally_api,
    typeform_api,
)
from etl.sources.form_answers import Meaning
from etl.sources.source import NeedsMapping, Reject, SourceResult
from etl.sources.told import Told

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "collected"
reader_version = 1
feeds: tuple[Feed, ...] = (MEMBERSHIP, CONTACT, EVENT, REGISTRATION, ATTENDANCE, CONTRIBUTION, REACH)

JsonObject = dict[str, object]
ITEMS = ',"items":['
END = "]}"


@dataclass(frozen=True)
class Document:
    """A collected file: what it is about, and its items, each with its line and id."""

    name: str
    collected_at: str
    about: JsonObject
    meaning: Meaning
    dates: DateShape | None
    items: tuple[tuple[int, str, JsonObject], ...]


Read = Callable[[Document, Told], None]
READERS: Mapping[CollectKind, Read] = {
    CollectKind.LIMESURVEY: limesurvey_api.read,
    CollectKind.TYPEFORM: typeform_api.read,
    CollectKind.KOBOTOOLBOX: kobotoolbox_api.read,
    CollectKind.TALLY: tally_api.read,
    CollectKind.JOTFORM: jotform_api.read,
    CollectKind.GOOGLE_FORMS: google_forms_api.read,
}
MARKS = tuple(f'{{"kring_collected":"{kind.value}"' for kind in READERS)


def recognises(table: TextTable) -> bool:
    """A document whose first line names a kind that is read here."""
    return table.is_document and bool(table.rows) and table.rows[0].cells[0].startswith(MARKS)


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Every item."""
    heading = _heading(name, table)
    source = str(heading.get("name") or "")
    rejects: list[Reject] = []
    items: list[tuple[int, str, JsonObject]] = []
    for row in table.rows[1:-1]:
        item = _object(row.cells[0].removesuffix(","))
        body = item.get("is") if item else None
        if item is None or not isinstance(item.get("id"), str) or not isinstance(body, dict):
            rejects.append(Reject(row.line, None, "not an item"))
        else:
            items.append((row.line, str(item["id"]), body))
    now = next((each for each in settings.collect if each.name == source), None)
    feed = now.feed if now else _feed(heading.get("feed"))
    meaning = Meaning(feed or CONTRIBUTION, now.columns if now else _pairs(heading.get("columns")))
    constants = dict(now.constants) if now else _texts(heading.get("constants"))
    about = heading.get("about")
    kind = CollectKind(str(heading["kring_collected"]))
    told = Told(constants, feed)
    READERS[kind](
        Document(
            source, str(heading.get("collected_at") or ""), about if isinstance(about, dict) else {}, meaning,
            now.dates if now else None, tuple(items),
        ),
        told,
    )  # fmt: skip
    return SourceResult(
        told.feeds(), len(items) + len(rejects), rejects=tuple(rejects), source=source or format_id
    )


def _heading(name: str, table: TextTable) -> JsonObject:
    text = table.rows[0].cells[0]
    heading = _object(text.removesuffix(ITEMS) + "}") if text.endswith(ITEMS) else None
    if heading is None or table.rows[-1].cells[0] != END:
        raise InputError(
            name, "a collected file that is cut off", "a whole file", "Refresh collects it again."
        )
    return heading


def _object(text: str) -> JsonObject | None:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _feed(name: object) -> Feed | None:
    return feed_named(name) if isinstance(name, str) and name in {feed.name for feed in FEEDS} else None


def _pairs(found: object) -> tuple[tuple[str, str], ...]:
    pairs = found if isinstance(found, list) else []
    return tuple((str(one[0]), str(one[1])) for one in pairs if isinstance(one, list) and len(one) == 2)


def _texts(found: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
