"""The figures of an update, each with the question that gives it. Pure: imports no Streamlit.

A fact can be asked again by anybody: it names its question, the parameters, the column and what was done
with the rows. Where a figure needs care before it is spread, the fact says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from dashboard.facts import (
    MONTHS_IN_YEAR,
    RATE_GUARD,
    Session,
    balance,
    last_complete_month,
    months_back,
    periods,
    sessions,
    show_up,
)
from etl.warehouse import Answer

SMALL_UNDER = RATE_GUARD  # a count of people below this may tell who they are
NOTABLE_CHANGE = 10  # a smaller change in a year is no finding
MOST_THEMES = 2

Ask = Callable[[str, Mapping[str, str]], Answer]
Given = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Window:
    """The days an update is about, both included."""

    first: date
    last: date
    is_open: bool

    @property
    def month_count(self) -> int:
        """How many calendar months it touches."""
        months = (self.last.year - self.first.year) * MONTHS_IN_YEAR
        return months + self.last.month - self.first.month + 1

    def given(self) -> dict[str, str]:
        """The window as parameters of a question."""
        return {"from_on": self.first.isoformat(), "to_on": self.last.isoformat()}


class Preset(Enum):
    """The periods on offer; the value is the code in the address."""

    TWO_MONTHS = "2"
    ONE_MONTH = "1"
    THREE_MONTHS = "3"
    YEAR = "12"
    THIS_MONTH = "now"


def presets(as_of: date) -> tuple[Preset, ...]:
    """What can be chosen: the running month only where there is one."""
    runs = last_complete_month(as_of) < as_of
    return tuple(preset for preset in Preset if runs or preset is not Preset.THIS_MONTH)


def window_of(preset: Preset, as_of: date) -> Window:
    """So many complete months, or the running month up to the as-of day."""
    if preset is Preset.THIS_MONTH:
        return Window(as_of.replace(day=1), as_of, is_open=True)
    last = last_complete_month(as_of)
    return Window(months_back(last, int(preset.value) - 1), last, is_open=False)


class What(Enum):
    """What a figure counts."""

    MEMBERS = "members"
    CHANGE = "change"
    NEW = "new"
    RETURNED = "returned"
    ENDED = "ended"
    SESSIONS = "sessions"
    ATTENDANCES = "attendances"
    SHOW_UP = "show_up"
    FIRST_TIMERS = "first_timers"
    BUSIEST = "busiest"
    LATER = "later"
    THEME = "theme"


class How(Enum):
    """What was done with the rows of the answer."""

    LAST_ROW = "last row"
    SUM = "sum of the rows"
    ROW_COUNT = "number of rows"
    LAST_MINUS_FIRST = "last row minus first row"
    RATIO = "registered people who came, of all registered"
    ONE_ROW = "one row"


class Caution(Enum):
    """Why a figure needs care before it is spread."""

    OPEN_PERIOD = "open_period"
    SMALL = "small"
    ESTIMATE = "estimate"
    OUTSIDE_PERIOD = "outside_period"
    INCOMPLETE = "incomplete"
    AUTOMATIC_NAME = "automatic_name"


@dataclass(frozen=True)
class Fact:
    """One figure. `names` are in Dutch and English; `missing` counts sessions that are not in it."""

    key: str
    what: What
    value: float
    window: Window
    question: str
    parameters: Given
    column: str
    how: How
    cautions: tuple[Caution, ...] = ()
    names: tuple[str, str] = ("", "")
    on: date | None = None
    parts: tuple[int, int] | None = None
    missing: int = 0

    @property
    def is_share(self) -> bool:
        """Whether the value is a share of one."""
        return self.what is What.SHOW_UP

    @property
    def is_estimate(self) -> bool:
        """Whether it was estimated, so that it is written as `ca.`."""
        return Caution.ESTIMATE in self.cautions

    @property
    def is_small(self) -> bool:
        """Whether it counts so few people that it may tell who they are."""
        return Caution.SMALL in self.cautions


@dataclass(frozen=True)
class Facts:
    """All figures of one window, in the order in which they are told, and the answers they come from."""

    window: Window
    as_of: date
    all: tuple[Fact, ...]
    answers: tuple[Answer, ...]

    def of(self, what: What) -> Fact | None:
        """The first figure of this kind."""
        return next((fact for fact in self.all if fact.what is what), None)

    def every(self, what: What) -> tuple[Fact, ...]:
        """All figures of this kind."""
        return tuple(fact for fact in self.all if fact.what is what)


class _Taking:
    """Collects the figures of one window; each question is asked once."""

    def __init__(self, ask: Ask, window: Window, as_of: date) -> None:
        self.window, self.as_of = window, as_of
        self.answers: list[Answer] = []
        self._ask = ask

    def ask(self, question: str, window: Window) -> Answer:
        answer = self._ask(question, window.given())
        self.answers.append(answer)
        return answer

    def fact(
        self,
        what: What,
        value: float,
        source: tuple[str, str, How],
        *,
        window: Window | None = None,
        cautions: Sequence[Caution] = (),
        names: tuple[str, str] = ("", ""),
        on: date | None = None,
        parts: tuple[int, int] | None = None,
        missing: int = 0,
        key: str = "",
    ) -> Fact:
        over = window or self.window
        question, column, how = source
        return Fact(
            key=key or what.value,
            what=what,
            value=value,
            window=over,
            question=question,
            parameters=tuple(over.given().items()),
            column=column,
            how=how,
            cautions=tuple(self._general(what, value, parts)) + tuple(cautions),
            names=names,
            on=on,
            parts=parts,
            missing=missing,
        )

    def _general(self, what: What, value: float, parts: tuple[int, int] | None) -> Iterator[Caution]:
        if self.window.is_open:
            yield Caution.OPEN_PERIOD
        people = min(parts) if parts else value
        if what is not What.SESSIONS and 0 < people < SMALL_UNDER:
            yield Caution.SMALL


def take(ask: Ask, window: Window, as_of: date) -> Facts:
    """The figures of a window. A figure that is not known is not there; it is never zero."""
    taking = _Taking(ask, window, as_of)
    found = (*_growth(taking), *_sessions(taking), *_later(taking), *_themes(taking))
    return Facts(window, as_of, found, tuple(taking.answers))


def _growth(taking: _Taking) -> Iterator[Fact]:
    window = taking.window
    rows = periods(taking.ask("growth", window).records())
    if not rows:
        return
    yield taking.fact(What.MEMBERS, rows[-1].closing, ("growth", "closing", How.LAST_ROW))
    if not window.is_open:
        yield from _change(taking, rows[-1].closing)
    total = balance([*rows]) if not window.is_open else None
    for what, value in (
        (What.NEW, total.new if total else rows[-1].new),
        (What.RETURNED, total.returned if total else rows[-1].returned),
        (What.ENDED, total.ended if total else rows[-1].ended),
    ):
        yield taking.fact(what, value, ("growth", what.value, How.SUM))


def _change(taking: _Taking, closing: int) -> Iterator[Fact]:
    year = Window(months_back(taking.window.last, MONTHS_IN_YEAR), taking.window.last, is_open=False)
    rows = periods(taking.ask("growth", year).records())
    if not rows or rows[0].start != year.first:
        return
    change = closing - rows[0].closing
    if abs(change) >= NOTABLE_CHANGE:
        source = ("growth", "closing", How.LAST_MINUS_FIRST)
        yield taking.fact(What.CHANGE, change, source, window=year)


def _sessions(taking: _Taking) -> Iterator[Fact]:
    held = sessions(taking.ask("sessions", taking.window).records(), taking.window.last)
    if not held:
        return
    yield taking.fact(What.SESSIONS, len(held), ("sessions", "session_id", How.ROW_COUNT))
    counted = [one for one in held if one.total is not None]
    if counted:
        yield taking.fact(
            What.ATTENDANCES,
            sum(one.total or 0 for one in counted),
            ("sessions", "total", How.SUM),
            cautions=_cautions(counted, len(held)),
            missing=len(held) - len(counted),
        )
    came = show_up(held)
    if came.share is not None:
        source = ("sessions", "show_up_rate", How.RATIO)
        yield taking.fact(What.SHOW_UP, came.share, source, parts=(came.came, came.registered))
    named = [one for one in held if one.has_names]
    first = sum(one.first_timers or 0 for one in named)
    if first:
        yield taking.fact(
            What.FIRST_TIMERS,
            first,
            ("sessions", "first_timers", How.SUM),
            cautions=_cautions((), len(held) - len(named)),
            missing=len(held) - len(named),
        )
    yield from _busiest(taking, counted)


def _cautions(counted: Sequence[Session], of: int) -> tuple[Caution, ...]:
    estimated = (Caution.ESTIMATE,) if any(one.is_approximate for one in counted) else ()
    return estimated + ((Caution.INCOMPLETE,) if of > len(counted) else ())


def _busiest(taking: _Taking, counted: Sequence[Session]) -> Iterator[Fact]:
    ranked = sorted(counted, key=lambda one: -(one.total or 0))
    if len(ranked) < 2 or ranked[0].total == ranked[1].total:
        return
    yield _one_session(taking, What.BUSIEST, ranked[0], taking.window, ())


def _later(taking: _Taking) -> Iterator[Fact]:
    """The largest session after the window that somebody counted; of equals the latest."""
    if taking.window.last >= taking.as_of:
        return
    after = Window(taking.window.last + timedelta(days=1), taking.as_of, is_open=True)
    held = sessions(taking.ask("sessions", after).records(), taking.as_of)
    largest = max(held, key=lambda one: (one.total or 0, one.on, one.title), default=None)
    if largest is not None and largest.total:
        yield _one_session(taking, What.LATER, largest, after, (Caution.OUTSIDE_PERIOD,))


def _one_session(
    taking: _Taking, what: What, session: Session, window: Window, cautions: tuple[Caution, ...]
) -> Fact:
    estimate = (Caution.ESTIMATE,) if session.is_approximate else ()
    return taking.fact(
        what,
        session.total or 0,
        ("sessions", "total", How.ONE_ROW),
        window=window,
        cautions=cautions + estimate,
        names=(session.title, session.title),
        on=session.on,
    )


def _themes(taking: _Taking) -> Iterator[Fact]:
    """The themes asked about most, where they stand clear of the next one."""
    records = taking.ask("themes", taking.window).records()
    placed = [(int(str(row["texts"])), row) for row in records if row["theme_id"] and row["texts"]]
    counts = [count for count, _ in placed] + [0]
    clear = max((size for size in range(1, MOST_THEMES + 1) if _stands_clear(counts, size)), default=0)
    for rank, (count, row) in enumerate(placed[:clear], start=1):
        yield taking.fact(
            What.THEME,
            count,
            ("themes", "texts", How.ONE_ROW),
            cautions=() if row["label_source"] == "person" else (Caution.AUTOMATIC_NAME,),
            names=(str(row["label_nl"]), str(row["label_en"] or row["label_nl"])),
            key=f"theme_{rank}",
        )


def _stands_clear(counts: Sequence[int], size: int) -> bool:
    return len(counts) > size and counts[size - 1] > counts[size] and counts[size - 1] > 1
