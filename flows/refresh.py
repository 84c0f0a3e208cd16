"""The refresh as a Prefect flow: the same functions as `kring refresh`, each step a task with its own name.

Only ids, paths and dates pass between tasks, and errors lose their causes on the way, because Prefect keeps
parameters, results and tracebacks in clear. No step is tried again: the one that reads the
network tries again itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

# Prefect reads its settings when it is imported: say nothing to the outside, and wait for a slow machine.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from etl.errors import KringError
from etl.home import Home
from etl.ledger import StartedBy
from flows import run
from flows.run import Published, RefreshReport, RunPlan, Stopwatch


@task(name="wait for the inbox", cache_policy=NO_CACHE)
def wait_for_the_inbox(root: str) -> None:
    """Let whoever is writing a file finish."""
    with discreet():
        run.wait_for_inbox(Home(Path(root)))


@task(name="collect", cache_policy=NO_CACHE)
def collect_the_sources(root: str) -> tuple[str, ...]:
    """Drop in the inbox what the sources on the network have; trying again is their client's own matter."""
    with discreet():
        return run.collect(Home(Path(root)))


@task(name="take the inbox", cache_policy=NO_CACHE)
def take_the_inbox(root: str, plan: RunPlan) -> int:
    """Move what was handed in to landed/."""
    with discreet():
        return run.take_files(Home(Path(root)), plan)


@task(name="read the files", cache_policy=NO_CACHE)
def read_the_files(root: str, plan: RunPlan) -> None:
    """Read what no reader of today has read."""
    with discreet():
        run.read_files(Home(Path(root)), plan)


@task(name="themes", cache_policy=NO_CACHE)
def place_the_texts(root: str) -> bool:
    """Give new texts their theme."""
    with discreet():
        return run.place_texts(Home(Path(root)))


@task(name="build and publish", cache_policy=NO_CACHE)
def build_and_publish(root: str, plan: RunPlan) -> Published:
    """Make a release, when anything changed."""
    with discreet():
        return run.make_release(Home(Path(root)), plan)


@flow(name="refresh", validate_parameters=False)
def refresh(
    root: str, as_of: date | None = None, rebuild: bool = False, is_scheduled: bool = False
) -> RefreshReport:
    """One refresh of the home at `root`, under the same lock as `kring refresh`."""
    home = Home(Path(root))
    watch = Stopwatch()
    started_by = StartedBy.SCHEDULE if is_scheduled else StartedBy.HAND
    if is_scheduled:
        wait_for_the_inbox(root)
    with discreet(), run.running(home, as_of, rebuild, started_by) as plan:
        failed: tuple[str, ...] = ()
        if run.collects(home, plan):
            with watch.step("collect"):
                failed = collect_the_sources(root)
        with watch.step("take the inbox"):
            take_the_inbox(root, plan)
        with watch.step("read the files"):
            read_the_files(root, plan)
        with watch.step("themes"):
            place_the_texts(root)
        with watch.step("build and publish"):
            published = build_and_publish(root, plan)
        return run.finish(home, plan, published, watch, failed)


@contextmanager
def discreet(what: str = "refresh") -> Iterator[None]:
    """Let errors through as one line without their causes, whose words may quote a row."""
    try:
        yield
    except KringError as error:
        raise error.with_traceback(None) from None
    except Exception as error:
        raise KringError(what, f"a fault in Kring ({type(error).__name__})") from None
