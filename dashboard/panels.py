"""What a panel and a reading box say about sessions. Pure: imports no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.first_timers import in_words
from dashboard.charts.grammar import Style
from dashboard.facts import Session, first_timers
from dashboard.tables import rate_cell
from dashboard.wording import Wording


@dataclass(frozen=True)
class Panel:
    """One chosen thing: a line above, its name, figures, a two-part bar, paragraphs, a link."""

    above: str
    title: str
    figures: tuple[tuple[str, str], ...]
    parts: tuple[int, int] | None
    paragraphs: tuple[tuple[str, str], ...]
    url: str


def session_panel(session: Session, style: Style) -> Panel:
    """One session in detail."""
    words = style.words
    figures = [
        (words.t("Registered"), words.counted(session.registered)),
        (words.t("Attended"), words.counted(session.total, session.is_approximate)),
        (words.t("Show-up"), rate_cell(session, words).text),
    ]
    if session.walk_ins:
        figures.append((words.t("Came without registering"), words.number(session.walk_ins)))
    if session.has_names:
        figures += [
            (words.t("First time"), words.number(session.first_timers or 0)),
            (words.t("Been before"), words.number(session.returning or 0)),
        ]
    else:
        figures.append((words.t("First time"), words.t("unknown")))
    paragraphs = []
    if not session.has_names:
        paragraphs.append((words.t("First time and been before"), in_words(session, style)))
    if session.place:
        paragraphs.append((words.t("Place"), session.place))
    paragraphs.append((words.t("Yield"), yield_sentence(session, words)))
    parts = (session.first_timers or 0, session.returning or 0) if session.has_names else None
    where = session.working_group or words.t("Network")
    return Panel(
        above=f"{words.date(session.on)} · {where}",
        title=session.title,
        figures=tuple(figures),
        parts=parts if parts and sum(parts) else None,
        paragraphs=tuple(paragraphs),
        url=session.url if session.url.startswith(("https://", "http://")) else "",
    )


def yield_sentence(session: Session, words: Wording) -> str:
    """Whether and when the yield was sent."""
    if session.yield_on is None:
        return words.t("No yield has been noted yet.")
    days = (session.yield_on - session.on).days
    return words.n(
        "Sent on {day}, {count} day after the session.",
        "Sent on {day}, {count} days after the session.",
        days,
        day=words.date(session.yield_on),
    )


def first_time_lines(shown: Sequence[Session], words: Wording) -> tuple[str, ...]:
    """How to read the first-timers, as Markdown."""
    result = first_timers(shown)
    lines = [
        words.n(
            "In the **{count}** session with an attendance list, **{first}** people were new.",
            "In the **{count}** sessions with an attendance list, **{first}** people were new.",
            result.session_count,
            first=words.number(result.first),
        ),
        words.t("Someone is new once: at the first session that Kring has a list of."),
    ]
    unknown = len(shown) - result.session_count
    if unknown:
        lines.append(
            words.n(
                "Of **{count}** session the names are not known, so nobody can say who was new.",
                "Of **{count}** sessions the names are not known, so nobody can say who was new.",
                unknown,
            )
        )
    return tuple(lines)
