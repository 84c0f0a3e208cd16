"""What the columns of an unknown table mean: from a proposal to a mapping. Pure: imports no Streamlit."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboard.deliveries import Unmapped
from dashboard.field_words import field_word
from dashboard.reasons import field_words, reason_words
from dashboard.tables import Cell, Column, Table
from dashboard.wording import Wording
from etl.errors import InputError
from etl.home import Home
from etl.schema.feeds import FEEDS, Feed, feed_named
from etl.schema.model import ColumnType
from etl.schema.moments import CLOCK, faults_in_parts, part_fields, whole_field
from etl.settings import MANY_FIELD, Settings, TableMapping
from etl.sources.headings import likely_fields
from etl.sources.preview import MOST_ROWS, Preview, read_preview, request

PATIENCE = 180.0  # seconds; the reader itself stops a file that takes too long
_UNUSED = re.compile(r'^# (".*" = "")$', re.MULTILINE)


@dataclass(frozen=True)
class Proposal:
    """What Kring thinks the columns are. A column without a field is not used."""

    name: str
    match: str
    feed: Feed
    columns: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...] = ()


def base_name(file: str) -> str:
    """A file's name without its folder."""
    return file.replace("\\", "/").rpartition("/")[2]


def read_proposal(waiting: Unmapped, settings: Settings) -> Proposal | None:
    """The proposal of a waiting file, with a name that is still free; None when there is none."""
    if not waiting.proposal:
        return None
    try:
        block = tomllib.loads(waiting.proposal)["tables"][0]
        unused = tomllib.loads("\n".join(_UNUSED.findall(waiting.proposal)))
    except (tomllib.TOMLDecodeError, LookupError):
        return None
    columns = (*block.get("columns", {}).items(), *unused.items())
    name = free_name(str(block["name"]), settings)
    match = pattern_for(base_name(waiting.file), str(block["match"]))
    feed, kinds = feed_named(str(block["feed"])), block.get("kinds", {}).items()
    return Proposal(name, match, feed, _texts(columns), _texts(kinds))


def _texts(pairs: Iterable[tuple[object, object]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one), str(other)) for one, other in pairs)


def free_name(wanted: str, settings: Settings) -> str:
    """The name, or the name with a number: no two mappings share one."""
    taken = {mapping.name for mapping in settings.tables}
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name


def pattern_for(file: str, proposed: str) -> str:
    """The pattern as proposed, unless it would take every file: then the name with its numbers left open."""
    if is_telling(proposed):
        return proposed
    pattern = re.sub(r"\d+", "*", file)
    return pattern if is_telling(pattern) else file


def is_telling(pattern: str) -> bool:
    """Whether a pattern names more than the kind of file."""
    stem = pattern.rpartition(".")[0] or pattern
    return bool(re.search(r"[^\W_]", stem))


def fields_for(proposal: Proposal, feed: Feed) -> dict[str, str]:
    """Column -> field of a feed, or nothing; each field once, but for the text of contributions."""
    known = [*(column.name for column in feed.columns), *part_fields(feed)]
    taken: set[str] = set()
    chosen: dict[str, str] = {}
    for heading, field in proposal.columns:
        wanted = (field, *likely_fields(heading)) if field or feed is not proposal.feed else ()
        free = [one for one in wanted if one in known and (one not in taken or _holds_many(feed, one))]
        chosen[heading] = free[0] if free else ""
        taken.add(chosen[heading])
    return chosen


def with_its_parts(feed: Feed, name: str) -> tuple[str, ...]:
    """A field, and after a moment its day and its time, for a table that has them in two columns."""
    return (name, *(part for part in part_fields(feed) if whole_field(part) == name))


def _holds_many(feed: Feed, field: str) -> bool:
    """Whether several columns may be this field: the questions of one form."""
    return feed.name == "contribution" and field == MANY_FIELD


def feed_names() -> tuple[str, ...]:
    """Every feed a table can be read as."""
    return tuple(feed.name for feed in FEEDS)


def mapping_of(
    feed: Feed,
    name: str,
    match: str,
    columns: Mapping[str, str],
    constants: Mapping[str, str],
    kinds: Iterable[tuple[str, str]] = (),
) -> TableMapping:
    """The mapping that was filled in. `kinds`: as proposed, for columns that may be something else by now."""
    used = tuple((heading, field) for heading, field in columns.items() if field)
    fixed = tuple((field, value.strip()) for field, value in constants.items() if field and value.strip())
    told = {field for _, field in used}
    asked = {heading for heading, field in used if _holds_many(feed, field)} if "kind" not in told else set()
    kept = tuple((heading, kind) for heading, kind in kinds if heading in asked)
    return TableMapping(" ".join(name.split()), match.strip(), feed, used, fixed, kinds=kept)


def faults(mapping: TableMapping, file: str, settings: Settings, words: Wording) -> tuple[str, ...]:
    """What has to be put right before anything can be shown."""
    found: list[str] = []
    given = [field for _, field in mapping.columns] + [field for field, _ in mapping.constants]
    for field in sorted({field for field in given if given.count(field) > 1}):
        if _holds_many(mapping.feed, field) and field not in dict(mapping.constants):
            continue
        found.append(words.t("{field} has two columns; choose one.", field=field_word(field, words)))
    alone = faults_in_parts(mapping.feed, [field for _, field in mapping.columns])
    found += [
        words.t("{field} needs a column with its day.", field=field_word(whole_field(field), words))
        if field.endswith(CLOCK) and whole_field(field) not in given
        else words.t("{field} has two columns; choose one.", field=field_word(whole_field(field), words))
        for field in sorted(alone)
    ]
    for group in mapping.feed.required:
        if not set(group) & {whole_field(field) for field in given}:
            options = ", ".join(field_word(field, words) for field in group)
            found.append(words.t("One of these is needed: {fields}.", fields=options))
    if not mapping.name or mapping.name in {each.name for each in settings.tables}:
        found.append(words.t("Give the mapping a name of its own."))
    if not is_telling(mapping.match) or "/" in mapping.match:
        found.append(words.t("The pattern would take other files too: name a part of the file name."))
    elif not mapping.fits(base_name(file)):
        found.append(words.t("The pattern does not fit the name of this file."))
    return tuple(found)


def make_preview(home: Home, waiting: Unmapped, mapping: TableMapping) -> Preview:
    """What a refresh would read, by its own reader in a process of its own."""
    asked = request(home, home.landed_file(waiting.sha256), waiting.file, mapping)
    command = [sys.executable, "-m", "etl.sources.preview"]
    try:
        done = subprocess.run(
            command, input=asked, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return read_preview(done.stdout)
    except (subprocess.SubprocessError, ValueError, LookupError) as error:
        raise InputError("preview", "the file could not be read this way", "a table") from error


def preview_table(shown: Preview, feed: Feed, zone: ZoneInfo, words: Wording) -> Table:
    """The first rows, as they would be read."""
    types = {column.name: column.type for column in feed.columns}
    columns = tuple(Column(field, field_word(field, words), is_wide=False) for field in shown.fields)
    rows = tuple(
        tuple(
            Cell(value, value_word(value, types[field], zone, words))
            for field, value in zip(shown.fields, row, strict=True)
        )
        for row in shown.rows
    )
    return Table(words.t("The first rows as they would be read"), columns, rows)


def value_word(value: str | None, kind: ColumnType, zone: ZoneInfo, words: Wording) -> str:
    """A value that was read, as a reader writes it."""
    if value is None:
        return ""
    if kind is ColumnType.DATE:
        return words.dated(date.fromisoformat(value))
    if kind is ColumnType.TIMESTAMP:
        moment = datetime.fromisoformat(f"{value}+00:00").astimezone(zone)
        return f"{words.dated(moment.date())}, {words.clock(moment)}"
    if kind is ColumnType.BOOLEAN:
        return words.t("yes") if value == "true" else words.t("no")
    return value


def outcome(shown: Preview, words: Wording) -> str:
    """How many rows would count, and how many would not."""
    used = words.n("{count} row would count", "{count} rows would count", shown.used)
    refused = words.n("{count} would be refused", "{count} would be refused", shown.rejected)
    first = words.t("the first {count} are shown", count=MOST_ROWS) if shown.used > MOST_ROWS else ""
    return " · ".join(part for part in (used, refused, first) if part)


def reject_lines(shown: Preview, words: Wording) -> tuple[str, ...]:
    """Why rows would be refused: each reason once, with the first rows it is about."""
    where: dict[str, list[str]] = {}
    for each in shown.rejects:
        column = f"{field_words(each.column, words)}: " if each.column else ""
        where.setdefault(f"{column}{reason_words(each.reason, words)}", []).append(
            words.number(each.line) if each.line else words.t("the whole file")
        )
    beyond = shown.rejected > len(shown.rejects)
    return tuple(
        words.t("row {lines}: {reason}", lines=", ".join(lines) + (" …" if beyond else ""), reason=reason)
        for reason, lines in where.items()
    )
