"""A changed export is read right, or stops with a reason that names the column; it is never quietly wrong.

Every good sample of every format is changed in every way. What comes out is right when it is what came out
before; poorer when every row is a row of before with fields left out, which only columns that a tool does not
always write, or that an organiser adds, may do; anything else is wrong.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.settings import Settings, read_settings
from etl.sources.layouts import LAYOUTS, Column
from etl.sources.mapping import normal_heading
from etl.sources.reading import FileReading
from etl.sources.source import FileStatus
from etl.warehouse import scratch
from tests.conftest import LONG
from tests.sources.drift import (
    ADDED_VALUE,
    NONSENSE,
    STRANGE,
    Bench,
    Change,
    Fact,
    changes,
    export_of,
    json_changes,
)

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = 20261121
FORMS = ("google_forms", "microsoft_forms", "limesurvey", "zoom_registration", "zoom_webinar", "eventbrite")
"""Formats with columns of the organiser's own: each of them is a question."""
ASKING = (*FORMS, "pretix")  # besides its own columns, of which it never leaves one out
LISTS = ("linkedin_people", "linkedin_counts")  # of any tool, by hand: only what is needed is needed
OWN_WORDS = ("question", "kind", "text")
READ = (FileStatus.ACCEPTED, FileStatus.PARTIAL)
MADE_OF_COLUMNS = (
    "status", "role", "title", "starts_at", "ends_at", "joined_at", "left_at", "minutes", "registered_at",
    "joined_on", "contributed_at", "full_name", "email", "linkedin_url",
)  # fmt: skip
"""Fields that are worked out from several columns: without one of them the next best is told."""


def good(endings: tuple[str, ...]) -> list[Path]:
    """The good samples with these endings; only part of them unless the full figures are asked for."""
    found = [
        path
        for path in sorted(SAMPLES.glob("*/*"))
        if path.suffix in endings and ".inspect." not in path.name
        and "bad" not in path.name and "unknown" not in path.name
    ]  # fmt: skip
    if os.environ.get(LONG):
        return found
    return [path for number, path in enumerate(found) if number % 4 == 0]


NEXT_BEST = (*MADE_OF_COLUMNS, *OWN_WORDS, "place", "event_id", "series")
TABLES = good((".csv", ".tsv", ".txt", ".xlsx", ".xls"))
DOCUMENTS = good((".json",))
MOST_COLUMNS = None if os.environ.get(LONG) else 2
verdicts: Counter[str] = Counter()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    settings = read_settings((SAMPLES / "kring.toml").read_text(encoding="utf-8"), {})
    with scratch(threads=1) as database:
        yield Bench(settings, database, tmp_path_factory.mktemp("drift"))


def names(reading: FileReading, column: str) -> bool:
    """Whether the reason, a warning or a refused row names the column, or every column of the file."""
    said = " ".join(
        (reading.reason or "", *reading.warnings, *(each.column or "" for each in reading.rejects))
    )
    return normal_heading(column) in normal_heading(said)


def is_poorer(found: Counter[Fact], base: Counter[Fact], free: tuple[str, ...]) -> bool:
    """Whether every fact is one of before with less in it, apart from fields that are free."""
    told = [(feed, {pair for pair in fact if pair[0] not in free}) for feed, fact in base]
    return all(
        any(feed == of and {pair for pair in fact if pair[0] not in free} <= whole for of, whole in told)
        for feed, fact in found
    )


def layout_columns(format_id: str, heading: str) -> list[Column]:
    """What the layouts of a format say of this column."""
    bare = normal_heading(heading).removesuffix(" (utc)")
    return [
        column
        for layout in LAYOUTS
        if layout.format_id == format_id
        for column in layout.columns
        if bare in column.names
    ]


def is_always_there(format_id: str, heading: str) -> bool:
    """Whether every export of this tool has the column."""
    found = layout_columns(format_id, heading)
    return bool(found) and not any(column.is_optional for column in found)


def verdict(
    change: Change, reading: FileReading, found: Counter[Fact], base: Counter[Fact], format_id: str
) -> str:
    """`right`, `stopped`, `said`, `poorer` or what is wrong."""
    if reading.status not in READ:
        if not reading.reason:
            return "WRONG: stopped without a reason"
        is_named = change.column is None or reading.status is FileStatus.NEEDS_MAPPING
        is_named = is_named or change.kind == "type" or names(reading, change.column or "")
        return (
            "stopped"
            if is_named or '"' in reading.reason or "columns" in reading.reason
            else "WRONG: unnamed"
        )
    if found == base or (change.kind == "dates" and base <= found):  # a row that could not be read now can
        return "right"
    if change.column and names(reading, change.column):
        return "said"
    if reading.rows.rejected and found <= base:
        return "said"
    if change.kind == "heading only":
        return "right" if is_poorer(found, base, MADE_OF_COLUMNS) else "WRONG: facts out of nothing"
    if change.kind == "type":
        kept = Counter({(feed, fact): n for (feed, fact), n in found.items()})
        is_text = any(NONSENSE in str(value) for _, fact in kept for _, value in fact)
        return "right" if is_text or is_poorer(found, base, MADE_OF_COLUMNS) else "WRONG: nonsense understood"
    if change.kind in ("add", "double", "translate", "rename", "reorder") and format_id in ASKING:
        own = Counter({key: n for key, n in found.items() if _is_of_tool(key)})
        if is_poorer(own, base, OWN_WORDS):
            return "right"
    if change.kind in ("drop", "rename", "translate") and change.column:
        is_free = format_id in FORMS + LISTS or not is_always_there(format_id, change.column)
        own = Counter({key: n for key, n in found.items() if _is_of_tool(key) and not _is_asked(key)})
        if is_free and is_poorer(own, base, (*MADE_OF_COLUMNS, *OWN_WORDS, "organisation")):
            return "poorer"
    if change.kind == "double" and format_id in LISTS:
        return "said" if reading.warnings or found != base else "WRONG"
    if format_id == "linkedin_page_followers" and change.kind == "drop" and names_no_english(change):
        return "doubtful"
    return "WRONG: other facts"


def names_no_english(change: Change) -> bool:
    """In other languages a report without a column of zeros cannot be told from the older layout."""
    return not layout_columns("linkedin_page_followers", change.column or "")


def _is_asked(key: Fact) -> bool:
    """A column under a name that nobody knows is a question of the organiser's."""
    return ("question", STRANGE) in key[1]


def _is_of_tool(key: Fact) -> bool:
    return not any(value in (ADDED_VALUE, "zzz") for _, value in key[1])


@pytest.mark.parametrize("path", TABLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_changed_table_is_read_right_or_stops(path: Path, bench: Bench, settings: Settings) -> None:
    export = export_of(path, settings)
    target = bench.folder / f"changed{path.suffix}"
    export.write(target)
    first, base = bench.read(target, path.name)
    assert first.status in READ, first.reason
    assert base == bench.read(path, path.name)[1], "saved again it says the same"
    wrong = []
    for change in changes(export, random.Random(f"{SEED} {path.name}"), MOST_COLUMNS):
        change.export.write(target)
        reading, found = bench.read(target, path.name)
        said = verdict(change, reading, found, base, path.parent.name)
        verdicts[said.split(":")[0]] += 1
        if said.startswith("WRONG"):
            wrong.append((change.kind, change.column, said, reading.reason, _difference(found, base)))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_changed_document_is_read_right_or_stops(path: Path, bench: Bench) -> None:
    _, base = bench.read(path, path.name)
    target = bench.folder / "changed.json"
    wrong = []
    for kind, name, content in json_changes(path, random.Random(SEED), None if MOST_COLUMNS is None else 4):
        target.write_bytes(content)
        reading, found = bench.read(target, path.name)
        if reading.status in READ and not is_poorer(found, base, NEXT_BEST) and name != "status":
            wrong.append((kind, name, _difference(found, base)))
        verdicts["documents"] += 1
    assert not wrong, "\n".join(map(str, wrong))


def test_the_figures() -> None:
    print(f"trust 26: {sum(verdicts.values())} changed files, seed {SEED}: {dict(verdicts)}")
    assert verdicts["right"] > 100
    assert verdicts["stopped"] > 100


def _difference(found: Counter[Fact], base: Counter[Fact]) -> str:
    lost, new = [dict(fact) for _, fact in base - found], [dict(fact) for _, fact in found - base]
    return f"{len(lost)} facts gone, {len(new)} new, such as {new[:1]} for {lost[:1]}"


@pytest.fixture(scope="module")
def settings(bench: Bench) -> Settings:
    return bench.settings
