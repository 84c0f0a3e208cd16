"""A sheet as most are, read by column at several times the speed: a heading row, and under it in each column
cells of one kind.

fastexcel gives such a sheet as Arrow columns, which become the texts that `etl.reading.spreadsheet` makes of
their cells one by one. It is asked to refuse whatever it would have to reconcile; what may be read otherwise
in any way is left to the reader of cells (None).
"""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from etl.reading.table import TextRow

if TYPE_CHECKING:
    import fastexcel
    import pyarrow as pa

    from etl.settings import Limits

T = TypeVar("T")
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
FIRST_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
FILLED_CORNER = re.compile(rb'<c r="A1"[^<>/]*><(?:v|is|f)\b')
HEAD_BYTES = 256 * 1024
NUMBERED = re.compile(r"(.*)_\d+", re.DOTALL)
THREE_DECIMALS = r"^-?\d+\.\d{3}$"
MOST_WHOLE, LEAST_FRACTION, MOST_FRACTION = 2.0**62, 1e-4, 1e15  # beyond these Python writes exponents
FIRST_MOMENT, LAST_MOMENT = datetime(1904, 1, 3), datetime(2199, 12, 31)  # before it: times of day


def may_have_columns(archive: zipfile.ZipFile) -> bool:
    """Whether every sheet starts in its corner, so that the first row read is row 1 of the sheet."""
    sheets = [info for info in archive.infolist() if SHEET_PART.fullmatch(info.filename)]
    return bool(sheets) and all(_starts_in_corner(archive, info) for info in sheets)


def _starts_in_corner(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    with archive.open(info) as part:
        head = part.read(HEAD_BYTES)
    cell = FIRST_CELL.search(head)
    return cell is not None and FILLED_CORNER.match(head, cell.start()) is not None


def open_columns(content: bytes) -> fastexcel.ExcelReader | None:
    """The workbook as fastexcel opens it, if it does."""
    import fastexcel

    logging.getLogger("fastexcel").setLevel(logging.ERROR)  # it warns of every empty column
    return _tried(lambda: fastexcel.read_excel(content))


def rows_of_columns(book: fastexcel.ExcelReader, name: str, limits: Limits) -> list[TextRow] | None:
    """The rows of a sheet that hold anything; None when it must be read cell by cell."""
    sheet = _tried(lambda: book.load_sheet(name, header_row=0, dtype_coercion="strict"))
    headings = _headings(sheet) if sheet else None
    if not sheet or not headings or sheet.total_height >= limits.rows or sheet.width > limits.columns:
        return None
    cells: list[list[str]] = []
    for column in sheet.to_arrow().columns:
        texts = _texts(column, limits)
        if texts is None:
            return None
        cells.append(texts.to_pylist())
    rows = (TextRow(line, each) for line, each in enumerate(zip(*cells, strict=True), 2) if any(each))
    return [TextRow(1, headings), *rows]


def _tried(call: Callable[[], T]) -> T | None:
    """What fastexcel gives; None where it gives up, in its own words or in a panic."""
    import fastexcel

    try:
        return call()
    except fastexcel.FastExcelError:
        return None
    except BaseException as error:  # a panic of the parser in Rust is no Exception
        if type(error).__name__ == "PanicException":
            return None
        raise


def _headings(sheet: fastexcel.ExcelSheet) -> tuple[str, ...] | None:
    """The cells of the first row; None when fastexcel may have changed one, or left columns out."""
    found = sheet.selected_columns
    names = [column.name for column in found]
    held = set(names)
    are_written = all(
        column.column_name_from == "looked_up" and column.absolute_index == place
        for place, column in enumerate(found)
    )
    is_renamed = any((match := NUMBERED.fullmatch(name)) and match[1] in held for name in names)
    looks_numeric = any(re.search(THREE_DECIMALS, name) or "\0" in name for name in names)
    return tuple(names) if found and are_written and not is_renamed and not looks_numeric else None


def _texts(column: pa.Array, limits: Limits) -> pa.Array | None:
    """The texts of a column, none of them null; None when a cell of it is out of the ordinary."""
    import pyarrow as pa

    if pa.types.is_string(column.type):
        return _plain(column, limits)
    if pa.types.is_float64(column.type):
        return _numbers(column)
    if pa.types.is_timestamp(column.type):
        return _moments(column)
    return None


def _plain(column: pa.Array, limits: Limits) -> pa.Array | None:
    import pyarrow.compute as pc

    longest = pc.max(pc.binary_length(column)).as_py() or 0
    data = column.buffers()[2]
    if longest > limits.field_characters or (data is not None and b"\0" in data.to_pybytes()):
        return None
    return column.fill_null("")


def _numbers(column: pa.Array) -> pa.Array | None:
    """As Python writes them, whole ones without a point; see `spreadsheet` for three decimals."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    values = column.fill_null(0.0).to_numpy()
    size = np.abs(values)
    is_whole = np.floor(values) == values
    if not bool(
        np.where(is_whole, size < MOST_WHOLE, (size >= LEAST_FRACTION) & (size < MOST_FRACTION)).all()
    ):
        return None
    texts = pa.array(np.where(is_whole, values, 0).astype(np.int64)).cast(pa.string())
    if not bool(is_whole.all()):
        broken = pa.array(values).cast(pa.string())
        doubtful = pc.match_substring_regex(broken, THREE_DECIMALS)
        broken = pc.if_else(doubtful, pc.binary_join_element_wise(broken, "0", ""), broken)
        texts = pc.if_else(pa.array(is_whole), texts, broken)
    return pc.if_else(column.is_null(), "", texts)


def _moments(column: pa.Array) -> pa.Array | None:
    """ISO text to the nearest second; midnight is a date alone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    inside = pc.and_(pc.greater_equal(column, FIRST_MOMENT), pc.less_equal(column, LAST_MOMENT))
    if not pc.all(inside).as_py():
        return None
    nearest = pc.floor_temporal(pc.add(column, timedelta(milliseconds=500)), unit="second")
    texts = nearest.cast(pa.timestamp("s")).cast(pa.string())
    days = pc.utf8_slice_codeunits(texts, 0, len("2026-01-01"))
    is_day = pc.ends_with(texts, " 00:00:00")
    return pc.if_else(is_day, days, texts).fill_null("")
