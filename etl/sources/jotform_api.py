"""Submissions of a Jotform; every answer holds its question. Its times are those of New York."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.sources.form_answers import Answers, Asked, Question, tell
from etl.sources.json_values import as_text, moment_in, plain, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document, JsonObject
    from etl.sources.told import Told

ASKED = {
    "control_textarea": Asked.TEXT, "control_textbox": Asked.TEXT, "control_email": Asked.EMAIL,
    "control_fullname": Asked.NAME,
}  # fmt: skip
ZONE = "America/New_York"


def read(document: Document, told: Told) -> None:
    """A submission is a line."""
    questions: dict[str, tuple[int, Question]] = {}
    filled = []
    for line, name, body in document.items:
        answers = body.get("answers")
        said = {}
        for key, one in (answers if isinstance(answers, dict) else {}).items():
            text = _text(one.get("answer"), text_at(one, "type")) if isinstance(one, dict) else None
            if text:
                order = text_at(one, "order") or "0"
                asked = ASKED.get(text_at(one, "type") or "", Asked.OTHER)
                question = Question(key, plain(one.get("text")) or key, asked)
                questions.setdefault(key, (int(order) if order.isdecimal() else 0, question))
                said[key] = text
        filled.append(Answers(line, name, _at(body), said))
    placed = [question for _, question in sorted(questions.values(), key=lambda one: (one[0], one[1].key))]
    tell(told, placed, filled, document.meaning)


def _text(answer: object, kind: str | None) -> str | None:
    if isinstance(answer, dict) and kind in ("control_fullname", "control_address"):
        parts = [as_text(answer.get(key)) for key in ("prefix", "first", "middle", "last", "suffix")]
        return " ".join(part for part in parts if part) or None
    return as_text(list(answer.values()) if isinstance(answer, dict) else answer)


def _at(body: JsonObject) -> str | None:
    written = text_at(body, "created_at")
    return moment_in(written, ZONE) if written else None
