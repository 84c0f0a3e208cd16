"""How records that share keys fall into people. Pure functions.

A shared key joins; a name never does, it can only keep apart. What people decided comes first: a join of
theirs makes one of two whatever their names and keys, and what they keep apart no key joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import combinations

from etl.cleaning.names import names_compatible, normal_name
from etl.identity.handles import BETWEEN, key_and_name

CROWD = 40  # more different ways of writing under one key are a desk, whatever it is called
Side = tuple[int, int]  # the number of a decision that keeps apart, and which of its two sides


@dataclass(frozen=True, order=True)
class Record:
    """One way in which the files write a person: its keys, each with its kind in front, and its name."""

    keys: tuple[str, ...]
    name: str
    domains: tuple[str, ...]
    identity: int
    received_at: datetime = datetime.min


class Reason(Enum):
    """Why people who share a key were not joined."""

    NAMES = "names differ"
    KEYS = "keys conflict"
    EITHER = "fits two people"


@dataclass(frozen=True)
class Part:
    """Records that are one person. `text` is what the person's id is made of."""

    records: tuple[Record, ...]
    text: str


@dataclass(frozen=True)
class Pair:
    """Two people, by their texts, who share a key and were kept apart."""

    one: str
    other: str
    reason: Reason


@dataclass(frozen=True)
class Verdict:
    """Records that share keys, as people; and who of them was kept apart without anybody having said so."""

    parts: tuple[Part, ...]
    pairs: tuple[Pair, ...]

    @property
    def reason(self) -> Reason | None:
        """The weightiest reason to keep apart; None when nothing is in doubt."""
        found = {pair.reason for pair in self.pairs}
        return next((reason for reason in Reason if reason in found), None)


def judge(
    records: Iterable[Record],
    joined: Iterable[Sequence[Record]] = (),
    sides: Mapping[Record, frozenset[Side]] | None = None,
) -> Verdict:
    """The people behind records that are joined by keys, whatever the order of the records.

    `joined` are records that people said are one; `sides` tells which records they said are not.
    """
    nodes = _nodes(records, joined, sides or {})
    groups = _groups(nodes)
    parts = _named_parts(groups)
    return Verdict(tuple(parts), tuple(_pairs(groups, parts)))


class _Node:
    """Records that are one beyond doubt: written alike, or joined by people."""

    def __init__(self, records: Iterable[Record], sides: Mapping[Record, frozenset[Side]]) -> None:
        self.records = tuple(sorted(records))
        self.keys = frozenset(key for record in self.records for key in record.keys)
        self.names = tuple(sorted({normal_name(record.name) for record in self.records if record.name}))
        self.written = tuple(sorted({record.name for record in self.records if record.name}))
        self.sides = frozenset(side for record in self.records for side in sides.get(record, ()))
        held: dict[str, set[str]] = defaultdict(set)
        for record in self.records:
            for key in record.keys:
                if slot := _slot(key, record.domains):
                    held[slot].add(key)
        self.held = held

    def conflict(self, other: _Node) -> Reason | None:
        """Why these two can not be one person."""
        if any((number, 1 - side) in other.sides for number, side in self.sides):
            return Reason.KEYS
        if any(keys.isdisjoint(other.held[slot]) for slot, keys in self.held.items() if slot in other.held):
            return Reason.KEYS
        if self.names == other.names or not self.written or not other.written:
            return None
        fit = any(names_compatible(a, b) for a in self.written for b in other.written)
        return None if fit else Reason.NAMES

    def was_decided(self, other: _Node) -> bool:
        """Whether people said that these two are not one."""
        return any((number, 1 - side) in other.sides for number, side in self.sides)


def _slot(key: str, domains: tuple[str, ...]) -> str | None:
    """That of which a person has one: a profile, an id in one source, an address at one organisation."""
    kind, _, rest = key.partition(":")
    if kind == "linkedin":
        return "linkedin"
    if kind == "external":
        return f"external:{rest.partition(':')[0]}"
    domain = rest.rpartition("@")[2]
    return f"domain:{domain}" if kind == "email" and domain in domains else None


def _nodes(
    records: Iterable[Record],
    joined: Iterable[Sequence[Record]],
    sides: Mapping[Record, frozenset[Side]],
) -> list[_Node]:
    gathered: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        gathered[(*record.keys, normal_name(record.name))].append(record)
    alike = [tuple(sorted(group)) for _, group in sorted(gathered.items())]
    place = {record: number for number, group in enumerate(alike) for record in group}
    merged = _united(len(alike), ([place[record] for record in group if record in place] for group in joined))
    return [_Node((record for number in group for record in alike[number]), sides) for group in merged]


def _united(count: int, links: Iterable[Sequence[int]]) -> list[list[int]]:
    """Numbers below `count`, in the groups that the links make."""
    root = list(range(count))

    def find(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    for link in links:
        for other in link[1:]:
            one, two = sorted((find(link[0]), find(other)))
            root[two] = one
    groups: dict[int, list[int]] = defaultdict(list)
    for number in range(count):
        groups[find(number)].append(number)
    return list(groups.values())


def _groups(nodes: list[_Node]) -> list[list[_Node]]:
    """Join what is certain; a node that could belong to two people who differ stays alone."""
    near, crowded = _neighbours(nodes)
    torn = [
        bool(crowded[number])
        or any(nodes[a].conflict(nodes[b]) for a, b in combinations(sorted(near[number]), 2))
        for number in range(len(nodes))
    ]
    links = [
        (number, other)
        for number in range(len(nodes))
        for other in near[number]
        if number < other and not torn[number] and not torn[other]
    ]
    groups: list[list[_Node]] = []
    for numbers in _united(len(nodes), links):
        group = [nodes[number] for number in numbers]
        sound = len(group) < 3 or not any(a.conflict(b) for a, b in combinations(group, 2))
        groups += [group] if sound else [[node] for node in group]
    return groups


def _neighbours(nodes: list[_Node]) -> tuple[list[set[int]], list[bool]]:
    """For each node those that share a key and nothing speaks against; and whether it is one of a crowd."""
    near: list[set[int]] = [set() for _ in nodes]
    crowded = [False] * len(nodes)
    for sharing in _holders(nodes).values():
        if len(sharing) > CROWD:
            for number in sharing:
                crowded[number] = True
            continue
        for a, b in combinations(sharing, 2):
            if b not in near[a] and nodes[a].conflict(nodes[b]) is None:
                near[a].add(b)
                near[b].add(a)
    return near, crowded


def _holders(nodes: list[_Node]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for number, node in enumerate(nodes):
        for key in node.keys:
            holders[key].append(number)
    return holders


def _named_parts(groups: list[list[_Node]]) -> list[Part]:
    """An id needs a text that no other has: the smallest key held alone, else key and name, else all."""
    own: list[tuple[list[str], list[str], str]] = []
    times: dict[str, int] = defaultdict(int)
    for group in groups:
        keys = sorted({key for node in group for key in node.keys})
        named = sorted({text for node in group for text in texts_of(node.records)} - set(keys))
        own.append(
            (keys, named, BETWEEN.join((*keys, *sorted({name for node in group for name in node.names}))))
        )
        for text in (*keys, *named):
            times[text] += 1
    parts = []
    for group, (keys, named, whole) in zip(groups, own, strict=True):
        text = next((text for text in (*keys, *named) if times[text] == 1), whole)
        parts.append(Part(tuple(sorted(record for node in group for record in node.records)), text))
    return parts


def texts_of(records: Iterable[Record]) -> set[str]:
    """Every text whose handle finds one of these records: each key, and each key with the name."""
    return {
        text for record in records for key in record.keys for text in (key, key_and_name(key, record.name))
    }


def _pairs(groups: list[list[_Node]], parts: list[Part]) -> list[Pair]:
    """Who shares a key and was kept apart, undecided. Of a crowd each with the first only."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for key in {key for node in group for key in node.keys}:
            holders[key].append(number)
    found: dict[tuple[int, int], Reason] = {}
    for sharing in holders.values():
        first = sharing[:1] if len(sharing) > CROWD else sharing
        for a in first:
            for b in sharing:
                if (a, b) not in found and a < b and (reason := _why_apart(groups[a], groups[b])):
                    found[a, b] = reason
    pairs = []
    for (a, b), reason in found.items():
        one, other = sorted((parts[a].text, parts[b].text))
        pairs.append(Pair(one, other, reason))
    return sorted(pairs, key=lambda pair: (pair.one, pair.other))


def _why_apart(one: list[_Node], other: list[_Node]) -> Reason | None:
    if any(a.was_decided(b) for a in one for b in other):
        return None
    reasons = {a.conflict(b) for a in one for b in other}
    return next((each for each in (Reason.NAMES, Reason.KEYS) if each in reasons), Reason.EITHER)
