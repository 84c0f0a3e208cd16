"""How long work says where it is. This module may import nothing of Kring."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, its index from 1, and how many steps there are."""


def silent(step: str, index: int, of: int) -> None:
    """Progress that nobody watches."""
