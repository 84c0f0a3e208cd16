"""A refresh that is killed or meets another: the last good release is served, and the next run completes."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from etl.errors import is_stopped
from etl.home import Home
from etl.ledger import Ledger, Outcome
from etl.load import forget_warehouse
from etl.manifest import prove_files
from etl.release import current
from etl.warehouse import ReleaseReader
from flows.run import read_files, running, take_files
from tests.cli.network import KRING, kring, members, start

KILLS = 8 if os.environ.get("KRING_TEST_LONG") is None else 500
SEED = 20261121


def people_served(home: Home) -> int:
    """The people of the release served, after proving it and asking it."""
    manifest = current(home)
    assert manifest is not None
    prove_files(home.releases / manifest.release, manifest)
    reader = ReleaseReader(home)
    rows = reader.ask("growth", {"grain": "year"}).records()
    assert reader.current().stale_since is None
    reader.close()
    assert rows[-1]["closing"] == manifest.people
    return manifest.people


def test_killed_at_any_moment_the_last_good_release_is_served(network: Home) -> None:
    chance = random.Random(SEED)
    before = time.monotonic()
    assert kring("refresh", "--home", network.root, "--rebuild").returncode == 0
    usual = time.monotonic() - before
    known = 39
    people = people_served(network)
    killed = 0
    for _ in range(KILLS):
        (network.inbox / f"members {known}.csv").write_text(members(known + 1, known + 6), encoding="utf-8")
        known += 5
        run = start("refresh", "--home", network.root)
        time.sleep(chance.uniform(0.1, 1.0) * usual)
        run.kill()
        run.communicate()
        killed += run.returncode == -signal.SIGKILL
        now = people_served(network)
        assert people <= now <= known
        assert (now - 39) % 5 == 0, "half a file is served"
        people = now
    print(f"seed {SEED}: {KILLS} runs, {killed} killed, 0 bad states")
    assert killed > 0
    done = kring("refresh", "--home", network.root, "--json")
    assert done.returncode == 0, done.stderr
    assert people_served(network) == known
    assert list(network.releases.glob(".build-*")) == []
    assert kring("refresh", "--home", network.root, "--rebuild").returncode == 0
    differ = json.loads(kring("releases", "diff", "--home", network.root, "--json").stdout)
    assert differ["tables_differ"] == 0, [each["name"] for each in differ["tables"] if not each["same"]]
    with Ledger(network) as ledger:
        runs = ledger.runs(KILLS + 5)
    assert sum(run.outcome is Outcome.CRASHED for run in runs) > 0
    assert all(run.outcome is not Outcome.RUNNING for run in runs)


def test_of_two_refreshes_one_runs_and_the_other_says_who_holds_the_lock(network: Home) -> None:
    (network.inbox / "members 2.csv").write_text(members(40, 45), encoding="utf-8")
    first = start("refresh", "--home", network.root)
    try:
        wait_for_lock(network, first.pid)
        first.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        second = kring("refresh", "--home", network.root)
        assert time.monotonic() - began < 10
        assert second.returncode == 1
        assert f"lock held by process {first.pid} since " in second.stderr
        assert len(second.stderr.splitlines()) == 1
        assert people_served(network) == 39
        rolled = kring("releases", "rollback", "--home", network.root)
        assert (rolled.returncode, "lock held" in rolled.stderr) == (1, True)
    finally:
        first.send_signal(signal.SIGCONT)
        first.communicate()
    assert first.returncode == 0
    assert people_served(network) == 44


def wait_for_lock(home: Home, pid: int) -> None:
    for _ in range(2000):
        text = home.lock_file.read_text(encoding="utf-8")
        if text.endswith("}") and json.loads(text)["pid"] == pid:
            return
        time.sleep(0.005)
    pytest.fail("the refresh never took the lock")


def test_after_a_rebuild_that_was_killed_status_tells_what_is_served(network: Home) -> None:
    bad = "".join(f"Persoon {n},persoon{n}@example.org,31-02-2026\n" for n in range(60, 63))
    (network.inbox / "members 2.csv").write_text(members(40, 60) + bad, encoding="utf-8")
    (network.inbox / "onbekend.csv").write_text("kleur,maat\nrood,3\nblauw,4\n", encoding="utf-8")
    assert kring("refresh", "--home", network.root).returncode == 3
    before = kring("status", "--home", network.root).stdout
    assert "3 refused rows or files: see kring ask refused_rows." in before
    assert "broken off" not in before

    rebuild = start("refresh", "--home", network.root, "--rebuild")
    while rebuild.poll() is None:
        with Ledger(network) as ledger:
            if not ledger.readings():
                break
    rebuild.kill()
    rebuild.communicate()
    assert rebuild.returncode == -signal.SIGKILL
    with Ledger(network) as ledger:
        assert (len(ledger.files()), ledger.readings(), ledger.refused_rows()) == (5, (), ())
    said = kring("status", "--home", network.root).stdout
    served = current(network)
    assert served is not None
    assert f"Release {served.release}: 59 people" in said
    assert "5 of 5 files are not read: a run was broken off; kring refresh reads them." in said
    again = [" ".join(line.split()) for line in said.splitlines()]
    for line in before.splitlines():
        is_elsewhere = line.startswith(("run ", "not known", "-"))  # a file without a source goes by its name
        assert is_elsewhere or " ".join(line.split()) in again

    assert kring("refresh", "--home", network.root).returncode == 0
    assert "broken off" not in kring("status", "--home", network.root).stdout
    shutil.rmtree(network.releases)
    with Ledger(network) as ledger:
        ledger.forget_readings()
    said = kring("status", "--home", network.root).stdout
    assert said.startswith("No release yet")
    assert "5 of 5 files are not read" in said


@pytest.mark.parametrize("damage", ["corrupt", "missing"])
def test_a_broken_warehouse_is_made_again_from_what_landed(network: Home, damage: str) -> None:
    if damage == "corrupt":
        network.warehouse_file.write_bytes(b"not a database")
        broken = kring("refresh", "--home", network.root, "--as-of", "2026-07-01")
        assert broken.returncode == 1
        assert len(broken.stderr.splitlines()) == 1
        assert "kring refresh --rebuild" in broken.stderr
        assert people_served(network) == 39
        assert kring("refresh", "--home", network.root, "--rebuild").returncode == 0
    else:
        network.warehouse_file.unlink()
        assert kring("refresh", "--home", network.root, "--as-of", "2026-07-01").returncode == 0
    assert people_served(network) == 39


@pytest.mark.parametrize("kilobytes", [4, 200, 1000])
def test_a_full_disk_is_one_clear_line_and_the_last_release_stays(network: Home, kilobytes: int) -> None:
    (network.inbox / "members 2.csv").write_text(members(40, 45), encoding="utf-8")
    script = f"ulimit -f {kilobytes * 2}; exec {KRING} refresh --rebuild --home {network.root}"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "no space left on the disk" in done.stderr
    assert people_served(network) == 39
    assert kring("refresh", "--home", network.root).returncode == 0
    assert people_served(network) == 44


WITH_A_BAD_ROW = members(40, 120) + "Persoon x,persoonx@example.org,gisteren\n"


def killed_in_a_rebuild(home: Home) -> None:
    """As a rebuild leaves a home that is killed once it has begun: nothing counts as read."""
    with Ledger(home) as ledger:
        forget_warehouse(home, ledger)


def test_what_was_told_before_is_not_told_again_after_a_killed_rebuild(network: Home) -> None:
    (network.inbox / "members 2.csv").write_text(WITH_A_BAD_ROW, encoding="utf-8")
    (network.inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert kring("refresh", "--home", network.root).returncode == 3
    for _ in range(2):
        killed_in_a_rebuild(network)
        again = kring("refresh", "--home", network.root, "--json")
        assert again.returncode == 0, again.stderr
        named = {line.split(":")[0] for line in json.loads(again.stdout)["warnings"]}
        assert named == {"members 2.csv", "broken.xlsx"}
    killed_in_a_rebuild(network)
    (network.inbox / "members 3.csv").write_text(
        WITH_A_BAD_ROW.replace("persoon", "iemand"), encoding="utf-8"
    )
    assert kring("refresh", "--home", network.root).returncode == 3, "its own input is refused"
    assert kring("refresh", "--home", network.root, "--rebuild").returncode == 0


def test_a_mapping_that_refuses_more_than_before_is_told_once(network: Home) -> None:
    (network.inbox / "members 2.csv").write_text(members(40, 120), encoding="utf-8")
    assert kring("refresh", "--home", network.root).returncode == 0
    settings = network.settings_file.read_text(encoding="utf-8")
    wrong = settings.replace('Naam = "full_name"', 'Naam = "left_on"')
    network.settings_file.write_text(wrong, encoding="utf-8")
    changed = kring("refresh", "--home", network.root)
    assert changed.returncode == 3, changed.stderr
    assert kring("refresh", "--home", network.root, "--rebuild").returncode == 0


def test_a_run_that_died_before_it_could_tell_is_told_by_the_next(network: Home) -> None:
    (network.inbox / "members 2.csv").write_text(WITH_A_BAD_ROW, encoding="utf-8")
    with running(network, None, rebuild=False) as plan:
        take_files(network, plan)
        read_files(network, plan)
    done = kring("refresh", "--home", network.root)
    assert done.returncode == 3
    assert "members 2.csv: 1 row refused" in done.stderr
    assert kring("refresh", "--home", network.root).returncode == 0


def stopped_by_ctrl_c(home: Home, seconds: float) -> subprocess.CompletedProcess[str]:
    """A rebuild that gets Ctrl-C after so many seconds, as a terminal sends it: to Kring and its children."""
    run = subprocess.Popen(
        [KRING, "refresh", "--home", str(home.root), "--rebuild"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    time.sleep(seconds)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate()
    return subprocess.CompletedProcess(run.args, run.returncode, out, err)


def test_ctrl_c_at_any_moment_is_told_as_a_stop(network: Home) -> None:
    chance = random.Random(SEED)
    before = time.monotonic()
    assert kring("refresh", "--home", network.root, "--rebuild").returncode == 0
    usual = time.monotonic() - before
    stopped = 0
    for _ in range(KILLS // 2):
        done = stopped_by_ctrl_c(network, chance.uniform(0.25, 0.9) * usual)
        if done.returncode != 0:
            assert (done.returncode, done.stdout, done.stderr) == (130, "", "kring: stopped\n")
            stopped += 1
        people_served(network)
    assert stopped > 0
    with Ledger(network) as ledger:
        broken = [run.message for run in ledger.runs(KILLS) if run.outcome is Outcome.FAILED]
    assert set(broken) <= {"stopped (KeyboardInterrupt)"}


def test_what_ctrl_c_becomes_on_its_way_is_known() -> None:
    assert is_stopped(RuntimeError("Query interrupted"))
    assert is_stopped(KeyboardInterrupt())
    try:
        try:
            raise KeyboardInterrupt
        finally:
            raise AttributeError("while it was cleaned up")
    except AttributeError as error:
        assert is_stopped(error)
    assert not is_stopped(RuntimeError("another"))


def test_a_refresh_goes_on_when_nobody_reads_its_progress(network: Home) -> None:
    (network.inbox / "members 2.csv").write_text(members(40, 45), encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [KRING, "refresh", "--home", str(network.root), "--json"],
            stdout=subprocess.PIPE, stderr=writing, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert done.returncode == 0
    assert json.loads(done.stdout)["published_release"] is True
    assert people_served(network) == 44


def test_an_answer_that_cannot_be_written_is_told_in_one_line(network: Home) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [KRING, "ask", "growth", "--home", str(network.root)],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "kring: what was to be written cannot be (No space left on device)\n"
