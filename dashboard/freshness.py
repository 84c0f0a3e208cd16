"""How up to date the page is: the state, and the line that says it. Pure: imports no Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from dashboard.wording import Wording

STALE_AFTER = timedelta(days=2)


class Freshness(Enum):
    """The three states; the word carries the state, the mark repeats it."""

    CURRENT = "current"
    STALE = "stale"
    FAILED = "failed"


@dataclass(frozen=True)
class State:
    """What is known about the release on screen. Moments are in the reader's own time zone."""

    built_at: datetime
    as_of: date
    now: datetime
    last_run_failed: bool = False

    @property
    def freshness(self) -> Freshness:
        """Failed before stale before current."""
        if self.last_run_failed:
            return Freshness.FAILED
        return Freshness.STALE if self.now - self.built_at >= STALE_AFTER else Freshness.CURRENT

    @property
    def days(self) -> int:
        """Whole days since the release was built."""
        return max(0, (self.now.date() - self.built_at.date()).days)


def state_word(state: State, words: Wording) -> str:
    """`Actueel`, `Verouderd: 3 dagen`, `Laatste run mislukt`."""
    if state.freshness is Freshness.FAILED:
        return words.t("Last run failed")
    if state.freshness is Freshness.STALE:
        return words.n("Out of date: {count} day", "Out of date: {count} days", state.days)
    return words.t("Up to date")


def updated(state: State, words: Wording) -> str:
    """`bijgewerkt vandaag, 06.00 uur`."""
    clock = words.clock(state.built_at)
    if state.days == 0:
        return words.t("updated today, {clock}", clock=clock)
    if state.days == 1:
        return words.t("updated yesterday, {clock}", clock=clock)
    return words.t("updated {day}, {clock}", day=words.date(state.built_at.date()), clock=clock)


def coverage(known: int, total: int, words: Wording) -> str:
    """How many sessions have attendance; nothing when all have."""
    if known >= total:
        return ""
    return words.t(
        "attendance known for {known} of {total} sessions",
        known=words.number(known),
        total=words.number(total),
    )
