"""The queue of people who may be one: what waits, two of them compared, what was decided. Pure.

A release says what waited when it was made; decisions taken or taken back since are laid over it, so that a
pair leaves the queue at once and the figures follow at the next refresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from dashboard.wording import Wording
from etl.decisions import DecisionKind, PersonDecision

Record = Mapping[str, object]
DECIDING = (DecisionKind.SAME, DecisionKind.DIFFERENT, DecisionKind.SPLIT)
MOST_VALUES = 3
MOST_LONG_VALUES = 2  # of sessions and files, whose names are long


@dataclass(frozen=True)
class Pair:
    """Two people to look at. `shared_key` says why people with one key were kept apart; else it is empty."""

    pair_id: str
    person_a: str
    person_b: str
    name_a: str
    name_b: str
    score: float | None = None
    because: str = ""
    shared_key: str = ""
    evidence: str = ""
    is_later: bool = False

    @property
    def people(self) -> frozenset[str]:
        """Both, whichever comes first."""
        return frozenset((self.person_a, self.person_b))


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return "" if value is None else str(value)


def _pair(record: Record) -> Pair:
    score = record.get("score")
    return Pair(
        _text(record, "pair_id"), _text(record, "person_a"), _text(record, "person_b"),
        _text(record, "name_a"), _text(record, "name_b"),
        float(score) if isinstance(score, int | float) else None,
        _text(record, "because"), _text(record, "reason"), _text(record, "evidence"),
        record.get("is_later") is True,
    )  # fmt: skip


def pairs_of(suggested: Iterable[Record], kept_apart: Iterable[Record]) -> tuple[Pair, ...]:
    """Every pair that the release says waits: who shares a key first, then the likeliest, put off last."""
    found = {each.people: each for each in map(_pair, suggested)}
    for each in map(_pair, kept_apart):
        before = found.get(each.people)
        found[each.people] = (
            replace(each, score=before.score, because=before.because, evidence=before.evidence)
            if before is not None
            else each
        )
    return tuple(sorted(found.values(), key=_rank))


def _rank(pair: Pair) -> tuple[bool, bool, float, str]:
    return (pair.is_later, not pair.shared_key, -(pair.score or 0), pair.pair_id)


@dataclass(frozen=True)
class Queue:
    """What waits now; how many decisions stand; and how many of them the figures do not know yet."""

    waiting: tuple[Pair, ...]
    decided: int
    pending: int
    last: PersonDecision | None  # what one press takes back: decided since the release

    @property
    def later(self) -> int:
        """How many of those that wait were put off."""
        return sum(each.is_later for each in self.waiting)


def queue_of(
    pairs: Sequence[Pair],
    decisions: Sequence[PersonDecision],
    known: frozenset[int],
    skipped: Sequence[str] = (),
) -> Queue:
    """The queue after what was decided since the release. `skipped`: put off in this visit, in order."""
    standing = [each for each in decisions if each.undone_at is None]
    fresh = [each for each in standing if each.decision_id not in known]
    withdrawn = [each for each in decisions if each.undone_at is not None and each.decision_id in known]
    newest = {_people(each): each for each in fresh if each.kind is not DecisionKind.SPLIT}
    called_back = {_people(each) for each in withdrawn if each.kind is DecisionKind.LATER}
    waiting = []
    for pair in pairs:
        decided = newest.get(pair.people)
        if decided is not None and decided.kind in DECIDING:
            continue
        is_later = decided is not None or (pair.is_later and pair.people not in called_back)
        waiting.append(replace(pair, is_later=is_later))
    turn = {pair_id: number for number, pair_id in enumerate(skipped, start=1)}
    waiting.sort(
        key=lambda pair: (pair.is_later, turn.get(pair.pair_id, 0) if pair.is_later else 0, _rank(pair))
    )
    return Queue(
        tuple(waiting),
        sum(each.kind in DECIDING for each in standing),
        sum(each.kind in DECIDING for each in (*fresh, *withdrawn)),
        fresh[-1] if fresh else None,
    )


def _people(decision: PersonDecision) -> frozenset[str]:
    return frozenset((decision.handle_a, decision.handle_b))


OTHER_PARTICLE = "family:same_but_particle"
TOLD_ONLY = frozenset({"file", "first_seen"})
"""Fields that are shown and say nothing about whether two are one: people stand in many files."""


class Verdict(Enum):
    """How two values compare. The value is the class of its chip."""

    SAME = "same"
    WRITTEN_DIFFERENTLY = "nearly"
    PARTLY = "partly"
    DIFFERS = "differs"
    ONE_UNKNOWN = "one-side"
    NO_EVIDENCE = "no-evidence"

    def in_words(self, words: Wording) -> str:
        """What stands beside the two values."""
        return {
            Verdict.SAME: words.t("the same"),
            Verdict.WRITTEN_DIFFERENTLY: words.t("the same, written differently"),
            Verdict.PARTLY: words.t("partly the same"),
            Verdict.DIFFERS: words.t("differs"),
            Verdict.ONE_UNKNOWN: words.t("unknown on one side"),
            Verdict.NO_EVIDENCE: "",
        }[self]


@dataclass(frozen=True)
class Compared:
    """One field of two records: the lines of either, and how they compare."""

    label: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True)
class Fact:
    """One row of `side_by_side`."""

    field: str
    value: str
    detail: str
    lines: int | None
    from_on: date | None
    to_on: date | None


def facts_of(records: Iterable[Record]) -> dict[str, tuple[Fact, ...]]:
    """What is known of each person."""
    found: dict[str, list[Fact]] = {}
    for record in records:
        lines = record.get("lines")
        found.setdefault(_text(record, "person_id"), []).append(
            Fact(
                field=_text(record, "field"),
                value=_text(record, "value"),
                detail=_text(record, "detail"),
                lines=int(lines) if isinstance(lines, int | float) else None,
                from_on=_day(record, "from_on"),
                to_on=_day(record, "to_on"),
            )
        )
    return {person: tuple(facts) for person, facts in found.items()}


def _day(record: Record, name: str) -> date | None:
    value = record.get(name)
    return value if isinstance(value, date) else None


def compare(pair: Pair, facts: Mapping[str, Sequence[Fact]], words: Wording) -> tuple[Compared, ...]:
    """Two records side by side, field by field; what nobody knows of either is left out."""
    labels = {
        "name": words.t("Name as written"),
        "email": words.t("E-mail address"),
        "linkedin": words.t("LinkedIn profile"),
        "number": words.t("Number in a list"),
        "organisation": words.t("Organisation"),
        "job_title": words.t("Job"),
        "audience": words.t("Audience"),
        "region": words.t("Region"),
        "country": words.t("Country"),
        "member": words.t("Membership"),
        "session": words.t("Sessions attended"),
        "file": words.t("Files"),
        "first_seen": words.t("First received"),
    }
    rows = []
    for field, label in labels.items():
        one, other = (
            [fact for fact in facts.get(person, ()) if fact.field == field]
            for person in (pair.person_a, pair.person_b)
        )
        if one or other:
            rows.append(
                Compared(
                    label,
                    _lines(field, one, words),
                    _lines(field, other, words),
                    _verdict(field, one, other, pair),
                )
            )
    return tuple(rows)


def _verdict(field: str, one: Sequence[Fact], other: Sequence[Fact], pair: Pair) -> Verdict:
    if field in TOLD_ONLY:
        return Verdict.NO_EVIDENCE
    if not one or not other:
        return Verdict.ONE_UNKNOWN
    a, b = ({_comparable(field, fact) for fact in side} for side in (one, other))
    if a == b:
        return Verdict.SAME
    codes = pair.because.split()
    if field == "name" and any(code.startswith("family:same") for code in codes) and any(
        code.startswith("given:same") for code in codes
    ):  # fmt: skip
        return Verdict.PARTLY if OTHER_PARTICLE in codes else Verdict.WRITTEN_DIFFERENTLY
    return Verdict.PARTLY if a & b else Verdict.DIFFERS


def _comparable(field: str, fact: Fact) -> tuple[str, ...]:
    value = " ".join(fact.value.casefold().split())
    if field == "member":
        return (str(fact.from_on), str(fact.to_on))
    return (fact.detail, value) if field in ("session", "number") else (value,)


def _lines(field: str, facts: Sequence[Fact], words: Wording) -> tuple[str, ...]:
    if field == "session":
        facts = sorted(facts, key=lambda fact: fact.from_on or date.min, reverse=True)
    said = list(dict.fromkeys(_line(field, fact, words) for fact in facts))
    most = MOST_LONG_VALUES if field in ("session", "file") else MOST_VALUES
    beyond = len(said) - most
    if beyond > 1:
        return (*said[:most], words.n("and {count} more", "and {count} more", beyond))
    return tuple(said)


def _line(field: str, fact: Fact, words: Wording) -> str:
    match field:
        case "member":
            since = words.t("since {day}", day=words.dated(fact.from_on)) if fact.from_on else ""
            until = words.t("until {day}", day=words.dated(fact.to_on)) if fact.to_on else ""
            return " ".join(part for part in (since, until) if part) or words.t("since an unknown day")
        case "session":
            return f"{fact.value} · {words.dated(fact.from_on)}" if fact.from_on else fact.value
        case "number":
            return f"{fact.value} · {fact.detail}" if fact.detail else fact.value
        case "file":
            name = fact.value.rsplit("/", 1)[-1]
            rows = words.n("{count} row", "{count} rows", fact.lines) if fact.lines else ""
            return f"{name} · {rows}" if rows else name
        case "first_seen":
            return words.date(fact.from_on) if fact.from_on else fact.value
        case "organisation" if fact.to_on is not None:
            return words.t(
                "{organisation}, until {day}", organisation=fact.value, day=words.dated(fact.to_on)
            )
        case _:
            return fact.value


def names_of(decision: PersonDecision, pairs: Sequence[Pair], settled: Iterable[Record]) -> tuple[str, ...]:
    """Who a decision was about, by the names in this release; one name when they are one by now."""
    for pair in pairs:
        if pair.people == _people(decision):
            return (pair.name_a, pair.name_b)
    for record in settled:
        if record.get("decision_id") == decision.decision_id:
            names = (_text(record, "name_a"), _text(record, "name_b"))
            if any(names) and _text(record, "person_a") == _text(record, "person_b"):
                return names[:1]
            return names if all(names) else ()
    return ()


def decision_words(kind: DecisionKind, words: Wording) -> str:
    """What was decided, short."""
    return {
        DecisionKind.SAME: words.t("Same person"),
        DecisionKind.DIFFERENT: words.t("Different people"),
        DecisionKind.LATER: words.t("Later"),
        DecisionKind.SPLIT: words.t("Split into two people"),
    }[kind]
