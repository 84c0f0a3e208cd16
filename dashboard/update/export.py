"""An update as Markdown, to copy or to keep as a file, and its sources as a table. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from dashboard.tables import Cell, Column, Table
from dashboard.update.draft import Draft, Piece, Sentence, SourceLine
from dashboard.update.facts import Fact, How, Window
from dashboard.wording import N_, Wording

HOW = {
    How.LAST_ROW: N_("last row"),
    How.SUM: N_("sum of the rows"),
    How.ROW_COUNT: N_("number of rows"),
    How.LAST_MINUS_FIRST: N_("last row minus first row"),
    How.RATIO: N_("registered people who came, of all registered"),
    How.ONE_ROW: N_("one row"),
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


@dataclass(frozen=True)
class Origin:
    """The network, and the release that every figure comes from; the moment is in the network's time zone."""

    network: str
    release: str
    built_at: datetime


def frozen_line(origin: Origin, words: Wording) -> str:
    """`Cijfers van 21 november 2026, 06.00 uur`."""
    day, clock = words.date(origin.built_at.date()), words.clock(origin.built_at)
    return words.t("Figures as they stood on {day}, {clock}", day=day, clock=clock)


def provisional(window: Window, words: Wording) -> str:
    """What an open period means; nothing for one that is over."""
    if not window.is_open:
        return ""
    return words.t(
        "This period still runs: the figures go up to and including {day} and may still change.",
        day=words.date(window.last),
    )


def asked(fact: Fact) -> str:
    """The question behind a figure, as anybody may ask it again."""
    given = "".join(f" -p {name}={value}" for name, value in fact.parameters)
    return f"kring ask {fact.question}{given}"


def markdown(draft: Draft, window: Window, origin: Origin, words: Wording) -> str:
    """The whole update with its numbered sources."""
    lines = [f"# {_safe(draft.title)}", "", f"*{_safe(origin.network)} · {draft.period}*"]
    note = provisional(window, words)
    if note:
        lines += ["", note]
    for section in draft.sections:
        if section.sentences:
            text = " ".join(_sentence(each) for each in section.sentences)
            lines += ["", f"## {section.heading}", "", text]
    lines += ["", f"## {words.t('Sources')}", ""]
    lines += [_source(line, words) for line in draft.sources]
    frozen = frozen_line(origin, words)
    release = words.t("release {release}", release=f"`{origin.release}`")
    return "\n".join([*lines, "", f"{frozen} · {release}", ""])


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _sentence(each: Sentence) -> str:
    return "".join(_piece(piece) for piece in each.pieces)


def _piece(piece: Piece) -> str:
    text = f"**{_safe(piece.text)}**" if piece.is_figure else _safe(piece.text)
    return f"{text} [{piece.number}]" if piece.number else text


def _source(line: SourceLine, words: Wording) -> str:
    how = f"{line.fact.column}, {words.t(HOW[line.fact.how])}"
    return f"{line.number}. {_safe(line.label)}: {line.value}. `{asked(line.fact)}` ({how})"


def file_name(window: Window, words: Wording) -> str:
    """`update-2026-09-01-2026-10-31-nl.md`."""
    return f"update-{window.first.isoformat()}-{window.last.isoformat()}-{words.language.value}.md"


def sources_table(draft: Draft, words: Wording, brief: bool = False) -> Table:
    """The sources: number, what, value; and unless brief, how to ask for each again."""
    columns = [
        Column("number", words.t("No.")),
        Column("what", words.t("What")),
        Column("value", words.t("In the text"), is_number=True),
    ]
    if not brief:
        columns += [
            Column("question", words.t("Question"), is_only_in_file=True),
            Column("taken", words.t("Taken from the answer"), is_only_in_file=True),
        ]
    rows = [_row(line, words, brief)[: len(columns)] for line in draft.sources]
    return Table(words.t("Sources of the text"), tuple(columns), tuple(rows))


def _row(line: SourceLine, words: Wording, brief: bool) -> tuple[Cell, ...]:
    question, how = asked(line.fact), f"{line.fact.column}, {words.t(HOW[line.fact.how])}"
    return (
        Cell(line.number, str(line.number)),
        Cell(line.label, line.label, under="" if brief else f"{question}: {how}"),
        Cell(line.value, line.value),
        Cell(question, question),
        Cell(how, how),
    )
