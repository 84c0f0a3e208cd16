"""`kring doctor` on homes that cannot work, and questions to a release of another version."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl.errors import ReleaseError
from etl.home import Home
from etl.warehouse import _run as run_question
from tests.cli.network import kring
from tests.cli.test_odd_files import as_a_user, linux_only


def test_a_home_that_was_named_and_is_not_there_is_wrong(tmp_path: Path) -> None:
    named = kring("doctor", "--home", tmp_path / "nowhere")
    assert named.returncode == 1
    assert "WRONG no home at" in named.stdout


@linux_only
def test_a_home_that_cannot_be_written_is_wrong(network: Home) -> None:
    try:
        network.landed.chmod(0o500)
        done = as_a_user("doctor", "--home", network.root)
    finally:
        network.landed.chmod(0o700)
    assert done.returncode == 1
    assert "rights of the home: landed may not be read and written by who runs Kring" in done.stdout


def test_a_release_of_another_version_says_what_to_do() -> None:
    with duckdb.connect() as connection, pytest.raises(ReleaseError) as refused:
        run_question(connection, "select * from marts.of_a_later_version", {})
    assert refused.value.line() == (
        "release: another version of Kring made it, and it lacks what this question reads;"
        " expected one made by this version."
        " Make it again with: kring refresh"
    )


@linux_only
def test_the_status_of_a_home_that_may_only_be_read(network: Home, tmp_path: Path) -> None:
    fresh = Home(tmp_path / "fresh")
    assert kring("init", fresh.root).returncode == 0
    fresh.root.chmod(0o500)
    network.root.chmod(0o500)
    try:
        nothing = as_a_user("status", "--home", fresh.root)
        served = as_a_user("status", "--home", network.root)
    finally:
        fresh.root.chmod(0o711)
        network.root.chmod(0o711)
    assert (nothing.returncode, nothing.stderr) == (0, "")
    assert nothing.stdout.startswith("No release yet: kring refresh makes one.\nNothing was read yet.\n")
    assert not fresh.ledger_file.exists()
    assert served.stdout.startswith("Release ")
    assert "fault in Kring" not in served.stderr
    assert served.stderr.count("\n") <= 1


@linux_only
@pytest.mark.parametrize("closed", ["", "releases", "ledger.sqlite", "kring.toml"])
@pytest.mark.parametrize("verb", [["status"], ["ask", "growth"], ["releases", "list"], ["refresh"]])
def test_what_is_closed_is_said_in_one_line(network: Home, closed: str, verb: list[str]) -> None:
    path = network.root / closed
    rights = path.stat().st_mode & 0o777
    path.chmod(0)
    try:
        done = as_a_user(*verb, "--home", network.root)
    finally:
        path.chmod(rights)
    assert "a fault in Kring" not in done.stderr
    assert done.stderr.count("\n") <= 1
    assert (done.returncode == 0) == (done.stderr == "")
