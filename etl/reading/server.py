"""The server that reading children are forked from. It imports the readers once, for all of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
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
    """What makes children, with the server running: it imports the readers meanwhile."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with _own_modules_first(), _ctrl_c_is_ours():
        forkserver.ensure_running()
    return context


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


@contextmanager
def _ctrl_c_is_ours() -> Iterator[None]:
    """A terminal sends Ctrl-C to the server and its children too. Kring stops them; they say nothing."""
    resource_tracker.ensure_running()  # started by the server it would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
