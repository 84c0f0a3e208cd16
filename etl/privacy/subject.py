"""Whom it is about: one person of the release, by e-mail, LinkedIn address, id, or a name nobody shares."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from etl.cleaning.names import SHARED_PATTERN, email_key, linkedin_slug, normal_name, without_suffixes
from etl.errors import PrivacyError, UsageError
from etl.identity.handles import handle
from etl.identity.keys import SQL_FUNCTIONS
from etl.manifest import DATABASE
from etl.privacy.marks import NOT_ONE_ADDRESS, found_in, key_and_name, name_alone, named, words_of
from etl.privacy.search import Needle
from etl.release import current
from etl.schema.feeds import FEEDS, Feed
from etl.warehouse import open_release, quote_text, scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.home import Home

MOST_CANDIDATES = 20
STRONG = ("email:", "linkedin:", "external:")


@dataclass(frozen=True)
class Person:
    """One person, and everything by which data is known to be theirs.

    `own_keys` are theirs alone; of `shared_keys` only rows under one of `names` are. `is_name_unique`: nobody
    else with a key has that name, so that it is theirs in rows without a key and in running text too.
    `organisations`: where no namesake is. `longer_names`: names of others that hold one of theirs.
    """

    person_id: str
    own_keys: tuple[str, ...] = ()
    shared_keys: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    is_name_unique: bool = False
    longer_names: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The e-mail addresses that are theirs alone."""
        return tuple(key.removeprefix("email:") for key in self.own_keys if key.startswith("email:"))

    @property
    def profiles(self) -> tuple[str, ...]:
        """The LinkedIn profiles that are theirs alone."""
        return tuple(key.removeprefix("linkedin:") for key in self.own_keys if key.startswith("linkedin:"))

    @property
    def normal_names(self) -> frozenset[str]:
        """Their names as they are compared."""
        return frozenset(normal_name(name) for name in self.names)

    @property
    def whole_names(self) -> tuple[str, ...]:
        """The names of two words or more: a given name alone says nothing."""
        return tuple(name for name in self.names if len(normal_name(name).split()) > 1)

    def marks(self) -> tuple[str, ...]:
        """What the suppression list keeps of them, hashed."""
        found = {*self.own_keys, *(f"handle:{each}" for each in self.handles)}
        found |= {key_and_name(key, name) for key in self.shared_keys for name in self.names}
        if self.is_name_unique:
            found |= {named(name) for name in self.whole_names}
            found |= {mark for name in self.whole_names for mark in words_of(name)}
        return tuple(sorted(found))

    def needles(self) -> tuple[Needle, ...]:
        """What no byte of the home may hold once they are erased."""
        found = [Needle(address) for address in self.addresses]
        found += [Needle(f"linkedin.com/in/{slug}") for slug in self.profiles]
        for name in sorted({without_suffixes(each) for each in self.whole_names}):
            if self.is_name_unique:
                found.append(Needle(name, within=self.longer_names))
            else:
                found += [Needle(name, each, self.longer_names) for each in self.organisations]
        return tuple(found)

    def text(self) -> str:
        """The person as JSON, for the note of an unfinished erasure."""
        return json.dumps(asdict(self))


def person_from(text: str) -> Person:
    """The person that `Person.text` wrote."""
    found = json.loads(text)
    lists = ("own_keys", "shared_keys", "handles", "names", "organisations", "longer_names")
    return Person(
        person_id=str(found["person_id"]),
        is_name_unique=bool(found["is_name_unique"]),
        **{name: tuple(str(each) for each in found.get(name, ())) for name in lists},
    )


def find_people(home: Home, who: str) -> tuple[str, ...]:
    """The ids of everybody whom `who` may mean. Raises UsageError when it says nothing."""
    said = " ".join(who.split())
    if not said:
        raise UsageError("person", "nothing", "an e-mail address, a LinkedIn address, an id or a name")
    with _release(home) as connection:
        return _ids(connection, said)


def person(home: Home, who: str, with_feeds: bool = True, may_be_shared: bool = False) -> Person:
    """The one person whom `who` means. Several, or nobody, is a UsageError that holds no personal value.

    An address that nobody in the release has still makes a person, of that one key: it may wait in the inbox
    or stand in a text. A shared mailbox makes none: whoever writes from it is known by name.
    """
    found = find_people(home, who)
    if len(found) > 1:
        listed = ", ".join(found[:MOST_CANDIDATES])
        more = f" and {len(found) - MOST_CANDIDATES} more" if len(found) > MOST_CANDIDATES else ""
        raise UsageError(
            "person", f"{len(found)} people of that name", "one", f"Say which by id: {listed}{more}."
        )
    if not found:
        return _unknown(home, who, may_be_shared)
    with _release(home) as connection:
        known = _known(connection, found[0])
    return _with_names_of_feeds(home, known) if with_feeds else known


def near_matches(home: Home, known: Person) -> tuple[str, ...]:
    """Who is known by a name alone that is one of theirs with more words, such as an organisation, around it.

    That may be the same person or another: somebody has to judge, so an erasure leaves them. Gives their ids.
    """
    wanted = {tuple(words) for name in known.whole_names if (words := normal_name(name).split())}
    if not wanted:
        return ()
    longest = sorted({max(words, key=len) for words in wanted})
    with _release(home) as connection:
        rows = connection.execute(
            "select distinct person_id::varchar, name from core.person_writing"
            " anti join (from core.person_key where kind <> 'name') as keyed using (person_id)"
            " where person_id <> $1::uuid"
            " and len(list_filter($2::varchar[], lambda one: contains(strip_accents(lower(name)), one))) > 0",
            [known.person_id, longest],
        ).fetchall()
    return tuple(sorted({str(each) for each, name in rows if _holds_words(str(name), wanted)}))


def _holds_words(name: str, wanted: Collection[tuple[str, ...]]) -> bool:
    """Whether one of these names stands in a longer one, word by word, with no sign to say where it ends."""
    words = tuple(normal_name(name_alone(name)).split())
    return words not in wanted and any(
        len(words) > len(one) and one in {words[at : at + len(one)] for at in range(len(words))}
        for one in wanted
    )


def means(known: Person, who: str) -> bool:
    """Whether `who` says this person, by key, id or name."""
    said = " ".join(who.split())
    key, uuid = _key_said(said), _uuid(said)
    if key or uuid:
        return key in known.own_keys or uuid in (known.person_id, *known.handles)
    return normal_name(said) in known.normal_names


def rows_of(connection: DuckDBPyConnection, known: Person, feed: Feed) -> tuple[tuple[object, ...], ...]:
    """The rows of one feed that are theirs. `connection` is what `open_feeds` gives."""
    return tuple(
        connection.execute(
            f"select * from feeds.main.{feed.name} where {_theirs(connection, known, feed)}"
        ).fetchall()
    )


@contextmanager
def open_feeds(home: Home) -> Iterator[DuckDBPyConnection]:
    """The rows of all feeds, attached as `feeds`, with keys as the build knows them."""
    if not home.warehouse_file.exists():
        raise PrivacyError("warehouse.duckdb", "it is not there", "", "Make it with: kring refresh --rebuild")
    with scratch() as connection:
        connection.execute("attach ':memory:' as staging")
        for function in SQL_FUNCTIONS:
            connection.execute(function.statement)
        connection.execute(f"attach {quote_text(str(home.warehouse_file))} as feeds (read_only)")
        yield connection


def release_file(home: Home) -> Path:
    """The database of the release that is served."""
    served = current(home)
    if served is None:
        raise PrivacyError("releases", "no release yet", "", "Make one with: kring refresh")
    return home.releases / served.release / DATABASE


@contextmanager
def _release(home: Home) -> Iterator[DuckDBPyConnection]:
    home.require()
    connection = open_release(release_file(home))
    cursor = connection.cursor()
    try:
        yield cursor
    finally:
        cursor.close()
        connection.close()


def _ids(connection: DuckDBPyConnection, said: str) -> tuple[str, ...]:
    key = _key_said(said)
    if key:
        where, value = "person_id in (select person_id from core.person_key where key = $1)", key
    elif uuid := _uuid(said):
        where, value = (
            "person_id = $1::uuid"
            " or person_id in (select person_id from core.person_key where handle = $1::uuid)",
            uuid,
        )
    else:
        names = connection.execute("select person_id, full_name from core.person where full_name is not null")
        wanted = normal_name(said)
        found = [str(row[0]) for row in names.fetchall() if normal_name(str(row[1])) == wanted]
        return tuple(sorted(found))
    rows = connection.execute(f"select distinct person_id from core.person where {where} order by 1", [value])
    return tuple(str(row[0]) for row in rows.fetchall())


def _key_said(said: str) -> str | None:
    slug = linkedin_slug(said)
    if slug:
        return f"linkedin:{slug}"
    address = email_key(said)
    return f"email:{address}" if address else None


def _uuid(said: str) -> str | None:
    try:
        return str(UUID(said))
    except ValueError:
        return None


def _unknown(home: Home, who: str, may_be_shared: bool) -> Person:
    """Somebody whom the release does not know, by the one key that was said."""
    key = _key_said(" ".join(who.split()))
    if key is None:
        raise UsageError("person", "nobody of that name or id in the release", "somebody it knows")
    if not may_be_shared and re.match(SHARED_PATTERN, key.removeprefix("email:")):
        raise UsageError(
            "person", "a shared mailbox, which is nobody's own", "one person",
            "Say by name or id who writes from it.",
        )  # fmt: skip
    made = handle(home.hmac_key(), key)
    return Person(made, own_keys=(key,), handles=(made,))


def _known(connection: DuckDBPyConnection, person_id: str) -> Person:
    keys = connection.execute(
        "select key, handle::varchar, (select count(distinct other.person_id) from core.person_key as other"
        " where other.key = held.key) > 1"
        " from core.person_key as held where person_id = $1::uuid order by key",
        [person_id],
    ).fetchall()
    named_in_release = connection.execute(
        "select full_name from core.person where person_id = $1::uuid and full_name is not null"
        " union select name from core.person_spelling where person_id = $1::uuid and name is not null",
        [person_id],
    ).fetchall()
    names = tuple(sorted(str(row[0]) for row in named_in_release))
    organisations = connection.execute(
        "select distinct name from core.affiliation join core.organisation using (organisation_id)"
        " where person_id = $1::uuid and name is not null order by name",
        [person_id],
    ).fetchall()
    own_keys = tuple(str(key) for key, _, is_shared in keys if not is_shared)
    return Person(
        person_id,
        own_keys=own_keys,
        shared_keys=tuple(str(key) for key, _, is_shared in keys if is_shared),
        handles=tuple(sorted({person_id, *(str(each) for _, each, is_shared in keys if not is_shared)})),
        names=names,
        organisations=tuple(str(row[0]) for row in organisations),
        is_name_unique=not _namesakes(connection, person_id, own_keys, names) and _has_whole_name(names),
        longer_names=_longer_names(connection, person_id, names),
    )


def _has_whole_name(names: Iterable[str]) -> bool:
    return any(len(normal_name(name).split()) > 1 for name in names)


def _namesakes(
    connection: DuckDBPyConnection, person_id: str, own_keys: Iterable[str], names: Iterable[str]
) -> frozenset[str]:
    """Who else with a key bears one of these names, whole, in any way in which the files write them."""
    wanted = {normal for name in names if len((normal := normal_name(name)).split()) > 1}
    if not wanted:
        return frozenset()
    others = connection.execute(
        "select name, list(distinct person_id::varchar) from core.person_writing"
        " semi join (from core.person_key where kind <> 'name') as keyed using (person_id)"
        " where person_id <> $1::uuid and name is not null group by name",
        [person_id],
    ).fetchall()
    found = {str(each) for name, people in others if normal_name(str(name)) in wanted for each in people}
    return frozenset(found - _same_address(connection, own_keys))


def _same_address(connection: DuckDBPyConnection, own_keys: Iterable[str]) -> set[str]:
    """Who is known by a cell in which one of these addresses stands beside other text: the same person."""
    marks = frozenset(own_keys)
    keys = connection.execute(
        "select person_id::varchar, key from core.person_key where contains(key, '@')"
        " and (kind = 'external' or (kind = 'email' and regexp_matches(key, $1)))",
        [NOT_ONE_ADDRESS],
    ).fetchall()
    return {str(each) for each, key in keys if any(found_in(str(key), marks.__contains__, names=False))}


def _longer_names(connection: DuckDBPyConnection, person_id: str, names: Iterable[str]) -> tuple[str, ...]:
    """Names of others in which one of these stands, as a part."""
    theirs = {normal_name(name) for name in names}
    whole = sorted({without_suffixes(name) for name in names if len(normal_name(name).split()) > 1})
    if not whole:
        return ()
    found = connection.execute(
        "select distinct name from (select name from core.person_writing where person_id <> $1::uuid"
        " union select name from core.person_spelling where person_id <> $1::uuid) as other"
        " where len(list_filter($2::varchar[], lambda one: contains(lower(name), lower(one)))) > 0",
        [person_id, whole],
    ).fetchall()
    return tuple(
        sorted(
            str(name) for (name,) in found
            if normal_name(str(name)) not in theirs and normal_name(name_alone(str(name))) not in theirs
        )
    )  # fmt: skip


def _with_names_of_feeds(home: Home, known: Person) -> Person:
    """The person with every name and organisation that the rows of the feeds write."""
    if not home.warehouse_file.exists():
        return known
    names: set[str] = set(known.names)
    organisations: set[str] = set(known.organisations)
    with open_feeds(home) as connection:
        for feed in FEEDS:
            if not feed.has_person:
                continue
            theirs = _theirs(connection, known, feed)
            rows = connection.execute(
                "select distinct staging.name_of(full_name, given_name, family_name),"
                f" staging.clean(organisation) from feeds.main.{feed.name} where {theirs}"
            ).fetchall()
            names |= {str(name) for name, _ in rows if name}
            organisations |= {str(each) for _, each in rows if each}
    with _release(home) as connection:
        namesakes = _namesakes(connection, known.person_id, known.own_keys, names)
        longer = _longer_names(connection, known.person_id, names)
        if namesakes:
            organisations -= _organisations_of(connection, namesakes)
    return replace(
        known,
        names=tuple(sorted(names)),
        organisations=tuple(sorted(organisations)),
        is_name_unique=not namesakes and _has_whole_name(names),
        longer_names=longer,
    )


def _organisations_of(connection: DuckDBPyConnection, people: Iterable[str]) -> set[str]:
    """The names of the organisations of these people, harmonised and as the files write them."""
    rows = connection.execute(
        "select name from core.affiliation join core.organisation using (organisation_id)"
        " where list_contains($1::uuid[], person_id)",
        [sorted(people)],
    ).fetchall()
    return {str(row[0]) for row in rows}


def _theirs(connection: DuckDBPyConnection, known: Person, feed: Feed) -> str:
    """SQL that is true for their rows in one feed."""
    keys = (
        "staging.email_key(email)", "staging.linkedin_key(linkedin_url)",
        "staging.external_key(source, external_id)",
    )  # fmt: skip
    said = "staging.name_of(full_name, given_name, family_name)"
    table = f"feeds.main.{feed.name}"
    conditions = [f"{key} in ({_listed(known.own_keys)})" for key in keys if known.own_keys]
    if known.shared_keys:
        shared = " or ".join(f"{key} in ({_listed(known.shared_keys)})" for key in keys)
        rows = connection.execute(
            f"select distinct {said} as name from {table} where ({shared}) and name is not null"
        )
        theirs = [str(name) for (name,) in rows.fetchall() if normal_name(str(name)) in known.normal_names]
        if theirs:
            conditions.append(f"(({shared}) and {said} in ({_listed(theirs)}))")
    conditions += _addressed(connection, known, table)
    keyless = f"coalesce({', '.join(keys)}) is null"
    found = connection.execute(
        f"select distinct sha256, {said} as name from {table} where {keyless} and name is not null"
    ).fetchall()
    pairs = [(str(sha), str(name)) for sha, name in found if _is_theirs(known, str(sha), str(name))]
    if pairs:
        listed = ", ".join(f"({quote_text(sha)}, {quote_text(name)})" for sha, name in pairs)
        conditions.append(f"({keyless} and (sha256, {said}) in ({listed}))")
    return " or ".join(conditions) or "false"


def _is_theirs(known: Person, sha256: str, name: str) -> bool:
    return f"name:{sha256}:{normal_name(name)}" in known.own_keys or (
        known.is_name_unique
        and any(
            " " in normal and normal in known.normal_names
            for normal in (normal_name(name), normal_name(name_alone(name)))
        )
    )


def _addressed(connection: DuckDBPyConnection, known: Person, table: str) -> list[str]:
    """SQL for rows in which an address of theirs stands beside other text: two in one cell, or as a name."""
    marks = frozenset(known.own_keys)
    held = (
        "concat_ws(' ', email, external_id, case when staging.email_key(email) is null"
        " then staging.name_of(full_name, given_name, family_name) end)"
    )
    found = connection.execute(
        f"select distinct {held} as held from {table} where contains(held, '@')"
        f" and (regexp_matches(email, {quote_text(NOT_ONE_ADDRESS)}) or email is null"
        " or contains(external_id, '@'))"
    ).fetchall()
    theirs = [str(text) for (text,) in found if any(found_in(str(text), marks.__contains__, names=False))]
    return [f"{held} in ({_listed(theirs)})"] if theirs else []


def _listed(values: Iterable[str]) -> str:
    return ", ".join(quote_text(value) for value in values)
