"""Hostile names as headings, file names, titles, theme labels and filter values change no statement."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from etl.decisions import Decisions, ThemeName
from etl.errors import QuestionError
from etl.home import Home
from etl.manifest import DATABASE, read_manifest
from etl.reading.child import ReadJob, read_files
from etl.reading.file import read_file
from etl.schema.feeds import MEMBERSHIP
from etl.settings import Settings, TableMapping, read_settings
from etl.settings_file import table_text
from etl.sources.source import FileStatus
from etl.warehouse import ReleaseReader, scratch
from flows.run import refresh
from queries.catalog import questions
from tests.conftest import LONG

SEED = 20261121
COUNT = 500
ASKED = COUNT if os.environ.get(LONG) else 25
HEADINGS = COUNT if os.environ.get(LONG) else 60
PIECES = (
    '"', "'", ";", "--", "/*", "*/", "$$", "$1", "?", ":x", "{}", "%s", "\\", "`", "\u2019", "\u202e", "😀",
    'x"); drop table ok; --', "'; drop table core.person; --", "' or '1'='1", "select", "union all select 1",
    "pragma database_list", "attach 'x.db'", "copy (select 1) to '/x.csv'", "read_csv('/etc/passwd')",
    "core.person", "\u0000", "null", "\u00a0", "é", "](x)", "<script>alert(1)</script>", "${env}", "{{7*7}}",
)  # fmt: skip
SETTINGS = """\
[network]
name = "Hostile"
as_of = 2026-06-30

[[tables]]
name = "agenda"
match = "agenda*.csv"
feed = "event"
[tables.columns]
id = "event_id"
titel = "title"
begin = "starts_at"
groep = "working_group"
reeks = "series"

[[tables]]
name = "members"
match = "*.members.csv"
feed = "membership"
partial = true
[tables.columns]
naam = "full_name"
mail = "email"
groep = "working_group"
organisatie = "organisation"
"""


def hostile(count: int) -> list[str]:
    """So many different names, none of them blank, none with a character that no text holds."""
    chance = random.Random(SEED)
    found: dict[str, None] = {}
    while len(found) < count:
        made = "".join(chance.choices(PIECES, k=chance.randint(1, 4))).replace("\0", "").strip()
        if made and made.strip("\u00a0 "):
            found[made] = None
    return list(found)


NAMES = hostile(COUNT)


def table(rows: Sequence[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


def _mapping(number: int, name: str) -> TableMapping:
    columns = ((name, "full_name"), ("mail", "email"))
    return TableMapping(f"m{number} {name}", f"{number}.csv", MEMBERSHIP, columns)


def test_headings_reach_their_field_and_nothing_else(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    names = NAMES[:: COUNT // HEADINGS]
    settings = Settings(tables=tuple(_mapping(number, name) for number, name in enumerate(names)))
    jobs = []
    for number, name in enumerate(names):
        path = tmp_path / f"{number}.bytes"
        path.write_bytes(table([("mail", name), ("an@example.org", name), ("bo@example.org", "Bo")]))
        jobs.append(ReadJob(path, f"{number}.csv", f"{number:064d}", datetime(2026, 11, 21)))
    for reading, name in zip(read_files(jobs, settings, work), names, strict=True):
        assert reading.status is FileStatus.ACCEPTED, (name, reading.reason)
        found = duckdb.sql(f"SELECT full_name, email FROM '{reading.feeds[0].path}' ORDER BY line").fetchall()
        assert found == [(name, "an@example.org"), ("Bo", "bo@example.org")]
    with scratch(threads=1) as database:
        for job, name in list(zip(jobs, names, strict=True))[:ASKED]:
            reading = read_file(job, settings, database, work, large_bytes=1)
            assert reading.rows.used == 2, name
            assert database.sql("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]
    print(f"trust 27: {len(names)} headings, {ASKED} as large tables: 0 statements changed")


def test_a_mapping_with_a_hostile_name_is_written_and_read_back_the_same() -> None:
    for name in NAMES:
        mapping = TableMapping(name, "members*.csv", MEMBERSHIP, ((name, "full_name"),), (("role", name),))
        (again,) = read_settings(table_text(mapping), {}).tables
        assert again == mapping


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A network in which everything that people write is hostile."""
    made = Home(tmp_path_factory.mktemp("hostile") / "home")
    made.create()
    made.settings_file.write_text(SETTINGS, encoding="utf-8")
    agenda = [("id", "titel", "begin", "groep", "reeks")]
    agenda += [(f"E{n}", name, "2026-03-04T13:00:00Z", name, name) for n, name in enumerate(NAMES)]
    (made.inbox / "agenda.csv").write_bytes(table(agenda))
    for number, name in enumerate(NAMES[:100]):
        plain = name.replace("/", "_")[:80]
        rows = [("naam", "mail", "groep", "organisatie"), (name, f"p{number}@example.org", name, name)]
        (made.inbox / f"{number}{plain}.members.csv").write_bytes(table(rows))
    with Decisions(made) as decisions:
        for number, name in enumerate(NAMES[:20]):
            decisions.rename_theme(ThemeName(f"t{number}", name, name))
    report = refresh(made)
    assert report.published_release
    return made


@pytest.fixture(scope="module")
def reader(home: Home) -> Iterator[ReleaseReader]:
    with_home = ReleaseReader(home)
    yield with_home
    with_home.close()


def test_what_people_write_comes_out_as_they_wrote_it(home: Home, reader: ReleaseReader) -> None:
    sessions = {str(row["title"]) for row in reader.ask("sessions", {}).records()}
    assert sessions == {" ".join(name.split()) for name in NAMES} or sessions == set(NAMES)
    files = reader.ask("data_status").records()
    assert files
    counts = {each.name: each.rows for each in read_manifest(home.releases / reader.current().id).tables}
    assert counts["core.person"] == 100
    assert counts["core.source_file"] == 101


def test_filter_values_are_values(home: Home, reader: ReleaseReader) -> None:
    release = home.releases / reader.current().id / DATABASE
    before = hashlib.sha256(release.read_bytes()).hexdigest()
    asked = refused = 0
    for question in questions():
        for parameter in question.parameters:
            for name in NAMES[:: COUNT // ASKED]:
                asked += 1
                try:
                    answer = reader.ask(question.name, {parameter.name: name}).columns
                except QuestionError:
                    refused += 1
                    continue
                assert answer == tuple(column.name for column in question.returns), question.name
    assert hashlib.sha256(release.read_bytes()).hexdigest() == before
    print(f"trust 27: {asked} filter values: 0 statements changed, {refused} refused in one line")
