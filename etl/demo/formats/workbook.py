"""An Excel workbook with real dates. The same rows give the same bytes: it does not tell when it was made."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

Cell = str | float | int | date | None
MADE_AT = datetime(2026, 11, 21, 6, 0)


def workbook(sheet_name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a bold heading row. A datetime keeps its time of day."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": MADE_AT, "author": "Netwerkbureau (verzonnen)"})
    day_format = book.add_format({"num_format": "d-m-yyyy"})
    moment_format = book.add_format({"num_format": "d-m-yyyy hh:mm"})
    sheet = book.add_worksheet(sheet_name)
    sheet.write_row(0, 0, heading, book.add_format({"bold": True}))
    for row_number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                shape = moment_format if isinstance(cell, datetime) else day_format
                sheet.write_datetime(row_number, column, cell, shape)
            elif cell is not None and cell != "":
                sheet.write(row_number, column, cell)
    book.close()
    return buffer.getvalue()
