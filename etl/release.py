"""Releases: written aside, proved, then served by moving a pointer; rolled back, compared, and kept to a few.

A release is a folder that was never used before. The pointer is replaced in one step, after everything it
points at is on the disk for good. Whatever fails or is killed before that leaves `.build-…` debris, which the
next writer removes, and the last good release in service.
"""

from __future__ import annotations

import errno
import fcntl
import functools
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from etl.durable import next_id, sync, write_file
from etl.errors import LockHeldError, ReleaseError, UsageError
from etl.home import FILE_RIGHTS, FOLDER_RIGHTS, Home, create_private, make_folder, private_files
from etl.manifest import (
    ASIDE,
    DATABASE,
    MANIFEST,
    Manifest,
    Pointer,
    ReleasedFile,
    ReleasedTable,
    ReleaseInfo,
    past_manifest,
    prove_files,
    read_manifest,
    read_pointer,
    release_folders,
    sha256_of,
)
from etl.store import is_closed
from etl.warehouse import open_build, open_release, quote_name

__all__ = ["Manifest", "ReleaseInfo"]

FREE_SPACE_FACTOR = 3
STILL_SERVED = "The last release is still served."
DUCKDB_DOUBLE = ("DOUBLE", "FLOAT")
CODE = (
    "build.py",
    "checks.py",
    "exact.py",
    "release.py",
    "restatement.py",
    "restated_why.py",
    "warehouse.py",
)
FRACTION_DIGITS = 9  # sums of fractions differ in their last bit with the number of threads


@dataclass(frozen=True)
class ReleasePlan:
    """What a release will say about itself, known before it is built."""

    as_of: date
    network_name: str
    language: str
    fingerprint: str
    keep: int = 3
    threads: int | None = None


@dataclass(frozen=True)
class TableDifference:
    """One table in two releases; None where a release has no such table."""

    name: str
    a: ReleasedTable | None
    b: ReleasedTable | None

    @property
    def same(self) -> bool:
        """Whether both hold the same rows, in whatever order."""
        return self.a is not None and self.a == self.b


@dataclass(frozen=True)
class KeptRelease:
    """One release that is still there. `info` is None when its manifest cannot be read."""

    id: str
    info: ReleaseInfo | None
    is_current: bool


@contextmanager
def writer_lock(home: Home) -> Iterator[None]:
    """Be the one writer of this home. The kernel frees the lock when the process ends, however it ends."""
    create_private(home.lock_file)
    with home.lock_file.open("r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _lock_held(file.read()) from None
        since = datetime.now(UTC).isoformat(timespec="seconds")
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "since": since}))
        file.flush()
        yield


def write_release(home: Home, plan: ReleasePlan, fill: Callable[[DuckDBPyConnection], None]) -> Manifest:
    """Build, prove and publish a release. The caller holds the writer lock. `fill` makes core and marts."""
    with disk_reported(), private_files():
        remove_leftovers(home)
        _require_space(home)
        release = _new_id(home)
        aside = home.releases / f"{ASIDE}{release}"
        aside.mkdir(FOLDER_RIGHTS)
        try:
            written = _build(home, aside / DATABASE, fill, plan.threads)
            manifest = _prove(aside, release, plan, written)
            _settle(aside, manifest)
            aside.rename(home.releases / release)
            sync(home.releases)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        _point_at(home, release)
        with suppress(OSError):  # what is too old is removed by the next writer
            forget_old(home, plan.keep)
        return manifest


def current(home: Home) -> Manifest | None:
    """The manifest of the release being served, or None before the first."""
    pointer = read_pointer(home)
    return read_manifest(home.releases / pointer.release, pointer.manifest_sha256) if pointer else None


def unchanged(home: Home, fingerprint: str) -> Manifest | None:
    """The manifest being served, when the newest release was made from just this and is still whole.

    After a roll-back the newest release is not the one served; it is not made again until something changes.
    """
    try:
        served, pointer = current(home), read_pointer(home)
        newest = release_folders(home)[0]
        if pointer is None or newest.name != pointer.newest:
            return None
        manifest = read_manifest(newest)
        sizes_right = all((newest / each.name).stat().st_size == each.bytes for each in manifest.files)
    except (ReleaseError, IndexError, OSError):
        return None
    return served if sizes_right and manifest.fingerprint == fingerprint else None


def releases(home: Home) -> tuple[KeptRelease, ...]:
    """Every release kept, newest first."""
    pointer = _pointer_if_readable(home)
    kept = []
    for folder in release_folders(home):
        try:
            info = read_manifest(folder).info
        except ReleaseError:
            info = None
        kept.append(KeptRelease(folder.name, info, pointer is not None and pointer.release == folder.name))
    return tuple(kept)


def rollback(home: Home, release: str | None = None) -> Manifest:
    """Serve an earlier release again: the one named, else the newest whole one before the current.

    Written in the audit log.
    """
    from etl.privacy.audit import Action, record

    with writer_lock(home), disk_reported():
        target = find_release(home, release) if release else _before_current(home)
        manifest = read_manifest(target)
        prove_files(target, manifest)
        _point_at(home, target.name)
        record(home, Action.ROLLED_BACK, release=manifest.release)
        return manifest


def diff(home: Home, a: str, b: str) -> tuple[TableDifference, ...]:
    """Every table of two releases side by side, each named as `named_manifest` takes it."""
    tables_a = {table.name: table for table in named_manifest(home, a).tables}
    tables_b = {table.name: table for table in named_manifest(home, b).tables}
    names = sorted(tables_a.keys() | tables_b.keys())
    return tuple(TableDifference(name, tables_a.get(name), tables_b.get(name)) for name in names)


def named_manifest(home: Home, name: str) -> Manifest:
    """What a release says about itself, by a name that `find_release` takes; also when it is kept no more."""
    try:
        return read_manifest(find_release(home, name))
    except UsageError:
        past = past_manifest(home, name)
        if past is None:
            raise
        return past


def find_release(home: Home, name: str) -> Path:
    """The folder of a release: its id, the start of its id, `current` or `previous`."""
    folders = release_folders(home)
    if name == "current":
        pointer = read_pointer(home)
        found = [folder for folder in folders if pointer and folder.name == pointer.release]
    elif name == "previous":
        found = [_before_current(home)]
    else:
        found = [folder for folder in folders if folder.name.startswith(name)] if name else []
    if len(found) != 1:
        raise UsageError(
            "releases", f"{len(found) or 'no'} releases of that name", "the id of one release",
            "See kring releases list.",
        )  # fmt: skip
    return found[0]


def fingerprint(inputs: object, settings: object, decisions: int) -> str:
    """Changes when a release would be made from other inputs, settings, decisions or code."""
    parts = repr((inputs, settings, decisions, duckdb.__version__, code_fingerprint()))
    return hashlib.sha256(parts.encode()).hexdigest()


@functools.cache
def code_fingerprint() -> str:
    """Changes when the SQL or the code that builds a release does."""
    root = Path(__file__).parent.parent
    files = [*(root / "queries").rglob("*.sql"), *(root / "queries").rglob("*.py")]
    files += [root / "etl" / name for name in CODE]
    for folder in ("schema", "identity", "cleaning"):
        files += (root / "etl" / folder).rglob("*.py")
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def remove_leftovers(home: Home) -> None:
    """Remove what a killed or failed writer left. Only the holder of the writer lock may."""
    for path in home.releases.glob(f"{ASIDE}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    pointer = _pointer_if_readable(home)
    for folder in release_folders(home):
        if pointer and folder.name > pointer.newest:  # written, and killed before the pointer moved
            shutil.rmtree(folder)


def table_checksums(connection: DuckDBPyConnection) -> tuple[ReleasedTable, ...]:
    """Rows and checksum of every table of core and marts, one pass over each, whatever the order of rows."""
    columns = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
        " where database_name = current_database() and schema_name in ('core', 'marts')"
        " order by schema_name, table_name, column_name"
    ).fetchall()
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in columns:
        tables.setdefault(table, []).append((column, kind))
    return tuple(_checksum(connection, table, listed) for table, listed in tables.items())


def _checksum(connection: DuckDBPyConnection, table: str, columns: list[tuple[str, str]]) -> ReleasedTable:
    schema, name = table.split(".", 1)
    hashed = ", ".join(
        f"round({quote_name(column)}, {FRACTION_DIGITS})" if kind in DUCKDB_DOUBLE else quote_name(column)
        for column, kind in columns
    )
    row = connection.execute(
        f"select count(*), coalesce(sum(hash({hashed})), 0) from {quote_name(schema)}.{quote_name(name)}"
    ).fetchone()
    rows, total = (int(row[0]), int(row[1])) if row else (0, 0)
    shape = hashlib.sha256(repr(columns).encode()).hexdigest()[:8]
    return ReleasedTable(table, rows, f"{shape}-{total:x}")


def _build(
    home: Home, file: Path, fill: Callable[[DuckDBPyConnection], None], threads: int | None
) -> tuple[ReleasedTable, ...]:
    """Fill a fresh file, and give the checksums of what was meant to be written."""
    connection = open_build(file, home.warehouse_file, threads=threads)
    try:
        fill(connection)
        written = table_checksums(connection)
        connection.execute("detach staging")
        connection.execute("detach feeds")
        connection.execute("checkpoint")
    finally:
        connection.close()
    return written


def _prove(aside: Path, release: str, plan: ReleasePlan, written: tuple[ReleasedTable, ...]) -> Manifest:
    """Open the file as a reader would, and compare every table with what was written.

    Its bytes, which nothing writes to any more, are read beside that.
    """
    if any(aside.glob("*.wal")):
        raise ReleaseError("release", "a write-ahead log is left after the checkpoint", "none")
    file = aside / DATABASE
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(sha256_of, file)
        connection = open_release(file)
        try:
            read = table_checksums(connection)
            people = _people(connection) if any(table.name == "core.person" for table in read) else 0
        finally:
            connection.close()
    wrong = [table.name for table in written if table not in read]
    if wrong or len(read) != len(written):
        raise ReleaseError("release", f"{', '.join(wrong) or 'a table'} reads back otherwise than written")
    return Manifest(
        release=release,
        as_of=plan.as_of,
        built_at=datetime.now(UTC).replace(microsecond=0),
        network_name=plan.network_name,
        language=plan.language,
        kring=_version(),
        duckdb=duckdb.__version__,
        fingerprint=plan.fingerprint,
        people=people,
        files=(ReleasedFile(DATABASE, file.stat().st_size, sha256.result()),),
        tables=read,
    )


def _people(connection: DuckDBPyConnection) -> int:
    row = connection.execute("select count(*) from core.person").fetchone()
    return int(row[0]) if row else 0


def _settle(aside: Path, manifest: Manifest) -> None:
    """Write the manifest, and have everything on the disk for good."""
    write_file(aside / MANIFEST, manifest.text().encode())
    database = aside / DATABASE
    database.chmod(FILE_RIGHTS)
    sync(database)
    sync(aside)


def _point_at(home: Home, release: str) -> None:
    data = (home.releases / release / MANIFEST).read_bytes()
    before = _pointer_if_readable(home)
    newest = max(release, before.newest) if before else release
    pointer = Pointer(release, hashlib.sha256(data).hexdigest(), newest)
    aside = home.releases / f"{ASIDE}pointer"
    write_file(aside, pointer.text().encode())
    aside.replace(home.current_pointer)
    sync(home.releases)


def forget_old(home: Home, keep: int) -> int:
    """Remove releases beyond the newest `keep`, never the one being served. Gives how many.

    Their manifests stay with the logs for as long as logs do, so that they can still be compared.
    """
    pointer = _pointer_if_readable(home)
    old = [each for each in release_folders(home)[keep:] if not pointer or each.name != pointer.release]
    for folder in old:
        make_folder(home.past_releases, FOLDER_RIGHTS)
        with suppress(OSError):  # a release without a manifest could not be compared before either
            write_file(home.past_releases / f"{folder.name}.json", (folder / MANIFEST).read_bytes())
        aside = home.releases / f"{ASIDE}{folder.name}"
        folder.rename(aside)  # half a release must never look like one
        shutil.rmtree(aside)
    return len(old)


def forget_all_but_current(home: Home) -> None:
    """Remove every release but the one being served, and what was known about those that went before."""
    forget_old(home, 1)
    shutil.rmtree(home.past_releases, ignore_errors=True)


def _before_current(home: Home) -> Path:
    pointer = _pointer_if_readable(home)
    for folder in release_folders(home):
        if pointer is None or folder.name < pointer.release:
            with suppress(ReleaseError):
                prove_files(folder, read_manifest(folder))
                return folder
    raise ReleaseError("releases", "no earlier release", "at least one before the current")


def _pointer_if_readable(home: Home) -> Pointer | None:
    try:
        return read_pointer(home)
    except ReleaseError:
        return None


def _new_id(home: Home) -> str:
    """An id that was never used and sorts after every other, also when the clock was set back."""
    kept = release_folders(home)
    return next_id(kept[0].name if kept else None)


def _require_space(home: Home) -> None:
    kept = release_folders(home)
    if not kept:
        return
    last = sum(path.stat().st_size for path in kept[0].iterdir() if path.is_file())
    free = shutil.disk_usage(home.releases).free
    if free < FREE_SPACE_FACTOR * last:
        raise ReleaseError(
            "releases", f"{free // 1_000_000} MB free on the disk",
            f"{FREE_SPACE_FACTOR * last // 1_000_000} MB ({FREE_SPACE_FACTOR} times the last release)",
            "Free some space; the last release is still served.",
        )  # fmt: skip


@contextmanager
def disk_reported(where: str = "refresh", remedy: str = STILL_SERVED) -> Iterator[None]:
    """Turn what disk or database refuse into one clear line, without their words: they quote values."""
    try:
        yield
    except OSError as error:
        raise ReleaseError(where, _of_disk(error.errno), "", remedy) from error
    except (duckdb.Error, sqlite3.Error) as error:
        full = any(words in str(error) for words in FULL_DISK)
        found = "no space left on the disk" if full else f"the database refused ({type(error).__name__})"
        if is_closed(error):
            found = "a file may not be written by who runs Kring (kring doctor names it)"
        raise ReleaseError(where, found, "", remedy) from error


FULL_DISK = ("No space left", "File too large", "disk is full", "disk I/O error")


def _of_disk(number: int | None) -> str:
    if number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return "no space left on the disk"
    return f"a file cannot be read or written ({os.strerror(number) if number else 'unknown reason'})"


def _lock_held(text: str) -> LockHeldError:
    try:
        holder = json.loads(text)
        found = f"lock held by process {int(holder['pid'])} since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        found = "lock held by another process"
    return LockHeldError("refresh skipped", found, "", "One run at a time: try again when it is done.")


def _version() -> str:
    from importlib.metadata import version

    return version("kring")
