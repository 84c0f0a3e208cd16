"""The server that reading children are forked from. It imports the readers once, for all of them."""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

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
    """What makes children; the server starts with the first of them, if `make_ready` was not called."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def make_ready() -> None:
    """Start the server, so that it imports the readers beside what comes before the first file is read."""
    server()
    forkserver.ensure_running()
