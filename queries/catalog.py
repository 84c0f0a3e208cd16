"""The SQL catalogue: every query is one file with one SELECT, and its header says what it means.

The header is the block of comment lines at the top of the file:

    -- meaning: one sentence a coordinator understands
    -- grain: one row per month
    -- role: communication                      (public, communication or coordinator)
    -- parameters:
    --   grain choice(day, month) = month: Length of one period
    --   working_group text = null: One working group; none means the whole network
    -- returns:
    --   period_start date: First day of the period
    --   new integer persons: People who joined for the first time

`-- parameters: none` says that there are none. A parameter is `name type = default: meaning`, of type text,
date, integer or `choice(…)`; the SQL writes it as `$name`. A returned column is `name type [unit]: meaning`.
Files of other layers name their table (`-- returns: core.person`): the columns of core and marts are declared
once, in `etl.schema.tables`.

Layers, each in its own folder: staging (one view per feed, no joins), matching (which rows mean the same
person and the same meeting; tables that live only while building), core (nouns), marts (what questions read),
questions (folder = role) and public (the exact figures of a publication, before any of them is hidden or
rounded). A question for the public reads the tables of a publication, never those of a release. Lineage is
read from the SQL itself. This module imports nothing of Kring but errors, and DuckDB only where lineage is
asked.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from etl.errors import BuildError, QuestionError

FOLDER = Path(__file__).parent
PUBLISHED = (
    "published"  # the schema of a publication: its file is called public, and one name may not be both
)
ParameterValue = str | int | date | None


class Role(IntEnum):
    """Who may ask. A higher role may ask everything of the lower ones."""

    PUBLIC = 1
    COMMUNICATION = 2
    COORDINATOR = 3


class QueryLayer(Enum):
    """The folder a query lives in."""

    STAGING = "staging"
    MATCHING = "matching"
    CORE = "core"
    MARTS = "marts"
    QUESTIONS = "questions"
    PUBLIC = "public"


MAY_READ = {
    QueryLayer.STAGING: ("feeds",),
    QueryLayer.MATCHING: ("staging", "core"),
    QueryLayer.CORE: ("staging", "core"),
    QueryLayer.MARTS: ("core", "marts"),
    QueryLayer.QUESTIONS: ("core", "marts"),
    QueryLayer.PUBLIC: ("core", "marts"),
}
BUILT = (QueryLayer.STAGING, QueryLayer.MATCHING, QueryLayer.CORE, QueryLayer.MARTS)
TABLES_OF_THE_BUILD = frozenset(
    {
        "core.network",
        "core.question_feed",
        "core.failing_connection",
        "core.restatement",
        "staging.organisation_spelling",
        "staging.organisation_fact",
        "staging.organisation_apart",
        "staging.organisation_title",
        "staging.mail_domain",
        "staging.keyless_name",
        "staging.person_of",
        "staging.known_person",
        "staging.held_key",
        "staging.person_spelling",
        "staging.kept_apart",
        "staging.person_decision",
        "staging.likely_pair",
        "staging.theme_name",
    }
)
MADE_BETWEEN = {
    "staging.keyless_name": ("staging.identity",),
    "staging.person_of": ("staging.identity", "staging.identity_key"),
    "staging.known_person": ("staging.identity", "staging.identity_key"),
    "staging.held_key": ("staging.identity", "staging.identity_key", "core.person_review"),
    "staging.person_spelling": ("staging.identity", "staging.identity_key", "core.person_review"),
    "staging.kept_apart": ("staging.identity", "staging.identity_key"),
    "staging.person_decision": ("staging.identity", "staging.identity_key"),
    "staging.likely_pair": (
        "staging.identity", "staging.identity_key", "staging.attendance", "staging.occasion_session",
        "core.person", "core.person_key", "core.affiliation", "core.organisation",
    ),
}  # fmt: skip
"""Tables that Python makes between two queries, and what they are made from."""
NOT_COUNTED = frozenset(
    {
        "staging.identity", "staging.identity_key", "staging.occasion", "staging.group_spelling",
        "core.person", "marts.period",
    }
)  # fmt: skip
COUNTS_ONLY = {
    "marts.harvested_text": ("core.contribution",),
    "core.contribution": ("staging.contribution",),
    "core.import_day": ("staging.membership",),
    "core.role": ("staging.membership",),
}
"""Tables that read others only to say who, when and where, and the ones whose rows they count."""
PARAMETER_LINE = re.compile(r"(\w+) (text|date|integer|choice\(([^)]*)\)) = (\S+): (\S.*)")
RETURN_LINE = re.compile(r"(\w+) (text|date|timestamp|integer|number|boolean|id)(?: ([^:]+))?: (\S.*)")
SQL_TYPES = {
    "text": "VARCHAR", "date": "DATE", "timestamp": "TIMESTAMP", "integer": "BIGINT",
    "number": "DOUBLE", "boolean": "BOOLEAN", "id": "UUID",
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """What may be varied in a question. Only type choice has `choices`; default None means no value."""

    name: str
    type: str
    default: str | None
    meaning: str
    choices: tuple[str, ...] = ()

    def value(self, written: str | None) -> ParameterValue:
        """The written value as a typed one. Raises QuestionError when it cannot be."""
        if written is None or written == "":
            return None
        if self.choices and written not in self.choices:
            raise self._refusal(f"one of {', '.join(self.choices)}")
        if self.type == "integer" or (self.choices and all(choice.isdigit() for choice in self.choices)):
            if not re.fullmatch(r"\d{1,9}", written):
                raise self._refusal("a whole number, 0 or more")
            return int(written)
        if self.type == "date":
            try:
                return date.fromisoformat(written)
            except ValueError:
                raise self._refusal("a date such as 2026-11-21") from None
        return written

    def _refusal(self, expected: str) -> QuestionError:
        return QuestionError(f"parameter {self.name}", "a value that does not fit", expected)


@dataclass(frozen=True)
class ReturnColumn:
    """One column of an answer; `type` is one of the keys of SQL_TYPES."""

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Query:
    """One file of SQL with its header read."""

    name: str
    path: Path
    layer: QueryLayer
    meaning: str
    grain: str
    role: Role
    parameters: tuple[Parameter, ...]
    returns: tuple[ReturnColumn, ...]
    sql: str
    declared_as: str | None = None

    def bind(self, given: Mapping[str, str] | None = None) -> dict[str, ParameterValue]:
        """A value for every parameter: what was given, else the default. Unknown names are refused."""
        written = dict(given or {})
        known = {parameter.name for parameter in self.parameters}
        if unknown := sorted(set(written) - known):
            raise QuestionError(
                f"question {self.name}", f"unknown parameter {', '.join(unknown)}",
                f"one of {', '.join(sorted(known)) or 'none'}",
            )  # fmt: skip
        return {p.name: p.value(written.get(p.name, p.default)) for p in self.parameters}

    @property
    def target(self) -> str:
        """The table or view this query makes, as SQL writes it. A question makes none."""
        schema = {QueryLayer.MATCHING: "staging", QueryLayer.PUBLIC: PUBLISHED}.get(
            self.layer, self.layer.value
        )
        return f"{schema}.{self.name}"


def questions() -> tuple[Query, ...]:
    """Every question that may be asked, by name."""
    return tuple(sorted(_layer(QueryLayer.QUESTIONS), key=lambda each: each.name))


def question(name: str) -> Query:
    """The question of that name. Raises QuestionError when there is none."""
    if re.fullmatch(r"[a-z_]+", name):
        for path in FOLDER.glob(f"questions/*/{name}.sql"):
            return read_query(path)
    close = ", ".join(each.stem for each in sorted(FOLDER.glob("questions/*/*.sql")))
    raise QuestionError("question", "an unknown name", f"one of {close}", "See kring questions.")


def query(name: str) -> Query:
    """The query of that name: a question, or `layer.table` for the others."""
    layer, dot, table = name.partition(".")
    if not dot:
        return question(name)
    for each in _layer(QueryLayer.PUBLIC if layer == PUBLISHED else QueryLayer(layer)):
        if each.name == table:
            return each
    raise BuildError(name, "no such query")


def may_read(asked: Query) -> tuple[str, ...]:
    """The schemas whose tables a query may read."""
    if asked.layer is QueryLayer.QUESTIONS and asked.role is Role.PUBLIC:
        return (PUBLISHED,)
    return MAY_READ[asked.layer]


def public_queries() -> tuple[Query, ...]:
    """The exact figures of a publication, by name."""
    return _layer(QueryLayer.PUBLIC)


def all_queries() -> tuple[Query, ...]:
    """Every query of every layer."""
    return tuple(each for layer in QueryLayer for each in _layer(layer))


@functools.cache
def build_order() -> tuple[Query, ...]:
    """Staging, matching, core and marts queries, each after everything it reads."""
    built = {each.target: each for each in all_queries() if each.layer in BUILT}
    graph: dict[str, list[str]] = {}
    for target, each in sorted(built.items()):
        reads = [table for table in tables_read(each.sql) if not table.startswith("feeds.")]
        reads += [made_from for table in reads for made_from in MADE_BETWEEN.get(table, ())]
        graph[target] = [table for table in reads if table in built]
        unknown = [table for table in reads if table not in built and table not in TABLES_OF_THE_BUILD]
        if unknown:
            raise BuildError(target, f"reads {', '.join(unknown)}", "tables that a query makes")
    try:
        return tuple(built[target] for target in TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise BuildError("queries", f"a circle: {' -> '.join(error.args[1])}") from None


def order_for(tables: Iterable[str]) -> tuple[Query, ...]:
    """The part of the build order that these tables need."""
    built = {each.target: each for each in build_order()}
    waiting, needed = list(tables), set()
    while waiting:
        table = waiting.pop()
        if table in needed:
            continue
        needed.add(table)
        waiting += MADE_BETWEEN.get(table, ())
        if table in built:
            waiting += tables_read(built[table].sql)
    return tuple(each for each in build_order() if each.target in needed)


@functools.cache
def tables_read(sql: str) -> tuple[str, ...]:
    """The tables a SELECT reads, as `schema.table`, without its own CTE names."""
    import duckdb

    # The parser alone is used: this in-memory database holds nothing and opens nothing.
    row = duckdb.cursor().execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree["error"]:
        raise BuildError("sql", str(tree.get("error_message", "cannot be parsed")), "one SELECT")
    found: set[str] = set()
    own: set[str] = set()
    for node in _nodes(tree):
        if isinstance(cte := node.get("cte_map"), dict):
            own.update(entry["key"] for entry in cte["map"])
        if node.get("type") == "BASE_TABLE":
            found.add(f"{node['schema_name']}.{node['table_name']}".lstrip("."))
    return tuple(sorted(found - own))


@functools.cache
def feeds_behind(name: str) -> tuple[str, ...]:
    """The feeds whose rows an answer counts; not who is who, which rows mean one meeting, or the calendar."""
    built = {each.target: each for each in build_order()}
    waiting = list(tables_read(question(name).sql))
    seen: set[str] = set()
    while waiting:
        table = waiting.pop()
        if table in seen:
            continue
        seen.add(table)
        if table in built and table not in NOT_COUNTED:
            waiting += COUNTS_ONLY.get(table) or tables_read(built[table].sql)
    not_facts = {"source_file", "refused_row", "text_unit", "theme", "theme_member"}
    return tuple(sorted({table[6:] for table in seen if table.startswith("feeds.")} - not_facts))


def read_query(path: Path) -> Query:
    """Read one file. Raises BuildError when its header is not complete."""
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(FOLDER)
    layer = QueryLayer(relative.parts[0])
    header = _header(path, text)
    for key in ("meaning", "grain", "role", "parameters", "returns"):
        if key not in header:
            raise BuildError(str(relative), f"the header has no {key}")
    one_line = {key: " ".join(lines) for key, lines in header.items()}
    declared = one_line["returns"] if layer is not QueryLayer.QUESTIONS else None
    return Query(
        name=path.stem,
        path=path,
        layer=layer,
        meaning=one_line["meaning"],
        grain=one_line["grain"],
        role=Role[one_line["role"].upper()],
        parameters=tuple(_parameter(relative, line) for line in _listed(header["parameters"])),
        returns=() if declared else tuple(_return(relative, line) for line in header["returns"]),
        sql=text,
        declared_as=declared,
    )


@functools.cache
def _layer(layer: QueryLayer) -> tuple[Query, ...]:
    return tuple(read_query(path) for path in sorted((FOLDER / layer.value).rglob("*.sql")))


def _header(path: Path, text: str) -> dict[str, list[str]]:
    header: dict[str, list[str]] = {}
    key = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        start = re.fullmatch(r"-- (\w+):(?: (.*))?", line)
        if start:
            key = start[1]
            header[key] = [start[2].strip()] if start[2] else []
        elif key:
            header[key].append(line.removeprefix("--").strip())
    if not header:
        raise BuildError(path.name, "no header")
    return header


def _listed(lines: list[str]) -> list[str]:
    return [] if lines == ["none"] else lines


def _parameter(path: Path, line: str) -> Parameter:
    found = PARAMETER_LINE.fullmatch(line)
    if not found:
        raise BuildError(str(path), f"parameter line {line!r}", "name type = default: meaning")
    name, kind, choices, default, meaning = found.groups()
    listed = tuple(choice.strip() for choice in choices.split(",")) if choices else ()
    return Parameter(
        name, "choice" if listed else kind, None if default == "null" else default, meaning, listed
    )


def _return(path: Path, line: str) -> ReturnColumn:
    found = RETURN_LINE.fullmatch(line)
    if not found:
        raise BuildError(str(path), f"return line {line!r}", "column type [unit]: meaning")
    name, kind, unit, meaning = found.groups()
    return ReturnColumn(name, kind, unit or "", meaning)


def _nodes(tree: object) -> Iterator[dict[str, object]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
