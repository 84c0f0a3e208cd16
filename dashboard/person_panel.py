"""One person beside the timeline: who it is, what was decided about them, and their rights in two steps."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard import data
from dashboard.erasing import (
    ERASURES,
    Erasure,
    Export,
    Preview,
    collect,
    preview,
    preview_lines,
    proof_lines,
    step_words,
)
from dashboard.jobs import Job
from dashboard.markdown import plain
from dashboard.navigation import PAGES
from dashboard.page import Page
from dashboard.people import (
    Decided,
    Fact,
    Hit,
    Stretch,
    decision_words,
    member_words,
    name_of,
    stretch_words,
)
from dashboard.wording import Wording
from etl.home import Home
from etl.privacy import audit

CHOSEN, EXPORT, PREVIEW, WATCHED, DONE, NOTED, TYPED, FIELD = (
    "people-chosen", "people-export", "people-preview", "people-watched", "people-done", "people-noted",
    "people-typed", "people-search-field",
)  # fmt: skip
MOST_DECISIONS = 5


@dataclass(frozen=True)
class Known:
    """Everything about one person that the panel shows."""

    hit: Hit
    facts: tuple[Fact, ...]
    stretches: tuple[Stretch, ...]
    decisions: tuple[Decided, ...]


def choose(person_id: str | None) -> None:
    """Open one person's page, or none."""
    st.session_state[CHOSEN] = person_id
    for key in (EXPORT, PREVIEW, DONE):
        st.session_state.pop(key, None)


def note_view(home: Home, person_id: str, page: Page) -> None:
    """Write in the audit log, once a visit, that this person was looked at."""
    if st.session_state.get(NOTED) == person_id:
        return
    try:
        subject = audit.pseudonym(home.privacy_key(), person_id)
        audit.record(home, audit.Action.PERSON_VIEWED, subject, release=page.release.id)
    except sqlite3.OperationalError:
        return  # a run is writing; the next click tries again
    st.session_state[NOTED] = person_id


def show_person_panel(known: Known, page: Page) -> None:
    """Who it is, on paper."""
    words, hit = page.words, known.hit
    with st.container(key="paneel", gap="small"):
        above = words.t("Person")
        st.html(f'<p class="kring-source">{escape(above)}</p>')
        st.header(plain(name_of(hit, words)), anchor=False)
        works = " · ".join(part for part in (hit.organisation, hit.unit) if part)
        st.html(_paragraph(works or words.t("Organisation unknown"), hit.email if hit.name else ""))
        figures = (
            (words.t("Member"), member_words(hit, words)),
            (words.t("Last seen"), words.dated(hit.last_seen) if hit.last_seen else words.t("unknown")),
        )
        st.html(
            '<dl class="kring-figures">'
            + "".join(
                f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in figures
            )
            + "</dl>"
        )
        show_memberships(known.stretches, page)
        show_decisions(known.decisions, words)


def show_memberships(stretches: Sequence[Stretch], page: Page) -> None:
    """Networks and working groups, what runs now first."""
    words = page.words
    st.subheader(words.t("Memberships"), anchor=False)
    if not stretches:
        st.html(_paragraph("", words.t("No membership is known.")))
    ordered = sorted(stretches, key=lambda each: not each.runs(page.as_of))
    for each in ordered:
        name = each.working_group or words.t("Network")
        said = " · ".join(part for part in (stretch_words(each, words), each.role) if part)
        st.html(_paragraph(name, said))


def show_decisions(decided: Sequence[Decided], words: Wording) -> None:
    """What people decided about who this is."""
    st.subheader(words.t("Decisions"), anchor=False)
    if not decided:
        st.html(_paragraph("", words.t("Nobody decided anything about this person.")))
    for each in decided[:MOST_DECISIONS]:
        told = words.t("{day}, by {who}", day=words.dated(each.on), who=each.by or words.t("unknown"))
        st.html(_paragraph(decision_words(each, words), f"{told}. {each.reason}" if each.reason else told))
    review = next((entry for entry in PAGES if entry.key == "review"), None)
    if review is not None:
        st.page_link(review.script, label=f"{review.title.in_language(words.language)} →")


def show_rights(hit: Hit, home: Home, page: Page) -> None:
    """Access and erasure."""
    words = page.words
    with st.container(key="paneel-rights", gap="small"):
        st.header(words.t("Rights of this person"), anchor=False)
        show_access(hit, home, words)
        job = ERASURES.running(home)
        if job is not None:
            st.subheader(words.t("Erasure"), anchor=False)
            if ERASURES.is_of(home, hit.person_id):
                said = words.t("This person is being erased")
            else:
                said = words.t("Somebody else is being erased; after that it can be done here.")
            watch(job, said, words)
            return
        show_erasing(hit, home, words)


def show_access(hit: Hit, home: Home, words: Wording) -> None:
    """Everything about the person as one archive: first gathered, then saved."""
    st.subheader(words.t("Access"), anchor=False)
    st.html(
        _paragraph(
            "",
            words.t(
                "Everything that every store holds about this person, in one archive: JSON, tables and a "
                "document to read. It holds nobody else's data."
            ),
        )
    )
    gathered: Export | None = st.session_state.get(EXPORT)
    if gathered is not None and gathered.archive:
        st.html(
            _paragraph(
                "", words.n("{count} record was found.", "{count} records were found.", gathered.records)
            )
        )
        st.download_button(
            words.t("Save the archive (ZIP)"),
            gathered.archive,
            file_name=f"kring-{hit.person_id}.zip",
            mime="application/zip",
            on_click="ignore",
            icon=":material/download:",
            key="person-archive",
        )
        return
    if gathered is not None:
        _show_problem(words.t("It could not be gathered."), gathered.problem)
    if st.button(words.t("Gather everything"), key="person-export", icon=":material/folder_zip:"):
        with st.spinner(words.t("Every store is searched …")):
            st.session_state[EXPORT] = collect(home, hit.person_id)
        st.rerun()


def show_erasing(hit: Hit, home: Home, words: Wording) -> None:
    """Step one counts what would go; step two erases, once the word is typed."""
    st.subheader(words.t("Erasure"), anchor=False)
    asked: Preview | None = st.session_state.get(PREVIEW)
    if asked is None or asked.problem:
        st.html(
            _paragraph(
                "", words.t("Takes this person out of every file, figure and backup, and keeps them out.")
            )
        )
        if asked is not None:
            _show_problem(words.t("It could not be counted."), asked.problem)
        if st.button(words.t("1. Show what would go"), key="person-preview", icon=":material/person_remove:"):
            with st.spinner(words.t("What would go is being counted …")):
                st.session_state[PREVIEW] = preview(home, hit.person_id)
            st.rerun()
        return
    st.html(_paragraph(words.t("This goes, for good:"), ""))
    st.html(_list(preview_lines(asked, words)))
    if not asked.is_name_unique:
        st.html(
            _paragraph(
                "",
                words.t("Somebody else has this name too: where nothing but the name stands, it stays."),
            )
        )
    if asked.near:
        st.html(
            _paragraph(
                "",
                words.n(
                    "{count} entry without an address has this name with more around it, such as an "
                    "organisation, and stays. Search for the name, and erase it too if it is the same "
                    "person.",
                    "{count} entries without an address have this name with more around it, such as an "
                    "organisation, and stay. Search for the name, and erase who is the same person too.",
                    asked.near,
                ),
            )
        )
    confirm(hit, home, words)


def confirm(hit: Hit, home: Home, words: Wording) -> None:
    """The word that must be typed, and the one button that erases."""
    wanted = words.t("ERASE")
    with st.form("person-erase", border=False):
        typed = st.text_input(
            words.t("2. Type {word} to erase this person", word=wanted), key="person-erase-word"
        )
        is_sent = st.form_submit_button(
            words.t("Erase for good"),
            type="primary",
            icon=":material/delete_forever:",
            key="person-erase-go",
        )
    if st.button(words.t("Cancel"), key="person-erase-no", type="tertiary"):
        st.session_state.pop(PREVIEW, None)
        st.rerun()
    if not is_sent:
        return
    if typed.strip().casefold() != wanted.casefold():
        st.warning(words.t("Nothing was erased: {word} was not typed.", word=wanted), icon=":material/error:")
        return
    job = ERASURES.start(home, hit.person_id)
    if job is not None:
        st.session_state[WATCHED] = job
        st.session_state.pop(PREVIEW, None)
    st.rerun()


@st.fragment(run_every=1.0)
def watch(job: Job[Erasure], said: str, words: Wording) -> None:
    """An erasure as it goes; the whole page follows when it is done."""
    if job.result is not None:
        st.rerun()
    st.html(_paragraph(said, ""))
    st.progress(job.step.share if job.step else 0.0, text=step_words(job.step, words))


def watched() -> Job[Erasure] | None:
    """The erasure that this visit started and that is not done.

    While it runs nothing of the person is shown: new figures may come in the middle of it, without them.
    """
    take_result()
    job: Job[Erasure] | None = st.session_state.get(WATCHED)
    return job


def show_watched(job: Job[Erasure], words: Wording) -> None:
    """The erasure of this visit, instead of the person."""
    with st.container(key="paneel-erasing", gap="small"):
        watch(job, words.t("This person is being erased"), words)


def take_result() -> None:
    """When the erasure that this visit watched has ended: keep its proof, and let go of the person."""
    job: Job[Erasure] | None = st.session_state.get(WATCHED)
    if job is None or job.result is None:
        return
    del st.session_state[WATCHED]
    data.forget_answers()
    if job.result.is_done:
        choose(None)
        for key in (TYPED, FIELD):  # nobody is left to find with it
            st.session_state.pop(key, None)
    st.session_state[DONE] = job.result


def show_result(words: Wording) -> None:
    """How the erasure of this visit ended, and its proof."""
    done: Erasure | None = st.session_state.get(DONE)
    if done is None:
        return
    with st.container(key="paneel-erased", gap="small"):
        if not done.is_done:
            _show_problem(words.t("The erasure was not finished. The next run finishes it."), done.problem)
            return
        if done.left:
            st.warning(words.t("This person was erased, but something is left."), icon=":material/error:")
        else:
            st.success(words.t("This person was erased everywhere."), icon=":material/check:")
        st.html(_list((*proof_lines(done, words), *done.left)))


def _show_problem(said: str, problem: str) -> None:
    st.warning(said, icon=":material/error:")
    if problem:
        st.text(problem)


def _paragraph(strong: str, text: str) -> str:
    bold = f"<strong>{escape(strong)}</strong>" if strong else ""
    between = "<br>" if strong and text else ""
    shown = escape(text).replace("@", "@<wbr>")  # a long address is broken there first
    return f'<p class="kring-paragraph">{bold}{between}{shown}</p>'


def _list(lines: Sequence[str]) -> str:
    return '<ul class="kring-list">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
