"""Who is worth comparing: people who share part of a name, or of an address, with somebody else.

Makes `temp.alike_near`, of all whom a block of `etl.identity.candidates` could bring together. In a long list
most people are written like nobody else, and need no record. A block counts only those who are near.
"""

from __future__ import annotations

import duckdb

# What two people must have in common for any block to hold both, cheaply: a family name or a word of it, all
# words, a given name within one organisation, or the letters before the @ when not everybody writes from
# there. Without an organisation on one side a slip in the family name is looked for too.
NEAR = """
create or replace temp table alike_near as
with named as (
    select person_id, given[1] as first, given, family from alike_name
    union all
    select person_id, given[1], given, family from alike_read_name
),

place as (
    select person_id, unnest(block_marks) as mark
    from (select distinct person_id, organisation_id from core.affiliation)
    join alike_organisation using (organisation_id)
    union all
    select person_id, mark
    from core.person_key
    join alike_borne_domain on domain = split_part(key, '@', 2)
    where kind = 'email' and is_borne
),

unplaced as (
    select person_id
    from core.person
    anti join (
        select person_id from core.affiliation semi join alike_organisation using (organisation_id)
    ) as placed using (person_id)
),

shared as (
    select person_id, hash(family[1]) as mark, 0 as most from named where len(family) = 1
    union all
    select person_id, hash(unnest([array_to_string(family, '')] || family)), 0
    from named
    where len(family) > 1
    union all
    select person_id, hash('words', list_sort(list_distinct(given || family))), 0
    from named
    where len(given) + len(family) > 1
    union all
    select person_id, hash('given', place.mark, unnest(coalesce(formal, [first]))), 0
    from named
    join place using (person_id)
    left join alike_given on alike_given.word = first
    where length(first) > 1
    union all
    select
        person_id,
        hash('local', staging.local_letters(left(split_part(substr(key, 7), '@', 1), 100))), $most
    from core.person_key
    where kind = 'email' and length(split_part(substr(key, 7), '@', 1)) > 4
),

met as (
    select mark
    from shared
    group by mark
    having min(person_id) <> max(person_id)
        and (any_value(most) = 0 or count(*) * (count(*) - 1) // 2 <= any_value(most))
)

select person_id from shared semi join met using (mark)
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


def find_nearby(connection: duckdb.DuckDBPyConnection, most: int) -> None:
    """Make `temp.alike_near`. `most`: no block is looked through that holds more pairs than this."""
    connection.execute(NEAR, {"most": most})


def take_everybody(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `temp.alike_near` of everybody, for evidence that this module does not know of."""
    connection.execute(EVERYBODY)
