"""The sentence above a figure, computed from the numbers the figure shows. Pure: imports no Streamlit.

Every sentence is true of its facts. Where there is no clear finding, the sentence is the plain name of the
figure; it never makes up a story.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.facts import (
    MONTHS_IN_YEAR,
    Balance,
    FirstTimers,
    GroupLine,
    Period,
    Session,
    ShowUp,
    change_since,
    complete,
    first_timers,
    held_between,
    last_complete_month,
    months_back,
    show_up,
)
from dashboard.harvest import Theme, has_rates
from dashboard.wording import Wording, sentence

STILL = 0.04  # a change of less than this share of a group is "hardly moves"
CLEAR_TOP = 1.25  # the peak months must stand this far above the others' mean,
CLEAR_NEXT = 1.1  # and this far above the next one
FEWEST_SESSIONS = 3


def things_to_do(count: int, greeting: str, words: Wording) -> str:
    """The title of the overview."""
    if count == 0:
        return words.t("{greeting}. Nothing asks for your attention.", greeting=greeting)
    number = sentence(words.number_word(count))
    return words.n(
        "{greeting}. {number} matter asks for your attention.",
        "{greeting}. {number} matters ask for your attention.",
        count,
        greeting=greeting,
        number=number,
    )


def greeting(hour: int, words: Wording) -> str:
    """What one says at this hour."""
    if 6 <= hour < 12:
        return words.t("Good morning")
    return words.t("Good afternoon") if 12 <= hour < 18 else words.t("Good evening")


def members(rows: Sequence[Period], words: Wording) -> str:
    """How large the network is, against a year before."""
    done = complete(rows)
    if not done:
        return words.t("Members over time")
    count, change = words.number(done[-1].closing), change_since(rows)
    if change is None:
        return words.n("The network has {count} member", "The network has {count} members", done[-1].closing)
    if change == 0:
        return words.t("The network has {members} members, as many as a year ago", members=count)
    if change > 0:
        return words.t(
            "The network has {members} members, {change} more than a year ago",
            members=count,
            change=words.number(change),
        )
    return words.t(
        "The network has {members} members, {change} fewer than a year ago",
        members=count,
        change=words.number(-change),
    )


def came_and_went(total: Balance | None, words: Wording) -> str:
    """What came and what left."""
    if total is None or (total.gained == 0 and total.ended == 0):
        return words.t("Members who came and went")
    came, left = words.number(total.gained), words.number(total.ended)
    if total.ended == 0:
        return words.n(
            "{count} member came and nobody left", "{count} members came and nobody left", total.gained
        )
    if total.gained == 0:
        return words.n(
            "Nobody came and {count} member left", "Nobody came and {count} members left", total.ended
        )
    return words.n(
        "{count} member came and {left} left",
        "{count} members came and {left} left",
        total.gained,
        came=came,
        left=left,
    )


def peak(rows: Sequence[Period], words: Wording) -> str:
    """Which one or two months in a row stood out, if they did."""
    done = complete(rows)
    neutral = words.t("New, returned and ended members")
    if len(done) < 6 or any((row.end - row.start).days > 40 for row in done):
        return neutral
    ranked = sorted(range(len(done)), key=lambda index: (-done[index].grown, index))
    for size in (2, 1):
        top = sorted(ranked[:size])
        rest = [done[index].grown for index in ranked[size:]]
        lowest_of_top = done[ranked[size - 1]].grown
        stands_out = lowest_of_top >= CLEAR_TOP * max(1.0, sum(rest) / len(rest)) and lowest_of_top > max(
            rest
        )
        stands_out = stands_out and lowest_of_top >= CLEAR_NEXT * max(rest)
        together = top[-1] - top[0] == size - 1
        if stands_out and together:
            names = [_month(done[index].start, done, words) for index in top]
            if size == 1:
                return sentence(words.t("{month} was the peak month", month=names[0]))
            return sentence(words.t("{first} and {second} were peak months", first=names[0], second=names[1]))
    return neutral


def _month(day: date, rows: Sequence[Period], words: Wording) -> str:
    doubled = sum(row.start.month == day.month for row in rows) > 1
    return words.month_and_year(day) if doubled else words.month(day)


def groups(lines: Sequence[GroupLine], words: Wording) -> str:
    """Who grows hardest, and who hardly moves. The lines are ordered by change."""
    neutral = words.t("Members per working group")
    if len(lines) < 2 or lines[0].change <= 0 or lines[0].change == lines[1].change:
        return neutral
    first, last = lines[0], lines[-1]
    if _is_still(first):
        return neutral
    if last.change < 0 and not _is_still(last):
        return words.t("{first} grows most, {last} shrinks", first=first.name, last=last.name)
    if _is_still(last):
        return words.t("{first} grows most, {last} hardly moves", first=first.name, last=last.name)
    if last.change > 0:
        return words.t("All groups grow, {first} most", first=first.name)
    return words.t("{first} grows most", first=first.name)


def _is_still(line: GroupLine) -> bool:
    return abs(line.change) <= max(1.0, STILL * max(1, line.closing - line.change))


def recent_sessions(rows: Sequence[Session], as_of: date, words: Wording) -> str:
    """Which share of who registered came in the last two complete months."""
    last = last_complete_month(as_of)
    first = months_back(last, 1)
    result = show_up(held_between(rows, first, last))
    if result.share is None:
        return words.t("Recent sessions")
    return words.t(
        "Of those who registered, {share} came in {first} and {second}",
        share=words.share_in_words(result.share),
        first=words.month(first),
        second=words.month(last),
    )


def show_up_of(rows: Sequence[Session], words: Wording) -> str:
    """Which share of who registered came, where enough sessions say so."""
    result: ShowUp = show_up(rows)
    if result.share is None or result.session_count < FEWEST_SESSIONS:
        return words.t("Registered and attended per session")
    return words.t("Of those who register, {share} come", share=words.share_in_words(result.share))


def first_time(rows: Sequence[Session], words: Wording) -> str:
    """Which share of the participants was there for the first time."""
    result: FirstTimers = first_timers(rows)
    if result.share is None:
        return words.t("First-timers per session")
    if result.first == 0:
        return words.t("Nobody was there for the first time")
    if result.share == 1:
        return words.t("Every participant was there for the first time")
    return words.t(
        "Of the participants, {share} were there for the first time", share=words.share_in_words(result.share)
    )


def themes(shown: Sequence[Theme], words: Wording) -> str:
    """Which theme clearly grew most, or clearly fell most, or is clearly the largest; else the plain name."""
    listed = [theme for theme in shown if theme.is_placed and theme.label]
    moved = [theme for theme in listed if theme.is_clear and theme.change and has_rates(shown)]
    if moved:
        most = max(moved, key=lambda theme: (theme.change or 0.0, theme.label))
        if (most.change or 0.0) > 0:
            return words.t("Questions about “{theme}” grew most", theme=most.label)
        least = min(moved, key=lambda theme: (theme.change or 0.0, theme.label))
        return words.t("Questions about “{theme}” became rarer", theme=least.label)
    if len(listed) > 1 and has_rates(shown) and listed[0].low > listed[1].high:
        return words.t("Most questions are about “{theme}”", theme=listed[0].label)
    return words.t("What the questions are about")


def theme_texts(theme: Theme, label: str, words: Wording) -> str:
    """How many questions the theme holds."""
    if not theme.is_placed:
        return words.n(
            "{count} question fits no theme yet", "{count} questions fit no theme yet", theme.texts
        )
    return words.n(
        "{count} question is about “{theme}”",
        "{count} questions are about “{theme}”",
        theme.texts,
        theme=label,
    )


def year_of(rows: Sequence[Period]) -> tuple[Period, ...]:
    """The last twelve complete periods."""
    return complete(rows)[-MONTHS_IN_YEAR:]
