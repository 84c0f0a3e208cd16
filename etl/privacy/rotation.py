"""A new key for the ids of people: whatever holds an id of the old one, and that no rebuild makes again.

Those are decisions about people (their handles) and the pseudonyms in condensed files. Releases are made
again; the suppression list and the audit log have a key of their own, and keep it. The note in secrets/ holds
both keys and what has to change, and goes with the rotation: while it is there, the next run finishes it.
Doing any step twice changes nothing.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from etl.cleaning.names import is_placeholder, normal_name
from etl.decisions import MIGRATIONS
from etl.durable import sync, write_file
from etl.home import HMAC_KEY_BYTES
from etl.identity.handles import handle, key_and_name
from etl.ledger import Ledger
from etl.manifest import DATABASE
from etl.privacy import audit
from etl.privacy.condense import read_condensed, write_condensed
from etl.privacy.subject import open_feeds, release_file
from etl.privacy.sweep import BUSY_SECONDS, HANDLE, PERSON_DECISIONS
from etl.release import current
from etl.schema.feeds import FEEDS
from etl.schema.tables import TABLES
from etl.store import open_store
from etl.warehouse import open_release, quote_name, quote_text, scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.home import Home
    from etl.sources.reading import FileReading

PSEUDONYM = re.compile(r"~([0-9a-f]{32})(?:@[0-9a-f]{12}\.invalid)?")
PSEUDONYM_FIELDS = ("email", "external_id")


@dataclass(frozen=True)
class Note:
    """A rotation that is not finished. `release` is the last with old ids; `handles` those of decisions."""

    old: bytes
    new: bytes
    release: str
    handles: Mapping[str, str]
    pseudonyms: frozenset[str]

    def renamed(self, text: str) -> str:
        """A key of a person as it is afterwards: a pseudonym that the old key made gives way to another."""
        return PSEUDONYM.sub(self._put, text)

    def before(self, text: str) -> str:
        """A key as it was: the opposite of `renamed`."""
        return PSEUDONYM.sub(lambda match: _in_place(match, self.former.get(match[1])), text)

    @cached_property
    def former(self) -> Mapping[str, str]:
        """For each pseudonym of the new key, that of the old one."""
        return {self._made(each): each for each in self.pseudonyms}

    def _put(self, match: re.Match[str]) -> str:
        return _in_place(match, self._made(match[1]) if match[1] in self.pseudonyms else None)

    def _made(self, pseudonym: str) -> str:
        return handle(self.new, f"~{pseudonym}").replace("-", "")

    def text(self) -> str:
        """The note as JSON."""
        keys = {"old": self.old.hex(), "new": self.new.hex(), "release": self.release}
        return json.dumps({**keys, "handles": dict(self.handles), "pseudonyms": sorted(self.pseudonyms)})


def _in_place(match: re.Match[str], pseudonym: str | None) -> str:
    if pseudonym is None:
        return match[0]
    return f"~{pseudonym}@{pseudonym[:12]}.invalid" if "@" in match[0] else f"~{pseudonym}"


@dataclass(frozen=True)
class RotationReport:
    """What a new key changed. `lost`: people, and rows of people, that are not as they were; 0 is right.

    `unknown`: decisions about people of whom no file tells any more; they stay as they are, and find nobody.
    """

    release: str
    people: int
    decisions: int
    unknown: int
    condensed_files: int
    lost: int
    seconds: float

    def json(self) -> str:
        """The report as one JSON object."""
        return json.dumps(asdict(self))


def begin(home: Home) -> Note:
    """Note what has to change, and put the new key in place; from here on it is completed."""
    served = current(home)
    release_file(home)
    assert served is not None  # release_file says so when there is none
    old, new = home.hmac_key(), secrets.token_bytes(HMAC_KEY_BYTES)
    pseudonyms = frozenset(_pseudonyms_held(home))
    bare = Note(old, new, served.release, {}, pseudonyms)
    note = Note(old, new, served.release, handle_map(home, bare, _handles_held(home)), pseudonyms)
    part = home.rotating_file.with_name(f".{home.rotating_file.name}")
    part.unlink(missing_ok=True)
    write_file(part, note.text().encode())
    part.replace(home.rotating_file)
    sync(home.secrets)
    return note


def unfinished(home: Home) -> Note | None:
    """The rotation that is not finished."""
    try:
        found = json.loads(home.rotating_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Note(
        bytes.fromhex(found["old"]), bytes.fromhex(found["new"]), str(found["release"]),
        {str(was): str(now) for was, now in found["handles"].items()}, frozenset(found["pseudonyms"]),
    )  # fmt: skip


def put_key(home: Home, note: Note) -> None:
    """The new key takes the place of the old one, whole."""
    part = home.secrets / ".hmac.key.part"
    part.unlink(missing_ok=True)
    write_file(part, note.new)
    part.replace(home.secrets / "hmac.key")
    sync(home.secrets)


def rekey_decisions(home: Home, handles: Mapping[str, str]) -> int:
    """Put the new handles in decisions about people. Gives in how many decisions."""
    changed = 0
    listed = ", ".join(PERSON_DECISIONS)
    with closing(open_store(home.decisions_file, MIGRATIONS)) as store:
        store.execute("pragma secure_delete = on")
        store.execute("begin immediate")
        rows = store.execute(f"select decision_id, kind, {listed} from person_decision").fetchall()
        for number, kind, *cells in rows:
            after = [HANDLE.sub(lambda found: handles.get(found[0], found[0]), str(cell)) for cell in cells]
            if after != cells:
                changed += 1
                if kind != "split":
                    after[:2] = sorted(after[:2])
                store.execute(
                    "update person_decision set handle_a = ?, handle_b = ?, kept = ?, taken = ?"
                    " where decision_id = ?",
                    (*after, number),
                )
        if changed:
            store.execute("update revision set number = number + 1")
        store.execute("commit")
    return changed


def rekey_condensed(home: Home, note: Note) -> int:
    """Make the pseudonyms in condensed files anew. Gives the number of files that were changed."""
    if not note.pseudonyms:
        return 0
    changed = 0
    with TemporaryDirectory(prefix=".reading-", dir=home.root) as folder:
        for reading in _condensed(home, Path(folder)):
            changed += _rekey(home, reading, note)
    return changed


def handle_map(home: Home, note: Note, wanted: Iterable[str]) -> dict[str, str]:
    """What these handles of the old key are with the new one, for people of whom the feeds tell."""
    left = set(wanted)
    found: dict[str, str] = {}
    if not left:
        return found
    with open_feeds(home) as connection:
        for text in map(note.before, _texts(connection)):
            was = handle(note.old, text)
            if was in left:
                found[was] = handle(note.new, note.renamed(text))
                left.discard(was)
    return found


def handles_held(home: Home) -> set[str]:
    """Every handle that a decision about people mentions."""
    return _handles_held(home)


def unknown_decisions(home: Home, note: Note, handles: Mapping[str, str]) -> int:
    """How many decisions in force mention somebody of whom no file tells."""
    known = {*handles, *handles.values()}
    with closing(open_store(home.decisions_file, MIGRATIONS)) as store:
        rows = store.execute("select handle_a, handle_b from person_decision where undone_at is null")
        return sum(not {str(a), str(b)} <= known for a, b in rows.fetchall())


def lost(home: Home, note: Note) -> int | None:
    """People and rows of people that the release served does not have as the last one with old ids had.

    None when that one is gone.
    """
    served = current(home)
    before = home.releases / note.release / DATABASE
    if served is None or served.release == note.release or not before.exists():
        return None
    with open_release(before) as connection:
        ids = [str(row[0]) for row in connection.execute("select person_id from core.person").fetchall()]
    pairs = handle_map(home, note, ids)
    remember_subjects(home, pairs)
    with scratch() as connection:
        connection.execute(f"attach {quote_text(str(before))} as was (read_only)")
        after = home.releases / served.release / DATABASE
        connection.execute(f"attach {quote_text(str(after))} as now (read_only)")
        connection.execute("create table id (was uuid, now uuid)")
        if pairs:
            connection.execute(
                "insert into id select unnest($1::varchar[])::uuid, unnest($2::varchar[])::uuid",
                [list(pairs), list(pairs.values())],
            )
        return len(ids) - len(pairs) + sum(_rows_unlike(connection))


def _rows_unlike(connection: DuckDBPyConnection) -> Iterator[int]:
    """For each table of people, how many of them have another number of rows than before."""
    for table in TABLES:
        if not any(column.name == "person_id" for column in table.columns):
            continue
        held = connection.execute(
            "select count(distinct database_name) from duckdb_tables() where database_name in ('was', 'now')"
            " and schema_name || '.' || table_name = $1",
            [table.qualified_name],
        ).fetchone()
        if not held or held[0] != 2:
            continue
        row = connection.execute(
            f"with before as (select id.now as person_id, count(*) as number"
            f" from was.{table.qualified_name} as told left join id on id.was = told.person_id group by 1),"
            f" after as (select person_id, count(*) as number from now.{table.qualified_name} group by 1)"
            " select count(*) from before full join after"
            " on before.person_id is not distinct from after.person_id"
            " where before.number is distinct from after.number"
        ).fetchone()
        yield int(row[0]) if row else 0


def remember_subjects(home: Home, ids: Mapping[str, str]) -> None:
    """Keep under which pseudonym the audit log knows somebody since before, for a later access request."""
    key = home.privacy_key()
    mentioned = {each for entry in audit.entries(home) for each in (entry.subject or "").split()}
    if not mentioned:
        return
    pairs = ((audit.pseudonym(key, now), audit.pseudonym(key, was)) for was, now in ids.items())
    with Ledger(home) as ledger:
        known = {former for _, former in ledger.audit_subjects()}
        ledger.add_audit_subjects([pair for pair in pairs if pair[1] in mentioned | known])


def finish(home: Home) -> None:
    """The rotation is done: the note, and the old key with it, goes."""
    home.rotating_file.unlink(missing_ok=True)
    sync(home.secrets)


def _handles_held(home: Home) -> set[str]:
    if not home.decisions_file.exists():
        return set()
    listed = ", ".join(PERSON_DECISIONS)
    with closing(sqlite3.connect(home.decisions_file, timeout=BUSY_SECONDS)) as store:
        rows = store.execute(f"select {listed} from person_decision").fetchall()
    return {each for row in rows for cell in row for each in HANDLE.findall(str(cell))}


def _texts(connection: DuckDBPyConnection) -> Iterator[str]:
    """Every text that a handle may stand for: each key of a row, and each with the name of the row."""
    told = " union ".join(
        "select staging.email_key(email) as email, staging.linkedin_key(linkedin_url) as linkedin,"
        " staging.external_key(source, external_id) as external,"
        " staging.name_of(full_name, given_name, family_name) as written,"
        " case when coalesce(staging.email_key(email), staging.linkedin_key(linkedin_url),"
        f" staging.external_key(source, external_id)) is null then sha256 end as alone"
        f" from feeds.main.{feed.name}"
        for feed in FEEDS
        if feed.has_person
    )
    rows = connection.execute(
        f"select email, linkedin, external, written, coalesce(staging.simple_name(written), ''), alone"
        f" from ({told})"
    )
    while found := rows.fetchmany(10_000):
        for *keys, written, simple, alone in found:
            if alone is not None:
                if written and not is_placeholder(str(written)):
                    key = f"name:{alone}:{normal_name(str(written))}"
                    yield from (key, key_and_name(key, str(simple)))
                continue
            for key in keys:
                if key:
                    yield from (str(key), key_and_name(str(key), str(simple)))


def _pseudonyms_held(home: Home) -> Iterator[str]:
    with TemporaryDirectory(prefix=".reading-", dir=home.root) as folder, scratch() as connection:
        for reading in _condensed(home, Path(folder)):
            for each in reading.feeds:
                for values in _values(connection, each.path).values():
                    yield from (match[1] for value in values if (match := PSEUDONYM.fullmatch(value)))


def _condensed(home: Home, folder: Path) -> Iterator[FileReading]:
    """Every condensed file, its rows unpacked while it is looked at."""
    with Ledger(home) as ledger:
        files = ledger.files()
    for file in files:
        path = home.condensed_file(file.sha256)
        if path.exists():
            reading = read_condensed(path, file.file, file.sha256, folder)
            yield reading
            for each in reading.feeds:
                each.path.unlink(missing_ok=True)


def _values(connection: DuckDBPyConnection, path: Path) -> dict[str, list[str]]:
    """The values that may be pseudonyms, by field."""
    relation = f"read_parquet({quote_text(str(path))})"
    held = {str(row[0]) for row in connection.execute(f"describe from {relation}").fetchall()}
    return {
        field: [
            str(row[0])
            for row in connection.execute(
                f"select distinct {quote_name(field)} from {relation} where {quote_name(field)} like '~%'"
            ).fetchall()
        ]
        for field in PSEUDONYM_FIELDS
        if field in held
    }


def _rekey(home: Home, reading: FileReading, note: Note) -> bool:
    changed = False
    with scratch() as connection:
        for each in reading.feeds:
            put = {
                field: pairs
                for field, values in _values(connection, each.path).items()
                if (pairs := {value: after for value in values if (after := note.renamed(value)) != value})
            }
            if not put:
                continue
            changed = True
            connection.execute(
                f"create or replace table taken as select * from read_parquet({quote_text(str(each.path))})"
            )
            for field, pairs in put.items():
                connection.execute("create or replace table put (was varchar, new varchar)")
                connection.execute(
                    "insert into put select unnest($1::varchar[]), unnest($2::varchar[])",
                    [list(pairs), list(pairs.values())],
                )
                connection.execute(
                    f"update taken set {quote_name(field)} = put.new from put"
                    f" where {quote_name(field)} = put.was"
                )
            connection.execute(
                f"copy (select * from taken order by line, part) to {quote_text(str(each.path))}"
                " (format parquet)"
            )
    if changed:
        write_condensed(home, reading)
    return changed
