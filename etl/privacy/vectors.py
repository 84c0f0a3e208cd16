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
        found |= set(_read(path) or ())
    return found


def forget_others(home: Home, hashes: set[str]) -> int:
    """Keep only the vectors of these texts. Gives how many went; a file that cannot be read goes whole."""
    gone = 0
    for path in _files(home):
        known = _read(path)
        kept = [each for each in known or () if each in hashes]
        if known is not None and len(kept) == len(known):
            continue
        gone += len(known or ()) - len(kept)
        if kept:
            _keep(path, kept)
        else:
            path.unlink()
    return gone


def _files(home: Home) -> list[Path]:
    """Every file there, also what a run that was killed left half written."""
    return sorted(path for path in home.vectors.glob("*") if path.is_file())


def _read(path: Path) -> list[str] | None:
    """The fingerprints in a file; None when it cannot be read."""
    import numpy as np

    from etl.themes.embed import DAMAGED

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return [str(each) for each in stored["hashes"].tolist()]
    except DAMAGED:
        return None


def _keep(path: Path, kept: list[str]) -> None:
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        at = {str(each): number for number, each in enumerate(stored["hashes"].tolist())}
        vectors = stored["vectors"][[at[each] for each in kept]]
    aside = path.with_name(f".{path.name}")
    with aside.open("wb") as file:
        np.savez(file, hashes=np.array(kept), vectors=vectors)
    aside.replace(path)
