"""Which records were compared before, and what came of it: a file of hashes that may be deleted at any time.

It holds exactly what comparing everything anew would give, so a release is the same with it and without.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import duckdb

PREPARE = (
    "create table if not exists compared.made_by (version varchar)",
    "create table if not exists compared.record (record ubigint)",
    "create table if not exists compared.waiting (key ubigint)",
    "create table if not exists compared.scored "
    "(record_l ubigint, record_r ubigint, weight double, levels varchar)",
)
NEW = """
create or replace temp table alike_new as
select record from alike_record anti join compared.record using (record)
"""
KEPT = """
create or replace temp table alike_kept as
select scored.*
from compared.scored
semi join alike_record as l on l.record = record_l
semi join alike_record as r on r.record = record_r
"""
# A pair that is found only in blocks that have grown too large is not found by comparing everything anew.
STILL_FOUND = """
create or replace temp table alike_kept as
select alike_kept.*
from alike_kept
semi join (
    select distinct record_l, record_r
    from alike_kept
    join alike_key as l on l.record = record_l
    join alike_key as r on r.record = record_r and r.key = l.key
    semi join alike_small on alike_small.key = l.key
    where not l.one_unknown or l.is_unknown or r.is_unknown
) as found using (record_l, record_r)
"""


@cache
def version() -> str:
    """Changes when anything that decides how people are compared does."""
    digest = sha256(duckdb.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def recall_compared(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `alike_new`, `alike_kept`, `alike_waiting` of what `compared` holds; forget another version's."""
    for statement in PREPARE:
        connection.execute(statement)
    if connection.execute("select version from compared.made_by").fetchall() != [(version(),)]:
        for table in ("made_by", "record", "waiting", "scored"):
            connection.execute(f"delete from compared.{table}")
    for statement in (NEW, KEPT, "create or replace temp table alike_waiting as from compared.waiting"):
        connection.execute(statement)


def has_changed(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any record came, went or changed since the file was written."""
    row = connection.execute(
        "select (select count(*) from alike_new) > 0"
        " or (select count(*) from compared.record) <> (select count(*) from alike_record)"
    ).fetchone()
    return bool(row and row[0])


def drop_lost(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of kept pairs that comparing everything anew would not find."""
    if connection.execute("select 1 from alike_block anti join alike_small using (key) limit 1").fetchone():
        connection.execute(STILL_FOUND)


def write_compared(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep what `alike_record`, `alike_result` and the blocks say now."""
    # One file may be written in a transaction; the others are only read.
    connection.execute("begin")
    try:
        for table, rows in (
            ("made_by", f"select '{version()}'"),
            ("record", "select record from alike_record"),
            ("waiting", "select key from alike_block anti join alike_small using (key)"),
            ("scored", "select record_l, record_r, weight, levels from alike_result"),
        ):
            connection.execute(f"delete from compared.{table}")
            connection.execute(f"insert into compared.{table} {rows}")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
