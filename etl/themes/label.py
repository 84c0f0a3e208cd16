"""A name for each group: the words that are common in it and rare elsewhere, in the form people wrote them.

c-TF-IDF (Grootendorst, 2022) over lemmas, with adjacent pairs of content words. A label is a proposal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log

import simplemma

from etl.themes.texts import stop_words, words

TERMS_IN_LABEL = 3
KEY_WORDS = 6
SEPARATOR = " / "
PAIR_WEIGHT = 1.3
MINIMUM_TEXTS = 2
MINIMUM_SHARE = 0.03
EVERYWHERE_SHARE = 0.25
STEM = 5
# Words that say something only beside another: "nieuwe leden", never "nieuwe".
WEAK = frozenset(
    (
        "nieuw", "ander", "groot", "klein", "divers", "eerste", "laatste", "verschillend", "belangrijk",
        "eigen", "mogelijk", "heel", "half", "vol", "new", "other", "large", "small", "different",
        "important", "first", "last", "possible", "various", "whole",
    )
)  # fmt: skip


def label_groups(texts: Sequence[str], groups: Sequence[int]) -> dict[int, str]:
    """A label per group number (negative numbers are left out): up to three terms joined by " / "."""
    return {group: label_of(terms) for group, terms in key_words(texts, groups).items()}


def label_of(terms: Sequence[str]) -> str:
    """The first key words as a label."""
    return SEPARATOR.join(terms[:TERMS_IN_LABEL])


def key_words(texts: Sequence[str], groups: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The words that tell each group from the others, the strongest first; negative numbers are left out."""
    terms = [_terms(text) for text in texts]
    surfaces = _surfaces(terms)
    everywhere = _everywhere([frozenset(term) for term in terms])
    members: dict[int, list[int]] = {}
    for index, group in enumerate(groups):
        if group >= 0:
            members.setdefault(group, []).append(index)
    totals = Counter(lemma for term in terms for lemma in term)
    average = sum(totals.values()) / max(len(members), 1)
    return {
        group: _pick([frozenset(terms[index]) for index in indices], totals, average, everywhere, surfaces)
        for group, indices in sorted(members.items())
    }


@lru_cache(maxsize=100_000)
def _lemma(word: str) -> str:
    return simplemma.lemmatize(word.lower(), lang=("nl", "en")).lower()


def _terms(text: str) -> dict[str, str]:
    """Lemma (or pair of lemmas) to the form it has in the text."""
    found: dict[str, str] = {}
    previous: tuple[str, str] | None = None
    for word in words(text):
        lemma = _lemma(word)
        if len(word) < 3 or word.lower() in stop_words() or lemma in stop_words():
            previous = None
            continue
        form = word if word.isupper() else word.lower()
        found.setdefault(lemma, form)
        if previous is not None:
            found.setdefault(f"{previous[0]} {lemma}", f"{previous[1]} {form}")
        previous = (lemma, form)
    return found


def _surfaces(terms: Sequence[dict[str, str]]) -> dict[str, str]:
    """The commonest written form of each lemma; ties by alphabet."""
    forms: dict[str, Counter[str]] = {}
    for text in terms:
        for lemma, form in text.items():
            forms.setdefault(lemma, Counter())[form] += 1
    return {lemma: min(counts, key=lambda form: (-counts[form], form)) for lemma, counts in forms.items()}


def _everywhere(terms: Sequence[frozenset[str]]) -> frozenset[str]:
    """Terms in over a quarter of all texts: they tell no group from another."""
    counts = Counter(lemma for text in terms for lemma in text)
    return frozenset(lemma for lemma, count in counts.items() if count > EVERYWHERE_SHARE * len(terms))


def _pick(
    group: Sequence[frozenset[str]],
    totals: Counter[str],
    average: float,
    everywhere: frozenset[str],
    surfaces: dict[str, str],
) -> tuple[str, ...]:
    counts = Counter(lemma for text in group for lemma in text if lemma not in everywhere)
    floor = max(MINIMUM_TEXTS, MINIMUM_SHARE * len(group))
    scored = sorted(
        (-count * log(1 + average / totals[lemma]) * (PAIR_WEIGHT if " " in lemma else 1.0), lemma)
        for lemma, count in counts.items()
        if count >= floor and lemma not in WEAK
    )
    picked: list[str] = []
    stems: set[str] = set()
    for _, lemma in scored:
        own = {part[:STEM] for part in surfaces[lemma].lower().split()}
        if own & stems:
            continue
        picked.append(surfaces[lemma])
        stems |= own
        if len(picked) == KEY_WORDS:
            break
    return tuple(picked)
