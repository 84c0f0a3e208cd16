"""Workbooks: the zip directory and the XML prologues are judged first, then visible sheets are read.

Dates become ISO text, whole numbers lose their `.0`, and a line is the sheet's own row number. A sheet whose
columns each hold one kind of value is read by column (`etl.reading.sheet_columns`), to the same texts.
"""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.reading.archive import check_directory, check_sizes, opened, unpacked
from etl.reading.delimited import EXPORT_AGAIN, cut_single_column, too_many_rows
from etl.reading.sheet_columns import may_have_columns, open_columns, rows_of_columns
from etl.reading.table import TextRow, TextTable
from etl.sources.source import Reject

if TYPE_CHECKING:
    from fastexcel import ExcelReader
    from python_calamine import CalamineSheet, CalamineWorkbook

    from etl.settings import Limits

Cell = int | float | str | bool | time | date | datetime | timedelta
DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
THREE_DECIMALS = re.compile(r"-?\d+\.\d{3}")


def read_spreadsheet(path: Path, limits: Limits) -> tuple[TextTable, ...]:
    """Every visible sheet with rows, as text. Raises InputError when the workbook cannot be trusted."""
    columns: ExcelReader | None = None
    if zipfile.is_zipfile(path):
        columns = _check_parts(path, limits)
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        # By its bytes: LinkedIn and people give an .xls the name of an .xlsx, and the other way round.
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            tables = tuple(_table(workbook, name, limits, columns) for name in _visible(workbook))
    except CalamineError as error:
        raise _damaged() from error
    except BaseException as error:  # a panic of the parser in Rust is no Exception
        if type(error).__name__ == "PanicException":
            raise _damaged() from None
        raise
    if not tables:
        raise InputError("the workbook", "no visible sheet", "a sheet with a table", EXPORT_AGAIN)
    return tables


def _damaged() -> InputError:
    return InputError(
        "the workbook", "it is damaged, or protected by a password", "a plain workbook",
        "Open it in Excel and save it as .xlsx without a password.",
    )  # fmt: skip


def _check_parts(path: Path, limits: Limits) -> ExcelReader | None:
    """Refuse what cannot be trusted. Gives the workbook opened by column, where its sheets may be read so."""
    with opened(path) as archive:
        check_directory(archive, limits)
        check_sizes(archive.infolist(), limits)
        for info in archive.infolist():
            if info.filename.endswith((".xml", ".rels")) and _holds_doctype(archive, info):
                raise InputError(
                    "the workbook", "a part declares entities of its own (DOCTYPE)",
                    "a workbook as Excel writes it", EXPORT_AGAIN,
                )  # fmt: skip
        is_plain = may_have_columns(archive)
    return open_columns(path.read_bytes()) if is_plain else None


def _holds_doctype(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    tail = b""
    for chunk in unpacked(archive, info):
        piece = tail + chunk
        if any(mark in piece for mark in DOCTYPES):
            return True
        tail = piece[-32:]
    return False


def _visible(workbook: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _table(
    workbook: CalamineWorkbook, name: str, limits: Limits, columns: ExcelReader | None = None
) -> TextTable:
    by_column = rows_of_columns(columns, name, limits) if columns else None
    if by_column is not None:
        return TextTable(name, cut_single_column(_even(by_column)))
    sheet: CalamineSheet = workbook.get_sheet_by_name(name)
    height, width = (last + 1 for last in sheet.end or (-1, -1))
    if height > limits.rows:
        raise too_many_rows(limits.rows)
    if width > limits.columns:
        raise InputError(
            "the workbook",
            f"{width:,} columns",
            f"at most {limits.columns}",
            "Raise limits.columns in kring.toml when the file is right.",
        )
    rows: list[TextRow] = []
    rejects: list[Reject] = []
    for line, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        texts = tuple([cell if type(cell) is str and "\0" not in cell else _text(cell) for cell in cells])
        if not any(texts):
            continue
        if max(map(len, texts)) > limits.field_characters:
            rejects.append(Reject(line, None, f"a cell of more than {limits.field_characters:,} characters"))
        else:
            rows.append(TextRow(line, texts))
    return TextTable(name, cut_single_column(_even(rows)), tuple(rejects))


def _even(rows: list[TextRow]) -> list[TextRow]:
    """Without the columns at the right that no row uses; all rows are as wide."""
    if not rows or any(row.cells[-1] for row in rows):
        return rows
    width = max(_used(row.cells) for row in rows)
    return [TextRow(row.line, row.cells[:width]) for row in rows]


def _used(cells: tuple[str, ...]) -> int:
    return next((number for number in range(len(cells), 0, -1) if cells[number - 1]), 0)


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime):
        return _moment(cell)
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return cell.isoformat()


def _number(cell: int | float) -> str:
    """Exactly three decimals get a fourth: `1.250` would look like twelve hundred and fifty."""
    if isinstance(cell, int) or cell.is_integer():
        return str(int(cell))
    text = repr(cell)
    return text + "0" if THREE_DECIMALS.fullmatch(text) else text


def _moment(cell: datetime) -> str:
    """Excel keeps days as fractions, so seconds come back a hair off; midnight is a date alone."""
    whole = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
    return whole.date().isoformat() if whole.time() == time() else whole.isoformat(sep=" ")
