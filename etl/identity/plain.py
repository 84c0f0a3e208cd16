"""Whose names must be taken apart. Who is written plainly, and like nobody else, needs no more than a glance.

Taking names and addresses apart word by word is most of the work, and in a long list most people are plain:
every name is one given and one family name, every address is letters and then digits. Of them a glance tells
the two words. Everybody else is taken apart (`alike_elaborate`), and so are the plain people who could share
anything with anybody (`alike_sharing`); `etl.identity.nearby` then judges of those two as if they were all.

Nobody may be lost here: whatever lets two people meet there must be looked for here, in the same terms or in
wider ones. A test compares the two on invented worlds.
"""

from __future__ import annotations

import duckdb

from etl.identity.written import TITLES

LONGEST_NAME = 120  # of what is longer the front is compared
FRONTS = ("Van", "De", "Der", "Den", "Ten", "Ter", "El", *(title.capitalize() for title in TITLES))
"""What stands before a name and is no given name."""
PLAIN_NAME = "^([A-Z][a-z0-9]+) (?:(?:van|de|der|den|ten|ter) )*([A-Z][a-z0-9]+)$"
PLAIN_ADDRESS = "^email:([a-z]+)[0-9]*@"
# Of every address the letters before the @.
ADDRESSES = """
create or replace temp table alike_address as
with seen as (
    select
        person_id, split_part(substr(key, 7), '@', 1) as local, regexp_extract(key, $plain, 1) as plain
    from core.person_key
    where kind = 'email'
)

select
    person_id, plain <> '' as is_plain, length(local) > 4 as is_telling,
    case when plain <> '' then replace(left(plain, 100), 'ij', 'y')
        else staging.local_letters(left(local, 100)) end as letters
from seen
"""
# The two words are those that taking apart gives: what it could turn around (a letter or a known given name
# behind) or read otherwise (a title, two columns, a very long name) is not plain. Placeholders wait for it.
GLANCE = """
create or replace temp table alike_plain as
with seen as (
    select
        identity, full_name, given_name, family_name,
        regexp_extract(full_name, $plain, ['given', 'family']) as plain
    from staging.identity
    where coalesce(full_name, given_name, family_name) is not null
),

told as (
    select
        identity,
        plain['family'] <> '' and not list_contains($fronts, plain['given']) and length(full_name) <= $longest
            and (given_name is null or family_name is null) as is_short,
        replace(lower(plain['given']), 'ij', 'y') as given,
        replace(lower(plain['family']), 'ij', 'y') as family
    from seen
)

select
    person_id, identity, given, staging.without_joined_particle(family) as family,
    coalesce(is_short and length(family) > 1
        and family not in (select word from alike_given), false) as is_plain
from told
join staging.person_of using (identity)
"""
# From a plain address of a plain person a name is read only when it begins with the given name.
ELABORATE = """
create or replace temp table alike_elaborate as
select person_id from alike_plain where not is_plain
union all
select person_id from core.person_key where kind = 'linkedin'
union all
select person_id from alike_address where not is_plain
union all
select person_id
from alike_plain
join alike_address using (person_id)
where starts_with(letters, given)
"""
# What two plain people can share: a family name, the family name of one that is the other's given name (the
# same words in another order), or a given name at one place. A plain and an elaborate one: any word that is
# the family name, or a given name at one place. Who has no place to work at is near everybody of that given
# name. What addresses share is in `alike_local`.
SHARING = """
create or replace temp table alike_sharing as
with plain as (
    select person_id, given, family from alike_plain anti join alike_elaborate using (person_id)
),

named as (
    select person_id, given, family from alike_name
    union all
    select person_id, given, family from alike_read_name
),

word as (
    select given as word from plain
    union
    select unnest(given || family || [array_to_string(family, '')]) from named
),

common_family as (
    select hash(family) as mark from plain group by mark having min(person_id) <> max(person_id)
),

at_place as (
    select person_id, hash(mark, coalesce(formal, given)) as mark
    from plain
    join alike_place using (person_id)
    left join alike_formal on word = given
    union all
    select person_id, hash(mark, coalesce(formal, given[1]))
    from named
    join alike_place using (person_id)
    left join alike_formal on word = given[1]
),

met as (
    select mark from at_place group by mark having min(person_id) <> max(person_id)
),

unplaced as (
    select person_id, given from plain anti join alike_work_place using (person_id)
    union all
    select person_id, given[1] from named anti join alike_work_place using (person_id)
),

sharing as (
    select person_id from plain where family in (select word from word)
    union all
    select person_id from plain where hash(family) in (select mark from common_family)
    union all
    select person_id from at_place where mark in (select mark from met)
    union all
    select person_id from plain where given in (select given from unplaced)
    union all
    select person_id from alike_local
    union all
    select unnest([person_a, person_b]) from staging.kept_apart
)

-- who is elaborate has been taken apart
select distinct person_id from sharing anti join alike_elaborate using (person_id)
"""


def find_elaborate(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `alike_plain`, a glance at every name, and `alike_elaborate`, for whom a glance is not enough."""
    connection.execute(ADDRESSES, {"plain": PLAIN_ADDRESS})
    connection.execute(GLANCE, {"plain": PLAIN_NAME, "fronts": list(FRONTS), "longest": LONGEST_NAME})
    connection.execute(ELABORATE)


def find_sharing(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `alike_sharing`, the plain people who may be near somebody; the elaborate are taken apart now."""
    connection.execute(SHARING)
