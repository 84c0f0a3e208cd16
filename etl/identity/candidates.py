"""Which records are compared: those that share a blocking key, in blocks small enough to look through.

Keys are 64-bit hashes; a clash costs one comparison. Blocks are taken from the small to the large until the
comparisons are used up, and what is left out is left out again by a run that starts from nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

MOST_COMPARISONS = 20_000_000
"""No build looks at more pairs than this, whoever is added; larger blocks wait until they are smaller."""

MACROS = (
    """
    create or replace temp macro alike_one_name(a, b) as (
        a = b
        or (least(length(a), length(b)) >= 5
            and abs(length(a) - length(b)) <= 2
            and damerau_levenshtein(a, b) <= case when least(length(a), length(b)) >= 10 then 2 else 1 end
            and regexp_replace(a, '[^0-9]', '', 'g') = regexp_replace(b, '[^0-9]', '', 'g'))
        or (least(length(a), length(b)) >= 3
            and (contains(' ' || a || ' ', ' ' || b || ' ') or contains(' ' || b || ' ', ' ' || a || ' ')))
    )
    """,
    """
    create or replace temp macro alike_names(ours, theirs) as (
        coalesce(len(list_filter(ours, lambda a: len(list_filter(theirs, lambda b:
            alike_one_name(a, b))) > 0)) > 0, false)
    )
    """,
    """
    create or replace temp macro alike_share(ours, theirs) as (coalesce(list_has_any(ours, theirs), false))
    """,
)
SOURCE = """
create or replace temp table alike_source as
select
    record, person_id, alike_record.first, family,
    list_distinct(list_filter(family_words, lambda word: length(word) > 1)) as family_words,
    list_sort(list_distinct(list_concat(given_words, family_words))) as words,
    coalesce(alike_given.formal, [alike_record.first]) as formal,
    coalesce(alike_family.rarity, 2) = 2 as is_rare,
    list_distinct(coalesce(block_marks, []) || coalesce(block_domains, [])) as marks,
    organisations is null as is_unknown,
    locals,
    case when person_id in (
        select person_a from staging.kept_apart union all select person_b from staging.kept_apart
    )
        then coalesce(mails, []) || coalesce(profiles, []) || coalesce(numbers, [])
    end as held
from alike_record
left join alike_given on alike_given.word = alike_record.first
left join alike_family on alike_family.word = alike_record.family
"""


@dataclass(frozen=True)
class Block:
    """One way to find records that may be alike. `one_unknown`: one side has no organisation."""

    name: str
    key: tuple[str, ...]
    source: str
    condition: str = "true"
    one_unknown: bool = False


def _each(column: str, source: str, name: str) -> str:
    """SQL: the rows of a source, once for each value of a list."""
    return f"(select *, unnest({column}) as {name} from {source})"


def _slips(word: str) -> str:
    """SQL: a word, and what is left of it without any one letter: two words a slip apart share one."""
    shorter = f"lambda i: left({word}, i - 1) || substr({word}, i + 1)"
    return f"[{word}] || list_transform(range(1, length({word}) + 1), {shorter})"


MARKED = _each("marks", "alike_source", "mark")
BY_FORMAL = "(select *, unnest(formal) as formal_name from alike_source where length(first) > 1)"
BLOCKS = (
    Block("one organisation, one family name", ("mark", "word"), _each("family_words", MARKED, "word")),
    Block(
        "one organisation, given name, start of family name",
        ("mark", "formal_name", "left(family, 1)"),
        _each("formal", MARKED, "formal_name"),
        "length(first) > 1",
    ),
    Block(
        "one organisation, given name, end of family name",
        ("mark", "formal_name", "right(family, 2)"),
        _each("formal", MARKED, "formal_name"),
        "length(first) > 1",
    ),
    Block(
        "one given name, one family name or half of it",
        ("formal_name", "word"),
        _each("list_distinct([family] || family_words)", BY_FORMAL, "word"),
    ),
    Block("one name, in any order", ("words",), "alike_source", "len(words) > 1"),
    Block(
        "a rare family name",
        ("word", "left(first, 1)"),
        _each("family_words", "alike_source", "word"),
        "is_rare",
    ),
    Block(
        "a slip in the family name",
        ("first", "slip"),
        _each(_slips("family"), "alike_source", "slip"),
        "length(first) > 1 and length(family) > 3",
        one_unknown=True,
    ),
    Block(
        "a slip in the given name",
        ("family", "slip"),
        _each(_slips("alike_source.first"), "alike_source", "slip"),
        "length(first) > 2 and family is not null",
        one_unknown=True,
    ),
    Block("one name before the @", ("local",), _each("locals", "alike_source", "local")),
    Block("one key", ("key",), _each("held", "alike_source", "key")),
)
KEY_SIZES = """
create or replace temp table alike_block as
select
    key, any_value(one_unknown) as one_unknown,
    case when any_value(one_unknown)
        then count(*) filter (where is_unknown) * (count(*) - 1)
        else count(*) * (count(*) - 1) // 2
    end as comparisons
from alike_key
group by key
having count(*) > 1 and comparisons > 0
"""
SMALL_ENOUGH = """
create or replace temp table alike_small as
with counted as (
    select comparisons, sum(comparisons) as all_of_them from alike_block group by comparisons
),

summed as (
    select comparisons, sum(all_of_them) over (order by comparisons) as so_far from counted
)

select alike_block.key, one_unknown
from alike_block
join summed using (comparisons)
where so_far <= $most
"""
PAIRS = """
create or replace temp table alike_pair as
with placed as (
    select key, alike_key.record, alike_key.is_unknown, alike_small.one_unknown, alike_key.is_new
    from alike_key
    join alike_small using (key)
),

opened as (
    select key from placed group by key having bool_or(is_new)
    union
    select key from alike_small semi join alike_waiting using (key)
),

met as (
    select distinct l.record as record_l, r.record as record_r
    from placed as l
    join placed as r on r.key = l.key and l.record < r.record
    where l.key in (select key from opened)
        and (l.is_new or r.is_new or l.key in (select key from alike_waiting))
        and (not l.one_unknown or l.is_unknown or r.is_unknown)
)

select record_l, record_r
from met
join alike_record as l on l.record = record_l
join alike_record as r on r.record = record_r
where l.person_id <> r.person_id
    -- One address read as a name on both sides would prove itself.
    and not ((l.is_read or r.is_read)
        and (alike_share(l.mails, r.mails) or alike_share(l.profiles, r.profiles)))
    and (l.profiles is null or r.profiles is null or list_has_any(l.profiles, r.profiles))
    and not (alike_share(l.number_sources, r.number_sources) and not alike_share(l.numbers, r.numbers))
    and not (alike_share(l.work_domains, r.work_domains) and not alike_share(l.mails, r.mails))
    and (
        l.organisations is null or r.organisations is null
        or list_has_any(l.organisations, r.organisations)
        or list_has_any(l.organisation_marks, r.organisation_marks)
        or list_has_any(l.domains, r.organisation_marks)
        or list_has_any(r.domains, l.organisation_marks)
        or alike_names(l.organisation_cores, r.organisation_cores)
    )
"""


def find_pairs(
    connection: duckdb.DuckDBPyConnection, extra: Sequence[Block] = (), most: int = MOST_COMPARISONS
) -> None:
    """Make `temp.alike_pair` of what shares a block and may be one person, new on at least one side.

    Reads `alike_record`, `alike_new` (records not compared before) and `alike_waiting` (blocks that were too
    large then); leaves `alike_key`, `alike_block` and `alike_small`.
    """
    for statement in (*MACROS, SOURCE):
        connection.execute(statement)
    unknown = connection.execute("select 1 from alike_source where is_unknown limit 1").fetchone()
    blocks = [block for block in (*BLOCKS, *extra) if unknown or not block.one_unknown]
    for statement in (_keys(blocks), KEY_SIZES):
        connection.execute(statement)
    connection.execute(SMALL_ENOUGH, {"most": most})
    connection.execute(PAIRS)


def _keys(blocks: Sequence[Block]) -> str:
    selects = [
        f"select hash('{block.name}', {', '.join(block.key)}) as key, record, is_unknown, "
        f"{block.one_unknown} as one_unknown from {block.source} where "
        + " and ".join((block.condition, *(f"{part} is not null" for part in block.key)))
        for block in blocks
    ]
    return (
        "create or replace temp table alike_key as with every as ("
        + " union all ".join(selects)
        + ") select every.*, alike_new.record is not null as is_new "
        "from every left join alike_new using (record)"
    )
