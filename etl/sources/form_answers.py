"""Answers of a form that was collected: the tool says what each question is, so nothing is guessed.

Free text becomes contributions, unless the words of the question ask who somebody is (name, e-mail,
organisation …) or a practical matter (diet, telephone). `columns` in kring.toml says otherwise, and then says
everything: "question" = "field". A form that gathers members or registrations gives a row for each answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from etl.schema.feeds import CONTACT, CONTRIBUTION, MEMBERSHIP, REGISTRATION, Feed
from etl.schema.model import ColumnType
from etl.sources.answers import is_practical, kind_asked
from etl.sources.headings import person_field
from etl.sources.mapping import normal_heading

if TYPE_CHECKING:
    from etl.sources.told import Told

MOMENT_FIELDS = {
    "contribution": "contributed_at", "registration": "registered_at", "membership": "joined_on",
    "contact": "connected_on", "pulse": "asked_on", "milestone": "happened_on", "exchange": "happened_on",
}  # fmt: skip
PERSON_FEEDS = (MEMBERSHIP.name, CONTACT.name, REGISTRATION.name)


class Asked(Enum):
    """What a question asks for."""

    TEXT = "text"
    EMAIL = "email"
    NAME = "name"
    OTHER = "other"  # a choice, a number, a date, a file …


@dataclass(frozen=True)
class Question:
    """A question by the key under which its answers stand."""

    key: str
    words: str
    asked: Asked


@dataclass(frozen=True)
class Answers:
    """One filled-in form: who it says to be, when, and what stands under each key."""

    line: int
    id: str
    at: str | None
    said: Mapping[str, str]
    person: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Meaning:
    """What kring.toml says of the form."""

    feed: Feed = CONTRIBUTION
    columns: tuple[tuple[str, str], ...] = ()


def tell(told: Told, questions: Sequence[Question], filled: Sequence[Answers], meaning: Meaning) -> None:
    """Add the rows that the answers give."""
    if meaning.columns:
        _tell_mapped(told, questions, filled, meaning)
        return
    who = _who(questions)
    opened = {} if meaning.feed.name != CONTRIBUTION.name else _open(questions, set(who.values()))
    for one in filled:
        person = {name: one.said.get(key) for name, key in who.items()}
        person.update({name: value for name, value in one.person.items() if value})
        if meaning.feed.name == CONTRIBUTION.name:
            for key, (words, kind) in opened.items():
                if not one.said.get(key):
                    continue
                told.add(
                    CONTRIBUTION, one.line, **person, text=one.said.get(key, ""), kind=kind, question=words,
                    contributed_at=one.at, entry_id=one.id,
                )  # fmt: skip
        elif meaning.feed.name in PERSON_FEEDS:
            moment = MOMENT_FIELDS[meaning.feed.name]
            told.add(meaning.feed, one.line, **person, **{moment: _moment(meaning.feed, moment, one.at)},
                     **_entry(meaning.feed, one.id))  # fmt: skip


def unlisted(filled: Sequence[Answers]) -> list[Question]:
    """The questions of a form whose questions nobody told: whatever was answered, by its key."""
    return [Question(key, key, Asked.TEXT) for key in sorted({key for one in filled for key in one.said})]


def _tell_mapped(
    told: Told, questions: Sequence[Question], filled: Sequence[Answers], meaning: Meaning
) -> None:
    keys = {normal_heading(question.key): question.key for question in questions}
    keys.update({normal_heading(question.words): question.key for question in questions})
    words = {question.key: question.words for question in questions}
    places = [(keys.get(normal_heading(column), column), name) for column, name in meaning.columns]
    texts = [key for key, name in places if name == "text"]
    timed = MOMENT_FIELDS.get(meaning.feed.name)
    for one in filled:
        fields = {name: one.said.get(key) for key, name in places if name != "text"}
        if timed and not fields.get(timed):
            fields[timed] = _moment(meaning.feed, timed, one.at)
        if meaning.feed.name != CONTRIBUTION.name:
            told.add(meaning.feed, one.line, **{**one.person, **fields, **_entry(meaning.feed, one.id)})
        for key in texts:
            if not one.said.get(key):
                continue
            told.add(CONTRIBUTION, one.line, **{
                **one.person, **fields, "text": one.said.get(key, ""), "question": words.get(key),
                "kind": fields.get("kind") or kind_asked(words.get(key, "")) or "question",
                "entry_id": one.id,
            })  # fmt: skip


def _entry(feed: Feed, name: str) -> dict[str, str]:
    return {"entry_id": name} if any(column.name == "entry_id" for column in feed.columns) else {}


def _moment(feed: Feed, name: str, at: str | None) -> str | None:
    """A day where the feed wants one."""
    kinds = {column.name: column.type for column in feed.columns}
    return at[:10] if at and kinds[name] is ColumnType.DATE else at


def _who(questions: Sequence[Question]) -> dict[str, str]:
    """Person fields with the key of the first question that asks for them."""
    who: dict[str, str] = {}
    for question in questions:
        found = {Asked.EMAIL: "email", Asked.NAME: "full_name"}.get(question.asked)
        name = found or person_field(question.words)
        if name and name != "external_id":
            who.setdefault(name, question.key)
    return who


def _open(questions: Sequence[Question], taken: set[str]) -> dict[str, tuple[str, str]]:
    """The questions for free text: their words, and the kind of contribution they ask for."""
    return {
        question.key: (question.words, kind_asked(question.words) or "question")
        for question in questions
        if question.asked is Asked.TEXT and question.key not in taken
        and not person_field(question.words) and not is_practical(question.words)
    }  # fmt: skip
