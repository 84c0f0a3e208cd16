"""The widgets of the page Review: one pair, three answers, taking back, and the figures that follow.

An answer is written to the decisions at once, with who and when. What an answer did is said in words, to
screen readers too, and the keyboard stays where it was: the buttons are the same for every pair.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.jobs import JOBS, RefreshJob
from dashboard.likeness import Likeness
from dashboard.markdown import plain
from dashboard.navigation import Language
from dashboard.reviewing import Compared
from dashboard.wording import Wording
from etl.errors import KringError
from etl.home import Home

SAID = "review-said"
ABOUT = "review-about"
TURN = "review-turn"
PROBLEM = "review-problem"
FAILED = "review-refresh-failed"
KEYS_ON = "review-keys"
SKIPPED = "review-skipped"
# Letters of the words on the buttons; C and R are Streamlit's own.
KEYS = {Language.DUTCH: ("Z", "V", "L", "T"), Language.ENGLISH: ("S", "D", "L", "T")}
HISTORY_SHOWN = 8
LONGEST_REASON = 200


@dataclass(frozen=True)
class Answer:
    """One button: its words, its key on the keyboard, and what it does."""

    key: str
    label: str
    shortcut: str
    icon: str
    press: Callable[[], None]


@dataclass(frozen=True)
class Past:
    """One decision of before: Markdown of what, a line of who and when, and what takes it back."""

    number: int
    what: str
    told: str
    take_back: Callable[[], None] | None


def keep(said: str, write: Callable[[], object], words: Wording) -> None:
    """Write a decision down and remember what to say of it; or say that it was not kept."""
    try:
        write()
    except (KringError, sqlite3.Error) as error:
        line = error.line() if isinstance(error, KringError) else type(error).__name__
        st.session_state[PROBLEM] = words.t("This was not kept: {line}", line=line)
        return
    st.session_state[SAID] = said
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def skipped() -> list[str]:
    """The pairs that were put off in this visit, in order."""
    found: list[str] = st.session_state.setdefault(SKIPPED, [])
    return found


def put_last(pair_id: str) -> None:
    """This pair after all others, for this visit."""
    listed = skipped()
    if pair_id in listed:
        listed.remove(pair_id)
    listed.append(pair_id)


def forget_said_of_another(about: str) -> None:
    """What was said of people is not said among organisations."""
    if st.session_state.setdefault(ABOUT, about) != about:
        st.session_state[ABOUT] = about
        st.session_state.pop(SAID, None)


def show_said(now: str) -> None:
    """What the last answer did, to see and to hear; and where the keyboard goes when its button is gone."""
    problem = st.session_state.pop(PROBLEM, None)
    if problem is not None:
        st.error(plain(problem), icon=":material/error:")
    said = st.session_state.get(SAID)
    if said:
        turn = st.session_state.get(TURN, 0)
        st.html(
            f'<p class="kring-said" tabindex="-1" data-kring-focus="{turn}" '
            f'data-kring-say="{escape(f"{said} {now}")}">{escape(said)}</p>'
        )


def comparison_html(rows: Sequence[Compared], caption: str, words: Wording) -> str:
    """Two records side by side. Roles are written out: on a phone the rows are blocks, no table."""
    heads = (words.t("What"), words.t("First"), words.t("Second"), words.t("Compared"))
    head = "".join(f'<th role="columnheader" scope="col">{escape(each)}</th>' for each in heads)
    body = []
    for row in rows:
        sides = "".join(
            f'<td role="cell" data-side="{escape(side)}">{_values(values, words)}</td>'
            for side, values in ((heads[1], row.one), (heads[2], row.other))
        )
        body.append(
            f'<tr role="row"><th role="rowheader" scope="row">{escape(row.label)}</th>{sides}'
            f'<td role="cell" class="verdict"><span class="kring-verdict {row.verdict.value}">'
            f"{escape(row.verdict.in_words(words))}</span></td></tr>"
        )
    return (
        f'<table class="kring-table kring-compare" role="table">'
        f'<caption class="kring-hidden">{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(body)}</tbody></table>'
    )


def _values(values: Sequence[str], words: Wording) -> str:
    if not values:
        return f'<span class="blank">{escape(words.t("unknown"))}</span>'
    return "<br>".join(escape(each).replace("@", "<wbr>@") for each in values)


def show_answers(answers: Sequence[Answer], undo: Answer | None, words: Wording) -> None:
    """The answers side by side, with their keys; and taking the last one back."""
    has_keys = st.session_state.get(KEYS_ON, True)
    with st.container(horizontal=True, gap="small", key="answers"):
        for each in (*answers, *((undo,) if undo else ())):
            st.button(
                each.label,
                key=each.key,
                icon=each.icon,
                type="tertiary" if each is undo else "secondary",
                shortcut=each.shortcut if has_keys else None,
                on_click=each.press,
            )


def show_keys_switch(words: Wording) -> None:
    """Keys of one letter can be put off, for whoever works with speech or another tool that types."""
    st.toggle(words.t("Answer with the keys on the buttons"), value=True, key=KEYS_ON)


def ask_reason(pair_id: str, words: Wording) -> None:
    """Why, if somebody wants to say so."""
    st.text_input(
        words.t("Reason (may stay empty, no personal data)"),
        max_chars=LONGEST_REASON,
        key=reason_key(pair_id),
    )


def reason_key(pair_id: str) -> str:
    """Where the visit keeps the reason of one pair."""
    return f"reason-{pair_id}"


def reason_of(pair_id: str) -> str:
    """What was typed as the reason."""
    return str(st.session_state.get(reason_key(pair_id), "")).strip()


def show_likeness(likeness: Likeness, words: Wording) -> None:
    """Why Kring asks, for and against."""
    with st.container(key="conclusie-review", gap="small"):
        st.header(words.t("Why Kring asks"), anchor=False)
        for heading, said in (
            (words.t("For one"), likeness.speaks_for),
            (words.t("Against"), likeness.speaks_against),
            (words.t("To know"), likeness.besides),
        ):
            if said:
                lines = "".join(f"<li>{escape(each)}</li>" for each in said)
                st.html(
                    f'<p class="kring-change"><strong>{escape(heading)}</strong></p>'
                    f'<ul class="kring-reasons">{lines}</ul>'
                )


def show_pending(pending: int, home: Home, words: Wording) -> None:
    """How many decisions the figures do not know, and the button that brings them in."""
    job = JOBS.running(home)
    with st.container(key="paneel-review", gap="small"):
        st.header(words.t("In the figures"), anchor=False)
        if job is not None:
            progress(job, words)
            return
        if st.session_state.pop(FAILED, False):
            st.warning(
                words.t("The decisions are kept, but the figures could not be updated. See the page Data.")
            )
        if not pending:
            st.markdown(words.t("No decision waits to enter the figures."))
            return
        st.markdown(
            words.n(
                "**{count}** decision is kept and enters the figures at the next processing.",
                "**{count}** decisions are kept and enter the figures at the next processing.",
                pending,
            )
        )
        if st.button(words.t("Update the figures now"), key="review-refresh", icon=":material/play_arrow:"):
            JOBS.refresh(home)
            st.rerun()


@st.fragment(run_every=1.0)
def progress(job: RefreshJob, words: Wording) -> None:
    """The refresh as it goes; the whole page follows when it is done."""
    if job.result is None:
        share = job.step.share if job.step else 0.0
        st.progress(share, text=words.t("The figures are being updated"))
        return
    if job.result.succeeded:
        st.session_state[SAID] = words.t("The figures are up to date with the decisions.")
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    else:
        st.session_state[FAILED] = True
    st.rerun()


def show_history(past: Sequence[Past], words: Wording) -> None:
    """What was decided before, the newest first, each with its way back."""
    with st.container(key="fig-review-history"):
        st.header(
            words.n("{count} decision so far", "{count} decisions so far", len(past))
            if past
            else words.t("Nothing was decided yet"),
            anchor=False,
        )
        if not past:
            return
        st.caption(words.t("Taking back puts both as they were; nothing is lost. The newest first."))
        shown = past if st.session_state.get("review-all") else past[:HISTORY_SHOWN]
        for each in shown:
            with st.container(
                key=f"punt-review-{each.number}", horizontal=True, vertical_alignment="center", gap="medium"
            ):
                st.markdown(f"{each.what}  \n:small[:gray[{each.told}]]", width="stretch")
                if each.take_back is not None:
                    st.button(
                        words.t("Take back no. {number}", number=each.number),
                        key=f"take-back-{each.number}",
                        type="tertiary",
                        icon=":material/undo:",
                        on_click=each.take_back,
                    )
        if len(shown) < len(past):
            st.button(
                words.n("Show {count} more", "Show {count} more", len(past) - len(shown)),
                key="review-all-shown",
                type="tertiary",
                on_click=lambda: st.session_state.update({"review-all": True}),
            )


def who_and_when(
    number: int, by: str | None, at: datetime, reason: str | None, undone: str, zone: ZoneInfo, words: Wording
) -> str:
    """`Nr. 12 · coordinator · 22 nov 2026, 14.05 uur · “zelfde adres” · teruggenomen`, as Markdown."""
    parts = [words.t("No. {number}", number=number), by or words.t("unknown"), moment_words(at, zone, words)]
    if reason:
        parts.append(f"“{reason}”")
    if undone:
        parts.append(undone)
    return plain(" · ".join(parts))


def moment_words(at: datetime, zone: ZoneInfo, words: Wording) -> str:
    """`22 nov 2026, 14.05 uur`."""
    local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone)
    return f"{words.dated(local.date())}, {words.clock(local)}"
