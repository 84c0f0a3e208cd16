"""Handles: what stands for a key of a person wherever the key itself may not, as in decisions.

The handle of a key is the person id that this key alone would give, HMAC-SHA256 of "v1|" and the key. A
person's id is the handle of the smallest key; where people share every key, of a key and the normalised name.
"""

from __future__ import annotations

import hmac
from hashlib import md5, sha256
from uuid import UUID

from etl.cleaning.names import normal_name

MESSAGE_VERSION = "v1|"
BLOCK = 64
BETWEEN = "\x1f"  # stands in no key and no name
SQL_HANDLE = (
    "left(sha256($outer::blob || unhex(sha256($inner::blob || encode($version || {text})))), 32)::uuid"
)


def handle(hmac_key: bytes, text: str) -> str:
    """The handle of a key, or of what `key_and_name` gives."""
    digest = hmac.new(hmac_key, (MESSAGE_VERSION + text).encode(), sha256).hexdigest()
    return str(UUID(digest[:32]))


def key_and_name(key: str, name: str) -> str:
    """The text that stands for the rows which hold a key and write this name."""
    return f"{key}{BETWEEN}{normal_name(name)}"


def pair_id(person_a: str, person_b: str) -> str:
    """The id of a pair of people, the same whichever comes first. SQL has it as staging.pair_id."""
    return md5("|".join(sorted((person_a, person_b))).encode(), usedforsecurity=False).hexdigest()


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer block of HMAC-SHA256 for a key, with which SQL can do the rest."""
    block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
