"""`kring review`: who is whom, decided by people. Each decision can be taken back, and all is as it was.

Shown from the next refresh on. People are named by the id that `kring ask` gives; a pair also by its pair id.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import ByOption, HomeOption, JsonOption, WhyOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from etl.decisions import DecisionKind, PersonDecision
    from etl.home import Home
    from etl.warehouse import ReleaseReader, Value

NEXT_REFRESH = "Counted from the next refresh on: kring refresh"
review_app = typer.Typer(
    help="Who is whom: pairs of people to look at, and what people decided; each decision can be taken back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
PersonArgument = Annotated[str, typer.Argument(help="A person's id; or the id of a pair, and nothing more.")]
OtherArgument = Annotated[str | None, typer.Argument(help="The other person's id.")]


@dataclass(frozen=True)
class Pair:
    """Two people to look at. `score` is None for those who share a key: nothing had to be guessed."""

    pair_id: str
    person_a: str
    person_b: str
    name_a: str | None
    name_b: str | None
    kind: str
    score: float | None
    because: str | None
    is_later: bool = False
    evidence: str = ""


@review_app.command("list")
def list_pairs(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the pairs that wait: who shares a key but was kept apart, then who is likely the same."""
    from etl.identity.explain import in_english
    from flows.printing import print_table

    pairs = waiting(_home(home))
    if as_json:
        print(json.dumps([asdict(each) for each in pairs], ensure_ascii=False, indent=1))
        return
    print_table(
        ("pair", "one", "other", "score", "because", ""),
        [
            (
                each.pair_id, each.name_a or each.person_a, each.name_b or each.person_b, each.score,
                in_english(each.because or "") if each.kind == SUGGESTION else each.because,
                "put off" if each.is_later else "",
            )
            for each in pairs
        ],
    )  # fmt: skip


@review_app.command("same")
def same(
    person: PersonArgument,
    other: OtherArgument = None,
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that two are one person, whatever their names and keys."""
    _decide("same", person, other, by, why, _home(home), as_json)


@review_app.command("different")
def different(
    person: PersonArgument,
    other: OtherArgument = None,
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that two are two people: no key will join them, and the pair is not shown again."""
    _decide("different", person, other, by, why, _home(home), as_json)


@review_app.command("later")
def later(
    person: PersonArgument,
    other: OtherArgument = None,
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a pair off: it goes to the end of the list."""
    _decide("later", person, other, by, why, _home(home), as_json)


@review_app.command("split")
def split(
    person: Annotated[str, typer.Argument(help="The id of a person who is two.")],
    off: Annotated[
        list[str] | None,
        typer.Argument(help="Keys or names that are somebody else; none shows what there is."),
    ] = None,
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take keys or names away from a person: their rows are somebody else's."""
    from etl.decisions import Decisions
    from flows.printing import print_table

    chosen = _home(home)
    held = keys_of(chosen, person)
    if not off:
        rows = [(each.kind, each.key, each.name, each.handle) for each in held]
        if as_json:
            print(json.dumps([asdict(each) for each in held], ensure_ascii=False, indent=1))
        else:
            print_table(("kind", "key", "name", "handle"), rows)
        return
    kept, taken = sides_of_split(chosen, held, off)
    with Decisions(chosen) as decisions:
        decided = decisions.split(held[0].person_id, taken, kept, decided_by=_who(by), reason=why or "")
    _say(decided, as_json)


@review_app.command("undo")
def undo(
    decision: Annotated[int | None, typer.Argument(help="Number of a decision; else the last one.")] = None,
    by: ByOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a decision back: both people are again what they were."""
    from etl.decisions import Decisions

    with Decisions(_home(home)) as decisions:
        undone = decisions.undo_person_decision(decision, undone_by=_who(by))
    _say(undone, as_json)


@review_app.command("history")
def history(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every decision about people, also those taken back, newest first."""
    from etl.decisions import Decisions
    from flows.printing import print_table

    with Decisions(_home(home)) as decisions:
        taken = decisions.person_decisions(include_undone=True)[::-1]
    if as_json:
        print(json.dumps([_decision_json(each) for each in taken], ensure_ascii=False, indent=1))
        return
    print_table(
        ("number", "decision", "one", "other", "decided at", "by", "why", "taken back at", "by"),
        [
            (
                each.decision_id, each.kind.value, each.handle_a, each.handle_b, each.decided_at,
                each.decided_by, each.reason, each.undone_at, each.undone_by,
            )
            for each in taken
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class HeldKey:
    """A key of a person, and a name that rows with it write, when there are several."""

    person_id: str
    kind: str
    key: str
    handle: str
    name: str | None


def waiting(home: Home) -> tuple[Pair, ...]:
    """The pairs that wait for a decision: who shares a key, then suggestions by score; put off comes last."""
    from etl.warehouse import ReleaseReader

    reader = ReleaseReader(home)
    found = {frozenset((each.person_a, each.person_b)): each for each in _suggested(reader)}
    for each in _kept_apart(reader):
        people = frozenset((each.person_a, each.person_b))
        before = found.get(people)
        found[people] = (
            replace(each, score=before.score, evidence=before.evidence) if before is not None else each
        )
    return tuple(
        sorted(
            found.values(),
            key=lambda each: (each.is_later, each.kind != SHARED_KEY, -(each.score or 0), each.pair_id),
        )
    )


SHARED_KEY = "shared_key"
SUGGESTION = "suggestion"


def _kept_apart(reader: ReleaseReader) -> list[Pair]:
    return [
        Pair(
            pair_id=str(row["pair_id"]),
            person_a=str(row["person_a"]),
            person_b=str(row["person_b"]),
            name_a=_text(row["name_a"]),
            name_b=_text(row["name_b"]),
            kind=SHARED_KEY,
            score=None,
            because=f"share a key: {row['reason']}",
            is_later=bool(row["is_later"]),
        )
        for row in reader.ask("kept_apart").records()
    ]


def _suggested(reader: ReleaseReader) -> list[Pair]:
    from etl.errors import QuestionError

    try:
        rows = reader.ask("suggestions").records()
    except QuestionError:
        return []
    return [
        Pair(
            pair_id=str(row["pair_id"]),
            person_a=str(row["person_a"]),
            person_b=str(row["person_b"]),
            name_a=_text(row.get("name_a")),
            name_b=_text(row.get("name_b")),
            kind=SUGGESTION,
            score=float(str(row["score"])),
            because=_text(row["because"]),
            is_later=bool(row.get("is_later")),
            evidence=_text(row.get("evidence")) or "",
        )
        for row in rows
    ]


def keys_of(home: Home, person: str) -> tuple[HeldKey, ...]:
    """The keys of one person, by any of their ids."""
    from etl.errors import UsageError
    from etl.warehouse import ReleaseReader

    rows = ReleaseReader(home).ask("person_keys", {"person": _person_id(person)}).records()
    if not rows:
        raise UsageError("review", "nobody with that id", "the id of a person", "See kring review list.")
    held = [
        HeldKey(
            str(row["person_id"]), str(row["kind"]), str(row["key"]), str(row["handle"]), _text(row["name"])
        )
        for row in rows
    ]
    if len({each.person_id for each in held}) > 1:
        raise UsageError(
            "review", "a key that several people hold", "the id of one person", "See kring review list."
        )
    return tuple(held)


def sides_of_split(home: Home, held: Sequence[HeldKey], off: Iterable[str]) -> tuple[list[str], list[str]]:
    """The handles that stay and those that go, for keys or names that are somebody else's."""
    from etl.errors import UsageError

    taken: set[str] = set()
    gone_keys: set[str] = set()
    gone: set[tuple[str, str | None]] = set()
    for wanted in off:
        by_key = {each for each in held if _means(each, wanted)}
        named = _written_as(held, wanted)
        if not by_key and not named:
            raise UsageError(
                "review split", "a key or name that this person does not have",
                "a key, its handle or a name of the person",
                "kring review split with the id alone shows them.",
            )  # fmt: skip
        taken |= {each.handle for each in by_key}
        gone_keys |= {each.key for each in by_key}
        taken |= {_handle_of(home, each) for each in named}
        gone |= {(each.key, each.name) for each in named}
    kept = {
        each.handle for each in held if each.key not in gone_keys and (each.key, each.name) not in gone
    } - taken
    if not kept:
        raise UsageError(
            "review split", "everything the person has", "a part of it",
            "kring review split with the id alone shows what there is.",
        )  # fmt: skip
    return sorted(kept), sorted(taken)


def _means(held: HeldKey, wanted: str) -> bool:
    plain = wanted.strip().casefold()
    return plain in (held.handle, held.key.casefold(), held.key.partition(":")[2].casefold())


def _written_as(held: Sequence[HeldKey], wanted: str) -> list[HeldKey]:
    from etl.cleaning.names import normal_name

    name = normal_name(wanted)
    return [each for each in held if name and each.name and normal_name(each.name) == name]


def _handle_of(home: Home, held: HeldKey) -> str:
    from etl.identity.handles import handle, key_and_name

    return handle(home.hmac_key(), key_and_name(held.key, held.name or ""))


def _decide(
    kind: str, person: str, other: str | None, by: str | None, why: str | None, home: Home, as_json: bool
) -> None:
    from etl.decisions import DecisionKind, Decisions

    pair = _pair(home, person) if other is None else _two(home, person, other, DecisionKind(kind))
    with Decisions(home) as decisions:
        decided = decisions.decide_pair(
            DecisionKind(kind), pair.person_a, pair.person_b,
            decided_by=_who(by), reason=why or "", evidence=pair.evidence,
        )  # fmt: skip
    _say(decided, as_json)


def _pair(home: Home, pair_id: str) -> Pair:
    from etl.errors import UsageError

    for each in waiting(home):
        if each.pair_id == pair_id.strip():
            return each
    raise UsageError(
        "review", "no pair with that id waits", "the id of a pair, or two ids of people",
        "See kring review list.",
    )  # fmt: skip


def _two(home: Home, person: str, other: str, kind: DecisionKind) -> Pair:
    """Two people by their ids; with what they are suggested for, when they are."""
    from etl.decisions import DecisionKind
    from etl.errors import UsageError

    one, two = (keys_of(home, each)[0].person_id for each in (person, other))
    if one == two:
        remedy = (
            "" if kind is DecisionKind.SAME
            else "Take the decision that joined them back (kring review history), or use kring review split."
        )  # fmt: skip
        raise UsageError("review", "one person already", "two people", remedy)
    for each in waiting(home):
        if {each.person_a, each.person_b} == {one, two}:
            return each
    return Pair("", _person_id(person), _person_id(other), None, None, "", None, None)


def _person_id(written: str) -> str:
    from uuid import UUID

    from etl.errors import UsageError

    try:
        return str(UUID(written.strip()))
    except ValueError:
        raise UsageError(
            "review", "what is no id of a person", "an id such as kring review list gives"
        ) from None


def _who(by: str | None) -> str:
    """Who decides: as told, else the user of this computer."""
    import getpass

    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"


def _say(decision: PersonDecision, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_decision_json(decision), ensure_ascii=False, indent=1))
        return
    what = {
        "same": "are one person", "different": "are two people", "later": "wait until later",
        "split": "are two people",
    }[decision.kind.value]  # fmt: skip
    taken_back = " is taken back" if decision.undone_at else ""
    print(
        f"Decision {decision.decision_id}{taken_back}: {decision.handle_a} and {decision.handle_b} {what}."
        f" {NEXT_REFRESH}"
    )


def _decision_json(decision: PersonDecision) -> dict[str, Value | list[str]]:
    return {
        "decision_id": decision.decision_id,
        "kind": decision.kind.value,
        "person_a": decision.handle_a,
        "person_b": decision.handle_b,
        "kept": list(decision.kept),
        "taken": list(decision.taken),
        "decided_at": decision.decided_at.isoformat(timespec="seconds") + "Z",
        "decided_by": decision.decided_by,
        "reason": decision.reason or None,
        "undone_at": decision.undone_at.isoformat(timespec="seconds") + "Z" if decision.undone_at else None,
        "undone_by": decision.undone_by,
    }


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


def _home(path: Path | None) -> Home:
    from etl.home import find_home

    return find_home(path).require()
