"""Text of people inside Markdown. Pure: imports no Streamlit."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$<>:-])")


def plain(text: str) -> str:
    """The text so that Markdown shows exactly these characters, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
