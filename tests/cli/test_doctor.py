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
