"""What a release says about itself, and the pointer that names the one being served. Reads only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from etl.durable import is_id
from etl.errors import ReleaseError
from etl.home import Home

DATABASE = "kring.duckdb"
MANIFEST = "manifest.json"
ASIDE = ".build-"  # everything that is not (or no longer) a release starts with this


@dataclass(frozen=True)
class ReleasedFile:
    """One file of a release with what proves it."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ReleasedTable:
    """One table of a release. The checksum does not depend on the order of rows."""

    name: str
    rows: int
    checksum: str


@dataclass(frozen=True)
class ReleaseInfo:
    """What a reader tells about the release it serves. `stale_since` is set when a newer one did not open."""

    id: str
    as_of: date
    built_at: datetime
    network_name: str
    language: str
    people: int
    stale_since: datetime | None = None
    stale_because: str = ""


@dataclass(frozen=True)
class Manifest:
    """The manifest.json of one release. Times are UTC."""

    release: str
    as_of: date
    built_at: datetime
    network_name: str
    language: str
    kring: str
    duckdb: str
    fingerprint: str
    people: int
    files: tuple[ReleasedFile, ...]
    tables: tuple[ReleasedTable, ...]

    @property
    def info(self) -> ReleaseInfo:
        """The part that pages show."""
        return ReleaseInfo(
            self.release, self.as_of, self.built_at, self.network_name, self.language, self.people
        )

    def text(self) -> str:
        """The manifest as JSON."""
        written = {**asdict(self), "as_of": self.as_of.isoformat(), "built_at": self.built_at.isoformat()}
        return json.dumps(written, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Pointer:
    """The content of `releases/current`: which release is served, and the hash of its manifest.

    `newest` is the newest release ever served: after a roll-back it is not `release`, and a folder beyond it
    was written by a run that died before it could be served.
    """

    release: str
    manifest_sha256: str
    newest: str

    def text(self) -> str:
        """The pointer as JSON."""
        return json.dumps(asdict(self)) + "\n"


def read_pointer(home: Home) -> Pointer | None:
    """The pointer, or None before the first release."""
    try:
        text = home.current_pointer.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return parse_pointer(text)


def parse_pointer(text: str) -> Pointer:
    """A pointer from its text."""
    try:
        found = json.loads(text)
        return Pointer(str(found["release"]), str(found["manifest_sha256"]), str(found["newest"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError("releases/current", "not a pointer", "JSON that Kring wrote", ROLL_BACK) from error


ROLL_BACK = "Point at a whole release with: kring releases rollback"
MAKE_ANEW = "Make it again with: kring refresh"


def read_manifest(folder: Path, sha256: str | None = None) -> Manifest:
    """The manifest in a release's folder; with `sha256` it must be exactly the one that was published."""
    return _read_manifest(folder / MANIFEST, folder.name, sha256)


def past_manifest(home: Home, name: str) -> Manifest | None:
    """What a release that is no longer kept said about itself: by its id, or the only one to start so."""
    found = [path for path in home.past_releases.glob("*.json") if name and path.name.startswith(name)]
    return _read_manifest(found[0], found[0].stem) if len(found) == 1 else None


def _read_manifest(path: Path, release: str, sha256: str | None = None) -> Manifest:
    try:
        data = path.read_bytes()
        if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
            raise ReleaseError(f"releases/{release}", "its manifest was changed", "", ROLL_BACK)
        return _manifest(json.loads(data))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"releases/{release}", "no readable manifest", "", ROLL_BACK) from error


def release_folders(home: Home) -> tuple[Path, ...]:
    """The folders of all releases kept, newest first."""
    if not home.releases.is_dir():
        return ()
    folders = [path for path in home.releases.iterdir() if path.is_dir() and is_id(path.name)]
    return tuple(sorted(folders, key=lambda path: path.name, reverse=True))


def prove_files(folder: Path, manifest: Manifest, thorough: bool = True) -> None:
    """Raise ReleaseError unless every file is there with the length and hash as published, and no .wal is.

    A reader need not be thorough: a file that nobody wrote to after its manifest was written is taken at its
    length, so that one question of a large release does not read all of it. DuckDB checks the blocks that it
    reads.
    """
    where = f"releases/{folder.name}"
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file() or path.stat().st_size != file.bytes:
            raise _not_as_published(where, file)
        written_since = path.stat().st_mtime_ns > (folder / MANIFEST).stat().st_mtime_ns
        if (thorough or written_since) and sha256_of(path) != file.sha256:
            raise _not_as_published(where, file)
    if any(folder.glob("*.wal")):
        raise ReleaseError(where, "a write-ahead log lies beside the database", "none", ROLL_BACK)


def _not_as_published(where: str, file: ReleasedFile) -> ReleaseError:
    return ReleaseError(where, f"{file.name} is not the file that was published", "", ROLL_BACK)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(found: dict[str, object]) -> Manifest:
    files, tables = found["files"], found["tables"]
    if not isinstance(files, list) or not isinstance(tables, list):
        raise TypeError
    return Manifest(
        release=str(found["release"]),
        as_of=date.fromisoformat(str(found["as_of"])),
        built_at=datetime.fromisoformat(str(found["built_at"])),
        network_name=str(found["network_name"]),
        language=str(found["language"]),
        kring=str(found["kring"]),
        duckdb=str(found["duckdb"]),
        fingerprint=str(found["fingerprint"]),
        people=int(str(found["people"])),
        files=tuple(ReleasedFile(str(f["name"]), int(f["bytes"]), str(f["sha256"])) for f in files),
        tables=tuple(ReleasedTable(str(t["name"]), int(t["rows"]), str(t["checksum"])) for t in tables),
    )
