"""The themes of one refresh: new texts find their place, the ledger keeps the run, the build gets its tables.

When no contribution was read since the last time, nothing is opened and nothing is loaded. When what was read
holds no new text, the places are taken from the ledger: that is how a rebuild changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.themes.tables import THEME_TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from etl.home import Home
    from etl.ledger import Ledger, StoredThemeRun
    from etl.themes.track import ThemeRun

STEP = "themes"
STEP_VERSION = 1  # raise it when texts are cleaned, split or set aside differently


@dataclass(frozen=True)
class Unit:
    """One question, or one text that is not split: row `line` of a file gave it as its number `unit`."""

    sha256: str
    part: int
    line: int
    unit: int
    text: str
    text_hash: str
    language: str
    is_filler: bool


def place_texts(home: Home, ledger: Ledger) -> bool:
    """Give every text that was read its theme. True when there were new texts, and so a new run."""
    state = _state(ledger)
    if ledger.theme_state() == state:
        return False
    from etl.warehouse import open_warehouse

    with open_warehouse(home.warehouse_file) as warehouse:
        units = _units(warehouse)
        is_new = _run(home, ledger, units)
        _write(warehouse, units, ledger.theme_run())
    ledger.set_theme_state(state)
    return is_new


def _state(ledger: Ledger) -> str:
    """Changes when a file with contributions was read, also when it was read again after a rebuild."""
    read = [
        (each.sha256, each.fingerprint, each.read_at.isoformat())
        for each in ledger.readings()
        if "contribution" in each.feeds
    ]
    return hashlib.sha256(repr((STEP_VERSION, sorted(read))).encode()).hexdigest()


def _units(warehouse: DuckDBPyConnection) -> list[Unit]:
    from etl.themes.texts import clean, is_filler, language_of, split_questions, text_hash

    rows = warehouse.execute(
        "SELECT sha256, part, line, text FROM main.contribution WHERE text IS NOT NULL ORDER BY ALL"
    ).fetchall()
    return [
        Unit(sha256, part, line, number, text, text_hash(text), language_of(text), is_filler(text))
        for sha256, part, line, written in rows
        if clean(written)
        for number, text in enumerate(split_questions(written))
    ]


def _run(home: Home, ledger: Ledger, units: Sequence[Unit]) -> bool:
    """Place the texts that no earlier run has seen, and keep the run."""
    texts: dict[str, str] = {}
    for unit in units:
        if not unit.is_filler:
            texts[unit.text_hash] = min(unit.text, texts.get(unit.text_hash, unit.text))
    stored = ledger.theme_run()
    known = {member.text_hash for member in stored.members} if stored else set()
    if not texts.keys() - known:
        return False
    from etl.themes.track import place

    run = place(texts, _restored(stored) if stored else None, home.vectors)
    if run is None:
        return False
    _keep(ledger, run, len(texts.keys() - known))
    return True


def _restored(stored: StoredThemeRun) -> ThemeRun:
    import numpy as np

    from etl.themes.label import SEPARATOR
    from etl.themes.track import AssignedBy, Member, Theme, ThemeRun, ThemeStatus

    return ThemeRun(
        model_id=stored.model_id,
        mean=np.frombuffer(stored.mean, dtype=np.float32),
        themes=tuple(
            Theme(
                each.theme_id,
                each.label_nl,
                each.label_en,
                ThemeStatus(each.status),
                tuple(each.words_nl.split(SEPARATOR)),
                tuple(each.words_en.split(SEPARATOR)),
            )
            for each in stored.themes
        ),
        members=tuple(
            Member(
                each.text_hash,
                each.theme_id,
                each.second_theme_id,
                AssignedBy(each.assigned_by),
                each.nearness,
            )
            for each in stored.members
        ),
    )


def _keep(ledger: Ledger, run: ThemeRun, new_texts: int) -> None:
    from etl.ledger import StoredMember, StoredTheme
    from etl.themes import cluster
    from etl.themes.label import SEPARATOR
    from etl.themes.track import RUN_VERSION

    parameters = {
        "run_version": RUN_VERSION,
        "step_version": STEP_VERSION,
        "seed": cluster.SEED,
        "trials": cluster.TRIALS,
        "floor": cluster.FLOOR,
        "voters": cluster.VOTERS,
        "weak_edge": cluster.WEAK_EDGE,
        "minimum_texts": cluster.MINIMUM_TEXTS,
        "second_theme_share": cluster.SECOND_THEME_SHARE,
        "texts": len(run.members),
        "new_texts": new_texts,
    }
    ledger.save_theme_run(
        run.model_id,
        run.mean.astype("float32").tobytes(),
        json.dumps(parameters, sort_keys=True),
        [
            StoredTheme(
                each.theme_id,
                each.label_nl,
                each.label_en,
                SEPARATOR.join(each.words_nl),
                SEPARATOR.join(each.words_en),
                each.status.value,
            )
            for each in run.themes
        ],
        [
            StoredMember(
                each.text_hash,
                each.theme_id,
                each.second_theme_id,
                each.assigned_by.value,
                round(each.nearness, 4),
            )
            for each in run.members
        ],
    )


def _write(warehouse: DuckDBPyConnection, units: Sequence[Unit], run: StoredThemeRun | None) -> None:
    from etl.load import write_table

    themes = run.themes if run else ()
    members = run.members if run else ()
    rows: dict[str, list[tuple[object, ...]]] = {
        "text_unit": [
            (u.sha256, u.part, u.line, u.unit, u.text, u.text_hash, u.language, u.is_filler) for u in units
        ],
        "theme": [(t.theme_id, t.label_nl, t.label_en, t.words_nl, t.words_en, t.status) for t in themes],
        "theme_member": [
            (m.text_hash, m.theme_id, m.second_theme_id, m.assigned_by, m.nearness) for m in members
        ],
    }
    warehouse.execute("BEGIN")
    for name, columns in THEME_TABLES.items():
        write_table(warehouse, name, columns, rows[name])
    warehouse.execute("COMMIT")
