"""Public page: what everyone sees, how it would look now, and publishing in two steps."""

from __future__ import annotations

import streamlit as st

from dashboard.access import current_role
from dashboard.data import ask
from dashboard.markdown import plain
from dashboard.navigation import page as page_entry
from dashboard.page import Page, open_page, show_title
from dashboard.publishing import (
    Preview,
    correction,
    published_line,
    published_table,
    read_preview,
    run_publish,
)
from dashboard.restated import restated, restated_table
from etl.errors import ReleaseError
from etl.home import Home, find_home
from etl.public_manifest import Publication, read_publication
from etl.warehouse import PublicationReader
from queries.catalog import Role

PREVIEW, ASKED, PROBLEM, DONE = "public-preview", "public-asked", "public-problem", "public-done"
PREVIEW_HEIGHT = 720


def show_published(home: Home, publication: Publication | None, page: Page) -> None:
    """The figures that everyone sees."""
    words = page.words
    with st.container(key="fig-published"):
        st.header(words.t("What everyone sees now"), anchor=False)
        st.caption(published_line(publication, words))
        if publication is None:
            return
        reader = PublicationReader(home)
        asked = ("public_members", "public_attendance", "public_working_groups")
        members, attendance, groups = (reader.ask(name) for name in asked)
        table = published_table(members, attendance, groups, words)
        st.html(table.html(page.style.tokens))
        st.caption(
            words.t("The public page runs apart from this dashboard: {command}", command="`kring public`")
        )


def show_restated(page: Page) -> None:
    """What changed after it was published, for who may know it exactly; nothing when nothing did."""
    if current_role() < Role.COORDINATOR:
        return
    rows = restated(ask("restatements").records())
    if not rows:
        return
    words = page.words
    with st.container(key="fig-restated"):
        st.header(words.t("What changed after it was published"), anchor=False)
        st.caption(
            words.t(
                "What everyone sees stays as it was published. A correction renews a figure that moved two "
                "steps of rounding. These exact figures are for coordinators."
            )
        )
        st.html(restated_table(rows, words).html(page.style.tokens))


def make_preview(home: Home) -> None:
    """Write the page as it would be published now."""
    outcome = run_publish(home, "--preview")
    st.session_state[PROBLEM] = outcome.problem
    st.session_state[PREVIEW] = None if outcome.problem else read_preview(outcome.printed)


def publish(home: Home, note: str) -> None:
    """Publish, and say how it went."""
    outcome = run_publish(home, "--yes", *correction(note))
    st.session_state[PROBLEM] = outcome.problem
    st.session_state[DONE] = not outcome.problem
    st.session_state[ASKED] = False
    st.session_state.pop(PREVIEW, None)


def show_steps(home: Home, page: Page) -> None:
    """Step one, look; step two, publish and say so once more."""
    words = page.words
    with st.container(key="paneel-publish"):
        st.header(words.t("Publish"), anchor=False)
        st.caption(
            words.t(
                "Only quarters that are over are published. Counts under ten are hidden, others are rounded, "
                "and what is published stays as it is."
            )
        )
        shown: Preview | None = st.session_state.get(PREVIEW)
        if st.session_state.get(DONE):
            st.success(
                words.t("Published. Everyone sees these figures from now on."), icon=":material/check:"
            )
        if st.session_state.get(PROBLEM):
            st.warning(words.t("It was not published."), icon=":material/error:")
            st.text(st.session_state[PROBLEM])
        if shown is None:
            if st.button(words.t("1. Make a preview"), key="make-preview", icon=":material/visibility:"):
                st.session_state[DONE] = False
                with st.spinner(words.t("The preview is being made …")):
                    make_preview(home)
                st.rerun()
            return
        if current_role() >= Role.COORDINATOR:
            show_second_step(home, shown, page)


def show_second_step(home: Home, shown: Preview, page: Page) -> None:
    """The one button that publishes, and the question before it does."""
    words = page.words
    note = ""
    if not shown.may_be_published and shown.due_on:
        due = words.date(shown.due_on)
        st.markdown(
            words.t(
                "The next figures may be published from {due} on. A mistake may be put right at once.",
                due=due,
            )
        )
        note = st.text_input(words.t("What is put right? Everyone reads this."), key="correction-note")
    may = shown.may_be_published or bool(note.strip())
    if not st.session_state.get(ASKED):
        if st.button(
            words.t("2. Publish"), key="publish", type="primary", disabled=not may, icon=":material/public:"
        ):
            st.session_state[ASKED] = True
            st.rerun()
        return
    until = words.date(shown.period_end)
    st.markdown(
        words.t(
            "**Publish for everyone?** Figures up to and including {until} will stay as they are.",
            until=until,
        )
    )
    with st.container(horizontal=True, gap="small"):
        if st.button(words.t("Yes, publish"), key="publish-yes", type="primary", disabled=not may):
            with st.spinner(words.t("Publishing …")):
                publish(home, note)
            st.rerun()
        if st.button(words.t("Cancel"), key="publish-no"):
            st.session_state[ASKED] = False
            st.rerun()


def show_preview(page: Page) -> None:
    """The page as it would be published, in the reader's language."""
    shown: Preview | None = st.session_state.get(PREVIEW)
    words = page.words
    if shown is None or not shown.page(words.language).is_file():
        return
    with st.container(key="fig-preview"):
        st.header(words.t("Preview"), anchor=False)
        hidden = words.n("{count} count is hidden", "{count} counts are hidden", shown.hidden)
        st.caption(
            words.t("Figures up to and including {until}", until=words.date(shown.period_end))
            + f" · {plain(hidden)}"
        )
        st.iframe(shown.page(words.language), height=PREVIEW_HEIGHT, alt=words.t("Preview"))


def main() -> None:
    """The page."""
    page = open_page(Role.COMMUNICATION)
    home = find_home(None)
    show_title(page, page_entry("public").title.in_language(page.words.language))
    try:
        publication = read_publication(home)
    except ReleaseError as error:
        publication = None
        st.warning(error.line(), icon=":material/error:")
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        show_published(home, publication, page)
        show_restated(page)
    with right:
        show_steps(home, page)
    show_preview(page)


main()
