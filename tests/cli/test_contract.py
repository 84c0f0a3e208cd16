"""What scripts may rely on: the shapes of JSON, the exit codes, and errors of one line."""

from __future__ import annotations

import csv
import io
import json
import re
import socket
from importlib.metadata import version
from pathlib import Path

import pytest

from etl.home import Home
from tests.cli.network import MEMBERS_HEADING, kring, members, presence

REFRESH_KEYS = {
    "release", "as_of", "published_release", "files", "rows", "people", "seconds", "steps", "warnings",
}  # fmt: skip
INSPECT_KEYS = {
    "file", "sha256", "format", "status", "reason", "rows", "rejects", "counts", "dates", "sessions",
    "attendance", "warnings",
}  # fmt: skip
COUNTS = {
    "people", "distinct_emails", "unidentified", "memberships", "contacts", "events", "registrations",
    "attendances", "contributions", "reach",
}  # fmt: skip


def test_the_version_is_the_installed_one() -> None:
    done = kring("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"Kring {version('kring')}")


def test_refresh_prints_one_object_and_its_progress_as_lines(network: Home) -> None:
    (network.inbox / "members 2.csv").write_text(members(40, 50), encoding="utf-8")
    (network.inbox / "unfinished.csv.part").write_text("half", encoding="utf-8")
    done = kring("refresh", "--home", network.root, "--json")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert said.keys() == REFRESH_KEYS
    assert said["published_release"] is True
    assert said["as_of"] == "2026-06-30"
    assert said["files"] == {"new": 1, "known": 0, "refused": 0}
    assert said["rows"] == {"read": 10, "used": 10, "rejected": 0}
    assert said["people"] == 49
    assert said["warnings"] == []
    assert all(step.keys() == {"name", "seconds"} for step in said["steps"])
    assert sum(step["seconds"] for step in said["steps"]) <= said["seconds"]
    steps = [json.loads(line) for line in done.stderr.splitlines()]
    assert all(step.keys() == {"step", "index", "of"} for step in steps)
    assert [step["index"] for step in steps] == sorted(step["index"] for step in steps)
    assert steps[-1]["index"] == steps[-1]["of"]
    assert (network.inbox / "unfinished.csv.part").exists()
    assert not (network.inbox / "members 2.csv").exists()


def test_a_refresh_with_nothing_new_makes_no_release(network: Home) -> None:
    before = sorted(path.name for path in network.releases.iterdir())
    for _ in range(2):
        done = kring("refresh", "--home", network.root, "--json")
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert said["published_release"] is False
        assert said["files"] == {"new": 0, "known": 0, "refused": 0}
    (network.inbox / "again.csv").write_text(members(1, 40), encoding="utf-8")
    done = kring("refresh", "--home", network.root, "--json")
    assert json.loads(done.stdout)["files"] == {"new": 0, "known": 1, "refused": 0}
    assert json.loads(done.stdout)["published_release"] is False
    assert sorted(path.name for path in network.releases.iterdir()) == before
    assert kring("refresh", "--home", network.root).stdout.startswith("Nothing new: release ")


@pytest.mark.parametrize(
    ("old", "new"),
    [("as_of = 2026-06-30", "as_of = 2026-07-01"), ("as_of", "grace_days = 60\nas_of"), ("Klein", "Groot")],
)
def test_another_setting_makes_another_release(network: Home, old: str, new: str) -> None:
    text = network.settings_file.read_text(encoding="utf-8")
    network.settings_file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert json.loads(kring("refresh", "--home", network.root, "--json").stdout)["published_release"] is True


def test_a_rebuild_gives_the_same_tables_and_keeps_its_day(network: Home) -> None:
    text = network.settings_file.read_text(encoding="utf-8")
    network.settings_file.write_text(text.replace("as_of = 2026-06-30", ""), encoding="utf-8")
    (network.inbox / "presence 2.csv").write_text(
        presence("E2", "2026-05-06", range(9, 30)), encoding="utf-8"
    )
    assert kring("refresh", "--home", network.root, "--as-of", "2026-06-15").returncode == 0
    done = kring("refresh", "--home", network.root, "--rebuild", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["published_release"], said["as_of"]) == (True, "2026-06-15")
    assert said["rows"]["read"] == 39 + 2 + 24 + 21
    text_said = kring("releases", "diff", "--home", network.root).stdout
    assert re.search(r"^0 tables differ", text_said, re.MULTILINE), text_said
    compared = json.loads(
        kring("releases", "diff", "previous", "current", "--home", network.root, "--json").stdout
    )
    assert compared["tables_differ"] == 0
    assert len(compared["tables"]) > 10
    assert all(table["same"] and table["a"] == table["b"] for table in compared["tables"])
    assert all(table["a"].keys() == {"rows", "checksum"} for table in compared["tables"])


def test_releases_are_listed_and_rolled_back(network: Home) -> None:
    (network.inbox / "members 2.csv").write_text(members(40, 50), encoding="utf-8")
    kring("refresh", "--home", network.root)
    listed = json.loads(kring("releases", "list", "--home", network.root, "--json").stdout)
    assert [each["current"] for each in listed] == [True, False]
    assert [each["people"] for each in listed] == [49, 39]
    back = kring("releases", "rollback", "--home", network.root, "--json")
    assert back.returncode == 0
    assert json.loads(back.stdout) == {**listed[1], "current": True}
    listed = json.loads(kring("releases", "list", "--home", network.root, "--json").stdout)
    assert [each["current"] for each in listed] == [False, True]
    done = kring("refresh", "--home", network.root, "--json")
    assert json.loads(done.stdout)["release"] == listed[1]["release"], "a refresh undid the roll-back"
    differ = json.loads(kring("releases", "diff", listed[1]["release"], listed[0]["release"],
                              "--home", network.root, "--json").stdout)  # fmt: skip
    assert "core.person" in {table["name"] for table in differ["tables"] if not table["same"]}
    assert kring("releases", "rollback", "--home", network.root).returncode == 1
    assert kring("releases", "rollback", "nothing", "--home", network.root).returncode == 2
    assert kring("releases", "diff", "nothing", "current", "--home", network.root).returncode == 2


def test_a_refresh_after_a_roll_back_names_the_day_of_the_release_it_names(network: Home) -> None:
    kring("refresh", "--home", network.root, "--as-of", "2026-06-15")
    kring("releases", "rollback", "--home", network.root)
    said = json.loads(kring("refresh", "--home", network.root, "--as-of", "2026-06-15", "--json").stdout)
    served = json.loads(kring("releases", "list", "--home", network.root, "--json").stdout)[1]
    assert not said["published_release"]
    assert (said["release"], said["as_of"]) == (served["release"], "2026-06-30")


def test_refused_input_ends_in_3_and_one_line_a_file(network: Home) -> None:
    page = "<!DOCTYPE html><html><body>log in</body></html>"
    (network.inbox / "members page.csv").write_text(page, encoding="utf-8")
    (network.inbox / "members odd.csv").write_text(
        MEMBERS_HEADING + "Persoon 77,persoon77@example.org,someday\n", encoding="utf-8"
    )
    done = kring("refresh", "--home", network.root)
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert [line.split(":")[0] for line in sorted(lines)] == ["members odd.csv", "members page.csv"]
    assert "ersoon" not in done.stderr
    assert kring("ask", "growth", "--home", network.root).returncode == 0
    assert kring("refresh", "--home", network.root).returncode == 0, "nothing of this run was refused"


def test_inspect_prints_the_agreed_object_and_writes_nothing(network: Home, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "members.csv").write_text(members(1, 4), encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in network.root.rglob("*")}
    done = kring("inspect", folder, "--home", network.root, "--json")
    assert done.returncode == 0, done.stderr
    (said,) = json.loads(done.stdout)
    assert said.keys() == INSPECT_KEYS
    assert said["counts"].keys() == COUNTS
    assert said["rows"] == {"read": 3, "used": 3, "rejected": 0, "hidden": 0}
    assert (said["status"], said["counts"]["memberships"]) == ("accepted", 3)
    assert said["dates"].keys() == {"min", "max"}
    assert {path: path.stat().st_mtime_ns for path in network.root.rglob("*")} == before
    (folder / "page.csv").write_text("<html></html>", encoding="utf-8")
    assert kring("inspect", folder, "--home", network.root).returncode == 3


def test_ask_in_json_says_where_the_answer_came_from(served: Home) -> None:
    done = kring("ask", "growth", "--home", served.root, "--format", "json", "-p", "grain=year")
    said = json.loads(done.stdout)
    assert said.keys() == {"question", "meaning", "grain", "release", "as_of", "parameters", "rows"}
    assert (said["question"], said["as_of"]) == ("growth", "2026-06-30")
    assert said["parameters"]["grain"] == "year"
    assert said["rows"][-1]["closing"] == 39
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", said["rows"][0]["period_start"])


def test_ask_in_csv_and_as_a_table(served: Home) -> None:
    done = kring("ask", "sessions", "--home", served.root, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["title"] for row in rows] == ["Eerste bijeenkomst", "Tweede bijeenkomst"]
    assert rows[0]["attended"] == "24"
    assert rows[0]["starts_at"] == "2026-03-04T13:00:00Z"
    table = kring("ask", "sessions", "--home", served.root).stdout
    assert "Eerste bijeenkomst" in table
    assert table.splitlines()[0].startswith("session_id")


def test_what_cannot_be_asked_ends_in_2(served: Home) -> None:
    for arguments in (
        ["ask", "nonsense"],
        ["ask", "growth", "-p", "grain"],
        ["ask", "growth", "-p", "grain=fortnight"],
        ["ask", "growth", "-p", "colour=red"],
        ["ask", "growth", "--format", "xml"],
        ["ask", "growth", "--role", "king"],
        ["ask", "refused_rows", "--role", "communication"],
        ["ask"],
        ["refresh", "--as-of", "yesterday"],
        ["nonsense"],
    ):
        more = [] if arguments == ["nonsense"] else ["--home", str(served.root)]
        done = kring(*arguments, *more)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert len(done.stderr.strip().splitlines()) == 1, arguments
        assert "Traceback" not in done.stderr


def test_no_home_and_no_release_are_said_in_one_line(tmp_path: Path) -> None:
    done = kring("ask", "growth", "--home", tmp_path)
    assert (done.returncode, "kring init" in done.stderr) == (2, True)
    assert kring("init", tmp_path / "new").returncode == 0
    done = kring("ask", "growth", "--home", tmp_path / "new")
    assert (done.returncode, "kring refresh" in done.stderr) == (1, True)
    done = kring("init", tmp_path / "new")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_debug_adds_the_traceback(tmp_path: Path) -> None:
    done = kring("ask", "growth", "--home", tmp_path, "--debug")
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("kring: ")


def test_a_new_home_refreshes_although_it_is_empty(tmp_path: Path) -> None:
    kring("init", tmp_path / "new")
    done = kring("refresh", "--home", tmp_path / "new", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["people"] == 0
    assert kring("ask", "growth", "--home", tmp_path / "new").returncode == 0


def test_everything_in_the_home_is_private(network: Home) -> None:
    for path in network.root.rglob("*"):
        if network.public not in (path, *path.parents):
            assert path.stat().st_mode & 0o077 == 0, path.relative_to(network.root)


@pytest.mark.parametrize("verb", ["dashboard", "public"])
def test_a_port_in_use_is_refused_before_an_address_is_named(network: Home, verb: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = kring(verb, "--home", network.root, "--port", str(port))
    assert done.returncode == 2
    assert "http://" not in done.stderr, "nothing is there"
    assert f"--port: port {port} cannot be used (Address already in use); expected a free port" in done.stderr
    assert "choose another" in done.stderr


def test_status_and_doctor_and_lists(network: Home) -> None:
    status = kring("status", "--home", network.root).stdout
    assert "39 people as of 2026-06-30" in status
    assert "members" in status
    doctor = kring("doctor", "--home", network.root)
    assert doctor.returncode == 0, doctor.stdout
    assert "ok    pin of fastapi" in doctor.stdout
    assert "WRONG" not in doctor.stdout
    network.inbox.chmod(0o755)
    with network.settings_file.open("a", encoding="utf-8") as file:
        file.write("\n[nonsense]\n")
    doctor = kring("doctor", "--home", network.root)
    assert doctor.returncode == 1
    assert "inbox is 0755, expected 0700" in doctor.stdout
    assert "nonsense: no such table" in doctor.stdout
    assert "membership: " in kring("feeds").stdout
    questions = kring("questions").stdout
    assert re.search(r"^growth  \(communication; one row per", questions, re.MULTILINE)
    assert "-p grain=month" in questions
    listed = json.loads(kring("questions", "--json", "--home", network.root).stdout)
    growth = next(each for each in listed if each["question"] == "growth")
    assert [each["name"] for each in growth["parameters"]][:2] == ["grain", "working_group"]
    assert growth["columns"][0] == {"name": "period_start", "type": "date", "unit": ""}
    public = {
        each["question"] for each in json.loads(kring("questions", "--role", "public", "--json").stdout)
    }
    assert public < {each["question"] for each in listed}
    assert "growth" not in public


def test_the_dashboard_binds_to_this_computer_only(network: Home) -> None:
    for address in ("0.0.0.0", "192.0.2.7", "::"):
        done = kring("dashboard", "--home", network.root, "--address", address)
        assert done.returncode == 2
        assert "sign-in" in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("day", ["9999-12-31", "0202-06-30", "2200-01-01"])
def test_a_slip_of_the_pen_in_the_as_of_day_is_wrong_usage(served: Home, day: str) -> None:
    done = kring("refresh", "--home", served.root, "--as-of", day)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kring: --as-of: ")
    assert "1900 to 2199" in done.stderr
