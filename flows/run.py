"""One refresh, as plain functions: the command line and the Prefect flow both run these.

Between steps only ids, paths and dates are passed, never anything personal.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from etl.decisions import Decisions
from etl.errors import KringError, UsageError, is_stopped, shown
from etl.home import Home, private_files
from etl.ledger import Ledger, Outcome, RunKind, StartedBy, StoredReading
from etl.organisation_book import OrganisationDecisions
from etl.progress import Progress, silent
from etl.release import (
    ReleasePlan,
    current,
    disk_reported,
    fingerprint,
    unchanged,
    write_release,
    writer_lock,
)
from etl.settings import Settings, load_settings
from flows.printing import NEEDS_MAPPING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.housekeeping import Removed
    from etl.privacy.erasure import ErasureReport

NOT_TAKEN = ("rejected", "held")
WAITING = ("held", "needs_mapping")
FILE_LETTERS = 12
YEARS = range(1900, 2200)
QUIET_SECONDS = 10.0  # a scheduled run leaves a file that somebody may still be writing
LONGEST_WAIT_SECONDS = 600.0


@dataclass(frozen=True)
class RunPlan:
    """What is settled when a run begins. `received_at` is shared by every file the run takes."""

    run_id: int
    as_of: date
    received_at: datetime
    rebuild: bool
    started_by: StartedBy = StartedBy.HAND
    finished_erasure: ErasureReport | None = None  # one that was broken off, and done before this run began

    @property
    def quiet_seconds(self) -> float:
        """For how long nobody may have touched a file that this run takes. A person has looked."""
        return QUIET_SECONDS if self.started_by is StartedBy.SCHEDULE else 0.0


@dataclass(frozen=True)
class Published:
    """The release that is served after a run, and whether this run made it."""

    release: str
    as_of: date
    people: int
    is_new: bool


@dataclass(frozen=True)
class RefreshReport:
    """What a run did: the object of `kring refresh --json`. Rows are those read in this run.

    `refused_input` is about this run's own input (`_refused_now`): nothing is told twice.
    """

    release: str
    as_of: date
    published_release: bool
    files_new: int
    files_known: int
    files_refused: int
    rows_read: int
    rows_used: int
    rows_rejected: int
    people: int
    seconds: float
    steps: tuple[tuple[str, float], ...]
    warnings: tuple[str, ...]
    refused_input: bool = False

    def json(self) -> str:
        """The report as one JSON object."""
        return json.dumps(
            {
                "release": self.release,
                "as_of": self.as_of.isoformat(),
                "published_release": self.published_release,
                "files": {"new": self.files_new, "known": self.files_known, "refused": self.files_refused},
                "rows": {"read": self.rows_read, "used": self.rows_used, "rejected": self.rows_rejected},
                "people": self.people,
                "seconds": self.seconds,
                "steps": [{"name": name, "seconds": seconds} for name, seconds in self.steps],
                "warnings": list(self.warnings),
            },
            ensure_ascii=False,
        )


class Stopwatch:
    """How long each step took."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.steps: list[tuple[str, float]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Times what happens inside."""
        before = time.monotonic()
        yield
        self.steps.append((name, round(time.monotonic() - before, 3)))

    @property
    def seconds(self) -> float:
        """Since the stopwatch was made."""
        return round(time.monotonic() - self.started, 3)


def refresh(
    home: Home,
    as_of: date | None = None,
    rebuild: bool = False,
    accept: str | None = None,
    progress: Progress = silent,
    started_by: StartedBy = StartedBy.HAND,
    leave_out: str | None = None,
) -> RefreshReport:
    """Take the inbox, read what is new, build, check and publish. Nothing new makes no release."""
    watch = Stopwatch()
    with running(home, as_of, rebuild, started_by) as plan:
        failed: tuple[str, ...] = ()
        if collects(home, plan):
            with watch.step("collect"):
                progress("collect", 0, 100)
                failed = collect(home)
        with watch.step("take the inbox"):
            progress("take the inbox", 0, 100)
            take_files(home, plan, accept, leave_out)
        with watch.step("read the files"):
            read_files(home, plan, _within(progress, 2, 50))
        with watch.step("themes"):
            progress("themes", 50, 100)
            place_texts(home)
        with watch.step("build and publish"):
            published = make_release(home, plan, _within(progress, 55, 98))
        report = finish(home, plan, published, watch, failed)
        progress("done", 100, 100)
    return report


def housekeeping(home: Home, started_by: StartedBy = StartedBy.HAND) -> Removed:
    """Remove what nobody needs any more: old logs, refused files and releases, and what dead runs left."""
    from etl.housekeeping import tidy
    from flows.person import keep_to_periods

    with running(home, None, False, started_by, RunKind.HOUSEKEEPING) as plan, Ledger(home) as ledger:
        removed = tidy(home, load_settings(home), ledger, plan.received_at)
        keep_to_periods(home, plan)
        ledger.finish_run(plan.run_id, Outcome.DONE, report=removed.json())
    return removed


def wait_for_inbox(home: Home) -> None:
    """Give whoever is writing into the inbox the time to finish, before the lock is taken."""
    from etl.landing import wait_until_quiet

    wait_until_quiet(home, QUIET_SECONDS, LONGEST_WAIT_SECONDS)


@contextmanager
def running(
    home: Home,
    as_of: date | None,
    rebuild: bool,
    started_by: StartedBy = StartedBy.HAND,
    kind: RunKind = RunKind.REFRESH,
) -> Iterator[RunPlan]:
    """Hold the writer lock and keep the run in the ledger, whatever its end."""
    from etl.privacy.audit import watch

    home.require()
    settings = load_settings(home)
    home.create()
    with disk_reported(), writer_lock(home), private_files():
        shutil.rmtree(home.restoring, ignore_errors=True)  # what a restore that was broken off left
        watch(home)
        day = _as_of(home, settings, as_of, rebuild)
        with Ledger(home) as ledger:
            run_id = ledger.start_run(day, kind, started_by)
        plan = RunPlan(run_id, day, datetime.now(UTC), rebuild, started_by)
        try:
            with disk_reported():
                yield replace(plan, finished_erasure=_complete_begun(home, plan))
        except BaseException as error:
            with suppress(sqlite3.Error), Ledger(home) as ledger:  # the ledger's disk may be the full one
                ledger.finish_run(run_id, Outcome.FAILED, message=_why(error))
            if is_stopped(error):
                raise KeyboardInterrupt from error
            raise


def _complete_begun(home: Home, plan: RunPlan) -> ErasureReport | None:
    """Finish a change of key or an erasure that was broken off, before anything else is done."""
    if home.rotating_file.exists():
        from flows import rotation

        rotation.complete(home, plan)
    if not home.erasing_file.exists():
        return None
    from flows import person

    return person.complete(home, plan)


def _why(error: BaseException) -> str:
    """One line about what ended a run; of a fault in Kring only its kind: its words may quote a row."""
    if isinstance(error, KringError):
        return error.line()
    if is_stopped(error):
        return f"stopped ({KeyboardInterrupt.__name__})"
    what = "a fault in Kring" if isinstance(error, Exception) else "stopped"
    return f"{what} ({type(error).__name__})"


def collects(home: Home, plan: RunPlan) -> bool:
    """Whether this run reads the network: a rebuild never does, it works from what was landed."""
    return bool(load_settings(home).collect) and not plan.rebuild


def collect(home: Home) -> tuple[str, ...]:
    """Drop in the inbox what the sources on the network have. Gives one line for each that failed."""
    from etl.collect.fetch import collect_all

    with Ledger(home) as ledger:
        return collect_all(home, load_settings(home), ledger)


def take_files(home: Home, plan: RunPlan, accept: str | None = None, leave_out: str | None = None) -> int:
    """Move what is in the inbox to landed/. Gives the number of files taken.

    `accept` and `leave_out` are what a person decided about one file, by its SHA-256 or the start of it.
    """
    from etl.landing import take_inbox
    from etl.privacy.audit import Action, record

    settings = load_settings(home)
    with Ledger(home) as ledger:
        if accept:
            _hand_in_again(home, ledger, accept)
            record(home, Action.FILE_ACCEPTED, f"file:{accept.lower()[:FILE_LETTERS]}")
        if leave_out:
            _leave_out(ledger, leave_out)
            record(home, Action.FILE_LEFT_OUT, f"file:{leave_out.lower()[:FILE_LETTERS]}")
        return len(take_inbox(home, settings, ledger, plan.received_at, plan.quiet_seconds))


def read_files(home: Home, plan: RunPlan, progress: Progress = silent) -> None:
    """Read every landed file that was not read yet by the present readers and mappings."""
    from etl.load import forget_warehouse, load

    settings = load_settings(home)
    with Ledger(home) as ledger:
        if plan.rebuild or not home.warehouse_file.exists():
            forget_warehouse(home, ledger)
        load(home, settings, ledger, progress)


def place_texts(home: Home) -> bool:
    """Give every text that was read its theme. True when there were new ones."""
    from etl.themes.step import place_texts as place

    with Ledger(home) as ledger:
        return place(home, ledger)


def make_release(home: Home, plan: RunPlan, progress: Progress = silent) -> Published:
    """Build, check and publish; or leave what is served when it was made from just this."""
    from etl.build import NetworkFacts, build
    from etl.checks import check
    from etl.published import PublishedFigures
    from etl.restatement import restate
    from etl.warehouse import attach_compared

    settings = load_settings(home)
    network = settings.network
    facts = NetworkFacts(
        name=network.name,
        as_of=plan.as_of,
        time_zone=network.time_zone,
        grace_days=network.grace_days,
        theme_cycle_starts_on=network.theme_cycle_starts_on,
        theme_cycle_months=network.theme_cycle_months,
        connections=network.connections.value,
        minimum_minutes=network.minimum_minutes,
    )
    with OrganisationDecisions(home) as organisations:
        book = organisations.book()
    with Ledger(home) as ledger, Decisions(home) as decisions:
        inputs = [(each.sha256, each.file, each.received_at, each.fingerprint, each.status)
                  for each in ledger.readings()]  # fmt: skip
        names = decisions.theme_names()
        who_is_whom = decisions.person_decisions()
        collected = {each.name for each in settings.collect}
        failing = [each.name for each in ledger.connections() if each.fault and each.name in collected]
        with PublishedFigures(home) as published:
            corrections = [each.publication for each in published.publications() if each.note]
        mark = fingerprint(
            (inputs, ledger.theme_state(), *failing, *corrections),
            (facts, network.language),
            decisions.revision(),
        )
    served = None if plan.rebuild else unchanged(home, mark)
    if served:
        return Published(served.release, served.as_of, served.people, False)
    key = home.hmac_key()

    def fill(connection: DuckDBPyConnection) -> None:
        attach_compared(connection, home.compared_file)
        build(
            connection, facts, key, progress, book,
            theme_names=names, person_decisions=who_is_whom, remembers=True, failing=failing,
        )  # fmt: skip
        check(connection)
        restate(connection, home, version("kring"), plan.received_at)

    about = ReleasePlan(plan.as_of, network.name, network.language, mark, settings.releases_kept)
    made = write_release(home, about, fill)
    return Published(made.release, plan.as_of, made.people, True)


def finish(
    home: Home, plan: RunPlan, published: Published, watch: Stopwatch, failed: tuple[str, ...] = ()
) -> RefreshReport:
    """Close the run in the ledger and say what it did. `failed`: the sources that could not be collected."""
    from etl.landing import left_behind

    left = left_behind(home)
    with Ledger(home) as ledger:
        new, known = ledger.received_in(plan.received_at)
        readings = ledger.readings()
        news = _refused_now(readings, ledger, plan)
        read = [each for each in readings if each.read_at >= plan.received_at]
        named = {each.sha256 for each in (*read, *news)}
        report = RefreshReport(
            release=published.release,
            as_of=published.as_of,
            published_release=published.is_new,
            files_new=new,
            files_known=known,
            files_refused=len(left) + sum(each.status in NOT_TAKEN for each in read),
            rows_read=sum(each.rows_read for each in read),
            rows_used=sum(each.rows_used for each in read),
            rows_rejected=sum(each.rows_rejected for each in read),
            people=published.people,
            seconds=watch.seconds,
            steps=tuple(watch.steps),
            warnings=(
                *failed, *left,
                *(line for each in readings if each.sha256 in named if (line := _warning(each))),
            ),
            refused_input=bool(failed or left or news),
        )  # fmt: skip
        ledger.tell_refusals()
        ledger.finish_run(plan.run_id, Outcome.DONE, published.release, report=report.json())
    return report


def _refused_now(
    readings: Sequence[StoredReading], ledger: Ledger, plan: RunPlan
) -> tuple[StoredReading, ...]:
    """The readings whose refusals are news, and so make the exit code 3.

    Of a file that this run took, everything refused is. A file received before is merely read again, by a
    rebuild, by the run after one that was killed, or by a newer reader: what was told of it is told already.
    It is news only where more is refused than was last told, as by a mapping that was changed or is new, or
    when the run that took the file died before it could tell. The refused rows themselves are always listed.
    """
    taken, told = ledger.taken_in(plan.received_at), ledger.refusals_told()
    found = []
    for each in readings:
        status, rows = told.get(each.sha256, ("", 0))
        is_refused = each.status in NOT_TAKEN
        is_taken = each.sha256 in taken and each.read_at >= plan.received_at
        worse = status not in NOT_TAKEN and (is_refused or each.rows_rejected > rows)
        if (is_taken and (is_refused or each.rows_rejected)) or worse:
            found.append(each)
    return tuple(found)


def _warning(reading: StoredReading) -> str | None:
    """One line about a file that is not plainly accepted."""
    said = []
    if reading.status == "rejected":
        said.append(f"refused: {reading.reason}")
    elif reading.status == "held":
        said.append(f"waits for you: {reading.reason}")
    elif reading.status == "needs_mapping":
        question = (reading.reason or "").split("\n", 1)[0]
        asks = "month-first" in question
        said.append(question if asks else NEEDS_MAPPING)
    elif reading.rows_rejected:
        rows = "row" if reading.rows_rejected == 1 else "rows"
        said.append(f"{reading.rows_rejected} {rows} refused, see kring ask refused_rows")
    said += reading.warnings
    return f"{shown(reading.file)}: {'; '.join(' '.join(each.split()) for each in said)}" if said else None


def _as_of(home: Home, settings: Settings, as_of: date | None, rebuild: bool) -> date:
    """The day asked for, else the day set, else for a rebuild the day of the release, else today."""
    from zoneinfo import ZoneInfo

    told = as_of or settings.network.as_of
    if told and told.year not in YEARS:
        raise UsageError(
            "--as-of" if as_of else "as_of in kring.toml", "a year that no network of today is in",
            f"a day of {YEARS.start} to {YEARS.stop - 1}",
        )  # fmt: skip
    if told:
        return told
    served = current(home) if rebuild else None
    return served.as_of if served else datetime.now(ZoneInfo(settings.network.time_zone)).date()


def _hand_in_again(home: Home, ledger: Ledger, start: str) -> None:
    """Take a file that waits for a person as it is; or hand refused bytes in again, to be tried again."""
    waiting = [each.sha256 for each in ledger.readings()
               if each.status == "held" and each.sha256.startswith(start.lower())]  # fmt: skip
    if len(waiting) == 1:
        ledger.accept_file(waiting[0])
        return
    found = [each for each in ledger.files() if each.quarantined and each.sha256.startswith(start.lower())]
    kept = [each for each in found if (home.quarantine / each.sha256).exists()]
    if len(found) == 1 and not kept:
        raise UsageError(
            "--accept", "its bytes were removed after the days that refused files are kept",
            "a file still in quarantine", "Drop the file in the inbox again.",
        )  # fmt: skip
    if len(found) != 1:
        raise UsageError(
            "--accept", f"{len(found) or 'no'} waiting or refused files with that SHA-256",
            "the SHA-256 of one of them",
            "Each run says it of the files that wait, and kring status of all.",
        )  # fmt: skip
    target = home.inbox / found[0].file
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target = target.with_name(f"{start}-{target.name}")
    (home.quarantine / found[0].sha256).rename(target)


def _leave_out(ledger: Ledger, start: str) -> None:
    """Have a file that waits for a person left out; handing it in again takes that back."""
    waiting = [each.sha256 for each in ledger.readings()
               if each.status in WAITING and each.sha256.startswith(start.lower())]  # fmt: skip
    if len(waiting) != 1:
        raise UsageError(
            "--leave-out", f"{len(waiting) or 'no'} waiting files with that SHA-256",
            "the SHA-256 of one of them",
            "kring status says it of all. Of a file that counts, remove the mapping instead.",
        )  # fmt: skip
    ledger.leave_out_file(waiting[0])


def _within(progress: Progress, start: int, stop: int) -> Progress:
    """Progress of a part, shown as its stretch of the whole run, in percent."""

    def part(step: str, index: int, of: int) -> None:
        progress(step, start + (stop - start) * index // max(of, 1), 100)

    return part
