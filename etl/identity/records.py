"""What is compared: one record per person and way of writing the name, with all else known of the person.

Makes `temp.alike_record` of everybody who is near somebody else. A record's id is the hash of all it holds:
who is the same as last time needs no comparing again.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from etl.cleaning.names import PLACEHOLDER
from etl.identity.candidates import MOST_COMPARISONS
from etl.identity.common_names import (
    COMMON_FAMILY,
    COMMON_GIVEN,
    FORMAL_NAMES,
    KNOWN_GIVEN,
    VERY_COMMON_FAMILY,
)
from etl.identity.extra import NOTHING_EXTRA, Extra
from etl.identity.nearby import find_nearby, find_places, take_everybody
from etl.identity.plain import FRONTS, LONGEST_NAME, PLAIN_NAME, find_elaborate, find_sharing
from etl.identity.written import FUNCTIONS

NO_ORGANISATION = ("freelancers", "zzp", "zelfstandig", "onbekend", "geen", "nvt", "unknown", "none", "n a")
"""Words people write where an organisation is asked and they have none: no evidence for anything."""

DOMAIN = """
create or replace temp table alike_domain as
select domain, staging.domain_mark(domain) as mark
from (select distinct split_part(email_key, '@', 2) as domain
    from staging.identity_key where email_key is not null)
"""
ORGANISATION = """
create or replace temp table alike_organisation as
with named as (
    select
        organisation_id, plain,
        list_distinct(staging.organisation_marks(plain) || staging.organisation_marks(head)) as marks
    from (
        select
            organisation_id, staging.plain_text(left(name, 200)) as plain,
            staging.plain_text(regexp_replace(left(name, 200), '[,(|/].*$', '')) as head
        from core.organisation
    )
    where plain <> '' and not list_contains($none, plain)
),

mark as (
    select organisation_id, unnest(marks) as mark from named
),

-- Letters that no second name and no address has lead nowhere.
shared as (
    select organisation_id, list(mark) as shared_marks
    from mark
    where mark in (select mark from alike_domain) or mark in (select mark
        from mark group by mark having count(*) > 1)
    group by organisation_id
)

select organisation_id, plain, marks, staging.core_name(plain) as core,
    [plain] || coalesce(shared_marks, []) as block_marks
from named
left join shared using (organisation_id)
"""
BORNE = """
create or replace temp table alike_borne_domain as
select domain, mark, mark in (select unnest(marks) from alike_organisation) as is_borne from alike_domain
"""
WORKS_FOR = """
create or replace temp table alike_works_for as
select
    person_id, list_sort(list(distinct plain)) as organisations,
    list_sort(list_distinct(flatten(list(marks)))) as organisation_marks,
    list_distinct(flatten(list(block_marks))) as block_marks,
    list(distinct core) filter (where core <> '') as organisation_cores
from (select distinct person_id, organisation_id from core.affiliation semi join alike_near using (person_id))
join alike_organisation using (organisation_id)
group by person_id
"""
HELD = """
create or replace temp table alike_held as
select
    person_id,
    list_sort(list(distinct substr(email_key, 7)) filter (where email_key is not null)) as mails,
    list_sort(list(distinct mark) filter (where mark is not null)) as domains,
    list(distinct mark) filter (where is_borne) as block_domains,
    list(distinct staging.organisation_domain(email_key))
        filter (where staging.organisation_domain(email_key) is not null) as work_domains,
    list_sort(list(distinct linkedin_key) filter (where linkedin_key is not null)) as profiles,
    list_sort(list(distinct external_key) filter (where external_key is not null)) as numbers,
    list(distinct split_part(external_key, ':', 2)) filter (where external_key is not null) as number_sources
from staging.person_of
semi join alike_near using (person_id)
join staging.identity_key using (identity)
left join alike_borne_domain as alike_domain on alike_domain.domain = split_part(email_key, '@', 2)
group by person_id
"""
NAMES = """
create or replace temp table alike_name as
with told as (
    select distinct
        person_id, left(staging.name_of(full_name, given_name, family_name), $longest) as name,
        case when family_name is not null then left(given_name, $longest) end as given_name,
        case when given_name is not null then left(family_name, $longest) end as family_name
    from staging.person_of
    semi join alike_elaborate using (person_id)
    join staging.identity using (identity)
    where coalesce(full_name, given_name, family_name) is not null
),

-- Of these people too most names are plain, and need no taking apart word by word.
seen as (
    select
        *,
        regexp_extract(name, $plain, ['given', 'family']) as plain,
        given_name is null and plain['family'] <> ''
            and not list_contains($fronts, plain['given']) as is_plain
    from told
    where not regexp_full_match(name, $placeholder)
),

put as (
    select
        person_id, given_name is null as is_whole, staging.told_name(coalesce(given_name, name)) as told,
        case when family_name is not null then staging.told_name(family_name) end as told_family
    from seen
    where not is_plain
),

cut as (
    select
        person_id, is_whole, told,
        case when is_whole then staging.split_name(told)
            else {'given': told, 'family': told_family} end as parts
    from put
),

split as (
    select
        person_id,
        [replace(lower(plain['given']), 'ij', 'y')] as given,
        [replace(lower(plain['family']), 'ij', 'y')] as family,
        true as is_whole
    from seen
    where is_plain
    union all
    select
        person_id,
        staging.words_of(case when parts['family'] <> '' then parts['given'] when is_whole then told end),
        staging.words_of(parts['family']),
        is_whole
    from cut
),

-- Turned without a comma: "van den Berg Jan", "Berg J.", "Visser Kees".
turned as (
    select
        person_id,
        case
            when len(given) = 0 and len(family) > 1 then true
            when not is_whole or len(given) <> 1 or len(family) <> 1 then false
            when length(family[1]) = 1 then length(given[1]) > 1
            else known.is_known and last_known.is_known is null
        end as is_turned,
        given, family
    from split
    left join alike_given as known on known.word = family[1]
    left join alike_given as last_known on last_known.word = given[1]
)

select distinct
    person_id,
    case when is_turned then [family[-1]] else given end as given,
    list_transform(
        case when is_turned then given || family[:-2] else family end,
        lambda word: staging.without_joined_particle(word)
    ) as family
from turned
where len(given) + len(family) > 0
"""
# What taking apart gives of a plain name.
PLAIN_NAMES = """
insert into alike_name
select distinct person_id, [given], [family]
from alike_plain
semi join {people} using (person_id)
join staging.identity using (identity)
where not regexp_full_match(full_name, $placeholder)
"""
REST = "(from alike_plain anti join alike_elaborate using (person_id))"
# An address or a profile often writes the name out: jan.smit@, jansmit@, /in/jan-smit-4a1.
READ_NAMES = """
create or replace temp table alike_read_name as
with address as (
    select
        person_id,
        regexp_replace(
            staging.without_marks(left(split_part(split_part(mail, '@', 1), '+', 1), 100)), '[0-9]+', '', 'g'
        ) as local
    from (select person_id, substr(key, 7) as mail from core.person_key where kind = 'email')
    semi join alike_elaborate using (person_id)
),

beside as (
    select
        address.person_id, given, family, local,
        regexp_matches(local, '^[a-z]+[._-][a-z._-]{3,}$') as is_parted,
        regexp_extract(local, '^[a-z]+') as front,
        replace(replace(replace(local, '.', ''), '_', ''), '-', '') as letters,
        array_to_string(given, '') as own_given,
        array_to_string(family, '') as own_family
    from address
    left join alike_name using (person_id)
),

cut as (
    select
        *,
        regexp_replace(left(letters, length(letters) - length(own_family)),
            '(vanden|vander|vande|vant|van|den|der|de|ter|ten|el)$', '') as before_family
    from beside
),

told as (
    select
        person_id,
        case when length(front) = 1 and starts_with(own_given, front) then given else [front] end as given,
        staging.words_of(trim(regexp_replace(substr(local, length(front) + 1), '[._-]+', ' ',
            'g'))) as family
    from cut
    where is_parted
    union all
    select person_id, given, [substr(letters, length(own_given) + 1)]
    from cut
    where not is_parted and length(own_given) > 2 and starts_with(letters, own_given)
        and length(letters) > length(own_given) + 2
    union all
    select person_id, [before_family], family
    from cut
    where not is_parted and length(own_given) < 2 and length(own_family) > 2 and ends_with(letters,
        own_family)
        and length(before_family) > 1 and starts_with(before_family, own_given)
    union all
    select person_id, words[1:1], staging.words_of(array_to_string(words[2:], ' '))
    from (
        select
            person_id,
            list_filter(string_split(staging.without_marks(substr(profile, 10, 100)), '-'),
                lambda word: not regexp_matches(word, '[^a-z]')) as words
        from (select person_id, key as profile from core.person_key where kind = 'linkedin')
    )
    where len(words) > 1
)

select distinct
    person_id, given, list_transform(family, lambda word: staging.without_joined_particle(word)) as family
from told
where len(family) > 0 and length(array_to_string(family, '')) > 1
"""
RECORDS = """
create or replace temp table alike_record as
with named as (
    select person_id, given, family, false as is_read from alike_name
    union all
    select person_id, given, family, true from alike_read_name anti join alike_name using (person_id,
        given, family)
),

whole as (
    select
        person_id, is_read,
        nullif(given[1], '') as first,
        nullif(array_to_string(given, ''), '') as given,
        given as given_words,
        list_aggregate(list_transform(given, lambda word: word[1]), 'string_agg', '') as initials,
        nullif(array_to_string(family, ''), '') as family,
        family as family_words,
        mails, domains, block_domains, work_domains, profiles, numbers, number_sources,
         organisations, organisation_marks, block_marks,
        organisation_cores,
        list_filter(
            list_transform(mails, lambda mail: staging.local_letters(left(split_part(mail, '@', 1), 100))),
            lambda local: length(local) > 4) as locals,
        left(job_title, 200) as job, left(audience, 200) as audience, left(country, 200) as country,
        left(region, 200) as region
        {extra_columns}
    from named
    semi join alike_near using (person_id)
    left join alike_held using (person_id)
    left join alike_works_for using (person_id)
    left join core.person using (person_id)
    {extra_join}
)

select
    hash(person_id, is_read, {lists}, job, audience, country, region {extra_names}) as record,
    *
from whole
"""


LISTS = (
    "given_words", "family_words", "mails", "profiles", "numbers", "organisations", "organisation_marks",
)  # fmt: skip


def told_apart(lists: Iterable[str]) -> str:
    """SQL: these lists as arguments of hash(), each after its length: hash() runs lists into one another."""
    return ", ".join(f"len({name}), {name}" for name in lists)


def make_records(
    connection: duckdb.DuckDBPyConnection, extra: Extra = NOTHING_EXTRA, most: int = MOST_COMPARISONS
) -> None:
    """Make `temp.alike_record`, with what `extra` adds. `most`: no block holds more pairs than this."""
    for function in FUNCTIONS:
        connection.execute(function.statement)
    _tell_names(connection)
    connection.execute(DOMAIN)
    connection.execute(ORGANISATION, {"none": list(NO_ORGANISATION)})
    connection.execute(BORNE)
    find_elaborate(connection)
    told = {"placeholder": PLACEHOLDER, "plain": PLAIN_NAME, "fronts": list(FRONTS), "longest": LONGEST_NAME}
    connection.execute(NAMES, told)
    connection.execute(READ_NAMES)
    if extra.columns:
        connection.execute(PLAIN_NAMES.format(people=REST), {"placeholder": PLACEHOLDER})
        take_everybody(connection)
    else:
        find_places(connection, most)
        find_sharing(connection)
        connection.execute(PLAIN_NAMES.format(people="alike_sharing"), {"placeholder": PLACEHOLDER})
        find_nearby(connection)
    for statement in (WORKS_FOR, HELD):
        connection.execute(statement)
    added = "".join(f", {name}" for name in extra.columns)
    joined = f"left join {extra.table} using (person_id)" if extra.columns else ""
    lists = told_apart(LISTS)
    connection.execute(RECORDS.format(lists=lists, extra_columns=added, extra_names=added, extra_join=joined))


def _tell_names(connection: duckdb.DuckDBPyConnection) -> None:
    """The fixed tables of names, for joining."""
    connection.execute(
        "create or replace temp table alike_given "
        "(word varchar, formal varchar[], is_known boolean, is_common boolean)"
    )
    words = sorted(KNOWN_GIVEN)
    connection.execute(
        "insert into alike_given "
        "select unnest($1::varchar[]), unnest($2::varchar[][]), true, unnest($3::boolean[])",
        [
            words,
            [list(FORMAL_NAMES.get(word, (word,))) for word in words],
            [word in COMMON_GIVEN for word in words],
        ],
    )
    connection.execute(
        "create or replace temp table alike_formal as select word, unnest(formal) as formal from alike_given"
    )
    connection.execute("create or replace temp table alike_family (word varchar, rarity integer)")
    families = sorted(VERY_COMMON_FAMILY | COMMON_FAMILY)
    connection.execute(
        "insert into alike_family select unnest($1::varchar[]), unnest($2::integer[])",
        [families, [0 if word in VERY_COMMON_FAMILY else 1 for word in families]],
    )
