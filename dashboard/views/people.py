"""People: find somebody, see what happened with them and who says so, and do what they have a right to."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import streamlit as st

from dashboard import person_panel
from dashboard.data import ask_about_people
from dashboard.figure import Figure, show
from dashboard.markdown import plain
from dashboard.navigation import page as page_entry
from dashboard.page import Page, open_page, show_title, source_of, story
from dashboard.people import (
    SHOWN,
    Hit,
    decisions,
    facts,
    found_sentence,
    hits,
    member_words,
    name_of,
    search_words,
    sightings,
    sightings_headline,
    sightings_lead,
    sightings_table,
    stretches,
    timeline_headline,
    timeline_lead,
    timeline_table,
)
from dashboard.person_panel import (
    CHOSEN,
    FIELD,
    TYPED,
    Known,
    choose,
    note_view,
    show_person_panel,
    show_rights,
)
from dashboard.provenance import Provenance
from etl.home import Home, find_home
from etl.warehouse import Answer


def search(page: Page) -> str:
    """The search field. What is typed stays in this visit: in no address, no answer kept, no log."""
    words = page.words
    with st.form("people-search", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            words.t("Name, address or organisation"),
            value=st.session_state.get(TYPED, ""),
            autocomplete="off",
            key=FIELD,
        )
        is_sent = st.form_submit_button(words.t("Search"), icon=":material/search:", key="people-search-go")
    if is_sent:
        st.session_state[TYPED] = search_words(typed)
        choose(None)
    return str(st.session_state.get(TYPED, ""))


def show_hits(typed: str, page: Page) -> None:
    """Who was found, each with a button that opens the page."""
    words = page.words
    if not typed:
        st.caption(words.t("Nothing is listed before you search. A part of a name is enough."))
        return
    shown = hits(ask_about_people("people", {"search": typed}).records())
    with st.container(key="fig-people"):
        st.header(found_sentence(shown, words), anchor=False)
        if not shown:
            st.caption(words.t("Try a part of the name, another spelling, or the address."))
            return
        if shown[0].found > len(shown):
            st.caption(words.t("Type more of the name to see fewer."))
        show_heads(page)
        for index, hit in enumerate(shown):
            show_hit(index, hit, page)


def show_heads(page: Page) -> None:
    """What the columns are, for who sees them together: each row says it too."""
    words = page.words
    heads = (words.t("Organisation"), words.t("Member"), words.t("Last seen"))
    with st.container(key="treffer-head"):
        name, told = st.columns([1, 2.2], vertical_alignment="center", gap="small")
        with name:
            called = words.t("Name")
            st.html(f'<p class="kring-heads" aria-hidden="true">{escape(called)}</p>')
        with told:
            spans = "".join(f"<span>{escape(head)}</span>" for head in heads)
            st.html(f'<p class="kring-hit kring-heads" aria-hidden="true">{spans}</p>')


def show_hit(index: int, hit: Hit, page: Page) -> None:
    """One row."""
    words = page.words
    works = " · ".join(part for part in (hit.organisation, hit.unit) if part)
    works = works or words.t("Organisation unknown")
    member, last = words.t("Member"), words.t("Last seen")
    seen = words.dated(hit.last_seen) if hit.last_seen else words.t("unknown")
    with st.container(key=f"treffer-{index}"):
        name, told = st.columns([1, 2.2], vertical_alignment="center", gap="small")
        with name:
            st.button(
                plain(name_of(hit, words)),
                key=f"open-{hit.person_id}",
                type="tertiary",
                on_click=choose,
                args=(hit.person_id,),
            )
        with told:
            st.html(
                '<p class="kring-hit">'
                f"<span>{escape(works)}</span>"
                f"<span><i>{escape(member)}</i> {escape(member_words(hit, words))}</span>"
                f"<span><i>{escape(last)}</i> {escape(seen)}</span></p>"
            )


def show_person(person_id: str, home: Home, page: Page) -> None:
    """One person: timeline and ways of writing on the left, who it is and their rights on the right."""
    words, style = page.words, page.style
    st.button(
        words.t("Back to the search"),
        key="people-back",
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=choose,
        args=(None,),
    )
    found = hits(ask_about_people("people", {"person": person_id}).records())
    if not found:
        st.markdown(words.t("This person is not in the figures any more."))
        return
    hit = found[0]
    note_view(home, person_id, page)
    given = {"person": hit.person_id}
    told = ask_about_people("person_timeline", given)
    written = ask_about_people("person_sightings", given)
    happened, seen = facts(told.records()), sightings(written.records())
    known = Known(
        hit,
        happened,
        stretches(ask_about_people("person_memberships", given).records()),
        decisions(ask_about_people("person_decisions").records(), hit.person_id),
    )
    lead, side = st.columns([1.8, 1], gap="large")
    with lead:
        origin = story_of(told, {fact.origin.sha256 for fact in happened})
        show(
            Figure(
                key="timeline",
                headline=timeline_headline(name_of(hit, words), happened, words),
                subtitle=words.t("What the files tell of this person, the newest first"),
                drawings=(),
                lead=timeline_lead(happened, words),
                table=timeline_table(happened, words),
                provenance=origin,
                source=source_of(page, origin),
                note=_beyond(len(happened), page),
            ),
            style,
        )
        origin = story_of(written, {each.origin.sha256 for each in seen})
        show(
            Figure(
                key="sightings",
                headline=sightings_headline(seen, words),
                subtitle=words.t("Names and addresses exactly as they stand in the files"),
                drawings=(),
                lead=sightings_lead(seen, words),
                table=sightings_table(seen, words),
                provenance=origin,
                source=source_of(page, origin),
                note=_beyond(len(seen), page),
            ),
            style,
        )
    with side:
        show_person_panel(known, page)
        show_rights(hit, home, page)


def story_of(answer: Answer, files: Collection[str]) -> Provenance:
    """Where a figure about one person comes from: only the files that tell of them."""
    whole = story(answer)
    return Provenance(whole.origins, tuple(file for file in whole.files if file.sha256 in files))


def _beyond(count: int, page: Page) -> str:
    if count <= SHOWN:
        return ""
    return page.words.t(
        "These are the newest {shown} of {count}; the table has them all.",
        shown=page.words.number(SHOWN),
        count=page.words.number(count),
    )


def main() -> None:
    """The page."""
    page = open_page()
    home = find_home(None)
    erasing = person_panel.watched()
    show_title(page, page_entry("people").title.in_language(page.words.language))
    if erasing is not None:
        person_panel.show_watched(erasing, page.words)
        return
    typed = search(page)
    chosen: str | None = st.session_state.get(CHOSEN)
    person_panel.show_result(page.words)
    if chosen:
        show_person(chosen, home, page)
    else:
        show_hits(typed, page)


main()
