"""The data dictionary, written from the declared schema by `make dictionary`; --check compares.

It holds every table and column with its meaning, and for each personal field why it is kept and for how long.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from etl.schema.feeds import FEEDS
from etl.schema.model import Column, Layer, Sensitivity, Table
from etl.schema.tables import CORE_TABLES, MART_TABLES

TARGET = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
INTRODUCTION = """\
# Data dictionary

Written by `make dictionary` from `etl/schema/`; do not edit it here. *Sensitivity* says how near a column is
to a person: personal columns and pseudonyms never enter a publication. *Kept* is how many months a personal
value is kept before only its condensed, pseudonymous form remains; the controller of the network confirms
these periods.
"""
LAYERS = {
    Layer.FEEDS: "What was handed in, row by row, once its columns are recognised. Never part of a release.",
    Layer.CORE: "One row per noun: a person, a session, a membership. Part of a release, coordinators only.",
    Layer.MARTS: "What questions read.",
}


def dictionary() -> str:
    """The whole page."""
    tables = (*(feed.table for feed in FEEDS), *CORE_TABLES, *MART_TABLES)
    parts = [INTRODUCTION]
    for layer, meaning in LAYERS.items():
        parts.append(f"## Layer {layer.value}\n\n{meaning}\n")
        parts += [_table(table) for table in tables if table.layer is layer]
    parts.append(_register(tables))
    return "\n".join(parts)


def _table(table: Table) -> str:
    lines = [f"### {table.qualified_name}", "", _sentence(table.grain) + _key(table), ""]
    lines += ["| column | type | meaning | unit | sensitivity |", "|---|---|---|---|---|"]
    for column in table.columns:
        sensitivity = "" if column.sensitivity is Sensitivity.NONE else column.sensitivity.value
        cells = (
            f"`{column.name}`",
            column.type.name.lower(),
            _plain(column.meaning),
            _plain(column.unit),
            sensitivity,
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        f"\n`{', '.join(reference.columns)}` points at {reference.table}." for reference in table.references
    ]
    return "\n".join(lines) + "\n"


def _key(table: Table) -> str:
    return f" Key: `{', '.join(table.key)}`." if table.key else ""


def _register(tables: tuple[Table, ...]) -> str:
    """Every field about a person: purpose, where it comes from, how long it is kept."""
    lines = [
        "## Register of personal fields",
        "",
        "| field | sensitivity | purpose | kept (months) | in tables |",
        "|---|---|---|---|---|",
    ]
    for column, places in sorted(_personal(tables), key=lambda pair: (pair[0].name, pair[0].purpose)):
        kept = "always" if column.retention is None else str(column.retention)
        where = ", ".join(places)
        lines.append(
            f"| `{column.name}` | {column.sensitivity.value} | {column.purpose} | {kept} | {where} |"
        )
    return "\n".join(lines) + "\n"


def _personal(tables: tuple[Table, ...]) -> Iterator[tuple[Column, list[str]]]:
    found: dict[tuple[str, Sensitivity, str, int | None], tuple[Column, list[str]]] = {}
    for table in tables:
        for column in table.columns:
            if column.sensitivity is not Sensitivity.NONE:
                key = (column.name, column.sensitivity, column.purpose, column.retention)
                found.setdefault(key, (column, []))[1].append(table.qualified_name)
    yield from found.values()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _plain(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is up to date."""
    if arguments == ["--write"]:
        TARGET.write_text(dictionary(), encoding="utf-8")
        return 0
    if arguments == ["--check"]:
        if TARGET.exists() and TARGET.read_text(encoding="utf-8") == dictionary():
            return 0
        print("docs/data-dictionary.md is out of date: run make dictionary", file=sys.stderr)
        return 1
    print("usage: python -m etl.schema.dictionary --write | --check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
