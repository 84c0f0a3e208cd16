"""The strict reader of delimited text: what it reads, and the one clear line for each thing it refuses."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from etl.errors import InputError
from etl.reading.delimited import read_delimited
from etl.reading.table import TextTable
from etl.settings import Limits


def read(tmp_path: Path, content: bytes | str, limits: Limits | None = None) -> TextTable:
    path = tmp_path / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_delimited(path, limits or Limits())


def cells(table: TextTable) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in table.rows]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a,b\n1,2", ("1", "2")),
        ("a;b\n1,5;2,5\n", ("1,5", "2,5")),
        ("naam;bedrag\nJan;1,50\n", ("Jan", "1,50")),
        ("a\tb\nBerg, Jan van den\t2\n", ("Berg, Jan van den", "2")),
        ("a|b\n1|2\n", ("1", "2")),
        ('"a";"b"\n"x;y";"z ""q"""\n', ("x;y", 'z "q"')),
        ("naam\nJan\n", ("Jan",)),
        ("a,b\r1,2\r", ("1", "2")),
        ("a,b\nx\u2028y,2\n", ("x\u2028y", "2")),
        ('a,b\nthe "good" one,2\n', ('the "good" one', "2")),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_most_lines_alike(
    tmp_path: Path, text: str, row: tuple[str, ...]
) -> None:
    assert read(tmp_path, text).rows[1].cells == row


def test_a_line_is_the_one_on_which_the_row_starts(tmp_path: Path) -> None:
    table = read(tmp_path, 'a,b\n\n"x\ny",1\n2,3\n')
    assert cells(table) == [(1, ("a", "b")), (3, ("x\ny", "1")), (5, ("2", "3"))]


def test_a_sep_line_decides_and_is_counted(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "sep=;\r\na,a;b\r\n1,1;2\r\n")) == [(2, ("a,a", "b")), (3, ("1,1", "2"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_names_survive_every_encoding(tmp_path: Path, encoding: str) -> None:
    names = ["José", "Zoë d'Hooghe", "Åsa", "Françoise", "Ñandú"] + ["Łukasz"] * ("utf" in encoding)
    content = "naam;nr\n" + "".join(f"{name};{number}\n" for number, name in enumerate(names))
    assert [row.cells[0] for row in read(tmp_path, content.encode(encoding)).rows[1:]] == names


def test_lines_that_excel_saved_as_one_cell_are_cut_again(tmp_path: Path) -> None:
    whole = read(tmp_path, '"a,b,c"\n"1,""x,y"",3"\n')
    assert [row.cells for row in whole.rows] == [("a", "b", "c"), ("1", "x,y", "3")]
    mixed = read(tmp_path, 'a,b,c\n1,2,3\n"1,""x,y"",3"\n4,5,6\n')
    assert mixed.rows[2].cells == ("1", "x,y", "3")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('1,"x', "a quote is opened and never closed"),
        ('1,"x"y', "text after a closing quote"),
        ("1,\x002", "a NUL byte; the file is damaged here"),
        ("1," + "x" * 1_000_000, "a cell of more than 65,536 characters, or a quote that is never closed"),
        (
            '1,"' + "x" * 1_000_000 + '"',
            "a cell of more than 65,536 characters, or a quote that is never closed",
        ),
        ("1" + ",2" * 100, "101 columns, more than limits.columns in kring.toml allows (100)"),
    ],
)
def test_a_bad_row_costs_itself_and_reading_goes_on(tmp_path: Path, bad: str, reason: str) -> None:
    table = read(tmp_path, "a,b\n3,4\n" + bad + "\n" + "5,6\n" * 200)
    assert [(reject.line, reject.reason) for reject in table.rejects] == [(3, reason)]
    assert len(table.rows) == 202
    assert table.rows[2].line == 4


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "this is an empty file"),
        (b"<html><body>Sign in</body></html>", "this is a web page"),
        ("a\tb\né\t2\n".encode("utf-16-le")[:-1], "UTF-16 text (little-endian) that is cut off"),
        ("é,1\n".encode() + "é,2\n".encode("cp1252"), "this is text in two encodings"),
        (b'1,"x\n' * 1_200, "more than 1,000 rows are broken"),
        (b"1,2\n" * 40, "too many rows"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_in_one_line(
    tmp_path: Path, content: bytes, found: str
) -> None:
    with pytest.raises(InputError) as refusal:
        read(tmp_path, content, Limits(rows=30))
    assert found in refusal.value.line()
    assert "\n" not in refusal.value.line()


def test_mutated_files_never_raise_and_agree_with_an_oracle(tmp_path: Path) -> None:
    """500 damaged files give rows and rejects; where no row is refused, Python's csv reads the same."""
    chance = random.Random(20261121)
    original = 'naam,plaats\n"Berg, Jan",Gent\nZoë,"a ""b"" c"\n"x\ny",z\n'
    accepted = 0
    for _ in range(500):
        text = list(original)
        for _ in range(chance.randint(1, 3)):
            text[chance.randrange(len(text))] = chance.choice('",;\n\r\0é x')
        try:
            table = read(tmp_path, "".join(text))
        except InputError:
            continue
        assert all(reject.line >= 1 and reject.reason for reject in table.rejects)
        if not table.rejects and "," in "".join(text).split("\n")[0] and ";" not in text:
            oracle = [tuple(row) for row in csv.reader(io.StringIO("".join(text), newline="")) if row]
            if all(len(row) > 1 for row in oracle):
                assert [row.cells for row in table.rows] == oracle, "".join(text)
                accepted += 1
    assert accepted > 50
