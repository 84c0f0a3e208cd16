"""The publication as a Prefect flow: the same functions as `kring publish`.

It goes by itself only where somebody put it on a schedule; before the fixed day it says so and leaves
everything as it is.
"""

from __future__ import annotations

import os
from pathlib import Path

# Prefect reads its settings when it is imported: say nothing to the outside.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from etl.home import Home
from flows.publishing import publish_site
from flows.refresh import discreet


@task(name="publish the figures", cache_policy=NO_CACHE)
def publish_the_figures(root: str, note: str | None = None) -> str:
    """Publish what the release being served allows. Gives the id of the publication."""
    with discreet():
        return publish_site(Home(Path(root)), note).publication


@flow(name="publish", validate_parameters=False)
def publish(root: str, note: str | None = None) -> str:
    """One publication of the home at `root`, under the same lock as `kring publish`."""
    return publish_the_figures(root, note)
