"""Files are read in a child process with limits, so that no file can harm the run.

The child is forked from a server that has imported the readers already, reads a batch of files, and leaves
one result file per input file. It has a ceiling on memory and processor time, no environment (so no
secrets), and a clock that the parent watches. When it dies, the file it was reading is reported as
rejected, and the rest of the batch goes to a fresh child. A large table gets a child of its own with higher
limits. Small files are converted together; when that fails for whatever reason, one by one.
"""

from __future__ import annotations

import io
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from itertools import zip_longest
from multiprocessing import connection
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.reading.file import ReadJob, read_file, too_costly
from etl.reading.large import LARGE_BYTES
from etl.reading.server import server
from etl.sources import outcome
from etl.sources.reading import FileReading

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

    from etl.settings import Settings

__all__ = ["Ceiling", "ReadJob", "ceiling_of", "read_files"]

MB = 1024 * 1024
BATCH_FILES = 64
BATCH_BYTES = 32 * MB
SMALL_BYTES = 256 * 1024
SMALL_BATCH_FILES = 100
LARGE_BYTES_A_SECOND = 1 * MB  # slower than any reading seen, so that the clock stops only what hangs
POLL_SECONDS = 0.5
KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "TZDIR", "PYTHONTZPATH")
KNOWN_TYPES = {
    "etl.sources.reading": {
        "FileReading", "RowCounts", "Counts", "DateRange", "AttendanceLine", "FeedFile",
    },
    "etl.sources.source": {"FileStatus", "FoundSession", "Reject"},
    "datetime": {"datetime", "date", "timezone", "timedelta"},
    "pathlib": {"PosixPath", "PurePosixPath"},
}  # fmt: skip


@dataclass(frozen=True)
class Ceiling:
    """What reading one file may cost. `memory_bytes` is address space above what the idle child has."""

    memory_bytes: int = 1024 * MB
    cpu_seconds: int = 60
    wall_seconds: float = 120.0
    threads: int = 1
    database_memory: str = "600MB"


def ceiling_of(job: ReadJob) -> Ceiling:
    """The ceiling for a file of this size."""
    size = job.path.stat().st_size
    if size <= LARGE_BYTES:
        return Ceiling()
    seconds = 120 + size // LARGE_BYTES_A_SECOND
    return Ceiling(6 * 1024 * MB, 2 * seconds, seconds, threads=os.cpu_count() or 1, database_memory="2GB")


def read_files(
    jobs: Sequence[ReadJob], settings: Settings, folder: Path, ceiling: Ceiling | None = None
) -> Generator[FileReading, None, None]:
    """Read files, in their order. `ceiling` overrules the limits that belong to their sizes.

    While the caller stores what a child read last, the next one reads on.
    """
    batches = [_Batch(batch, settings, folder, ceiling or ceiling_of(batch[0])) for batch in _batches(jobs)]
    try:
        for batch, following in zip_longest(batches, batches[1:]):
            for reading in batch.readings():
                if following and batch.is_done:
                    following.start()
                yield reading
    finally:
        for batch in batches:
            batch.stop()


def _is_small(job: ReadJob) -> bool:
    """Whether a file may be converted together with others."""
    return not job.is_counted and job.path.stat().st_size <= SMALL_BYTES


def _batches(jobs: Sequence[ReadJob]) -> Iterator[list[ReadJob]]:
    """Small files together, each large one alone; the order stays."""
    batch: list[ReadJob] = []
    total = 0
    for job in jobs:
        size, is_small = job.path.stat().st_size, _is_small(job)
        is_full = len(batch) == (SMALL_BATCH_FILES if is_small else BATCH_FILES) or total + size > BATCH_BYTES
        if batch and (size > LARGE_BYTES or is_full or is_small != _is_small(batch[-1])):
            yield batch
            batch, total = [], 0
        batch.append(job)
        total += size
        if size > LARGE_BYTES:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


class _Batch:
    """Jobs for one child, and a fresh one for what is left each time that a file fells it.

    Small files are converted together, which may give nothing at all, as nobody then knows which file did it.
    """

    def __init__(self, jobs: Sequence[ReadJob], settings: Settings, folder: Path, ceiling: Ceiling) -> None:
        self._waiting = list(jobs)
        self._settings, self._folder, self._ceiling = settings, folder, ceiling
        self._together = len(jobs) > 1 and all(map(_is_small, jobs))
        self._process: ForkServerProcess | None = None
        self._results: list[Path] = []

    @property
    def is_done(self) -> bool:
        """Whether every file has had its reading."""
        return not self._waiting

    def start(self) -> ForkServerProcess:
        """Have a child read what is left."""
        mark = token_hex(4)  # what another child leaves meanwhile lies in the same folder
        self._results = [self._folder / f"{mark}-{number}.result" for number in range(len(self._waiting))]
        spill = self._folder / f"{mark}-spill"
        arguments = (
            self._waiting, self._results, self._settings, self._folder, spill, self._ceiling, self._together
        )  # fmt: skip
        process = server().Process(target=_work, args=arguments, daemon=True)
        process.start()  # one that never came to start, as by Ctrl-C, cannot be stopped
        self._process = process
        return process

    def stop(self) -> None:
        """Have no child, nor any result of one."""
        if self._process:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        for result in self._results:
            result.unlink(missing_ok=True)

    def readings(self) -> Iterator[FileReading]:
        """What each file gave. No child is left when the last is told."""
        while self._waiting:
            for reading in self._of_child(self._process or self.start()):
                del self._waiting[0]
                if self.is_done:
                    self.stop()
                yield reading
            self.stop()
            self._together = False

    def _of_child(self, process: ForkServerProcess) -> Iterator[FileReading]:
        """What one child makes of the jobs: at least one reading, or none of jobs that it reads together.

        The last may be of the file that felled it.
        """
        for job, result in zip(tuple(self._waiting), self._results, strict=True):
            reason = _wait_for(result, process, self._ceiling.wall_seconds)
            if reason is None:
                yield _load(result)
                continue
            if not self._together:
                yield outcome.refused(job.name, job.sha256, too_costly(job.name, reason))
            return


def _wait_for(result: Path, process: ForkServerProcess, seconds: float) -> str | None:
    """Wait until the result is there: None. Else why it will never be."""
    deadline = time.monotonic() + seconds
    pause = 0.002
    while not result.exists():
        left = deadline - time.monotonic()
        if left <= 0:
            process.kill()
            process.join()
            return f"more than {seconds:g} seconds"
        ended = connection.wait([process.sentinel], timeout=min(pause, left))
        pause = min(pause * 1.5, POLL_SECONDS)
        if ended and not result.exists():
            process.join()
            return _why(process.exitcode)
    return None


def _why(exit_code: int | None) -> str:
    if exit_code == -signal.SIGXCPU:
        return "too much processor time"
    if exit_code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL):
        return f"memory or a damaged file, {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"


# In the child


def _work(
    jobs: Sequence[ReadJob],
    results: Sequence[Path],
    settings: Settings,
    folder: Path,
    spill: Path,
    ceiling: Ceiling,
    together: bool,
) -> None:
    _give_up_rights(ceiling)
    sys.meta_path.insert(0, _WithoutPandas())
    from etl.reading.together import read_together
    from etl.warehouse import scratch

    with scratch(ceiling.threads, ceiling.database_memory, spill) as database:
        if together:
            _allow_processor_time(ceiling.cpu_seconds)
            for reading, result in zip(read_together(jobs, settings, database, folder), results, strict=True):
                _store(reading, result)
            os._exit(0)
        for job, result in zip(jobs, results, strict=True):
            _allow_processor_time(ceiling.cpu_seconds)
            try:
                reading = read_file(job, settings, database, folder)
            except Exception as error:  # a fault of Kring's own: the file is refused, its content never shown
                reading = outcome.refused(job.name, job.sha256, _own_fault(job.name, error))
            _store(reading, result)
    os._exit(0)


class _WithoutPandas(MetaPathFinder):
    """Arrow imports pandas to see whether a list is one of its own: a third of a second in each child."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


def _own_fault(name: str, error: Exception) -> InputError:
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "unknown place"
    return InputError(
        name,
        f"the reader failed ({type(error).__name__} at {where})",
        "",
        "Please report this; the bytes are kept.",
    )


def _give_up_rights(ceiling: Ceiling) -> None:
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    space = _address_space() + ceiling.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (space, space))


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:  # no /proc: the limit is then of the whole process
        return 1024 * MB


def _allow_processor_time(seconds: int) -> None:
    """The soft limit counts from the start of the child, so it moves with each file."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


def _store(reading: FileReading, path: Path) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(reading))
    part.replace(path)


def _load(path: Path) -> FileReading:
    """The reading in a result file. It can hold only a reading's types: the child read hostile bytes."""
    reading = _Unpickler(io.BytesIO(path.read_bytes())).load()
    if not isinstance(reading, FileReading):
        raise TypeError("the result of a child is no reading")
    return reading


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if name not in KNOWN_TYPES.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a reading")
        found = super().find_class(module, name)
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no type")
        return found
