"""Items of any JSON list, through the columns that kring.toml gives: "field" or "field.within.it"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.sources.form_answers import Answers, tell
from etl.sources.json_values import as_text

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told

MOST_DEPTH = 10


def read(document: Document, told: Told) -> None:
    """An item is a line."""
    filled = [Answers(line, name, None, _flat(body)) for line, name, body in document.items]
    known = {key for one in filled for key in one.said}
    tell(told, (), filled, document.meaning)
    missing = [column for column, _ in document.meaning.columns if column not in known]
    if filled and missing:
        told.warnings.append(f"nothing has a value for {', '.join(missing)}; see the columns in kring.toml")


def _flat(body: object, above: str = "", depth: int = 0) -> dict[str, str]:
    """Every value by its key, that of an object by a path with dots; lists joined."""
    said: dict[str, str] = {}
    for key, value in body.items() if isinstance(body, dict) else ():
        text = as_text(value)
        if text:
            said[f"{above}{key}"] = text
        if isinstance(value, dict) and depth < MOST_DEPTH:
            said.update(_flat(value, f"{above}{key}.", depth + 1))
    return said
