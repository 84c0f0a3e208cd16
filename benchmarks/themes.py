"""How well the themes fit labels given by people, and how still they stand.

    python -m benchmarks.themes FILE --text COLUMN --label COLUMN --json

`ari` and `v_measure` compare groups with labels; unassigned texts count as one group. `growth_ari` compares
the themes of the shared texts before and after the last fifth of the file arrives; `seed_ari` compares two
runs that differ only in their seed.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from etl.themes.cluster import SEED, UNPLACED, centre, cluster
from etl.themes.embed import embed
from etl.themes.texts import text_hash
from etl.themes.track import ThemeRun, place


@dataclass(frozen=True)
class ThemeFigures:
    """What one file gave; shares are 0 to 1, times are CPU seconds, memory is the peak of this process."""

    n: int
    k: int
    ari: float
    v_measure: float
    unassigned_share: float
    growth_ari: float
    seed_ari: float
    cpu_seconds: float
    peak_mb: float


def measure(texts: list[str], labels: list[str]) -> ThemeFigures:
    """Themes of the texts against their labels; duplicates count once, with their first label."""
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    first = {
        text_hash(text): (text, label) for text, label in reversed(list(zip(texts, labels, strict=True)))
    }
    hashed = {digest: text for digest, (text, _) in sorted(first.items())}
    started = time.process_time()
    run = place(hashed, None)
    seconds = time.process_time() - started
    if run is None:
        raise SystemExit("the file holds no text")
    groups = _groups(run)
    truth = [first[digest][1] for digest in hashed]
    found = [groups[digest] for digest in hashed]
    return ThemeFigures(
        n=len(hashed),
        k=len(run.themes),
        ari=round(adjusted_rand_score(truth, found), 4),
        v_measure=round(v_measure_score(truth, found), 4),
        unassigned_share=round(found.count("") / len(found), 4),
        growth_ari=round(_growth(hashed), 4),
        seed_ari=round(_seeds(list(hashed.values())), 4),
        cpu_seconds=round(seconds, 3),
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    )


def _groups(run: ThemeRun) -> dict[str, str]:
    return {member.text_hash: member.theme_id or "" for member in run.members}


def _growth(hashed: dict[str, str]) -> float:
    from sklearn.metrics import adjusted_rand_score

    early = dict(list(hashed.items())[: len(hashed) * 4 // 5])
    before = place(early, None)
    after = place(hashed, before)
    if before is None or after is None:
        return 1.0
    old, new = _groups(before), _groups(after)
    return float(adjusted_rand_score([old[digest] for digest in early], [new[digest] for digest in early]))


def _seeds(texts: list[str]) -> float:
    from sklearn.metrics import adjusted_rand_score

    vectors = embed(texts).vectors
    centred = centre(vectors, vectors.mean(axis=0))
    one, other = cluster(centred, seed=SEED), cluster(centred, seed=SEED + 1)
    return 1.0 if (one == UNPLACED).all() else float(adjusted_rand_score(one, other))


def main() -> None:
    """Read the file, measure, print."""
    parser = argparse.ArgumentParser(description="Themes against labels given by people")
    parser.add_argument("file", type=Path)
    parser.add_argument("--text", required=True)
    parser.add_argument("--label", required=True)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with arguments.file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    figures = measure([row[arguments.text] for row in rows], [row[arguments.label] for row in rows])
    if arguments.json:
        print(json.dumps(asdict(figures)))
        return
    for name, value in asdict(figures).items():
        print(f"{name:18} {value}")


if __name__ == "__main__":
    main()
