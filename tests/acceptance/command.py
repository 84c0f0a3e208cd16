"""The real command line, run as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

KRING = str(Path(sys.executable).with_name("kring"))
Cell = str | int | float | bool | None
Record = dict[str, Cell]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    output: str
    errors: str


@dataclass(frozen=True)
class RefreshSaid:
    """What these tests need of `kring refresh --json`."""

    release: str
    published: bool
    refused_files: int
    rejected_rows: int
    warnings: tuple[str, ...]


def kring(*arguments: str | Path) -> Ended:
    """Run one verb to its end."""
    done = subprocess.run([KRING, *map(str, arguments)], capture_output=True, text=True, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


def refresh(home: Path, *more: str) -> tuple[Ended, RefreshSaid]:
    """One refresh, with what it said."""
    ended = kring("refresh", "--home", home, "--json", *more)
    assert ended.code in (0, 3), ended.errors
    said = json.loads(ended.output)
    return ended, RefreshSaid(
        said["release"],
        said["published_release"],
        said["files"]["refused"],
        said["rows"]["rejected"],
        tuple(said["warnings"]),
    )


def ask(home: Path, name: str, **parameters: str) -> list[Record]:
    """The rows of an answer."""
    given = [part for key, value in parameters.items() for part in ("-p", f"{key}={value}")]
    ended = kring("ask", name, "--home", home, "--format", "json", *given)
    assert ended.code == 0, ended.errors
    rows: list[Record] = json.loads(ended.output)["rows"]
    return rows
