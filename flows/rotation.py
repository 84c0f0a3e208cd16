"""`kring person rotate-key`: new ids for everybody, made with a new key; decisions and joins stay."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from etl.errors import PrivacyError, UsageError
from etl.progress import Progress, silent
from flows.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from etl.home import Home
    from etl.privacy.rotation import RotationReport
    from flows.run import RunPlan

STEPS = 4


def rotate_key(home: Home, by: str | None = None, progress: Progress = silent) -> RotationReport:
    """Make a new key for the ids of people, and put it in use everywhere. Written in the audit log."""
    from etl.ledger import Ledger, Outcome, RunKind, StartedBy
    from etl.privacy.rotation import begin
    from flows.run import make_release, place_texts, read_files, running

    home.require()
    with running(home, None, True, StartedBy.HAND, RunKind.HOUSEKEEPING) as plan:
        progress("bring the release up to date", 0, STEPS)
        as_it_is = replace(plan, rebuild=False)
        read_files(home, as_it_is)
        place_texts(home)
        make_release(home, as_it_is)
        begin(home)
        report = complete(home, plan, by, progress)
        if report is None:
            raise PrivacyError("rotation", "its note is gone", "", "Run it again.")
        with Ledger(home) as ledger:
            ledger.finish_run(plan.run_id, Outcome.DONE, report.release)
    return report


def complete(
    home: Home, plan: RunPlan, by: str | None = None, progress: Progress = silent
) -> RotationReport | None:
    """Do what is left of a rotation that was begun; None when there is none. The caller holds the lock."""
    from etl.privacy import audit, rotation
    from etl.privacy.sweep import compact
    from etl.release import current, forget_all_but_current
    from flows.run import make_release, place_texts, read_files

    note = rotation.unfinished(home)
    served = current(home)
    if note is None or served is None:
        return None
    began = time.monotonic()
    rebuilding = replace(plan, rebuild=True, as_of=served.as_of)
    progress("decisions and pseudonyms", 1, STEPS)
    rotation.put_key(home, note)
    decisions = rotation.rekey_decisions(home, note.handles)
    files = rotation.rekey_condensed(home, note)
    progress("build and publish", 2, STEPS)
    read_files(home, rebuilding)
    place_texts(home)
    made = make_release(home, rebuilding)
    progress("prove", 3, STEPS)
    # What was decided in the meantime, on pages that showed the old ids.
    since = rotation.handle_map(home, note, rotation.handles_held(home))
    decisions += rotation.rekey_decisions(home, since)
    lost = rotation.lost(home, note) or 0
    report = rotation.RotationReport(
        release=made.release,
        people=made.people,
        decisions=decisions,
        unknown=rotation.unknown_decisions(home, note, {**note.handles, **since}),
        condensed_files=files,
        lost=lost,
        seconds=round(time.monotonic() - began, 3),
    )
    forget_all_but_current(home)
    compact(home)
    counts = {"people": report.people, "decisions": decisions, "lost": lost}
    result = audit.Result.FAILED if lost else audit.Result.DONE
    audit.record(home, audit.Action.KEY_ROTATED, None, result, counts, made.release, by)
    rotation.finish(home)
    return report


def rotate_key_command(
    home: HomeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Give everybody a new id, made with a new key: for when the old one may be known to somebody."""
    from etl.home import find_home
    from flows.printing import shown_progress

    chosen = find_home(home).require()
    if not yes and not _agreed():
        return
    with shown_progress(as_json) as progress:
        report = rotate_key(chosen, progress=progress)
    print(report.json() if as_json else "\n".join(report_lines(report)))
    if report.lost:
        raise typer.Exit(1)


def report_lines(report: RotationReport) -> list[str]:
    """What a new key changed, to read."""
    lines = [
        f"A new key: {report.people} people have new ids; release {report.release} is served, earlier ones"
        " are gone.",
        f"  {report.decisions} decisions and {report.condensed_files} condensed files take the new ids; "
        + (f"{report.lost} people or rows are not as they were" if report.lost else "nothing was lost"),
    ]
    if report.unknown:
        lines.append(f"  {report.unknown} decisions are about people of whom no file tells any more")
    lines.append("  Backups made before hold the old key: make a new one, and remove those.")
    return lines


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("person rotate-key", "nobody to ask", "a terminal, or --yes")
    return typer.confirm("Make all ids anew? Earlier releases go.", default=False)
