"""`kring person`: what a network holds about somebody, handed over or erased."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.errors import PrivacyError, UsageError
from etl.home import Home, find_home
from etl.progress import Progress, silent
from flows.options import HomeOption, JsonOption
from flows.printing import shown_progress

if TYPE_CHECKING:
    from etl.privacy.audit import Action, Result
    from etl.privacy.dossier import Dossier
    from etl.privacy.erasure import ErasurePreview, ErasureReport
    from etl.privacy.retention import Due
    from flows.run import RunPlan

ERASURE_STEPS = 5  # of which the last is being done
MOST_NEAR = 20
BACKUP_DAYS = 30  # a backup older than this would bring back who was erased elsewhere
person_app = typer.Typer(
    help="A person's rights: see what is held, hand it over, erase it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
WhoArgument = Annotated[str, typer.Argument(help="E-mail, LinkedIn address, id, or a name nobody shares.")]


@dataclass(frozen=True)
class Exported:
    """Where an export was written, and how many records each store gave; zero says that it was searched."""

    path: Path
    person_id: str
    records: int
    searched: tuple[tuple[str, int], ...]


def show(home: Home, who: str, by: str | None = None) -> Dossier:
    """What the release holds about somebody. Written in the audit log."""
    from etl.privacy.access import shown
    from etl.privacy.audit import Action
    from etl.privacy.subject import person

    known = person(home.require(), who, with_feeds=False)
    found = shown(home, known)
    _record(home, Action.PERSON_SHOWN, known.person_id, by, {"records": found.records}, found.release)
    return found


def export(home: Home, who: str, path: Path, by: str | None = None) -> Exported:
    """Write everything that every store holds about somebody to an archive. Written in the audit log."""
    from etl.privacy.access import dossier
    from etl.privacy.audit import Action
    from etl.privacy.dossier import write_export
    from etl.privacy.subject import person
    from etl.settings import load_settings

    settings = load_settings(home.require())
    with _alone(home):
        known = person(home, who)
        found = dossier(home, known, settings)
    try:
        write_export(found, path)
    except OSError as error:
        raise UsageError("--to", "a file that cannot be written", "a place you may write to") from error
    _record(home, Action.PERSON_EXPORTED, known.person_id, by, found.counts(), found.release)
    return Exported(path, known.person_id, found.records, tuple(found.counts().items()))


def erasure_preview(home: Home, who: str, by: str | None = None) -> ErasurePreview:
    """What erasing somebody would take away. Changes nothing."""
    from etl.privacy.audit import Action
    from etl.privacy.erasure import preview
    from etl.privacy.subject import person

    with _alone(home.require()):
        known = person(home, who)
        found = preview(home, known)
    _record(home, Action.ERASURE_PREVIEWED, known.person_id, by, {"files": found.files}, None)
    return found


def erase(home: Home, who: str, by: str | None = None, progress: Progress = silent) -> ErasureReport:
    """Erase somebody from every store, prove it by a search of every byte, and keep them out from now on."""
    from etl.ledger import Ledger, Outcome, RunKind, StartedBy
    from etl.privacy.erasure import begin, is_begun
    from etl.privacy.subject import person
    from flows.run import running

    was_begun = is_begun(home.require(), who)
    with running(home, None, True, StartedBy.HAND, RunKind.HOUSEKEEPING) as plan:
        report = plan.finished_erasure if was_begun else None
        if report is None:
            begin(home, person(home, who))
            report = complete(home, plan, by, progress)
        if report is None:
            raise PrivacyError("erasure", "its note is gone", "", "Run it again.")
        with Ledger(home) as ledger:
            ledger.finish_run(plan.run_id, Outcome.DONE, report.release)
    return report


def complete(
    home: Home, plan: RunPlan, by: str | None = None, progress: Progress = silent
) -> ErasureReport | None:
    """Do what is left of an erasure that was begun; None when there is none. The caller holds the lock."""
    from etl.privacy import erasure
    from etl.privacy.audit import Action, Result
    from etl.privacy.screen import screen_of
    from etl.privacy.search import Finder
    from etl.privacy.subject import near_matches
    from etl.release import forget_all_but_current
    from flows.backup import write_backup, write_suppressions
    from flows.run import make_release, place_texts, read_files, take_files

    note = erasure.unfinished(home)
    screen = screen_of(home) if note else None
    if note is None or screen is None:
        return None
    began = time.monotonic()
    before = erasure.condensed_files(home)
    rebuilding = replace(plan, rebuild=True)
    progress("read the files", 1, ERASURE_STEPS)
    take_files(home, rebuilding)
    named = erasure.clean_names(
        home, note, screen
    )  # before the names of files are written into the warehouse
    read_files(home, rebuilding)
    progress("clean the stores", 2, ERASURE_STEPS)
    place_texts(home)
    swept, texts = erasure.clean_stores(home, note, screen)
    swept = swept.with_more(named)
    place_texts(home)
    progress("build and publish", 3, ERASURE_STEPS)
    release = make_release(home, rebuilding).release
    forget_all_but_current(home)
    to_mend = erasure.lines_to_mend(home, Finder(note.person.needles()))
    if swept.backups and not to_mend:  # a new one would hold what those lines still say
        write_backup(home)
    write_suppressions(home)
    progress("search every byte", 4, ERASURE_STEPS)
    searched = erasure.prove(home, note)
    report = erasure.ErasureReport(
        erasure_id=note.erasure_id,
        person_id=note.person.person_id,
        release=release,
        condensed_files=erasure.condensed_files(home) - before,
        removed_texts=texts,
        removed_decisions=swept.decisions,
        redacted_cells=swept.cells,
        cleaned_files=swept.files,
        removed_backups=swept.backups,
        searched_files=searched.files,
        searched_bytes=searched.bytes,
        found=searched.found,
        unread=searched.unread,
        seconds=round(time.monotonic() - began, 3),
        to_mend=to_mend,
        near=near_matches(home, note.person),
    )
    result = Result.DONE if report.is_clean else Result.FAILED
    counts = {"condensed files": report.condensed_files, "places left": len(report.found + report.unread)}
    _record(home, Action.PERSON_ERASED, report.person_id, by, counts, release, result)
    erasure.finish(home, note)
    return report


def readmit(home: Home, who: str, by: str | None = None) -> int:
    """Let files that come in from now on tell of somebody again who was erased. Gives how many erasures."""
    from etl.privacy.audit import Action
    from etl.privacy.register import Suppressions
    from etl.privacy.subject import person

    with _alone(home.require()):
        known = person(home, who, with_feeds=False, may_be_shared=True)
        with Suppressions(home) as suppressions:
            found = suppressions.of(known.own_keys)
            for each in found:
                suppressions.lift(each.erasure_id, datetime.now(UTC))
    if not found:
        raise UsageError("person", "nobody who was erased", "the e-mail or LinkedIn address they had")
    _record(home, Action.PERSON_READMITTED, known.person_id, by, {"erasures": len(found)}, None)
    return len(found)


def retention_due(home: Home, now: datetime | None = None) -> Due:
    """What the periods of the field register take away today. Changes nothing."""
    from etl.privacy.retention import due

    with _alone(home.require()):
        return due(home, now or datetime.now(UTC))


def keep_to_periods(home: Home, plan: RunPlan, now: datetime | None = None) -> Due:
    """Take away what has been kept long enough, and serve what is left. The caller holds the lock."""
    from etl.privacy import audit
    from etl.privacy.erasure import forget_texts_gone
    from etl.privacy.retention import MONTHS, Due, months_before, retire
    from etl.privacy.sweep import compact
    from etl.release import current, forget_all_but_current
    from flows.backup import backup_files
    from flows.run import make_release, place_texts, read_files

    moment = now or datetime.now(UTC)
    for path in backup_files(home):
        if path.stat().st_mtime < (moment - timedelta(days=BACKUP_DAYS)).timestamp():
            path.unlink()
    audit.forget_before(home, months_before(moment, MONTHS))
    served = current(home)
    found = retire(home, moment) if served else None
    if served is None or found is None or not found.is_anything:
        return found or Due(moment, 0, 0, 0)
    rebuilding = replace(plan, rebuild=True, as_of=served.as_of)
    read_files(home, rebuilding)
    place_texts(home)
    forget_texts_gone(home)
    place_texts(home)
    release = make_release(home, rebuilding).release
    forget_all_but_current(home)
    compact(home)
    counts = {"files": found.files, "rows": found.rows, "texts": found.texts}
    audit.record(home, audit.Action.RETENTION_APPLIED, counts=counts, release=release)
    return found


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    from etl.home import private_files
    from etl.release import disk_reported, writer_lock

    with disk_reported(), writer_lock(home), private_files():
        yield


def _record(
    home: Home,
    action: Action,
    person_id: str,
    by: str | None,
    counts: Mapping[str, int],
    release: str | None,
    result: Result | None = None,
) -> None:
    from etl.privacy import audit
    from etl.release import disk_reported

    subject = audit.pseudonym(home.privacy_key(), person_id)
    with disk_reported():
        audit.record(home, action, subject, result or audit.Result.DONE, counts, release, by)


@person_app.command("show")
def show_person(who: WhoArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show what the release holds about somebody."""
    found = show(find_home(home), who)
    print(found.json() if as_json else found.document())


@person_app.command("export")
def export_person(
    who: WhoArgument,
    to: Annotated[
        Path | None, typer.Option(help="The archive to write; else person-ID.zip in this folder.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write everything that every store holds about somebody to an archive: JSON, CSV and a document."""
    chosen = find_home(home)
    done = export(chosen, who, to or Path("person-export.zip"))
    path = done.path if to else done.path.rename(f"person-{done.person_id}.zip")
    if as_json:
        said = {"path": str(path), "person_id": done.person_id, "records": done.records}
        print(json.dumps({**said, "searched": dict(done.searched)}))
        return
    print(f"{path}: {done.records} records.")
    for store, count in done.searched:
        print(f"  {store}: {count}")


@person_app.command("erase")
def erase_person(
    who: WhoArgument,
    home: HomeOption = None,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would go, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what would go, ask, and erase somebody everywhere; then search every byte for what is left."""
    chosen = find_home(home)
    if preview or not yes:
        asked = erasure_preview(chosen, who)
        if preview and as_json:
            print(asked.json())
        else:
            print("\n".join(preview_lines(asked)), file=sys.stderr if as_json else sys.stdout)
        if preview or not _agreed():
            return
    with shown_progress(as_json) as progress:
        report = erase(chosen, who, progress=progress)
    print(report.json() if as_json else "\n".join(report_lines(report)))
    if not report.is_clean:
        raise typer.Exit(1)


@person_app.command("readmit")
def readmit_person(who: WhoArgument, home: HomeOption = None) -> None:
    """Let somebody who was erased come in again with files from now on, because they signed up anew."""
    count = readmit(find_home(home), who)
    print(f"Erasures lifted: {count}. Files received from now on may tell of them again.")


@person_app.command("retention")
def show_retention(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say what housekeeping would take away today because it was kept long enough."""
    found = retention_due(find_home(home))
    if as_json:
        print(found.json())
    else:
        print(f"Received before {found.before:%Y-%m-%d}: {found.files} files replaced by their rows,")
        print(f"{found.rows} rows pseudonymised, {found.texts} texts removed.")


def preview_lines(asked: ErasurePreview) -> list[str]:
    """What an erasure would take away, to read."""
    rows = ", ".join(f"{count} {feed}" for feed, count in asked.rows if count) or "none"
    lines = [
        f"Person {asked.person_id}",
        f"  rows: {rows}",
        f"  landed files replaced by the rows of others: {asked.files}",
        f"  refused or waiting files: {asked.refused_or_waiting}; backups: {asked.backups}",
        f"  releases replaced by one new, without a way back: {asked.releases}",
    ]
    if not asked.is_name_unique:
        lines.append("  the name is not theirs alone: where only a name stands, it stays")
    lines += _near_lines(asked.near)
    lines += [
        f"  {place} names them: take that out first, Kring does not write in it" for place in asked.to_mend
    ]
    return lines


def report_lines(report: ErasureReport) -> list[str]:
    """What an erasure did, to read."""
    done = f"Erased {report.person_id}" if report.is_clean else f"Not complete: {report.person_id}"
    lines = [
        f"{done}; release {report.release} is served.",
        f"  {report.condensed_files} landed files replaced, {report.removed_decisions} decisions and "
        f"{report.removed_texts} texts removed, {report.redacted_cells} notes and {report.cleaned_files} "
        f"files cleaned, {report.removed_backups} backups removed",
        f"  searched {report.searched_files} files, {report.searched_bytes:,} bytes: "
        + ("nothing found" if report.is_clean else f"{len(report.found + report.unread)} places left"),
    ]
    mended = {place.partition(",")[0] for place in report.to_mend}
    lines += [f"  still there: {name}" for name in report.found if name not in mended]
    lines += [f"  still there: {place}: take it out with an editor and save" for place in report.to_mend]
    if report.to_mend:
        lines.append("  then run this again with their address: it proves that nothing is left")
    if report.to_mend and report.removed_backups:
        lines.append("  no new backup was made: run kring backup when those lines are mended")
    lines += [f"  cannot be looked into: {name}" for name in report.unread]
    return lines + _near_lines(report.near)


def _near_lines(near: Sequence[str]) -> list[str]:
    """Who has the name with more around it, such as an organisation, and no address that tells who it is."""
    if not near:
        return []
    listed = ", ".join(near[:MOST_NEAR]) + (" …" if len(near) > MOST_NEAR else "")
    return [
        f"  {len(near)} known by name alone have this name with more around it, and stay: {listed}",
        "  look with kring person show ID, and erase by id whoever is the same person",
    ]


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("person erase", "nobody to ask", "a terminal, or --yes")
    return typer.confirm("Erase this person for good?", default=False)
