"""`kring serve` for real: a Prefect server, a schedule that fires, a page that follows, and nothing left.

The tests share one `kring serve` and stand in the order of its life.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from etl.errors import KringError, LockHeldError, SettingsError, UsageError
from etl.home import Home
from etl.ledger import Ledger, Outcome, Run, RunKind, StartedBy
from etl.serving import is_served, served
from flows.schedule import ROUNDED_BY
from flows.serve import prefect_environment, serve
from tests.browser.conftest import free_port
from tests.browser.visits import settle, until
from tests.cli.network import KRING, kring, members, new_home

pytestmark = pytest.mark.timeout(400)
FIRES_WITHIN = timedelta(seconds=90)
STARTS_WITHIN = 150.0
EVERY_MINUTE = '\n[schedule]\nrefresh = "* * * * *"\n'


@dataclass(frozen=True)
class Serving:
    """A `kring serve` that has said it is there."""

    home: Home
    url: str
    ready_at: datetime
    process: subprocess.Popen[str]
    said: Path

    def scheduled(self) -> list[Run]:
        """The refreshes that the schedule started, oldest first."""
        with Ledger(self.home) as ledger:
            runs = ledger.runs(50, RunKind.REFRESH)
        return [run for run in reversed(runs) if run.started_by is StartedBy.SCHEDULE]


def of_home(home: Home) -> list[str]:
    """The processes that work on a home, by what they run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            name = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home.root).encode() in words and int(folder.name) != os.getpid():
            found.append(name)
    return found


def start(home: Home, said: Path, *options: str) -> subprocess.Popen[str]:
    with said.open("w") as output:
        return subprocess.Popen(
            [KRING, "serve", "--home", str(home.root), *options], stderr=output, stdout=output, text=True
        )


def wait_for(said: Path, words: str, process: subprocess.Popen[str]) -> str:
    until = time.monotonic() + STARTS_WITHIN
    while words not in said.read_text(encoding="utf-8"):
        assert process.poll() is None, said.read_text(encoding="utf-8")
        assert time.monotonic() < until, f"never said {words!r}: {said.read_text(encoding='utf-8')}"
        time.sleep(0.2)
    return said.read_text(encoding="utf-8")


def hand_in(home: Home, name: str, text: str) -> None:
    """A file that was written a minute ago."""
    part = home.inbox / f"{name}.part"
    part.write_text(text, encoding="utf-8")
    os.utime(part, (time.time() - 60, time.time() - 60))
    part.rename(home.inbox / name)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("serve")
    home = new_home(folder / "home")
    with home.settings_file.open("a", encoding="utf-8") as settings:
        settings.write(EVERY_MINUTE)
    assert kring("refresh", "--home", home.root).returncode == 0
    with Ledger(home) as ledger:  # a run whose process is gone
        dead = ledger.start_run(datetime.now(UTC).date())
        assert ledger.runs(1)[0].outcome is Outcome.RUNNING
    port = free_port()
    said = folder / "said"
    process = start(home, said, "--port", str(port))
    try:
        wait_for(said, "The dashboard is on", process)
        with Ledger(home) as ledger:
            assert {run.run_id: run.outcome for run in ledger.runs(50)}[dead] is Outcome.CRASHED
        yield Serving(home, f"http://127.0.0.1:{port}", datetime.now(UTC), process, said)
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_it_says_in_order_what_is_there(serving: Serving) -> None:
    said = serving.said.read_text(encoding="utf-8")
    lines = [line for line in said.splitlines() if "earlier run" not in line]
    assert "1 earlier run did not end by itself: noted as crashed." in said
    assert lines[0].startswith("Starting the Prefect server, the schedule and the dashboard")
    assert re.fullmatch(r"The Prefect server is on http://127\.0\.0\.1:\d+", lines[1])
    assert re.fullmatch(
        r"Schedule: kring serve runs it; next: refresh \S+ \d\d:\d\d, housekeeping \S+ \d\d:\d\d", lines[2]
    )
    assert lines[3] == f"The dashboard is on {serving.url} (stop everything with Ctrl-C)"
    status = kring("status", "--home", serving.home.root)
    assert "Schedule: kring serve runs it" in status.stdout


def test_the_prefect_server_asks_for_its_password(serving: Serving) -> None:
    found = re.search(r"Prefect server is on (\S+)", serving.said.read_text(encoding="utf-8"))
    assert found is not None
    request = urllib.request.Request(f"{found[1]}/api/flow_runs/filter", data=b"{}", method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    refused.value.close()
    assert refused.value.code == 401


def test_a_home_is_served_once(serving: Serving) -> None:
    assert is_served(serving.home)
    second = kring("serve", "--home", serving.home.root, "--port", str(free_port()))
    assert second.returncode == 1
    assert "this home is served already" in second.stderr


@pytest.mark.browser
def test_a_scheduled_refresh_changes_a_figure_on_an_open_page(
    serving: Serving, chromium_browser: Browser
) -> None:
    with chromium_browser.new_page(locale="nl-NL") as page:
        page.goto(f"{serving.url}/?lang=nl")
        settle(page)
        card = page.locator(".st-key-card-members [data-testid='stMetricValue']")
        before = int(card.inner_text())
        page.evaluate("window.neverLoadedAgain = true")
        hand_in(serving.home, "members extra.csv", members(40, 47))
        until(page, f"document.querySelector(\"{CARD}\").innerText === '{before + 7}'", 100)
        page.get_by_text("Er zijn nieuwe cijfers").wait_for(timeout=10_000)
        assert page.evaluate("window.neverLoadedAgain") is True
    assert [run for run in serving.scheduled() if run.outcome is Outcome.DONE]


CARD = ".st-key-card-members [data-testid='stMetricValue']"


def test_a_run_really_fires_on_schedule(serving: Serving) -> None:
    """Not one that makes up for a missed time, which comes at once: one of a minute that began since."""
    due = serving.ready_at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    latest = time.monotonic() + FIRES_WITHIN.total_seconds() + 10
    fired: list[Run] = []
    while not fired and time.monotonic() < latest:
        fired = [run for run in serving.scheduled() if run.started_at >= due - ROUNDED_BY]
        time.sleep(0.5)
    assert fired, "no scheduled run: see the guard of the pins in flows/health.py"
    print(f"fired {(fired[0].started_at - serving.ready_at).total_seconds():.1f} s after being ready")
    assert fired[0].started_at - serving.ready_at <= FIRES_WITHIN


def test_nothing_of_it_is_open_to_others(serving: Serving) -> None:
    assert serving.home.faults_in_rights() == ()
    inside = [*serving.home.prefect.rglob("*"), *serving.home.logs.rglob("*")]
    assert [path.name for path in inside if path.stat().st_mode & 0o077] == []


def test_a_signal_stops_all_of_it(serving: Serving) -> None:
    began = time.monotonic()
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(timeout=60) == 0
    print(f"stopped in {time.monotonic() - began:.1f} s")
    assert serving.said.read_text(encoding="utf-8").splitlines()[-1] == "Everything is stopped."
    assert not is_served(serving.home)
    assert of_home(serving.home) == []
    said = "".join(log.read_text(encoding="utf-8", errors="replace") for log in serving.home.logs.iterdir())
    assert "network blocked in tests" not in said, "something tried to reach another computer"
    with Ledger(serving.home) as ledger:
        assert all(run.outcome is not Outcome.RUNNING for run in ledger.runs(50))


def test_when_a_part_dies_it_is_named_and_the_rest_stops(tmp_path: Path) -> None:
    home, said = new_home(tmp_path / "home"), tmp_path / "said"
    process = start(home, said, "--port", str(free_port()))
    os.kill(part_of(home, "prefect server start"), signal.SIGKILL)
    assert process.wait(timeout=60) == 1
    text = said.read_text(encoding="utf-8")
    assert "the Prefect server stopped by itself (signal 9)" in text
    assert "see logs/prefect-server-" in text
    assert of_home(home) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends orphans on Linux only")
def test_when_it_is_killed_itself_no_part_goes_on(tmp_path: Path) -> None:
    home, said = new_home(tmp_path / "home"), tmp_path / "said"
    process = start(home, said, "--port", str(free_port()))
    part_of(home, "prefect server start")
    process.kill()
    process.wait()
    latest = time.monotonic() + 30
    while of_home(home) and time.monotonic() < latest:
        time.sleep(0.2)
    assert of_home(home) == []
    assert not is_served(home)


def part_of(home: Home, words: str) -> int:
    """The process of a part, as soon as it is there."""
    latest = time.monotonic() + 30
    while time.monotonic() < latest:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                name = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if words in name and str(home.prefect).encode() in (folder / "environ").read_bytes():
                    return int(folder.name)
            except OSError:
                continue
        time.sleep(0.05)
    pytest.fail(f"never started: {words}")


@pytest.mark.parametrize(
    ("package", "lifted"), [("fastapi", "0.165.0"), ("sqlalchemy", "2.1.9")], ids=["fastapi", "sqlalchemy"]
)
def test_it_refuses_to_start_with_a_lifted_pin(
    package: str, lifted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = {"fastapi": "0.150.0", "sqlalchemy": "2.0.58", package: lifted}
    monkeypatch.setattr("flows.health.version", installed.__getitem__)
    with pytest.raises(KringError, match=f"{package} {re.escape(lifted)} is installed, expected {package}<"):
        serve(new_home(tmp_path / "home"))


def test_it_refuses_what_cannot_be_served_before_anything_starts(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with pytest.raises(UsageError, match="sign-in is not set up"):
        serve(home, "0.0.0.0")
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(UsageError, match=f"port {port} cannot be used"):
            serve(home, port=port)
        with pytest.raises(UsageError, match=r"--prefect-port: port \d+ cannot be used"):
            serve(home, port=free_port(), prefect_port=port)
    with served(home), pytest.raises(LockHeldError, match="served already"):
        serve(home, port=free_port())
    home.settings_file.write_text('[schedule]\nrefresh = "often"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"schedule\.refresh: no schedule"):
        serve(home)
    assert list(home.logs.iterdir()) == []


def test_prefect_is_told_to_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_KEY", "x")
    home = Home(tmp_path)
    told = prefect_environment(home, 4321, 30)
    assert told["PREFECT_API_URL"] == "http://127.0.0.1:4321/api"
    assert told["PREFECT_HOME"] == str(home.prefect)
    assert told["DO_NOT_TRACK"] == "1"
    assert told["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert "PREFECT_API_KEY" not in told
    again = prefect_environment(home, 4321, 30)
    assert told["PREFECT_SERVER_API_AUTH_STRING"] != again["PREFECT_SERVER_API_AUTH_STRING"]
