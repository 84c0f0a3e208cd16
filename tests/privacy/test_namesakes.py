"""An erasure beside namesakes, longer names and addresses written otherwise: all of theirs, no other's."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl.home import Home
from etl.identity.keys import SQL_FUNCTIONS
from etl.privacy.erasure import begin
from etl.privacy.register import Suppressions
from etl.privacy.search import Needle, search
from etl.privacy.subject import find_people, person
from etl.warehouse import open_warehouse, scratch
from flows.person import erase, erasure_preview, report_lines
from flows.run import refresh

SETTINGS = """\
[network]
name = "Klein netwerk"
as_of = 2026-06-30

[[tables]]
name = "members"
match = "members*.csv"
feed = "membership"
[tables.columns]
Naam = "full_name"
"E-mail" = "email"
Organisatie = "organisation"
Nummer = "external_id"
"""
HEADING = "Naam,E-mail,Organisatie,Nummer\n"
NAMESAKES = (
    ("Jan Smit", "jan@han.example.org", "HAN", ""),
    ("Jan Smit", "jan.smit@vu.example.org", "Vrije Universiteit", ""),
    ("Jan P. Smit", "jan.smit@vu.example.org", "Vrije Universiteit", ""),
    ("Karel Kok", "karel@han.example.org", "HAN", ""),
    ("Johan Bos", "johan@zuyd.example.org", "Zuyd", ""),
)
ONE_PERSON = (
    ("Anna de Vries", "anna@example.org", "HAN", ""),
    ("Anna de Vries", "Anna de Vries <Anna@example.org>", "HAN", ""),
    ("A. de Vries", "mailto:anna@example.org", "HAN", ""),
    ("A. de Vries", "anna@example.org; a.devries@example.nl", "HAN", ""),
    ("anna@example.org", "", "", ""),
    ("Anna de Vries (HAN)", "", "", ""),
    ("Anna de Vries - gast", "", "", ""),
    ("", "", "", "anna@example.org"),
)
OTHERS = (
    ("Anna de Vries Bakker", "adb@example.nl", "Zuyd", ""),
    ("Johanna de Vries", "johanna@example.nl", "Zuyd", ""),
    ("Suzanna", "suzanna@example.org", "HAN", ""),
    ("Karel Kok", "karel@example.nl", "HAN", ""),
)
Row = tuple[str, str, str, str]


def network(root: Path, rows: tuple[Row, ...]) -> Home:
    home = Home(root)
    home.create()
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    home.settings_file.chmod(0o600)
    (home.inbox / "members.csv").write_text(
        HEADING + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8"
    )
    refresh(home)
    return home


def rows_left(home: Home) -> list[Row]:
    with open_warehouse(home.warehouse_file, read_only=True) as warehouse:
        found = warehouse.execute("select full_name, email, organisation, external_id from main.membership")
        return sorted(
            (name or "", email or "", place or "", number or "")
            for name, email, place, number in found.fetchall()
        )


@pytest.mark.parametrize("gone", ["jan@han.example.org", "jan.smit@vu.example.org"])
def test_one_of_two_of_the_same_name_is_erased_and_proved(tmp_path: Path, gone: str) -> None:
    """A namesake who is listed beside a colleague is not the person who was erased."""
    home = network(tmp_path / "home", NAMESAKES)
    report = erase(home, gone)
    assert (report.found, report.unread) == ((), ())
    assert rows_left(home) == sorted(row for row in NAMESAKES if row[1] != gone)


def test_what_is_written_otherwise_goes_and_who_has_a_longer_name_stays(tmp_path: Path) -> None:
    home = network(tmp_path / "home", (*ONE_PERSON, *OTHERS))
    report = erase(home, "anna@example.org")
    assert (report.found, report.unread) == ((), ())
    assert rows_left(home) == sorted(OTHERS)
    assert not any(b"anna@example.org" in path.read_bytes() for path in home.landed.rglob("*.csv"))


NEAR = (("Anna de Vries Saxion", "", "", ""), ("Gast Anna de Vries", "", "", ""))


def test_who_has_the_name_with_more_around_it_and_no_address_is_named_to_be_judged(tmp_path: Path) -> None:
    hanna = ("Hanna de Vries HAN", "", "", "")
    theirs = ("Anna de Vries HAN", "", "", "")  # as another row writes it, in brackets
    home = network(tmp_path / "home", (*ONE_PERSON, *OTHERS, *NEAR, hanna, theirs))
    asked = erasure_preview(home, "anna@example.org")
    near = {each for name, *_ in NEAR for each in find_people(home, name)}
    assert len(near) == 2
    assert set(asked.near) == near, "not Hanna, nor who has an address of their own"
    report = erase(home, "anna@example.org")
    assert report.is_clean, "they are somebody else until somebody says otherwise"
    assert set(report.near) == near
    told = "\n".join(report_lines(report))
    assert all(each in told for each in near)
    assert "Anna" not in told
    for each in report.near:
        assert erase(home, each).is_clean
    assert rows_left(home) == sorted((*OTHERS, hanna))


@pytest.mark.parametrize(
    ("joined_on", "now"),
    [("2063-01-01", None), ("2024-05-01", datetime(2019, 1, 1, tzinfo=UTC))],
    ids=["a day to come", "a clock set back"],
)
def test_a_list_that_was_here_before_is_no_new_consent(
    tmp_path: Path, joined_on: str, now: datetime | None
) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.write_text(SETTINGS + 'Sinds = "joined_on"\n', encoding="utf-8")
    home.settings_file.chmod(0o600)
    (home.inbox / "members.csv").write_text(
        f"{HEADING.strip()},Sinds\nKim Proef,kim@example.org,HAN,,{joined_on}\n"
        "Bo Test,bo@example.org,HAN,,2024-01-01\n",
        encoding="utf-8",
    )
    refresh(home)
    begin(home, person(home, "kim@example.org"), now)
    refresh(home)
    assert [name for name, *_ in rows_left(home)] == ["Bo Test"]
    assert search(home, [Needle("kim@example.org")]).is_clean
    with Suppressions(home) as suppressions:
        assert len(suppressions.of(["email:kim@example.org"])) == 1, "not lifted"


@pytest.mark.parametrize("said", ["id", "Karel Kok", "karel@han.example.org"])
def test_asking_again_for_an_erasure_that_was_broken_off_finishes_it(tmp_path: Path, said: str) -> None:
    """Its person may be out of the figures already; who asks again is told how it ended."""
    home = network(tmp_path / "home", NAMESAKES)
    known = person(home, "karel@han.example.org")
    begin(home, known)
    report = erase(home, known.person_id if said == "id" else said)
    assert report.is_clean and report.person_id == known.person_id
    assert not home.erasing_file.exists()
    assert rows_left(home) == sorted(row for row in NAMESAKES if row[0] != "Karel Kok")


def test_damaged_archives_that_come_after_an_erasure_stop_nothing_and_keep_nothing(tmp_path: Path) -> None:
    home = network(tmp_path / "home", NAMESAKES)
    erase(home, "jan@han.example.org")
    with zipfile.ZipFile(home.inbox / "damaged.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("members.csv", HEADING + "".join(f"P{n * 7919 % 10007},,,\n" for n in range(3000)))
    data = bytearray((home.inbox / "damaged.zip").read_bytes())
    data[60:400] = bytes(byte ^ 0xFF for byte in data[60:400])
    (home.inbox / "damaged.zip").write_bytes(data)
    (home.inbox / "cut.xlsx").write_bytes(b"PK\3\4 cut off; jan@han.example.org")
    assert refresh(home).files_refused == 2
    assert search(home, [Needle("jan@han.example.org")]).is_clean


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Info <info@example.org>", None),
        ("mailto:secretariaat@example.org", None),
        ("Anna <Anna@Example.org>", "email:anna@example.org"),
        ("MAILTO:anna@example.org ", "email:anna@example.org"),
        ("anna+lid@example.org", "email:anna+lid@example.org"),
    ],
)
def test_an_address_is_what_stands_between_the_brackets(written: str, key: str | None) -> None:
    with scratch() as connection:
        connection.execute("attach ':memory:' as staging")
        for function in SQL_FUNCTIONS:
            connection.execute(function.statement)
        assert connection.execute("select staging.email_key($1)", [written]).fetchone() == (key,)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("https://nl.linkedin.com/in/Anna-Smit/?trk=x", "linkedin:anna-smit"),
        ("/in/anna-smit", "linkedin:anna-smit"),
        ("https://school.example.org/in/contact", None),
        ("https://www.linkedin.com/company/in", None),
    ],
)
def test_only_a_profile_at_linkedin_is_a_key(written: str, key: str | None) -> None:
    """A website in the column of profiles joins nobody: two schools may both have a page /in/contact."""
    with scratch() as connection:
        connection.execute("attach ':memory:' as staging")
        for function in SQL_FUNCTIONS:
            connection.execute(function.statement)
        assert connection.execute("select staging.linkedin_key($1)", [written]).fetchone() == (key,)
