"""Answers of a LimeSurvey, as RemoteControl 2 exports them with question codes as headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.sources.answers import SENTENCE_WORDS
from etl.sources.form_answers import Answers, Asked, Question, tell
from etl.sources.headings import person_field
from etl.sources.json_values import as_text, moment_text, objects, plain, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document
    from etl.sources.told import Told

TEXT_TYPES = ("S", "T", "U", "Q")
OWN_COLUMNS = ("id", "submitdate", "startdate", "datestamp", "lastpage", "startlanguage", "seed")
NO_DATE = "1980-01-01"  # an anonymous survey keeps no dates
TEXT_PARTS = ("[comment]", "comment", "[other]", "other")


def read(document: Document, told: Told) -> None:
    """A survey filled in is a line."""
    listed = {str(one.get("code")): one for one in objects(document.about.get("questions"))}
    filled = []
    keys: dict[str, bool] = {}
    for line, name, body in document.items:
        said = {
            key: text for key, value in body.items() if key not in OWN_COLUMNS and (text := as_text(value))
        }
        for key, text in said.items():
            keys[key] = keys.get(key, False) or len(text.split()) >= SENTENCE_WORDS
        at = moment_text(body.get("submitdate"), utc_without_zone=False)
        filled.append(Answers(line, name, None if not at or at.startswith(NO_DATE) else at, said))
    questions = [_question(key, listed, is_wordy) for key, is_wordy in sorted(keys.items())]
    tell(told, questions, filled, document.meaning)


def _question(key: str, listed: dict[str, dict[str, object]], is_wordy: bool) -> Question:
    """As the survey lists it; a column that it does not list is text when somebody wrote a sentence there."""
    known = listed.get(key)
    if known is not None and not any(other.startswith(f"{key}[") for other in listed if other != key):
        asked = Asked.TEXT if text_at(known, "type") in TEXT_TYPES else Asked.OTHER
        return Question(key, plain(known.get("words")) or key, asked)
    above = next(
        (listed[key.removesuffix(part)] for part in TEXT_PARTS if key.removesuffix(part) in listed), None
    )
    words = plain(above.get("words")) if above else None
    is_text = (is_wordy and not (listed and known is None and above is None)) or bool(person_field(key))
    return Question(key, words or key, Asked.TEXT if is_text else Asked.OTHER)
