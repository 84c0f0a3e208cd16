"""Submissions of a Tally form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.sources.form_answers import Answers, Asked, Question, tell, unlisted
from etl.sources.json_values import as_text, moment_text, objects, plain

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told

ASKED = {"INPUT_TEXT": Asked.TEXT, "TEXTAREA": Asked.TEXT, "INPUT_EMAIL": Asked.EMAIL}


def read(document: Document, told: Told) -> None:
    """A submission is a line."""
    questions = [
        Question(
            str(one.get("id")), plain(one.get("title")) or plain(one.get("name")) or str(one.get("id")),
            ASKED.get(str(one.get("type")), Asked.OTHER),
        )
        for one in objects(document.about.get("questions"))
    ]  # fmt: skip
    filled = []
    for line, name, body in document.items:
        said = {}
        for one in objects(body.get("responses")):
            text = as_text(one.get("answer", one.get("value")))
            if text:
                said[str(one.get("questionId"))] = text
        filled.append(Answers(line, name, moment_text(body.get("submittedAt")), said))
    tell(told, questions or unlisted(filled), filled, document.meaning)
