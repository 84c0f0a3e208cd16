"""Every word and number a reader sees, in Dutch or English. Pure: imports no Streamlit.

Messages are written in English in the code, `words.t("… {count} …", count=…)` and
`words.n(one, many, count)`; `dashboard/locale/{nl,en}/kring.po` hold what the reader gets, read once and
compiled in memory. After writing new messages, `python -m dashboard.wording` adds them to both catalogues
and lists what still lacks Dutch. The wording of a running page is `Wording(current_language())`.
"""

from __future__ import annotations

import gettext
import io
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date, format_interval
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.numbers import format_decimal

from dashboard.navigation import Language
from queries.catalog import questions

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"
LOCALE_FOLDER = Path(__file__).parent / "locale"


LOCALES = {Language.DUTCH: "nl_NL", Language.ENGLISH: "en_GB"}


def N_(message: str) -> str:
    """Marks a message that is translated later, where it is used."""
    return message


NUMBER_WORDS = (
    N_("none"), N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"),
    N_("eight"), N_("nine"), N_("ten"), N_("eleven"), N_("twelve"),
)  # fmt: skip
SHARE_ANCHORS: tuple[tuple[float, str], ...] = (
    (1 / 10, N_("one in ten")),
    (1 / 5, N_("one in five")),
    (1 / 4, N_("a quarter")),
    (3 / 10, N_("three in ten")),
    (1 / 3, N_("a third")),
    (2 / 5, N_("four in ten")),
    (1 / 2, N_("half")),
    (3 / 5, N_("six in ten")),
    (2 / 3, N_("two thirds")),
    (7 / 10, N_("seven in ten")),
    (3 / 4, N_("three quarters")),
    (4 / 5, N_("eight in ten")),
    (9 / 10, N_("nine in ten")),
)
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
SHARE_PLAIN, SHARE_NEAR = 0.0101, 0.0301  # a whole point, and three, whatever floats make of them


def catalogue_file(language: Language) -> Path:
    """Where a language's messages are kept."""
    return LOCALE_FOLDER / language.value / "kring.po"


def read_catalogue(language: Language) -> Catalog:
    """A language's messages as written, with what is fuzzy or empty still in it."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language.value)


@lru_cache(maxsize=len(Language))
def _translations(language: Language) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True)
class Wording:
    """Words, numbers and dates in one language."""

    language: Language

    def t(self, message: str, **values: object) -> str:
        """The message in this language, with its named values filled in."""
        return _translations(self.language).gettext(message).format(**values)

    def n(self, one: str, many: str, count: int, **values: object) -> str:
        """The singular or plural message for a count; `{count}` is the count as this language writes it."""
        message = _translations(self.language).ngettext(one, many, count)
        return message.format(count=self.number(count), **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """`1.284`, `2,4`: never more decimals than asked, minus as a real minus sign."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        text = format_decimal(round(value, decimals) or 0, format=pattern, locale=LOCALES[self.language])
        return str(text).replace("-", MINUS)

    def signed(self, value: float, decimals: int = 0) -> str:
        """`+167`, `−85`, `0`."""
        text = self.number(value, decimals)
        return f"+{text}" if round(value, decimals) > 0 else text

    def signed_term(self, value: int) -> str:
        """A term of a written sum: `+ 3`, `− 3`."""
        return f"{'+' if value >= 0 else MINUS} {self.number(abs(value))}"

    def counted(self, value: int | None, approximate: bool = False) -> str:
        """A count that may be an estimate or unknown: `45`, `ca. 130`, `onbekend`."""
        if value is None:
            return self.t("unknown")
        return self.t("ca. {count}", count=self.number(value)) if approximate else self.number(value)

    def share(self, value: float | None, approximate: bool = False) -> str:
        """A share as a whole percentage: `68%`, `ca. 81%`, `onbekend`."""
        if value is None:
            return self.t("unknown")
        text = f"{self.number(value * 100)}%"
        return self.t("ca. {count}", count=text) if approximate else text

    def points(self, difference: float) -> str:
        """A difference between two shares: `+4 punt`."""
        whole = self.signed(difference * 100)
        return self.n("{points} point", "{points} points", abs(round(difference * 100)), points=whole)

    def number_word(self, count: int) -> str:
        """Up to twelve as a word, above that as a number."""
        return self.t(NUMBER_WORDS[count]) if 0 <= count < len(NUMBER_WORDS) else self.number(count)

    def share_in_words(self, value: float) -> str:
        """The nearest plain fraction, said truthfully: `bijna een kwart`; else the percentage."""
        anchor, phrase = min(SHARE_ANCHORS, key=lambda pair: abs(pair[0] - value))
        difference = value - anchor
        if abs(difference) <= SHARE_PLAIN:
            return self.t(phrase)
        if abs(difference) > SHARE_NEAR:
            return self.share(value)
        if difference < 0:
            return self.t("almost {share}", share=self.t(phrase))
        return self.t("just over {share}", share=self.t(phrase))

    def listed(self, items: Sequence[str]) -> str:
        """`a`, `a en b`, `a, b en c`."""
        if len(items) < 2:
            return "".join(items)
        return self.t("{items} and {last}", items=", ".join(items[:-1]), last=items[-1])

    def _date(self, value: Day, pattern: str) -> str:
        text = str(format_date(value, format=pattern, locale=LOCALES[self.language]))
        return re.sub(r"\bSept\b", "Sep", text)  # as the charts write it

    def date(self, value: Day) -> str:
        """`21 november 2026`."""
        return self._date(value, "d MMMM y")

    def short_date(self, value: Day, reference: Day | None = None) -> str:
        """`22 okt`, with the year where it is not the reference's year (or a month or two away from it)."""
        near = reference is None or abs((value - reference).days) < 300
        return self._date(value, "d MMM" if near else "d MMM y")

    def dated(self, value: Day) -> str:
        """`26 nov 2020`: short and complete, for beside a mark."""
        return self._date(value, "d MMM y")

    def month(self, value: Day) -> str:
        """`oktober`."""
        return self._date(value, "LLLL")

    def month_and_year(self, value: Day) -> str:
        """`oktober 2026`."""
        return self._date(value, "LLLL y")

    def short_month(self, value: Day) -> str:
        """`okt`."""
        return self._date(value, "LLL")

    def short_month_and_year(self, value: Day) -> str:
        """`okt 2026`."""
        return self._date(value, "LLL y")

    def day_in_month(self, value: Day) -> str:
        """`21e`, `21st`."""
        if self.language is Language.DUTCH:
            return f"{value.day}e"
        teen = 11 <= value.day % 100 <= 13
        return f"{value.day}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(value.day % 10, 'th')}"

    def interval(self, first: Day, last: Day) -> str:
        """`1 november 2025 – 31 oktober 2026`."""
        return f"{self.date(first)} {DASH} {self.date(last)}"

    def short_interval(self, first: Day, last: Day) -> str:
        """`1 nov 2025 t/m 31 okt 2026`."""
        return self.t("{first} to {last}", first=self.dated(first), last=self.dated(last))

    def months(self, first: Day, last: Day) -> str:
        """`november 2020 – oktober 2026`, without saying a year twice."""
        if (first.year, first.month) == (last.year, last.month):
            return self.month_and_year(first)
        return str(format_interval(first, last, "yMMMM", locale=LOCALES[self.language]))

    def period(self, first: Day, last: Day) -> str:
        """`okt 2026`, `oktober–december 2026`: whole months, as short as they can be told."""
        is_month = (first.year, first.month) == (last.year, last.month)
        return self.short_month_and_year(first) if is_month else self.months(first, last)

    def clock(self, value: datetime) -> str:
        """`06.00 uur`, `06:00`."""
        return self.t("{hour}:{minute}", hour=f"{value:%H}", minute=f"{value:%M}")


def sentence(text: str) -> str:
    """The text with its first letter as a capital. Dutch writes `Eén`, the accent on the second letter."""
    return (text[:1].upper() + text[1:]).replace("Éé", "Eé", 1)


def messages_in_code() -> Catalog:
    """Every message the dashboard's code asks for, and what each question means, which Origin tells."""
    found = Catalog()
    keywords = {"t": None, "n": (1, 2), "N_": None}
    folder = Path(__file__).parent
    for name, _line, message, _comments, context in extract_from_dir(folder, keywords=keywords):
        if message and not Path(name).name.startswith("."):
            found.add(message, context=context)
    for each in questions():
        found.add(each.meaning)
        found.add(each.grain)
    return found


def _updated(catalogue: Catalog, wanted: Catalog, fill: bool) -> Catalog:
    fresh = Catalog(locale=catalogue.locale, project="Kring", charset="utf-8", fuzzy=False)
    for message in sorted((item for item in wanted if item.id), key=_sort_key):
        known = catalogue.get(message.id)
        given = known.string if known is not None and not known.fuzzy else None
        if isinstance(given, str) is isinstance(message.id, tuple | list):
            given = None  # it has got a plural since, or lost it
        fresh.add(message.id, given or (message.id if fill else None))
    return fresh


def _sort_key(message: object) -> str:
    identity = getattr(message, "id", "")
    return identity if isinstance(identity, str) else identity[0]


def _empty(catalogue: Catalog) -> Iterable[str]:
    for message in catalogue:
        parts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(parts):
            yield _sort_key(message)


def catalogue_bytes(language: Language, catalogue: Catalog) -> bytes:
    """A catalogue as it is kept, with a fixed header: the same messages give the same bytes."""
    body = io.BytesIO()
    write_po(body, catalogue, width=110, no_location=True, omit_header=True)
    header = HEADER.format(language=language.value)
    return header.encode() + body.getvalue()


def update_catalogues() -> tuple[str, ...]:
    """Brings both catalogues in step with the code; gives the messages that still lack Dutch."""
    wanted = messages_in_code()
    for language in Language:
        catalogue = _updated(read_catalogue(language), wanted, fill=language is Language.ENGLISH)
        catalogue_file(language).write_bytes(catalogue_bytes(language, catalogue))
    return tuple(_empty(read_catalogue(Language.DUTCH)))


if __name__ == "__main__":
    lacking = update_catalogues()
    sys.stdout.write("".join(f"lacks Dutch: {message}\n" for message in lacking) or "complete\n")
    sys.exit(1 if lacking else 0)
