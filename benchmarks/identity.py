"""How well and how fast records become people, on any file whose true people are known.

    python -m benchmarks.identity FILE --json

FILE is a CSV with record_id, true_id and any of the person fields: external_id, full_name, given_name,
family_name, email, linkedin_url, organisation, unit, job_title, audience, country, region; source tells apart
whose external_id it is. Of date_of_birth, soc_sec_id, postcode, street_number, address_1 and suburb, which no
feed of Kring has, those that the file has are compared too. It prints {"n", "automatic": {"precision",
"recall"}, "suggestions": {"precision", "recall", "pairs"}, "seconds", "peak_mb"}. Precision and recall of
automatic merging are over pairs of records. A suggestion is a pair of people, right when they are one; its
recall is over the pairs of records that are one person and that automatic merging left apart. Every record is
a row of a file of its own, so that no two are one because a file has their name twice.

    python -m benchmarks.identity FILE --beside --json

adds what exact e-mail and plain Splink find in the file, over all pairs of records that are one person, and
Kring's two together over the same pairs.

    python -m benchmarks.identity --scale 1000000 [--newcomers 10000] --json

resolves as many invented records by their keys beside a bare SQL of the same joins, which judges no names:
{"work", "kring_seconds", "limit_seconds", "ratio", "peak_mb"}; with --newcomers it looks for the likely
duplicates of so many new records among them instead, beside 60 seconds. With --limits the exit code is 1 when
a goal is not met.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.further_evidence import further_evidence
from benchmarks.identity_newcomers import LIMIT_SECONDS, score_newcomers
from benchmarks.identity_peers import Peer, exact_email, plain_splink
from etl.build import NetworkFacts, build, prepare, run
from etl.errors import UsageError
from etl.identity.extra import Extra
from etl.identity.handles import MESSAGE_VERSION, SQL_HANDLE, hmac_pads
from etl.identity.resolve import name_keyless, resolve
from etl.identity.suggest import suggest
from etl.schema.ddl import quoted
from etl.schema.feeds import FEEDS, PERSON_FIELDS
from etl.themes.tables import THEME_TABLES
from etl.warehouse import scratch
from queries.catalog import query

KEY = b"a key for benchmarks"
FACTS = NetworkFacts(name="Benchmark", as_of=date(2026, 11, 21))
RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC).replace(tzinfo=None)
RATIO, PEAK_MB = 1.5, 4000.0
TURNS = 3
PEOPLE = ("core.person", "core.person_key", "core.kept_apart")
SUGGESTED = "core.likely_pair"
COMPARED = ("core.affiliation", "core.organisation", "staging.attendance", "staging.occasion_session")


@dataclass(frozen=True)
class Share:
    """How much of what was joined is right, and how much of what is right was joined."""

    precision: float
    recall: float


@dataclass(frozen=True)
class Suggestions:
    """The same of pairs that people decide about, and how many there are."""

    precision: float
    recall: float
    pairs: int


@dataclass(frozen=True)
class Quality:
    """What one file gave."""

    n: int
    automatic: Share
    suggestions: Suggestions
    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Beside:
    """The same file by others, and Kring as they are counted: over all pairs of records."""

    n: int
    automatic: Share
    suggestions: Suggestions
    seconds: float
    peak_mb: float
    beside: tuple[Peer, ...]


def measure_beside(file: Path) -> Beside:
    """What Kring finds and what others find."""
    ours, together = _measure(file)
    shown = {name: getattr(ours, name) for name in ("n", "automatic", "suggestions", "seconds", "peak_mb")}
    return Beside(**shown, beside=(together, plain_splink(file), exact_email(file)))


def measure(file: Path) -> Quality:
    """Resolve the records of a file, compare them, and count what is right."""
    return _measure(file)[0]


def _measure(file: Path) -> tuple[Quality, Peer]:
    started = time.perf_counter()
    with TemporaryDirectory() as folder, scratch(spill=Path(folder)) as connection:
        make_feeds(connection)
        columns = read(connection, file)
        _build(connection, further_evidence(columns))
        seconds = time.perf_counter() - started
        connection.execute(PERSON_OF_RECORD)
        n, truth, joined, right = _numbers(connection, AUTOMATIC)
        pairs, right_pairs, apart, found, suggested = _numbers(connection, SUGGESTIONS)
    together = Peer("Kring, automatic and suggested", _share(right + found, joined + suggested),
                    _share(right + found, truth))  # fmt: skip
    quality = Quality(
        n=n,
        automatic=Share(_share(right, joined), _share(right, truth)),
        suggestions=Suggestions(_share(right_pairs, pairs), _share(found, apart), pairs),
        seconds=round(seconds, 3),
        peak_mb=_peak_mb(),
    )
    return quality, together


# A record without a key and without a name is nobody known: alone, whoever it is.
PERSON_OF_RECORD = """
create temp table resolved as
select
    record.true_id,
    coalesce(person_of.person_id, md5('alone|' || record.number)::uuid) as person_id
from record
join staging.membership as told on told.sha256 = record.number
left join staging.person_of on person_of.identity = told.identity
"""
AUTOMATIC = """
with of_person as (select count(*) as n from resolved group by person_id),

of_true as (select count(*) as n from resolved group by true_id),

of_both as (select count(*) as n from resolved group by person_id, true_id)

select
    (select count(*) from resolved),
    (select coalesce(sum(n * (n - 1) // 2), 0) from of_true),
    (select coalesce(sum(n * (n - 1) // 2), 0) from of_person),
    (select coalesce(sum(n * (n - 1) // 2), 0) from of_both)
"""
SUGGESTIONS = """
with part as (select person_id, true_id, count(*) as n from resolved group by all),

apart as (
    select one.person_id as person_a, other.person_id as person_b, one.n * other.n as pairs
    from part as one
    join part as other on other.true_id = one.true_id and other.person_id > one.person_id
),

size as (select person_id, sum(n) as n from part group by person_id),

suggested as (
    select distinct least(person_a, person_b) as person_a, greatest(person_a, person_b) as person_b
    from core.likely_pair
)

select
    (select count(*) from suggested),
    (select count(*) from suggested semi join apart using (person_a, person_b)),
    (select coalesce(sum(pairs), 0) from apart),
    (select coalesce(sum(pairs), 0) from apart semi join suggested using (person_a, person_b)),
    (select coalesce(sum(one.n * other.n), 0) from suggested
        join size as one on one.person_id = person_a join size as other on other.person_id = person_b)
"""


def make_feeds(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty feeds, in memory."""
    connection.execute("attach ':memory:' as feeds")
    connection.execute("attach ':memory:' as staging")
    for feed in FEEDS:
        columns = ", ".join(f"{quoted(each.name)} {each.type.value}" for each in feed.table.columns)
        connection.execute(f"create table feeds.{quoted(feed.name)} ({columns})")
    for name, listed in THEME_TABLES.items():
        columns = ", ".join(f"{column} {kind}" for column, kind in listed)
        connection.execute(f"create table feeds.{quoted(name)} ({columns})")


def read(connection: duckdb.DuckDBPyConnection, file: Path) -> set[str]:
    """The records as rows of a member list, each in a file of its own. Gives the columns of the file."""
    connection.execute(
        "create temp table told as select *, row_number() over ()::varchar as number "
        "from read_csv($file, all_varchar = true, header = true, delim = ',', quote = '\"')",
        {"file": str(file)},
    )
    found = {name for (name,) in connection.execute("select column_name from (describe told)").fetchall()}
    if "surname" in found and "family_name" not in found:
        connection.execute("alter table told rename surname to family_name")
        found.add("family_name")
    if missing := {"record_id", "true_id"} - found:
        raise UsageError(file.name, f"no column {' and '.join(sorted(missing))}", "record_id and true_id")
    connection.execute("create temp table record as select number, record_id, true_id from told")
    fields = [column.name for column in PERSON_FIELDS if column.name in found]
    source = "coalesce(source, 'a table')" if "source" in found else "'a table'"
    connection.execute(
        "insert into feeds.membership by name "
        f"select number as sha256, 0 as part, 1 as line, {source} as source, $received as received_at, "
        f"{', '.join(fields)} from told",
        {"received": RECEIVED},
    )
    return found


def _build(connection: duckdb.DuckDBPyConnection, extra: Extra | None) -> None:
    """People and likely duplicates, by the real build. Further evidence only adds comparisons."""
    if extra is None:
        build(connection, FACTS, KEY, only=(*PEOPLE, SUGGESTED))
        return
    build(connection, FACTS, KEY, only=(*PEOPLE, *COMPARED))
    values = ", ".join(f"min(nullif(trim(told.{name}), '')) as {name}" for name in extra.columns)
    connection.execute(
        f"create table {extra.table} as select person_id, {values} from told "
        "join staging.membership on sha256 = number join staging.person_of using (identity) "
        "group by person_id"
    )
    suggest(connection, extra=extra)
    run(connection, query(SUGGESTED))


def _numbers(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    return tuple(int(each) for each in connection.execute(sql).fetchone() or ())


def _share(part: int, whole: int) -> float:
    """Of nothing everything is right."""
    return round(part / whole, 6) if whole else 1.0


@dataclass(frozen=True)
class Speed:
    """One piece of work beside its limit, as `benchmarks.scale` prints it."""

    work: str
    kring_seconds: float
    limit_seconds: float
    ratio: float
    peak_mb: float


def measure_newcomers(records: int, newcomers: int) -> Speed:
    """Look for the likely duplicates of newcomers among as many as were compared before."""
    seconds = score_newcomers(records, newcomers, _resolve_file)
    return Speed(
        f"{newcomers} new records scored against {records}",
        round(seconds, 3),
        LIMIT_SECONDS,
        round(seconds / LIMIT_SECONDS, 3),
        _peak_mb(),
    )


def _resolve_file(connection: duckdb.DuckDBPyConnection, file: Path, records: int) -> None:
    """People of the first records of a file, and what comparing them needs."""
    make_feeds(connection)
    read(connection, file)
    connection.execute("delete from feeds.membership where sha256::bigint > ?", [records])
    build(connection, FACTS, KEY, only=(*PEOPLE, *COMPARED))


def measure_scale(records: int) -> Speed:
    """Resolve invented records by keys, in turns with the bare SQL; the median of each."""
    with TemporaryDirectory() as folder, scratch(spill=Path(folder)) as connection:
        make_feeds(connection)
        connection.execute(INVENTED.format(records=records, people=records * 2 // 3), {"received": RECEIVED})
        prepare(connection, FACTS)
        for feed in ("membership", "contact", "registration", "attendance", "contribution"):
            run(connection, query(f"staging.{feed}"))
        kring, bare = [], []
        for _ in range(TURNS):
            bare.append(_timed(connection, _bare))
            kring.append(_timed(connection, _kring))
    ours, limit = statistics.median(kring), statistics.median(bare)
    return Speed(
        f"{records} records resolved by keys",
        round(ours, 3),
        round(limit, 3),
        round(ours / limit, 3),
        _peak_mb(),
    )


# Two of three rows are of somebody new; one in five has a profile, one in five a number, one in ten another
# address. Names are written in full, with initials, turned around, or not at all.
INVENTED = """
insert into feeds.membership by name
with row_of as (
    select i, i % {people} as person, hash(i, 1) % 10 as shape, hash(i, 2) % 10 as way
    from range({records}) as t (i)
)

select
    'a file' as sha256, 0 as part, i as line, 'a table' as source, $received::timestamp as received_at,
    case when shape = 9 then 'p' || person || '@private' || (person % 50) || '.example.net'
        when shape < 9 then 'p' || person || '@org' || (person % 997) || '.example.org' end as email,
    case when shape >= 8 then 'https://www.linkedin.com/in/p' || person end as linkedin_url,
    case when shape in (6, 7) then 'n' || person end as external_id,
    case way
        when 0 then null
        when 1 then 'G. van der Family' || person
        when 2 then 'Family' || person || ', Given' || (person % 4999) || ' v.d.'
        else 'Given' || (person % 4999) || ' van der Family' || person
    end as full_name
from row_of
"""


def _timed(connection: duckdb.DuckDBPyConnection, work: Callable[[duckdb.DuckDBPyConnection], None]) -> float:
    started = time.perf_counter()
    work(connection)
    return time.perf_counter() - started


def _kring(connection: duckdb.DuckDBPyConnection) -> None:
    run(connection, query("matching.identity"))
    name_keyless(connection)
    run(connection, query("matching.identity_key"))
    resolve(connection, KEY)


def _bare(connection: duckdb.DuckDBPyConnection) -> None:
    """The same rows by the same keys, joined until nothing changes, each with a keyed id; nothing else."""
    for statement in BARE_BEGIN:
        connection.execute(statement)
    while True:
        connection.execute(BARE_ROUND)
        changed = connection.execute(BARE_CHANGED).fetchone()
        connection.execute("create or replace temp table bare_label as from bare_next")
        if not changed or not changed[0]:
            break
    inner, outer = hmac_pads(KEY)
    connection.execute(BARE_END, {"inner": inner, "outer": outer, "version": MESSAGE_VERSION})


BARE_BEGIN = (
    """
    create or replace temp table bare_key as
    select distinct
        staging.email_key(email) as email, staging.linkedin_key(linkedin_url) as linkedin,
        staging.external_key(source, external_id) as external,
        staging.name_of(full_name, given_name, family_name) as name
    from staging.membership
    """,
    """
    create or replace temp table bare_pair as
    select distinct email as one, linkedin as other
    from bare_key where email is not null and linkedin is not null
    union
    select distinct email, external from bare_key where email is not null and external is not null
    union
    select distinct linkedin, external from bare_key where linkedin is not null and external is not null
    """,
    """
    create or replace temp table bare_label as
    select key, min(label) as label
    from (select one as key, one as label from bare_pair union all select other, one from bare_pair)
    group by key
    """,
)
BARE_ROUND = """
create or replace temp table bare_next as
select key, min(label) as label
from (
    select one as key, label from bare_pair join bare_label on key = other
    union all
    select other, label from bare_pair join bare_label on key = one
    union all
    from bare_label
)
group by key
"""
BARE_CHANGED = """
select count(*) from bare_next join bare_label using (key) where bare_next.label <> bare_label.label
"""
BARE_END = f"""
create or replace temp table bare_person as
with labelled as (
    select bare_key.*, coalesce(label, email, linkedin, external) as person
    from bare_key
    left join bare_label on key = coalesce(email, linkedin, external)
),

person as (
    select
        person,
        {SQL_HANDLE.format(text="min(least(email, external, linkedin))")} as person_id
    from labelled
    group by person
)

select email, linkedin, external, name, person_id from labelled join person using (person)
"""


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1)


def main() -> None:
    """The command line of the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="a CSV with record_id, true_id and person fields")
    parser.add_argument("--scale", type=int, help="resolve this many invented records instead")
    parser.add_argument("--newcomers", type=int, help="with --scale: compare so many more records with them")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--limits", action="store_true", help="fail past the goals")
    parser.add_argument("--beside", action="store_true", help="what others find in the file, too")
    given = parser.parse_args()
    if (given.file is None) == (given.scale is None):
        parser.error("either a file or --scale")
    missed = False
    found: Quality | Beside | Speed
    if given.scale is not None and given.newcomers is not None:
        found = measure_newcomers(given.scale, given.newcomers)
        missed = found.ratio > 1 or found.peak_mb > PEAK_MB
    elif given.scale is not None:
        found = measure_scale(given.scale)
        missed = found.ratio > RATIO or found.peak_mb > PEAK_MB
    else:
        found = measure_beside(given.file) if given.beside else measure(given.file)
        missed = found.automatic.precision < 1
    print(json.dumps(asdict(found), indent=None if given.json else 1))
    if given.limits and missed:
        sys.exit(1)


if __name__ == "__main__":
    main()
