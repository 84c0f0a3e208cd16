"""A refused row of a mapped table names the columns as the file itself does, on either path of reading."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from etl.reading.file import ReadJob, read_file
from etl.reading.large import LARGE_BYTES
from etl.settings import read_settings
from etl.warehouse import scratch

MAPPINGS = """
[[tables]]
name = "leden"
match = "leden*.csv"
feed = "membership"
[tables.columns]
Naam = "full_name"
"Lid van" = "joined_on"
"Lid tot" = "left_on"

[[tables]]
name = "agenda"
match = "agenda*.csv"
feed = "event"
[tables.columns]
Titel = "title"
Begin = "starts_at"
Einde = "ends_at"
Aantal = "headcount"
"""
MEMBERS = (
    "Naam,Lid van,Lid tot\n"
    "Bo Test,2026-01-01,2026-02-01\n"
    "Bo Test,2026-03-02,2026-03-01\n"
    "Bo Test,gisteren,\n"
    ",2026-01-01,\n"
    "Cas Proef,2026-03-01,2026-03-01\n"
)
AGENDA = (
    "Titel,Begin,Einde,Aantal\n"
    "A,2026-03-02 12:00,2026-03-02 13:00,3\n"
    "A,2026-03-02 12:00,2026-03-02 11:00,3\n"
    "B,,,3\n"
    "C,2026-03-02 12:00,,-1\n"
)
LATE = "earlier than the beginning"


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    ("name", "text", "refused"),
    [
        ("leden.csv", MEMBERS, [(3, "Lid tot", LATE), (4, "Lid van", "not a date"), (5, "Naam", "no ")]),
        ("agenda.csv", AGENDA, [(3, "Einde", LATE), (4, "Begin", "no "), (5, "Aantal", "below zero")]),
    ],
)
def test_a_refused_row_names_the_column_of_the_file(
    tmp_path: Path, name: str, text: str, refused: list[tuple[int, str, str]], *, is_large: bool
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    job = ReadJob(path, name, "0" * 64, datetime(2026, 11, 21), is_counted=False)
    with scratch(threads=1) as database:
        found = read_file(
            job, read_settings(MAPPINGS, {}), database, tmp_path, 0 if is_large else LARGE_BYTES
        )
    told = [(each.line, each.column, each.reason) for each in found.rejects]
    assert [(line, column) for line, column, _ in told] == [(line, column) for line, column, _ in refused]
    assert all(each[2].startswith(wanted[2]) for each, wanted in zip(told, refused, strict=True))
