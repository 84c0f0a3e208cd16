"""From the ways in which files write people to people: shared keys join, doubt keeps apart, people decide.

Reads `staging.identity_key`, makes `staging.person_of`: identity, person_id, and for people who share a key
but were kept apart the review they wait in; beside it `known_person` (what is known of each), `kept_apart`
and `person_decision`; and then, apart, `held_key` and `person_spelling`. The order of rows changes nothing:
ids come from keys.

What is plain is done in SQL. Only groups in doubt, and those that people decided about, are judged in Python.
Keys are compared by 64-bit hashes: of a million keys two clash once in forty million builds, and names that
differ keep apart even those.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

import duckdb

from etl.cleaning.names import GENERATION, PARTICLES, SEVERAL, is_placeholder, normal_name
from etl.decisions import PersonDecision
from etl.identity.decided import Judgement, judge_all
from etl.identity.handles import MESSAGE_VERSION, SQL_HANDLE, handle, hmac_pads, key_and_name
from etl.identity.match import Reason, Record, Verdict

_TWO_NAMES = (
    "coalesce(min(hash(name)) filter (where name is not null) "
    "<> max(hash(name)) filter (where name is not null), false)"
)
_NOT_PLAIN = ", ".join(f"'{word}'" for word in sorted({*SEVERAL, *GENERATION}))
Cell = str | int | bool | datetime | None
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
# The least label of all neighbours, and then the label of that label: long chains close in a few rounds.
NEXT_LABELS = """
create or replace temp table next_label as
with nearest as (
    select key, min(label) as label
    from (
        select key_pair.one as key, far.label from key_pair join key_label as far on far.key = key_pair.other
        union all
        select key_pair.other, far.label from key_pair join key_label as far on far.key = key_pair.one
        union all
        select key, label from key_label
    )
    group by key
)

select nearest.key, least(nearest.label, further.label) as label
from nearest
join nearest as further on further.key = nearest.label
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
    email_key, linkedin_key, external_key, name_key, name, first_received_at
from staging.identity_key
left join key_label on key_label.key = hash(coalesce(email_key, linkedin_key, external_key))
"""
PAIRED_KEYS = """
create or replace temp table paired as select distinct label from key_label
"""
# One pass over everybody: the id of a group, and what is known of those that need no judging. The least of
# many texts is slow to find, and only groups of several keys have more than one.
LABELLED = f"""
create or replace temp table label_person as
with everybody as (
    select
        label,
        any_value(key) as text,
        bool_and(name_key is null) as has_key,
        {_TWO_NAMES} as two_names,
        any_value(name) as name,
        min(first_received_at) as first_received_at
    from key_group
    group by label
),

several as (
    select label, min(key) as text, min(email_key) as email_key
    from key_group
    semi join paired using (label)
    group by label
),

told as (
    select
        label,
        coalesce(several.text, everybody.text) as text,
        case
            when several.label is not null then several.email_key
            when starts_with(everybody.text, 'email:') then everybody.text
        end as email_key,
        has_key, two_names, name, first_received_at
    from everybody
    left join several using (label)
)

select
    label, text, {SQL_HANDLE.format(text="text")} as person_id,
    has_key, two_names, name, email_key, first_received_at
from told
"""
# Hashes show cheaply which groups hold two of anything. A group of one key alone can hold two names at most.
HELD = """
create or replace temp table held as
with told as (
    select key_group.*, staging.simple_name(name) as simple_name
    from key_group
    semi join (
        select label from label_person where has_key and two_names
        union
        select label from paired
    ) as several using (label)
)

select
    label,
    coalesce(
        min(hash(simple_name)) filter (where simple_name is not null)
        <> max(hash(simple_name)) filter (where simple_name is not null), false
    ) as two_names,
    min(hash(linkedin_key)) filter (where linkedin_key is not null)
        <> max(hash(linkedin_key)) filter (where linkedin_key is not null) as two_profiles,
    min(hash(external_key)) filter (where external_key is not null)
        <> max(hash(external_key)) filter (where external_key is not null) as two_ids,
    min(hash(email_key)) filter (where email_key is not null)
        <> max(hash(email_key)) filter (where email_key is not null) as two_addresses
from told
group by label
"""
# Most names that differ are one given name or its initial before one family name, so plainly alike that no
# Python is needed: etl.cleaning.names says the same of them. All others are judged one by one.
_BETWEEN = "|".join(sorted({*PARTICLES, r"v\.?d\.?", r"v/d", r"v\."} - {"'t"}))
_PLAIN = rf"^([a-z0-9]+)\.?(?: (?:{_BETWEEN}))* ([a-z0-9]+)$"
_COMMA = rf"^([a-z0-9]+), ([a-z0-9]+\.?)(?: (?:{_BETWEEN}))*$"
UNLIKE = f"""
create or replace temp table unlike as
with spelled as (
    select distinct label, staging.simple_name(name) as simple_name
    from key_group
    semi join (from held where two_names) as several using (label)
    where staging.simple_name(name) is not null
),

put as (
    select
        label,
        regexp_extract(
            regexp_replace(simple_name, '{_COMMA}', '\\2 \\1'), '{_PLAIN}', ['given', 'family']
        ) as name
    from spelled
)

select label
from put
group by label
having min(name['family']) = '' or min(name['family']) <> max(name['family'])
    or min(left(name['given'], 1)) <> max(left(name['given'], 1))
    or min(name['given']) filter (where length(name['given']) > 1)
        <> max(name['given']) filter (where length(name['given']) > 1)
    or bool_or(name['given'] in ({_NOT_PLAIN}) or name['family'] in ({_NOT_PLAIN}))
"""
DOUBTFUL = """
create or replace temp table doubtful as
from unlike
union
select label from held where two_profiles
union
select label
from key_group
semi join (from held where two_ids) as several using (label)
where external_key is not null
group by label, split_part(external_key, ':', 2)
having min(external_key) <> max(external_key)
union
select label
from key_group
semi join (from held where two_addresses) as several using (label)
where staging.organisation_domain(email_key) is not null
group by label, staging.organisation_domain(email_key)
having min(email_key) <> max(email_key)
"""
# Only people with several keys have other handles than their id.
OTHER_KEYS = f"""
create or replace temp table other_key as
select label, key, {SQL_HANDLE.format(text="key")} as handle
from (
    select distinct label, unnest([email_key, linkedin_key, external_key]) as key
    from key_group
    semi join paired using (label)
)
anti join (select label, text as key from label_person) as smallest using (label, key)
where key is not null
"""
TOUCHED = """
insert into doubtful
select label
from (
    select label from label_person semi join decision_handle on decision_handle.handle = person_id
    union
    select label from other_key semi join decision_handle using (handle)
)
anti join doubtful using (label)
"""
RECORDS = """
select
    key_group.label, identity, key_group.email_key, key_group.linkedin_key, key_group.external_key,
    key_group.name_key, coalesce(staging.simple_name(key_group.name), ''),
    staging.organisation_domain(key_group.email_key), key_group.first_received_at
from key_group
semi join doubtful using (label)
order by key_group.label
"""
PEOPLE = """
create or replace table staging.person_of as
select identity, person_id, null::varchar as reason, null::uuid as review_id, key_group.first_received_at
from key_group
join label_person using (label)
anti join verdict using (identity)
union all
select identity, person_id, reason, review_id, first_received_at
from verdict
join key_group using (identity)
"""
KNOWN = f"""
create or replace table staging.known_person as
select person_id, two_names, name, email_key, first_received_at
from label_person
anti join doubtful using (label)
union all
select person_id, {_TWO_NAMES}, any_value(name), min(email_key), min(first_received_at)
from verdict
join key_group using (identity)
group by person_id
"""
HELD_KEYS = """
create or replace table staging.held_key as
select person_id, text as key, person_id as handle
from label_person
anti join doubtful using (label)
union all
select person_id, key, handle
from other_key
join label_person using (label)
anti join doubtful using (label)
union all
select person_id, key, coalesce(handle, person_id)
from (
    select distinct person_id, unnest([email_key, linkedin_key, external_key, name_key]) as key
    from verdict
    join key_group using (identity)
)
left join verdict_handle using (person_id, key)
where key is not null
"""
SPELLINGS = """
create or replace table staging.person_spelling as
with several as (
    select identity from key_group semi join (from held where two_names) as told using (label)
    union
    select identity from verdict
),

spelled as (
    select distinct
        person_id, staging.simple_name(name) as name,
        unnest([email_key, linkedin_key, external_key, name_key]) as key
    from (from key_group semi join several using (identity))
    join staging.person_of using (identity)
    where staging.simple_name(name) is not null
)

select person_id, key, name
from spelled
semi join (select person_id from spelled group by person_id having min(name) <> max(name)) as several
    using (person_id)
where key is not null
"""
KEYLESS = """
select distinct name
from staging.identity
where coalesce(email_key, linkedin_key, external_key) is null and name is not null
"""
NO_LONGER_NEEDED = ("key_pair", "key_label", "next_label", "unlike", "decision_handle")
KEPT_TO_TELL = (
    "key_group", "held", "paired", "doubtful", "label_person", "other_key", "verdict", "verdict_handle",
)  # fmt: skip
PERSON_TABLES = (
    "staging.person_of",
    "staging.known_person",
    "staging.kept_apart",
    "staging.person_decision",
)
"""What `resolve` makes."""
TOLD_TABLES = ("staging.held_key", "staging.person_spelling")
"""What `tell` makes, of what `resolve` found."""


def name_keyless(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `staging.keyless_name`: names of rows without a key, normalised; devices and such left out."""
    names = [name for (name,) in connection.execute(KEYLESS).fetchall() if not is_placeholder(name)]
    connection.execute("create or replace table staging.keyless_name (name varchar, normal_name varchar)")
    if names:
        connection.execute(
            "insert into staging.keyless_name select unnest($1::varchar[]), unnest($2::varchar[])",
            [names, [normal_name(name) for name in names]],
        )


def resolve(
    connection: duckdb.DuckDBPyConnection, hmac_key: bytes, decisions: Sequence[PersonDecision] = ()
) -> None:
    """Make `PERSON_TABLES`. Person ids are keyed: not derivable without the key, stable across builds."""
    _label_keys(connection)
    for statement in (GROUPS, PAIRED_KEYS):
        connection.execute(statement)
    connection.execute(LABELLED, _pads(hmac_key))
    for statement in (HELD, UNLIKE, DOUBTFUL):
        connection.execute(statement)
    if decisions:
        _touch(connection, decisions, hmac_key)
    judgement = judge_all(_groups_in_doubt(connection), decisions, hmac_key)
    _write_verdicts(connection, judgement, hmac_key)
    for statement in (PEOPLE, KNOWN):
        connection.execute(statement)
    _write_decisions(connection, judgement, hmac_key)
    _drop(connection, NO_LONGER_NEEDED)


def tell(connection: duckdb.DuckDBPyConnection, hmac_key: bytes) -> None:
    """Make `TOLD_TABLES` of what `resolve` left: handles of all keys, and who is written in several ways."""
    connection.execute(OTHER_KEYS, _pads(hmac_key))
    for statement in (HELD_KEYS, SPELLINGS):
        connection.execute(statement)
    _drop(connection, KEPT_TO_TELL)


def _pads(hmac_key: bytes) -> dict[str, str | bytes]:
    inner, outer = hmac_pads(hmac_key)
    return {"inner": inner, "outer": outer, "version": MESSAGE_VERSION}


def _drop(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    for table in tables:
        connection.execute(f"drop table if exists temp.{table}")


def _label_keys(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(PAIRS)
    connection.execute(FIRST_LABELS)
    while True:
        connection.execute(NEXT_LABELS)
        changed = connection.execute(CHANGED).fetchone()
        connection.execute("create or replace temp table key_label as from next_label")
        if not changed or not changed[0]:
            return


def _touch(
    connection: duckdb.DuckDBPyConnection, decisions: Sequence[PersonDecision], hmac_key: bytes
) -> None:
    """Groups that people decided about are judged too, whatever their keys say."""
    connection.execute(OTHER_KEYS, _pads(hmac_key))
    handles = sorted({each for decision in decisions for each in decision.handles})
    connection.execute("create or replace temp table decision_handle (handle uuid)")
    connection.execute("insert into decision_handle select unnest($1::uuid[])", [handles])
    connection.execute(TOUCHED)


def _groups_in_doubt(connection: duckdb.DuckDBPyConnection) -> Iterator[list[Record]]:
    groups: dict[int, list[Record]] = defaultdict(list)
    found = connection.execute(RECORDS).fetchall()
    for label, identity, email, linkedin, external, by_name, name, domain, received_at in found:
        keys = tuple(sorted(key for key in (email, linkedin, external) if key)) or (by_name,)
        groups[label].append(
            Record(keys, name, (domain,) if domain else (), identity, received_at or datetime.min)
        )
    yield from groups.values()


def _write_verdicts(connection: duckdb.DuckDBPyConnection, judgement: Judgement, hmac_key: bytes) -> None:
    rows: list[tuple[Cell, ...]] = []
    handles: list[tuple[Cell, ...]] = []
    pairs: list[tuple[Cell, ...]] = []
    for verdict in judgement.verdicts:
        review, why = _review(verdict, hmac_key)
        person = {part.text: handle(hmac_key, part.text) for part in verdict.parts}
        for part in verdict.parts:
            reason = why.get(part.text)
            told = (person[part.text], reason.value, review) if reason else (person[part.text], None, None)
            rows += [(record.identity, *told) for record in part.records]
        handles += _other_handles(verdict, person, hmac_key)
        pairs += [(person[pair.one], person[pair.other], review, pair.reason.value) for pair in verdict.pairs]
    _fill(connection, "verdict", "identity ubigint, person_id uuid, reason varchar, review_id uuid", rows)
    _fill(connection, "verdict_handle", "person_id uuid, key varchar, handle uuid", handles)
    apart = "person_a uuid, person_b uuid, review_id uuid, reason varchar"
    _fill(connection, "staging.kept_apart", apart, pairs)


def _review(verdict: Verdict, hmac_key: bytes) -> tuple[str, dict[str, Reason]]:
    """The id of the review that those kept apart share, and for each of them why."""
    why: dict[str, Reason] = {}
    weight = list(Reason)
    for pair in verdict.pairs:
        for text in (pair.one, pair.other):
            why[text] = min(why.get(text, pair.reason), pair.reason, key=weight.index)
    texts = "\n".join(sorted(why))
    return hmac.new(hmac_key, f"review|{texts}".encode(), sha256).hexdigest()[:32], why


def _other_handles(
    verdict: Verdict, person: dict[str, str], hmac_key: bytes
) -> Iterator[tuple[str, str, str]]:
    """The handle of every key that is not the person's id; of a key that several hold, of key and name."""
    holders: dict[str, int] = defaultdict(int)
    for part in verdict.parts:
        for key in {key for record in part.records for key in record.keys}:
            holders[key] += 1
    for part in verdict.parts:
        for key in sorted({key for record in part.records for key in record.keys}):
            names = (record.name for record in part.records if key in record.keys)
            text = key if holders[key] == 1 else min(key_and_name(key, name) for name in names)
            if text != part.text:
                yield person[part.text], key, handle(hmac_key, text)


def _write_decisions(connection: duckdb.DuckDBPyConnection, judgement: Judgement, hmac_key: bytes) -> None:
    rows: list[tuple[Cell, ...]] = [
        (
            each.decision.decision_id,
            each.decision.kind.value,
            *(handle(hmac_key, text) if text is not None else None for text in (each.text_a, each.text_b)),
            each.decision.decided_at,
            each.decision.decided_by,
            each.decision.reason or None,
            each.decision.evidence or None,
            each.is_in_force,
        )
        for each in judgement.settled
    ]
    _fill(
        connection, "staging.person_decision",
        "decision_id bigint, kind varchar, person_a uuid, person_b uuid, decided_at timestamp, "
        "decided_by varchar, reason varchar, evidence varchar, is_in_force boolean", rows,
    )  # fmt: skip


def _fill(
    connection: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Sequence[Sequence[Cell]]
) -> None:
    """Make a table of these rows, written column by column: many thousands at once."""
    kinds = [column.split()[1] for column in columns.split(", ")]
    made = "table" if "." in table else "temp table"
    connection.execute(f"create or replace {made} {table} ({columns})")
    if rows:
        values = ", ".join(f"unnest(${at}::{kind}[])" for at, kind in enumerate(kinds, start=1))
        connection.execute(
            f"insert into {table} select {values}", [list(column) for column in zip(*rows, strict=True)]
        )
