"""Running one process and watching it: wall time, and the peak memory of it and all its descendants."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

INTERVAL_SECONDS = 0.05
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class ProcessFailedError(Exception):
    """A measured process did not end as it should; the message ends with what it said."""


@dataclass(frozen=True)
class Run:
    """One process that ended well."""

    seconds: float
    peak_mb: float
    output: str


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end. Raises ProcessFailedError when its exit code is not 0."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    watch = _Watch(process.pid)
    watch.start()
    output, errors = process.communicate()
    seconds = time.perf_counter() - started
    watch.stop()
    if process.returncode != 0:
        raise ProcessFailedError(f"{command[0]} ended with {process.returncode}: {errors[-2000:]}")
    return Run(seconds, watch.peak_bytes / 1e6, output)


class _Watch(threading.Thread):
    """Adds up the resident memory of a process and its descendants, and remembers the highest sum."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak_bytes = 0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            self.peak_bytes = max(self.peak_bytes, sum(_resident(pid) for pid in _family(self.pid)))
            self._ended.wait(INTERVAL_SECONDS)

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _family(pid: int) -> list[int]:
    """A process and all its descendants, as far as they are still there."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def _parent(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * PAGE_BYTES
    except (OSError, IndexError):
        return 0
