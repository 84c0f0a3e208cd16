"""Whether `kring serve` serves a home: it holds a lock as long as it does, which goes when it dies."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from etl.errors import LockHeldError
from etl.home import FOLDER_RIGHTS, Home, create_private, make_folder

PATIENCE_SECONDS = 1.0  # whoever only looks holds the lock for an instant


@contextmanager
def served(home: Home) -> Iterator[None]:
    """Be the one `kring serve` of this home."""
    make_folder(home.prefect, FOLDER_RIGHTS)
    create_private(home.serve_lock_file)
    until = time.monotonic() + PATIENCE_SECONDS
    with home.serve_lock_file.open("rb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise LockHeldError(
                        "kring serve", "this home is served already", "", "Stop the other kring serve first."
                    ) from None
                time.sleep(0.05)
        yield


def is_served(home: Home) -> bool:
    """Whether a `kring serve` is there for this home now, so that its schedule runs."""
    try:
        with home.serve_lock_file.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
