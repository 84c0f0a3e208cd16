"""A file as somebody handed it in: its name as readable text, and whether it can be taken at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePath

from etl.errors import InputError

# Zips and disks of older Windows give names in this encoding; every byte of it is some letter.
OLD_NAMES = "cp1252"


def readable_name(path: PurePath) -> str:
    """The path as text, also where its bytes are no UTF-8: neither a store nor JSON holds those."""
    written = os.fsencode(path.as_posix())
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        return written.decode(OLD_NAMES, "replace")


def may_be_opened(path: Path) -> bool:
    """Whether this user may read the file."""
    return os.access(path, os.R_OK)


def may_be_taken(path: Path) -> bool:
    """Whether this user may read the file and take it out of its folder."""
    return may_be_opened(path) and os.access(path.parent, os.W_OK | os.X_OK)


def reached(folder: Path) -> Iterator[Path]:
    """All files and folders in a folder, but not what is in a folder that this user may not enter."""
    return (path for path in folder.rglob("*") if os.access(path.parent, os.X_OK))


def closed_off(inbox: Path) -> Iterator[Path]:
    """The files and folders of an inbox that must stay there because this user may not take them, by name."""
    for path in sorted(reached(inbox)):
        if any(part.startswith(".") for part in path.relative_to(inbox).parts) or path.is_symlink():
            continue
        is_open = os.access(path, os.R_OK | os.X_OK) if path.is_dir() else may_be_taken(path)
        if not is_open:
            yield path


def links(inbox: Path) -> Iterator[Path]:
    """The links in an inbox, by name: what they lead to is not the inbox's to take."""
    for path in sorted(reached(inbox)):
        if path.is_symlink() and not any(part.startswith(".") for part in path.relative_to(inbox).parts):
            yield path


def is_a_link(where: str) -> InputError:
    """Why a link was left where it is, and what to do."""
    return InputError(
        where, "a link to a file or folder elsewhere", "the file itself", "Put a copy of it in the inbox.",
    )  # fmt: skip


def cannot_be_opened(where: str) -> InputError:
    """Why a file was left where it is, and what to do."""
    return InputError(
        where, "Kring may not open it, or not take it out of its folder",
        "a file and a folder of the user who runs Kring", "Change their rights, or hand in a copy.",
    )  # fmt: skip
