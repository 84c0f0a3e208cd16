"""The audit log: a line for each sensitive action, in a chain that shows when one was changed or taken out.

A line says who, when, what, about whom and with what result; whoever is meant is written as a keyed
pseudonym, and nothing personal ever stands in it. Each line carries the keyed hash of itself and the line
before; the ledger keeps the number and hash of the last, so that lines taken off the end are missed too.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING

from etl.durable import sync, write_file
from etl.home import create_private
from etl.ledger import MIGRATIONS
from etl.store import open_store

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from etl.home import Home

START = "0" * 64
PSEUDONYM_LETTERS = 16
TAIL_BYTES = 64 * 1024
Head = tuple[int, str, int, str]  # the first number kept, the hash before it, the last number and its hash


class Action(Enum):
    """What is written down, whoever does it and however it ends."""

    PERSON_VIEWED = "person viewed"  # the page of one person
    PERSON_SHOWN = "person shown"
    PERSON_EXPORTED = "person exported"
    ERASURE_PREVIEWED = "erasure previewed"
    PERSON_ERASED = "person erased"
    PERSON_READMITTED = "person readmitted"
    RETENTION_APPLIED = "retention applied"
    KEY_ROTATED = "key rotated"
    BACKUP_MADE = "backup made"
    BACKUP_RESTORED = "backup restored"
    PUBLISHED = "published"
    ROLLED_BACK = "rolled back"
    ROLES_CHANGED = "roles changed"
    SETTINGS_CHANGED = "settings changed"
    FILE_ACCEPTED = "file accepted"
    FILE_LEFT_OUT = "file left out"
    PEOPLE_DECIDED = "people decided"
    PEOPLE_UNDECIDED = "decision about people undone"
    ORGANISATIONS_DECIDED = "organisations decided"
    ORGANISATIONS_UNDECIDED = "decision about organisations undone"


class Result(Enum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Entry:
    """One line. `who` and `subject` are pseudonyms, of two people two; `counts` says how many of what."""

    number: int
    at: datetime
    who: str
    action: Action
    subject: str | None
    release: str | None
    result: Result
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Chain:
    """What looking through the whole log gave. `faults` name lines by their number."""

    entries: int
    faults: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every line is there and as it was written."""
        return not self.faults


def record(
    home: Home,
    action: Action,
    subject: str | None = None,
    result: Result = Result.DONE,
    counts: Mapping[str, int] | None = None,
    release: str | None = None,
    who: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write one line. `subject` is a pseudonym; `who` a sign-in or, left out, the system's user."""
    key = home.privacy_key()
    with _alone(home) as connection:
        number, mac = _last(_tail(home), connection)
        written: dict[str, object] = {
            "number": number + 1,
            "at": (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds"),
            "who": pseudonym(key, who or f"system:{_user()}"),
            "action": action.value,
            "subject": subject,
            "release": release,
            "result": result.value,
            "counts": dict(counts or {}),
        }
        plain = _plain(written)
        mac = _mac(key, mac, plain)
        line = json.dumps({**written, "chain": mac}, sort_keys=True)
        _end_last_line(home)
        with home.audit_file.open("ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        first, before_first, _, _ = _head(connection)
        _keep_head(connection, (first, before_first, number + 1, mac))


def verify(home: Home) -> Chain:
    """Look through the whole log: every line in its place, as written, up to the last the ledger knows of."""
    if not home.audit_file.exists() and not home.ledger_file.exists():
        return Chain(0, ())
    key = home.privacy_key()
    with _alone(home) as connection:
        lines = _whole_lines(home.audit_file.read_bytes())
        first, before_first, last, last_mac = _head(connection)
    faults: list[str] = []
    number, before = first - 1, before_first
    for line in lines:
        found = _parsed(line)
        if found and 0 < _number(found, first) < first:
            continue  # its time was over; the run that took it away was broken off
        number += 1
        if found is None:
            faults.append(f"line {number} cannot be read")
            before = ""
            continue
        if _number(found, 0) != number:
            faults.append(f"line {number} is missing or out of place")
            number, before = _number(found, number), ""
        body = {name: value for name, value in found.items() if name != "chain"}
        chain = str(found.get("chain"))
        if before and not hmac.compare_digest(chain.encode(), _mac(key, before, _plain(body)).encode()):
            faults.append(f"line {number} was changed")
        before = chain
    if number < last:
        faults.append(f"the last {last - number} of {last} lines are missing")
    elif number == last and before != last_mac and not faults:
        faults.append(f"line {number} is not the last that was written")
    return Chain(len(lines), tuple(faults))


def entries(home: Home) -> tuple[Entry, ...]:
    """Every line that can be read, the oldest first."""
    if not home.audit_file.exists():
        return ()
    found = (_parsed(line) for line in home.audit_file.read_bytes().splitlines())
    return tuple(_entry(each) for each in found if each is not None)


def forget_before(home: Home, moment: datetime) -> int:
    """Take lines older than a moment off the front, the chain staying whole. Gives how many."""
    if not verify(home).is_whole:
        return 0
    with _alone(home) as connection:
        lines = home.audit_file.read_bytes().splitlines()
        found = [each for line in lines if (each := _parsed(line)) is not None]
        old = [each for each in found if _entry(each).at < moment]
        if not old:
            return 0
        first, before_first = _number(old[-1], 0) + 1, str(old[-1].get("chain"))
        _, _, number, mac = _head(connection)
        _keep_head(connection, (first, before_first, number, mac))
    with _alone(home):
        _replace(
            home, [line for line in home.audit_file.read_bytes().splitlines() if _of_line(line) >= first]
        )
    return len(old)


def take_over(home: Home, lines: bytes, head: Head) -> None:
    """Go on from another log of this home, as a backup holds it, where that is longer than the home's own.

    The home's own stays wherever it has lines that the other has not: a restore undoes no line.
    """
    with _alone(home) as connection:
        own, theirs = _whole_lines(home.audit_file.read_bytes()), _whole_lines(lines)
        first, before_first, number, mac = _head(connection)
        if own and own[-1] not in theirs[:-1]:
            _keep_head(connection, _furthest((first, before_first, number, mac), head))
            return
        _replace(home, theirs)
        _, _, number, mac = _furthest(head, (first, before_first, number, mac))
        _keep_head(connection, (*head[:2], number, mac))


def head_of(ledger_file: Path) -> Head:
    """What a ledger remembers of the log."""
    with closing(open_store(ledger_file, MIGRATIONS)) as ledger:
        return _head(ledger)


def pseudonym(key: bytes, text: str) -> str:
    """What stands in the log for a person or a sign-in."""
    return hmac.new(key, f"audit|{text}".encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_LETTERS]


def subjects(home: Home, ids: Iterable[str]) -> frozenset[str]:
    """Everything that stands in the log for the person with these ids, also from before a change of key."""
    key = home.privacy_key()
    found = {pseudonym(key, each) for each in ids}
    with closing(open_store(home.ledger_file, MIGRATIONS)) as ledger:
        pairs = ledger.execute("select subject, former from audit_subject").fetchall()
    while more := {str(former) for subject, former in pairs if subject in found} - found:
        found |= more
    return frozenset(found)


def watch(home: Home) -> None:
    """Write down that settings or roles are not what they were at the last run, whoever changed them."""
    key = home.privacy_key()
    watched = ((home.settings_file, Action.SETTINGS_CHANGED), (home.roles_file, Action.ROLES_CHANGED))
    for path, action in watched:
        mark = pseudonym(key, hashlib.sha256(path.read_bytes()).hexdigest()) if path.exists() else None
        with closing(open_store(home.ledger_file, MIGRATIONS)) as ledger:
            row = ledger.execute("select mark from watched_file where name = ?", (path.name,)).fetchone()
            if row is not None and row[0] == mark:
                continue
            if row is not None or (action is Action.ROLES_CHANGED and mark is not None):
                record(home, action)
            ledger.execute("insert or replace into watched_file values (?, ?)", (path.name, mark))


@contextmanager
def _alone(home: Home) -> Iterator[sqlite3.Connection]:
    """The only one who reads or writes the log, with the ledger open in one transaction."""
    create_private(home.audit_file)
    connection = open_store(home.ledger_file, MIGRATIONS)
    try:
        with home.audit_file.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")
    finally:
        connection.close()


def _tail(home: Home) -> list[bytes]:
    """The last lines; a line is far shorter than this."""
    with home.audit_file.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        return _whole_lines(file.read())


def _whole_lines(data: bytes) -> list[bytes]:
    """The lines without a last one that was broken off, by a full disk or a kill: it was never written."""
    return data[: len(data) - len(_half_line(data))].splitlines()


def _half_line(data: bytes) -> bytes:
    end = data[data.rfind(b"\n") + 1 :]
    return b"" if _parsed(end) else end


def _end_last_line(home: Home) -> None:
    """Take off a line that was broken off, so that the next stands on a line of its own."""
    with home.audit_file.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        data = file.read()
        if half := _half_line(data):
            file.truncate(size - len(half))
        elif data and not data.endswith(b"\n"):
            file.write(b"\n")


def _last(lines: list[bytes], connection: sqlite3.Connection) -> tuple[int, str]:
    """The number and hash to go on from: of the last line, else what the ledger remembers."""
    _, _, number, mac = _head(connection)
    last = _parsed(lines[-1]) if lines else None
    if last is not None and _number(last, 0) >= number:
        return _number(last, 0), str(last.get("chain"))
    return number, mac


def _head(connection: sqlite3.Connection) -> Head:
    """The first number still kept, the hash before it, the last number and its hash."""
    row = connection.execute("select first_number, before_first, number, mac from audit_head").fetchone()
    return (int(row[0]), str(row[1]), int(row[2]), str(row[3])) if row else (1, START, 0, START)


def _keep_head(connection: sqlite3.Connection, head: Head) -> None:
    connection.execute("delete from audit_head")
    connection.execute("insert into audit_head values (?, ?, ?, ?)", head)


def _furthest(chosen: Head, other: Head) -> Head:
    """The head that knows of more lines; of as many the chosen one."""
    return chosen if chosen[2] >= other[2] else other


def _replace(home: Home, lines: Iterable[bytes]) -> None:
    """Have the log hold these lines, in one step."""
    aside = home.audit_file.with_name(f"{home.audit_file.name}.part")
    aside.unlink(missing_ok=True)
    write_file(aside, b"".join(line + b"\n" for line in lines))
    aside.replace(home.audit_file)
    sync(home.root)


def _of_line(line: bytes) -> int:
    return _number(_parsed(line) or {}, 0)


def _plain(written: Mapping[str, object]) -> str:
    return json.dumps(written, sort_keys=True)


def _mac(key: bytes, before: str, plain: str) -> str:
    return hmac.new(key, f"chain|{before}|{plain}".encode(), hashlib.sha256).hexdigest()


def _parsed(line: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _number(found: Mapping[str, object], otherwise: int) -> int:
    value = found.get("number")
    return value if isinstance(value, int) else otherwise


def _entry(found: Mapping[str, object]) -> Entry:
    counts = found.get("counts")
    return Entry(
        number=_number(found, 0),
        at=datetime.fromisoformat(str(found.get("at"))),
        who=str(found.get("who")),
        action=Action(str(found.get("action"))),
        subject=_text(found.get("subject")),
        release=_text(found.get("release")),
        result=Result(str(found.get("result"))),
        counts=tuple((str(name), int(value)) for name, value in counts.items())
        if isinstance(counts, dict)
        else (),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
