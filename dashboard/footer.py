"""The last line of every page: what words mean, accessibility, what happens with people's data, version."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib.metadata import version

import streamlit as st

from dashboard.wording import Wording


def footer(words: Wording) -> None:
    """Terms, accessibility, privacy, version."""
    with st.container(key="footer", horizontal=True, vertical_alignment="center", gap="xsmall"):
        for key, title, lines in (
            ("terms", words.t("Terms"), terms),
            ("accessibility", words.t("Accessibility"), accessibility),
            ("privacy", words.t("Privacy"), privacy),
        ):
            if st.button(title, key=f"footer-{key}", type="tertiary"):
                _open(title, lines, words)
        st.html(f'<p class="kring-version">Kring {escape(version("kring"))}</p>', width="content")


def _open(title: str, lines: Callable[[Wording], tuple[str, ...]], words: Wording) -> None:
    @st.dialog(title, width="medium")
    def dialog() -> None:
        for line in lines(words):
            st.markdown(line)

    dialog()


def terms(words: Wording) -> tuple[str, ...]:
    """The words on the pages, each in a sentence."""
    return (
        words.t("**As-of day**: every figure is about the situation at the end of this day."),
        words.t("**Member**: someone whose membership runs on that day. Who is in two groups counts once."),
        words.t(
            "**New**: member for the first time. **Returned**: was a member before, left, and came back."
        ),
        words.t(
            "**Ended**: a membership that stopped and was not followed by another within the grace period."
        ),
        words.t("**Active member**: a member who came to a session or contributed something in the period."),
        words.t("**Show-up**: of those who registered by name, the share that came."),
        words.t("**First time**: had never been on an attendance list of this network before."),
        words.t("**By chance**: what you would expect if everybody decided anew, by lot, for each activity."),
        words.t("**ca.**: an estimate, counted in the room. An estimate stays an estimate in every sum."),
        words.t("**Unknown**: nobody wrote it down. Unknown is never counted as zero."),
        words.t(
            "**Still open**: the period is not over. It is dashed or hollow and left out of comparisons."
        ),
    )


def accessibility(words: Wording) -> tuple[str, ...]:
    """What was done and tested, and what was not."""
    return (
        words.t("Kring is made to meet WCAG 2.2 level AA."),
        words.t(
            "Every chart has a description and a table with the same figures. Colour is never the only sign."
        ),
        words.t("Everything works with the keyboard. Every page is tested automatically with axe."),
        words.t("Not tested yet: use with a screen reader by people who depend on one."),
    )


def privacy(words: Wording) -> tuple[str, ...]:
    """What happens with people's data."""
    return (
        words.t("Everything Kring reads stays in its own folder on this computer."),
        words.t(
            "Kring sends nothing to anybody: no statistics about use, no outside fonts, no outside services."
        ),
        words.t("Without sign-in the pages open on this computer only."),
        words.t(
            "Nobody is recognised by name alone, and every refused row says where it stands, not who it is."
        ),
    )
