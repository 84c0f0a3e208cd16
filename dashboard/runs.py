"""The runs of Kring in plain words: what ran, who started it, how it ended, what comes next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.deliveries import done_parts
from dashboard.jobs import read_result
from dashboard.tables import Cell, Column, Table
from dashboard.wording import N_, Wording
from etl.home import Home
from etl.ledger import Ledger, Outcome, Run, RunKind, StartedBy
from etl.serving import is_served
from etl.settings import Schedule

SHOWN = 8
KIND_WORDS = {RunKind.REFRESH: N_("processing"), RunKind.HOUSEKEEPING: N_("clearing up")}
STARTED_WORDS = {
    StartedBy.HAND: N_("by hand"),
    StartedBy.SCREEN: N_("on this page"),
    StartedBy.SCHEDULE: N_("by itself"),
}
OUTCOME_WORDS = {
    Outcome.RUNNING: N_("busy now"),
    Outcome.DONE: N_("succeeded"),
    Outcome.FAILED: N_("did not succeed"),
    Outcome.CRASHED: N_("broken off"),
}
OUTCOME_MARKS = {
    Outcome.RUNNING: "waiting",
    Outcome.DONE: "current",
    Outcome.FAILED: "failed",
    Outcome.CRASHED: "failed",
}
# What is not here is shown as Kring said it, in English.
REASONS = (
    ("no space left on the disk", N_("the disk is full")),
    ("a fault in Kring (", N_("there is a mistake in Kring itself; please report it")),
    ("stopped (", N_("it was stopped before it was done")),
    ("checks: ", N_("the figures did not add up, so they are not shown")),
)


@dataclass(frozen=True)
class Due:
    """When something runs next by itself; `at` is None when it never does."""

    kind: RunKind
    at: datetime | None


@dataclass(frozen=True)
class Runs:
    """The last runs, newest first, and what runs next; nothing does while nobody serves the schedule."""

    last: tuple[Run, ...]
    due: tuple[Due, ...]


def runs_of(home: Home, schedule: Schedule, now: datetime, zone: ZoneInfo) -> Runs:
    """What the ledger and the schedule say."""
    last: tuple[Run, ...] = ()
    if home.ledger_file.exists():
        with Ledger(home) as ledger:
            last = ledger.runs(SHOWN)
    if not is_served(home):
        return Runs(last, ())
    crons = ((RunKind.REFRESH, schedule.refresh), (RunKind.HOUSEKEEPING, schedule.housekeeping))
    return Runs(last, tuple(Due(kind, cron.next_after(now, zone)) for kind, cron in crons))


def runs_headline(shown: Runs, words: Wording) -> str:
    """How the last processing ended."""
    last = next((run for run in shown.last if run.kind is RunKind.REFRESH), None)
    if last is None:
        return words.t("Nothing was processed yet")
    return {
        Outcome.RUNNING: words.t("Files are being processed now"),
        Outcome.DONE: words.t("The last processing succeeded"),
        Outcome.FAILED: words.t("The last processing did not succeed; the previous figures stay"),
        Outcome.CRASHED: words.t("The last processing was broken off; the previous figures stay"),
    }[last.outcome]


def due_words(shown: Runs, zone: ZoneInfo, words: Wording) -> str:
    """When Kring works by itself next."""
    if not shown.due:
        return words.t("Nothing runs by itself: the schedule is off. It runs with: kring serve")
    said = []
    for due in shown.due:
        if due.at is not None:
            when = _moment(due.at.astimezone(zone), words)
            said.append(
                words.t("Next processing: {when}.", when=when)
                if due.kind is RunKind.REFRESH
                else words.t("Next clearing up: {when}.", when=when)
            )
    return " ".join(said)


def explanation_of(run: Run, words: Wording) -> str:
    """What a run did, or why it did not succeed."""
    if run.outcome is Outcome.DONE:
        return _done(run, words)
    return reason_of(run, words)


def _done(run: Run, words: Wording) -> str:
    """What a refresh did with the files it took; of anything else nothing is told."""
    if run.kind is not RunKind.REFRESH or not run.report:
        return ""
    result = read_result(0, run.report, "")
    if not result.files_new and not result.files_refused:
        return words.t("counted anew") if result.published_release else words.t("nothing new")
    return words.listed(done_parts(result, words))


def reason_of(run: Run, words: Wording) -> str:
    """Why a run did not succeed."""
    if run.outcome is Outcome.CRASHED:
        return words.t("Kring or the computer stopped; the next processing makes up for it")
    said = run.message or ""
    known = next((message for phrase, message in REASONS if phrase in said), None)
    return words.t(known) if known else said


def runs_table(shown: Sequence[Run], zone: ZoneInfo, words: Wording) -> Table:
    """The last runs; what each did, or why it did not succeed, stands with it."""
    columns = (
        Column("started_at", words.t("When")),
        Column("kind", words.t("What"), is_wide=True),
        Column("started_by", words.t("Started"), is_wide=True),
        Column("outcome", words.t("Outcome")),
        Column("seconds", words.t("Seconds"), is_number=True, is_wide=True),
        Column("reason", words.t("Explanation")),
    )
    rows = tuple(
        (
            Cell(run.started_at, _begun(run, shown[0], zone, words)),
            Cell(run.kind.value, words.t(KIND_WORDS[run.kind])),
            Cell(run.started_by.value, words.t(STARTED_WORDS[run.started_by])),
            Cell(run.outcome.value, words.t(OUTCOME_WORDS[run.outcome]), mark=OUTCOME_MARKS[run.outcome]),
            _seconds(run, words),
            Cell(run.message, explanation_of(run, words)),
        )
        for run in shown
    )
    return Table(words.t("Runs"), columns, rows)


def _begun(run: Run, newest: Run, zone: ZoneInfo, words: Wording) -> str:
    """Without the year where it is the newest run's year."""
    local = run.started_at.astimezone(zone)
    day = words.short_date(local.date(), newest.started_at.astimezone(zone).date())
    return f"{day}, {words.clock(local)}"


def _seconds(run: Run, words: Wording) -> Cell:
    if run.finished_at is None or run.outcome is Outcome.CRASHED:
        return Cell(None, "")
    seconds = (run.finished_at - run.started_at).total_seconds()
    return Cell(round(seconds, 1), words.number(seconds, 1))


def _moment(moment: datetime, words: Wording) -> str:
    return f"{words.dated(moment.date())}, {words.clock(moment)}"
