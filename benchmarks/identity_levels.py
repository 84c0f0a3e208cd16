"""How often each level of the model occurs, in a file whose true people are known: what m and u come from.

    python -m benchmarks.identity_levels FILE

For every level: m, the share of pairs of one person left apart by automatic merging; u, the share of random
pairs of different people; and the m and u of the model, which stay as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.identity import COMPARED, FACTS, KEY, PEOPLE, PERSON_OF_RECORD, make_feeds, read
from etl.build import build
from etl.identity.candidates import MACROS
from etl.identity.comparison import MODEL
from etl.identity.records import make_records
from etl.identity.score import score_pairs
from etl.warehouse import scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RANDOM_PAIRS = 2_000_000
NOTHING_LEFT_OUT = -1000.0
TRUE_PAIRS = """
create or replace temp table alike_pair as
select distinct least(l.record, r.record) as record_l, greatest(l.record, r.record) as record_r
from resolved as one
join resolved as other on other.true_id = one.true_id and other.person_id > one.person_id
join alike_record as l on l.person_id = one.person_id and not l.is_read
join alike_record as r on r.person_id = other.person_id and not r.is_read
"""
# In the order of their hashes each record meets others at fixed distances: the same pairs each time.
OTHER_PAIRS = """
create or replace temp table alike_pair as
with numbered as (
    select record, true_id, row_number() over (order by hash(record)) as place
    from (select record, min(true_id) as true_id
        from alike_record join resolved using (person_id) where not is_read group by record)
)

select least(l.record, r.record) as record_l, greatest(l.record, r.record) as record_r
from numbered as l
join (select unnest(range(1, $distances + 1)) as distance) on true
join numbered as r on r.place = l.place + distance
where l.true_id <> r.true_id
"""


def levels(file: Path) -> tuple[dict[str, float], dict[str, float]]:
    """The share of each level among pairs of one person, and among pairs of two."""
    with TemporaryDirectory() as folder, scratch(spill=Path(folder)) as connection:
        make_feeds(connection)
        read(connection, file)
        build(connection, FACTS, KEY, only=(*PEOPLE, *COMPARED))
        connection.execute(PERSON_OF_RECORD)
        make_records(connection)
        for macro in MACROS:
            connection.execute(macro)
        connection.execute(TRUE_PAIRS)
        same = _shares(connection)
        row = connection.execute("select count(*) from alike_record").fetchone()
        distances = max(1, RANDOM_PAIRS // max(int(row[0]) if row else 1, 1))
        connection.execute(OTHER_PAIRS, {"distances": distances})
        return same, _shares(connection)


def _shares(connection: DuckDBPyConnection) -> dict[str, float]:
    """Of the pairs in which a field is told on both sides, the share of each level."""
    score_pairs(connection, MODEL, NOTHING_LEFT_OUT)
    counted = connection.execute(
        "select code, count(*) / sum(count(*)) over (partition by split_part(code, ':', 1)) "
        "from (select unnest(string_split(levels, ' ')) as code from alike_scored) group by code"
    ).fetchall()
    return {str(code): float(share) for code, share in counted}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity_levels", description=__doc__)
    parser.add_argument("file", type=Path)
    same, other = levels(parser.parse_args().file)
    print(f"{'level':32} {'m here':>9} {'m':>9} {'u here':>10} {'u':>10}")
    for comparison in MODEL:
        for level in comparison.levels:
            code = f"{comparison.name}:{level.code}"
            if level.m is not None and level.u is not None:
                here = f"{same.get(code, 0):9.4f} {level.m:9.4f} {other.get(code, 0):10.6f} {level.u:10.6f}"
                print(f"{code:32} {here}")


if __name__ == "__main__":
    main()
