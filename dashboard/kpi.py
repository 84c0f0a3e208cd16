"""The four cards of the overview: value, change, trend. Pure: imports no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.charts.trend import TrendPoint
from dashboard.facts import (
    MONTHS_IN_YEAR,
    ActiveMonth,
    Period,
    Session,
    change_since,
    complete,
    held_between,
    last_complete_month,
    latest,
    months_back,
    show_up,
)
from dashboard.wording import Wording


@dataclass(frozen=True)
class Card:
    """One card. `strong` is the part of the change that is set in bold; `bars` counts from zero."""

    key: str
    label: str
    value: str
    strong: str
    rest: str
    help: str
    trend: tuple[TrendPoint, ...]
    bars: bool = False


def cards(
    growth: Sequence[Period],
    active: Sequence[ActiveMonth],
    held: Sequence[Session],
    as_of: date,
    words: Wording,
) -> tuple[Card, ...]:
    """Members, active members, sessions, show-up, all over the same twelve complete months."""
    return (
        members_card(growth, words),
        active_card(active, words),
        sessions_card(held, as_of, words),
        show_up_card(held, as_of, words),
    )


def members_card(rows: Sequence[Period], words: Wording) -> Card:
    """Members at the end of the last complete month."""
    done, change = complete(rows), change_since(rows)
    shown = latest(rows, MONTHS_IN_YEAR + 1)
    return Card(
        key="members",
        label=words.t("Members"),
        value=words.counted(done[-1].closing if done else None),
        strong="" if change is None else words.signed(change),
        rest=words.t("in 12 months") if change is not None else words.t("no year to compare with yet"),
        help=words.t("People who were a member on the last day of the month. Everybody counts once."),
        trend=tuple(
            TrendPoint(row.end, row.closing, words.number(row.closing), row.is_open) for row in shown
        ),
    )


def active_card(rows: Sequence[ActiveMonth], words: Wording) -> Card:
    """Members who did something, and their share."""
    done = [row for row in rows if not row.is_open]
    shown = [*done[-MONTHS_IN_YEAR - 1 :], *(row for row in rows if row.is_open)]
    last = done[-1] if done else None
    return Card(
        key="active",
        label=words.t("Active members"),
        value=words.counted(last.active if last else None),
        strong=words.share(last.share) if last and last.share is not None else "",
        rest=words.t("of 6-month members") if last and last.share is not None else words.t("share not known"),
        help=words.t(
            "People who were a member for the whole six months before and came to at least one session. "
            "The share is of everybody who was a member all that time."
        ),
        trend=tuple(TrendPoint(row.end, row.active, words.counted(row.active), row.is_open) for row in shown),
    )


def months_of_year(as_of: date) -> tuple[tuple[date, date, bool], ...]:
    """The last twelve complete months and the open one, if any: first day, last day, open."""
    last = last_complete_month(as_of)
    months = [(months_back(last, back), _end(months_back(last, back)), False) for back in range(11, -1, -1)]
    if as_of > last:
        months.append((as_of.replace(day=1), as_of, True))
    return tuple(months)


def _end(first: date) -> date:
    return last_complete_month(months_back(first, -1))


def year_before(as_of: date, years: int = 1) -> tuple[date, date]:
    """First and last day of the last twelve complete months, or of as many years before them."""
    last = last_complete_month(as_of)
    end = _end(months_back(last, MONTHS_IN_YEAR * (years - 1)))
    return months_back(end, MONTHS_IN_YEAR - 1), end


def sessions_card(held: Sequence[Session], as_of: date, words: Wording) -> Card:
    """How many sessions were held."""
    this, before = (len(held_between(held, *year_before(as_of, years))) for years in (1, 2))
    months = months_of_year(as_of)
    counts = [len(held_between(held, first, last)) for first, last, _ in months]
    return Card(
        key="sessions",
        label=words.t("Sessions"),
        value=words.number(this),
        strong=words.signed(this - before),
        rest=words.t("on the year before"),
        help=words.t(
            "Sessions on the agenda that were held in these twelve months. Cancelled ones do not count."
        ),
        trend=tuple(
            TrendPoint(last, count, words.number(count), is_open)
            for (_, last, is_open), count in zip(months, counts, strict=True)
        ),
        bars=True,
    )


def show_up_card(held: Sequence[Session], as_of: date, words: Wording) -> Card:
    """Of all who registered, how many came."""
    this, before = (show_up(held_between(held, *year_before(as_of, years))) for years in (1, 2))
    if this.share is not None:
        value = words.share(this.share)
    elif this.registered:
        value = words.t("{attended} of {registered}", attended=this.came, registered=this.registered)
    else:
        value = words.t("unknown")
    compared = this.share is not None and before.share is not None
    difference = (this.share or 0.0) - (before.share or 0.0)
    results = [
        (last, show_up(held_between(held, first, last)).share, is_open)
        for first, last, is_open in months_of_year(as_of)
        if not is_open
    ]
    return Card(
        key="show-up",
        label=words.t("Show-up"),
        value=value,
        strong=words.points(difference) if compared else "",
        rest=words.t("on the year before") if compared else words.t("no year to compare with yet"),
        help=words.t(
            "Of the people who registered, the share that came. Only sessions where both are known by name."
        ),
        trend=tuple(TrendPoint(last, share, words.share(share), is_open) for last, share, is_open in results),
    )


def period_line(as_of: date, words: Wording) -> str:
    """Which months the cards are about, said once."""
    first, last = year_before(as_of)
    text = words.t(
        "Figures from {first} up to and including {last}.", first=words.date(first), last=words.date(last)
    )
    if as_of == last:
        return text
    return text + " " + words.t("Dashed is {month}, which is still open.", month=words.month(as_of))
