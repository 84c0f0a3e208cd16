"""Refresh jobs and uploads, with real processes and real files."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

from dashboard.jobs import (
    Jobs,
    RefreshJob,
    Step,
    inbox_name,
    put_in_inbox,
    read_result,
    read_step,
)
from etl.errors import InputError
from etl.home import Home

RUN = """
import json, sys, time
for number, name in enumerate(("land", "build"), 1):
    print(json.dumps({"step": name, "index": number, "of": 2}), file=sys.stderr, flush=True)
    time.sleep(0.2)
print(json.dumps({"published_release": True, "files": {"new": 2, "known": 0, "refused": 1},
                  "rows": {"read": 9, "used": 7, "rejected": 2}, "people": 5, "seconds": 0.4}))
sys.exit(3)
"""
FAIL = "import sys; print('settings: kring.toml holds a fault', file=sys.stderr); sys.exit(2)"


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_a_run_is_followed_step_by_step() -> None:
    job = RefreshJob(python(RUN), {})
    seen = set()
    while job.result is None:
        if job.step:
            seen.add(job.step)
        time.sleep(0.02)
    assert seen == {Step("land", 1, 2), Step("build", 2, 2)}
    result = job.wait()
    assert result is not None
    assert (result.exit_code, result.succeeded, result.published_release) == (3, True, True)
    assert (result.files_new, result.files_refused, result.rows_used, result.rows_rejected) == (2, 1, 7, 2)
    assert (result.people, result.seconds, result.problem) == (5, 0.4, "")


def test_a_failed_run_gives_its_own_line() -> None:
    result = RefreshJob(python(FAIL), {}).wait()
    assert result is not None
    assert not result.succeeded
    assert result.exit_code == 2
    assert result.problem == "settings: kring.toml holds a fault"


def test_a_run_that_prints_nothing_did_not_succeed() -> None:
    assert not read_result(0, "", "").succeeded
    assert not read_result(0, "[1, 2]", "").succeeded
    assert read_result(0, '{"people": 1}', "").succeeded


def test_one_refresh_at_a_time_for_one_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.jobs.refresh_command", lambda *given: python(RUN))
    jobs, home, other = Jobs(), Home(tmp_path / "a"), Home(tmp_path / "b")
    first = jobs.refresh(home)
    assert jobs.refresh(home) is first
    assert jobs.running(home) is first
    elsewhere = jobs.refresh(other)
    assert elsewhere is not first
    first.wait()
    assert jobs.running(home) is None
    again = jobs.refresh(home)
    assert again is not first
    again.wait()
    elsewhere.wait()


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ('{"step": "build", "index": 3, "of": 5}', Step("build", 3, 5)),
        ("a warning", None),
        ('{"index": 3}', None),
        ("[1]", None),
    ],
)
def test_progress_is_told_apart_from_other_lines(line: str, step: Step | None) -> None:
    assert read_step(line) == step


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("leden.csv", "leden.csv"),
        ("../../etc/leden.csv", "leden.csv"),
        ("C:\\exports\\leden.csv", "leden.csv"),
        (".hidden.csv", "hidden.csv"),
        ("a\x00b\n.csv", "ab.csv"),
        ("half.part", "half_part"),
        ("zonder", "zonder"),
        ("e\u0301e\u0301n.csv", "één.csv"),
    ],
)
def test_names_are_made_safe(given: str, used: str) -> None:
    assert inbox_name(given) == used


def test_a_long_name_keeps_its_extension() -> None:
    name = inbox_name("é" * 400 + ".csv")
    assert name.endswith("é.csv")
    assert len(name.encode()) <= 180


@pytest.mark.parametrize("given", ["", "..", "/", "...."])
def test_a_name_of_nothing_is_refused(given: str) -> None:
    with pytest.raises(InputError):
        inbox_name(given)


def test_an_upload_lands_whole_private_and_beside_its_namesake(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = put_in_inbox(home, "leden.csv", io.BytesIO(b"one"))
    second = put_in_inbox(home, "leden.csv", io.BytesIO(b"two"))
    assert (first.name, second.name) == ("leden.csv", "leden (2).csv")
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert first.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in home.inbox.iterdir()) == ["leden (2).csv", "leden.csv"]


def test_a_broken_upload_leaves_nothing(tmp_path: Path) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the connection broke")

    with pytest.raises(OSError, match="connection"):
        put_in_inbox(Home(tmp_path), "leden.csv", Torn(b"one"))
    assert list(Home(tmp_path).inbox.iterdir()) == []
