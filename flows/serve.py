"""`kring serve`: a Prefect server, the schedule and the dashboard, started in order and stopped together.

This process only watches, so it imports nothing heavy. Each part is a process group of its own: Ctrl-C
reaches this process alone, which then stops whole groups, last started first. On Linux the kernel ends the
parts also when this process is killed. All of it listens on loopback; the server's password exists in memory
only.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from etl.errors import KringError, LockHeldError
from etl.home import FILE_RIGHTS, Home
from etl.settings import load_settings
from flows.printing import say

LOOPBACK = "127.0.0.1"
SCHEDULE_READY = "the schedule is served"
START_SECONDS = 180.0
GRACE_SECONDS = 15.0
LOOK_SECONDS = 0.2
DAY_SECONDS = 86_400
PR_SET_PDEATHSIG = 1
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopAsked(Exception):
    """Somebody wants all of it to stop."""


@dataclass(frozen=True)
class Part:
    """One of the things that run together, and where what it says goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """Everything it has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def is_running(self) -> bool:
        """Whether its process is still there."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End its whole group: asked first, forced after a while."""
        _signal_group(self.process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE_SECONDS)
        _signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Watch:
    """The parts in the order they were started, and the signal that asked to stop."""

    home: Home
    stamp: str
    parts: list[Part] = field(default_factory=list)
    asked: int = 0

    def hear(self, number: int, _frame: FrameType | None) -> None:
        """A signal came; whoever waits sees it."""
        self.asked = number

    def start(
        self, name: str, arguments: tuple[str, ...], environment: Mapping[str, str], is_private: bool
    ) -> Part:
        """Start a part. The files of a private part are nobody else's."""
        log = self.home.logs / f"{name.replace(' ', '-').lower()}-{self.stamp}.log"
        with os.fdopen(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, FILE_RIGHTS), "wb") as output:
            process = subprocess.Popen(
                arguments,
                cwd=self.home.prefect,  # where nobody's own prefect.toml or .env lies
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077 if is_private else -1,
                preexec_fn=_end_with_parent(),
            )
        part = Part(name, process, log)
        self.parts.append(part)
        return part

    def wait_for(self, part: Part, is_ready: Callable[[], bool]) -> None:
        """Wait until a part is ready; the others must go on meanwhile."""
        until = time.monotonic() + START_SECONDS
        while not is_ready():
            self.look()
            if time.monotonic() > until:
                raise KringError(
                    "kring serve", f"the {part.name} did not start within {START_SECONDS:.0f} s", "",
                    f"See logs/{part.log.name} in the home.",
                )  # fmt: skip
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Raise when somebody asked to stop, or when a part is gone."""
        if self.asked:
            raise _StopAsked
        for part in self.parts:
            if not part.is_running:
                raise KringError(
                    "kring serve", f"the {part.name} stopped by itself ({_ending(part)})",
                    "", f"The rest is stopped too; see logs/{part.log.name} in the home.",
                )  # fmt: skip

    def watch(self) -> None:
        """Look until there is a reason to stop."""
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End every part, the last started first."""
        for part in reversed(self.parts):
            part.stop()


def serve(home: Home, address: str = LOOPBACK, port: int = 8501, prefect_port: int = 0) -> None:
    """Serve the schedule and the dashboard until a signal, or until a part stops by itself."""
    from dashboard.serving import require_free, streamlit_command
    from etl.serving import served

    command = streamlit_command(home, address, port)
    settings = load_settings(home)
    home.create()
    _require_pins()
    require_free(address, port, "--port")
    server_port = prefect_port or _free_port()
    require_free(LOOPBACK, server_port, "--prefect-port")
    with served(home), _watching(home) as watch:
        _close_dead_runs(home)
        environment = prefect_environment(home, server_port, settings.retention.logs_days)
        _start_server(watch, server_port, environment)
        _start_schedule(watch, environment)
        shown = {**os.environ, **dict(command.environment)}
        part = watch.start("dashboard", command.arguments, shown, is_private=False)
        url = f"http://{address}:{port}"
        watch.wait_for(part, lambda: _answers(f"{url}/health"))
        say(f"The dashboard is on {url} (stop everything with Ctrl-C)")
        watch.watch()


def prefect_environment(home: Home, port: int, history_days: int) -> dict[str, str]:
    """What Prefect is told: this server, this home, nothing to the outside, none of the user's own ways."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    password = f"kring:{secrets.token_urlsafe(24)}"
    return own | {
        "DO_NOT_TRACK": "1",
        "KRING_HOME": str(home.root),
        "NO_PROXY": LOOPBACK,
        "PREFECT_HOME": str(home.prefect),
        "PREFECT_API_URL": f"http://{LOOPBACK}:{port}/api",
        "PREFECT_API_AUTH_STRING": password,
        "PREFECT_SERVER_API_AUTH_STRING": password,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"P{history_days}D",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(history_days * DAY_SECONDS),
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PYTHONUNBUFFERED": "1",
    }


def _start_server(watch: Watch, port: int, environment: Mapping[str, str]) -> None:
    arguments = (sys.executable, "-m", "prefect", "server", "start", "--host", LOOPBACK, "--port", str(port))
    say("Starting the Prefect server, the schedule and the dashboard; this takes about half a minute.")
    part = watch.start("Prefect server", arguments, environment, is_private=True)
    watch.wait_for(part, lambda: _answers(f"http://{LOOPBACK}:{port}/api/health"))
    say(f"The Prefect server is on http://{LOOPBACK}:{port}")


def _start_schedule(watch: Watch, environment: Mapping[str, str]) -> None:
    from flows.health import schedule_line

    part = watch.start("schedule", (sys.executable, "-m", "flows.schedule"), environment, is_private=True)
    watch.wait_for(part, lambda: SCHEDULE_READY in part.said())
    say(schedule_line(watch.home))


@contextmanager
def _watching(home: Home) -> Iterator[Watch]:
    """Hear signals, and whatever happens stop every part at the end."""
    watch = Watch(home, f"{datetime.now(UTC):%Y%m%dT%H%M%S}")
    before = {number: signal.signal(number, watch.hear) for number in STOPPING}
    try:
        yield watch
    except _StopAsked:
        say("Stopping the dashboard, the schedule and the Prefect server.")
    finally:
        watch.stop()
        say("Everything is stopped.")
        for number, handler in before.items():
            signal.signal(number, handler)


def _require_pins() -> None:
    """With the wrong pair of packages schedules silently never fire: refuse, naming the package."""
    from flows.health import pin_faults

    faults = pin_faults()
    if faults:
        raise KringError("kring serve", "; ".join(faults), "", "Install again with: make")


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _close_dead_runs(home: Home) -> None:
    """A run left open is dead when the writer lock is free."""
    from etl.ledger import Ledger
    from etl.release import writer_lock

    with suppress(LockHeldError), writer_lock(home), Ledger(home) as ledger:
        count = ledger.close_dead_runs()
        if count:
            say(f"{count} earlier run{'s' if count > 1 else ''} did not end by itself: noted as crashed.")


def _answers(url: str) -> bool:
    try:
        with DIRECT.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _ending(part: Part) -> str:
    code = part.process.returncode
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux: have the kernel end a part when this process is gone, however it went."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask
