"""Whether the day or the month comes first: by evidence over a whole file, else asked. Never guessed.

Evidence for a column, the strongest first: a setting; a number over 12 in the column; the order of another
date column of the same file; dots or dashes between the numbers, which are written day first (`16.3.2026`,
`16-3-2026`); a Dutch month in words among the values; Dutch headings, because both the Netherlands and
Belgium write the day first. Half days (AM and PM) are no Dutch and prove nothing: Australia writes
`5/04/26, 4:21 PM` for 5 April. Values whose day and month are the same number need no order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.cleaning.dates import MONTHS
from etl.errors import InputError
from etl.schema.model import DateShape
from etl.sources.source import NeedsMapping
from etl.sources.stamps import (
    CLEAR_MAJORITY,
    DAY_FIRST,
    ISO,
    MONTH_FIRST,
    Stamp,
    is_serial,
    read_stamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from etl.settings import Settings

ORDERS = (DAY_FIRST, MONTH_FIRST)
DUTCH_WORDS = re.compile(
    r"\b(?:naam|voornaam|achternaam|e-?mail-?adres|datum|sinds|lid|leden|lidmaatschap|werkgroep|groep|"
    r"organisatie|functie|titel|bijeenkomst|sessie|aanmeld\w*|inschrijf\w*|ingeschreven|uitgeschreven|"
    r"aangemeld|aanwezig\w*|tijdstempel|tijdstip|begintijd|starttijd|eindtijd|einde|locatie|plaats|thema|"
    r"vraag|opmerking|deelnemer\w*|kanaal|peildatum|waarde|uren|aantal|provincie|geboren|gemeten|wanneer)\b"
)
WORDS = re.compile(r"[^\W\d_]{3,}")
DUTCH_MONTHS = re.compile(
    r"\b(?:januari|februari|mrt|maart|mei|juni|juli|augustus|okt|oktober)\b", re.IGNORECASE
)


class OrderUnknown(InputError):
    """Nothing shows whether day or month comes first in the column with heading `column`."""

    def __init__(self, where: str, column: str, rows: int) -> None:
        super().__init__(where, unclear(column), "the order to be told once in kring.toml")
        self.column = column
        self.rows = rows


@dataclass(frozen=True)
class Evidence:
    """What one column shows about its dates. `order` is None when nothing does, and `matters` then."""

    shape: DateShape | None
    is_proven: bool = False


def unclear(column: str) -> str:
    """The sentence that says what is not known; it never holds a value."""
    return f'nothing in the file shows whether the day or the month comes first in "{column}"'


def evidence_of(values: Iterable[str | None]) -> Evidence:
    """What the values of one column show, without looking at anything else."""
    written = [value for value in values if value]
    stamps = [stamp for stamp in map(read_stamp, written) if stamp]
    local = [stamp for stamp in stamps if not _is_iso(stamp)]
    if not local:
        if any(map(_names_a_month, written)):  # numbers of days beside them are understood too
            return Evidence(DAY_FIRST, True)
        return Evidence(DateShape.EXCEL_SERIAL if any(map(is_serial, written)) else ISO, True)
    only = {order: sum(_allows_only(stamp, order) for stamp in local) for order in ORDERS}
    least, most = sorted(ORDERS, key=lambda order: only[order])
    if only[most]:
        return Evidence(most if only[least] * CLEAR_MAJORITY <= only[most] else None, True)
    if not any(stamp.moment(DAY_FIRST) != stamp.moment(MONTH_FIRST) for stamp in local):
        return Evidence(DAY_FIRST, False)
    if any(stamp.separator in ".-" for stamp in local) or any(map(DUTCH_MONTHS.search, written)):
        return Evidence(DAY_FIRST, False)
    return Evidence(None, False)


def date_shapes(
    columns: Mapping[str, Iterable[str | None]], headings: Iterable[str] = ()
) -> dict[str, DateShape | None]:
    """The shape of every date column of a file; None where it has to be asked."""
    found: dict[str, Evidence] = {}
    has_half_days = False
    for name, values in columns.items():
        kept = list(values)
        found[name] = evidence_of(kept)
        if found[name].shape is None:
            has_half_days = has_half_days or any(s.has_half_day for s in map(read_stamp, kept) if s)
    proven = {each.shape for each in found.values() if each.is_proven and each.shape in ORDERS}
    hint = next(iter(proven)) if len(proven) == 1 else None
    if hint is None and not proven and not has_half_days and are_dutch(headings):
        hint = DAY_FIRST
    return {
        name: hint if each.shape is None and not each.is_proven else each.shape
        for name, each in found.items()
    }


def are_dutch(headings: Iterable[str]) -> bool:
    """Whether a heading holds a Dutch word."""
    return any(DUTCH_WORDS.search(heading.casefold().replace("_", " ")) for heading in headings)


def ask(format_id: str, column: str, rows_read: int, *, is_dated_by_name: bool = False) -> NeedsMapping:
    """The question to whoever keeps `kring.toml`, for a file of a known format.

    `is_dated_by_name`: the day of what the file is about, in its name, would answer it too.
    """
    named = "put the date in the file name, such as 2026-03-16, or " if is_dated_by_name else ""
    return NeedsMapping(
        f"{unclear(column)}; {named}say it once in kring.toml: "
        f'[dates] {format_id} = "day-first" or "month-first"',
        f'[dates]\n{format_id} = "day-first"  # or "month-first"',
        rows_read=rows_read,
    )


def contradiction(name: str, column: str) -> InputError:
    """The refusal of a file of which some dates are only right in one order and some only in the other."""
    return InputError(
        name, f'dates that contradict one another in "{column}"', "one order of day and month",
        "Look for a date that was typed by hand, or export the file again.",
    )  # fmt: skip


def format_order(
    format_id: str,
    name: str,
    columns: Mapping[str, Iterable[str | None]],
    settings: Settings,
    headings: Iterable[str] = (),
    rows_read: int = 0,
    usual: DateShape | None = None,
) -> dict[str, DateShape] | NeedsMapping:
    """The shapes of the date columns of a known format: as the setting says, else by evidence, else asked.

    `usual` is the order of a program that writes every file alike, whoever exports it: then nobody is asked.
    """
    kept = {column: list(values) for column, values in columns.items()}
    told = settings.date_order(format_id, name)
    shapes: dict[str, DateShape] = {}
    for column, shape in date_shapes(kept, headings).items():
        known = told if told and shape in (*ORDERS, None) else shape or usual
        if known is None:
            return ask(format_id, column, rows_read)
        shapes[column] = known
    return shapes


def _names_a_month(value: str) -> bool:
    """`16 mrt 2026` or `Mar 16, 2026`: no order is needed, but it is not ISO either."""
    return any(word.casefold() in MONTHS for word in WORDS.findall(value))


def _is_iso(stamp: Stamp) -> bool:
    return stamp.parts[0] > 31


def _allows_only(stamp: Stamp, order: DateShape) -> bool:
    """Whether the numbers themselves leave one order; the sign between them does not count here."""
    other = MONTH_FIRST if order is DAY_FIRST else DAY_FIRST
    return stamp.moment(order) is not None and stamp.moment(other) is None
