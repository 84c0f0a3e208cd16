"""Text that a spreadsheet would run. It imports nothing: everything that writes a CSV asks here."""

from __future__ import annotations

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"  # the last four are the full-width ones
CONTROLS = "\t\r\n\0"
SPACES = f" \u00a0\u3000{CONTROLS}"


def starts_formula(text: str) -> bool:
    """Whether a cell with this text would be taken for a formula, also after spaces."""
    return text.startswith((*CONTROLS, *SIGNS)) or text.lstrip(SPACES).startswith(tuple(SIGNS))
