"""Rows of several feeds, gathered field by field while a document is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import Feed
from etl.sources.source import FeedRows

if TYPE_CHECKING:
    from collections.abc import Mapping


class Told:
    """What a document tells. `constants` are the same for every row; `only` keeps a single feed."""

    def __init__(self, constants: Mapping[str, str], only: Feed | None = None) -> None:
        self.constants = constants
        self.only = only
        self.warnings: list[str] = []
        self.hidden = 0  # items left out on purpose
        self.rows: dict[str, tuple[Feed, list[int], list[Mapping[str, str | None]]]] = {}

    def add(self, feed: Feed, line: int, **fields: str | None) -> None:
        """One row."""
        if self.only is not None and feed.name != self.only.name:
            return
        known = {column.name for column in feed.columns}
        fixed = {name: value for name, value in self.constants.items() if name in known}
        said = {name: value for name, value in fields.items() if value}
        _, lines, rows = self.rows.setdefault(feed.name, (feed, [], []))
        lines.append(line)
        rows.append({**said, **fixed})

    def feeds(self) -> tuple[FeedRows, ...]:
        """The rows of each feed, with the fields that any of them has."""
        found = []
        for feed, lines, rows in self.rows.values():
            used = {name for row in rows for name in row}
            columns = tuple(column.name for column in feed.columns if column.name in used)
            cells = [tuple(row.get(name) for name in columns) for row in rows]
            found.append(FeedRows(feed, columns, lines, cells))
        return tuple(found)
