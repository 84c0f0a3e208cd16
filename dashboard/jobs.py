"""Work that the dashboard starts: a verb of `kring`, and files put into the inbox. Pure: no Streamlit.

A refresh is `kring refresh --json` in a process of its own, so that a page never holds the writer lock and
a broken run cannot take the dashboard down. It prints its progress as JSON lines on stderr and its result as
one object on stdout. One refresh at a time; whoever presses the button while one runs, watches that one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Generic, TypeVar

from etl.errors import InputError
from etl.home import FILE_RIGHTS, FOLDER_RIGHTS, Home, make_folder
from etl.ledger import STARTED_BY, StartedBy

MOST_NAME_BYTES: Final = 180
CHUNK: Final = 1024 * 1024
Result = TypeVar("Result")
INPUT_REFUSED: Final = 3  # the exit code of a run that is done, but refused some of its input


@dataclass(frozen=True)
class Step:
    """Where a run is: the name of the step, its number, and the last number."""

    name: str
    index: int
    of: int

    @property
    def share(self) -> float:
        """How much is behind it, from 0 to 1."""
        return min(max(self.index, 0) / self.of, 1.0) if self.of > 0 else 0.0


@dataclass(frozen=True)
class RefreshResult:
    """How a refresh ended. `problem` is Kring's own line when it failed."""

    exit_code: int
    published_release: bool = False
    files_new: int = 0
    files_refused: int = 0
    rows_used: int = 0
    rows_rejected: int = 0
    people: int = 0
    seconds: float = 0.0
    problem: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the run was done; some of its input may still have been refused."""
        return self.exit_code in (0, INPUT_REFUSED)


class Job(Generic[Result]):
    """One verb in its own process. Safe to look at from any thread.

    `read` makes the result of the exit code, what was printed, and the last line said that was no progress.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        read: Callable[[int, str, str], Result],
    ) -> None:
        self._lock = threading.Lock()
        self._read = read
        self._step: Step | None = None
        self._result: Result | None = None
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the run ends
        self._process = subprocess.Popen(
            list(command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._watcher = threading.Thread(target=self._watch, name="kring-job", daemon=True)
        self._watcher.start()

    @property
    def step(self) -> Step | None:
        """The step it is at; None before the first."""
        with self._lock:
            return self._step

    @property
    def result(self) -> Result | None:
        """How it ended; None while it runs."""
        with self._lock:
            return self._result

    def wait(self, seconds: float | None = None) -> Result | None:
        """Wait until it ends, or until the time is up."""
        self._watcher.join(seconds)
        return self.result

    def _watch(self) -> None:
        said = ""
        with self._process:
            for line in self._process.stderr or ():
                step = read_step(line)
                if step is None:
                    said = line.strip() or said
                else:
                    with self._lock:
                        self._step = step
            exit_code = self._process.wait()
        with self._output:
            self._output.seek(0)
            printed = self._output.read().decode("utf-8", errors="replace")
        with self._lock:
            self._result = self._read(exit_code, printed, said)


class RefreshJob(Job[RefreshResult]):
    """One refresh."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        super().__init__(command, environment, read_result)


class Jobs:
    """The refreshes of one process: at most one running for each home."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[Path, RefreshJob] = {}

    def refresh(self, home: Home, accept: str | None = None, leave_out: str | None = None) -> RefreshJob:
        """Start a refresh, or give the one that is running. `accept` or `leave_out`: a file looked at."""
        with self._lock:
            running = self._last.get(home.root)
            if running is not None and running.result is None:
                return running
            job = RefreshJob(refresh_command(home, accept, leave_out), environment(home))
            self._last[home.root] = job
            return job

    def running(self, home: Home) -> RefreshJob | None:
        """The refresh that runs now."""
        with self._lock:
            job = self._last.get(home.root)
        return job if job is not None and job.result is None else None


JOBS: Final = Jobs()


def refresh_command(home: Home, accept: str | None = None, leave_out: str | None = None) -> tuple[str, ...]:
    """`kring refresh --json` as this installation runs it."""
    given = (("--accept", accept), ("--leave-out", leave_out))
    options = [part for option, value in given if value for part in (option, value)]
    return kring_command(home, "refresh", "--json", *options)


def kring_command(home: Home, verb: str, *options: str) -> tuple[str, ...]:
    """A verb of `kring` (`person erase` has two words) on a home, as this installation runs it."""
    script = Path(sys.executable).with_name("kring")
    kring = (
        (str(script),) if script.is_file() else (sys.executable, "-c", "from flows.cli import main; main()")
    )
    return (*kring, *verb.split(), "--home", str(home.root), *options)


def environment(home: Home) -> dict[str, str]:
    """The environment of a job: this process's own, with the home."""
    return {
        **os.environ,
        "KRING_HOME": str(home.root),
        "PYTHONUNBUFFERED": "1",
        STARTED_BY: StartedBy.SCREEN.value,
    }


def _object(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _inner(found: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _whole(found: Mapping[str, object], name: str) -> int:
    value = found.get(name)
    return int(value) if isinstance(value, int | float) else 0


def read_step(line: str) -> Step | None:
    """A line of progress; None for anything else on stderr."""
    found = _object(line)
    name = found.get("step")
    return Step(name, _whole(found, "index"), _whole(found, "of")) if isinstance(name, str) else None


def read_result(exit_code: int, printed: str, said: str) -> RefreshResult:
    """What a run printed, as its result. `said` is the last line on stderr that was no progress."""
    found = _object(printed)
    files, rows = _inner(found, "files"), _inner(found, "rows")
    seconds = found.get("seconds")
    succeeded = exit_code in (0, INPUT_REFUSED) and bool(found)
    return RefreshResult(
        exit_code=exit_code if succeeded or exit_code else 1,
        published_release=found.get("published_release") is True,
        files_new=_whole(files, "new"),
        files_refused=_whole(files, "refused"),
        rows_used=_whole(rows, "used"),
        rows_rejected=_whole(rows, "rejected"),
        people=_whole(found, "people"),
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        problem="" if succeeded else said,
    )


def inbox_name(name: str) -> str:
    """The name under which an uploaded file enters the inbox: never a path, never hidden, never a `.part`."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in plain if letter.isprintable()).strip().lstrip(".")
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        stem, extension = kept, ""
    if extension.lower() == "part":
        stem, extension, dot = f"{stem}_part", "", ""
    while len(f"{stem}{dot}{extension}".encode()) > MOST_NAME_BYTES:
        stem = stem[:-1]
    if not stem:
        raise InputError("upload", "a file without a usable name", "a name with letters or digits")
    return f"{stem}{dot}{extension}"


def put_in_inbox(home: Home, name: str, content: IO[bytes]) -> Path:
    """Write an uploaded file into the inbox: first as `x.part`, then renamed, so no run sees half a file."""
    make_folder(home.inbox, FOLDER_RIGHTS)
    target = _free(home.inbox, inbox_name(name))
    part = target.with_name(target.name + ".part")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_RIGHTS)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in _chunks(content):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return target


def _chunks(content: IO[bytes]) -> Iterable[bytes]:
    content.seek(0)
    while chunk := content.read(CHUNK):
        yield chunk


def _free(folder: Path, name: str) -> Path:
    """A name nobody uses yet: `x.csv`, `x (2).csv`, …"""
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    candidate, number = folder / name, 1
    while candidate.exists() or candidate.with_name(candidate.name + ".part").exists():
        number += 1
        candidate = folder / f"{stem} ({number}){dot}{extension}"
    return candidate
