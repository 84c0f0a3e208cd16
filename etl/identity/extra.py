"""Evidence beyond the fields of a feed: further columns, how they compare, and blocks on them.

Kring's own feeds have none. A benchmark that has dates of birth brings its own, and runs the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

from etl.identity.candidates import Block
from etl.identity.comparison import Comparison


@dataclass(frozen=True)
class Extra:
    """`columns` of `table` by person_id. `settled`: the codes that no namesake can share by chance."""

    table: str = ""
    columns: tuple[str, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    blocks: tuple[Block, ...] = ()
    settled: str = ""


NOTHING_EXTRA = Extra()
