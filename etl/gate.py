"""The gate before a publication: every byte is searched for everyone the release knows.

Names, addresses and ids become sequences of words, as do the bytes, whatever stands between the words. A
name of one word is searched in what came from data only: `Jan` is also a month. An id without its dashes is
one word too, and searched everywhere.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

WORD = re.compile(r"[^\W_]+")
ID_LETTERS = 32
Words = tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """Who may not be found: `sequences` of two words or more anywhere, `single` words in cells of data."""

    sequences: frozenset[Words]
    single: frozenset[str]

    def found_in(self, data: bytes) -> bool:
        """Whether anyone is in these bytes, as written or as a browser would show them."""
        text = data.decode("utf-8", errors="replace")
        return any(self._in_words(words(each)) for each in {text, html.unescape(text)})

    def found_in_cell(self, text: str) -> bool:
        """Whether anyone is in a text that came from data, by one word too."""
        found = words(text)
        return self._in_words(found) or not self.single.isdisjoint(found)

    def _in_words(self, found: Words) -> bool:
        lengths = {len(each) for each in self.sequences}
        return any(
            found[start : start + length] in self.sequences
            for length in lengths
            for start in range(len(found) - length + 1)
        )


def words(text: str) -> Words:
    """The words of a text, without case, accents kept."""
    return tuple(WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def wanted(values: Iterable[str]) -> Wanted:
    """Who to look for, from names, addresses and ids. An id is also looked for without its dashes."""
    listed = {words(value) for value in values} - {()}
    return Wanted(
        frozenset(each for each in listed if len(each) > 1 or len(each[0]) == ID_LETTERS),
        frozenset(each[0] for each in listed if len(each) == 1),
    )


def everyone(connection: DuckDBPyConnection) -> Wanted:
    """Everyone in core.person of an open release."""
    rows = connection.execute(
        "select full_name from core.person union select email from core.person"
        " union select person_id::varchar from core.person"
        " union select replace(person_id::varchar, '-', '') from core.person"
        " union select substr(key, 7) from core.person_key where kind = 'email'"
    ).fetchall()
    return wanted(str(value) for (value,) in rows if value)


def hits(wanted_: Wanted, files: Mapping[str, bytes], cells: Iterable[str]) -> tuple[str, ...]:
    """Where anyone was found: names of files, and `a cell`; never who."""
    found = [name for name, data in files.items() if wanted_.found_in(data)]
    if any(wanted_.found_in_cell(cell) for cell in set(cells)):
        found.append("a name of a group, a kind or a note")
    return tuple(found)
