"""JSON as programs export it: parsed whole within limits, and also laid out as a table.

Numbers stay as they are written. A record is one object of the longest list of objects near the top of the
document; records are numbered from 1, and that number stands where a table has its line. A record with text
that cannot be kept (a NUL, half a character, more characters than allowed) is refused, the others are read.
The table has a column for each field of the records, `a.b` for a field within a field.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from etl.errors import InputError
from etl.reading.delimited import too_many_rows
from etl.reading.table import TextRow, TextTable
from etl.sources.source import Reject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from etl.settings import Limits

LOOKED_AT_DEPTH = 4  # where the list of records may be: {"results": {"registrants": [...]}}
COLUMNS_FOR_ONE = 10  # records are sparse: so many times the columns of a table are allowed
EXPORT_AGAIN = "Export it again."
ERRORS = ({"code", "message", "data"}, {"detail"}, {"error", "error_description", "status_code"})
NOT_TEXT = re.compile("[\0\ud800-\udfff]")
JsonObject = dict[str, object]


def read_json(path: Path, limits: Limits) -> TextTable:
    """The document, and its records as a table. Raises InputError when it is not JSON or over a limit."""
    document = _parsed(path.read_bytes())
    check_depth(document, limits.depth)
    if isinstance(document, dict) and document and any(document.keys() <= keys for keys in ERRORS):
        raise InputError(
            "the file",
            "an error message of a web site",
            "the export itself",
            "Sign in and download it again.",
        )
    records = records_of(document)
    if len(records) > limits.rows:
        raise too_many_rows(limits.rows)
    rejects = []
    for number, record in enumerate(records, start=1):
        fault = _fault(record, limits.field_characters)
        if fault:
            rejects.append(Reject(number, None, fault))
            record.clear()
    return TextTable("", _rows(records, limits), tuple(rejects), document=document)


def check_depth(document: object, most: int) -> None:
    """Refuse a document that is nested deeper than anything an export writes."""
    level = [document]
    for _ in range(most):
        level = [child for each in level for child in children(each)]
        if not level:
            return
    raise InputError("the file", "JSON that is nested very deep", f"at most {most} levels",
                     "Raise limits.depth in kring.toml when the file is right.")  # fmt: skip


def children(value: object) -> list[object]:
    """What is directly within a list or an object."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def records_of(document: object) -> list[JsonObject]:
    """The longest list of objects near the top; of two as long the nearest. A lone object is one record."""
    best: list[JsonObject] = []
    level = [document]
    for _ in range(LOOKED_AT_DEPTH):
        for each in level:
            if isinstance(each, list):
                objects = [one for one in each if isinstance(one, dict)]
                if len(objects) > len(best):
                    best = objects
        if best:
            return best
        level = [child for each in level for child in children(each)]
    return [document] if isinstance(document, dict) and document else []


def _parsed(content: bytes) -> object:
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
        found: object = json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise InputError("the file", "JSON that is not UTF-8", "UTF-8", EXPORT_AGAIN) from error
    except json.JSONDecodeError as error:
        is_cut = not text[error.pos :].strip() or error.msg.startswith("Unterminated")
        what = "JSON that is cut off" if is_cut else f"JSON that cannot be read at line {error.lineno}"
        raise InputError("the file", what, "a whole JSON document", EXPORT_AGAIN) from error
    except RecursionError as error:
        raise InputError("the file", "JSON that is nested very deep", "", EXPORT_AGAIN) from error
    return found


def _no_number(name: str) -> NoReturn:
    raise InputError("the file", f"{name}, which is no JSON", "numbers and text", EXPORT_AGAIN)


def _fault(record: JsonObject, most_characters: int) -> str | None:
    for text in _texts(record):
        if len(text) > most_characters:
            return f"a value of more than {most_characters:,} characters"
        if NOT_TEXT.search(text):
            return "text with characters that no text holds"
    return None


def _texts(value: object) -> Iterator[str]:
    """Every name and every text within."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            yield from each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _rows(records: list[JsonObject], limits: Limits) -> list[TextRow]:
    """A heading row, called line 0, and one row for each record that was not refused."""
    flat = [dict(_cells(record, "")) for record in records]
    headings = list(dict.fromkeys(name for cells in flat for name in cells))
    most = limits.columns * COLUMNS_FOR_ONE
    if len(headings) > most:
        raise InputError("the file", f"records with {len(headings):,} fields", f"at most {most:,}")
    if not headings:
        return []
    rows = [TextRow(0, tuple(headings))]
    for number, (record, cells) in enumerate(zip(records, flat, strict=True), start=1):
        if record:
            rows.append(TextRow(number, tuple(cells.get(name, "") for name in headings)))
    return rows


def _cells(record: JsonObject, before: str) -> Iterator[tuple[str, str]]:
    """Each single value with the names that lead to it; a list of single values as one text."""
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _cells(value, f"{before}{name}.")
        elif isinstance(value, list):
            single = [_text(each) for each in value if not isinstance(each, dict | list)]
            yield f"{before}{name}", "; ".join(text for text in single if text)
        else:
            yield f"{before}{name}", _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
