"""JSON files: known by their bytes, read within limits, laid out as a table as well."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from etl.errors import InputError
from etl.reading.json_text import read_json, records_of
from etl.reading.sniff import FileKind, sniff
from etl.schema.feeds import feed_named
from etl.settings import Limits, Settings, TableMapping
from etl.sources.inspect import inspect


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"  # what a file is called says nothing


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"a": 1}', FileKind.JSON),
        (b"\xef\xbb\xbf\r\n  [\n {", FileKind.JSON),
        (b"[]", FileKind.JSON),
        (b"{}", FileKind.JSON),
        (b'["a"]', FileKind.JSON),
        ('{"naam": "é"}'.encode("utf-16"), FileKind.JSON),
        (b"[1] Vraag;[2] Vraag\n1;2\n", FileKind.UTF8),
        (b"{naam};datum\n", FileKind.UTF8),
        (b'"{""a""}";b\n', FileKind.UTF8),
        (b"{\\rtf1\\ansi}", FileKind.UTF8),
    ],
)
def test_json_shows_itself_in_its_first_bytes(path: Path, content: bytes, kind: FileKind) -> None:
    path.write_bytes(content)
    assert sniff(path) is kind


def test_records_become_rows_and_numbers_stay_as_written(path: Path) -> None:
    records = [
        {"id": 12345678901234567890, "naam": "Zoë", "waar": {"stad": "Gent"}, "tags": ["a", "b"], "ok": True},
        {"id": 1.50, "naam": None, "x": [{"diep": 1}]},
    ]
    path.write_text(json.dumps({"count": 2, "results": records}), encoding="utf-8")
    table = read_json(path, Limits())
    assert [row.line for row in table.rows] == [0, 1, 2]
    assert table.rows[0].cells == ("id", "naam", "waar.stad", "tags", "ok", "x")
    assert table.rows[1].cells == ("12345678901234567890", "Zoë", "Gent", "a; b", "true", "")
    assert table.rows[2].cells == ("1.5", "", "", "", "", "")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'{"a": [1, 2', "cut off"),
        (b'{"a": "b', "cut off"),
        (b'{"a": 1,}', "line 1"),
        (b'{"a": 1}\n{"a": 2}', "line 2"),
        (b'[{"a": NaN}]', "NaN"),
        (b'{"a": "\xe9"}', "not UTF-8"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "nested"),
        (b"[" * 100_000, "nested"),
        (
            b'{"code": "event-archive-page-not-found", "message": "x", "data": {"status": 404}}',
            "error message",
        ),
        (b'{"detail": "Invalid token."}', "error message"),
        (b'{"a":' * 100_000, "nested"),
    ],
)
def test_what_is_no_whole_json_is_refused_in_one_sentence(path: Path, content: bytes, found: str) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match=found):
        read_json(path, Limits())


def test_limits_hold(path: Path) -> None:
    path.write_text(json.dumps([{"a": 1}] * 4), encoding="utf-8")
    with pytest.raises(InputError, match="rows"):
        read_json(path, replace(Limits(), rows=3))
    path.write_text(json.dumps([{str(number): 1 for number in range(31)}]), encoding="utf-8")
    with pytest.raises(InputError, match="31 fields"):
        read_json(path, replace(Limits(), columns=3))


@pytest.mark.parametrize("bad", ["x" * 11, "a\0b", "\ud800"])
def test_a_record_that_cannot_be_kept_costs_itself(path: Path, bad: str) -> None:
    path.write_text(json.dumps([{"a": "one"}, {"a": bad}, {"a": "three"}]), encoding="utf-8")
    table = read_json(path, replace(Limits(), field_characters=10))
    assert [reject.line for reject in table.rejects] == [2]
    assert [row.cells[0] for row in table.rows] == ["a", "one", "three"]


def test_records_are_the_longest_list_near_the_top() -> None:
    assert records_of({"a": {"few": [{"x": 1}], "many": [{"y": 1}, {"y": 2}]}}) == [{"y": 1}, {"y": 2}]
    assert records_of({"lone": "1"}) == [{"lone": "1"}]
    assert records_of(["text", "1"]) == []


def test_a_json_list_is_read_through_a_mapping(path: Path) -> None:
    people = [{"naam": "Anna de Vries", "sinds": "2026-03-16"}, {"naam": "Bo Smit", "sinds": "ooit"}]
    path.write_text(json.dumps(people), encoding="utf-8")
    (unknown,) = inspect([path], Settings())
    assert unknown.status.value == "needs_mapping"
    assert '"naam" = "full_name"' in (unknown.reason or "")
    columns = (("naam", "full_name"), ("sinds", "joined_on"))
    mapping = TableMapping("leden", "export*", feed_named("membership"), columns)
    (reading,) = inspect([path], Settings(tables=(mapping,)))
    assert (reading.status.value, reading.rows.used, reading.counts.memberships) == ("partial", 1, 1)
    assert [reject.line for reject in reading.rejects] == [2]
