"""`kring backup` and `kring restore`: what a home cannot make again, in one sealed file, and back.

A backup holds the inputs, the stores, the settings and the keys, but not `secrets/backup.key`, which seals
it; warehouse and releases are made from them. A zip that an earlier Kring wrote, without a seal, is read too.
A restore applies the suppression list, the newest that is known, before anything is served. What was done
since the backup and cannot be undone stays: the audit log, the publications (etl.privacy.restored), and who
may sign in.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.durable import next_id, sync, write_file
from etl.errors import HomeError, PrivacyError, SealError, UsageError
from etl.home import FILE_RIGHTS, Home, find_home, make_folder
from etl.sealing import SealedWriter, is_sealed, opened
from flows.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from etl.privacy.register import Erasure

MANIFEST = "backup.json"
SUPPRESSIONS = "suppressions.json"
PUBLICATIONS = "publications.json"
VERSION = 1
STORES = ("decisions.sqlite", "ledger.sqlite")
PARTS = ("kring.toml", "roles.toml", "secrets", "landed", "public", "audit.jsonl", "quarantine", *STORES)
MADE_AGAIN = ("warehouse.duckdb", "warehouse.duckdb.wal", "feeds", "releases", "cache")
OF_THE_BACKUP = ("hmac.key", "erasing.json", "rotating.json")  # of secrets/: these go with the stores in it
STAYS = ("audit.jsonl", "ledger.sqlite", "public")  # brought together with the backup's, never removed
AGAIN = "Do it again when that is mended; a home without its kring.toml is of no use before."
SUFFIX, UNSEALED = ".backup", ".zip"


@dataclass(frozen=True)
class BackupMade:
    """One backup: where it lies and what is in it."""

    path: Path
    files: int
    bytes: int


@dataclass(frozen=True)
class Restored:
    """What is served after a restore. `erasures`, `publications`: how many the backup did not know of yet.

    `is_ledger_lost`: the ledger of the home was damaged, so nothing that it alone knew could be kept.
    """

    release: str
    as_of: date
    people: int
    erasures: int
    made_at: datetime
    publications: int = 0
    is_ledger_lost: bool = False


def backup(home: Home, to: Path | None = None) -> BackupMade:
    """Write a backup, into backups/ or to a file elsewhere. Nothing is refreshed meanwhile."""
    from etl.home import private_files
    from etl.privacy.audit import Action, record
    from etl.release import disk_reported, writer_lock

    home.require()
    if to and (to.is_dir() or not os.access(to.absolute().parent, os.W_OK | os.X_OK)):
        raise UsageError("--to", "a file that cannot be written", "a file in a folder that you may write to")
    home.create()
    with disk_reported("backup", "No backup was made."), writer_lock(home), private_files():
        if home.erasing_file.exists():
            raise PrivacyError("backup", "an erasure is not finished", "", "Finish it with: kring refresh")
        if home.rotating_file.exists():
            raise PrivacyError("backup", "a new key is not in use yet", "", "Finish it with: kring refresh")
        made = write_backup(home, to)
        write_suppressions(home)
        write_publications(home)
    record(home, Action.BACKUP_MADE, counts={"files": made.files})
    return made


def write_backup(home: Home, to: Path | None = None) -> BackupMade:
    """Write a backup. The caller holds the writer lock."""
    from etl.release import current

    target = to or home.backups / f"{next_id(_newest(home))}{SUFFIX}"
    part = target.with_name(f".{target.name}.part")
    served = current(home)
    listed: dict[str, str] = {}
    handle = os.open(part, os.O_CREAT | os.O_RDWR | os.O_TRUNC, FILE_RIGHTS)
    try:
        with os.fdopen(handle, "w+b") as file:
            with (
                SealedWriter(file, home.backup_key()) as sealed,
                zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            ):
                for name, path in _parts(home):
                    listed[name] = _add(archive, name, path)
                for name in STORES:
                    listed[name] = _add_store(archive, name, home)
                about = {
                    "version": VERSION,
                    "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "release": served.release if served else None,
                    "as_of": served.as_of.isoformat() if served else None,
                    "files": listed,
                }
                archive.writestr(MANIFEST, json.dumps(about))
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync(target.parent)
    return BackupMade(target, len(listed), target.stat().st_size)


def write_suppressions(home: Home) -> None:
    """Keep the newest suppression list beside the backups, for a restore where the ledger is gone."""
    from etl.privacy.register import Suppressions

    with Suppressions(home) as suppressions:
        erasures = suppressions.erasures()
    if erasures:
        _write_list(home, erasures)


def write_publications(home: Home) -> None:
    """Keep what everyone could read of every publication beside the backups, for the same moment."""
    from etl.published import PublishedFigures

    with PublishedFigures(home) as published:
        if published.publications():
            _write_beside(home, PUBLICATIONS, published.seen())


def _write_list(home: Home, erasures: tuple[Erasure, ...]) -> None:
    _write_beside(home, SUPPRESSIONS, json.dumps([_plain(each) for each in erasures]))


def _write_beside(home: Home, name: str, text: str) -> None:
    part = home.backups / f".{name}.{os.getpid()}.part"
    write_file(part, text.encode())
    part.replace(home.backups / name)
    sync(home.backups)


def backup_files(home: Home) -> list[Path]:
    """The backups in the home's own folder, also those of before they were sealed."""
    return sorted(path for path in home.backups.glob("*") if path.suffix in (SUFFIX, UNSEALED))


def restore(home: Home, file: Path, key_file: Path | None = None, is_unsealed: bool = False) -> Restored:
    """Put a backup in place of what the home holds, rebuild past the suppression list, and serve that.

    `key_file`: the key that sealed it, where that is not the home's own. `is_unsealed`: it has no seal, and
    who asks knows where it was kept.
    """
    from etl.home import private_files
    from etl.privacy import restored
    from etl.privacy.audit import Action, record
    from etl.release import disk_reported, writer_lock
    from flows.run import refresh

    key = _key_for(home, file, key_file, is_unsealed)
    about = _read(file, key)
    home.create()
    with disk_reported("restore", AGAIN), writer_lock(home), private_files():
        is_ledger_lost = restored.is_damaged(home.ledger_file)
        known = _erasures_known(home, file, is_ledger_lost)
        seen = _publications_seen(home, file)
        if known:
            _write_list(home, known)  # a restore that is broken off must not forget them
        unpacked = Home(home.restoring)
        try:
            _unpack(file, key, unpacked.root, about)
            _require_same_keys(home, unpacked.root)
            if is_ledger_lost:
                restored.forget_damaged(home.ledger_file)
            new, publications = restored.bring_together(unpacked, home, known, seen)
        except BaseException:
            shutil.rmtree(unpacked.root, ignore_errors=True)
            raise
        _put_in_place(home, unpacked)
        if key and not home.backup_key_file.exists():
            write_file(home.backup_key_file, key)
        _close_to_others(home)
        record(home, Action.BACKUP_RESTORED, counts={"erasures": new, "publications": publications})
        _put_settings(home, unpacked)
        _clean(home)
    day = about.get("as_of")
    report = refresh(home, date.fromisoformat(str(day)) if day else None, rebuild=True)
    made_at = datetime.fromisoformat(str(about["made_at"]))
    return Restored(report.release, report.as_of, report.people, new, made_at, publications, is_ledger_lost)


def _newest(home: Home) -> str | None:
    return max((path.stem for path in backup_files(home)), default=None)


def _parts(home: Home) -> Iterator[tuple[str, Path]]:
    """Every file that belongs in a backup, but for the stores, which are copied by themselves."""
    for name in PARTS:
        path = home.root / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        for each in found:
            hidden = any(part.startswith(".") for part in each.relative_to(home.root).parts)
            left_out = each in (home.erasing_file, home.rotating_file, home.backup_key_file)
            is_part = name not in STORES and not hidden and not left_out
            is_linked = each != path and each.is_symlink()  # settings may be kept elsewhere; no other file
            if is_part and each.is_file() and not is_linked:
                yield each.relative_to(home.root).as_posix(), each


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    archive.write(path, name)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add_store(archive: zipfile.ZipFile, name: str, home: Home) -> str:
    """A copy of an SQLite store as it is at this moment, whoever has it open."""
    copy = home.backups / f".{name}.part"
    copy.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(home.root / name)) as store, closing(sqlite3.connect(copy)) as target:
            store.backup(target)
        return _add(archive, name, copy)
    finally:
        copy.unlink(missing_ok=True)


def _key_for(home: Home, file: Path, key_file: Path | None, is_unsealed: bool) -> bytes | None:
    """The key that is given, else the home's own; None for a file without a seal.

    Anyone who can write where backups are kept could put a file without a seal there, with roles and
    decisions of their own: where there is a key, only who says so restores it.
    """
    chosen = key_file or home.backup_key_file
    if not is_sealed(file):
        if chosen.is_file() and not is_unsealed and zipfile.is_zipfile(file):
            raise UsageError(
                file.name, "a backup without a seal, which anybody could have written", "a sealed one",
                "If an earlier Kring wrote it and nobody else could: --unsealed",
            )  # fmt: skip
        return None
    if not chosen.is_file():
        raise UsageError(
            file.name, "a sealed backup, and no key here", "the secrets/backup.key of the home that made it",
            "Give your copy with --key; without it nobody can open this backup.",
        )  # fmt: skip
    return chosen.read_bytes()


def _read(file: Path, key: bytes | None) -> dict[str, object]:
    """What a backup says about itself; an error when it is none."""
    try:
        with opened(file, key) as content, zipfile.ZipFile(content) as archive:
            about = json.loads(archive.read(MANIFEST))
    except SealError as error:
        raise UsageError(
            file.name, error.found, error.expected, "Another one: --key, or another backup."
        ) from error
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UsageError(file.name, "no backup of Kring", "a file that kring backup wrote") from error
    if about.get("version") != VERSION or not isinstance(about.get("files"), dict):
        raise UsageError(file.name, "a backup of another version", f"version {VERSION}")
    return dict(about)


def _unpack(file: Path, key: bytes | None, aside: Path, about: dict[str, object]) -> None:
    """Unpack beside the home's own files, and prove every one."""
    shutil.rmtree(aside, ignore_errors=True)
    make_folder(aside)
    files = about["files"]
    assert isinstance(files, dict)
    try:
        with opened(file, key) as content, zipfile.ZipFile(content) as archive:
            for name, sha256 in files.items():
                target = aside / str(name)
                if ".." in Path(str(name)).parts or Path(str(name)).is_absolute():
                    raise UsageError(file.name, "a name that leads out of the home", "a backup of Kring")
                make_folder(target.parent)
                with archive.open(str(name)) as member, target.open("wb") as written:
                    shutil.copyfileobj(member, written)
                with target.open("rb") as written:
                    if hashlib.file_digest(written, "sha256").hexdigest() != sha256:
                        raise UsageError(
                            file.name, "a file in it is damaged", "a whole backup", "Use another."
                        )
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, SealError) as error:
        raise _damaged(file) from error


def _damaged(file: Path) -> UsageError:
    return UsageError(file.name, "a file in it is damaged", "a whole backup", "Use another.")


def _require_same_keys(home: Home, aside: Path) -> None:
    """Refuse a backup of another network: its suppression list and ids mean nothing here."""
    own, theirs = home.secrets / "privacy.key", aside / "secrets" / "privacy.key"
    if own.exists() and theirs.exists() and own.read_bytes() != theirs.read_bytes():
        raise HomeError("restore", "a backup of another home", "one of this home, or a new home")


def _put_in_place(home: Home, unpacked: Home) -> None:
    """All that a backup can hold, or that is made from it, is replaced; what stays is brought together.

    The home's own secrets never go: no backup holds the key that opens it, and a token may be newer; of the
    backup is only the key of the ids that it holds. The settings go first and come last, so that a restore
    that is broken off leaves no home that could be refreshed. Who may sign in stays as it is: a backup would
    let in again who has left since.
    """
    from etl.privacy import restored

    home.settings_file.unlink(missing_ok=True)
    stays = STAYS if not home.roles_file.exists() else (*STAYS, home.roles_file.name)
    stores = (f"{store}{end}" for store in STORES if store not in stays for end in ("-wal", "-shm"))
    for name in (*PARTS, *MADE_AGAIN, *stores):
        path = home.root / name
        if path == home.secrets:
            _clear_secrets(home)
        elif name in stays:
            continue
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in sorted(unpacked.root.iterdir()):
        if path.name == home.secrets.name:
            _add_secrets(home, path)
        elif path.name in PARTS and path.name not in (*stays, home.settings_file.name):
            path.rename(home.root / path.name)
    restored.put_in_place(home, unpacked)


def _close_to_others(home: Home) -> None:
    """The rights of a home, whatever those in the backup were."""
    home.create()
    for path in home.root.rglob("*"):
        if path.is_symlink():
            continue
        if home.public not in (path, *path.parents):
            path.chmod(0o700 if path.is_dir() else FILE_RIGHTS)
        else:
            path.chmod(0o755 if path.is_dir() else 0o644)


def _put_settings(home: Home, unpacked: Home) -> None:
    """The last step: from here on it is a home again."""
    sync(home.root)
    if unpacked.settings_file.exists():
        unpacked.settings_file.replace(home.settings_file)
        home.settings_file.chmod(FILE_RIGHTS)
    sync(home.root)
    shutil.rmtree(unpacked.root)


def _clean(home: Home) -> None:
    """Nothing that stayed in the home, or in other backups, tells of whoever was erased."""
    from etl.privacy.screen import screen_of
    from etl.privacy.search import Finder
    from etl.privacy.sweep import sweep

    if screen := screen_of(home):
        sweep(home, screen.marked(), Finder(()))


def _clear_secrets(home: Home) -> None:
    for path in home.secrets.glob("*"):
        if path.name in OF_THE_BACKUP or path.name.startswith("."):
            path.unlink()


def _add_secrets(home: Home, folder: Path) -> None:
    make_folder(home.secrets)
    for path in sorted(folder.iterdir()):
        if not (home.secrets / path.name).exists():
            path.rename(home.secrets / path.name)


def _erasures_known(home: Home, file: Path, is_ledger_lost: bool = False) -> tuple[Erasure, ...]:
    """The suppression lists that the home and the folder of the backup have."""
    from etl.privacy.register import Suppressions

    known: list[Erasure] = []
    if home.ledger_file.exists() and not is_ledger_lost:
        with Suppressions(home) as suppressions:
            known += suppressions.erasures()
    for beside in _beside(home, file, SUPPRESSIONS):
        known += _listed(beside)
    known.sort(key=lambda each: each.lifted_at is not None)  # who was let in again stays so
    return tuple({each.erasure_id: each for each in known}.values())


def _publications_seen(home: Home, file: Path) -> tuple[str, ...]:
    """What everyone could read of each publication, as the home and the folder of the backup have it."""
    found = []
    for path in _beside(home, file, PUBLICATIONS):
        try:
            text = path.read_text(encoding="utf-8")
            json.loads(text)["publications"], json.loads(text)["figures"]
        except (ValueError, KeyError, TypeError) as error:
            raise PrivacyError(
                f"{path.parent.name}/{path.name}",
                "it is damaged",
                "what was published, as Kring wrote it",
                "Nothing was changed. Put back a copy, or write it anew: kring backup, in the home that "
                "published.",
            ) from error
        found.append(text)
    return tuple(found)


def _beside(home: Home, file: Path, name: str) -> list[Path]:
    """A list beside the backups of the home, and the one beside this backup, as far as they are there."""
    paths = dict.fromkeys(path.absolute() for path in (home.backups / name, file.with_name(name)))
    return [path for path in paths if path.exists()]


def _listed(path: Path) -> list[Erasure]:
    """The erasures of one list. Without it somebody could come back, so a damaged one stops the restore."""
    try:
        return [_erasure(each) for each in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise PrivacyError(
            f"{path.parent.name}/{path.name}",
            "it is damaged",
            "the list of who was erased, as Kring wrote it",
            "Nothing was changed. Put back a copy, or write it anew: kring backup, in the home that erased.",
        ) from error


def _plain(each: Erasure) -> dict[str, object]:
    return {
        "erasure_id": each.erasure_id,
        "erased_at": each.erased_at.isoformat(),
        "finished_at": each.finished_at.isoformat() if each.finished_at else None,
        "lifted_at": each.lifted_at.isoformat() if each.lifted_at else None,
        "hashes": sorted(each.hashes),
    }


def _erasure(found: dict[str, object]) -> Erasure:
    from etl.privacy.register import Erasure

    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(str(found[name])) if found[name] else None

    hashes = found["hashes"]
    erased_at = moment("erased_at")
    assert isinstance(hashes, list) and erased_at is not None
    return Erasure(
        str(found["erasure_id"]), erased_at, moment("finished_at"), moment("lifted_at"), frozenset(hashes)
    )


def backup_command(
    home: HomeOption = None,
    to: Annotated[Path | None, typer.Option(help="Write it to this file instead of backups/.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write what the home cannot make again to one file: inputs, stores, settings, keys, publications."""
    made = backup(find_home(home), to)
    if as_json:
        print(json.dumps({"path": str(made.path), "files": made.files, "bytes": made.bytes}))
    else:
        print(f"{made.path}: {made.files} files, {made.bytes:,} bytes, sealed.")
        print(
            f"Only {find_home(home).backup_key_file} opens it, and that is not in it: keep a copy elsewhere."
        )


def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that kring backup wrote.", exists=True)],
    home: HomeOption = None,
    key: Annotated[
        Path | None,
        typer.Option(help="Your copy of the backup.key that sealed it.", exists=True, dir_okay=False),
    ] = None,
    unsealed: Annotated[
        bool, typer.Option("--unsealed", help="Also a zip of before backups were sealed.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Replace what the home holds.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back, keep out whoever was erased since, and serve what it gives."""
    chosen = find_home(home)
    if chosen.exists and not yes:
        raise UsageError(
            "restore", "a home with data in it", "a new folder, or --yes to replace what is there"
        )
    done = restore(chosen, file, key, unsealed)
    if as_json:
        said = {"release": done.release, "as_of": done.as_of.isoformat(), "people": done.people}
        print(json.dumps({**said, "erasures": done.erasures, "publications": done.publications}))
    else:
        print(f"Restored: {done.people} people as of {done.as_of}, release {done.release}.")
        if done.erasures:
            print(f"Erased since that backup was made, and kept out: {done.erasures}.")
        if done.publications:
            print(f"Published since that backup was made, and still known: {done.publications}.")
        if done.is_ledger_lost:
            print(
                "The ledger here was damaged: of what was done since, what lies beside the backups is known."
            )
