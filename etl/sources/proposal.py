"""Being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.reading.table import TextTable


def propose(name: str, table: TextTable) -> str:
    return ""
