"""Removing what nobody needs any more. What landed is never removed here, and nothing that is served."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from etl.landing import UNFINISHED
from etl.load import WORK_FOLDER
from etl.release import forget_old, remove_leftovers

if TYPE_CHECKING:
    from etl.home import Home
    from etl.ledger import Ledger
    from etl.settings import Settings

UNFINISHED_DAYS = 7  # nobody uploads one file for a week


@dataclass(frozen=True)
class Removed:
    """How many of each were removed."""

    logs: int
    refused_files: int
    releases: int
    leftovers: int

    def json(self) -> str:
        """The counts as one JSON object."""
        return json.dumps(asdict(self))


def tidy(home: Home, settings: Settings, ledger: Ledger, now: datetime) -> Removed:
    """Remove old logs, refused files and releases, and leftovers. The caller holds the writer lock."""
    kept = settings.retention
    before = len(list(home.releases.iterdir()))
    leftovers = _leftovers(home, now)
    remove_leftovers(home)
    leftovers += before - len(list(home.releases.iterdir()))
    return Removed(
        logs=_remove(_older(home.logs.rglob("*"), now - timedelta(days=kept.logs_days))),
        refused_files=_remove(
            home.quarantine / sha256
            for sha256 in ledger.quarantined_before(now - timedelta(days=kept.quarantine_days))
        ),
        releases=forget_old(home, settings.releases_kept),
        leftovers=leftovers,
    )


def _leftovers(home: Home, now: datetime) -> int:
    """What runs that died left half done, and uploads that nobody finished."""
    count = 0
    for folder in home.root.glob(f"{WORK_FOLDER}*"):
        shutil.rmtree(folder, ignore_errors=True)
        count += 1
    unfinished = _older(home.inbox.rglob(f"*{UNFINISHED}"), now - timedelta(days=UNFINISHED_DAYS))
    halfway = [*home.landed.rglob(".*"), *home.backups.glob(f".*{UNFINISHED}")]
    return count + _remove([*halfway, *unfinished])


def _older(paths: Iterable[Path], moment: datetime) -> list[Path]:
    return [
        path
        for path in paths
        if path.is_file() and not path.is_symlink() and path.stat().st_mtime < moment.timestamp()
    ]


def _remove(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        if path.is_file():
            path.unlink()
            count += 1
    return count
