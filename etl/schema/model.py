"""What a column and a table are. Frozen, typed, and the only place that says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ColumnType(Enum):
    """The types Kring stores; the value is DuckDB's name for it."""

    TEXT = "VARCHAR"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"  # always UTC
    INTEGER = "BIGINT"
    NUMBER = "DOUBLE"
    BOOLEAN = "BOOLEAN"
    ID = "UUID"


class DateShape(Enum):
    """How the dates of one column are written. One shape per column per file, decided before reading."""

    ISO = "iso"  # 2026-03-16, 2026-03-16T14:00:00Z, with or without zone
    DAY_MONTH_YEAR = "d-m-y"  # 16-3-2026, 16/03/26, 16.03.2026 14:00, 16 mrt 2026
    MONTH_DAY_YEAR = "m/d/y"  # 3/16/2026, 03/16/26 2:00 PM
    EXCEL_SERIAL = "serial"  # days since 1899-12-30


class Sensitivity(Enum):
    """How near a column is to a person. PERSONAL and PSEUDONYM never enter a publication."""

    NONE = "none"
    PSEUDONYM = "pseudonym"
    PERSONAL = "personal"
    FREE_TEXT = "free text"


class Layer(Enum):
    """Where a table lives; the value is its schema name in DuckDB."""

    FEEDS = "feeds"
    STAGING = "staging"
    CORE = "core"
    MARTS = "marts"


@dataclass(frozen=True)
class Column:
    """One column. `meaning` is a sentence a coordinator understands; `retention` is in months or None."""

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    sensitivity: Sensitivity = Sensitivity.NONE
    purpose: str = "show how the network grows, meets and learns"
    retention: int | None = None


@dataclass(frozen=True)
class Reference:
    """`columns` of this table point at the key of `table`."""

    columns: tuple[str, ...]
    table: str


@dataclass(frozen=True)
class Table:
    """One table: `grain` says in words what one row is; `key` is unique and never null."""

    name: str
    layer: Layer
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def qualified_name(self) -> str:
        """`layer.name`, as SQL writes it."""
        return f"{self.layer.value}.{self.name}"
