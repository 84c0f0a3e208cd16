"""One person, one row: what joins people, and above all what does not."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import pytest
from duckdb import DuckDBPyConnection

from etl.identity.handles import hmac_pads
from etl.identity.match import Record, judge

Cell = str | int | float | bool | datetime | None
Rows = Sequence[Mapping[str, Cell]]
Build = Callable[..., DuckDBPyConnection]
PEOPLE = ("core.person", "core.person_key", "core.person_review")


def people(build_network: Build, rows: Rows) -> int:
    connection = build_network({"membership": rows}, only=PEOPLE)
    row = connection.execute("select count(*) from core.person").fetchone()
    assert row is not None
    return int(row[0])


def member(email: str = "", name: str = "", **more: str) -> dict[str, Cell]:
    return {"email": email or None, "full_name": name or None, **more}


@pytest.mark.parametrize(
    ("meaning", "rows", "expected"),
    [
        (
            "nothing is merged on a name",
            [member("a@example.org", "Anna Proef"), member("b@example.net", "Anna Proef")],
            2,
        ),
        (
            "not on a name and an organisation",
            [
                member("anna@example.org", "Anna Proef", organisation="Hogeschool A"),
                member("anna@example.net", "Anna Proef", organisation="Hogeschool A"),
            ],
            2,
        ),
        (
            "a row without a key joins no row with one",
            [member("a@example.org", "Anna Proef"), member("", "Anna Proef")],
            2,
        ),
        (
            "without a key, one name in one file is one person",
            [member("", "Anna Proef"), member("", "Proef, Anna (Gast)")],
            1,
        ),
        ("and in two files two", [member("", "Anna Proef"), member("", "Anna Proef", sha256="another")], 2),
        ("an address is one however it is written", [member(" A@Example.org"), member("a@example.org")], 1),
        (
            "keys join transitively",
            [
                member("a@example.org", linkedin_url="linkedin.com/in/anna-proef"),
                member("", linkedin_url="https://nl.linkedin.com/in/Anna-Proef/", external_id="7"),
                member("anna@example.net", external_id="7"),
                member("anna@example.net", "Anna Proef"),
            ],
            1,
        ),
        (
            "an id is an id within its source only",
            [
                member("", "Anna Proef", external_id="7"),
                member("", "Bo Test", external_id="7", source="another"),
            ],
            2,
        ),
        (
            "fixture 7: ways of writing one name with one address",
            [
                member("jan@example.org", "Jan van den Berg"),
                member("jan@example.org", "Berg, Jan v.d."),
                member("jan@example.org", "J. van den Berg"),
                member("jvdb@example.net", "Jan van der Berg"),
            ],
            2,
        ),
        (
            "one address, two names that differ: kept apart",
            [member("x@example.org", "Anna Proef"), member("x@example.org", "Bo Test")],
            2,
        ),
        (
            "a row that could be either is neither",
            [
                member("x@example.org", "Anna Proef"),
                member("x@example.org", "Bo Test"),
                member("x@example.org"),
            ],
            3,
        ),
        (
            "two LinkedIn profiles are two people",
            [
                member("x@example.org", "Anna Proef", linkedin_url="linkedin.com/in/anna-1"),
                member("x@example.org", "Anna Proef", linkedin_url="linkedin.com/in/anna-2"),
            ],
            2,
        ),
        (
            "two ids of one source are two people",
            [
                member("x@example.org", "Anna Proef", external_id="1"),
                member("x@example.org", "Anna Proef", external_id="2"),
            ],
            2,
        ),
        (
            "two addresses at one organisation are two people",
            [
                member("anna@example.org", "Anna Proef", external_id="1"),
                member("a.proef@example.org", "Anna Proef", external_id="1"),
            ],
            2,
        ),
        (
            "a work and a private address are one",
            [
                member("anna@example.org", "Anna Proef", external_id="1"),
                member("anna.proef@example.nl", "Anna Proef", external_id="1"),
            ],
            1,
        ),
        (
            "a shared mailbox makes nobody",
            [member("info@example.org"), member("Secretariaat@example.org")],
            0,
        ),
        (
            "a shared mailbox joins nobody",
            [
                member("info@example.org", "Anna Proef"),
                member("info@example.org", "Bo Test"),
                member("info@example.org", "Anna Proef", sha256="another"),
            ],
            3,
        ),
        (
            "a shared mailbox joins no two profiles",
            [
                member("info@example.org", linkedin_url="linkedin.com/in/anna"),
                member("info@example.org", linkedin_url="linkedin.com/in/bo"),
            ],
            2,
        ),
        (
            "an id that is none joins nobody, also over files",
            [
                member("", name, external_id=written, sha256=f"file {at}")
                for at, (name, written) in enumerate(
                    [
                        ("Anna Proef", "0"),
                        ("A. Proef", "0"),
                        ("Anna Proef", "n.v.t."),
                        ("Anna", "N.V.T."),
                        ("Anna Proef", "-"),
                        ("Anna Proef", "0"),
                    ]
                )
            ],
            6,
        ),
        (
            "nor does a profile that is none",
            [
                member("", "Anna Proef", linkedin_url="https://www.linkedin.com/in/me", sha256="one"),
                member("", "A. Proef", linkedin_url="https://www.linkedin.com/in/me/", sha256="two"),
            ],
            2,
        ),
        (
            "a desk is a desk with more behind it; a name that begins so is no desk",
            [
                member("info-noord@example.org"),
                member("team2@example.org"),
                member("geen@example.org"),
                member("teamo@example.org"),
                member("officier@example.org"),
            ],
            2,
        ),
        (
            "a couple with one address",
            [
                member("smit@example.org", "Jan Smit"),
                member("smit@example.org", "Joke Smit"),
                member("smit@example.org", "Jan en Joke Smit"),
                member("smit@example.org", "J. Smit"),
                member("smit@example.org", "Smit"),
            ],
            5,
        ),
        (
            "a father and a son",
            [member("smit@example.org", "Jan Smit"), member("smit@example.org", "Jan Smit jr.")],
            2,
        ),
        (
            "half of a double given name",
            [member("smit@example.org", "Jan Smit"), member("smit@example.org", "Jan-Peter Smit")],
            2,
        ),
        (
            "a given name written in two ways, and by its initials",
            [
                member("smit@example.org", "Anne-Marie Smit"),
                member("smit@example.org", "Annemarie Smit"),
                member("smit@example.org", "Anne Marie Smit"),
                member("smit@example.org", "Smit, A.M."),
            ],
            1,
        ),
        (
            "initials of two people",
            [member("smit@example.org", "J.P. Smit"), member("smit@example.org", "J.K. Smit")],
            2,
        ),
        (
            "given and family name that could be each other",
            [member("x@example.org", "Thomas Martin"), member("x@example.org", "Martin Thomas")],
            2,
        ),
        (
            "a plus makes another address, a capital or a composed letter does not",
            [
                member("jos\u00e9@example.org", "Jos\u00e9 Smit"),
                member("JOSE\u0301@example.org", "Jos\u00e9 Smit"),
                member("jos\u00e9+news@example.org", "Jos\u00e9 Smit"),
            ],
            2,
        ),
        (
            "a chain of keys over two people joins neither",
            [
                member("a@example.org", "Anna Proef"),
                member("a@example.org", "A. Proef", external_id="1"),
                member("", "A. Proef", external_id="1", linkedin_url="linkedin.com/in/p"),
                member("", "Alex Proef", linkedin_url="linkedin.com/in/p"),
            ],
            4,
        ),
        (
            "devices and placeholders are nobody",
            [
                member("", "iPhone"),
                member("", "LinkedIn Member"),
                member("", "--"),
                member("", "Vergaderzaal 3"),
                member(),
            ],
            0,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_is_one_person(meaning: str, rows: Rows, expected: int, build_network: Build) -> None:
    assert people(build_network, rows) == expected


def test_those_kept_apart_wait_in_one_review(build_network: Build) -> None:
    connection = build_network(
        {"membership": [member("x@example.org", "Anna Proef"), member("x@example.org", "Bo Test")]},
        only=PEOPLE,
    )
    found = connection.execute(
        "select count(*), count(distinct review_id) from core.person_review"
    ).fetchone()
    assert found == (2, 1)


MESSY = [
    member(
        f"p{number % 40}@example.org",
        f"Persoon {chr(97 + number % 40 % 26)}aa Test",
        external_id=str(number % 55),
    )
    for number in range(120)
] + [
    member("info@example.org", "Anna Proef"),
    member("", "Anna Proef"),
    member("x@example.org", "Anna Proef", working_group="Een", organisation="Hogeschool A"),
    member("x@example.org", "Bo Test", working_group="Twee", organisation="Bedrijf B"),
    member("x@example.org", "A. Proef", organisation="bedrijf b"),
    member("x@example.org"),
]


def checksums(connection: DuckDBPyConnection) -> dict[str, object]:
    tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('core', 'marts') "
        "and database_name not in ('feeds', 'staging', 'temp')"
    ).fetchall()
    return {
        table: connection.execute(f"select count(*), sum(hash(each)) from {table} as each").fetchone()
        for (table,) in tables
    }


def test_shuffled_rows_give_the_same_ids_and_tables(build_network: Build) -> None:
    rows: list[dict[str, Cell]] = [
        {"joined_on": None, **row, "line": line} for line, row in enumerate(MESSY, 1)
    ]
    meeting: dict[str, Cell] = {"title": "A", "starts_at": datetime(2026, 3, 1, 12)}
    keys = ("email", "full_name", "external_id")
    attendance = [meeting | {key: row.get(key) for key in (*keys, "line")} for row in rows]
    first = checksums(build_network({"membership": rows, "attendance": attendance}))
    shuffled = random.Random(7)
    for _ in range(2):
        shuffled.shuffle(rows)
        shuffled.shuffle(attendance)
        assert checksums(build_network({"membership": rows, "attendance": attendance})) == first
    assert len(first) > 25


def test_ids_are_hmac_of_the_smallest_key(build_network: Build) -> None:
    import hmac
    from hashlib import sha256

    connection = build_network({"membership": [member("a@example.org", external_id="9")]}, only=PEOPLE)
    found = connection.execute("select person_id::varchar from core.person").fetchone()
    expected = hmac.new(b"a key for tests", b"v1|email:a@example.org", sha256).hexdigest()[:32]
    assert found is not None
    assert found[0].replace("-", "") == expected


def test_long_keys_are_hashed_first() -> None:
    inner, outer = hmac_pads(b"x" * 100)
    assert len(inner) == len(outer) == 64


def test_the_verdict_does_not_depend_on_order() -> None:
    records = [
        Record(("email:x@example.org",), "Anna Proef", ("example.org",), 1),
        Record(("email:x@example.org", "external:s:1"), "Bo Test", ("example.org",), 2),
        Record(("external:s:1",), "B. Test", (), 3),
        Record(("email:x@example.org",), "", ("example.org",), 4),
    ]
    verdict = judge(records)
    assert judge(records[::-1]) == verdict
    assert sorted(len(part.records) for part in verdict.parts) == [1, 1, 2]
    assert len({part.text for part in verdict.parts}) == 3


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (member("", linkedin_url="https://www.linkedin.com/in/ren%C3%A9-proef"), "linkedin:rené-proef"),
        (member("zoë@example.org"), "email:zoë@example.org"),
        (member("", "Анна Проба", sha256="f"), "name:f:анна проба"),
        (member("", external_id="a\\x41b", source="s"), None),
    ],
)
def test_keys_may_hold_any_letter(build_network: Build, row: Mapping[str, Cell], key: str | None) -> None:
    """A letter beyond ASCII, or a backslash, in one key once ended the whole run."""
    import hmac
    from hashlib import sha256
    from uuid import UUID

    connection = build_network({"membership": [row]}, only=PEOPLE)
    ((found, text),) = connection.execute("select person_id, key from core.person_key").fetchall()
    assert key is None or text == key
    assert found == UUID(hmac.new(b"a key for tests", f"v1|{text}".encode(), sha256).hexdigest()[:32])


def test_sql_calls_alike_only_what_python_does() -> None:
    """Most names never come to Python: the rule in SQL may be narrower than that in Python, never wider."""
    from itertools import combinations

    from etl.cleaning.names import names_compatible
    from etl.identity.keys import SIMPLE_NAME
    from etl.identity.resolve import UNLIKE
    from etl.warehouse import scratch

    chance = random.Random(5)
    given, between, family = (
        [word.replace("_", " ").lstrip() for word in text.split()]
        for text in (
            "jan j j. jan-peter joke fam dr mr en de anne-marie annemarie a.m. linkedin junior p. jp 't",
            "_ van_ van_der_ v.d._ v/d_ de_ den_ van_'t_ peter_ p._ &_ en_",
            "smit berg smit-berg smits jr jr. phd msc van en member de iii berg,",
        )
    )
    names = sorted(
        {f"{chance.choice(given)} {chance.choice(between)}{chance.choice(family)}" for _ in range(300)}
        | {
            f"{chance.choice(family)}, {chance.choice(given)} {chance.choice(between)}".strip()
            for _ in range(120)
        }
        | {f"{chance.choice(given)} {chance.choice(family)} ({chance.choice(given)})" for _ in range(30)}
    )
    pairs = list(combinations(names, 2))
    with scratch() as connection:
        connection.execute("attach ':memory:' as staging")
        connection.execute(SIMPLE_NAME.statement)
        connection.execute("create temp table key_group (label ubigint, name varchar)")
        connection.execute(
            "insert into key_group select unnest($1::ubigint[]), unnest($2::varchar[])",
            [
                [number for number in range(len(pairs)) for _ in "ab"],
                [name for pair in pairs for name in pair],
            ],
        )
        connection.execute(
            "create temp table held as select distinct label, true as two_names from key_group"
        )
        connection.execute(UNLIKE)
        unlike = {number for (number,) in connection.execute("from unlike").fetchall()}
    alike = [pair for number, pair in enumerate(pairs) if number not in unlike]
    assert len(alike) > 50
    assert [pair for pair in alike if not names_compatible(*pair)] == []


def test_a_key_of_hundreds_is_a_desk_and_takes_no_time(build_network: Build) -> None:
    names = [f"Naam{chr(97 + n % 26)}{chr(97 + n // 26)} Test" for n in range(600)]
    rows = [member("kantine@example.org", name) for name in names]
    assert people(build_network, rows) == 600


def test_a_long_chain_of_keys_is_found_whole(build_network: Build) -> None:
    rows = [
        member(
            f"p{n // 2}@d{n // 2}.example.org",
            "Anna Proef",
            external_id=str((n + 1) // 2),
            source=f"s{(n + 1) // 2}",
        )
        for n in range(300)
    ]
    assert people(build_network, rows) == 1
