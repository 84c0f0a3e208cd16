"""Publishing for real: on the demo network, and on networks small enough to know every figure."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from pathlib import Path

import duckdb
import pytest

from dashboard.site import site_files
from etl import publication as publications
from etl.errors import KringError, PublicationError, QuestionError, ReleaseError
from etl.home import Home
from etl.manifest import DATABASE
from etl.public_manifest import read_publication
from etl.publication import due_after, next_figures_on
from etl.published import PublishedFigures
from etl.release import current
from etl.schema.public import PublicContent, SiteFile
from etl.warehouse import PublicationReader, ReleaseReader, open_release
from flows.publishing import preview_site, publish_site
from flows.run import refresh
from tests.publication.conftest import Published, Small

MOST_BYTES, WANTED_BYTES, MOST_SECONDS = 60_000, 56_000, 0.5  # a long correction has room left
PAGES = ("openbaar/index.html", "public/index.html")
FIRST = {("Alpha", "2026-01-15"): 12, ("Beta", "2026-02-15"): 4}


def people_of(home: Home) -> list[tuple[str, str, str]]:
    served = current(home)
    assert served is not None
    connection = open_release(home.releases / served.release / DATABASE)
    try:
        return connection.execute("select full_name, email, person_id::varchar from core.person").fetchall()
    finally:
        connection.close()


def shown(home: Home, question: str = "public_members") -> list[str]:
    return [str(record["shown"]) for record in PublicationReader(home).ask(question).records()]


def bytes_under(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_no_name_address_or_id_of_the_demo_is_in_any_byte(demo: Published) -> None:
    people = people_of(demo.home)
    assert len(people) > 1000
    whole = b"\n".join(bytes_under(demo.home.public).values()).lower()
    for name, email, person in people:
        if email:
            assert email.lower().encode() not in whole
        if name and " " in name:
            assert name.lower().encode() not in whole
        assert person.encode() not in whole
    addresses = re.findall(rb"[a-z0-9._%+-]+@[a-z0-9-]+\.[a-z]", whole)
    assert addresses == []


def test_the_database_holds_the_published_tables_and_nothing_else(demo: Published) -> None:
    file = demo.home.public / demo.publication.publication / "public.duckdb"
    connection = open_release(file)
    try:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by table_name"
        ).fetchall()
        kinds = connection.execute(
            "select distinct data_type from duckdb_columns() where not internal"
        ).fetchall()
    finally:
        connection.close()
    assert tables == [
        ("published", "attendance_quarter"),
        ("published", "members_quarter"),
        ("published", "members_working_group"),
    ]
    assert {kind for (kind,) in kinds} <= {"VARCHAR", "DATE", "BIGINT"}


def test_every_count_of_the_demo_is_rounded_or_hidden(demo: Published) -> None:
    for question in ("public_members", "public_attendance", "public_working_groups"):
        written = shown(demo.home, question)
        assert written
        assert all(each in ("<10", "-", "") or (int(each) % 5 == 0 and int(each) >= 10) for each in written)


def test_the_open_quarter_is_not_published(demo: Published) -> None:
    ends = {record["period_end"] for record in PublicationReader(demo.home).ask("public_members").records()}
    assert max(str(end) for end in ends) == "2026-09-30"
    page = demo.site.joinpath("openbaar/index.html").read_text(encoding="utf-8")
    assert "Peildatum 30 september 2026. De volgende cijfers komen op 1 januari 2027." in page


@pytest.mark.parametrize("file", PAGES)
def test_the_page_is_small_whole_and_without_script(demo: Published, file: str) -> None:
    html = demo.site.joinpath(file).read_text(encoding="utf-8")
    assert len(html.encode()) < WANTED_BYTES < MOST_BYTES
    assert "<script" not in html
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in html
    assert html.count("<svg") == 3  # the mark, and the line in two widths
    members = int(str(PublicationReader(demo.home).ask("public_members").records()[-1]["members"]))
    written = f"{members:,}"
    assert f"{written}</text>" in html or f"{written.replace(',', '.')}</text>" in html


def test_the_page_stays_small_with_its_corrections(demo: Published, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(demo.home.root, home.root)
    notes = [f"{number}: " + "Het kwartaal telde ook de afgezegde webinars mee. " * 9 for number in (1, 2)]
    for note in notes:
        made = publish_site(home, note)
    for file in PAGES:
        html = (home.public / made.publication / "site" / file).read_text(encoding="utf-8")
        assert html.count("<section>") == 3
        assert all(note.strip() in html for note in notes)
        assert len(html.encode()) < MOST_BYTES


def test_the_sentence_is_that_of_the_rounded_numbers(demo: Published) -> None:
    records = PublicationReader(demo.home).ask("public_members").records()
    now, before = records[-1]["members"], records[-5]["members"]
    written = [f"{int(str(each)):,}".replace(",", ".") for each in (before, now)]
    html = demo.site.joinpath("openbaar/index.html").read_text(encoding="utf-8")
    assert f"Het netwerk groeide in een jaar van {written[0]} naar {written[1]} leden" in html


def test_rights_let_everyone_read_and_nobody_write(demo: Published) -> None:
    folder = demo.home.public / demo.publication.publication
    for path in (demo.home.public, folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)
    assert demo.home.public_pointer.stat().st_mode & 0o777 == 0o644
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["rule_version"], manifest["threshold"], manifest["rounding"]) == (1, 10, 5)


@dataclass(frozen=True)
class Got:
    """An answer of the server."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@contextmanager
def serving(home: Home) -> Iterator[Callable[..., Got]]:
    """`kring public` on a home; gives a function that asks it for a path, exactly as written."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [sys.executable, "-c", "from flows.cli import main; main()", "public"]
    options = ["--home", str(home.root), "--port", str(port)]
    with subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL) as process:

        def get(path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Got:
            with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request(method, path, headers=dict(headers or {}))
                with connection.getresponse() as answer:
                    return Got(answer.status, answer.read(), dict(answer.getheaders()))

        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                with suppress(OSError):
                    get("/")
                    break
                time.sleep(0.1)
            yield get
        finally:
            process.terminate()


def test_it_is_served_at_once_with_its_headers(demo: Published) -> None:
    with serving(demo.home) as get:
        get("/openbaar/")
        before = time.monotonic()
        answer = get("/openbaar/")
        assert time.monotonic() - before < MOST_SECONDS
        assert answer.status == 200
        assert len(answer.body) < MOST_BYTES
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
        assert get("/").headers["location"] == "/openbaar/"
        assert get("/public").headers["location"] == "/public/"
        assert get("/csv/members_quarter.csv").headers["content-type"].startswith("text/csv")
        assert get("/openbaar/", headers={"If-None-Match": answer.headers["etag"]}).status == 304
        outside = (
            "/manifest.json",
            "/public.duckdb",
            "/../current",
            "/%2e%2e/manifest.json",
            "/csv/",
            "//etc/passwd",
        )
        assert [get(path).status for path in outside] == [404] * len(outside)
        assert get("/openbaar/", "POST").status == 405


def test_before_the_first_publication_there_is_nothing_to_serve(tmp_path: Path) -> None:
    with serving(Home(tmp_path)) as get:
        assert get("/openbaar/").status == 404


def test_the_public_is_asked_from_the_publication_only(demo: Published) -> None:
    reader = PublicationReader(demo.home)
    assert reader.ask("public_working_groups").release == demo.publication.publication
    with pytest.raises(QuestionError, match="not for this role"):
        reader.ask("growth")


def test_a_group_under_the_threshold_is_hidden_everywhere(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    publish_site(home)
    assert shown(home, "public_working_groups") == ["10", "<10"]
    assert shown(home) == ["15"]
    page = next(home.public.glob("*/site/openbaar/index.html")).read_text(encoding="utf-8")
    assert "minder dan 10" in page
    assert ">4<" not in page


def test_the_calendar_refuses_and_published_figures_stay(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    first = publish_site(home)
    assert first.due_on == date(2026, 6, 1)
    with pytest.raises(PublicationError, match="too recent; expected 2026-06-01"):
        publish_site(home)

    later = {("Alpha", "2026-01-15"): 32, ("Beta", "2026-02-15"): 14, ("Alpha", "2026-04-10"): 20}
    home = small(date(2026, 7, 2), later)
    second = publish_site(home)
    assert second.publication > first.publication
    assert read_publication(home) == second
    assert shown(home) == ["15", "65"]  # March as published, though 46 are known by now
    assert shown(home, "public_working_groups") == ["10", "<10", "50", "15"]

    with pytest.raises(PublicationError, match="too recent"):
        publish_site(home)
    third = publish_site(home, "Een lijst van maart ontbrak.")
    assert shown(home) == ["45", "65"]
    assert shown(home, "public_working_groups")[:2] == ["30", "<10"]  # hidden once, hidden for ever
    page = (home.public / third.publication / "site/openbaar/index.html").read_text(encoding="utf-8")
    assert "Herzien op 2 juli 2026: Een lijst van maart ontbrak." in page


def test_a_group_that_turns_out_to_have_nobody_is_hidden_by_a_correction(small: Small) -> None:
    home = small(date(2026, 5, 1), {("Alpha", "2026-01-15"): 40, ("Gamma", "2026-01-15"): 16})
    publish_site(home)
    assert groups_shown(home) == [("2026-03-31", "Alpha", "40"), ("2026-03-31", "Gamma", "15")]
    with duckdb.connect(home.warehouse_file) as feeds:  # as if the wrong list had never been taken
        feeds.execute("delete from stored.membership where working_group = 'Gamma'")
    home = small(date(2026, 5, 2), {("Alpha", "2026-01-15"): 40, ("Beta", "2026-04-02"): 12})
    publish_site(home, "Een lijst van Gamma was van een ander netwerk.")
    assert groups_shown(home) == [("2026-03-31", "Alpha", "40"), ("2026-03-31", "Gamma", "<10")]
    with PublishedFigures(home) as ledger:
        kept = {figure.keys[0]: figure.figure for figure in ledger.exact_figures() if figure.label}
    assert kept == {"Alpha": 40, "Gamma": 0}
    assert shown(home) == ["40"], "of the network 55 were published"


def groups_shown(home: Home) -> list[tuple[str, str, str]]:
    rows = PublicationReader(home).ask("public_working_groups").records()
    return [(str(row["period_end"]), str(row["working_group"]), str(row["shown"])) for row in rows]


def restated_figures(home: Home) -> list[tuple[object, ...]]:
    rows = ReleaseReader(home).ask("restatements").records()
    return [(row["row_key"], row["published"], row["current"], row["reason"]) for row in rows]


def test_a_group_in_other_capitals_stays_the_group_that_was_published(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    publish_site(home)
    with duckdb.connect(home.warehouse_file) as feeds:  # as if the first list had been kept no longer
        feeds.execute("delete from stored.membership")
    home = small(date(2026, 5, 1), {("ALPHA", "2026-01-15"): 12, ("beta", "2026-02-15"): 4})
    assert {str(row["value"]) for row in ReleaseReader(home).ask("filters").records()} == {"ALPHA", "beta"}
    assert restated_figures(home) == [], "no figure changed"

    publish_site(home, "Een lijst is opnieuw ingelezen.")
    march = [("2026-03-31", "Alpha", "10"), ("2026-03-31", "Beta", "<10")]
    assert groups_shown(home) == march, "no second figure of a group, from which the first could be taken"

    home = small(date(2026, 7, 2), {("ALPHA", "2026-01-15"): 32, ("beta", "2026-02-15"): 14})
    ((key, published, current, reason),) = [row for row in restated_figures(home) if "Alpha" in str(row[0])]
    assert (key, published, current) == ("Alpha, 2026-03-31", 12, 32)
    assert str(reason).startswith("a late file received on "), "looked for under its name of now"
    publish_site(home, "Een lijst van maart ontbrak.")
    june = [("2026-06-30", "Alpha", "30"), ("2026-06-30", "Beta", "15")]
    corrected = [("2026-03-31", "Alpha", "30"), march[1]]
    assert groups_shown(home) == [*corrected, *june]
    with PublishedFigures(home) as ledger:
        kept = {figure.keys: figure.figure for figure in ledger.exact_figures() if figure.label}
    assert kept[("Alpha", date(2026, 6, 30))] == 32


def test_a_person_named_in_a_note_or_group_stops_it_and_leaves_nothing(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    with pytest.raises(PublicationError, match="a person of the network is named") as refused:
        publish_site(home, "Met dank aan Lid 2026-01-15 Alpha 3.")
    assert "Alpha 3" not in refused.value.line()
    assert bytes_under(home.public) == {}
    assert read_publication(home) is None


def test_an_address_that_a_page_would_let_slip_is_found(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)

    def leaking(content: PublicContent) -> tuple[SiteFile, ...]:
        slip = "<p>LID3.alpha.2026-01-15&#64;example.org</p>"
        return (*site_files(content), SiteFile("deep/slip.html", slip.encode()))

    with pytest.raises(PublicationError, match=r"deep/slip\.html"):
        publications.publish(home, leaking)
    assert bytes_under(home.public) == {}


def test_a_publication_that_died_before_it_was_served_does_not_count(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small(date(2026, 5, 1), FIRST)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(publications, "_point_at", die)
        with pytest.raises(KeyboardInterrupt):
            publish_site(home)
    (home.public / ".build-left").mkdir()
    assert read_publication(home) is None

    home = small(date(2026, 5, 2), {**FIRST, ("Alpha", "2026-01-20"): 20})
    second = publish_site(home)
    assert read_publication(home) == second
    assert shown(home) == ["35"]
    assert not list(home.public.glob(".*"))
    with pytest.raises(PublicationError, match="too recent"):
        publish_site(home)


def test_what_people_put_beside_a_release_or_publication_is_theirs(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    own = [
        home.public / "wasted space",
        home.public / "assets",
        home.releases / "zz copy",
        home.releases / "1",
    ]
    for folder in own:
        folder.mkdir()
        (folder / "own.txt").write_text("mine")
    first = publish_site(home)
    home = small(date(2026, 5, 2), {**FIRST, ("Alpha", "2026-04-20"): 20})
    second = publish_site(home, "Nog eens.")
    assert first.publication < second.publication
    assert read_publication(home) == second
    for release in range(3):
        refresh(home, rebuild=release > 0)
    assert all((folder / "own.txt").is_file() for folder in own)


def test_a_publication_comes_after_every_other_that_is_known(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    publish_site(home)
    later = "20990101T000000000-abcdef"  # made by a clock that ran ahead; its folder is gone
    with closing(sqlite3.connect(home.ledger_file)) as ledger, ledger:
        for table in ("publication", "published_figure", "published_state"):
            ledger.execute(f"update {table} set publication = ?", (later,))
    shutil.rmtree(home.public)
    assert publish_site(home, "De pagina was weg.").publication > later
    assert shown(home) == ["15"]


def test_a_pointer_that_cannot_be_read_is_put_right_by_a_correction(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    publish_site(home)
    home.public_pointer.write_text("nothing", encoding="utf-8")
    with pytest.raises(ReleaseError, match="no readable publication"):
        read_publication(home)
    again = publish_site(home, "De pagina was niet te lezen.")
    assert read_publication(home) == again


def test_the_flow_does_what_the_command_does(small: Small) -> None:
    from flows.publish import publish_the_figures

    home = small(date(2026, 5, 1), FIRST)
    made = publish_the_figures.fn(str(home.root))
    found = read_publication(home)
    assert found is not None
    assert found.publication == made
    with pytest.raises(KringError, match="too recent"):
        publish_the_figures.fn(str(home.root))


def test_a_preview_publishes_nothing_and_is_private(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    draft = preview_site(home)
    assert draft.may_be_published
    assert (home.preview / "openbaar/index.html").is_file()
    assert home.preview.stat().st_mode & 0o777 == 0o700
    assert bytes_under(home.public) == {}


@pytest.mark.parametrize(
    "change",
    [
        "drop table core.person_decision",
        "alter table core.source_file drop rows_used",
        "alter table core.person rename full_name to name",
        "drop table marts.growth_day",
    ],
)
def test_a_release_of_another_version_is_made_again_first(small: Small, change: str) -> None:
    home = small(date(2026, 5, 1), FIRST)
    served = current(home)
    assert served is not None
    file = home.releases / served.release / DATABASE
    with duckdb.connect(str(file)) as connection:
        connection.execute(change)
    with pytest.raises(ReleaseError) as refused:
        preview_site(home)
    assert refused.value.line().startswith("release: another version of Kring made it, and it lacks what ")
    assert refused.value.line().endswith("Make it again with: kring refresh")


def test_without_a_quarter_that_is_over_there_is_nothing_to_publish(small: Small) -> None:
    with pytest.raises(PublicationError, match="no quarter is over yet"):
        publish_site(small(date(2026, 3, 1), FIRST))


@pytest.mark.parametrize(
    ("last", "day", "due"),
    [
        (date(2026, 11, 21), 1, date(2026, 12, 1)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 3), 15, date(2026, 11, 15)),
        (date(2026, 12, 31), 28, date(2027, 1, 28)),
    ],
)
def test_the_fixed_day(last: date, day: int, due: date) -> None:
    assert due_after(last, day) == due


def test_the_next_figures_come_after_the_quarter_that_runs() -> None:
    assert next_figures_on(date(2026, 9, 30), 1) == date(2027, 1, 1)
    assert next_figures_on(date(2026, 3, 31), 15) == date(2026, 7, 15)


def kring(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from flows.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_the_command_publishes_and_answers(small: Small) -> None:
    home = small(date(2026, 5, 1), FIRST)
    nobody = kring("publish", "--home", home.root)
    assert (nobody.returncode, bytes_under(home.public)) == (2, {})
    done = kring("publish", "--home", home.root, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["period_end"] == "2026-03-31"
    again = kring("publish", "--home", home.root, "--yes")
    assert again.returncode == 1
    assert "too recent" in again.stderr
    asked = kring("ask", "public_members", "--role", "public", "--home", home.root, "--format", "json")
    assert json.loads(asked.stdout)["rows"][0]["shown"] == "15"
    assert kring("ask", "growth", "--role", "public", "--home", home.root).returncode == 2
