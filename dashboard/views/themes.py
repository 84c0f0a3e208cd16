"""Themes: what the questions are about, one theme in detail, and the questions themselves."""

from __future__ import annotations

import streamlit as st

from dashboard import facts, harvest, headlines
from dashboard.access import current_role
from dashboard.charts import draw_themes
from dashboard.controls import one_item, one_of, presets
from dashboard.curation import ThemePanel, show_theme_panel
from dashboard.data import ask
from dashboard.empty import show_empty
from dashboard.figure import Figure, show
from dashboard.harvest import UNPLACED, Text, Theme, Window
from dashboard.page import Page, open_page, show_title, source_of, story
from dashboard.tables import texts_table, themes_table
from etl.home import find_home
from etl.warehouse import Answer
from queries.catalog import Role

WINDOWS = tuple(window.value for window in Window)


def filters(page: Page) -> tuple[dict[str, str], Window, Answer, tuple[Theme, ...], str]:
    """Period, audience, and the theme in detail."""
    words = page.words
    labels = dict(zip(WINDOWS, (words.t("12 months"), words.t("24 months"), words.t("All")), strict=True))
    audiences = facts.filter_values(ask("filters").records(), "audience")
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom", gap="medium"):
        window = Window(presets("period", words.t("Period"), WINDOWS, labels.__getitem__))
        audience = one_of("audience", words.t("Audience"), audiences, words.t("All audiences"))
        given = {"audience": audience} if audience else {}
        if days := window.days(page.as_of):
            given |= {"from_on": days[0].isoformat(), "to_on": days[1].isoformat()}
        answer = ask("themes", given)
        shown = harvest.themes(answer.records(), words.language)
        offered = {theme.theme_id: theme.label or theme.theme_id for theme in shown if theme.is_placed} | (
            {UNPLACED: words.t("Not placed yet")} if any(not theme.is_placed for theme in shown) else {}
        )
        chosen = ""
        if offered:
            chosen = one_item(
                "theme", words.t("Theme in detail"), tuple(offered), offered.__getitem__, page.release.id
            )
    return given, window, answer, shown, chosen


def themes_figure(
    page: Page, window: Window, answer: Answer, shown: tuple[Theme, ...], chosen: str
) -> Figure:
    """The ranked bars."""
    words = page.words
    origin = story(answer)
    days = window.days(page.as_of)
    counted = harvest.placed(shown)
    if days:
        subtitle = words.n(
            "Share of {count} placed question, {months}.",
            "Share of {count} placed questions, {months}.",
            counted,
            months=words.months(*days),
        )
    else:
        subtitle = words.n("Share of {count} placed question.", "Share of {count} placed questions.", counted)
    if any(theme.change is not None for theme in shown):
        subtitle += " " + words.t("The tick is the 12 months before.")
    return Figure(
        key="themes",
        headline=headlines.themes(shown, words),
        subtitle=subtitle,
        drawings=(draw_themes(shown, chosen, page.style),),
        table=themes_table(shown, words),
        provenance=origin,
        source=source_of(page, origin),
        note=note_of(shown, page),
    )


def note_of(shown: tuple[Theme, ...], page: Page) -> str:
    """What is counted apart, and what the absence of an arrow means."""
    words = page.words
    notes = []
    if any(t.change is not None and abs(t.change) >= harvest.HARDLY and not t.is_clear for t in shown):
        notes.append(words.t("Without an arrow the difference may be chance."))
    aside = sum(theme.set_aside for theme in shown)
    if aside:
        notes.append(
            words.n(
                "{count} answer asks nothing and is not counted.",
                "{count} answers ask nothing and are not counted.",
                aside,
            )
        )
    return " ".join(notes)


def texts_figure(
    page: Page, theme: Theme, given: tuple[Text, ...], answer: Answer, names: dict[str, str]
) -> Figure:
    """The questions of one theme, in the words of who asked."""
    words = page.words
    origin = story(answer)
    label = theme.label if theme.is_placed else words.t("Not placed yet")
    return Figure(
        key="contributions",
        headline=headlines.theme_texts(theme, label, words),
        subtitle=words.t("As they were asked, the newest first; names are left out"),
        drawings=(),
        lead=texts_table(given, names, page.as_of, words, brief=True),
        table=texts_table(given, names, page.as_of, words),
        provenance=origin,
        source=source_of(page, origin),
    )


def coverage(everything: tuple[Theme, ...], page: Page) -> str:
    """How many questions there are, and who named the themes."""
    words = page.words
    said = words.n(
        "{count} question, sorted by Kring", "{count} questions, sorted by Kring", harvest.in_all(everything)
    )
    named = sum(theme.is_named for theme in everything)
    if not named:
        return said
    return words.n("{said}, {count} name by people", "{said}, {count} names by people", named, said=said)


def main() -> None:
    """The page."""
    page = open_page(Role.COMMUNICATION)
    words, style = page.words, page.style
    everything = harvest.themes(ask("themes").records(), words.language)
    if not everything:
        show_title(page, words.t("Themes"))
        show_empty(
            words.t("Nobody has asked anything yet. Add a file with questions on the page Data."), words
        )
        return
    show_title(page, words.t("Themes"), coverage(everything, page))
    given, window, answer, shown, chosen = filters(page)
    if not chosen:
        st.markdown(words.t("There are no questions in this selection. Choose another period or audience."))
        return
    theme = next(one for one in shown if one.theme_id == chosen)
    may_read = current_role() >= Role.COORDINATOR
    said: tuple[Text, ...] = ()
    if may_read:
        which = {"theme_id": chosen, "place": "placed"} if theme.is_placed else {"place": "unplaced"}
        told = ask("contributions", {**given, **which})
        said = harvest.texts(told.records())
    lead, side = st.columns([1.5, 1], gap="large")
    with lead:
        show(themes_figure(page, window, answer, shown, chosen), style)
    with side:
        show_theme_panel(
            ThemePanel(theme, harvest.central(said), may_read, harvest.has_rates(shown)),
            page,
            find_home(None),
        )
    if may_read and said:
        names = {one.theme_id: one.label for one in everything}
        show(texts_figure(page, theme, said, told, names), style)


main()
