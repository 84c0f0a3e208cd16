"""Vectors to groups: Leiden (Traag et al., 2019) on a graph of shared nearest neighbours.

The parameters were chosen on labelled Dutch and English sets between 20 and 1,200 texts; see docs/themes.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import graspologic_native
import numpy as np
import numpy.typing as npt

from etl.themes.embed import Vectors

Labels = npt.NDArray[np.int64]

UNPLACED = -1
MINIMUM_TEXTS = 12
FLOOR = 0.30  # mean cosine to the five nearest texts: nine in ten fitting texts lie above .25 to .36
WEAK_EDGE = 0.05
SEED = 20201126
TRIALS = 5
VOTERS = 5
SECOND_THEME_SHARE = 0.3
BLOCK = 2048


@dataclass(frozen=True)
class Vote:
    """Which group a text's nearest neighbours point at, the runner-up, and how near they are (cosine)."""

    group: int
    second: int
    nearness: float


def centre(vectors: Vectors, mean: Vectors) -> Vectors:
    """Vectors minus a stored mean, at unit length; rounded so that machines agree on the graph."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    centred: Vectors = np.round(moved / np.maximum(lengths, 1e-9), 4).astype(np.float32)
    return centred


def neighbour_count(size: int) -> int:
    """How many neighbours each text gets in the graph of `size` texts."""
    if size < 60:
        return 5
    if size <= 250:
        return 9
    return int(np.clip(round(np.sqrt(size) / 2), 9, 15))


def resolution(size: int) -> float:
    """How fine the groups are: coarser for one meeting's harvest."""
    return 0.7 if size < 250 else 1.0


def nearest(vectors: Vectors, count: int) -> tuple[Labels, Vectors]:
    """For each text the `count` other texts with the highest cosine, and those cosines, highest first."""
    count = min(count, len(vectors) - 1)
    indices = np.zeros((len(vectors), count), dtype=np.int64)
    cosines = np.zeros((len(vectors), count), dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK] @ vectors.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        order = np.argsort(-block, axis=1, kind="stable")[:, :count]
        indices[start : start + len(block)] = order
        cosines[start : start + len(block)] = np.take_along_axis(block, order, axis=1)
    return indices, cosines


def cluster(vectors: Vectors, *, seed: int = SEED) -> Labels:
    """A group number per text, largest group first; UNPLACED where nothing fits, and for all under 12 texts.

    `vectors` are centred.
    """
    size = len(vectors)
    if size < MINIMUM_TEXTS:
        return np.full(size, UNPLACED, dtype=np.int64)
    indices, _ = nearest(vectors, neighbour_count(size))
    _, partition = graspologic_native.leiden(
        _edges(indices), resolution=resolution(size), seed=seed, trials=TRIALS, use_modularity=True
    )
    labels = np.array([partition.get(str(node), UNPLACED) for node in range(size)], dtype=np.int64)
    return _by_size(_dissolve_small(vectors, labels, 3 if size < 100 else 5))


def _edges(indices: Labels) -> list[tuple[str, str, float]]:
    """Neighbour pairs weighted by how many neighbours they share (Jaccard); weak ones are dropped."""
    sets = [frozenset(row.tolist()) | {node} for node, row in enumerate(indices)]
    pairs = sorted({(min(a, int(b)), max(a, int(b))) for a, row in enumerate(indices) for b in row})
    edges = []
    for a, b in pairs:
        weight = len(sets[a] & sets[b]) / len(sets[a] | sets[b])
        if weight > WEAK_EDGE:
            edges.append((str(a), str(b), weight))
    return edges


def vote(vector: Vectors, members: Vectors, groups: Labels, weights: Vectors | None = None) -> Vote:
    """What the five nearest placed texts say about one text; a weight of 2 counts a member double."""
    if len(members) == 0:
        return Vote(UNPLACED, UNPLACED, 0.0)
    cosines = members @ vector
    order = np.argsort(-cosines, kind="stable")[:VOTERS]
    tally: dict[int, float] = {}
    for index in order:
        weight = float(max(cosines[index], 0.0)) * (1.0 if weights is None else float(weights[index]))
        tally[int(groups[index])] = tally.get(int(groups[index]), 0.0) + weight
    ranked = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    total = sum(tally.values()) or 1.0
    second = ranked[1][0] if len(ranked) > 1 and ranked[1][1] / total >= SECOND_THEME_SHARE else UNPLACED
    return Vote(ranked[0][0], second, float(np.mean(cosines[order])))


def _dissolve_small(vectors: Vectors, labels: Labels, smallest: int) -> Labels:
    """Texts of groups under `smallest` go where their neighbours are, or stay unplaced under the floor."""
    values, counts = np.unique(labels[labels != UNPLACED], return_counts=True)
    kept = np.isin(labels, values[counts >= smallest])
    placed = labels.copy()
    for index in np.flatnonzero(~kept):
        answer = vote(vectors[index], vectors[kept], labels[kept])
        placed[index] = answer.group if answer.nearness >= FLOOR else UNPLACED
    return placed


def _by_size(labels: Labels) -> Labels:
    """The same groups, numbered from 0 by size, ties by first text."""
    values, firsts, counts = np.unique(labels, return_index=True, return_counts=True)
    ranked = sorted(
        (-count, first, value)
        for value, first, count in zip(values, firsts, counts, strict=True)
        if value != UNPLACED
    )
    number = {int(value): rank for rank, (_, _, value) in enumerate(ranked)} | {UNPLACED: UNPLACED}
    return np.array([number[int(label)] for label in labels], dtype=np.int64)
