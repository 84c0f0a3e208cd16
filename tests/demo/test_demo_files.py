"""The demo network's files: the same each time, invented, and true to the formats they claim to be."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from etl.demo import write_demo
from etl.demo.calendar import network_sessions
from etl.demo.formats.google import download_stamp
from etl.demo.leernetwerk import leernetwerk_members, leernetwerk_turnouts
from etl.demo.members import AS_OF, network_members
from etl.demo.people import Organisation, Person, host, invent_people
from etl.home import Home
from etl.settings import load_settings

ADDRESS = re.compile(rb"[\w.+'-]+@([\w.-]+)")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    write_demo(home)
    return home


def files(home: Home) -> dict[str, bytes]:
    paths = sorted(path for path in home.inbox.rglob("*") if path.is_file())
    return {str(path.relative_to(home.inbox)): path.read_bytes() for path in paths}


def unpacked(content: bytes) -> bytes:
    """The content with everything in a zip or workbook laid open."""
    if not content.startswith(b"PK"):
        return content.decode("utf-16").encode() if content[:2] in (b"\xff\xfe", b"\xfe\xff") else content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def test_two_demos_are_equal_to_the_byte(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    again = Home(tmp_path / "again")
    write_demo(again)
    assert files(again) == files(home)
    assert again.settings_file.read_bytes() == home.settings_file.read_bytes()


def test_a_workbook_does_not_tell_when_it_was_made(home: Home) -> None:
    for name, content in files(home).items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
                assert b"2026-11-21T06:00:00Z" in archive.read("docProps/core.xml")


def test_every_address_is_at_example_org_or_example_nl(home: Home) -> None:
    domains = {
        match.decode().lower()
        for content in files(home).values()
        for match in ADDRESS.findall(unpacked(content))
    }
    assert len(domains) > 20
    assert not [domain for domain in domains if not re.fullmatch(r"([\w-]+\.)*example\.(org|nl)", domain)]


def test_files_are_private_and_few_enough_for_one_refresh(home: Home) -> None:
    paths = [path for path in home.inbox.rglob("*") if path.is_file()]
    assert 100 <= len(paths) <= 150
    assert all(path.stat().st_mode & 0o077 == 0 for path in [*paths, home.settings_file])


def test_settings_are_valid_and_fix_the_day(home: Home) -> None:
    settings = load_settings(home, {})
    assert settings.network.name == "Netwerk Learning Communities"
    assert settings.network.as_of == AS_OF
    names = [Path(name).name for name in files(home)]
    for mapping in settings.tables:
        assert any(mapping.fits(name) for name in names), mapping.name


def test_teams_reports_are_utf16_of_both_kinds_with_tabs_and_three_sections(home: Home) -> None:
    reports = {name: content for name, content in files(home).items() if "Attendance report" in name}
    marks = [content[:2] for content in reports.values()]
    assert marks.count(b"\xff\xfe") > marks.count(b"\xfe\xff") > 3
    for name, content in reports.items():
        lines = content.decode("utf-16").split("\r\n")
        sections = [line for line in lines if re.match(r"\d\. ", line)]
        assert [line[0] for line in sections] == ["1", "2", "3"], name
        start = lines.index(sections[1])
        assert all(line.count("\t") == 6 for line in lines[start + 1 : lines.index(sections[2]) - 1]), name
        assert all(line.count("\t") == 5 for line in lines[lines.index(sections[2]) + 1 : -1]), name
    headings = b"".join(unpacked(content) for content in reports.values())
    assert b"2. Deelnemers" in headings
    assert b"2. Participants" in headings


def test_dutch_csv_has_semicolons_and_both_encodings(home: Home) -> None:
    found = files(home)
    members = found["leden/ledenadministratie 2026-11-20.csv"]
    assert members.split(b"\r\n")[0].count(b";") == 10
    with pytest.raises(UnicodeDecodeError):
        members.decode("utf-8")
    assert "Aïcha" in members.decode("cp1252")
    assert found["agenda/agenda 2021.csv"].startswith(b"\xef\xbb\xbfNummer;")
    assert re.search(rb";9-6-2021 14:00;9-6-2021 16:30;.*;ca. 130;", found["agenda/agenda 2021.csv"])


def test_forms_have_the_stamps_of_the_download_and_of_the_sheet(home: Home) -> None:
    found = files(home)
    chain = found["vragen/Vragen ophalen 9 juni 2021.csv"].decode()
    assert chain.startswith('"Tijdstempel","E-mailadres"')
    stamps = [row[0] for row in list(csv.reader(io.StringIO(chain)))[1:]]
    assert stamps
    assert all(re.fullmatch(r"2021/\d\d/\d\d \d{1,2}:\d\d:\d\d [ap]\.m\. CES?T", stamp) for stamp in stamps)
    sheet = next(
        content for name, content in found.items() if name.startswith("aanmeldingen/") and "2024" in name
    )
    assert re.match(rb"Tijdstempel,E-mailadres,.*\r\n\d{1,2}-\d{1,2}-20\d\d \d{1,2}:\d\d:\d\d,", sheet)


def test_the_stamp_of_a_download_knows_noon_midnight_and_summer_time() -> None:
    from datetime import datetime

    assert download_stamp(datetime(2024, 12, 3, 0, 5, 9)) == "2024/12/03 12:05:09 a.m. CET"
    assert download_stamp(datetime(2024, 7, 3, 12, 0, 0)) == "2024/07/03 12:00:00 p.m. CEST"


def test_the_linkedin_archive_has_notes_hidden_rows_and_no_last_newline(home: Home) -> None:
    content = next(content for name, content in files(home).items() if name.endswith(".zip"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("Connections.csv").decode("utf-8")
    assert text.startswith("Notes:\n")
    assert not text.endswith("\n")
    assert len(re.findall(r"^,,,,,,\d\d [A-Z][a-z]{2} \d{4}$", text, re.MULTILINE)) == 5


def test_some_files_are_wrong_on_purpose(home: Home) -> None:
    found = files(home)
    assert found["leden/leden-export.csv"].startswith(b"<!DOCTYPE html>")
    contents = list(found.values())
    assert len(contents) - len(set(contents)) == 3


def test_sessions_are_on_working_days_with_the_dates_of_the_story() -> None:
    sessions = {session.starts_at.date().isoformat(): session for session in network_sessions()}
    assert {"2020-11-26", "2021-03-16", "2021-04-08", "2021-06-09", "2022-05-17"} <= set(sessions)
    assert [session.title for session in sessions.values() if session.starts_at.weekday() > 4] == []
    assert sessions["2020-11-26"].headcount == "ca. 100"
    assert sessions["2021-06-09"].headcount == "ca. 130"
    conferences = [day[:7] for day, session in sessions.items() if session.series == "Werkconferentie"]
    assert conferences == [f"{year}-11" for year in range(2021, 2027)]


def test_the_leernetwerk_reaches_eighty_and_forty_percent() -> None:
    members = leernetwerk_members(network_members())
    whole = {stay.person.email for stay in members if stay.starts_on < AS_OF.replace(month=1, day=9)}
    whole -= {stay.person.email for stay in members if stay.ends_on}
    came = [
        {one.email for one in turnout.present} & whole for turnout in leernetwerk_turnouts(members, host())
    ]
    shares = [len(each) / len(whole) for each in came]
    assert len(whole) == 50
    assert len(set.union(*came)) == 40
    assert sum(shares) / len(shares) == pytest.approx(0.40, abs=0.005)
    assert (min(shares), max(shares)) == (0.2, 0.6)
    assert [stay.role for stay in members[:4]] == ["facilitator", "kern", "kern", "kern"]


def test_lists_sort_on_the_surname_without_its_particle() -> None:
    school = Organisation("Hogeschool Noordrand", "hbo", "noordrand.example.nl", "NL", 1, ())
    person = Person(1, "Jan", "van den Theelepel", school, "praktijk", "docent", 1.0, "", "")
    assert person.name_by_surname == "Theelepel, Jan van den"
    assert person.name == "Jan van den Theelepel"


def test_people_share_names_but_never_addresses() -> None:
    people = invent_people(1500)
    assert len({person.name for person in people}) < 1500
    assert len({person.email for person in people} | {person.private_email for person in people}) == 3000
