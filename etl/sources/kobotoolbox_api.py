"""Submissions of KoboToolbox; a question is known by its name, in a group by the path to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.sources.form_answers import Answers, Asked, Question, tell
from etl.sources.json_values import as_text, moment_text, objects, plain, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told

NO_QUESTIONS = ("note", "begin_group", "end_group", "begin_repeat", "end_repeat", "start", "end", "calculate")


def read(document: Document, told: Told) -> None:
    """A submission is a line."""
    listed = {}
    for one in objects(document.about.get("questions")):
        name = text_at(one, "name") or text_at(one, "$autoname")
        if name and text_at(one, "type") not in NO_QUESTIONS:
            asked = Asked.TEXT if text_at(one, "type") == "text" else Asked.OTHER
            listed[name] = (_label(one.get("label")) or name, asked)
    questions: dict[str, Question] = {}
    filled = []
    for line, name, body in document.items:
        said = {}
        for key, value in body.items():
            text = as_text(value)
            last = key.rsplit("/", 1)[-1]
            if text and not key.startswith(("_", "meta/")):
                words, asked = listed.get(last, (last, Asked.OTHER if listed else Asked.TEXT))
                questions.setdefault(key, Question(key, words, asked))
                said[key] = text
        filled.append(Answers(line, name, moment_text(body.get("_submission_time")), said))
    order = {name: number for number, name in enumerate(listed)}
    placed = sorted(
        questions.values(), key=lambda one: (order.get(one.key.rsplit("/", 1)[-1], len(order)), one.key)
    )
    tell(told, placed, filled, document.meaning)


def _label(label: object) -> str | None:
    """The words of a question in the form's first language."""
    return (
        next((text for one in label if (text := plain(one))), None)
        if isinstance(label, list)
        else plain(label)
    )
