"""Themes and texts as typed facts. Pure: imports no Streamlit, no SQL, no frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from dashboard.facts import MONTHS_IN_YEAR, RATE_GUARD, last_complete_month, months_back
from dashboard.navigation import Language

Record = Mapping[str, object]
UNPLACED = "unplaced"  # stands for the theme of what fits none, in an address and in a list
HARDLY = 0.01  # a change under one point
QUOTES = 3


class Window(Enum):
    """The periods that the page offers; the value is the code in its address."""

    YEAR = "12-months"
    TWO_YEARS = "24-months"
    ALL = "all"

    def days(self, as_of: date) -> tuple[date, date] | None:
        """First and last day, in complete months; None for everything so far."""
        if self is Window.ALL:
            return None
        last = last_complete_month(as_of)
        months = MONTHS_IN_YEAR if self is Window.YEAR else 2 * MONTHS_IN_YEAR
        return months_back(last, months - 1), last


@dataclass(frozen=True)
class Theme:
    """One row of `themes`; the one with the id `UNPLACED` is what fits no theme.

    `label` is in the reader's language, `dutch` and `english` are what a person may change.
    """

    theme_id: str
    label: str
    dutch: str
    english: str
    is_named: bool
    is_proposed: bool
    texts: int
    askers: int | None
    sessions: int
    share: float
    low: float
    high: float
    change: float | None
    earlier_share: float | None
    is_clear: bool
    words: tuple[str, ...]
    set_aside: int

    @property
    def is_placed(self) -> bool:
        """Whether this is a theme at all."""
        return self.theme_id != UNPLACED


@dataclass(frozen=True)
class Text:
    """One row of `contributions`."""

    text: str
    asked_on: date | None
    audience: str
    session_title: str
    second_theme_id: str
    language: str
    by_person: bool
    nearness: float


def _number(record: Record, name: str) -> float | None:
    value = record.get(name)
    return float(value) if isinstance(value, int | float) else None


def _written(record: Record, name: str) -> str:
    value = record.get(name)
    return "" if value is None else str(value)


def themes(records: Iterable[Record], language: Language) -> tuple[Theme, ...]:
    """`themes` in its own order: the largest first, what is not placed last."""
    code = language.value
    found = []
    for record in records:
        askers = _number(record, "askers")
        found.append(
            Theme(
                theme_id=_written(record, "theme_id") or UNPLACED,
                label=_written(record, f"label_{code}"),
                dutch=_written(record, "label_nl"),
                english=_written(record, "label_en"),
                is_named=record.get("label_source") == "person",
                is_proposed=record.get("status") == "proposed",
                texts=int(_number(record, "texts") or 0),
                askers=None if askers is None else int(askers),
                sessions=int(_number(record, "sessions") or 0),
                share=_number(record, "share") or 0.0,
                low=_number(record, "low") or 0.0,
                high=_number(record, "high") or 0.0,
                change=_number(record, "change"),
                earlier_share=_number(record, "earlier_share"),
                is_clear=record.get("change_is_clear") is True,
                words=tuple(word for word in _written(record, f"words_{code}").split(" / ") if word),
                set_aside=int(_number(record, "set_aside") or 0),
            )
        )
    return tuple(found)


def texts(records: Iterable[Record]) -> tuple[Text, ...]:
    """`contributions` in its own order: the newest first."""
    return tuple(
        Text(
            text=_written(record, "text"),
            asked_on=day if isinstance(day := record.get("asked_on"), date) else None,
            audience=_written(record, "audience"),
            session_title=_written(record, "session_title"),
            second_theme_id=_written(record, "second_theme_id"),
            language=_written(record, "language"),
            by_person=record.get("assigned_by") == "person",
            nearness=_number(record, "nearness") or 0.0,
        )
        for record in records
    )


def central(given: Sequence[Text], count: int = QUOTES) -> tuple[Text, ...]:
    """The texts that have most in common with the others, no wording twice."""
    picked: dict[str, Text] = {}
    for text in sorted(given, key=lambda one: (-one.nearness, one.text)):
        picked.setdefault(text.text.casefold(), text)
    return tuple(picked.values())[:count]


def placed(shown: Sequence[Theme]) -> int:
    """How many texts have a theme."""
    return sum(theme.texts for theme in shown if theme.is_placed)


def in_all(shown: Sequence[Theme]) -> int:
    """How many texts there are, with or without a theme."""
    return sum(theme.texts for theme in shown)


def has_rates(shown: Sequence[Theme]) -> bool:
    """Whether there are enough texts for a percentage."""
    return placed(shown) >= RATE_GUARD
