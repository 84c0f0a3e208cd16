"""How the command line writes: answers as table, CSV or JSON, progress as a bar or as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import IO, TYPE_CHECKING

from etl.errors import shown
from etl.progress import Progress, silent
from etl.schema.formulas import starts_formula

if TYPE_CHECKING:
    from etl.manifest import Manifest, ReleasedTable
    from etl.release import KeptRelease, TableDifference
    from etl.sources.reading import FileReading
    from etl.warehouse import Answer, Value
    from flows.run import RefreshReport
    from queries.catalog import Parameter, Query

SHOWN_REJECTS = 20
NEEDS_MAPPING = "needs a mapping: make one on the page Data, or with kring inspect on a copy of the file"


def answer_json(answer: Answer) -> str:
    """The object that `kring ask --format json` prints."""
    written = {
        "question": answer.question,
        "meaning": answer.meaning,
        "grain": answer.grain,
        "release": answer.release,
        "as_of": answer.as_of.isoformat(),
        "parameters": {name: _plain(value) for name, value in answer.parameters},
        "rows": [
            {name: _plain(value) for name, value in zip(answer.columns, row, strict=True)}
            for row in answer.rows
        ],
    }
    return json.dumps(written, ensure_ascii=False, indent=1)


def write_csv(answer: Answer, file: IO[str]) -> None:
    """The rows as CSV. Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    import csv

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_safe(_plain(value)) for value in row] for row in answer.rows)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """A table for people: drawn by rich on a terminal, in plain columns elsewhere."""
    numeric = [any(isinstance(row[at], int | float) for row in rows) for at in range(len(headings))]
    cells = [["" if (plain := _plain(value)) is None else _shown(plain) for value in row] for row in rows]
    if sys.stdout.isatty():
        _print_rich(headings, cells, numeric)
        return
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    for line in ([*headings], ["-" * width for width in widths], *cells):
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        print("  ".join(padded).rstrip())


@contextmanager
def shown_progress(as_json: bool) -> Iterator[Progress]:
    """Progress as JSON lines on stderr, as a bar when stderr is a terminal, else nothing."""
    if as_json:
        yield _json_line
    elif sys.stderr.isatty():
        with _bar() as progress:
            yield progress
    else:
        yield silent


def say(text: str) -> None:
    """One line on stderr, beside whatever stdout is used for. Nobody need be there to read it."""
    with suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)


def _json_line(step: str, index: int, of: int) -> None:
    say(json.dumps({"step": step, "index": index, "of": of}, ensure_ascii=False))


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def progress(step: str, index: int, of: int) -> None:
            bar.update(task, description=step, completed=index, total=of)

        yield progress


def _print_rich(headings: Sequence[str], cells: list[list[str]], numeric: list[bool]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for heading, right in zip(headings, numeric, strict=True):
        table.add_column(heading, justify="right" if right else "left")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def utc_text(moment: datetime) -> str:
    """A moment as every verb writes it: UTC, whole seconds, a Z. One without a zone is in UTC already."""
    plain = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return plain.isoformat(timespec="seconds") + "Z"


def _plain(value: Value) -> str | int | float | bool | None:
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: str | int | float | bool) -> str:
    """A cell of a table for people. Control characters would let a name in a file steer the terminal."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1 else f"{value:.2f}".rstrip("0").rstrip(".")
    return "".join(each if each.isprintable() else " " for each in shown(str(value)))


def _safe(value: str | int | float | bool | None) -> str | int | float | bool | None:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace(
        "\r", "\n"
    )  # a bare return is not quoted, and would cut the row
    return "'" + text if starts_formula(value) else text


def print_questions(asked: Sequence[Query], as_json: bool) -> None:
    """Each question with its meaning, its grain, its role and its parameters."""
    if as_json:
        print(json.dumps([_question_json(each) for each in asked], indent=1, ensure_ascii=False))
        return
    for each in asked:
        print(f"{each.name}  ({each.role.name.lower()}; {each.grain})")
        print(f"    {each.meaning}")
        for parameter in each.parameters:
            choices = f" ({', '.join(parameter.choices)})" if parameter.choices else ""
            print(f"    -p {parameter.name}={parameter.default or ''}{choices}  {parameter.meaning}")


def _question_json(query: Query) -> dict[str, object]:
    return {
        "question": query.name,
        "meaning": query.meaning,
        "grain": query.grain,
        "role": query.role.name.lower(),
        "parameters": [_parameter_json(each) for each in query.parameters],
        "columns": [{"name": each.name, "type": each.type, "unit": each.unit} for each in query.returns],
    }


def _parameter_json(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": parameter.default,
        "choices": list(parameter.choices),
        "meaning": parameter.meaning,
    }


def print_readings(readings: Sequence[FileReading], indent: str = "") -> None:
    """What `kring inspect` says of each file, a few lines each."""
    for reading in readings:
        kind = reading.format or "no known format"
        print(f"{indent}{shown(reading.file)}: {reading.status.value} ({kind})")
        if reading.reason:
            print(f"{indent}    {reading.reason}")
        rows = reading.rows
        if rows.read:
            print(
                f"{indent}    rows: {rows.read} read, {rows.used} used, {rows.rejected} refused,"
                f" {rows.hidden} hidden"
            )
        found = [f"{count} {name}" for name, count in vars(reading.counts).items() if count]
        if found:
            print(f"{indent}    {', '.join(found).replace('_', ' ')}")
        for reject in reading.rejects[:SHOWN_REJECTS]:
            column = f", column {reject.column}" if reject.column else ""
            print(f"{indent}    line {reject.line}{shown(column)}: {reject.reason}")
        if len(reading.rejects) > SHOWN_REJECTS:
            print(f"{indent}    and {len(reading.rejects) - SHOWN_REJECTS} more refused rows")
        for warning in reading.warnings:
            print(f"{indent}    note: {warning}")
        print_readings(reading.members, indent + "    ")


def print_report(report: RefreshReport) -> None:
    """What `kring refresh` says; refused input goes to stderr, one line each."""
    if report.published_release:
        print(f"Release {report.release}: {report.people} people as of {report.as_of}.")
    else:
        print(f"Nothing new: release {report.release} stays ({report.people} people as of {report.as_of}).")
    print(
        f"Files: {report.files_new} new, {report.files_known} known, {report.files_refused} refused."
        f" Rows: {report.rows_read} read, {report.rows_used} used, {report.rows_rejected} refused."
        f" {report.seconds:.1f} s."
    )
    for warning in report.warnings:
        say(warning)


def print_releases(kept: Sequence[KeptRelease], as_json: bool) -> None:
    """The releases, newest first."""
    if as_json:
        print(json.dumps([_release_json(each) for each in kept], indent=1))
        return
    rows: list[tuple[Value, ...]] = [
        (
            each.id,
            each.info.as_of if each.info else "not readable",
            each.info.people if each.info else None,
            "served" if each.is_current else "",
        )
        for each in kept
    ]
    print_table(("release", "as of", "people", ""), rows)


def print_served(manifest: Manifest, as_json: bool) -> None:
    """The release that is served from now on."""
    from etl.release import KeptRelease

    if as_json:
        served = KeptRelease(manifest.release, manifest.info, is_current=True)
        print(json.dumps(_release_json(served), indent=1))
    else:
        print(f"Serving {manifest.release}, as of {manifest.as_of}.")


def _release_json(each: KeptRelease) -> dict[str, str | int | bool | None]:
    return {
        "release": each.id,
        "as_of": each.info.as_of.isoformat() if each.info else None,
        "built_at": each.info.built_at.isoformat() if each.info else None,
        "people": each.info.people if each.info else None,
        "current": each.is_current,
    }


def print_differences(ids: tuple[str, str], tables: Sequence[TableDifference], as_json: bool) -> None:
    """The tables of two releases that differ."""
    differ = [table for table in tables if not table.same]
    if as_json:
        listed = [
            {"name": each.name, "same": each.same, "a": _table_json(each.a), "b": _table_json(each.b)}
            for each in tables
        ]
        print(
            json.dumps({"a": ids[0], "b": ids[1], "tables_differ": len(differ), "tables": listed}, indent=1)
        )
        return
    for each in differ:
        rows_a, rows_b = (table.rows if table else "absent" for table in (each.a, each.b))
        print(f"{each.name}: {rows_a} rows -> {rows_b} rows")
    print(f"{len(differ)} tables differ, of {len(tables)}, between {ids[0]} and {ids[1]}.")


def _table_json(table: ReleasedTable | None) -> dict[str, str | int] | None:
    return {"rows": table.rows, "checksum": table.checksum} if table else None
