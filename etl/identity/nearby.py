"""Who is worth comparing: people who share part of a name, or of an address, with somebody else.

Makes `temp.alike_near`, of all whom a block of `etl.identity.candidates` could bring together. In a long list
most people are written like nobody else, and need no record. A block counts only those who are near.
"""

from __future__ import annotations

import duckdb

# At what somebody works, as marks: an organisation's name or part of it, and what an address says of it.
PLACES = (
    """
    create or replace temp table alike_work_place as
    select person_id, mark
    from core.affiliation
    join (
        select organisation_id, unnest(block_marks) as mark from alike_organisation
    ) as marked using (organisation_id)
    """,
    """
    create or replace temp table alike_place as
    select person_id, mark from alike_work_place
    union all
    select person_id, mark
    from core.person_key
    join alike_borne_domain on domain = split_part(key, '@', 2)
    where kind = 'email' and is_borne
    """,
)
# The letters before the @ in common, when not everybody writes from there.
LOCALS = """
create or replace temp table alike_local as
with lettered as (
    select person_id, hash(letters) as mark from alike_address where is_telling
),

met as (
    select mark
    from lettered
    group by mark
    having min(person_id) <> max(person_id) and count(*) * (count(*) - 1) // 2 <= $most
)

select person_id from lettered semi join met using (mark)
"""
# What two people must have in common for any block to hold both, cheaply: a family name or a word of it, all
# words, a given name within one organisation, or the letters before the @. Without an organisation on one
# side a slip in the family name is looked for too. Who is not in `alike_name` shares none of it with anybody.
NEAR = """
create or replace temp table alike_near as
with named as (
    select person_id, given[1] as first, given, family from alike_name
    union all
    select person_id, given[1], given, family from alike_read_name
),

unplaced as (
    select person_id from named anti join alike_work_place using (person_id)
),

shared as (
    select person_id, hash(family[1]) as mark from named where len(family) = 1
    union all
    select person_id, hash(unnest([array_to_string(family, '')] || family))
    from named
    where len(family) > 1
    union all
    select person_id, hash('words', list_sort(list_distinct(given || family)))
    from named
    where len(given) + len(family) > 1
    union all
    select person_id, hash('given', alike_place.mark, coalesce(formal, first))
    from named
    join alike_place using (person_id)
    left join alike_formal on word = first
    where length(first) > 1
),

met as (
    select mark from shared group by mark having min(person_id) <> max(person_id)
)

select person_id from shared semi join met using (mark)
union
select person_id from alike_local
union
select person_id from unplaced
union
select person_id
from named
where first in (select first from named semi join unplaced using (person_id))
union
select person_a from staging.kept_apart
union
select person_b from staging.kept_apart
"""
EVERYBODY = "create or replace temp table alike_near as select person_id from core.person"


def find_places(connection: duckdb.DuckDBPyConnection, most: int) -> None:
    """Make `alike_place` and `alike_local`. `most`: no block is looked through that holds more pairs."""
    for statement in PLACES:
        connection.execute(statement)
    connection.execute(LOCALS, {"most": most})


def find_nearby(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `temp.alike_near` of those whose names were taken apart: who else there is, is near nobody."""
    connection.execute(NEAR)


def take_everybody(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `temp.alike_near` of everybody, for evidence that this module does not know of."""
    connection.execute(EVERYBODY)
