"""The Prefect flow and `kring refresh` are the same run: same steps, same release, same lock."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etl.errors import KringError, LockHeldError
from etl.home import Home
from etl.ledger import Ledger, Outcome
from etl.release import current, diff, writer_lock
from flows import run
from tests.cli.network import kring, members, new_home

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = new_home(tmp_path_factory.mktemp("flow") / "home")
    assert kring("refresh", "--home", made.root).returncode == 0
    return made


@pytest.mark.usefixtures("prefect_server")
class TestWithPrefect:
    def test_the_flow_gives_the_release_that_kring_refresh_gives(self, home: Home, tmp_path: Path) -> None:
        from flows.refresh import refresh

        other = Home(tmp_path / "other")
        shutil.copytree(home.root, other.root)
        by_command = current(home)
        report = refresh(str(other.root), rebuild=True)
        by_flow = current(other)
        assert by_command is not None
        assert by_flow is not None
        assert report.published_release
        assert by_flow.release == report.release != by_command.release
        assert by_flow.tables == by_command.tables
        assert [each.same for each in diff(other, by_command.release, by_flow.release)].count(False) == 0
        assert [name for name, _ in report.steps] == [
            "take the inbox",
            "read the files",
            "themes",
            "build and publish",
        ]
        assert not refresh(str(other.root)).published_release

    def test_a_flow_that_fails_says_one_line_without_causes(self, home: Home, tmp_path: Path) -> None:
        from flows.refresh import refresh

        other = Home(tmp_path / "other")
        shutil.copytree(home.root, other.root)
        (other.inbox / "members 2.csv").write_text(members(50, 60), encoding="utf-8")
        other.warehouse_file.write_bytes(b"not a database")
        with pytest.raises(KringError) as caught:
            refresh(str(other.root))
        assert caught.value.__cause__ is None
        assert "\n" not in str(caught.value)
        with Ledger(other) as ledger:
            assert ledger.runs(1)[0].outcome is Outcome.FAILED
        assert current(other) == current(home)


def test_a_run_without_prefect_takes_the_same_lock(home: Home) -> None:
    with writer_lock(home), pytest.raises(LockHeldError, match="lock held by process"):
        run.refresh(home)


def test_steps_have_clear_names_keep_nothing_and_try_nothing_again() -> None:
    from prefect.cache_policies import NO_CACHE

    from flows import refresh as flow_module

    tasks = (
        flow_module.take_the_inbox,
        flow_module.read_the_files,
        flow_module.place_the_texts,
        flow_module.build_and_publish,
    )
    assert [task.name for task in tasks] == [
        "take the inbox",
        "read the files",
        "themes",
        "build and publish",
    ]
    assert {task.retries for task in tasks} == {0}
    assert all(task.cache_policy is NO_CACHE or task.cache_policy == NO_CACHE for task in tasks)
