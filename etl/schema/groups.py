"""Names of working groups: two that differ in capitals or in white space alone name one group."""

from __future__ import annotations

import unicodedata

WHITE_SPACE = r"[\s\x0b\x1c-\x1f\x{85}\p{Z}]+"
"""As the build's SQL has it: what str.split takes for white space."""
DOTTED_I = "\u0130"  # becomes two letters in Python and one in DuckDB


def plain_group(name: str) -> str:
    """The name without capitals and without more white space than one space between words."""
    text = unicodedata.normalize("NFC", name).replace(DOTTED_I, "i")
    return " ".join("".join(letter.lower() for letter in text).split())
