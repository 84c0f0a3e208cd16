"""Seeded chance: one independent stream per subject, so that a change in one part leaves the others alone."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from importlib import resources
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


def stream(subject: str) -> Random:
    """The random numbers of one subject, the same on every run."""
    return Random(f"kring demo 1 {subject}")


def weighted_sample(
    chance: Random, items: Sequence[Item], weight: Callable[[Item], float], size: int
) -> list[Item]:
    """`size` different items, likelier by weight, in the order in which they were drawn."""
    keyed = [
        (chance.random() ** (1 / weight(item)), place) for place, item in enumerate(items) if weight(item) > 0
    ]
    return [items[place] for _, place in sorted(keyed, reverse=True)[:size]]


def day_between(chance: Random, first: date, last: date) -> date:
    """A day from first to last, both included."""
    return first + timedelta(days=chance.randint(0, max(0, (last - first).days)))


def constants(name: str) -> dict[str, object]:
    """The tables of one of the demo's own TOML files."""
    return tomllib.loads(resources.files("etl.demo").joinpath(name).read_text(encoding="utf-8"))
