"""Every flow, listed explicitly, with its schedule; and the process that runs each when its time comes.

`python -m flows.schedule` serves the schedule of the home in KRING_HOME to the Prefect server of
PREFECT_API_URL; `kring serve` starts both. A test fails when a flow of this folder is missing here.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from etl.cron import Cron
from etl.home import Home, find_home
from etl.ledger import Ledger, RunKind
from etl.settings import Schedule, load_settings
from flows.housekeeping import housekeeping
from flows.publish import publish
from flows.refresh import refresh
from flows.serve import SCHEDULE_READY

from prefect.runner import Runner  # isort: skip - after the flows, which tell Prefect to be quiet

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.deployments.runner import RunnerDeployment

DEPLOYMENT = "schedule"
ROUNDED_BY = timedelta(
    seconds=1
)  # Prefect rounds its waiting to whole seconds: a run may begin before its time


@dataclass(frozen=True)
class RegisteredFlow:
    """One flow that a Prefect server may run. `kind` names its runs; without one only people start it."""

    flow: Flow[..., Any]
    kind: RunKind | None = None

    def cron(self, schedule: Schedule) -> Cron | None:
        """When it runs by itself."""
        crons = {RunKind.REFRESH: schedule.refresh, RunKind.HOUSEKEEPING: schedule.housekeeping}
        return crons[self.kind] if self.kind else None

    def parameters(self, home: Home) -> Mapping[str, str | bool]:
        """What it is run with."""
        return {"root": str(home.root), "is_scheduled": True}


FLOWS = (
    RegisteredFlow(refresh, RunKind.REFRESH),
    RegisteredFlow(housekeeping, RunKind.HOUSEKEEPING),
    RegisteredFlow(publish),  # what everyone sees is for a person to decide
)


class StoppableRunner(Runner):
    """A runner that ends on SIGTERM as it does on Ctrl-C: Prefect's own way leaves a traceback each time."""

    def handle_sigterm(self, *args: object, **kwargs: object) -> None:
        """Pause the deployments and end."""
        os.kill(os.getpid(), signal.SIGINT)


def deployment(entry: RegisteredFlow, cron: Cron, home: Home, time_zone: str) -> RunnerDeployment:
    """What the server is told about a flow."""
    from prefect.schedules import Cron as CronSchedule
    from prefect.types.entrypoint import EntrypointType

    made = entry.flow.to_deployment(
        name=DEPLOYMENT,
        schedule=CronSchedule(cron.text, timezone=time_zone),
        parameters=dict(entry.parameters(home)),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert not asyncio.iscoroutine(made)
    return made


def is_missed(began_at: datetime | None, cron: Cron, now: datetime, zone: ZoneInfo) -> bool:
    """Whether its time came since its last run began, while nobody served the schedule."""
    due = cron.next_after(began_at + ROUNDED_BY, zone) if began_at else None
    return due is not None and due <= now


def last_began_at(kind: RunKind, home: Home) -> datetime | None:
    """When the last run of a kind began."""
    with Ledger(home) as ledger:
        last = next(iter(ledger.runs(1, kind)), None)
    return last.started_at if last else None


def run_now(entry: RegisteredFlow) -> None:
    """Ask the server for one run of a flow at once."""
    from prefect.deployments import run_deployment

    run_deployment(f"{entry.flow.name}/{DEPLOYMENT}", timeout=0)


def serve(home: Home) -> None:
    """Register every flow and run each when its time comes, one at a time, until a signal to stop."""
    settings = load_settings(home)
    time_zone = settings.network.time_zone
    runner = StoppableRunner(name="kring", limit=1, pause_on_shutdown=True)
    for entry in FLOWS:
        cron = entry.cron(settings.schedule)
        if entry.kind is None or cron is None:
            continue
        runner.add_deployment(deployment(entry, cron, home, time_zone))
        if is_missed(last_began_at(entry.kind, home), cron, datetime.now(UTC), ZoneInfo(time_zone)):
            print(f"{entry.kind.value}: its time came while nothing served the schedule; running it now")
            run_now(entry)
    print(SCHEDULE_READY, flush=True)
    with suppress(KeyboardInterrupt):
        asyncio.run(runner.start())


if __name__ == "__main__":
    serve(find_home(None))
