"""Every sample, loaded twice, shuffled and split over several refreshes: the second time changes nothing.

Loading again makes no release. Loading in another order over several refreshes gives the same tables, but
for what tells when a file came, and where two files tell one fact differently: the one that came last counts.
Those columns are listed here; every other one must be the same.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from etl.home import Home
from etl.manifest import DATABASE, Manifest
from etl.release import current
from etl.warehouse import open_release
from flows.run import refresh
from tests.conftest import LONG

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = 20261121
ORDERS = 3 if os.environ.get(LONG) else 1
EVERY = 1 if os.environ.get(LONG) else 6
RECEIVED = frozenset(("received_at", "first_received_at", "last_received_at"))
LAST_TELLS = {
    "core.source_file": {"file"},  # one and the same content under two names has the name it first came by
    "core.reach": {"value"},
    "core.person": {"full_name"},
    "core.registration": {"file_id", "line"},
    "core.attendance": {"file_id", "line"},
    "core.event": {"file_id", "line"},
    "marts.source_status": {"status"},  # of the source's last file
}
Table = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Loaded:
    """A home and what its release holds, table by table without the columns that may differ."""

    home: Home
    manifest: Manifest

    def tables(self) -> dict[str, Table]:
        found = {}
        with open_release(self.home.releases / self.manifest.info.id / DATABASE) as database:
            for table in self.manifest.tables:
                free = RECEIVED | LAST_TELLS.get(table.name, set())
                described = database.execute(f"DESCRIBE {table.name}").fetchall()
                kept = ", ".join(f'"{row[0]}"' for row in described if row[0] not in free)
                rows = database.execute(f"SELECT {kept} FROM {table.name}").fetchall()
                found[table.name] = Counter(tuple(map(str, row)) for row in rows)
        return found


def samples() -> list[Path]:
    found = [path for path in sorted(SAMPLES.glob("*/*")) if ".inspect." not in path.name]
    return [path for number, path in enumerate(found) if number % EVERY == 0]


def new_home(folder: Path, like: Home | None = None) -> Home:
    """A home with the settings of the samples; ids of people are the same as in the home it is like."""
    home = Home(folder)
    home.create()
    text = (SAMPLES / "kring.toml").read_text(encoding="utf-8")
    home.settings_file.write_text(
        f'[network]\nname = "Samples"\nas_of = 2026-11-21\n{text}', encoding="utf-8"
    )
    if like is not None:
        key = like.hmac_key()
        home.hmac_key()
        (held,) = home.secrets.glob("*.key")
        held.write_bytes(key)
        assert home.hmac_key() == key
    return home


def load(home: Home, files: Sequence[Path], parts: int) -> bool:
    """Hand the files in, in so many refreshes; whether any of them made a release."""
    made = False
    for part in range(parts):
        for file in files[part::parts]:
            folder = home.inbox / file.parent.name
            folder.mkdir(exist_ok=True)
            shutil.copyfile(file, folder / file.name)
        made = refresh(home).published_release or made
    return made


def loaded(home: Home) -> Loaded:
    manifest = current(home)
    assert manifest is not None
    return Loaded(home, manifest)


def checksums(home: Home) -> dict[str, str]:
    return {table.name: table.checksum for table in loaded(home).manifest.tables}


@pytest.mark.timeout(3_000)
def test_10_nothing_changes_the_second_time(tmp_path: Path) -> None:
    files = samples()
    first = new_home(tmp_path / "first")
    assert load(first, files, 1)
    once = checksums(first)
    assert not load(first, files, 1), "the same files again make no release"
    whole = loaded(first).tables()
    assert sum(map(len, whole.values())) > 100
    for number in range(ORDERS):
        chance = random.Random(SEED + number)
        other = new_home(tmp_path / f"order {number}", first)
        load(other, chance.sample(files, len(files)), 2)
        before = checksums(other)
        assert not load(other, chance.sample(files, len(files)), 2), "nor in another order"
        split = loaded(other).tables()
        differing = [name for name in whole if whole[name] != split.get(name)]
        assert differing == [], [
            (
                name,
                list((whole[name] - split[name]).items())[:2],
                list((split[name] - whole[name]).items())[:2],
            )
            for name in differing
        ]
        refresh(other, rebuild=True)
        assert checksums(other) == before, "a rebuild is what it was"
    refresh(first, rebuild=True)
    assert checksums(first) == once
    print(
        f"trust 10: {len(files)} samples twice, {ORDERS} other orders in 2 refreshes, seed {SEED}: "
        f"{len(whole)} tables the same, 0 releases the second time, a rebuild equal"
    )
