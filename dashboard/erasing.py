"""A person's rights from the page: `kring person export` and `erase` in processes of their own. Pure.

Those get the keyed id of the person, so that no name or address stands in a list of processes.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dashboard.jobs import Job, Step, environment, kring_command
from dashboard.wording import N_, Wording
from etl.home import Home

SECONDS: Final = 900
LEFT_OVER: Final = 1  # the exit code of an erasure after which something was found
STEP_WORDS: Final = {
    "read the files": N_("Files are read again without this person"),
    "clean the stores": N_("Texts and decisions are taken out"),
    "build and publish": N_("Everything is counted anew"),
    "search every byte": N_("Every byte is searched"),
}


@dataclass(frozen=True)
class Export:
    """The archive with everything about somebody, or Kring's line of why there is none."""

    archive: bytes = b""
    records: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """What would go, counted; `rows` by feed. `problem` is Kring's line when it could not be counted.

    `near`: how many others have the name with more around it and no address, so that somebody has to judge.
    """

    rows: tuple[tuple[str, int], ...] = ()
    files: int = 0
    waiting: int = 0
    releases: int = 0
    backups: int = 0
    is_name_unique: bool = True
    near: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Erasure:
    """How an erasure ended, and what the search afterwards gave. `left`: places that hold something yet."""

    is_done: bool
    condensed_files: int = 0
    removed_texts: int = 0
    removed_decisions: int = 0
    removed_backups: int = 0
    searched_files: int = 0
    searched_bytes: int = 0
    left: tuple[str, ...] = ()
    problem: str = ""


class Erasures:
    """The erasures of one process: at most one running for each home."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[Path, tuple[str, Job[Erasure]]] = {}

    def start(self, home: Home, person_id: str) -> Job[Erasure] | None:
        """Erase somebody, or give their erasure that runs; None, and nothing starts, while another's runs."""
        with self._lock:
            running = self._running(home)
            if running is not None:
                erased, job = running
                return job if erased == person_id else None
            command = kring_command(home, "person erase", "--yes", "--json", "--", person_id)
            job = Job(command, environment(home), read_erasure)
            self._last[home.root] = (person_id, job)
            return job

    def running(self, home: Home) -> Job[Erasure] | None:
        """The erasure that runs now."""
        with self._lock:
            running = self._running(home)
        return running[1] if running is not None else None

    def is_of(self, home: Home, person_id: str) -> bool:
        """Whether the erasure that runs now is of this person: another visit began it."""
        with self._lock:
            running = self._running(home)
        return running is not None and running[0] == person_id

    def _running(self, home: Home) -> tuple[str, Job[Erasure]] | None:
        last = self._last.get(home.root)
        return last if last is not None and last[1].result is None else None


ERASURES: Final = Erasures()


def collect(home: Home, person_id: str) -> Export:
    """Everything that every store holds about somebody, as `kring person export` writes it."""
    with tempfile.TemporaryDirectory(prefix="kring-export-") as folder:
        file = Path(folder) / "person.zip"
        printed, problem = _run(home, "person export", f"--to={file}", "--json", "--", person_id)
        if problem or not file.is_file():
            return Export(problem=problem or "kring person export failed")
        return Export(file.read_bytes(), _whole(_object(printed), "records"))


def preview(home: Home, person_id: str) -> Preview:
    """What erasing somebody would take away."""
    printed, problem = _run(home, "person erase", "--preview", "--json", "--", person_id)
    found = _object(printed)
    rows = found.get("rows")
    if problem or not isinstance(rows, dict):
        return Preview(problem=problem or "kring person erase --preview failed")
    return Preview(
        rows=tuple((str(feed), _whole(rows, feed)) for feed in rows if _whole(rows, feed)),
        files=_whole(found, "files"),
        waiting=_whole(found, "refused_or_waiting"),
        releases=_whole(found, "releases"),
        backups=_whole(found, "backups"),
        is_name_unique=found.get("is_name_unique") is True,
        near=len(_texts(found, "near")),
    )


def read_erasure(exit_code: int, printed: str, said: str) -> Erasure:
    """What an erasure printed."""
    found = _object(printed)
    if exit_code not in (0, LEFT_OVER) or "is_clean" not in found:
        return Erasure(False, problem=said or "kring person erase failed")
    return Erasure(
        True,
        condensed_files=_whole(found, "condensed_files"),
        removed_texts=_whole(found, "removed_texts"),
        removed_decisions=_whole(found, "removed_decisions"),
        removed_backups=_whole(found, "removed_backups"),
        searched_files=_whole(found, "searched_files"),
        searched_bytes=_whole(found, "searched_bytes"),
        left=_left(found),
    )


def step_words(step: Step | None, words: Wording) -> str:
    """What an erasure does now."""
    return words.t(STEP_WORDS.get(step.name if step else "", N_("Starting")))


def preview_lines(asked: Preview, words: Wording) -> tuple[str, ...]:
    """What would go, one line each."""
    lines = [_rows_words(feed, count, words) for feed, count in asked.rows]
    if not lines:
        lines.append(words.t("no rows of files"))
    if asked.files:
        lines.append(
            words.n(
                "{count} received file is replaced by the rows of the others in it",
                "{count} received files are replaced by the rows of the others in them",
                asked.files,
            )
        )
    if asked.waiting:
        lines.append(
            words.n(
                "{count} file that waits or was refused is cleaned",
                "{count} files that wait or were refused are cleaned",
                asked.waiting,
            )
        )
    lines.append(
        words.n(
            "{count} release is replaced by a new one",
            "{count} releases are replaced by one new",
            asked.releases,
        )
    )
    if asked.backups:
        lines.append(
            words.n("{count} backup is removed", "{count} backups are removed", asked.backups)
            + " "
            + words.t("and a new one made")
        )
    return tuple(lines)


def _rows_words(feed: str, count: int, words: Wording) -> str:
    said = {
        "membership": words.n("{count} row of a members list", "{count} rows of members lists", count),
        "contact": words.n("{count} row of a list of contacts", "{count} rows of lists of contacts", count),
        "registration": words.n("{count} registration", "{count} registrations", count),
        "attendance": words.n("{count} row of an attendance list", "{count} rows of attendance lists", count),
        "contribution": words.n("{count} text", "{count} texts", count),
        "pulse": words.n("{count} answer to a pulse", "{count} answers to a pulse", count),
    }
    return said.get(feed, f"{words.number(count)} {feed}")


def proof_lines(done: Erasure, words: Wording) -> tuple[str, ...]:
    """What an erasure did and how that was proved, one line each; none of it is personal."""
    searched = words.n("{count} file", "{count} files", done.searched_files)
    megabytes = words.number(done.searched_bytes / 1_000_000, 1)
    if done.left:
        found = words.n("{count} place is left", "{count} places are left", len(done.left))
    else:
        found = words.t("nothing was found")
    lines = [
        words.t(
            "Searched for address, profile and name in {files}, {size} MB: {found}.",
            files=searched,
            size=megabytes,
            found=found,
        )
    ]
    files, texts = done.condensed_files, done.removed_texts
    decisions, backups = done.removed_decisions, done.removed_backups
    counted = (
        (files, words.n("{count} file was replaced", "{count} files were replaced", files)),
        (texts, words.n("{count} text was removed", "{count} texts were removed", texts)),
        (decisions, words.n("{count} decision was removed", "{count} decisions were removed", decisions)),
        (backups, words.n("{count} backup was removed", "{count} backups were removed", backups)),
    )
    did = [text for count, text in counted if count]
    if did:
        lines.append(words.listed(did) + ".")
    lines.append(words.t("A file that tells of this person and comes again is read without them."))
    return tuple(lines)


def _run(home: Home, verb: str, *options: str) -> tuple[str, str]:
    """What a verb printed, and its one line of error."""
    done = subprocess.run(
        kring_command(home, verb, *options),
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if line.strip()]
    failed = f"kring {verb} failed"
    return done.stdout, "" if done.returncode == 0 else (said[-1] if said else failed)


def _left(found: Mapping[str, object]) -> tuple[str, ...]:
    """Where something is left; of files that people write themselves, the lines."""
    lines = _texts(found, "to_mend")
    mended = {line.partition(",")[0] for line in lines}
    places = (*_texts(found, "found"), *_texts(found, "unread"))
    return (*(place for place in places if place not in mended), *lines)


def _object(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _whole(found: Mapping[str, object], name: str) -> int:
    value = found.get(name)
    return int(value) if isinstance(value, int | float) else 0


def _texts(found: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = found.get(name)
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
