"""What Kring collected itself from a form, a registration, a mailing list or a meeting: one item a line.

The first line says which connection of `[[collect]]` it came from and what its items need to be understood.
That connection's name is the source, so that each has its own state and its own ids. Every item has an id
that never changes: told again, it replaces what it was. What kring.toml says today of the connection goes
before what it said when the file was made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from etl.connections import CollectKind
from etl.errors import InputError
from etl.schema.feeds import (
    CONTRIBUTION,
    FEEDS,
    Feed,
    feed_named,
)
from etl.schema.model import DateShape
from etl.sources import (
    eventbrite_api,
    google_forms_api,
    indico_api,
    jotform_api,
    json_list_api,
    kobotoolbox_api,
    limesurvey_api,
    mailchimp_api,
    microsoft_graph_api,
    pretix_api,
    tally_api,
    typeform_api,
    zoom_api,
)
from etl.sources.form_answers import Meaning
from etl.sources.mapping import TIMED
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.told import Told

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "collected"
reader_version = 1
feeds: tuple[Feed, ...] = FEEDS  # a JSON list may mean anything

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
    items: tuple[tuple[int, str, JsonObject], ...]


Read = Callable[[Document, Told], None]
READERS: Mapping[CollectKind, Read] = {
    CollectKind.LIMESURVEY: limesurvey_api.read,
    CollectKind.TYPEFORM: typeform_api.read,
    CollectKind.KOBOTOOLBOX: kobotoolbox_api.read,
    CollectKind.TALLY: tally_api.read,
    CollectKind.JOTFORM: jotform_api.read,
    CollectKind.GOOGLE_FORMS: google_forms_api.read,
    CollectKind.EVENTBRITE: eventbrite_api.read,
    CollectKind.PRETIX: pretix_api.read,
    CollectKind.INDICO: indico_api.read,
    CollectKind.MAILCHIMP: mailchimp_api.read,
    CollectKind.ZOOM: zoom_api.read,
    CollectKind.MICROSOFT_GRAPH: microsoft_graph_api.read,
    CollectKind.JSON_LIST: json_list_api.read,
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
            tuple(items),
        ),
        told,
    )  # fmt: skip
    return SourceResult(
        _shaped(told.feeds(), meaning, now.dates if now else None), len(items) + len(rejects), told.hidden,
        rejects=tuple(rejects), warnings=tuple(told.warnings), source=source or format_id,
    )  # fmt: skip


def _shaped(rows: tuple[FeedRows, ...], meaning: Meaning, shape: DateShape | None) -> tuple[FeedRows, ...]:
    """The same rows, with the shape that kring.toml gives the dates of the columns it names."""
    if shape is None or shape is DateShape.ISO:
        return rows
    timed = {column.name for column in meaning.feed.columns if column.type in TIMED}
    shapes: dict[str, DateShape] = {name: shape for _, name in meaning.columns if name in timed}
    return tuple(replace(one, shapes=shapes) if one.feed.name == meaning.feed.name else one for one in rows)


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
