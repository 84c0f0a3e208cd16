"""An erasure from its first note to its proof. What is rebuilt in between is the caller's (flows.person).

The note in secrets/ says whom to look for and goes with the erasure; while it is there, the next run of any
kind finishes what was begun. The suppression list is written before anything is removed.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from etl.durable import sync, write_file
from etl.errors import PrivacyError
from etl.ledger import Ledger
from etl.manifest import release_folders
from etl.privacy import sweep as sweeping
from etl.privacy.register import Suppressions
from etl.privacy.search import Finder, Searched, holds, search
from etl.privacy.subject import Person, means, near_matches, open_feeds, person_from, rows_of
from etl.schema.feeds import FEEDS

if TYPE_CHECKING:
    from etl.home import Home
    from etl.privacy.screen import Screen


@dataclass(frozen=True)
class ErasurePreview:
    """What an erasure would take away, in numbers. Nothing in it is personal but the id."""

    person_id: str
    rows: tuple[tuple[str, int], ...]
    files: int
    refused_or_waiting: int
    releases: int
    backups: int
    is_name_unique: bool
    to_mend: tuple[str, ...] = ()  # lines that people wrote themselves: Kring never rewrites those files
    near: tuple[str, ...] = ()  # ids of who has this name with more around it, and no key: to be judged

    def json(self) -> str:
        """The preview as one JSON object."""
        return json.dumps({**asdict(self), "rows": dict(self.rows)})


@dataclass(frozen=True)
class Note:
    """An erasure that is not finished: its id, when it was asked for, and who it is about."""

    erasure_id: str
    erased_at: datetime
    person: Person


@dataclass(frozen=True)
class ErasureReport:
    """What an erasure did and what the search of every byte afterwards gave."""

    erasure_id: str
    person_id: str
    release: str
    condensed_files: int
    removed_texts: int
    removed_decisions: int
    redacted_cells: int
    cleaned_files: int
    removed_backups: int
    searched_files: int
    searched_bytes: int
    found: tuple[str, ...]
    unread: tuple[str, ...]
    seconds: float
    to_mend: tuple[str, ...] = ()
    near: tuple[str, ...] = ()  # no part of what was to be erased, until somebody says that it is

    @property
    def is_clean(self) -> bool:
        """Whether no byte of the person was found, all files could be read, and no line is to mend."""
        return not self.found and not self.unread and not self.to_mend

    def json(self) -> str:
        """The report as one JSON object."""
        return json.dumps({**asdict(self), "is_clean": self.is_clean}, ensure_ascii=False)


def preview(home: Home, known: Person) -> ErasurePreview:
    """What erasing this person would take away. The caller holds the writer lock."""
    finder = Finder(known.needles())
    rows: list[tuple[str, int]] = []
    hashes: set[str] = set()
    with open_feeds(home) as connection:
        for feed in FEEDS:
            if feed.has_person:
                found = rows_of(connection, known, feed)
                rows.append((feed.name, len(found)))
                hashes |= {str(row[0]) for row in found}
    with Ledger(home) as ledger:
        files = ledger.files()
    for file in files:
        path = home.landed_file(file.sha256)
        if file.sha256 not in hashes and path.exists() and holds(path, finder):
            hashes.add(file.sha256)
    return ErasurePreview(
        known.person_id,
        tuple(rows),
        len(hashes),
        _holding(home.quarantine, finder) + _holding(home.inbox, finder),
        len(release_folders(home)),
        _holding(home.backups, finder),
        known.is_name_unique,
        lines_to_mend(home, finder),
        near_matches(home, known),
    )


def lines_to_mend(home: Home, finder: Finder) -> tuple[str, ...]:
    """Where the files that people write themselves hold the person: `kring.toml, line 12`."""
    found: list[str] = []
    for path in (home.settings_file, home.roles_file):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        lines = text.splitlines()
        numbers = [number for number, line in enumerate(lines, start=1) if finder.in_text(line)]
        whole = " ".join(lines)
        if not numbers and finder.in_text(whole):  # a name on one line, the organisation on another
            numbers = [
                number
                for number in range(1, len(lines))
                if finder.in_text(" ".join(lines[number - 1 : number + 1]))
            ]
        found += [f"{path.name}, line {number}" for number in numbers]
        if not numbers and finder.in_text(whole):
            found.append(f"{path.name}, on several lines")
    return tuple(found)


def begin(home: Home, known: Person, now: datetime | None = None) -> Note:
    """Note the erasure and suppress the person; from here on it is completed, whatever happens."""
    if home.erasing_file.exists():
        raise PrivacyError("erasure", "another one is not finished", "", "Finish it with: kring refresh")
    with Ledger(home) as ledger:
        received = [each.received_at for each in ledger.files()]
    moment = max([now or datetime.now(UTC), *received])  # a clock set back makes no old list a new consent
    note = Note(uuid.uuid4().hex, moment, known)
    text = json.dumps(
        {"id": note.erasure_id, "at": note.erased_at.isoformat(), "person": json.loads(known.text())}
    )
    write_file(home.erasing_file, text.encode())
    sync(home.secrets)
    _suppress(home, note)
    return note


def unfinished(home: Home) -> Note | None:
    """The erasure that is not finished, its suppression list complete."""
    try:
        found = json.loads(home.erasing_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:  # cut off while it was written: nothing was suppressed or removed yet
        home.erasing_file.unlink()
        return None
    note = Note(
        str(found["id"]),
        datetime.fromisoformat(str(found["at"])),
        person_from(json.dumps(found["person"])),
    )
    _suppress(home, note)
    return note


def is_begun(home: Home, who: str) -> bool:
    """Whether the erasure that is not finished is of whom `who` means. Its person may be gone already."""
    try:
        found = json.loads(home.erasing_file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return means(person_from(json.dumps(found["person"])), who)


def finder_of(home: Home) -> Finder | None:
    """What to look for in bytes while an erasure is not finished."""
    note = unfinished(home) if home.erasing_file.exists() else None
    return Finder(note.person.needles()) if note else None


def clean_names(home: Home, note: Note, screen: Screen) -> sweeping.Swept:
    """Take the person out of what a rebuild does not make again, such as names of files."""
    return sweeping.sweep(home, screen.marked(), Finder(note.person.needles()))


def clean_stores(home: Home, note: Note, screen: Screen) -> tuple[sweeping.Swept, int]:
    """Take the person out of what a rebuild added since, and forget texts. Gives also how many texts went."""
    return clean_names(home, note, screen), forget_texts_gone(home)


def forget_texts_gone(home: Home) -> int:
    """Forget the places and vectors of texts that no file holds any more. Gives how many."""
    from etl.privacy.vectors import forget_others

    hashes = _texts_held(home)
    gone = sweeping.forget_texts(home, hashes)
    forget_others(home, hashes)
    if gone:
        with Ledger(home) as ledger:
            ledger.set_theme_state("")  # so that the places of texts are written again, without these
    return gone


def prove(home: Home, note: Note) -> Searched:
    """Write the stores afresh, and look through every byte of the home."""
    sweeping.compact(home)
    return search(home, note.person.needles())


def finish(home: Home, note: Note) -> None:
    """The erasure is done: the note goes."""
    with Suppressions(home) as suppressions:
        suppressions.finish(note.erasure_id)
    home.erasing_file.unlink(missing_ok=True)
    sync(home.secrets)


def condensed_files(home: Home) -> int:
    """How many landed files were replaced by their rows."""
    return sum(1 for _ in home.landed.glob("*/*.condensed"))


def _suppress(home: Home, note: Note) -> None:
    with Suppressions(home) as suppressions:
        suppressions.add(note.person.marks(), note.erased_at, note.erasure_id)


def _holding(folder: Path, finder: Finder) -> int:
    return sum(path.is_file() and holds(path, finder) for path in folder.rglob("*")) if folder.is_dir() else 0


def _texts_held(home: Home) -> set[str]:
    from etl.warehouse import open_warehouse

    with open_warehouse(home.warehouse_file, read_only=True) as warehouse:
        rows = warehouse.execute("select distinct text_hash from main.text_unit").fetchall()
    return {str(row[0]) for row in rows}
