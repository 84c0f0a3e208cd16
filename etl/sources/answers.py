"""Answers of a form, whichever program asked: who answered, which questions are open, what was written.

Columns whose headings name a person field (name, e-mail, organisation …) say who answered. Each other column
is a question. Answers to open questions become contributions, each with the question it answers; what is
open is seen from the answers (sentences that differ) and from the heading (question, theme, feedback, case).
Choices, scores and practical matters (diet, telephone) are not loaded: a mapping in kring.toml can still say
what they mean, and goes before a format. When more than one question is open, all are read and a warning says
so. People who left every open question empty are counted, not loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from statistics import median
from typing import TYPE_CHECKING

from etl.schema.feeds import CONTACT, CONTRIBUTION
from etl.schema.model import DateShape
from etl.sources.date_order import are_dutch, contradiction
from etl.sources.headings import person_field
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, Reject, SourceResult
from etl.sources.stamps import (
    DAY_FIRST,
    ISO,
    MONTH_FIRST,
    Stamp,
    is_serial,
    possible_shapes,
    read_stamp,
    rising_shapes,
    worded_date,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from etl.reading.table import TextRow, TextTable

SENTENCE_WORDS = 4
FEW_ANSWERS = 6
KINDS = {
    "practice_case": "casus praktijkvoorbeeld praktijkcase case good.practice voorbeeld.uit",
    "feedback": "feedback opmerking comment suggesti verbeter improve tip terugblik evaluat vond.je",
    "question": "vraag vragen question weten leren learn tegenaan struggl uitdaging challenge",
    "theme": "thema theme onderwerp topic",
}
"""What in a heading shows the kind of contribution it asks for, the most particular first."""
PRACTICAL = (
    "dieet allerg diet vegeta telefoon phone mobiel adres address postcode zip.code geboorte birth "
    "toestemming consent akkoord privacy rekening iban parkeer parking geslacht gender leeftijd age"
)
Cells = tuple[str, ...]
_HALF_PADDED = re.compile(r"\d/0\d/")  # 9/08/2026: how Flemish spreadsheets write a day and a month
_UNIX_DATE = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2} [A-Z]{3,4} \d{4}")
_BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|h\d)\b[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_CONSENTS = (
    "agree agreed accept accepted consent akkoord i.agree ik.ga.akkoord checked aangevinkt on geen none niets"
)
_CONSENT = re.compile(rf"(?:{'|'.join(_CONSENTS.split())})[.!]?")
_CHOICE = re.compile(
    r"\d+([.,]\d+)?%?|ja|nee|yes|no|misschien|maybe|n/?a|nvt|n\.v\.t\.?|-+|\S|-oth-|true|false|"
    r"[a-z]{1,3}\d{1,4}"
)


@dataclass(frozen=True)
class Layout:
    """Where a form keeps what is no question: who answered, when (the first place filled), the rest.

    `has_moments`: every answer has a moment; a form that promises not to keep them has answers without one.
    `order`: what a person told about the order of day and month. `is_american`: `3/8/26` is how the
    form itself writes 8 March, whatever the language of its headings.
    """

    who: Mapping[str, int]
    set_aside: Collection[int]
    moment_places: tuple[int, ...]
    moment_heading: str
    has_moments: bool = True
    order: DateShape | None = None
    is_american: bool = False


def read(name: str, table: TextTable, layout: Layout) -> SourceResult:
    """The answers to the open questions of a form whose layout is known."""
    heading = table.rows[0].cells
    data = [row for row in table.rows[1:] if any(cell.strip() for cell in row.cells)]
    rejects = [_too_long(row, heading) for row in data if len(row.cells) > len(heading)]
    answers = [(row.line, _padded(row, heading)) for row in data if len(row.cells) <= len(heading)]
    moments, unread = _moments(name, answers, layout, heading)
    answers = [(line, cells) for line, cells in answers if line in moments]
    taken = {*layout.set_aside, *layout.who.values()}
    asked = open_questions(heading, [cells for _, cells in answers], taken)
    rows = _contributions(answers, moments, layout.who, asked, heading)
    seen = FeedRows(
        CONTACT, (*layout.who, "connected_on"), [line for line, _ in answers],
        [(*_person(cells, layout.who), moments[line]) for line, cells in answers],
    )  # fmt: skip
    return SourceResult(
        (rows,),
        len(data),
        rejects=(*rejects, *unread),
        warnings=_warnings(asked),
        seen=seen,
        headings={"contributed_at": layout.moment_heading, "connected_on": layout.moment_heading},
    )


def _contributions(
    answers: Sequence[tuple[int, Cells]],
    moments: Mapping[int, str | None],
    who: Mapping[str, int],
    asked: Mapping[int, str],
    heading: Cells,
) -> FeedRows:
    lines: list[int] = []
    rows: list[tuple[str | None, ...]] = []
    for line, cells in answers:
        for place, kind in asked.items():
            if cells[place]:
                lines.append(line)
                question = question_text(heading[place])
                rows.append((*_person(cells, who), cells[place], kind, question, moments[line]))
    return FeedRows(CONTRIBUTION, (*who, "text", "kind", "question", "contributed_at"), lines, rows)


def _moments(
    name: str, answers: Sequence[tuple[int, Cells]], layout: Layout, heading: Cells
) -> tuple[dict[int, str | None], list[Reject]]:
    """Each line's moment as ISO text, and the lines that have none."""
    written = {
        line: next((_plain_stamp(cells[place]) for place in layout.moment_places if cells[place]), None)
        for line, cells in answers
    }
    stamps = {line: read_stamp(text) for line, text in written.items()}
    half_padded = any(_HALF_PADDED.match(text or "") for text in written.values())
    known = [stamp for stamp in stamps.values() if stamp]
    own = layout.is_american and all(stamp.separator == "/" and stamp.parts[2] < 100 for stamp in known)
    day_first = not own and (half_padded or are_dutch(heading))
    shape = _order(name, layout.moment_heading, known, layout.order, day_first=day_first, month_first=own)
    moments: dict[int, str | None] = {
        line: text for line, stamp in stamps.items() if stamp and (text := stamp.iso(shape))
    }
    if not layout.has_moments:
        moments |= {line: None for line, text in written.items() if text is None}
    unread = [Reject(line, layout.moment_heading, "not a moment") for line in stamps if line not in moments]
    return moments, unread


def _plain_stamp(written: str) -> str:
    """A spreadsheet's number of a day as ISO text; anything else as it is written."""
    if not is_serial(written):
        return written
    moment = datetime(1899, 12, 30) + timedelta(seconds=round(float(written.replace(",", ".")) * 86_400))
    return moment.isoformat(sep=" ")


def _order(
    name: str,
    column: str,
    stamps: Sequence[Stamp],
    told: DateShape | None,
    *,
    day_first: bool,
    month_first: bool,
) -> DateShape:
    local = [stamp for stamp in stamps if ISO not in stamp.shapes]
    if len(local) * 2 <= len(stamps):
        return ISO
    possible = possible_shapes(local)
    if not possible:
        raise contradiction(name, column)
    if told in possible:
        return told
    rising = rising_shapes(local, possible) or possible
    if len(rising) == 1:
        return next(iter(rising))
    is_padded = not month_first and all(stamp.is_padded for stamp in local)
    return DAY_FIRST if day_first or is_padded else MONTH_FIRST


def is_moment(written: str) -> bool:
    """Whether a form may have written this as the moment of an answer: a day with a time of day."""
    stamp = read_stamp(_plain_stamp(written.strip()))
    return stamp is not None and stamp.clock is not None


def question_text(heading: str) -> str:
    """A heading as a question that can be read: without line breaks, markup and invisible marks."""
    return " ".join(_MARKUP.sub("", _BLOCK.sub(" ", unescape(heading)).replace("\ufeff", "")).split())


def person_places(heading: Cells, set_aside: Collection[int]) -> dict[str, int]:
    """Person fields with their places; the first column that names a field has it."""
    places: dict[str, int] = {}
    for place, cell in enumerate(heading):
        field = None if place in set_aside else person_field(cell)
        if field:
            places.setdefault(field, place)
    return places


def open_questions(
    heading: Cells, answers: Sequence[Cells], taken: Collection[int], *, takes_short: bool = False
) -> dict[int, str]:
    """The places of the open questions with the kind of contribution that each asks for.

    A form that asks a single thing is there for its answer, however short, unless it is a choice.
    `takes_short`: so is every question of this form.
    """
    asked: dict[int, str] = {}
    short: list[int] = []
    dated: set[int] = set()
    for place, cell in enumerate(heading):
        question = normal_heading(cell)
        given = [cells[place] for cells in answers if cells[place]]
        if place in taken or person_field(cell) or not question or _has(question, PRACTICAL):
            continue
        if all(_is_choice(answer) for answer in given) or _are_several_choices(given):
            continue
        if all(_is_day(answer) for answer in given):
            dated.add(place)
            short.append(place)
            continue
        kind = next((kind for kind, words in KINDS.items() if _has(question, words)), None)
        wordy = median(len(answer.split()) for answer in given) >= SENTENCE_WORDS
        options = len(given) >= FEW_ANSWERS and len(set(given)) * 2 <= len(given)
        if kind or (wordy and not options):
            asked[place] = kind or "question"
        elif not options:
            short.append(place)
    if takes_short or (not asked and len(short) == 1):
        asked |= dict.fromkeys((place for place in short if place not in dated), "question")
    return dict(sorted(asked.items()))


def asked_of_buyers(
    heading: Cells, answers: Sequence[tuple[str | None, Cells]], taken: Collection[int]
) -> dict[int, str]:
    """The open questions among the columns of an order: the places, with the kind that each asks for.

    Each answer stands beside the order that it belongs to. An order is no form: a short answer proves
    nothing, because the seller's own columns look the same. So a column is a question when what is written in
    it differs from one order to the next, and either its heading asks for a contribution or the answers are
    sentences.
    """
    asked: dict[int, str] = {}
    for place, cell in enumerate(heading):
        if place in taken or not normal_heading(cell) or not is_open(cell):
            continue
        once = {
            (order or str(number), cells[place])
            for number, (order, cells) in enumerate(answers)
            if cells[place] and not is_ticked(cells[place])
        }
        given = sorted(answer for _, answer in once)
        kind = kind_asked(cell)
        is_repeated = len(given) >= (FEW_ANSWERS if kind else 2) and len(set(given)) * 2 <= len(given)
        if not given or is_repeated or all(map(_is_day, given)) or _are_several_choices(given):
            continue
        if kind or median(len(answer.split()) for answer in given) >= SENTENCE_WORDS:
            asked[place] = kind or "question"
    return asked


def is_open(words: str) -> bool:
    """Whether a question asks for free text: not who somebody is, nor a practical matter."""
    return not person_field(words) and not is_practical(words)


def is_ticked(answer: str) -> bool:
    """Whether this was chosen and not written: a number, yes or no, a sign, a code, an agreement."""
    return _is_choice(answer) or bool(_CONSENT.fullmatch(answer.casefold()))


def kind_asked(words: str) -> str | None:
    """The kind of contribution that a question's words ask for."""
    question = normal_heading(words)
    return next((kind for kind, known in KINDS.items() if _has(question, known)), None)


def is_practical(words: str) -> bool:
    """Whether a question asks for a practical matter."""
    return _has(normal_heading(words), PRACTICAL)


def _has(question: str, words: str) -> bool:
    """Whether a word of the heading starts with one of these."""
    return bool(re.search(rf"\b(?:{'|'.join(words.split())})", question))


def _is_choice(answer: str) -> bool:
    """A number, yes or no, a single sign, or a code (A1, SQ002, -oth-): nothing that somebody wrote."""
    return bool(_CHOICE.fullmatch(answer.casefold()))


def _is_day(answer: str) -> bool:
    """A date or a moment, also with the day of the week before it and the zone in its midst."""
    return (
        read_stamp(answer) is not None
        or worded_date(answer) is not None
        or bool(_UNIX_DATE.fullmatch(answer))
    )


def _are_several_choices(given: Sequence[str]) -> bool:
    """Whether these are ticked options: each closed by a semicolon, or the same few pieces over and over."""
    if all(answer.endswith(";") for answer in given):
        return True
    for mark in (";", ", "):
        pieces = [piece.strip() for answer in given for piece in answer.split(mark)]
        joined = sum(mark in answer for answer in given)
        if joined * 2 >= len(given) and len(pieces) >= FEW_ANSWERS and len(set(pieces)) * 2 <= len(pieces):
            return True
    return False


def _person(cells: Cells, who: Mapping[str, int]) -> Cells:
    return tuple(cells[place] for place in who.values())


def _padded(row: TextRow, heading: Cells) -> Cells:
    """The trimmed cells; a sheet's CSV may leave out empty cells at the end."""
    cells = tuple(cell.strip() for cell in row.cells)
    return cells + ("",) * (len(heading) - len(cells))


def _too_long(row: TextRow, heading: Cells) -> Reject:
    return Reject(row.line, None, f"the row has {len(row.cells)} cells, the heading row has {len(heading)}")


def _warnings(asked: Mapping[int, str]) -> tuple[str, ...]:
    if not asked:
        return ("no open question was found: only a mapping in kring.toml can say what the answers mean",)
    if len(asked) == 1:
        return ()
    return (f"{len(asked)} open questions were read as contributions; a mapping in kring.toml can choose",)
