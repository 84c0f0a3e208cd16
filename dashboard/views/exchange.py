"""Exchange: who gave what to whom and about what, and how each audience was heard on a living document."""

from __future__ import annotations

from dashboard.charts.ranked import RankedBar, draw_ranked
from dashboard.data import ask
from dashboard.empty import show_empty
from dashboard.figure import Figure, show, show_pair
from dashboard.page import Page, open_page, show_title, source_of, story
from dashboard.stories import exchange as facts
from dashboard.stories import sentences, tables
from dashboard.stories.exchange import Exchange, Heard, Matrix
from queries.catalog import Role


def matrix_figure(page: Page, found: Matrix, between: tuple[Exchange, ...]) -> Figure:
    """Every party by every party."""
    words = page.words
    told = facts.ties(ask("ties").records(), len(found.parties))
    origin = story(ask("exchange"), ask("ties"))
    return Figure(
        key="matrix",
        headline=sentences.pairs(told, words),
        subtitle=words.t("Number of exchanges: the row gave, the column received.")
        + " "
        + sentences.both_ways(told, words),
        drawings=(),
        lead=tables.matrix_table(found, words),
        table=tables.exchanges_table(between, words),
        provenance=origin,
        source=source_of(page, origin, words.n("{count} exchange", "{count} exchanges", told.contacts)),
    )


def topics_figure(page: Page, key: str, headline: str, subtitle: str, rows: tuple[Exchange, ...]) -> Figure:
    """How often each topic."""
    words = page.words
    origin = story(ask("exchange"))
    bars = tuple(
        RankedBar(topic or words.t("unknown"), count, words.number(count))
        for topic, count in facts.by_topic(rows)
    )
    spoken = "; ".join(f"{bar.name}: {bar.text}" for bar in bars)
    return Figure(
        key=key,
        headline=headline,
        subtitle=subtitle,
        drawings=(draw_ranked(bars, f"{subtitle}: {spoken}.", page.style),),
        table=tables.exchanges_table(rows, words),
        provenance=origin,
        source=source_of(page, origin),
    )


def document_figure(page: Page, rows: tuple[Heard, ...]) -> Figure:
    """Each version and audience of the living document."""
    words = page.words
    origin = story(ask("living_document"))
    table = tables.heard_table(rows, words)
    return Figure(
        key="document",
        headline=sentences.waiting(rows, words),
        subtitle=words.t("{document}: comments per version and audience", document=rows[0].document),
        drawings=(),
        lead=table,
        table=table,
        provenance=origin,
        source=source_of(page, origin),
        note=sentences.gap(rows, words),
    )


def main() -> None:
    """The page."""
    page = open_page(Role.COMMUNICATION)
    words, style = page.words, page.style
    show_title(page, words.t("Exchange"))
    rows = facts.exchanges(ask("exchange").records())
    between = tuple(row for row in rows if not row.is_help)
    asked = tuple(row for row in rows if row.is_help)
    document = facts.heard(ask("living_document").records())
    if not rows and not document:
        show_empty(words.t("Nobody wrote down an exchange or a comment on a document yet."), words)
        return
    if between:
        show(matrix_figure(page, facts.matrix(rows), between), style)
    pair = []
    if between:
        headline = sentences.top_topic(facts.by_topic(between), words)
        pair.append(topics_figure(page, "topics", headline, words.t("Exchanges by topic"), between))
    if asked:
        headline = sentences.help_asked(sum(row.contacts for row in asked), words)
        helpers = words.listed(sorted({row.giver for row in asked}))
        subtitle = words.t("Requests to {helpers} by topic", helpers=helpers)
        pair.append(topics_figure(page, "help", headline, subtitle, asked))
    show_pair(pair, style)
    if document:
        show(document_figure(page, document), style)


main()
