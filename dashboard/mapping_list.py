"""The part of the page Data that lists the mappings of kring.toml: look, change, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard import data
from dashboard.deliveries import Unmapped
from dashboard.field_words import feed_word, field_word
from dashboard.jobs import JOBS
from dashboard.mapping import Proposal, base_name, faults
from dashboard.mapping_form import form, look, show_rows
from dashboard.markdown import plain
from dashboard.wording import Wording
from etl.errors import KringError
from etl.home import Home
from etl.ledger import Ledger
from etl.settings import Settings, TableMapping
from etl.settings_file import remove_table, replace_table

CHANGED = "mapping-changed"
REMOVING = "mapping-removing"
CHOSEN = "mapping-chosen"
READ = ("accepted", "partial", "needs_mapping", "held")


def show_mappings(home: Home, words: Wording) -> None:
    """Every mapping with its pattern, its feed and its columns."""
    settings = data.settings()
    changed = st.session_state.get(CHANGED)
    if not settings.tables and not changed:
        return
    with st.container(key="fig-mappings"):
        count = len(settings.tables)
        st.header(
            words.n(
                "{count} mapping says what columns mean", "{count} mappings say what columns mean", count
            ),
            anchor=False,
        )
        st.caption(words.t("They stand in kring.toml; what else stands there stays as it is."))
        if changed:
            offer_refresh(home, words)
        chosen = choose_mapping(settings, words)
        if chosen is not None:
            one_mapping(home, settings.tables[chosen], chosen, settings, words)


def choose_mapping(settings: Settings, words: Wording) -> int | None:
    """One mapping is looked at at a time, by name: a list of them all is as long as the rest of the page."""
    places = {mapping.name: number for number, mapping in enumerate(settings.tables)}

    def label(name: str) -> str:
        match = settings.tables[places[name]].match
        return words.t("{name} · files called {match}", name=name, match=match)

    chosen = st.selectbox(
        words.t("Look at a mapping"), places, index=None, format_func=label, key=CHOSEN,
        placeholder=words.t("Choose a mapping"),
    )  # fmt: skip
    return places.get(chosen) if chosen else None


def offer_refresh(home: Home, words: Wording) -> None:
    """A changed mapping has its files read again."""
    st.success(words.t("Kept in kring.toml. The files are read again at the next processing."),
               icon=":material/check:")  # fmt: skip
    if JOBS.running(home) is None and st.button(
        words.t("Process now"), key="mappings-refresh", icon=":material/play_arrow:"
    ):
        st.session_state.pop(CHANGED, None)
        JOBS.refresh(home)
        st.rerun()


def one_mapping(home: Home, mapping: TableMapping, number: int, settings: Settings, words: Wording) -> None:
    """What a mapping says, and the buttons to change or remove it."""
    said = [words.t("What is in the files: {feed}", feed=feed_word(mapping.feed.name, words))]
    said += [f"{heading} → {field_word(field, words)}" for heading, field in mapping.columns]
    said += [
        words.t("{field} is always {value}", field=field_word(field, words), value=value)
        for field, value in mapping.constants
    ]
    st.markdown("  \n".join(plain(line) for line in said))
    place = f"edit-{number}"
    if st.session_state.get(REMOVING) == mapping.name:
        confirm_removal(home, mapping, number, words)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        is_edited = st.toggle(words.t("Edit"), key=f"{place}-open")
        if st.button(words.t("Remove"), key=f"{place}-remove", icon=":material/delete:", type="tertiary"):
            st.session_state[REMOVING] = mapping.name
            st.rerun()
    if is_edited:
        edit(home, mapping, place, settings, words)


def confirm_removal(home: Home, mapping: TableMapping, number: int, words: Wording) -> None:
    """Files that only this mapping could read wait again, once it is gone."""
    st.warning(
        words.t("Files that are read through this mapping no longer count after the next processing."),
        icon=":material/error:",
    )
    with st.container(horizontal=True):
        if st.button(words.t("Remove the mapping"), key=f"edit-{number}-sure", icon=":material/delete:"):
            written(lambda: remove_table(home, mapping.name))
        if st.button(words.t("Keep it"), key=f"edit-{number}-keep"):
            st.session_state.pop(REMOVING, None)
            st.rerun()


def edit(home: Home, mapping: TableMapping, place: str, settings: Settings, words: Wording) -> None:
    """The same form as for a new table, filled in; with a file of before, the first rows are shown."""
    proposal = Proposal(mapping.name, mapping.match, mapping.feed, mapping.columns, mapping.kinds)
    others = replace(settings, tables=tuple(each for each in settings.tables if each != mapping))
    file = latest_file(home, mapping)
    filled = form(proposal, mapping.feed.name, place, words, next(iter(mapping.constants), ("", "")))
    if filled is not None:
        whole = with_the_rest(filled, mapping)
        st.session_state.pop(place, None)
        if file is not None:
            look(home, file, whole, others, place, words)
        else:
            wrong = faults(whole, whole.match.replace("*", "x"), others, words)
            if wrong:
                st.warning("  \n".join(plain(line) for line in wrong), icon=":material/error:")
            else:
                written(lambda: replace_table(home, mapping.name, whole))
    seen = st.session_state.get(place)
    if seen is not None:
        show_rows(seen[0], seen[1], settings, place, words)
        if st.button(words.t("Keep the change"), key=f"{place}-save", icon=":material/check:"):
            st.session_state.pop(place, None)
            written(lambda: replace_table(home, mapping.name, seen[0]))


def written(change: Callable[[], None]) -> None:
    """Make a change to kring.toml and say so on the next run of the page; or say why not."""
    try:
        change()
    except KringError as error:
        st.error(error.line())
        return
    st.session_state.pop(REMOVING, None)
    st.session_state[CHANGED] = True
    st.rerun()


def with_the_rest(filled: TableMapping, mapping: TableMapping) -> TableMapping:
    """What the form does not ask stays as it was."""
    told = {field for field, _ in filled.constants} | {field for _, field in filled.columns}
    kept = tuple(pair for pair in mapping.constants[1:] if pair[0] not in told)
    return replace(
        filled, constants=(*filled.constants, *kept), dates=mapping.dates, max_rows=mapping.max_rows,
        is_partial=mapping.is_partial,
    )  # fmt: skip


def latest_file(home: Home, mapping: TableMapping) -> Unmapped | None:
    """The newest file that this mapping is for, whose bytes are there."""
    if not home.ledger_file.exists():
        return None
    with Ledger(home) as ledger:
        readings = [each for each in ledger.readings() if each.status in READ]
    return next(
        (
            Unmapped(each.file, each.sha256, each.received_at, "")
            for each in reversed(readings)
            if mapping.fits(base_name(each.file)) and home.landed_file(each.sha256).exists()
        ),
        None,
    )
