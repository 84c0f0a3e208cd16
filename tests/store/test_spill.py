"""What does not fit in memory is never left in the folder where the user happens to be."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl.warehouse import scratch

MORE_THAN_FITS = """
create table t as
select i, hash(i) as h, i::varchar || 'abcdefghijk' as text from range(3000000) as r (i)
"""


def test_without_a_folder_nothing_is_spilled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with scratch(threads=1, memory_limit="40MB") as connection, pytest.raises(duckdb.OutOfMemoryException):
        connection.execute(MORE_THAN_FITS)
    assert not list(tmp_path.iterdir())


def test_what_is_spilled_goes_where_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    spill = tmp_path / "spill"
    with scratch(threads=1, memory_limit="40MB", spill=spill) as connection:
        connection.execute(MORE_THAN_FITS)
        assert list(spill.iterdir())
    assert {path.name for path in tmp_path.iterdir()} <= {"spill"}
