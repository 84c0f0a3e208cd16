"""Themes that stay themselves: old texts never move by a run; only what fits no theme may form a new one.

A run is a value: everything needed to place the next text the same way, and to show later how it came about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from etl.themes.cluster import FLOOR, MINIMUM_TEXTS, UNPLACED, Labels, centre, cluster, vote
from etl.themes.embed import Embedding, Vectors, embed
from etl.themes.label import key_words, label_of
from etl.themes.texts import language_of

RUN_VERSION = 1


class AssignedBy(Enum):
    """Who put a text in its theme."""

    AUTO = "auto"
    PERSON = "person"


class ThemeStatus(Enum):
    """PROPOSED themes came from texts that fitted nowhere, and wait for a person."""

    AUTO = "auto"
    PROPOSED = "proposed"


@dataclass(frozen=True)
class Theme:
    """A theme as the machine made it; what people decide about it lives in the decisions."""

    theme_id: str
    label_nl: str
    label_en: str
    status: ThemeStatus
    words_nl: tuple[str, ...] = ()
    words_en: tuple[str, ...] = ()


@dataclass(frozen=True)
class Member:
    """Where one text is: `theme_id` is None while nothing fits. `nearness` is a cosine."""

    text_hash: str
    theme_id: str | None
    second_theme_id: str | None
    assigned_by: AssignedBy
    nearness: float


@dataclass(frozen=True)
class ThemeRun:
    """All themes and members after a run, with the model and the mean that placed them."""

    model_id: str
    mean: Vectors
    themes: tuple[Theme, ...]
    members: tuple[Member, ...]


def place(
    texts: Mapping[str, str], previous: ThemeRun | None, cache_folder: Path | None = None
) -> ThemeRun | None:
    """The run that holds every text (hash to text). None when there is nothing to add to the previous run.

    Old members keep their theme whatever happens. New texts join a theme by their five nearest members when
    near enough; what is left is clustered by itself and becomes proposed themes once there is enough of it.
    """
    known = {member.text_hash for member in previous.members} if previous else set()
    if not set(texts) - known:
        return None
    hashes = sorted(texts)
    embedding = embed([texts[digest] for digest in hashes], cache_folder)
    if previous is None or not previous.themes:
        return _first(hashes, texts, embedding)
    return _grow(hashes, texts, embedding, previous)


def _first(hashes: list[str], texts: Mapping[str, str], embedding: Embedding) -> ThemeRun:
    mean = embedding.vectors.mean(axis=0).astype(np.float32)
    centred = centre(embedding.vectors, mean)
    groups = cluster(centred)
    themes = _themes(hashes, texts, groups, ThemeStatus.AUTO)
    return ThemeRun(
        embedding.model_id, mean, tuple(themes.values()), tuple(_members(hashes, centred, groups, themes))
    )


def _grow(hashes: list[str], texts: Mapping[str, str], embedding: Embedding, previous: ThemeRun) -> ThemeRun:
    same_model = (
        embedding.model_id == previous.model_id and previous.mean.shape == embedding.vectors.shape[1:]
    )
    mean = previous.mean if same_model else embedding.vectors.mean(axis=0).astype(np.float32)
    centred = dict(zip(hashes, centre(embedding.vectors, mean), strict=True))
    kept = {member.text_hash: member for member in previous.members}
    placed = [
        member for member in previous.members if member.theme_id is not None and member.text_hash in centred
    ]
    joined = {
        digest: _join(digest, centred[digest], placed, centred, previous)
        for digest in hashes
        if digest not in kept
    }
    members = kept | joined
    left = [digest for digest in hashes if members[digest].theme_id is None]
    proposed: dict[int, Theme] = {}
    if len(left) >= MINIMUM_TEXTS:
        vectors = np.stack([centred[digest] for digest in left])
        groups = cluster(vectors)
        proposed = _themes(left, texts, groups, ThemeStatus.PROPOSED)
        members |= {member.text_hash: member for member in _members(left, vectors, groups, proposed)}
    return ThemeRun(
        embedding.model_id,
        mean,
        previous.themes + tuple(proposed.values()),
        tuple(members[digest] for digest in sorted(members)),
    )


def _join(
    digest: str, vector: Vectors, placed: list[Member], centred: Mapping[str, Vectors], previous: ThemeRun
) -> Member:
    number = {theme.theme_id: index for index, theme in enumerate(previous.themes)}
    groups = np.array([number[member.theme_id or ""] for member in placed], dtype=np.int64)
    weights = np.array([2.0 if m.assigned_by is AssignedBy.PERSON else 1.0 for m in placed], dtype=np.float32)
    answer = vote(vector, np.stack([centred[member.text_hash] for member in placed]), groups, weights)
    if answer.nearness < FLOOR:
        return Member(digest, None, None, AssignedBy.AUTO, answer.nearness)
    second = previous.themes[answer.second].theme_id if answer.second != UNPLACED else None
    return Member(digest, previous.themes[answer.group].theme_id, second, AssignedBy.AUTO, answer.nearness)


def _members(
    hashes: list[str], centred: Vectors, groups: Labels, themes: Mapping[int, Theme]
) -> list[Member]:
    members = []
    for index, digest in enumerate(hashes):
        others = np.flatnonzero((groups != UNPLACED) & (np.arange(len(groups)) != index))
        answer = vote(centred[index], centred[others], groups[others])
        theme = themes.get(int(groups[index]))
        second = themes.get(answer.second if answer.group == groups[index] else answer.group)
        members.append(
            Member(
                digest,
                theme.theme_id if theme else None,
                second.theme_id if theme and second and second != theme else None,
                AssignedBy.AUTO,
                round(answer.nearness, 4),
            )
        )
    return members


def _themes(
    hashes: list[str], texts: Mapping[str, str], groups: Labels, status: ThemeStatus
) -> dict[int, Theme]:
    numbers = groups.tolist()
    ordered = [texts[digest] for digest in hashes]
    mixed = key_words(ordered, numbers)
    languages = [language_of(text) for text in ordered]
    dutch, english = (key_words(*_only(code, languages, ordered, numbers)) for code in ("nl", "en"))
    themes = {}
    for group, both in mixed.items():
        words_nl = dutch.get(group) or both
        words_en = english.get(group) or words_nl
        themes[group] = Theme(
            _theme_id(hashes, numbers, group),
            label_of(words_nl),
            label_of(words_en),
            status,
            words_nl,
            words_en,
        )
    return themes


def _only(
    code: str, languages: list[str], texts: list[str], groups: list[int]
) -> tuple[list[str], list[int]]:
    """The texts in one language with their groups: a label never mixes two languages while it need not."""
    kept = [index for index, language in enumerate(languages) if language == code]
    return [texts[index] for index in kept], [groups[index] for index in kept]


def _theme_id(hashes: list[str], groups: list[int], group: int) -> str:
    """An id from the founding texts: the same texts give the same id on every machine."""
    founders = "|".join(digest for digest, number in zip(hashes, groups, strict=True) if number == group)
    return "t-" + hashlib.sha256(founders.encode()).hexdigest()[:10]
