"""Which source reads a file: a mapping whose pattern fits its name, else the format its content shows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.model import DateShape
from etl.settings_file import table_text
from etl.sources import SOURCES
from etl.sources.date_order import OrderUnknown
from etl.sources.layouts import CONTRACT, headings_of, keep_contract, nearly
from etl.sources.linkedin_page_days import NO_FEED, is_standing
from etl.sources.mapping import heading_row, mapping_for, normal_heading, read_mapped
from etl.sources.proposal import propose, rows_below_heading
from etl.sources.sheets import most_shared, refuse_look_alikes, unread_sheets
from etl.sources.source import NeedsMapping, Source, SourceResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings, TableMapping

COLLECTED_FORMAT = "collected"  # its readers look at what `[[collect]]` says
TABLE_FORMAT = "table"  # the format id of everything that is read through a mapping


@dataclass(frozen=True)
class Identified:
    """A file that a source could read: by which format and source, under which fingerprint."""

    format_id: str
    source: str
    fingerprint: str
    result: SourceResult


def read_source(name: str, tables: tuple[TextTable, ...], settings: Settings) -> Identified | NeedsMapping:
    """Read the tables of one file. Raises InputError when the file must be refused whole."""
    if not any(row.cells for table in tables for row in table.rows):
        raise InputError(
            name, "the file holds no rows", "a table", "Export it again and drop it in the inbox."
        )
    mapping = mapping_for(name, settings)
    if mapping is not None:
        try:
            result = _read_mapped_sheet(name, tables, mapping)
        except OrderUnknown as unknown:
            return ask_order(mapping, unknown, settings)
        return Identified(TABLE_FORMAT, mapping.name, mapping_fingerprint(mapping, settings), result)
    for source in SOURCES:
        known = [table for table in tables if source.recognises(table)]
        if known:
            _refuse_broken_sheets(source, name, [table for table in tables if table not in known])
            preference = getattr(source, "preference", None)
            best = max(known, key=preference) if preference else known[0]
            before = [table for table in tables[: _place(best, tables)] if table not in known]
            refuse_look_alikes(name, headings_of(source.format_id, best), before)
            found = _identified(source, name, best, settings)
            if isinstance(found, Identified):
                found = replace(found, result=_warned(found.result, _said_of_others(source, best, tables)))
            return found
    if tables[0].is_document:
        raise InputError(name, "a document that no format knows", "a calendar", "Export it as a table.")
    fullest = max(tables, key=lambda table: len(table.rows))
    why = "no format is recognised and no mapping in kring.toml fits the file name"
    lacks = nearly(tables) or (NO_FEED if any(map(is_standing, tables)) else "")
    return NeedsMapping(
        f"{why}; {lacks}" if lacks else why,
        propose(name, fullest), unknown_fingerprint(settings), rows_below_heading(fullest),
    )  # fmt: skip


def ask_order(mapping: TableMapping, unknown: OrderUnknown, settings: Settings) -> NeedsMapping:
    """The question how the dates of a mapped table run; the mapping itself is where the answer goes."""
    return NeedsMapping(
        f'{unknown.found}; say it once in kring.toml, in the mapping "{mapping.name}": '
        'dates = "day-first" or dates = "month-first"',
        table_text(replace(mapping, dates=DateShape.DAY_MONTH_YEAR)).rstrip()
        .replace('dates = "d-m-y"', 'dates = "day-first"  # or "month-first"'),
        mapping_fingerprint(mapping, settings), unknown.rows,
    )  # fmt: skip


def still_right(name: str, fingerprint: str, settings: Settings) -> bool:
    """Whether a reading made earlier would be made the same way today; else the file is read again."""
    mapping = mapping_for(name, settings)
    if mapping is not None:
        return fingerprint == mapping_fingerprint(mapping, settings)
    formats = {source_fingerprint(source, settings) for source in SOURCES}
    return fingerprint in formats or fingerprint == unknown_fingerprint(settings)


def source_fingerprint(source: Source, settings: Settings) -> str:
    """What decides how a format is read: its version and the settings it looks at."""
    network = settings.network
    seen = f"{network.time_zone}|{network.connections}|{CONTRACT}"
    answers = settings.date_orders(source.format_id)
    seen += f"|{answers}" if answers else ""
    if source.format_id == COLLECTED_FORMAT:
        seen += f"|{[each.meaning() for each in settings.collect]}"
    return f"{source.format_id}:{source.reader_version}:{_short_hash(seen)}"


def mapping_fingerprint(mapping: TableMapping, settings: Settings) -> str:
    """What decides how a mapped table is read: the mapping, the time zone and which sheets are refused."""
    seen = f"{mapping.fingerprint()}{settings.network.time_zone}|{CONTRACT}"
    return f"{TABLE_FORMAT}:{_short_hash(seen)}"


def unknown_fingerprint(settings: Settings) -> str:
    """Changes whenever a format or a mapping does, so that files nobody could read are tried again."""
    parts = [source_fingerprint(source, settings) for source in SOURCES]
    parts += [mapping_fingerprint(mapping, settings) + mapping.match for mapping in settings.tables]
    return f"unknown:{_short_hash('|'.join(parts))}"


def _identified(source: Source, name: str, table: TextTable, settings: Settings) -> Identified | NeedsMapping:
    result = source.read(name, table, settings)
    if isinstance(result, NeedsMapping):
        return NeedsMapping(result.reason, result.proposal, unknown_fingerprint(settings), result.rows_read)
    unread = keep_contract(source.format_id, name, table, result)
    result = replace(result, warnings=(*result.warnings, *unread)) if unread else result
    return Identified(
        source.format_id, result.source or source.format_id, source_fingerprint(source, settings), result
    )


def _refuse_broken_sheets(source: Source, name: str, others: Sequence[TextTable]) -> None:
    """A sheet that would be of the format but for one column may be the very one that was meant."""
    lacks = nearly(others, source.format_id)
    if lacks:
        raise InputError(name, f"a sheet of which {lacks}", f"every column of {source.format_id}")


def _said_of_others(source: Source, best: TextTable, tables: Sequence[TextTable]) -> tuple[str, ...]:
    """What to say about the sheets that were not read; a source that knows them has words of its own."""
    left_out = getattr(source, "left_out", None)
    if left_out:
        own: tuple[str, ...] = left_out([table for table in tables if table is not best])
        return own
    preference = getattr(source, "preference", None)
    alike = [
        table
        for table in tables
        if table is not best
        and source.recognises(table)
        and (preference is None or preference(table) == preference(best))
    ]
    rest = [table for table in tables if table is not best and not source.recognises(table)]
    return unread_sheets(alike, rest)


def _read_mapped_sheet(name: str, tables: tuple[TextTable, ...], mapping: TableMapping) -> SourceResult:
    """The first sheet that holds every mapped column; the error of the likeliest sheet when none does."""
    fitting = [table for table in tables if _fits(table, mapping)]
    if not fitting:
        wanted = {normal_heading(column) for column, _ in mapping.columns}
        return read_mapped(max(tables, key=lambda table: len(most_shared(wanted, table))), mapping)
    best = fitting[0]
    refuse_look_alikes(name, [column for column, _ in mapping.columns], tables[: _place(best, tables)])
    rest = [table for table in tables if table not in fitting]
    return _warned(read_mapped(best, mapping), unread_sheets(fitting[1:], rest))


def _fits(table: TextTable, mapping: TableMapping) -> bool:
    try:
        heading_row(table, mapping)
    except InputError:
        return False
    return True


def _place(wanted: TextTable, tables: Sequence[TextTable]) -> int:
    return next(place for place, table in enumerate(tables) if table is wanted)


def _warned(result: SourceResult, said: Sequence[str]) -> SourceResult:
    return replace(result, warnings=(*result.warnings, *said)) if said else result


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
