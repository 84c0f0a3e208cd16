"""What counts as one text to cluster: clean, split into questions, and set filler aside. Pure functions."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache

import stopwordsiso

MINIMUM_CONTENT_WORDS = 2
MINIMUM_QUESTION_WORDS = 4
SHORT_TEXT_WORDS = 6

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
QUESTION_END = re.compile(r"(?<=\?)\s+")
FILLER = re.compile(
    r"^(geen|geen vragen?|geen idee|niets|niks|nvt|n\.?v\.?t\.?|weet (ik )?niet|nog niet|nee|ja|"
    r"(alvast )?(hartelijk )?bedankt|(alvast )?dank( je| u)? ?wel|none|nothing|no|yes|n/?a|"
    r"no questions?|thanks?|thank you|test|ok[eé]?)[\s.!,?-]*$",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """The text in NFC with every run of white space as one space; diacritics stay."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def text_hash(text: str) -> str:
    """A stable fingerprint of a cleaned text, blind to capitals: exact duplicates share it."""
    return hashlib.sha256(clean(text).casefold().encode()).hexdigest()[:32]


def words(text: str) -> list[str]:
    """The words of a text in order and as written; digits and signs are left out."""
    return WORD.findall(text)


@cache
def stop_words() -> frozenset[str]:
    """Dutch and English function words, and words that say nothing in a network of learners."""
    own = (
        "vraag vragen hoe hoeveel kunnen kan kun graag goed goede jaar iemand ervaring ervaringen "
        "manier gaan zorgen zorg doen maken krijgen krijg jullie onze ons we wij wat welke waar "
        "wanneer wie waarom question questions how many much can good year someone experience way "
        "make get our we which lukt helpt werkt anderen andere samen eigen moet moeten mag willen "
        "wil zien ziet komt komen blijft blijven geven geef vinden vind nemen houden houd brengen "
        "laat laten staan gebruiken gebruik nodig steeds echt precies eigenlijk mensen people "
    )
    return frozenset(stopwordsiso.stopwords(["nl", "en"])) | frozenset(own.split())


def content_words(text: str) -> list[str]:
    """The lower-cased words that carry meaning: two letters or more and no stop word."""
    return [word for word in (w.lower() for w in words(text)) if len(word) > 1 and word not in stop_words()]


@cache
def _function_words(language: str) -> frozenset[str]:
    other = {"nl": "en", "en": "nl"}[language]
    return frozenset(stopwordsiso.stopwords(language)) - frozenset(stopwordsiso.stopwords(other))


def language_of(text: str) -> str:
    """`nl` or `en`, whichever has more of the text's function words; Dutch when it cannot be told."""
    found = {word.lower() for word in words(text)}
    return "en" if len(found & _function_words("en")) > len(found & _function_words("nl")) else "nl"


def is_filler(text: str) -> bool:
    """Whether a text says nothing that can be placed: a polite phrase, or a few words without content."""
    cleaned = clean(text)
    if FILLER.match(cleaned):
        return True
    return len(words(cleaned)) < SHORT_TEXT_WORDS and len(set(content_words(cleaned))) < MINIMUM_CONTENT_WORDS


def split_questions(text: str) -> tuple[str, ...]:
    """The separate questions in one contribution, or the whole text when it holds no two full questions.

    A word of thanks after a question is no part of it.
    """
    parts = tuple(part for part in QUESTION_END.split(clean(text)) if part)
    parts = tuple(part for part in parts if not FILLER.match(part)) or parts
    full = [part for part in parts if part.endswith("?") and len(words(part)) >= MINIMUM_QUESTION_WORDS]
    if len(full) < 2 or len(full) < len(parts):
        return (" ".join(parts),)
    return parts
