"""The seam between bytes and meaning: a table of text with the line each row started on."""

from __future__ import annotations

from dataclasses import dataclass

from etl.sources.source import Reject


@dataclass(frozen=True)
class TextRow:
    """One record: the physical line it starts on (1-based; a spreadsheet's row number) and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class TextTable:
    """One sheet or delimited file, as text. `rejects` are rows that could not even be cut into cells.

    A document (a calendar) is no table: each of its lines is one cell, for a source that knows it. `document`
    is the whole of a JSON file, of which the rows are the records.
    """

    name: str
    rows: list[TextRow]
    rejects: tuple[Reject, ...] = ()
    is_document: bool = False
    document: object = None
