"""The declared schema as SQL: what each table looks like, and comments that say what it means."""

from __future__ import annotations

from collections.abc import Iterator

from etl.schema.model import Table


def quoted(name: str) -> str:
    """An identifier, safe to place in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text, safe to place in SQL."""
    return "'" + text.replace("'", "''") + "'"


def create_table(table: Table) -> str:
    """The statement that makes the table, empty."""
    columns = ", ".join(f"{quoted(column.name)} {column.type.value}" for column in table.columns)
    return f"create or replace table {table.layer.value}.{quoted(table.name)} ({columns})"


def comments(table: Table) -> Iterator[str]:
    """The statements that write the meaning of the table and its columns into the database."""
    name = f"{table.layer.value}.{quoted(table.name)}"
    yield f"comment on table {name} is {literal(table.grain)}"
    for column in table.columns:
        yield f"comment on column {name}.{quoted(column.name)} is {literal(column.meaning)}"
