"""Groups are deterministic, leave nothing out silently and carry words that people wrote."""

from pathlib import Path

import numpy as np
import pytest

from etl.home import Home
from etl.privacy.vectors import forget_others, hashes_kept
from etl.themes.cluster import UNPLACED, centre, cluster
from etl.themes.embed import SENTENCE_MODEL, embed
from etl.themes.label import label_groups

FUNDING = [
    f"{start} {end}"
    for start in ("Hoe betalen we", "Wie financiert", "Welke subsidie is er voor", "Is er budget voor")
    for end in ("de begeleiding van de groep?", "een jaar extra?", "de facilitator en de zaal?")
]
REFLECTION = [
    f"{start} {end}"
    for start in ("Hoe reflecteren", "Wanneer reflecteren", "Waarop reflecteren", "Hoe diep reflecteren")
    for end in ("docenten op hun les?", "leraren op hun eigen handelen?", "studenten op hun stage?")
]


def test_two_subjects_become_two_groups() -> None:
    texts = FUNDING + REFLECTION
    vectors = embed(texts).vectors
    groups = cluster(centre(vectors, vectors.mean(axis=0)))
    money, mirror = set(groups[:12].tolist()), set(groups[12:].tolist())
    assert not money & mirror
    labels = label_groups(texts, groups.tolist())
    assert any("reflecteren" in labels[group] or "docenten" in labels[group] for group in mirror)


def test_grouping_is_the_same_each_time() -> None:
    vectors = embed(FUNDING + REFLECTION).vectors
    centred = centre(vectors, vectors.mean(axis=0))
    assert cluster(centred).tolist() == cluster(centred).tolist()


def test_under_twelve_texts_nothing_is_grouped() -> None:
    vectors = embed(FUNDING[:11]).vectors
    assert set(cluster(centre(vectors, vectors.mean(axis=0))).tolist()) == {UNPLACED}


def test_vectors_are_kept_per_text(tmp_path: Path) -> None:
    first = embed(FUNDING, tmp_path)
    stored = (tmp_path / f"{SENTENCE_MODEL}.npz").stat().st_mtime_ns
    again = embed(FUNDING[::-1], tmp_path)
    assert (tmp_path / f"{SENTENCE_MODEL}.npz").stat().st_mtime_ns == stored
    np.testing.assert_array_equal(again.vectors[::-1], first.vectors)


@pytest.mark.parametrize("kept_bytes", [0, 3, 700])
def test_vectors_half_written_by_a_run_that_was_killed_are_made_again_and_leave(
    tmp_path: Path, kept_bytes: int
) -> None:
    home = Home(tmp_path / "home")
    first = embed(FUNDING, home.vectors)
    (whole,) = home.vectors.iterdir()
    torn = whole.read_bytes()[:kept_bytes]
    whole.write_bytes(torn)
    (home.vectors / "left.part").write_bytes(torn)
    assert hashes_kept(home) == set()
    assert forget_others(home, set()) == 0
    assert list(home.vectors.iterdir()) == []
    whole.write_bytes(torn)
    np.testing.assert_array_equal(embed(FUNDING, home.vectors).vectors, first.vectors)


def test_a_damaged_cache_is_computed_again(tmp_path: Path) -> None:
    (tmp_path / f"{SENTENCE_MODEL}.npz").write_bytes(b"no archive")
    assert embed(FUNDING, tmp_path).vectors.shape == (12, 512)


def test_a_label_never_repeats_a_stem_and_keeps_capitals_of_names() -> None:
    label = label_groups(
        ["Het NRO betaalt onderzoek", "Betaalt het NRO onderzoekers?", "onderzoek van NRO"] * 2 + ["x"],
        [0] * 6 + [-1],
    )
    assert label.keys() == {0}
    stems = [word[:5].lower() for word in label[0].replace("/", " ").split()]
    assert len(stems) == len(set(stems))
