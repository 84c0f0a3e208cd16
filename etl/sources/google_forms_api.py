"""Responses of a Google Form, as its API gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.sources.form_answers import Answers, Asked, Question, tell, unlisted
from etl.sources.json_values import as_text, at, moment_text, objects, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told


def read(document: Document, told: Told) -> None:
    """A response is a line."""
    questions = [
        Question(
            str(one.get("id")), text_at(one, "words") or str(one.get("id")),
            Asked.TEXT if one.get("is_text") is True else Asked.OTHER,
        )
        for one in objects(document.about.get("questions"))
    ]  # fmt: skip
    filled = []
    for line, name, body in document.items:
        answers = body.get("answers")
        said = {}
        for key, one in (answers if isinstance(answers, dict) else {}).items():
            text = as_text([each.get("value") for each in objects(at(one, "textAnswers", "answers"))])
            if text:
                said[key] = text
        email = text_at(body, "respondentEmail")
        when = moment_text(body.get("createTime")) or moment_text(body.get("lastSubmittedTime"))
        filled.append(Answers(line, name, when, said, {"email": email}))
    tell(told, questions or unlisted(filled), filled, document.meaning)
