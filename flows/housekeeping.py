"""Housekeeping as a Prefect flow: the same function as elsewhere, under the same lock as a refresh."""

from __future__ import annotations

from pathlib import Path

from flows.refresh import discreet  # isort: skip - it first tells Prefect to be quiet

from prefect import flow

from etl.home import Home
from etl.ledger import StartedBy
from flows import run


@flow(name="housekeeping", validate_parameters=False)
def housekeeping(root: str, is_scheduled: bool = False) -> None:
    """Remove old logs, refused files and releases, and what dead runs left."""
    with discreet("housekeeping"):
        run.housekeeping(Home(Path(root)), StartedBy.SCHEDULE if is_scheduled else StartedBy.HAND)
