"""The part of the page Data where somebody says what the columns of an unknown table mean.

Nothing is written before it is confirmed. What is confirmed stands at the end of kring.toml, where it can be
read and changed, and the next file of that name is read the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, deliveries
from dashboard.deliveries import Unmapped
from dashboard.field_words import feed_word, field_word
from dashboard.jobs import JOBS
from dashboard.leave_out import offer_to_leave_out
from dashboard.mapping import (
    Proposal,
    base_name,
    faults,
    feed_names,
    fields_for,
    make_preview,
    mapping_of,
    outcome,
    preview_table,
    read_proposal,
    reject_lines,
    with_its_parts,
)
from dashboard.markdown import plain
from dashboard.tokens import tokens_for
from dashboard.wording import Wording
from etl.errors import KringError, shown
from etl.home import Home
from etl.schema.feeds import feed_named
from etl.settings import Settings, TableMapping
from etl.settings_file import add_table, answer_dates, answer_dates_of_table
from etl.sources.preview import Preview

KEPT = "mapping-kept"
SHORT = 12


def show_unmapped(home: Home, words: Wording) -> None:
    """Files that wait for a mapping, each with a form that makes one; and what was confirmed just now."""
    waiting = deliveries.unmapped_files(home)
    kept = st.session_state.get(KEPT)
    if not waiting:
        st.session_state.pop(KEPT, None)
        return
    settings = data.settings()
    with st.container(key="fig-unmapped"):
        headline, how = what_waits(waiting, words)
        st.header(headline, anchor=False)
        st.caption(how)
        if kept:
            offer_refresh(home, str(kept), words)
        for each in waiting:
            with st.expander(plain(shown(base_name(each.file)))):
                one_file(home, each, settings, words)
                offer_to_leave_out(home, each.sha256, words)


def what_waits(waiting: Sequence[Unmapped], words: Wording) -> tuple[str, str]:
    """The headline and what to do. Of a file that asks about its dates the columns are known."""
    if any(each.date_answer for each in waiting):
        return (
            words.n("{count} file waits for your answer", "{count} files wait for your answer", len(waiting)),
            words.t("Answer once; the next file of that kind is read the same way."),
        )
    return (
        words.n(
            "Kring does not know the columns of {count} file",
            "Kring does not know the columns of {count} files",
            len(waiting),
        ),
        words.t(
            "Say once what the columns mean. Look at the first rows, then confirm; "
            "the next file of that name is read the same way."
        ),
    )


def offer_refresh(home: Home, name: str, words: Wording) -> None:
    """After confirming: the mapping is kept, and the file can be read now."""
    st.success(
        words.t("The mapping “{name}” is kept, at the end of kring.toml.", name=plain(name)),
        icon=":material/check:",
    )
    label = words.t("Process this file now")
    if JOBS.running(home) is None and st.button(label, key="mapping-refresh", icon=":material/play_arrow:"):
        st.session_state.pop(KEPT, None)
        JOBS.refresh(home)
        st.rerun()


def one_file(home: Home, waiting: Unmapped, settings: Settings, words: Wording) -> None:
    """The form of one file; or why there is none."""
    if waiting.date_answer:
        ask_dates(home, waiting, words)
        return
    if any(mapping.fits(base_name(waiting.file)) for mapping in settings.tables):
        st.markdown(words.t("There is a mapping for this file now. It is used at the next processing."))
        return
    proposal = read_proposal(waiting, settings)
    if proposal is None:
        st.markdown(words.t("There is no proposal: the file has no row of headings."))
        return
    key = waiting.sha256[:SHORT]
    names = feed_names()
    feed = st.selectbox(
        words.t("What is in this file"),
        names,
        index=names.index(proposal.feed.name),
        format_func=lambda name: feed_word(name, words),
        key=f"mapping-feed-{key}",
    )
    place = f"mapping-{key}-{feed}"
    filled = form(proposal, feed, place, words)
    if filled is not None:
        st.session_state.pop(place, None)
        look(home, waiting, filled, settings, place, words)
    seen: tuple[TableMapping, Preview] | None = st.session_state.get(place)
    if seen is not None:
        show_preview(home, seen[0], seen[1], settings, place, words)


def ask_dates(home: Home, waiting: Unmapped, words: Wording) -> None:
    """Which comes first, the day or the month: two buttons; the answer is kept for the next file too."""
    st.markdown(
        words.t("Nothing in this file shows whether the day or the month comes first. What is 3/4/2026?")
    )
    key, running = waiting.sha256[:SHORT], JOBS.running(home) is not None
    with st.container(horizontal=True):
        for order, label in (
            ("day-first", words.t("3 April 2026")),
            ("month-first", words.t("4 March 2026")),
        ):
            if st.button(label, key=f"dates-{order}-{key}", disabled=running):
                answer(home, waiting, order)
    st.caption(words.t("The answer is kept in kring.toml, for this kind of file, and the file is processed."))


def answer(home: Home, waiting: Unmapped, order: str) -> None:
    """Write the answer where the question says that it belongs, and process the file."""
    table = next((each.name for each in data.settings().tables if each.fits(base_name(waiting.file))), None)
    try:
        if table is not None:
            answer_dates_of_table(home, table, order)
        else:
            answer_dates(home, waiting.date_answer.split("\n")[-1].split(" = ")[0].strip(), order)
    except KringError as error:
        st.error(error.line())
        return
    JOBS.refresh(home)
    st.rerun()


def form(
    proposal: Proposal, feed_name: str, place: str, words: Wording, always: tuple[str, str] = ("", "")
) -> TableMapping | None:
    """Each column with its field; the mapping once the button is pressed. `always`: what is fixed."""
    feed = feed_named(feed_name)
    fields = ["", *(column.name for column in feed.columns)]
    with_parts = ["", *(part for column in feed.columns for part in with_its_parts(feed, column.name))]
    with st.form(key=f"form-{place}", border=False):
        chosen: dict[str, str] = {}
        grid = st.grid("auto", min_column_width=220)
        for number, (heading, field) in enumerate(fields_for(proposal, feed).items()):
            with grid:
                chosen[heading] = st.selectbox(
                    plain(heading),
                    with_parts,
                    index=with_parts.index(field),
                    format_func=lambda name: field_word(name, words) if name else words.t("not used"),
                    key=f"column-{place}-{number}",
                )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            fixed = st.selectbox(
                words.t("The same for every row"),
                fields,
                index=fields.index(always[0]),
                format_func=lambda name: field_word(name, words) if name else words.t("nothing"),
                key=f"fixed-{place}",
            )
            value = st.text_input(words.t("With this value"), always[1], key=f"value-{place}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(words.t("Name of the mapping"), proposal.name, key=f"name-{place}")
            match = st.text_input(
                words.t("For files called (* stands for anything)"), proposal.match, key=f"match-{place}"
            )
        pressed = st.form_submit_button(
            words.t("Look at the first rows"), key=f"look-{place}", icon=":material/visibility:"
        )
    return mapping_of(feed, name, match, chosen, {fixed: value}, proposal.kinds) if pressed else None


def look(
    home: Home, waiting: Unmapped, mapping: TableMapping, settings: Settings, place: str, words: Wording
) -> None:
    """Read the file this way, unless something has to be put right first."""
    wrong = faults(mapping, waiting.file, settings, words)
    if wrong:
        st.warning("  \n".join(plain(line) for line in wrong), icon=":material/error:")
        return
    try:
        with st.spinner(words.t("Reading the file")):
            st.session_state[place] = (mapping, make_preview(home, waiting, mapping))
    except KringError:
        st.warning(words.t("The file could not be read this way."), icon=":material/error:")


def show_preview(
    home: Home, mapping: TableMapping, shown: Preview, settings: Settings, place: str, words: Wording
) -> None:
    """The rows as they would be read, and the decision."""
    show_rows(mapping, shown, settings, place, words)
    if shown.used and st.button(words.t("Confirm and keep"), key=f"confirm-{place}", icon=":material/check:"):
        keep(home, mapping, place, words)


def show_rows(mapping: TableMapping, shown: Preview, settings: Settings, place: str, words: Wording) -> None:
    """The first rows as they would be read."""
    st.markdown(f"**{outcome(shown, words)}**")
    if shown.rows:
        zone = ZoneInfo(settings.network.time_zone)
        table = preview_table(shown, mapping.feed, zone, words)
        with st.container(key=f"rows-{place}"):
            st.html(table.scrolled(tokens_for(st.context.theme.type)))
    st.caption("  \n".join(plain(line) for line in reject_lines(shown, words)))
    if not shown.used:
        st.markdown(words.t("No row would count. Choose other fields, or say that something else is in it."))


def keep(home: Home, mapping: TableMapping, place: str, words: Wording) -> None:
    """Write the mapping, and say so on the next run of the page."""
    try:
        add_table(home, mapping, f"Confirmed on the page Data on {date.today().isoformat()}.")
    except KringError as error:
        st.error(error.line())
        return
    st.session_state.pop(place, None)
    st.session_state[KEPT] = mapping.name
    st.rerun()
