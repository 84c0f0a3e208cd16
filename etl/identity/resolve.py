"""From the ways in which files write people to people: shared keys join, doubt keeps apart.

Reads `staging.identity_key`, makes `staging.person_of`: identity, person_id, and for people who share a key
but were kept apart the review they wait in. The order of rows changes nothing: ids come from keys.

Keys are compared by 64-bit hashes: of a million keys two clash once in forty million builds, and names that
differ keep apart even those.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from hashlib import sha256

import duckdb

from etl.cleaning.names import is_placeholder, normal_name
from etl.identity.match import Record, judge

MESSAGE_VERSION = "v1|"
BLOCK = 64

PAIRS = """
create or replace temp table key_pair as
select distinct least(one, other) as one, greatest(one, other) as other
from (
    select hash(email_key) as one, hash(linkedin_key) as other
    from staging.identity_key where email_key is not null and linkedin_key is not null
    union all
    select hash(email_key), hash(external_key)
    from staging.identity_key where email_key is not null and external_key is not null
    union all
    select hash(linkedin_key), hash(external_key)
    from staging.identity_key where linkedin_key is not null and external_key is not null
)
"""
FIRST_LABELS = """
create or replace temp table key_label as
select key, min(label) as label
from (
    select one as key, one as label from key_pair
    union all
    select other, one from key_pair
)
group by key
"""
NEXT_LABELS = """
create or replace temp table next_label as
select key, min(label) as label
from (
    select key_pair.one as key, far.label from key_pair join key_label as far on far.key = key_pair.other
    union all
    select key_pair.other, far.label from key_pair join key_label as far on far.key = key_pair.one
    union all
    select key, label from key_label
)
group by key
"""
CHANGED = """
select count(*) from next_label join key_label using (key) where next_label.label <> key_label.label
"""
GROUPS = """
create or replace temp table key_group as
select
    identity_key.identity,
    coalesce(key_label.label, hash(coalesce(email_key, linkedin_key, external_key, name_key))) as label,
    coalesce(least(email_key, external_key, linkedin_key), name_key) as key,
    email_key, linkedin_key, external_key, simple_name
from staging.identity_key
left join key_label on key_label.key = hash(coalesce(email_key, linkedin_key, external_key))
"""
LARGER_GROUPS = """
create or replace temp table larger_group as
select key_group.*
from key_group
join (select label from key_group group by label having count(*) > 1) using (label)
where coalesce(email_key, linkedin_key, external_key) is not null
"""
# Most groups are one address written with and without a name: hashes show cheaply which hold two of anything.
DOUBTFUL = """
create or replace temp table doubtful as
with held as (
    select
        label,
        min(hash(simple_name)) filter (where simple_name is not null)
            <> max(hash(simple_name)) filter (where simple_name is not null) as two_names,
        min(hash(linkedin_key)) filter (where linkedin_key is not null)
            <> max(hash(linkedin_key)) filter (where linkedin_key is not null) as two_profiles,
        min(hash(external_key)) filter (where external_key is not null)
            <> max(hash(external_key)) filter (where external_key is not null) as two_ids,
        min(hash(email_key)) filter (where email_key is not null)
            <> max(hash(email_key)) filter (where email_key is not null) as two_addresses
    from larger_group
    group by label
)
select label from held where two_names or two_profiles
union
select label
from larger_group
semi join (from held where two_ids) as several using (label)
where external_key is not null
group by label, split_part(external_key, ':', 2)
having min(external_key) <> max(external_key)
union
select label
from larger_group
semi join (from held where two_addresses) as several using (label)
where staging.organisation_domain(email_key) is not null
group by label, staging.organisation_domain(email_key)
having min(email_key) <> max(email_key)
"""
DOUBTFUL_RECORDS = """
select
    larger_group.label, identity, email_key, linkedin_key, external_key, coalesce(simple_name, ''),
    staging.organisation_domain(email_key)
from larger_group
join doubtful using (label)
order by larger_group.label
"""
HMAC = "left(sha256($outer::blob || unhex(sha256($inner::blob || encode($version || text)))), 32)::uuid"
PEOPLE = f"""
create or replace table staging.person_of as
with person as (
    select label, {HMAC} as person_id
    from (select label, min(key) as text from key_group group by label)
),

part as (
    select text, {HMAC} as person_id
    from (select distinct text from verdict)
)

select identity, person_id, null::varchar as reason, null::uuid as review_id
from key_group
join person using (label)
anti join verdict using (identity)
union all
select identity, person_id, reason, review
from verdict
join part using (text)
"""
KEYLESS = """
select distinct staging.name_of(full_name, given_name, family_name) as name
from staging.identity
where staging.email_key(email) is null
    and staging.linkedin_key(linkedin_url) is null
    and staging.external_key(source, external_id) is null
    and name is not null
"""


def name_keyless(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `staging.keyless_name`: names of rows without a key, normalised; devices and such left out."""
    names = [name for (name,) in connection.execute(KEYLESS).fetchall() if not is_placeholder(name)]
    connection.execute("create or replace table staging.keyless_name (name varchar, normal_name varchar)")
    if names:
        connection.execute(
            "insert into staging.keyless_name select unnest($1::varchar[]), unnest($2::varchar[])",
            [names, [normal_name(name) for name in names]],
        )


def resolve(connection: duckdb.DuckDBPyConnection, hmac_key: bytes) -> None:
    """Make `staging.person_of`. Person ids are keyed: not derivable without the key, stable across builds."""
    _label_keys(connection)
    for statement in (GROUPS, LARGER_GROUPS, DOUBTFUL):
        connection.execute(statement)
    _judge_doubtful(connection, hmac_key)
    inner, outer = hmac_pads(hmac_key)
    connection.execute(PEOPLE, {"inner": inner, "outer": outer, "version": MESSAGE_VERSION})
    for table in ("key_pair", "key_label", "next_label", "key_group", "larger_group", "doubtful", "verdict"):
        connection.execute(f"drop table if exists temp.{table}")


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer block of HMAC-SHA256 for a key, with which SQL can do the rest."""
    block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def _label_keys(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(PAIRS)
    connection.execute(FIRST_LABELS)
    while True:
        connection.execute(NEXT_LABELS)
        changed = connection.execute(CHANGED).fetchone()
        connection.execute("create or replace temp table key_label as from next_label")
        if not changed or not changed[0]:
            return


def _judge_doubtful(connection: duckdb.DuckDBPyConnection, hmac_key: bytes) -> None:
    groups: dict[int, list[Record]] = defaultdict(list)
    for label, identity, email, linkedin, external, name, domain in connection.execute(
        DOUBTFUL_RECORDS
    ).fetchall():
        keys = tuple(sorted(key for key in (email, linkedin, external) if key))
        groups[label].append(Record(keys, name, (domain,) if domain else (), identity))
    rows = []
    for records in groups.values():
        verdict = judge(records)
        if verdict.reason is None:
            continue
        texts = "\n".join(sorted(part.text for part in verdict.parts))
        review = hmac.new(hmac_key, f"review|{texts}".encode(), sha256).hexdigest()[:32]
        rows += [
            (record.identity, part.text, verdict.reason.value, review)
            for part in verdict.parts
            for record in part.records
        ]
    connection.execute(
        "create or replace temp table verdict (identity ubigint, text varchar, reason varchar, review uuid)"
    )
    if rows:
        identities, text, reasons, reviews = (list(column) for column in zip(*rows, strict=True))
        connection.execute(
            "insert into verdict select unnest($1::ubigint[]), unnest($2::varchar[]), unnest($3::varchar[]), "
            "unnest($4::uuid[])",
            [identities, text, reasons, reviews],
        )
