"""The search that proves an erasure: it finds a planted person in every kind of file that a home can hold."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from etl.home import Home
from etl.privacy.search import Needle, search
from etl.warehouse import open_warehouse, scratch

ADDRESS = "zoë.gevonden@example.org"
NEEDLES = (
    Needle(ADDRESS),
    Needle("https://www.linkedin.com/in/zoe-gevonden"),
    Needle("Zoë Gevonden", near="Hogeschool Voorbeeld"),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.write_text("[network]\n", encoding="utf-8")
    return made


def workbook(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write(0, 0, ADDRESS)


def nested(path: Path) -> None:
    inner = path.with_name("inner.xlsx")
    workbook(inner)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "inner.xlsx")
    inner.unlink()


def duckdb_file(path: Path) -> None:
    with open_warehouse(path) as connection:
        connection.execute("create table t as select 'x' || i as a from range(200000) as r(i)")
        connection.execute("insert into t values (?)", [ADDRESS])


def duckdb_deleted(path: Path) -> None:
    """Finding 5: what DELETE, CHECKPOINT and VACUUM leave."""
    with open_warehouse(path) as connection:
        connection.execute(
            "create table t as select 'persoon' || i || '@example.org' as a, i from range(2000) as r(i)"
        )
        connection.execute("insert into t values (?, 1)", [ADDRESS])
        connection.execute("checkpoint")
    with open_warehouse(path) as connection:
        connection.execute("delete from t where a = ?", [ADDRESS])
        connection.execute("checkpoint")
        connection.execute("vacuum")


def duckdb_wal(path: Path) -> None:
    """A write-ahead log that a killed writer left."""
    with open_warehouse(path.with_name("other")) as connection:
        connection.execute("set global checkpoint_threshold = '1GB'")
        connection.execute("create table t (a varchar)")
        connection.execute("insert into t values (?)", [ADDRESS])
        (path.with_name("warehouse.wal")).write_bytes(path.with_name("other.wal").read_bytes())
    path.with_name("other").unlink()


def sqlite_across_pages(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table t (a text)")
    connection.executemany(
        "insert into t values (?)", [("x" * (4080 - 3 * n) + f" {ADDRESS} " + "y" * 9000,) for n in range(12)]
    )
    connection.commit()
    connection.close()


def parquet(path: Path) -> None:
    with scratch() as connection:
        connection.execute(
            f"copy (select ? as a from range(5000)) to '{path}' (format parquet, compression zstd)", [ADDRESS]
        )


PLANTS: dict[str, Callable[[Path], object]] = {
    "utf-8": lambda path: path.write_text(f"a;{ADDRESS.upper()}\n", encoding="utf-8"),
    "utf-16-le": lambda path: path.write_text(f"a;{ADDRESS}\n", encoding="utf-16"),
    "utf-16-be": lambda path: path.write_bytes(f"a;{ADDRESS}\n".encode("utf-16-be")),
    "cp1252": lambda path: path.write_text(f"a;{ADDRESS}\n", encoding="cp1252"),
    "escaped JSON": lambda path: path.write_text(json.dumps({"a": ADDRESS}), encoding="ascii"),
    "a profile": lambda path: path.write_text("x https://www.LinkedIn.com/in/zoe-gevonden?x"),
    "a name beside an organisation": lambda path: path.write_text(
        f"Zoë Gevonden{';' * 50}Hogeschool Voorbeeld", encoding="utf-8"
    ),
    "across two pieces": lambda path: path.write_bytes(
        b"x" * (32 * 1024 * 1024 - 5) + b" " + ADDRESS.encode()
    ),
    "xlsx": workbook,
    "zip in zip": nested,
    "gzip": lambda path: path.write_bytes(gzip.compress(ADDRESS.encode("utf-16-le"))),
    "bzip2": lambda path: path.write_bytes(bz2.compress(ADDRESS.encode())),
    "xz": lambda path: path.write_bytes(lzma.compress(ADDRESS.encode())),
    "parquet": parquet,
    "duckdb": duckdb_file,
    "duckdb, deleted": duckdb_deleted,
    "duckdb wal": duckdb_wal,
    "sqlite": sqlite_across_pages,
    "a file name": lambda path: path.with_name(f"{ADDRESS}.csv").write_text("x"),
}


@pytest.mark.parametrize("plant", PLANTS.values(), ids=list(PLANTS))
def test_a_planted_person_is_found(home: Home, plant: Callable[[Path], object]) -> None:
    assert search(home, NEEDLES).is_clean
    plant(home.logs / "planted")
    found = search(home, NEEDLES)
    assert len((*found.found, *found.unread)) == 1
    assert "gevonden" not in (*found.found, *found.unread)[0]
    assert not found.is_clean


@pytest.mark.parametrize(
    "text",
    [
        "Zoë Gevonden",
        "Zoë Gevonden" + "; " * 200 + "Hogeschool Voorbeeld",
        "zoe@example.org",
        f"de-{ADDRESS}",
        f"anna.{ADDRESS}",
        f"{ADDRESS}x",
        "https://www.linkedin.com/in/zoe-gevonden-2",
        f"x{ADDRESS}".encode("utf-16-le").decode("utf-16-le"),
    ],
)
def test_a_name_by_itself_or_another_person_is_not(home: Home, text: str) -> None:
    (home.logs / "planted").write_text(text, encoding="utf-8")
    assert search(home, NEEDLES).is_clean


def test_a_database_that_does_not_open_is_not_called_clean(home: Home) -> None:
    duckdb_file(home.logs / "planted")
    data = bytearray((home.logs / "planted").read_bytes())
    data[4096:20000] = b"\0" * (20000 - 4096)
    data = bytearray(data.replace(ADDRESS.encode(), b"x" * len(ADDRESS.encode())))
    (home.logs / "planted").write_bytes(bytes(data))
    assert not search(home, NEEDLES).is_clean


def test_a_name_in_a_longer_one_of_somebody_else_is_not(home: Home) -> None:
    needle = Needle("Zoë Gevonden", within=("Zoë Gevonden Łukasz", "De Zoë Gevonden"))
    planted = home.logs / "planted"
    for encoding in ("utf-8", "utf-16", "utf-16-be"):
        planted.write_text("a;ZOË GEVONDEN ŁUKASZ;de zoë gevonden;Zoë Gevonden łukasz", encoding=encoding)
        assert search(home, [needle]).is_clean
        planted.write_text("Zoë Gevonden Łukasz;Zoë Gevonden", encoding=encoding)
        assert not search(home, [needle]).is_clean
    planted.write_text("Zoë Gevonden", encoding="cp1252")
    assert not search(home, [needle]).is_clean


@pytest.mark.parametrize(
    "text",
    ["Zoë Gevonden;Zuyd\nKarel Kok;Hogeschool Voorbeeld", "Zoë Gevonden;Hogeschool Voorbeeldenstad"],
)
def test_an_organisation_on_another_line_or_in_a_longer_word_is_not(home: Home, text: str) -> None:
    for encoding in ("utf-8", "utf-16", "utf-16-be"):
        (home.logs / "planted").write_text(text, encoding=encoding)
        assert search(home, NEEDLES).is_clean


def test_a_name_and_an_organisation_count_in_one_row_of_a_table(home: Home) -> None:
    def write(organisations: tuple[str, str]) -> None:
        with scratch() as connection:
            connection.execute(
                "copy (select unnest(['Zoë Gevonden', 'Karel Kok']) as full_name,"
                f" unnest($1::varchar[]) as organisation) to '{home.logs}/planted' (format parquet)",
                [list(organisations)],
            )

    write(("Zuyd", "Hogeschool Voorbeeld"))
    assert search(home, NEEDLES).is_clean
    write(("Hogeschool Voorbeeld", "Zuyd"))
    assert not search(home, NEEDLES).is_clean
