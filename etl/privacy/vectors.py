"""The vectors kept of texts: of which texts, and forgetting those that no file holds any more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.home import Home


def hashes_kept(home: Home) -> set[str]:
    """The fingerprints of the texts of which a vector is kept."""
    found: set[str] = set()
    for path in _files(home):
        found |= set(_read(path))
    return found


def forget_others(home: Home, hashes: set[str]) -> int:
    """Keep only the vectors of these texts. Gives how many went."""
    gone = 0
    for path in _files(home):
        known = _read(path)
        kept = [each for each in known if each in hashes]
        if len(kept) == len(known):
            continue
        gone += len(known) - len(kept)
        if kept:
            _keep(path, kept)
        else:
            path.unlink()
    return gone


def _files(home: Home) -> list[Path]:
    return sorted(home.vectors.glob("*.npz")) if home.vectors.is_dir() else []


def _read(path: Path) -> list[str]:
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as stored:
            return [str(each) for each in stored["hashes"].tolist()]
    except (OSError, ValueError, KeyError):
        return []


def _keep(path: Path, kept: list[str]) -> None:
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        at = {str(each): number for number, each in enumerate(stored["hashes"].tolist())}
        vectors = stored["vectors"][[at[each] for each in kept]]
    aside = path.with_name(f".{path.name}")
    with aside.open("wb") as file:
        np.savez(file, hashes=np.array(kept), vectors=vectors)
    aside.replace(path)
