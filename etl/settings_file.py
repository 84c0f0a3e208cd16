"""Changes to `kring.toml` that somebody confirms on screen: only the lines meant change, comments stay.

The whole new text is read before anything is written, and must give the settings of before with that one
change; so a file written in a way that these few rules do not foresee is left alone, with a message.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from etl.errors import SettingsError
from etl.home import create_private
from etl.settings import Settings, TableMapping, load_settings, read_settings
from etl.settings_reader import DATE_ORDERS

if TYPE_CHECKING:
    from etl.home import Home

HEADER = re.compile(r"\s*\[")
OF_THIS_TABLE = re.compile(r"\s*\[\s*tables\s*\.")
TABLE = re.compile(r"\s*\[\[\s*tables\s*\]\]")
DATES = re.compile(r"\s*\[\s*dates\s*\]")
CONFIRMED = "# Confirmed on the page Data"
BY_HAND = "Change it in kring.toml yourself."


def table_text(mapping: TableMapping) -> str:
    """A mapping as the `[[tables]]` block that gives it."""
    lines = [
        "[[tables]]",
        f"name = {_quoted(mapping.name)}",
        f"match = {_quoted(mapping.match)}",
        f"feed = {_quoted(mapping.feed.name)}",
    ]
    if mapping.dates is not None:
        lines.append(f"dates = {_quoted(mapping.dates.value)}")
    if mapping.max_rows is not None:
        lines.append(f"max_rows = {mapping.max_rows}")
    if mapping.is_partial:
        lines.append("partial = true")
    lines.append("[tables.columns]")
    lines += [f"{_quoted(column)} = {_quoted(field)}" for column, field in mapping.columns]
    if mapping.constants:
        lines.append("[tables.constants]")
        lines += [f"{_quoted(field)} = {_quoted(value)}" for field, value in mapping.constants]
    if mapping.kinds:
        lines.append("[tables.kinds]")
        lines += [f"{_quoted(column)} = {_quoted(kind)}" for column, kind in mapping.kinds]
    return "\n".join(lines) + "\n"


def add_table(home: Home, mapping: TableMapping, remark: str) -> None:
    """Put a mapping at the end of `kring.toml`, below a remark. Every byte a person wrote stays.

    The whole new text is read first; nothing is written when it holds any fault.
    """
    before = home.settings_file.read_bytes()
    head = before.decode("utf-8-sig").rstrip("\n")
    said = " ".join(remark.split())
    added = f"\n\n# {said}\n{table_text(mapping)}"
    read_settings(head + added, os.environ)
    write_settings(home, before, before.rstrip(b"\n") + added.encode())


def write_settings(home: Home, before: bytes, after: bytes) -> None:
    """Replace kring.toml in one step, unless it no longer holds `before`; then SettingsError."""
    part = home.settings_file.with_name(f"{home.settings_file.name}.part")
    part.unlink(missing_ok=True)
    create_private(part)
    with part.open("wb") as file:
        file.write(after)
        file.flush()
        os.fsync(file.fileno())
    if home.settings_file.read_bytes() != before:
        part.unlink()
        raise SettingsError("kring.toml", "it was changed just now", "", "Look again and confirm once more.")
    part.replace(home.settings_file)


def _quoted(text: str) -> str:
    """The text as a TOML string: JSON's is one, but for one sign."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def replace_table(home: Home, name: str, mapping: TableMapping) -> None:
    """Write a mapping in the place of the one called `name`; its comments go above it."""

    def changed(settings: Settings) -> Settings:
        return replace(
            settings, tables=tuple(mapping if each.name == name else each for each in settings.tables)
        )

    def lines(text: list[str], settings: Settings) -> list[str]:
        start, end = _block(text, settings, name)
        return [*text[:start], *_rewritten(text[start:end], mapping), *text[end:]]

    _write(home, lines, changed)


def remove_table(home: Home, name: str) -> None:
    """Take a mapping out, with the comments within it and the remark that the page Data put above it."""

    def changed(settings: Settings) -> Settings:
        return replace(settings, tables=tuple(each for each in settings.tables if each.name != name))

    def lines(text: list[str], settings: Settings) -> list[str]:
        start, end = _block(text, settings, name)
        while start and text[start - 1].startswith(CONFIRMED):
            start -= 1
        return [*text[:start], *text[end:]]

    _write(home, lines, changed)


def answer_dates(home: Home, key: str, order: str) -> None:
    """Say for a format, or for files whose name fits a pattern, whether the day or the month comes first."""
    shape = DATE_ORDERS[order]

    def changed(settings: Settings) -> Settings:
        told = {**dict(settings.dates), key: shape}
        return replace(settings, dates=tuple(told.items()))

    def lines(text: list[str], settings: Settings) -> list[str]:
        added = f'"{key}" = "{order}"\n'
        at = next((place for place, line in enumerate(text) if DATES.match(line)), None)
        if at is None:
            return [*text, "\n[dates]\n", added]
        end = next((p for p in range(at + 1, len(text)) if HEADER.match(text[p])), len(text))
        told = re.compile(rf'\s*(?:"{re.escape(key)}"|{re.escape(key)})\s*=')
        kept = [line for line in text[at + 1 : end] if not told.match(line)]
        return [*text[: at + 1], added, *kept, *text[end:]]

    _write(home, lines, changed)


def answer_dates_of_table(home: Home, name: str, order: str) -> None:
    """Say for a mapping whether the day or the month comes first."""
    mapping = next((each for each in load_settings(home).tables if each.name == name), None)
    if mapping is None:
        raise SettingsError("kring.toml", f"no mapping is called {name}", "", "Look again.")
    replace_table(home, name, replace(mapping, dates=DATE_ORDERS[order]))


def _rewritten(old: Sequence[str], mapping: TableMapping) -> list[str]:
    """The new block; a line that says what it said keeps its remark, whole lines of comment go to the top."""
    remarks = {_bare(line): line for line in old if "#" in line and not line.lstrip().startswith("#")}
    comments = [line for line in old if line.lstrip().startswith("#")]
    first, *others = [remarks.get(_bare(line), line) for line in _lines(_words(mapping))]
    return [first, *comments, *others, *_trailing(old)]


def _words(mapping: TableMapping) -> str:
    """The block as a person writes it: day-first rather than d-m-y."""
    text = table_text(mapping)
    for word, shape in DATE_ORDERS.items():
        text = (
            text.replace(f'dates = "{shape.value}"', f'dates = "{word}"') if mapping.dates is shape else text
        )
    return text


def _bare(line: str) -> str:
    """A line of the file without its remark and the spaces that mean nothing."""
    text = re.sub(r"""\s+#[^"']*$""", "", line.strip())
    return re.sub(r'^"([A-Za-z0-9_-]+)"', r"\1", re.sub(r"\s*=\s*", "=", text, count=1))


def _trailing(old: Sequence[str]) -> list[str]:
    blank = 0
    while blank < len(old) and not old[-1 - blank].strip():
        blank += 1
    return list(old[len(old) - blank :])


def _block(text: Sequence[str], settings: Settings, name: str) -> tuple[int, int]:
    """Where a mapping stands. Comments and blank lines above the next table belong to that one."""
    starts = [place for place, line in enumerate(text) if TABLE.match(line)]
    names = [each.name for each in settings.tables]
    if name not in names or len(starts) != len(names):
        raise SettingsError("kring.toml", f'the mapping "{name}" cannot be found', "", BY_HAND)
    start = starts[names.index(name)]
    end = start + 1
    while end < len(text) and (not HEADER.match(text[end]) or OF_THIS_TABLE.match(text[end])):
        end += 1
    while (
        end < len(text)
        and end > start + 1
        and (not text[end - 1].strip() or text[end - 1].lstrip()[0] == "#")
    ):
        end -= 1
    return start, end


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _write(
    home: Home,
    change: Callable[[list[str], Settings], list[str]],
    expected: Callable[[Settings], Settings],
    environment: Mapping[str, str] | None = None,
) -> None:
    given = os.environ if environment is None else environment
    before = home.settings_file.read_bytes()
    text = before.decode("utf-8-sig")
    if text and not text.endswith("\n"):
        text += "\n"
    settings = read_settings(text, given)
    after = "".join(change(_lines(text), settings))
    if _meaning(read_settings(after, given)) != _meaning(expected(settings)):
        raise SettingsError("kring.toml", "it is written in a way that Kring cannot change", "", BY_HAND)
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    write_settings(home, before, mark + after.encode())


def _meaning(settings: Settings) -> Settings:
    """The settings without an order that means nothing."""
    return replace(settings, dates=tuple(sorted(settings.dates, key=lambda each: each[0])))
