"""What `kring status` and `kring doctor` say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from etl.errors import KringError, shown
from etl.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from etl.ledger import Ledger, StoredReading
    from etl.warehouse import Value

OLDEST_PYTHON = (3, 11)


class Pin:
    """A package that must stay below a version, and why."""

    def __init__(self, package: str, below: tuple[int, ...], because: str) -> None:
        self.package = package
        self.below = below
        self.because = because

    def fault(self, installed: str) -> str | None:
        """One line when the installed version is not allowed, else None."""
        if _numbers(installed) < self.below:
            return None
        limit = ".".join(map(str, self.below))
        return f"{self.package} {installed} is installed, expected {self.package}<{limit}: {self.because}"


PINS = (
    Pin("fastapi", (0, 151), "Prefect 3.8.8 passes it an argument it no longer has, so every flow run fails"),
    Pin("sqlalchemy", (2, 1), "with it Prefect's server starts and scheduled runs silently never happen"),
)


def print_status(home: Home) -> None:
    """The release being served, sources, last runs and refused rows."""
    from etl.ledger import Ledger, Outcome
    from etl.release import releases
    from flows.printing import print_table

    served = next((each for each in releases(home) if each.is_current), None)
    if served and served.info:
        people, as_of = served.info.people, served.info.as_of
        print(f"Release {served.id}: {people} people as of {as_of}.")
    else:
        print("No release yet: kring refresh makes one.")
    if not home.ledger_file.exists():  # opening it would make it, and a home may be there to look at only
        print("Nothing was read yet.")
        print(schedule_line(home))
        return
    with Ledger(home) as ledger:
        told, by_ledger = _told_by_ledger(ledger), len(ledger.refused_rows())
        files, read = ledger.files(), {each.sha256 for each in ledger.readings()}
        runs = ledger.runs(5)
    unread = [each for each in files if each.sha256 not in read and _is_kept(home, each.sha256)]
    if unread:  # the ledger forgets what was read when it is read again
        is_running = bool(runs) and runs[0].outcome is Outcome.RUNNING
        why = "a run is reading them" if is_running else "a run was broken off; kring refresh reads them"
        print(f"{len(unread)} of {len(files)} files are not read: {why}.")
        if served and (before := _told_by_release(home)):
            told = before
            print(f"What release {served.id} tells of its sources:")
    if told.sources:
        print_table(("source", "files", "rows used", "newest"), told.sources)
    for line in told.waiting:
        print(line)
    refused = _refused_of_release(home) if served else None
    refused = by_ledger if refused is None else refused
    what = "row or file" if refused == 1 else "rows or files"
    print(f"{refused} refused {what}: see kring ask refused_rows." if refused else "Nothing was refused.")
    for run in runs:
        how = run.outcome.value if run.outcome is not Outcome.RUNNING else f"running (process {run.pid})"
        said = f": {run.message}" if run.message else ""
        what = f"{run.kind.value} by {run.started_by.value}"
        print(f"run {run.run_id}, {run.started_at:%Y-%m-%d %H:%M} UTC, {what}: {how}{said}")
    print(schedule_line(home))


@dataclass(frozen=True)
class _Told:
    """What became of what was received: per source, and what waits for a person."""

    sources: tuple[tuple[Value, ...], ...]
    waiting: tuple[str, ...]


def _told_by_ledger(ledger: Ledger) -> _Told:
    from flows.printing import NEEDS_MAPPING

    readings = ledger.readings()
    sources: dict[str, list[StoredReading]] = {}
    for each in readings:
        sources.setdefault(each.source or each.format or "not known", []).append(each)
    rows = []
    for name, known in sorted(sources.items()):
        newest = max((each.newest_on for each in known if each.newest_on), default=None)
        rows.append((name, len(known), sum(each.rows_used for each in known), newest))
    waiting = [f"{shown(each.file)}: {NEEDS_MAPPING}." for each in readings if each.status == "needs_mapping"]
    waiting += [
        f"{shown(each.file)} waits for you: {each.reason}." for each in readings if each.status == "held"
    ]
    return _Told(tuple(rows), tuple(waiting))


def _refused_of_release(home: Home) -> int | None:
    """How many rows and files `kring ask refused_rows` tells of; None when no release can be asked.

    More than the ledger knows of: the build refuses what can be seen across columns and files alone.
    """
    from etl.warehouse import ReleaseReader

    reader = ReleaseReader(home)
    try:
        return len(reader.ask("refused_rows").rows)
    except KringError:
        return None
    finally:
        reader.close()


def _told_by_release(home: Home) -> _Told | None:
    """The same from the release that is served; None when it cannot be asked."""
    from etl.warehouse import ReleaseReader
    from flows.printing import NEEDS_MAPPING

    reader = ReleaseReader(home)
    try:
        sources = reader.ask("data_status").records()
        things = reader.ask("attention").records()
    except KringError:
        return None
    finally:
        reader.close()
    said = {"needs_mapping": f": {NEEDS_MAPPING}.", "held_file": " waits for you."}
    return _Told(
        tuple((each["source"], each["files"], each["rows"], each["newest_on"]) for each in sources),
        tuple(
            f"{shown(str(each['subject']))}{said[kind]}"
            for each in things
            if (kind := str(each["kind"])) in said
        ),
    )


def _is_kept(home: Home, sha256: str) -> bool:
    """Whether its bytes, or what was condensed of them, are still there to read."""
    places = (home.landed_file(sha256), home.condensed_file(sha256), home.quarantine / sha256)
    return any(path.exists() for path in places)


def print_diagnosis(home: Home, is_named: bool = False) -> bool:
    """One line for each check. True when nothing is wrong.

    A missing browser is only said; so is a missing home, unless somebody named it.
    """
    right = True
    for name, fault in _checks(home):
        right = right and fault is None
        print(f"{'ok   ' if fault is None else 'WRONG'} {name}{': ' + fault if fault else ''}")
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    print(f"note  Chromium: {browser or 'absent; only the browser tests need it'}")
    if not home.exists:
        print(f"{'WRONG' if is_named else 'note '} no home at {home.root}: kring init makes one")
        return right and not is_named
    if right:
        print(f"note  {schedule_line(home)}")
    return right


def schedule_line(home: Home) -> str:
    """When what runs by itself, and whether anything does now."""
    from zoneinfo import ZoneInfo

    from etl.serving import is_served
    from etl.settings import load_settings

    settings = load_settings(home)
    zone, now = ZoneInfo(settings.network.time_zone), datetime.now(UTC)
    crons = (("refresh", settings.schedule.refresh), ("housekeeping", settings.schedule.housekeeping))
    if not is_served(home):
        times = ", ".join(f'{name} "{cron.text}"' for name, cron in crons)
        return f"Schedule ({times}): off; kring serve runs it"
    nexts = ((name, cron.next_after(now, zone)) for name, cron in crons)
    times = ", ".join(f"{name} {due.astimezone(zone):%Y-%m-%d %H:%M}" for name, due in nexts if due)
    return f"Schedule: kring serve runs it; next: {times}"


def pin_faults() -> tuple[str, ...]:
    """The pins that do not hold, each with its reason."""
    found = (pin.fault(version(pin.package)) for pin in PINS)
    return tuple(fault for fault in found if fault)


def _checks(home: Home) -> Iterator[tuple[str, str | None]]:
    running = ".".join(map(str, sys.version_info[:3]))
    yield f"Python {running}", None if sys.version_info >= OLDEST_PYTHON else "expected 3.11 or newer"
    for pin in PINS:
        try:
            yield f"pin of {pin.package}", pin.fault(version(pin.package))
        except PackageNotFoundError:
            yield f"pin of {pin.package}", "not installed"
    yield "packages agree (pip check)", _pip_check()
    if home.exists:
        yield "settings", _settings_fault(home)
        yield "rights of the home", "; ".join(home.faults_in_rights()) or None
        yield "release", _release_fault(home)
        yield "audit log", _audit_fault(home)


def _pip_check() -> str | None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0 or "No module named pip" in done.stderr:
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return "; ".join(lines[:5]) or "pip check failed"


def _settings_fault(home: Home) -> str | None:
    from etl.settings import load_settings

    try:
        load_settings(home)
    except KringError as error:
        return error.line()
    return None


def _audit_fault(home: Home) -> str | None:
    from etl.privacy.audit import verify

    return "; ".join(verify(home).faults[:5]) or None


def _release_fault(home: Home) -> str | None:
    from etl.manifest import prove_files
    from etl.release import current

    try:
        served = current(home)
        if served:
            prove_files(home.releases / served.release, served)
    except KringError as error:
        return error.line()
    return None


def _numbers(text: str) -> tuple[int, ...]:
    parts = []
    for part in text.split("."):
        digits = "".join(each for each in part if each.isdigit())
        if not digits:
            break
        parts.append(int(digits))
    return tuple(parts)
