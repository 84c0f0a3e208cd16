"""Documents that are no tables: a calendar, and what Kring collected itself. One cell a line, unfolded.

A calendar folds its lines at 75 bytes, which may cut a letter in two, so lines are put together as bytes
before anything is decoded.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING

from etl.reading.delimited import too_many_rows
from etl.reading.table import TextRow, TextTable

if TYPE_CHECKING:
    from etl.settings import Limits

CALENDAR_MARK = b"BEGIN:VCALENDAR"
COLLECTED_MARK = b'{"kring_collected":'
HEAD_BYTES = 1024


def is_document(path: Path) -> bool:
    """Whether the first bytes are those of a document that Kring knows."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES).removeprefix(codecs.BOM_UTF8).lstrip()
    return head[: len(CALENDAR_MARK)].upper() == CALENDAR_MARK or head.startswith(COLLECTED_MARK)


def read_document(path: Path, limits: Limits) -> TextTable:
    """The lines of the document with the physical line each starts on; blank lines are left out."""
    content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    folds = content.lstrip()[: len(CALENDAR_MARK)].upper() == CALENDAR_MARK
    starts: list[int] = []
    pieces: list[list[bytes]] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        bare = line.removesuffix(b"\r")
        if folds and pieces and bare[:1] in (b" ", b"\t"):
            pieces[-1].append(bare[1:])
        elif bare.strip():
            starts.append(number)
            pieces.append([bare])
        if number > limits.rows:
            raise too_many_rows(limits.rows)
    rows = [TextRow(start, (_decoded(b"".join(each)),)) for start, each in zip(starts, pieces, strict=True)]
    return TextTable("", rows, is_document=True)


def _decoded(line: bytes) -> str:
    """UTF-8 as the standard says; a line that is not, as old programs on Windows write."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")
    return text.replace("\0", "")
