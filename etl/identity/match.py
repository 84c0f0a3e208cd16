"""How records that share keys fall into people. Pure functions.

A shared key joins; a name never does, it can only keep apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from etl.cleaning.names import names_compatible


@dataclass(frozen=True, order=True)
class Record:
    """One way in which the files write a person: its keys, each with its kind in front, and its name."""

    keys: tuple[str, ...]
    name: str
    domains: tuple[str, ...]
    identity: int


class Reason(Enum):
    """Why records that share a key were not joined."""

    NAMES = "names differ"
    KEYS = "keys conflict"


@dataclass(frozen=True)
class Part:
    """Records that are one person."""

    records: tuple[Record, ...]
    text: str


@dataclass(frozen=True)
class Verdict:
    """A group of records that share keys, as people. `reason` is None when all of them are one person."""

    parts: tuple[Part, ...]
    reason: Reason | None


def judge(records: Sequence[Record]) -> Verdict:
    """The people behind records that are joined by keys, whatever the order of the records."""
    ordered = tuple(sorted(records))
    if (reason := _conflict(ordered)) is None:
        return Verdict((Part(ordered, min(key for record in ordered for key in record.keys)),), None)
    return Verdict(tuple(_named_parts(_split(ordered))), reason)


def _conflict(records: Sequence[Record]) -> Reason | None:
    names = sorted({record.name for record in records if record.name})
    if any(not names_compatible(a, b) for i, a in enumerate(names) for b in names[i + 1 :]):
        return Reason.NAMES
    held: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for key in record.keys:
            kind, _, rest = key.partition(":")
            if kind == "linkedin":
                held["linkedin"].add(key)
            elif kind == "external":
                held[f"external:{rest.partition(':')[0]}"].add(key)
            elif rest.rpartition("@")[2] in record.domains:
                held[f"domain:{rest.rpartition('@')[2]}"].add(key)
    return Reason.KEYS if any(len(values) > 1 for values in held.values()) else None


def _split(records: tuple[Record, ...]) -> list[list[Record]]:
    """Join what is certain; a record that could belong to two people who differ stays alone."""
    near: dict[Record, set[Record]] = {record: set() for record in records}
    by_key: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for key in record.keys:
            by_key[key].append(record)
    for sharing in by_key.values():
        for index, one in enumerate(sharing):
            for other in sharing[index + 1 :]:
                if _conflict((one, other)) is None:
                    near[one].add(other)
                    near[other].add(one)
    torn = {
        record
        for record, others in near.items()
        if any(_conflict((a, b)) for a in others for b in others if a < b)
    }
    groups: list[list[Record]] = [[record] for record in sorted(torn)]
    for group in _components([record for record in records if record not in torn], near):
        groups += [group] if _conflict(group) is None else [[record] for record in group]
    return sorted(groups)


def _components(records: list[Record], near: dict[Record, set[Record]]) -> list[list[Record]]:
    waiting = set(records)
    groups = []
    for record in records:
        if record not in waiting:
            continue
        waiting.discard(record)
        group, edge = [record], [record]
        while edge:
            for other in near[edge.pop()] & waiting:
                waiting.discard(other)
                group.append(other)
                edge.append(other)
        groups.append(sorted(group))
    return groups


def _named_parts(groups: list[list[Record]]) -> list[Part]:
    holders: dict[str, int] = defaultdict(int)
    for group in groups:
        for key in {key for record in group for key in record.keys}:
            holders[key] += 1
    parts = []
    for group in groups:
        keys = sorted({key for record in group for key in record.keys})
        own = [key for key in keys if holders[key] == 1]
        names = sorted({record.name for record in group})
        parts.append(Part(tuple(group), own[0] if own else "|".join((*keys, *names))))
    return parts
