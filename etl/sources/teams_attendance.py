"""Being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import Feed
from etl.sources.source import NeedsMapping, SourceResult

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "teams_attendance"
reader_version = 1
feeds: tuple[Feed, ...] = ()


def recognises(table: TextTable) -> bool:
    return False


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    return SourceResult((), 0)
