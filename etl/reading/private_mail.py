"""Private messages: LinkedIn's export holds them, and Kring neither reads nor keeps them.

Files are known by their names inside an archive (`messages.csv`, `guide_messages.csv` and the like) and by
their headings when they stand alone.
"""

from __future__ import annotations

import re
from pathlib import Path

from etl.reading.sniff import sniff_head

HEAD_BYTES = 4_096
STEM_END = "messages"
HEADINGS = re.compile(
    r"\ufeff?\s*\"?conversation[ _]id\"?\s*[,;\t]\s*\"?conversation[ _]title\b", re.IGNORECASE
)
IN_ARCHIVE = re.compile(rb"messages(?:[_ ]\d+)?\.csv", re.IGNORECASE)
CHUNK_BYTES = 1024 * 1024
REASON = "private messages: Kring never reads or keeps them"
WARNING = "the archive holds private messages; Kring never reads or keeps them"


def is_private_stem(stem: str) -> bool:
    """Whether a member of this normalised name holds private messages."""
    return stem == STEM_END or stem.endswith(f" {STEM_END}")


def is_private_mail(path: Path) -> bool:
    """Whether this file, standing alone, opens with the headings of LinkedIn's messages."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = sniff_head(head, path.stat().st_size)
    if not kind.is_text:
        return False
    return bool(HEADINGS.match(head.decode(kind.encoding, errors="ignore").lstrip("\ufeff")))


def may_hold_private_mail(path: Path) -> bool:
    """Whether the bytes of an archive, even a damaged one, name a file of private messages."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if IN_ARCHIVE.search(tail + chunk):
                return True
            tail = chunk[-64:]
    return False
