"""Likely duplicates: people whom no key joins, and who may well be one.

Makes `staging.likely_pair`: the two people, the chance that they are one, why,
    and a fingerprint of what was
compared. Nothing here joins anybody: people decide.
"""

from __future__ import annotations

from math import log2

import duckdb

from etl.cleaning.names import particles_agree
from etl.identity.candidates import MOST_COMPARISONS, find_pairs
from etl.identity.comparison import MODEL, PRESENCE, SUGGESTED_FROM, Comparison
from etl.identity.extra import NOTHING_EXTRA, Extra
from etl.identity.records import make_records
from etl.identity.remember import drop_lost, has_changed, recall_compared, write_compared
from etl.identity.score import score_pairs

AT_LEAST = log2(SUGGESTED_FROM / (1 - SUGGESTED_FROM))
NOTHING_BEFORE = (
    "create or replace temp table alike_new as select record from alike_record",
    "create or replace temp table alike_waiting (key ubigint)",
    "create or replace temp table alike_kept "
    "(record_l ubigint, record_r ubigint, weight double, levels varchar)",
)
# Of several ways to write two people the most alike counts.
PEOPLE = """
create or replace temp table alike_people as
with pair as (
    select
        least(l.person_id, r.person_id) as person_a, greatest(l.person_id, r.person_id) as person_b,
        l.first as first_l, l.family as family_l, r.first as first_r, r.family as family_r,
        weight, levels || case when l.is_read or r.is_read
            then ' name:read_from_address' else '' end as levels
    from alike_result
    join alike_record as l on l.record = record_l
    join alike_record as r on r.record = record_r
)

select
    person_a, person_b,
    max({'weight': weight, 'levels': levels, 'first_l': first_l, 'family_l': family_l, 'first_r': first_r,
        'family_r': family_r}) as best
from pair
group by person_a, person_b
"""
# At how many organisations somebody of that name is known, or half the number of people, tells how many
# there may be: without an organisation or a key in common, each of them is as likely.
NAMESAKES = """
create or replace temp table alike_namesakes as
with wanted as (
    select best.first_l as first, best.family_l as family from alike_people
    union
    select best.first_r, best.family_r from alike_people
),

wanted_family as (
    select distinct family from wanted where family is not null
),

holder as (
    select distinct person_id, first, family, organisations[1] as organisation
    from alike_record
    semi join wanted_family using (family)
    where first is not null
)

select first, family, greatest(count(distinct organisation), count(distinct person_id) // 2, 1) as namesakes
from holder
semi join wanted using (first, family)
where length(first) > 1
group by first, family
union all
select left(first, 1), family, greatest(count(distinct organisation), count(distinct person_id) // 2, 1)
from holder
group by left(first, 1), family
"""
TOGETHER = """
create or replace temp table alike_together as
with person as (
    select person_a as person_id from alike_people union select person_b from alike_people
),

stretch as (
    select person_of.person_id, placed.session_id, told.joined_at, told.left_at, told.sha256
    from staging.attendance as told
    join staging.person_of using (identity)
    semi join person using (person_id)
    join staging.occasion_session as placed using (occasion)
)

select
    person_a, person_b,
    sum(greatest(date_diff('second', greatest(a.joined_at, b.joined_at), least(a.left_at, b.left_at)), 0))
        as seconds_together,
    count(*) filter (where a.joined_at is null and b.joined_at is null
        and a.sha256 = b.sha256) as lists_shared
from alike_people
join stretch as a on a.person_id = person_a
join stretch as b on b.person_id = person_b and b.session_id = a.session_id
group by person_a, person_b
"""
LIKELY = """
create or replace table staging.likely_pair as
with evidence as (
    select
        person_id,
        list_sort(list_distinct(flatten(list(
            coalesce(mails, []) || coalesce(profiles, []) || coalesce(numbers,
                []) || coalesce(organisations, [])
            || [concat_ws(' ', array_to_string(given_words, ' '), '|', array_to_string(family_words, ' '))]
        )))) as facts
    from alike_record
    semi join (select person_a as person_id from alike_people union select person_b
        from alike_people) as paired
        using (person_id)
    group by person_id
),

weighed as (
    select
        person_a, person_b, best.levels as levels,
        {presence_code} as presence,
        best.weight + {presence_weight} as weight,
        case
            when regexp_matches(best.levels, '{settled}') then 1
            when regexp_matches(best.levels, 'given:(initial|missing)') or least(length(best.first_l),
                length(best.first_r)) = 1
                then greatest(initial_l.namesakes, initial_r.namesakes, 1)
            else greatest(whole_l.namesakes, whole_r.namesakes, 1)
        end as namesakes
    from alike_people
    left join alike_together using (person_a, person_b)
    left join alike_namesakes as whole_l on whole_l.first = best.first_l and whole_l.family = best.family_l
    left join alike_namesakes as whole_r on whole_r.first = best.first_r and whole_r.family = best.family_r
    left join alike_namesakes as initial_l
        on initial_l.first = left(best.first_l, 1) and initial_l.family = best.family_l
    left join alike_namesakes as initial_r
        on initial_r.first = left(best.first_r, 1) and initial_r.family = best.family_r
)

select
    person_a, person_b,
    round(1 / (1 + pow(2, -weight)) / namesakes, 6) as score,
    concat_ws(' ', levels, presence, case when namesakes > 1 then 'namesakes:' || namesakes end) as because,
    -- not in the order of ids: a new key changes that
    md5(least(a.facts::varchar, b.facts::varchar) || greatest(a.facts::varchar, b.facts::varchar)) as evidence
from weighed
join evidence as a on a.person_id = person_a
join evidence as b on b.person_id = person_b
where score >= $at_least
    and (not regexp_matches(levels, '(family:differs|given:(differs|another_name))( |$)')
        or regexp_matches(levels, '{one_key}'))
"""
SAME_FAMILY = """
with pair as (
    select person_a, person_b
    from staging.likely_pair
    where contains(because, 'family:same') and not contains(because, 'name:read_from_address')
),

written as (
    select person_id, list(distinct name) as names
    from staging.identity
    join staging.person_of using (identity)
    semi join (select person_a as person_id from pair union select person_b from pair) as paired
        using (person_id)
    where name is not null
    group by person_id
)

select person_a, person_b, a.names, b.names
from pair
join written as a on a.person_id = person_a
join written as b on b.person_id = person_b
"""
BUT_PARTICLE = """
update staging.likely_pair
set because = regexp_replace(because, 'family:same\\w*', 'family:same_but_particle')
where person_a = ? and person_b = ?
"""
ONE_KEY = r"mail:(same|close)( |$)"  # only a key in common makes up for names that are not alike
SETTLED = r"organisation:(same|alike|fits_address)|mail:(same|close)( |$)"
MADE_ASIDE = (
    "alike_given", "alike_family", "alike_domain", "alike_borne_domain", "alike_organisation",
    "alike_formal", "alike_address", "alike_plain", "alike_elaborate", "alike_work_place", "alike_place",
    "alike_local", "alike_sharing", "alike_works_for", "alike_held", "alike_name", "alike_read_name",
    "alike_near", "alike_record", "alike_new", "alike_waiting", "alike_kept", "alike_source", "alike_key",
    "alike_block", "alike_small", "alike_pair", "alike_scored", "alike_result", "alike_people",
    "alike_namesakes", "alike_together",
)  # fmt: skip


def suggest(
    connection: duckdb.DuckDBPyConnection,
    remembers: bool = False,
    extra: Extra = NOTHING_EXTRA,
    most: int = MOST_COMPARISONS,
) -> None:
    """Make `staging.likely_pair`. With `remembers`, what `compared` holds is not scored again."""
    make_records(connection, extra, most)
    if remembers:
        recall_compared(connection)
    else:
        for statement in NOTHING_BEFORE:
            connection.execute(statement)
    if not remembers or has_changed(connection):
        _compare(connection, remembers, extra, most)
    else:
        connection.execute("create or replace temp table alike_result as from alike_kept")
    for statement in (PEOPLE, NAMESAKES, TOGETHER):
        connection.execute(statement)
    connection.execute(
        LIKELY.format(
            presence_code=_of_presence(
                [f"'{PRESENCE.name}:{level.code}'" for level in PRESENCE.levels[1:]], "null"
            ),
            presence_weight=_of_presence([f"{level.weight!r}" for level in PRESENCE.levels[1:]], "0"),
            settled=extra.settled or SETTLED,
            one_key=extra.settled or ONE_KEY,
        ),
        {"at_least": SUGGESTED_FROM},
    )
    _tell_particles(connection)
    for table in MADE_ASIDE:
        connection.execute(f"drop table if exists temp.{table}")


def _tell_particles(connection: duckdb.DuckDBPyConnection) -> None:
    """Say where one family name has another particle, which comparing leaves out: van den and van der."""
    apart = [
        (one, other)
        for one, other, ones, others in connection.execute(SAME_FAMILY).fetchall()
        if not particles_agree(ones, others)
    ]
    if apart:
        connection.executemany(BUT_PARTICLE, apart)


def _compare(connection: duckdb.DuckDBPyConnection, remembers: bool, extra: Extra, most: int) -> None:
    find_pairs(connection, extra.blocks, most)
    if remembers:
        drop_lost(connection)
    found = connection.execute("select 1 from alike_pair limit 1").fetchone()
    if found:
        score_pairs(connection, _model(extra), AT_LEAST)
    scored = "union all by name from alike_scored" if found else ""
    connection.execute(f"create or replace temp table alike_result as from alike_kept {scored}")
    if remembers:
        write_compared(connection)


def _model(extra: Extra) -> tuple[Comparison, ...]:
    return (*MODEL, *extra.comparisons)


def _of_presence(values: list[str], otherwise: str) -> str:
    cases = [
        f"when {level.condition} then {value}"
        for level, value in zip(PRESENCE.levels[1:], values, strict=True)
    ]
    return f"case {' '.join(cases)} else {otherwise} end"
