"""Answers of a Typeform, as its Responses API gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.sources.form_answers import Answers, Asked, Question, tell
from etl.sources.json_values import as_text, moment_text, objects, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told

ASKED = {"short_text": Asked.TEXT, "long_text": Asked.TEXT, "email": Asked.EMAIL}
NO_ANSWER_YET = "0001-01-01"


def read(document: Document, told: Told) -> None:
    """A form filled in is a line."""
    questions = {
        str(one.get("id")): Question(
            str(one.get("id")), text_at(one, "title") or "", ASKED.get(str(one.get("type")), Asked.OTHER)
        )
        for one in objects(document.about.get("fields"))
    }
    filled = []
    for line, name, body in document.items:
        said: dict[str, str] = {}
        for answer in objects(body.get("answers")):
            key = text_at(answer, "field", "id") or ""
            value = as_text(answer.get(str(answer.get("type"))))
            if key and value:
                said[key] = value
                kind = ASKED.get(text_at(answer, "field", "type") or "", Asked.OTHER)
                questions.setdefault(key, Question(key, text_at(answer, "field", "title") or key, kind))
        at = moment_text(body.get("submitted_at"))
        filled.append(Answers(line, name, None if (at or "").startswith(NO_ANSWER_YET) else at, said))
    tell(told, tuple(questions.values()), filled, document.meaning)
