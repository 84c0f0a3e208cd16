"""Build an update: choose a period, check the text, take it along. Aggregates only."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data
from dashboard.charts import draw_members
from dashboard.controls import one_item
from dashboard.controls import presets as choose
from dashboard.facts import complete, periods
from dashboard.figure import Figure, draw_on_sheet, show
from dashboard.markdown import plain
from dashboard.navigation import Language
from dashboard.navigation import page as page_entry
from dashboard.page import Page, open_page, source_of, story
from dashboard.provenance import provenance
from dashboard.update.draft import (
    Draft,
    Reader,
    Section,
    Sentence,
    cautions_of,
    section_of,
    short_period,
    write,
)
from dashboard.update.export import Origin, file_name, frozen_line, markdown, provisional, sources_table
from dashboard.update.facts import Facts, Preset, Window, presets, take, window_of
from dashboard.update.paper import Progress, Step, paragraph, sheet_text, steps
from dashboard.wording import Wording
from etl.warehouse import Answer
from queries.catalog import Role

LEFT_OUT, ACCEPTED, TAKING = "update-left-out", "update-accepted", "update-taking"
SHEET_MONTHS = 25


def ask(question: str, parameters: Mapping[str, str]) -> Answer:
    """Asked as the communication group, whoever looks: this page never holds more than aggregates."""
    return data.ask(question, parameters, Role.COMMUNICATION)


def choices(page: Page) -> tuple[Window, Reader, Wording]:
    """Step 1: the period, who will read it, and in which language."""
    words = page.words
    named = {
        Preset.TWO_MONTHS: words.t("2 months"),
        Preset.ONE_MONTH: words.t("1 month"),
        Preset.THREE_MONTHS: words.t("3 months"),
        Preset.YEAR: words.t("12 months"),
        Preset.THIS_MONTH: words.t("This month so far"),
    }
    readers = {Reader.EVERYONE.value: words.t("Everyone"), Reader.INTERNAL.value: words.t("Own group")}
    first = words.language
    offered = (first, *(language for language in Language if language is not first))
    codes = {
        preset.value: f"{named[preset]} · {short_period(window_of(preset, page.as_of), words)}"
        for preset in presets(page.as_of)
    }
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = one_item("period", words.t("Period"), tuple(codes), codes.__getitem__, page.release.id)
        reader = choose("reader", words.t("Reader"), tuple(readers), readers.__getitem__)
        language = choose(
            "text",
            words.t("Language of the text"),
            tuple(each.value for each in offered),
            lambda code: Language(code).own_name,
        )
    return window_of(Preset(period), page.as_of), Reader(reader), Wording(Language(language))


def remembered(name: str, window: Window) -> frozenset[str]:
    """The sentences of this window that somebody left out, or said are fine."""
    kept: frozenset[str] = st.session_state.get(f"{name}-{window.first}-{window.last}", frozenset())
    return kept


def remember(name: str, window: Window, key: str, wanted: bool) -> None:
    """Put a sentence among those, or take it away."""
    kept = remembered(name, window)
    changed = kept | {key} if wanted else kept - {key}
    st.session_state[f"{name}-{window.first}-{window.last}"] = changed
    st.session_state[TAKING] = False


def doubts(draft: Draft, reader: Reader, window: Window, words: Wording) -> dict[str, list[tuple[str, str]]]:
    """Sentence -> its warnings, as long as nobody has decided."""
    accepted = remembered(ACCEPTED, window)
    found = {each.key: list(cautions_of(each, reader, words)) for each in draft.sentences}
    return {key: said for key, said in found.items() if said and key not in accepted}


def show_text(
    draft: Draft, open_doubts: dict[str, list[tuple[str, str]]], window: Window, words: Wording
) -> None:
    """Step 2, left: each section with its figures as chips, and what needs a decision."""
    st.space(8)  # so that it begins where the sheet beside it does
    with st.container(gap="xsmall"):
        st.header(words.t("Text"), anchor=False)
        st.caption(words.t("A marked figure comes from the data. The number refers to its source."))
    note = provisional(window, words)
    if note:
        st.warning(note, icon=":material/schedule:")
    for section in draft.sections:
        show_section(section, open_doubts, window, words)
        for each in draft.left_out:
            if section_of(each.key) == section.key:
                show_left_out(each, window, words)


def show_section(
    section: Section, open_doubts: dict[str, list[tuple[str, str]]], window: Window, words: Wording
) -> None:
    """One section."""
    doubted = frozenset(each.key for each in section.sentences if each.key in open_doubts)
    with st.container(key=f"alinea-{'doubt-' if doubted else ''}{section.key}", gap="xsmall"):
        st.subheader(plain(section.heading), anchor=False)
        if section.sentences:
            st.html(paragraph(section, doubted))
        for each in section.sentences:
            if each.key in doubted:
                show_doubt(each, open_doubts[each.key], window, words)


def show_doubt(each: Sentence, said: list[tuple[str, str]], window: Window, words: Wording) -> None:
    """The warnings of a sentence and the two decisions."""
    lines = [f":orange[:material/warning:] **{plain(what)}**: {plain(why)}" for what, why in said]
    st.markdown("  \n".join(lines))
    with st.container(horizontal=True, gap="medium", key=f"decide-{each.key}"):
        for name, label, icon in (
            (LEFT_OUT, words.t("Leave the sentence out"), ":material/close:"),
            (ACCEPTED, words.t("Let it stand"), ":material/check:"),
        ):
            st.button(
                label,
                key=f"{name}-{each.key}",
                type="tertiary",
                icon=icon,
                on_click=remember,
                args=(name, window, each.key, True),
            )


def show_left_out(each: Sentence, window: Window, words: Wording) -> None:
    """A sentence that was left out, and the way back."""
    with st.container(key=f"punt-out-{each.key}", gap="xsmall"):
        st.caption(words.t("Left out: {sentence}", sentence=plain(each.text)))
        st.button(
            words.t("Put it back"),
            key=f"update-back-{each.key}",
            type="tertiary",
            icon=":material/undo:",
            on_click=remember,
            args=(LEFT_OUT, window, each.key, False),
        )


def sources_figure(page: Page, facts: Facts, draft: Draft) -> Figure:
    """Where every figure of the text comes from."""
    words = page.words
    used = {line.fact.question for line in draft.sources}
    answers = [answer for answer in facts.answers if answer.question in used]
    origin = provenance(answers, [file for answer in answers for file in data.files_behind(answer)])
    return Figure(
        key="update-sources",
        headline=words.t("Sources"),
        subtitle="",
        drawings=(),
        table=sources_table(draft, words),
        provenance=origin,
        source=source_of(page, origin),
        lead=sources_table(draft, words, brief=True),
    )


def show_sheet(page: Page, draft: Draft, window: Window, origin: Origin, text_words: Wording) -> None:
    """Step 2, right: the update as its readers will see it, with the members over time."""
    with st.container(key="brief"):
        st.caption(frozen_line(origin, page.words))
        with st.container(key="vel", border=True, gap="small"):
            above = f"{origin.network} · {draft.period}"
            st.html(f'<p class="kring-source">{escape(above)}</p>')
            st.header(plain(draft.title), anchor=False)
            note = provisional(window, text_words)
            st.html(f'<div class="kring-sheet">{sheet_text(draft, ("growth",))}</div>')
            show_members(page, window, text_words)
            rest = sheet_text(draft, ("sessions", "themes"))
            if rest or note:
                note_line = f'<p class="kring-source">{escape(note)}</p>' if note else ""
                st.html(f'<div class="kring-sheet">{rest}{note_line}</div>')


def show_members(page: Page, window: Window, text_words: Wording) -> None:
    """The members at the end of each month, up to the end of the period."""
    answer = ask("growth", {"to_on": window.last.isoformat()})
    rows = complete(periods(answer.records()))[-SHEET_MONTHS:]
    if len(rows) < 3:
        return
    style = type(page.style)(page.style.tokens, text_words)
    draw_on_sheet(draw_members(rows, (), rows[-1].end, style), "update-members")
    source = source_of(Page(style, page.release, page.zone), story(answer))
    caption = text_words.t("Members at the end of each month")
    st.html(f'<p class="kring-source">{escape(caption)}. {escape(source)}</p>')


def take_along(text: str, name: str, open_doubts: int, words: Wording) -> None:
    """Step 3: copy the text or keep it as a file."""
    with st.container(key="fig-update-take"):
        st.header(words.t("Take it along"), anchor=False)
        if open_doubts:
            st.caption(
                words.n(
                    "{count} warning still waits for your decision.",
                    "{count} warnings still wait for your decision.",
                    open_doubts,
                )
            )
        st.caption(words.t("Copy the text with the button at its top right, or keep it as a file."))
        st.code(text, language=None, wrap_lines=True)
        st.download_button(
            words.t("Download as Markdown"),
            text.encode(),
            file_name=name,
            mime="text/markdown",
            on_click="ignore",
            icon=":material/download:",
            key="update-download",
            type="primary",
        )


def steps_at(
    draft: Draft, choice: str, waiting: int, is_taking: bool, words: Wording
) -> tuple[Step, Step, Step]:
    """The three steps as they stand."""
    figures = words.n("{count} figure", "{count} figures", len(draft.sources))
    doubts_said = words.n("{count} warning", "{count} warnings", waiting)
    now, later = Progress.NOW, Progress.TO_COME
    return (
        Step(words.t("Period and reader"), choice, Progress.DONE),
        Step(words.t("Check the text"), f"{figures}, {doubts_said}", Progress.DONE if is_taking else now),
        Step(words.t("Take it along"), words.t("Copy, Markdown"), now if is_taking else later),
    )


def start_taking() -> None:
    """Go on to step 3."""
    st.session_state[TAKING] = True


def main() -> None:
    """The page."""
    page = open_page(Role.COMMUNICATION)
    words = page.words
    st.title(page_entry("update").title.in_language(words.language), anchor=False)
    place = st.empty()
    window, reader, text_words = choices(page)
    facts = take(ask, window, page.as_of)
    left_out = remembered(LEFT_OUT, window)
    draft = write(facts, reader, text_words, left_out)
    on_screen = write(facts, reader, words, left_out)
    if not facts.all:
        st.markdown(words.t("There are no figures about this period. Choose another one."))
        return
    built_at = page.release.built_at.astimezone(ZoneInfo(page.zone))
    origin = Origin(data.settings().network.name, page.release.id, built_at)
    open_doubts = doubts(draft, reader, window, words)
    waiting = sum(len(said) for said in open_doubts.values())
    is_taking = bool(st.session_state.get(TAKING))
    place.html(
        steps(
            steps_at(draft, on_screen.period, waiting, is_taking, words),
            words.t("Steps"),
        )
    )
    left, right = st.columns([1, 1], gap="large")
    with left:
        show_text(draft, open_doubts, window, words)
        show(sources_figure(page, facts, on_screen), page.style)
    with right:
        show_sheet(page, draft, window, origin, text_words)
        if is_taking:
            text = markdown(draft, window, origin, text_words)
            take_along(text, file_name(window, text_words), waiting, words)
        else:
            st.button(
                words.t("On to taking it along"),
                key="update-next",
                type="primary",
                width="stretch",
                icon=":material/arrow_forward:",
                on_click=start_taking,
            )


main()
