"""The one way to show a chart: rule, conclusion, subtitle, chart or table, note, source, three actions.

No chart reaches a page except through this module, and a test keeps it so. What is shown is decided
elsewhere: a `Figure` carries its words, drawings, table and answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from html import escape

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.attention import Task
from dashboard.charts import Drawing
from dashboard.charts.grammar import Style
from dashboard.export import png, svg
from dashboard.facts import SourceFile
from dashboard.kpi import Card
from dashboard.markdown import plain
from dashboard.navigation import page
from dashboard.panels import Panel
from dashboard.parameter_words import parameter_words
from dashboard.provenance import SHORT_HASH, Origin, Provenance
from dashboard.tables import MOST_ROWS_AS_HTML, Cell, Column, Table
from dashboard.wording import Wording
from etl.errors import shown

SMALL_MULTIPLE_WIDTH, MOST_ACROSS = 280, 3
PAIR_WIDTH = 320


@dataclass(frozen=True)
class Figure:
    """One figure. `subtitle` and `note` are Markdown; `lead` is a table shown instead of a chart."""

    key: str
    headline: str
    subtitle: str
    drawings: tuple[Drawing, ...]
    table: Table
    provenance: Provenance
    source: str
    note: str = ""
    lead: Table | None = None


@st.fragment
def show(figure: Figure, style: Style) -> None:
    """The figure. Its actions rerun only the figure."""
    as_table = st.session_state.get(_table_key(figure), False)
    with st.container(key=f"fig-{figure.key}", height="stretch"):
        with st.container():
            st.header(plain(figure.headline), anchor=False)
            if figure.subtitle:
                st.caption(figure.subtitle)
        with st.container(height="stretch"):  # so that figures beside one another end at one height
            _show_body(figure, style, as_table)
        _show_foot(figure, style, as_table)


def show_pair(figures: Sequence[Figure], style: Style) -> None:
    """Two figures side by side, their headings, drawings and feet at one height; one alone gets the width."""
    if len(figures) < 2:
        for figure in figures:
            show(figure, style)
        return
    grid = st.grid(2, min_column_width=PAIR_WIDTH, gap=("small", "large"), key=f"pair-{figures[0].key}")
    for figure in figures:
        with grid:
            show(figure, style)


def _show_body(figure: Figure, style: Style, as_table: bool) -> None:
    if as_table:
        show_table(figure.table, style)
    elif figure.lead is not None:
        show_table(figure.lead, style)
    elif len(figure.drawings) == 1:
        _draw(figure.drawings[0], key=f"chart-{figure.key}")
    else:
        _show_small_multiples(figure)
    if figure.note:
        st.caption(figure.note)


def _draw(drawing: Drawing, key: str) -> None:
    st.vega_lite_chart(spec=drawing.spec, theme=None, width="stretch", alt=drawing.alt, key=key)


def draw_on_sheet(drawing: Drawing, key: str) -> None:
    """A chart within a preview, which has its own words and source around it."""
    _draw(drawing, key=f"chart-{key}")


def _show_small_multiples(figure: Figure) -> None:
    across = min(len(figure.drawings), MOST_ACROSS)
    grid = st.grid(across, min_column_width=SMALL_MULTIPLE_WIDTH, gap=("large", "medium"))
    for index, drawing in enumerate(figure.drawings):
        with grid, st.container(key=f"multiple-{figure.key}-{index}", gap="xsmall"):
            st.html(
                f'<h3 class="kring-multiple"><strong>{escape(drawing.heading)}</strong> '
                f"{escape(drawing.heading_change)}</h3>"
            )
            _draw(drawing, key=f"chart-{figure.key}-{index}")


def _table_key(figure: Figure) -> str:
    return f"as-table-{figure.key}"


def show_table(table: Table, style: Style) -> None:
    """A table as it stands on the page; a long one scrolls, and sorts by what are values."""
    if len(table.rows) <= MOST_ROWS_AS_HTML:
        st.html(table.scrolled(style.tokens))
        return
    columns = {column.label: [row[index] for row in table.rows] for index, column in _kept(table)}
    sorting = {label: cells for label, cells in columns.items() if _can_sort(cells)}
    st.dataframe(
        {
            label: [cell.value if label in sorting else cell.in_words for cell in cells]
            for label, cells in columns.items()
        },
        hide_index=True,
        width="stretch",
        alt=table.caption,
        column_config={label: _column_settings(cells[0]) for label, cells in sorting.items()},
    )


def _can_sort(cells: Sequence[Cell]) -> bool:
    """Whether all are dates, or numbers that their words only write out: what is unknown is a word."""
    return all(cell.is_plain_day for cell in cells) or all(cell.is_plain_number for cell in cells)


def _column_settings(sample: Cell) -> ColumnConfig:
    """Dates and numbers as a reader writes them; they stay values, so that columns sort."""
    if isinstance(sample.value, date):
        return st.column_config.DateColumn(format="DD-MM-YYYY")
    return st.column_config.NumberColumn(format="percent" if sample.text.endswith("%") else "localized")


def _kept(table: Table) -> list[tuple[int, Column]]:
    return [(index, column) for index, column in table.on_page() if column.name and column.label]


def _show_foot(figure: Figure, style: Style, as_table: bool) -> None:
    words = style.words
    foot = st.container(
        key=f"foot-{figure.key}",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    )
    with foot:
        st.html(f'<p class="kring-source">{escape(figure.source)}</p>', width="content")
        with st.container(horizontal=True, width="content", gap="small", key=f"actions-{figure.key}"):
            st.button(
                words.t("Chart")
                if as_table and figure.lead is None
                else words.t("Table")
                if not as_table
                else words.t("Back"),
                key=f"switch-{figure.key}",
                type="tertiary",
                on_click=_switch,
                args=(_table_key(figure),),
                icon=":material/show_chart:" if as_table else ":material/table_rows:",
            )
            _show_downloads(figure, words)
            if st.button(
                words.t("Origin"), key=f"origin-{figure.key}", type="tertiary", icon=":material/account_tree:"
            ):
                _open_provenance(figure, style)


def _show_downloads(figure: Figure, words: Wording) -> None:
    """The numbers, and where there is a chart its picture, drawn when it is asked for."""
    if not figure.drawings:
        _download(figure, "CSV", "csv", "text/csv", figure.table.csv)
        return
    parts = (figure.headline, figure.subtitle, figure.source, figure.drawings)
    menu = st.popover("Download", type="tertiary", icon=":material/download:", key=f"downloads-{figure.key}")
    with menu, st.container(gap=None):
        _download(figure, words.t("CSV, the numbers"), "csv", "text/csv", figure.table.csv)
        _download(figure, words.t("PNG, for slides and mail"), "png", "image/png", partial(png, *parts))
        _download(figure, words.t("SVG, for print"), "svg", "image/svg+xml", partial(svg, *parts))


def _download(figure: Figure, label: str, kind: str, mime: str, data: Callable[[], bytes]) -> None:
    st.download_button(
        label,
        data,
        file_name=f"kring-{figure.key}.{kind}",
        mime=mime,
        type="tertiary",
        on_click="ignore",
        icon=":material/download:",
        key=f"{kind}-{figure.key}",
    )


def _switch(key: str) -> None:
    st.session_state[key] = not st.session_state.get(key, False)


def _open_provenance(figure: Figure, style: Style) -> None:
    @st.dialog(style.words.t("Where this figure comes from"), width="medium")
    def dialog() -> None:
        show_provenance(figure.headline, figure.provenance, style)

    dialog()


def show_provenance(headline: str, story: Provenance, style: Style) -> None:
    """Meaning, grain, SQL and files: everything the figure is made of."""
    words = style.words
    st.markdown(f"**{plain(headline)}**")
    for origin in story.origins:
        _show_origin(origin, style)
    files_heading = words.t("Files behind this figure")
    st.markdown(f"**{files_heading}**")
    used = words.n("{count} row used", "{count} rows used", story.rows_used)
    refused = words.n("{count} row refused", "{count} rows refused", story.rows_refused)
    st.markdown(f"{used} · {refused}")
    if story.files:
        show_table(files_table(story.files, style), style)


def _show_origin(origin: Origin, style: Style) -> None:
    words = style.words
    given = [parameter_words(name, value, words) for name, value in origin.parameters]
    asked = "; ".join(given) or words.t("nothing in particular")
    lines = (
        (words.t("Meaning"), words.t(origin.meaning)),
        (words.t("In the table"), words.t(origin.grain)),
        (words.t("Asked with"), asked),
        (words.t("Release"), origin.release),
        (words.t("Figures up to and including"), words.date(origin.as_of)),
    )
    st.markdown("  \n".join(f"**{label}**: {plain(text)}" for label, text in lines))
    with st.expander(words.t("The calculation: {question}", question=plain(origin.question))):
        st.code(origin.sql, language="sql", wrap_lines=True)


def files_table(files: tuple[SourceFile, ...], style: Style) -> Table:
    """The files as a table, with the start of each fingerprint."""
    words = style.words
    columns = (
        Column("file", words.t("File")),
        Column("sha256", words.t("Fingerprint"), is_wide=True),
        Column("received_at", words.t("Received")),
        Column("rows_used", words.t("Used"), is_number=True),
        Column("rows_rejected", words.t("Refused"), is_number=True),
    )
    rows = tuple(
        (
            Cell(file.file, shown(file.file)),
            Cell(file.sha256, file.sha256[:SHORT_HASH]),
            Cell(
                file.received_at.date() if file.received_at else None,
                words.dated(file.received_at.date()) if file.received_at else words.t("unknown"),
            ),
            Cell(file.rows_used, words.number(file.rows_used)),
            Cell(file.rows_rejected, words.number(file.rows_rejected)),
        )
        for file in files
    )
    return Table(words.t("Files behind this figure"), columns, rows)


def show_cards(cards: tuple[Card, ...], drawings: tuple[Drawing, ...]) -> None:
    """The cards, four in a row and two by two on a phone."""
    grid = st.grid(len(cards), min_column_width=150, key="cards")
    for card, drawing in zip(cards, drawings, strict=True):
        with grid, st.container(border=True, key=f"card-{card.key}", gap="xsmall", height="stretch"):
            st.metric(card.label, card.value, help=card.help)
            strong = f"<strong>{escape(card.strong)}</strong> " if card.strong else ""
            st.html(f'<p class="kring-change">{strong}{escape(card.rest)}</p>')
            _draw(drawing, key=f"trend-{card.key}")


def show_tasks(tasks: tuple[Task, ...], more: str, heading: str, nothing: str) -> None:
    """What asks for attention: a sentence and an action each."""
    with st.container(key="fig-attention"):
        st.header(plain(heading), anchor=False)
        if not tasks:
            st.markdown(nothing)
        for index, task in enumerate(tasks):
            with st.container(key=f"punt-{index}", gap="xsmall"):
                st.markdown(f"{task.icon} {task.sentence}")
                st.page_link(
                    page(task.page).script,
                    label=f"{task.action} →",
                    query_params=dict(task.parameters) or None,
                )
        if more:
            st.page_link(page("data").script, label=f"{more} →")


def show_panel(panel: Panel, style: Style) -> None:
    """One chosen thing on paper, beside its figure."""
    words, tokens = style.words, style.tokens
    with st.container(key="paneel", gap="small"):
        st.html(f'<p class="kring-source">{escape(panel.above)}</p>')
        st.header(plain(panel.title), anchor=False)
        lines = "".join(
            f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in panel.figures
        )
        st.html(f'<dl class="kring-figures">{lines}</dl>')
        if panel.parts:
            first, back = panel.parts
            share = f"{first / ((first + back) or 1):.1%}"
            st.html(
                '<span class="kring-bar" aria-hidden="true">'
                f'<span style="width:100%;background:{tokens.bar};border-color:{tokens.bar}"></span>'
                f'<span style="width:{share};background:{tokens.orange};border-color:{tokens.orange};'
                f'border-right:2px solid {tokens.paper}"></span></span>'
            )
        for label, text in panel.paragraphs:
            st.html(f'<p class="kring-paragraph"><strong>{escape(label)}</strong><br>{escape(text)}</p>')
        if panel.url:
            open_it = words.t("Open the session")
            st.page_link(panel.url, label=f"{open_it} →")


def show_reading_box(heading: str, lines: tuple[str, ...]) -> None:
    """How to read the figure beside it; at most one a page."""
    with st.container(key="conclusie", gap="xsmall"):
        st.subheader(plain(heading), anchor=False)
        for line in lines:
            st.markdown(line)
