"""Every error Kring raises on purpose, by stage.

    KringError
    ├── SettingsError        kring.toml or KRING_* cannot be used (exit code 2)
    ├── UsageError           the command was asked something it cannot do (exit code 2)
    ├── HomeError            the data home is missing, or its rights are wrong (exit code 2)
    ├── InputError           a file, or a part of it, cannot be read (exit code 3)
    ├── CollectError         a source on the network did not give what it should (exit code 3)
    ├── LockHeldError        another run holds the writer lock (exit code 1)
    ├── BuildError           a query failed while building the warehouse (exit code 1)
    ├── CheckError           the build is complete but not right: all failures at once (exit code 1)
    ├── ReleaseError         a release cannot be written, proved or served (exit code 1)
    ├── PrivacyError         a person's data cannot be shown, exported or erased as asked (exit code 1)
    ├── PublicationError     a publication is refused: too early, or it is not fit for everyone (exit code 1)
    └── QuestionError        unknown question, parameter or value, or not for this role (exit code 2)

Messages name a place, the kind of thing found, what was expected and what to do.
They never hold a personal value. This module may import nothing of Kring.
"""

from __future__ import annotations

import unicodedata
from typing import ClassVar

UNSEEN = ("Cc", "Cs", "Zl", "Zp")  # kinds of characters: control, half a character, ends of lines
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def shown(name: str) -> str:
    """A name, as of a file, with what would break its line or turn it round written out: `\\n`, `\\x1b`."""
    if name.isprintable():
        return name
    return "".join(
        each.encode("unicode_escape").decode()
        if unicodedata.category(each) in UNSEEN or each in TURNING
        else each
        for each in name
    )


def is_stopped(error: BaseException | None) -> bool:
    """Whether an error is what Ctrl-C became on its way: DuckDB tells of it in an error of its own."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or str(error) == "Query interrupted":
            return True
        error = error.__cause__ or error.__context__
    return False


class KringError(Exception):
    """The root: one clear line made of four fields."""

    exit_code: ClassVar[int] = 1

    def __init__(self, where: str, found: str, expected: str = "", remedy: str = "") -> None:
        self.where = where
        self.found = found
        self.expected = expected
        self.remedy = remedy
        super().__init__(self.line())

    def line(self) -> str:
        """The error as one line: where, what was found, what was expected, what to do."""
        text = f"{shown(self.where)}: {self.found}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.remedy:
            text += f". {self.remedy}"
        return " ".join(text.split())


class SettingsError(KringError):
    exit_code = 2


class UsageError(KringError):
    exit_code = 2


class HomeError(KringError):
    exit_code = 2


class InputError(KringError):
    exit_code = 3


class CollectError(KringError):
    exit_code = 3


class LockHeldError(KringError):
    exit_code = 1


class BuildError(KringError):
    exit_code = 1


class CheckError(KringError):
    """Carries every failed check, not only the first."""

    exit_code = 1

    def __init__(self, failures: tuple[str, ...]) -> None:
        self.failures = failures
        found = f"{len(failures)} failed: {'; '.join(failures)}"
        super().__init__("checks", found, "", "The last release stays.")


class ReleaseError(KringError):
    exit_code = 1


class PrivacyError(KringError):
    exit_code = 1


class SealError(KringError):
    """A sealed file that does not open: no key, another key, or damage."""


class PublicationError(KringError):
    exit_code = 1


class QuestionError(KringError):
    exit_code = 2
