"""What cannot be taken from an inbox costs itself, never the run: closed files, names in an old encoding."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from etl.home import Home
from tests.cli.network import KRING, kring, members

DROP_A_CAPABILITY = 24  # of Linux's prctl
READ_EVERYTHING = (1, 2)  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: with these, root opens what is closed
OLD_NAME = b"members caf\xe9.csv"  # as a zip of an older Windows gives it

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these rights and such names")


def as_a_user(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Kring as somebody for whom rights count, also where the tests are run by root."""

    def be_a_user() -> None:
        for capability in READ_EVERYTHING:
            ctypes.CDLL(None).prctl(DROP_A_CAPABILITY, capability, 0, 0, 0)

    command = [KRING, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=be_a_user)


@linux_only
def test_what_may_not_be_opened_stays_and_is_named(network: Home) -> None:
    (network.inbox / "members 2.csv").write_text(members(40, 50), encoding="utf-8")
    (network.inbox / "closed.csv").write_text(members(50, 60), encoding="utf-8")
    for name in ("shut", "fixed"):
        (network.inbox / name).mkdir()
        (network.inbox / name / "members 3.csv").write_text(members(60, 70), encoding="utf-8")
    closed = {"closed.csv": 0, "shut": 0, "fixed": 0o555}
    try:
        for name, rights in closed.items():
            (network.inbox / name).chmod(rights)
        done = as_a_user("refresh", "--home", network.root, "--json")
        again = as_a_user("refresh", "--home", network.root)
        looked = as_a_user("inspect", network.inbox, "--home", network.root, "--json")
    finally:
        for name in closed:
            (network.inbox / name).chmod(0o700)
    assert done.returncode == 3, done.stderr
    said = json.loads(done.stdout)
    assert said["files"] == {"new": 1, "known": 0, "refused": 3}
    assert said["people"] == 49, "what lay beside them was not read"
    assert [line.split(":")[0] for line in said["warnings"]] == ["closed.csv", "fixed/members 3.csv", "shut"]
    assert again.returncode == 3, "it still lies there"
    assert again.stdout.startswith("Nothing new: ")
    assert looked.returncode == 3
    assert [(each["file"], each["status"]) for each in json.loads(looked.stdout)] == [
        ("closed.csv", "rejected"), ("members 3.csv", "accepted"),
    ]  # fmt: skip
    assert kring("refresh", "--home", network.root).returncode == 0
    assert not list(network.inbox.iterdir())


@linux_only
def test_a_name_that_is_no_utf8_is_read_as_what_an_older_windows_wrote(network: Home) -> None:
    path = os.path.join(os.fsencode(network.inbox), OLD_NAME)  # noqa: PTH118 - bytes have no Path
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(members(40, 50))
    looked = kring("inspect", network.inbox, "--home", network.root, "--json")
    assert [each["file"] for each in json.loads(looked.stdout)] == ["members café.csv"]
    done = kring("refresh", "--home", network.root, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == {"new": 1, "known": 0, "refused": 0}
    files = json.loads(kring("ask", "source_files", "--home", network.root, "--format", "json").stdout)
    assert "members café.csv" in {row["file"] for row in files["rows"]}


@linux_only
def test_names_are_printed_on_a_computer_set_to_an_older_encoding(network: Home) -> None:
    (network.inbox / "members é.csv").write_text(members(40, 50), encoding="utf-8")
    older = {**os.environ, "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = kring("inspect", network.inbox, "--home", network.root, environment=older)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("members é.csv: accepted")


ODD_NAME = "members\n2\x1b[2J\u202evsc.csv"
SHOWN_NAME = "members\\n2\\x1b[2J\\u202evsc.csv"


@linux_only
def test_a_name_with_a_line_break_stays_on_its_line(network: Home) -> None:
    bad = members(40, 120) + "Persoon x,persoonx@example.org,gisteren\n"
    (network.inbox / ODD_NAME).write_text(bad, encoding="utf-8")
    (network.inbox / "odd\nbook.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (network.inbox / "un\nknown.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    looked = kring("inspect", network.inbox, "--home", network.root)
    assert f"{SHOWN_NAME}: partial (table)" in looked.stdout.splitlines()
    objects = json.loads(kring("inspect", network.inbox, "--home", network.root, "--json").stdout)
    assert ODD_NAME in {each["file"] for each in objects}
    done = kring("refresh", "--home", network.root)
    assert done.returncode == 3
    assert {line.split(":")[0] for line in done.stderr.splitlines()} == {
        SHOWN_NAME, "odd\\nbook.xlsx", "un\\nknown.csv",
    }  # fmt: skip
    state = kring("status", "--home", network.root).stdout
    assert any(line.startswith("un\\nknown.csv: needs a mapping") for line in state.splitlines())
    asked = kring("ask", "refused_rows", "--home", network.root).stdout
    assert SHOWN_NAME in asked
    assert "\x1b" not in looked.stdout + done.stderr + state + asked
