"""Delimited text by strict rules of our own: every row is right, or refused with its line and a reason.

The rules: the encoding comes from the bytes; the delimiter is the one that cuts most lines into the same
number of cells, counted outside quotes, unless the first line says `sep=;`; a cell that starts with a quote
ends at its closing quote, doubled quotes inside; a quote elsewhere is a character like any other. A file
that Excel saved with every line as one cell is cut again. A bad row costs itself: reading goes on at the
next line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.reading.sniff import FileKind, sniff
from etl.reading.table import TextRow, TextTable
from etl.sources.source import Reject

if TYPE_CHECKING:
    from etl.settings import Limits

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 100
SEP_LINE = re.compile(r'^"?sep=([,;|\t])"?\s*$', re.IGNORECASE)
QUOTED = re.compile(r'"(?:[^"]|"")*"')
BACKSLASH_HEADING = re.compile(r'\s*"?date"?,"?link"?,"?message"?[ \t]*\r?\n', re.IGNORECASE)
BACKSLASH_QUOTE = re.compile(r'\\"(?!\s*\Z|\r?\n(?:"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"?|"")?,"?https?:)')
MOST_REJECTS = 1_000
EXPORT_AGAIN = "Export it again and drop it in the inbox."


@dataclass(frozen=True)
class Dialect:
    """How the lines of a file are cut. `skipped_lines` is 1 after a `sep=` line."""

    delimiter: str
    skipped_lines: int = 0
    is_wrapped: bool = False


class _OneReject(Exception):
    def __init__(self, reject: Reject) -> None:
        self.reject = reject


def read_delimited(path: Path, limits: Limits, kind: FileKind | None = None) -> TextTable:
    """The whole file as one table. Raises InputError when nothing in it can be trusted."""
    text = with_doubled_quotes(decode(path, kind or sniff(path)))
    dialect = find_dialect(text)
    rows: list[TextRow] = []
    rejects: list[Reject] = []
    for item in read_rows(io.StringIO(text, newline=""), dialect, limits):
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            rows.append(item)
        if len(rows) > limits.rows:
            raise too_many_rows(limits.rows)
        if len(rejects) > MOST_REJECTS:
            raise InputError(
                "the file",
                f"more than {MOST_REJECTS:,} rows are broken",
                "rows with closed quotes",
                EXPORT_AGAIN,
            )
    if rejects and not rows:
        raise InputError(
            "the file",
            f"no row of it can be read: {rejects[0].reason}",
            "rows within the limits",
            EXPORT_AGAIN,
        )
    return TextTable("", _unwrapped(rows, dialect), tuple(rejects))


def with_doubled_quotes(text: str) -> str:
    """LinkedIn's comments write a quote within a cell as `\\"`; everybody else doubles it.

    A backslash before the quote that ends a comment is the writer's own: the next line is then another
    comment, or there is none.
    """
    if not BACKSLASH_HEADING.match(text):
        return text
    return BACKSLASH_QUOTE.sub('""', text)


def too_many_rows(most: int) -> InputError:
    """The refusal of a table above its limit."""
    return InputError(
        "the file", "too many rows", f"at most {most:,}",
        "Raise max_rows in its mapping, or limits.rows in kring.toml, when the file is right.",
    )  # fmt: skip


def decode(path: Path, kind: FileKind) -> str:
    """The text of a file of a text kind, without BOM. Raises InputError for all others."""
    if not kind.is_text:
        raise refusal(kind)
    try:
        return path.read_bytes().decode(kind.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(
            "the file", f"{kind.value} that is cut off or damaged at byte {error.start:,}",
            "whole characters", EXPORT_AGAIN,
        ) from error  # fmt: skip


def refusal(kind: FileKind) -> InputError:
    """Why a file of this kind cannot be read as text."""
    remedies = {
        FileKind.HTML: "Often a sign-in page saved in place of the export: sign in and download it again.",
        FileKind.MIXED: "Two files were pasted together: save each as UTF-8.",
        FileKind.EMPTY: EXPORT_AGAIN,
    }
    return InputError("the file", f"this is {kind.value}", "a table", remedies.get(kind, EXPORT_AGAIN))


def find_dialect(text: str) -> Dialect:
    """How this text is cut, from its first lines."""
    lines = _first_lines(text)
    if not lines:
        return Dialect(",")
    stated = SEP_LINE.match(lines[0])
    if stated:
        return Dialect(stated.group(1), skipped_lines=1, is_wrapped=_are_wrapped(lines[1:]))
    delimiter = _most_regular(lines)
    if delimiter is not None:
        return Dialect(delimiter)
    opened = [_unquote(line) for line in lines if line.startswith('"')]
    inner = _most_regular(opened) if len(opened) == len(lines) else None
    return Dialect(inner, is_wrapped=True) if inner else Dialect(",")


def _are_wrapped(lines: list[str]) -> bool:
    """Whether every line is one quoted cell that holds the whole line."""
    inner = [_unquote(line) for line in lines if line.startswith('"')]
    return len(inner) == len(lines) and _most_regular(lines) is None and _most_regular(inner) is not None


def cut_single_column(rows: list[TextRow]) -> list[TextRow]:
    """The rows of a sheet, cut again where each is a whole line of a CSV file in one cell; else as they are.

    Somebody opened a CSV in a spreadsheet that cuts at another sign, and saved it as a workbook.
    """
    stated = SEP_LINE.match(rows[0].cells[0]) if rows and not any(rows[0].cells[1:]) else None
    kept = rows[1:] if stated else rows
    if len(kept) < 2 or any(any(row.cells[1:]) for row in kept):
        return kept
    delimiter = stated.group(1) if stated else _most_regular([row.cells[0] for row in kept[:SAMPLE_LINES]])
    if delimiter is None:
        return kept
    single = [TextRow(row.line, row.cells[:1]) for row in kept]
    cut = [_cut_again(row, delimiter) or row for row in single]
    width = len(cut[0].cells)
    fitting = sum(len(row.cells) == width for row in cut)
    return cut if width > 1 and fitting * 10 >= len(cut) * 9 else kept


def read_rows(lines: io.TextIOBase, dialect: Dialect, limits: Limits) -> Iterator[TextRow | Reject]:
    """Cut lines into rows, one by one, without the blank ones. Lines count from 1 in the file as received."""
    source = _Lines(lines)
    for _ in range(dialect.skipped_lines):
        next(source, None)
    csv.field_size_limit(limits.field_characters)
    delimiter = "\t" if dialect.is_wrapped else dialect.delimiter
    while not source.is_done:
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        try:
            yield from _until_broken(reader, source, dialect, limits)
        except _OneReject as broken:
            yield broken.reject


def _until_broken(
    reader: Iterator[list[str]], source: _Lines, dialect: Dialect, limits: Limits
) -> Iterator[TextRow | Reject]:
    """Rows until one is broken; then the source stands at the line after the broken row's first."""
    while True:
        start = source.line + 1
        source.keep_from(start)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            source.back_to(start + 1)
            raise _OneReject(Reject(start, None, _reason(str(error), limits))) from None
        if cells is None:
            return
        if cells:
            yield _checked(TextRow(start, tuple(cells)), dialect, limits)


def _checked(row: TextRow, dialect: Dialect, limits: Limits) -> TextRow | Reject:
    if dialect.is_wrapped:
        row = _cut_again(row, dialect.delimiter) or row
    if len(row.cells) > limits.columns:
        return Reject(row.line, None, _too_wide(len(row.cells), limits))
    longest = max(len(cell) for cell in row.cells)
    if longest > limits.field_characters:
        return Reject(row.line, None, f"a cell of more than {limits.field_characters:,} characters")
    if any("\0" in cell for cell in row.cells):
        return Reject(row.line, None, "a NUL byte; the file is damaged here")
    return row


def _too_wide(width: int, limits: Limits) -> str:
    return f"{width:,} columns, more than limits.columns in kring.toml allows ({limits.columns})"


def _reason(message: str, limits: Limits) -> str:
    if "field limit" in message:
        return f"a cell of more than {limits.field_characters:,} characters, or a quote that is never closed"
    if "unexpected end" in message:
        return "a quote is opened and never closed"
    return "text after a closing quote"


def _unwrapped(rows: list[TextRow], dialect: Dialect) -> list[TextRow]:
    """Cut again the rows that Excel saved as one quoted cell among rows that it did not."""
    if dialect.is_wrapped or not rows:
        return rows
    (usual, often), *_ = Counter(len(row.cells) for row in rows).most_common(1)
    if usual == 1 or often < len(rows) / 2:
        return rows
    return [_repaired(row, dialect.delimiter, usual) for row in rows]


def _repaired(row: TextRow, delimiter: str, width: int) -> TextRow:
    if len(row.cells) != 1 or delimiter not in row.cells[0]:
        return row
    again = _cut_again(row, delimiter)
    return again if again is not None and len(again.cells) == width else row


def _cut_again(row: TextRow, delimiter: str) -> TextRow | None:
    if len(row.cells) != 1:
        return None
    try:
        inner = list(csv.reader(io.StringIO(row.cells[0], newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return TextRow(row.line, tuple(inner[0])) if len(inner) == 1 else None


def _first_lines(text: str) -> list[str]:
    lines = []
    for line in io.StringIO(text[: SAMPLE_LINES * 4_096], newline=""):
        if line.strip():
            lines.append(line.rstrip("\r\n"))
        if len(lines) == SAMPLE_LINES:
            break
    return lines


def _most_regular(lines: list[str]) -> str | None:
    """The delimiter with which most lines have the same number of cells, at least two; None when none cuts.

    People do not type tabs: where most lines hold one, it is the delimiter, however regular the commas within
    `14-10-21, 15:23:51` are.
    """
    bare = QUOTED.sub("", "\n".join(lines)).split("\n")
    if sum("\t" in line for line in bare) * 2 > len(bare):
        return "\t"
    best: tuple[int, int] = (0, 0)
    found: str | None = None
    for delimiter in DELIMITERS:
        counts = Counter(count for line in bare if (count := line.count(delimiter)))
        if not counts:
            continue
        count, often = max(counts.items(), key=lambda item: (item[1], item[0]))
        if (often, count) > best:
            best, found = (often, count), delimiter
    return found


def _unquote(line: str) -> str:
    return line.strip().removeprefix('"').removesuffix('"').replace('""', '"')


class _Lines:
    """Lines with their numbers, and a way back to the line after the one where a broken row began."""

    def __init__(self, lines: io.TextIOBase) -> None:
        self.lines = lines
        self.line = 0
        self.is_done = False
        self.kept: list[str] = []
        self.again: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        text = self.again.pop() if self.again else self.lines.readline()
        if not text:
            self.is_done = True
            raise StopIteration
        self.line += 1
        self.kept.append(text)
        return text

    def keep_from(self, line: int) -> None:
        """Forget the lines before this one: the row that starts here may have to be read again."""
        del self.kept[: len(self.kept) - (self.line + 1 - line)]

    def back_to(self, line: int) -> None:
        """Read again from this line on."""
        back = self.line + 1 - line
        if back > 0:
            self.again.extend(reversed(self.kept[-back:]))
            self.line -= back
            self.is_done = False
        self.kept.clear()


def bom_length(head: bytes) -> int:
    """How many bytes of byte order mark a UTF-8 file starts with."""
    return len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
