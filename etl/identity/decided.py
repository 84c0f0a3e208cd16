"""What people decided, applied to records: joins of theirs, and what they keep apart. Pure functions.

The newest decision wins where two contradict each other. A handle that has come to mean several people,
because a key of one was given to another later, means those whose rows were there when it was taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from etl.cleaning.names import names_compatible
from etl.decisions import DecisionKind, PersonDecision
from etl.identity.handles import handle
from etl.identity.match import Part, Record, Side, Verdict, judge, texts_of

KEEPS_APART = (DecisionKind.DIFFERENT, DecisionKind.SPLIT)


@dataclass(frozen=True)
class Settled:
    """A decision, and the texts of the people it is about as they are now; None when one is not known."""

    decision: PersonDecision
    text_a: str | None
    text_b: str | None
    is_in_force: bool


@dataclass(frozen=True)
class Judgement:
    """All groups of records as people, and what became of every decision."""

    verdicts: tuple[Verdict, ...]
    settled: tuple[Settled, ...] = ()


def judge_all(
    groups: Iterable[Sequence[Record]], decisions: Sequence[PersonDecision], hmac_key: bytes
) -> Judgement:
    """The people behind groups of records; each group shares its keys with no other."""
    listed = [tuple(group) for group in groups]
    if not decisions:
        return Judgement(tuple(judge(group) for group in listed))
    return _Court(listed, decisions, hmac_key).judgement()


class _Court:
    """One application of all decisions to all groups that they, or doubt, touch."""

    def __init__(
        self, groups: list[tuple[Record, ...]], decisions: Sequence[PersonDecision], hmac_key: bytes
    ) -> None:
        self.groups = groups
        self.decisions = decisions
        self.found = _records_by_handle(groups, decisions, hmac_key)
        self.newest = _newest_of_each_pair(decisions)

    def judgement(self) -> Judgement:
        apart = [each for each in self.newest if each.kind in KEEPS_APART]
        sides = self._sides(apart)
        first = [judge(group, sides=sides) for group in self.groups]
        parts = [part for verdict in first for part in verdict.parts]
        accepted, clusters = self._accepted(parts)
        joined = [
            [record for number in cluster for record in parts[number].records]
            for cluster in clusters
            if len(cluster) > 1
        ]
        sides = self._sides([each for each in apart if each in accepted])
        verdicts = tuple(
            judge(records, (cluster for cluster in joined if cluster[0] in among), sides)
            for records, among in self._united_groups(joined)
        )
        return Judgement(verdicts, tuple(self._settled(verdicts, accepted)))

    def _sides(self, decisions: Sequence[PersonDecision]) -> dict[Record, frozenset[Side]]:
        """Which side of which decision a record is on. What a split took away is on that side only."""
        sides: dict[Record, set[Side]] = defaultdict(set)
        for each in decisions:
            kept, taken = self._both_sides(each)
            for record in kept:
                sides[record].add((each.decision_id, 0))
            for record in taken:
                sides[record].add((each.decision_id, 1))
        return {record: frozenset(found) for record, found in sides.items()}

    def _both_sides(self, decision: PersonDecision) -> tuple[set[Record], set[Record]]:
        """The records of either. A row with keys of two who differ is on no side: it could be either."""
        if decision.kind is DecisionKind.SPLIT:
            taken = {record for each in decision.taken for record in self.found.get(each, ())}
            kept = {record for each in decision.kept for record in self.found.get(each, ())}
            return kept - taken, taken
        a, b = (set(self.found.get(each, ())) for each in (decision.handle_a, decision.handle_b))
        return (a - b, b - a) if decision.kind is DecisionKind.DIFFERENT else (a, b)

    def _accepted(self, parts: Sequence[Part]) -> tuple[set[PersonDecision], list[list[int]]]:
        """Decisions that hold, newest first, and the parts that they join."""
        place = {record: number for number, part in enumerate(parts) for record in part.records}
        clusters = {number: [number] for number in range(len(parts))}
        cluster_of = list(range(len(parts)))
        labels: dict[int, set[Side]] = defaultdict(set)
        accepted: set[PersonDecision] = set()
        for each in sorted(self.newest, key=lambda one: -one.decision_id):
            if each.kind in KEEPS_APART:
                kept, taken = self._both_sides(each)
                a, b = ({cluster_of[place[record]] for record in side} for side in (kept, taken))
                if a and b and not a & b:
                    accepted.add(each)
                    for side, members in enumerate((a, b)):
                        for cluster in members:
                            labels[cluster].add((each.decision_id, side))
            elif each.kind is DecisionKind.LATER:
                accepted.add(each)
            elif (pair := self._meant(each, parts, place)) is not None:
                one, other = sorted(cluster_of[number] for number in pair)
                if one == other:
                    accepted.add(each)
                elif not any((number, 1 - side) in labels[other] for number, side in labels[one]):
                    accepted.add(each)
                    for number in clusters[other]:
                        cluster_of[number] = one
                    clusters[one] += clusters.pop(other)
                    labels[one] |= labels.pop(other, set())
        return accepted, list(clusters.values())

    def _meant(
        self, decision: PersonDecision, parts: Sequence[Part], place: dict[Record, int]
    ) -> tuple[int, int] | None:
        """The two parts a decision is about; None when one is not known, or not certain."""
        sides = [self._known_then(records, decision) for records in self._both_sides(decision)]
        a, b = ({place[record] for record in side} for side in sides)
        if len(a) > 1:
            a = _fitting(a, b, parts)
        if len(b) > 1:
            b = _fitting(b, a, parts)
        return (min(a), min(b)) if len(a) == len(b) == 1 else None

    @staticmethod
    def _known_then(records: set[Record], decision: PersonDecision) -> set[Record]:
        return {each for each in records if each.received_at <= decision.decided_at} or records

    def _united_groups(
        self, joined: Sequence[Sequence[Record]]
    ) -> list[tuple[tuple[Record, ...], frozenset[Record]]]:
        """Groups of records, those that a join of people binds taken together."""
        group_of = {record: number for number, group in enumerate(self.groups) for record in group}
        root = list(range(len(self.groups)))

        def find(number: int) -> int:
            while root[number] != number:
                root[number] = root[root[number]]
                number = root[number]
            return number

        for cluster in joined:
            for one, other in pairwise(cluster):
                low, high = sorted((find(group_of[one]), find(group_of[other])))
                root[high] = low
        united: dict[int, list[Record]] = defaultdict(list)
        for number, group in enumerate(self.groups):
            united[find(number)] += group
        return [(tuple(records), frozenset(records)) for records in united.values()]

    def _settled(self, verdicts: Sequence[Verdict], accepted: set[PersonDecision]) -> Iterable[Settled]:
        """What the decisions are about now, oldest first."""
        parts = [part for verdict in verdicts for part in verdict.parts]
        place = {record: number for number, part in enumerate(parts) for record in part.records}
        for each in self.decisions:
            pair = self._meant(each, parts, place)
            if pair is None:
                kept, taken = self._both_sides(each)
                a, b = (sorted({place[record] for record in side}) for side in (kept, taken))
                pair = (a[0], b[0]) if a and b and each.kind is not DecisionKind.SAME else None
            if pair is None:
                yield Settled(each, None, None, False)
                continue
            holds = each in accepted and (pair[0] == pair[1]) == (each.kind is DecisionKind.SAME)
            yield Settled(each, parts[pair[0]].text, parts[pair[1]].text, holds)


def _fitting(candidates: set[int], others: set[int], parts: Sequence[Part]) -> set[int]:
    """Of several parts the one whose names fit the other side."""
    names = {record.name for number in others for record in parts[number].records}
    found = {
        number
        for number in candidates
        if any(
            record.name and name and names_compatible(record.name, name)
            for record in parts[number].records
            for name in names
        )
    }
    return found if len(found) == 1 else candidates


def _newest_of_each_pair(decisions: Sequence[PersonDecision]) -> list[PersonDecision]:
    """Decisions without those that a newer one about the same two replaced."""
    last: dict[tuple[str, ...], PersonDecision] = {}
    for each in sorted(decisions, key=lambda one: one.decision_id):
        split = (str(each.decision_id),) if each.kind is DecisionKind.SPLIT else ()
        last[(*sorted((each.handle_a, each.handle_b)), *split)] = each
    return list(last.values())


def _records_by_handle(
    groups: Iterable[Sequence[Record]], decisions: Sequence[PersonDecision], hmac_key: bytes
) -> dict[str, list[Record]]:
    """For every handle that a decision mentions, the records it finds."""
    wanted = {each for decision in decisions for each in decision.handles}
    found: dict[str, list[Record]] = defaultdict(list)
    known: dict[str, str] = {}
    for group in groups:
        for record in group:
            for text in texts_of((record,)):
                if text not in known:
                    known[text] = handle(hmac_key, text)
                if known[text] in wanted:
                    found[known[text]].append(record)
    return found
