"""The data home: the only place that spells its paths and rights. It may import nothing of Kring but errors.

Everything is 0600 in 0700 folders, except `public/` (0755). The home itself is 0711, so that another
operating-system user can reach `public/` by name and cannot list anything else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from etl.errors import HomeError

HOME_RIGHTS = 0o711
FOLDER_RIGHTS = 0o700
FILE_RIGHTS = 0o600
PUBLIC_RIGHTS = 0o755
HMAC_KEY_BYTES = 32


@dataclass(frozen=True)
class Home:
    """One network's folder. Its parts are properties, so a path is spelled once."""

    root: Path

    @property
    def settings_file(self) -> Path:
        return self.root / "kring.toml"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def landed(self) -> Path:
        return self.root / "landed"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def decisions_file(self) -> Path:
        return self.root / "decisions.sqlite"

    @property
    def ledger_file(self) -> Path:
        return self.root / "ledger.sqlite"

    @property
    def warehouse_file(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def feeds(self) -> Path:
        """Where the rows of large files lie that the warehouse counts as its own."""
        return self.root / "feeds"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def current_pointer(self) -> Path:
        return self.releases / "current"

    @property
    def public(self) -> Path:
        return self.root / "public"

    @property
    def public_pointer(self) -> Path:
        return self.public / "current"

    @property
    def preview(self) -> Path:
        return self.root / "cache" / "preview"

    @property
    def roles_file(self) -> Path:
        return self.root / "roles.toml"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def audit_file(self) -> Path:
        return self.root / "audit.jsonl"

    @property
    def erasing_file(self) -> Path:
        """There while an erasure is not finished: whom to look for. It goes with the erasure."""
        return self.secrets / "erasing.json"

    @property
    def rotating_file(self) -> Path:
        """There while a new key for the ids of people is not in use everywhere. It goes with that."""
        return self.secrets / "rotating.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def past_releases(self) -> Path:
        """The manifests of releases that are no longer kept: rows and checksums, nothing of a person."""
        return self.logs / "releases"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def restoring(self) -> Path:
        """Where a backup is unpacked. It goes with the restore, or with the next run."""
        return self.root / ".restoring"

    @property
    def vectors(self) -> Path:
        return self.root / "cache" / "vectors"

    @property
    def compared_file(self) -> Path:
        """Which ways of writing people were compared before: hashes, made again when it is gone."""
        return self.root / "cache" / "compared.duckdb"

    @property
    def prefect(self) -> Path:
        return self.root / "prefect"

    @property
    def lock_file(self) -> Path:
        return self.root / "writer.lock"

    @property
    def serve_lock_file(self) -> Path:
        return self.prefect / "serve.lock"

    @property
    def exists(self) -> bool:
        """Whether this folder is a home: it has a `kring.toml`."""
        return self.settings_file.is_file()

    @property
    def is_half_restored(self) -> bool:
        """Whether a restore was broken off while it put things in place: the settings come last."""
        return not self.exists and self.restoring.is_dir()

    def landed_file(self, sha256: str) -> Path:
        """Where the bytes with that fingerprint lie."""
        return self.landed / sha256[:2] / sha256

    def condensed_file(self, sha256: str) -> Path:
        """Where its rows lie once retention or an erasure has taken the place of those bytes."""
        return self.landed / sha256[:2] / f"{sha256}.condensed"

    def create(self) -> None:
        """Make the home's folders with their rights. Does no harm to a home that exists."""
        private = (
            self.inbox, self.landed, self.quarantine, self.releases, self.secrets,
            self.logs, self.backups, self.vectors.parent, self.vectors, self.prefect,
        )  # fmt: skip
        try:
            make_folder(self.root, HOME_RIGHTS)
            for folder in private:
                make_folder(folder, FOLDER_RIGHTS)
            make_folder(self.public, PUBLIC_RIGHTS)
        except OSError as error:
            raise HomeError(
                str(self.root), f"the folder cannot be made ({error.strerror})", "a place you may write to"
            ) from error

    def require(self) -> Home:
        """This home, or a HomeError when the folder is not one."""
        if self.is_half_restored:
            raise HomeError(
                str(self.root), "a restore that was broken off", "",
                "Do it again: kring restore FILE. Nothing else may use this home before.",
            )  # fmt: skip
        if not self.exists:
            raise HomeError(
                str(self.root), "no Kring home here", "a folder with a kring.toml",
                f"Make one with: kring init {self.root}",
            )  # fmt: skip
        return self

    def hmac_key(self) -> bytes:
        """The key that person ids are made with; created at first use, never part of a release."""
        return self._key("hmac.key", "Restore the key from a backup: without it person ids change.")

    def privacy_key(self) -> bytes:
        """The key of the suppression list and the audit log. Never rotated: what it made stays valid."""
        return self._key("privacy.key", "Restore the key from a backup: without it nobody stays erased.")

    @property
    def backup_key_file(self) -> Path:
        """The key that opens the backups. It is in none of them."""
        return self.secrets / "backup.key"

    def backup_key(self) -> bytes:
        """The key that backups are sealed with; created at first use."""
        return self._key("backup.key", "Put your copy back: without it no backup opens.")

    def _key(self, name: str, remedy: str) -> bytes:
        path = self.secrets / name
        if not path.exists():
            make_folder(self.secrets, FOLDER_RIGHTS)
            _create_key(path)
        key = path.read_bytes()
        if len(key) != HMAC_KEY_BYTES:
            raise HomeError(str(path), f"{len(key)} bytes", f"{HMAC_KEY_BYTES} bytes", remedy)
        return key

    def faults_in_rights(self) -> tuple[str, ...]:
        """What is open to others and should not be, and what is closed to this user, one line each."""
        faults = []
        if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK):
            return ("the home may not be read and written by who runs Kring",)
        for path in sorted(self.root.iterdir()):
            if path == self.public:
                continue
            extra = path.stat().st_mode & 0o077
            if not os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)):
                faults.append(f"{path.name} may not be read and written by who runs Kring")
            if extra:
                wanted = FOLDER_RIGHTS if path.is_dir() else FILE_RIGHTS
                faults.append(f"{path.name} is {path.stat().st_mode & 0o777:04o}, expected {wanted:04o}")
        if self.root.stat().st_mode & 0o066:
            faults.append(f"the home is {self.root.stat().st_mode & 0o777:04o}, expected {HOME_RIGHTS:04o}")
        return tuple(faults)


def find_home(path: Path | None = None) -> Home:
    """The home to work in: the path given, else KRING_HOME, else ./data."""
    chosen = path or Path(os.environ.get("KRING_HOME") or "data")
    return Home(chosen.expanduser().absolute())


def make_folder(folder: Path, rights: int = FOLDER_RIGHTS) -> None:
    """Make one folder (and its parents) with exactly these rights, whatever the umask is."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o777 != rights:
        folder.chmod(rights)


def create_private(path: Path) -> None:
    """Make an empty 0600 file where there is none: what SQLite then opens, and its WAL, keep these rights."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, FILE_RIGHTS))


@contextmanager
def private_files() -> Iterator[None]:
    """While this lasts, new files are 0600 and new folders 0700, also those that DuckDB makes."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _create_key(path: Path) -> None:
    """Write the key aside and link it in place, so that two first uses end with one whole key."""
    import secrets  # costs every `kring ask` 5 ms at the top of this module

    aside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_RIGHTS)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(HMAC_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()
