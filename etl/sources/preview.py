"""The first rows of a file as they would be read through a mapping: nothing is written, nothing is kept.

The dashboard runs this in a process of its own (`python -m etl.sources.preview`, a request as JSON on stdin),
because the reader starts its limited child from there. It is the reader of a refresh, so that what is shown
is what will be loaded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from etl.home import Home
from etl.schema.feeds import feed_named
from etl.schema.model import DateShape
from etl.settings import TableMapping, load_settings

if TYPE_CHECKING:
    from etl.settings import Settings
    from etl.sources.reading import FeedFile, FileReading

MOST_ROWS = 20
MOST_REJECTS = 10


@dataclass(frozen=True)
class PreviewReject:
    """A row that would be refused."""

    line: int | None
    column: str | None
    reason: str


@dataclass(frozen=True)
class Preview:
    """What a mapping makes of a file. Dates and moments (UTC) are ISO text; no value is null."""

    status: str
    reason: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    read: int
    used: int
    rejected: int
    rejects: tuple[PreviewReject, ...]


def preview(path: Path, name: str, mapping: TableMapping, settings: Settings) -> Preview:
    """Read a file through one mapping, as a refresh would."""
    from etl.reading.child import ReadJob, read_files

    only = replace(settings, tables=(mapping,))
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with TemporaryDirectory(prefix="kring-preview-") as folder:
        job = ReadJob(path, name, "0" * 64, now, is_counted=False)
        (reading,) = tuple(read_files([job], only, Path(folder)))
        fields, rows = _first_rows(reading.feeds[0], mapping) if reading.feeds else ((), ())
    return _preview(reading, fields, rows)


def _first_rows(
    file: FeedFile, mapping: TableMapping
) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...]]:
    from etl.warehouse import quote_name, quote_text, scratch

    given = [field for _, field in mapping.whole] + [field for field, _ in mapping.constants]
    given += [mapping.derived_end] if mapping.derived_end else []
    given += ["question", "kind"] if mapping.asks_several else []
    with scratch() as connection:
        source = f"read_parquet({quote_text(str(file.path))})"
        held = {str(row[0]) for row in connection.execute(f"DESCRIBE FROM {source}").fetchall()}
        fields = tuple(dict.fromkeys(field for field in given if field in held))
        selected = ", ".join(f"{quote_name(field)}::VARCHAR" for field in fields)
        found = connection.execute(f"SELECT {selected} FROM {source} LIMIT {MOST_ROWS}").fetchall()
    return fields, tuple(tuple(row) for row in found)


def _preview(
    reading: FileReading, fields: tuple[str, ...], rows: tuple[tuple[str | None, ...], ...]
) -> Preview:
    counts = reading.rows
    rejects = tuple(PreviewReject(each.line, each.column, each.reason) for each in reading.rejects)
    return Preview(
        reading.status.value, reading.reason or "", fields, rows,
        counts.read, counts.used, counts.rejected, rejects[:MOST_REJECTS],
    )  # fmt: skip


def request(home: Home, path: Path, name: str, mapping: TableMapping) -> str:
    """What `main` reads on stdin."""
    return json.dumps(
        {
            "home": str(home.root),
            "path": str(path),
            "name": name,
            "mapping": {
                "name": mapping.name,
                "match": mapping.match,
                "feed": mapping.feed.name,
                "columns": mapping.columns,
                "constants": mapping.constants,
                "kinds": mapping.kinds,
                "dates": mapping.dates.value if mapping.dates else None,
            },
        }
    )


def read_preview(text: str) -> Preview:
    """What `main` printed, as an object again."""
    found = json.loads(text)
    rejects = tuple(PreviewReject(**each) for each in found.pop("rejects"))
    rows = tuple(tuple(row) for row in found.pop("rows"))
    return Preview(fields=tuple(found.pop("fields")), rows=rows, rejects=rejects, **found)


def _pairs(given: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), str(value)) for key, value in given) if isinstance(given, list) else ()


def _asked(text: str) -> tuple[Home, Path, str, TableMapping]:
    found: Mapping[str, str] = json.loads(text)
    said = json.loads(text)["mapping"]
    mapping = TableMapping(
        said["name"], said["match"], feed_named(said["feed"]), _pairs(said["columns"]),
        _pairs(said["constants"]), kinds=_pairs(said["kinds"]),
        dates=DateShape(said["dates"]) if said["dates"] else None,
    )  # fmt: skip
    return Home(Path(found["home"])), Path(found["path"]), found["name"], mapping


def main() -> None:
    """One request on stdin, one preview on stdout."""
    home, path, name, mapping = _asked(sys.stdin.read())
    sys.stdout.write(json.dumps(asdict(preview(path, name, mapping, load_settings(home)))))


if __name__ == "__main__":
    main()
