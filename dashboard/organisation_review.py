"""The queue of organisations that may be one under two names. Pure: imports no Streamlit.

As with people, what was decided since the release is laid over what the release says waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.reviewing import Compared, Verdict
from dashboard.wording import Wording
from etl.organisation_book import (
    Apart,
    Change,
    Later,
    OrganisationBook,
    OrganisationDecision,
    Spelling,
    stands_for,
)

Record = Mapping[str, object]


@dataclass(frozen=True)
class OrganisationPair:
    """Two names that may mean one organisation."""

    pair_id: str
    one: str
    other: str
    score: float
    because: str
    people_one: int
    people_other: int
    is_later: bool = False

    @property
    def usual(self) -> str:
        """The name that most people stand under now."""
        return self.other if self.people_other > self.people_one else self.one


@dataclass(frozen=True)
class OrganisationQueue:
    """What waits now, how much was decided, how much of it the figures do not know, and what to take back."""

    waiting: tuple[OrganisationPair, ...]
    decided: int
    pending: int
    last: OrganisationDecision | None

    @property
    def later(self) -> int:
        """How many of those that wait were put off."""
        return sum(each.is_later for each in self.waiting)


def organisation_pairs(records: Iterable[Record]) -> tuple[OrganisationPair, ...]:
    """`organisation_suggestions`, the likeliest first, as it comes."""
    return tuple(
        OrganisationPair(
            str(record["pair_id"]), str(record["organisation_a"]), str(record["organisation_b"]),
            float(str(record["score"])), str(record["because"] or ""),
            int(str(record["people_a"])), int(str(record["people_b"])),
        )
        for record in records
    )  # fmt: skip


def organisation_queue(
    pairs: Sequence[OrganisationPair],
    book: OrganisationBook,
    history: Sequence[OrganisationDecision],
    built_at: datetime,
) -> OrganisationQueue:
    """The queue after what the book says now; who was put off comes last, the last one put off at the end."""
    standing = [each for each in history if each.undone_at is None]
    apart = {_names(each) for each in book.apart}
    leads = {_plain(each.as_written): _plain(each.name) for each in book.spellings}
    turn = {
        _names(change): each.decision_id
        for each in standing
        for change in each.changes
        if isinstance(change, Later)
    }
    waiting = [
        replace(each, is_later=_names(each) in turn)
        for each in pairs
        if _names(each) not in apart
        and stands_for(_plain(each.one), leads) != stands_for(_plain(each.other), leads)
    ]
    waiting.sort(key=lambda each: turn.get(_names(each), 0))
    fresh = [each for each in standing if each.decided_at > built_at]
    withdrawn = [
        each
        for each in history
        if each.undone_at is not None and each.undone_at > built_at >= each.decided_at
    ]
    return OrganisationQueue(
        tuple(waiting),
        sum(not each.is_put_off for each in standing),
        sum(not each.is_put_off for each in (*fresh, *withdrawn)),
        fresh[-1] if fresh else None,
    )


def _names(pair: OrganisationPair | Apart | Later) -> frozenset[str]:
    return frozenset((_plain(pair.one), _plain(pair.other)))


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def same_as(pair: OrganisationPair, name: str) -> tuple[Change, ...]:
    """What to write down when both are one under this name."""
    return tuple(Spelling(each, name) for each in (pair.one, pair.other) if each != name)


def apart(pair: OrganisationPair) -> tuple[Change, ...]:
    """What to write down when they are two."""
    return (Apart(pair.one, pair.other),)


def put_off(pair: OrganisationPair) -> tuple[Change, ...]:
    """What to write down when somebody looks at it later."""
    return (Later(pair.one, pair.other),)


def compare_organisations(
    pair: OrganisationPair, records: Iterable[Record], words: Wording
) -> tuple[Compared, ...]:
    """Two organisations side by side."""
    known = {str(record["organisation"]): record for record in records if record["organisation"] is not None}
    one, other = known.get(pair.one, {}), known.get(pair.other, {})
    fields = (
        (words.t("Name"), (pair.one,), (pair.other,)),
        (words.t("Sector"), _sector(one, words), _sector(other, words)),
        (words.t("Part of"), _value(one, "parent"), _value(other, "parent")),
    )
    rows = [Compared(label, a, b, _verdict(a, b)) for label, a, b in fields if a or b]
    counted = (
        (words.t("People now"), pair.people_one, pair.people_other),
        (words.t("Members now"), one.get("members"), other.get("members")),
        (words.t("Times at a session"), one.get("attendances"), other.get("attendances")),
    )
    for label, count, beside in counted:
        a, b = _count(count, words), _count(beside, words)
        rows.append(Compared(label, a, b, _verdict(a, b)))
    return tuple(rows)


def _value(record: Record, name: str) -> tuple[str, ...]:
    value = record.get(name)
    return () if value is None else (str(value),)


def _sector(record: Record, words: Wording) -> tuple[str, ...]:
    names = {
        "company": words.t("company"),
        "government": words.t("government"),
        "independent": words.t("freelancers"),
        "other": words.t("other sector"),
    }
    return tuple(names.get(code, code) for code in _value(record, "sector"))


def _count(value: object, words: Wording) -> tuple[str, ...]:
    return (words.number(value),) if isinstance(value, int | float) else ()


def _verdict(a: tuple[str, ...], b: tuple[str, ...]) -> Verdict:
    if not a or not b:
        return Verdict.ONE_UNKNOWN
    return Verdict.SAME if a == b else Verdict.DIFFERS


def telling_first(changes: Sequence[Change]) -> list[Change]:
    """A list of an office also holds each name as it is: that one is one is the last thing to tell."""

    def is_itself(each: Change) -> bool:
        return (
            isinstance(each, Spelling)
            and each.unit is None
            and each.as_written.casefold() == each.name.casefold()
        )

    return sorted(changes, key=is_itself)


def change_words(change: Change, words: Wording) -> str:
    """What one change of a decision says."""
    match change:
        case Spelling(written, name, None):
            return words.t("“{written}” is “{name}”", written=written, name=name)
        case Spelling(written, name, unit):
            return words.t("“{written}” is {unit} of “{name}”", written=written, name=name, unit=unit)
        case Later(one, other):
            return words.t("“{one}” and “{other}” were put off", one=one, other=other)
        case Apart(one, other):
            return words.t("“{one}” and “{other}” are two organisations", one=one, other=other)
        case _:
            return words.t("Facts about “{name}”", name=change.name)
