"""The HTML of an update: the steps, a paragraph with its figures as chips, and the preview sheet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape

from dashboard.update.draft import Draft, Piece, Section
from dashboard.update.export import asked


class Progress(Enum):
    """Where a step stands; the value is its class in the page."""

    DONE = "done"
    NOW = "now"
    TO_COME = "to-come"


@dataclass(frozen=True)
class Step:
    """One of the steps, with a line about what was chosen or what is in it."""

    title: str
    line: str
    progress: Progress


def steps(listed: Sequence[Step], caption: str) -> str:
    """The steps as a numbered list; the one at hand says so to a screen reader too."""
    items = []
    for number, step in enumerate(listed, start=1):
        current = ' aria-current="step"' if step.progress is Progress.NOW else ""
        items.append(
            f'<li class="{step.progress.value}"{current}><strong>'
            f'<span class="kring-number" aria-hidden="true">{number}</span> {escape(step.title)}</strong>'
            f"<span>{escape(step.line)}</span></li>"
        )
    return f'<ol class="kring-steps" aria-label="{escape(caption)}">{"".join(items)}</ol>'


def paragraph(section: Section, doubted: frozenset[str]) -> str:
    """The sentences of a section; a figure in doubt is marked, and its warning stands below."""
    sentences = (
        "".join(_chip(piece, each.key in doubted) for piece in each.pieces) for each in section.sentences
    )
    return f'<p class="kring-text">{" ".join(sentences)}</p>'


def _chip(piece: Piece, in_doubt: bool) -> str:
    text = escape(piece.text)
    if not piece.number or piece.fact is None:
        return text
    doubt = in_doubt and bool(piece.fact.cautions)
    kind = ' class="kring-chip doubt"' if doubt else ' class="kring-chip"'
    where = f'<span class="kring-ref" title="{escape(asked(piece.fact))}">[{piece.number}]</span>'
    return f"<b{kind}>{text}</b>{where}" if piece.is_figure else f"{text}\N{NO-BREAK SPACE}{where}"


def sheet_text(draft: Draft, keys: Sequence[str]) -> str:
    """These sections as the reader of the update will see them."""
    shown = [section for section in draft.sections if section.key in keys and section.sentences]
    return "".join(
        "<p>"
        + " ".join("".join(_plain(piece) for piece in each.pieces) for each in section.sentences)
        + "</p>"
        for section in shown
    )


def _plain(piece: Piece) -> str:
    return f"<strong>{escape(piece.text)}</strong>" if piece.is_figure else escape(piece.text)
