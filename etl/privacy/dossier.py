"""A person's data as it is handed over: one JSON object, a document to read, and a CSV per kind of record."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.home import FILE_RIGHTS
from etl.schema.formulas import starts_formula

Value = str | int | float | bool | None
Record = tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Holding:
    """What one part of one store holds about the person. `meaning` says what a record is."""

    store: str
    name: str
    meaning: str
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Dossier:
    """Everything about one person, as of a release. Empty holdings say that a store was searched too."""

    person_id: str
    release: str
    as_of: date
    holdings: tuple[Holding, ...]

    @property
    def records(self) -> int:
        """How many records there are."""
        return sum(len(each.records) for each in self.holdings)

    def counts(self) -> dict[str, int]:
        """Records in each store, zero included."""
        found: dict[str, int] = {}
        for each in self.holdings:
            found[each.store] = found.get(each.store, 0) + len(each.records)
        return found

    def json(self) -> str:
        """The dossier as one JSON object."""
        return json.dumps(
            {
                "person_id": self.person_id,
                "release": self.release,
                "as_of": self.as_of.isoformat(),
                "searched": self.counts(),
                "holdings": [
                    {
                        "store": each.store,
                        "name": each.name,
                        "meaning": each.meaning,
                        "records": [dict(record) for record in each.records],
                    }
                    for each in self.holdings
                ],
            },
            ensure_ascii=False,
            indent=1,
        )

    def document(self) -> str:
        """The dossier to read, as Markdown."""
        lines = [
            "# What this network holds about you",
            "",
            f"As of {self.as_of.isoformat()}, release {self.release}. Times are UTC.",
            "",
            "| searched | records |",
            "|---|---|",
            *(f"| {store} | {count} |" for store, count in self.counts().items()),
        ]
        for each in self.holdings:
            if each.records:
                lines += ["", f"## {each.store}: {each.name}", "", each.meaning, ""]
                for number, record in enumerate(each.records, start=1):
                    said = [f"{_plain(name)}: {_plain(value)}" for name, value in record if value is not None]
                    lines.append(f"{number}. " + "; ".join(said))
        return "\n".join(lines) + "\n"


def write_export(found: Dossier, path: Path) -> Path:
    """Write a dossier as an archive: JSON, a document to read, and a CSV for each kind of record.

    The archive is there whole or not at all; one that lay there stays until then.
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, FILE_RIGHTS)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, found)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _fill(archive: zipfile.ZipFile, found: Dossier) -> None:
    archive.writestr("dossier.json", found.json())
    archive.writestr("dossier.md", found.document())
    for each in found.holdings:
        if each.records:
            archive.writestr(f"{each.store}/{each.name}.csv", _csv(each.records))


def _csv(records: Sequence[Record]) -> str:
    names = list(dict.fromkeys(name for record in records for name, _ in record))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for record in records:
        fields = dict(record)
        writer.writerow([_safe(fields.get(name)) for name in names])
    return text.getvalue()


def _safe(value: Value) -> Value:
    """Text that a spreadsheet does not take for a formula."""
    if isinstance(value, str) and starts_formula(value):
        return f"'{value}"
    return value


def _plain(value: Value) -> str:
    return " ".join(str(value).replace("|", "\\|").split())
