"""The server that reading children are forked from. It imports the readers once, for all of them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

SAFE_PATH = "PYTHONSAFEPATH"
PRELOADED = [
    "etl.reading.file",
    "etl.reading.together",
    "fastexcel",
    "numpy",
    "pyarrow.compute",
    "python_calamine",
    "zoneinfo",
]


def server() -> ForkServerContext:
    """What makes children, with the server running."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with _own_modules_first():
        forkserver.ensure_running()
    return context


def make_ready() -> None:
    """Start the server, so that it imports the readers beside what comes before the first file is read."""
    server()


@contextmanager
def _own_modules_first() -> Iterator[None]:
    """It is started as `python -c`, which would look for modules in the user's folder before all others."""
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before
