"""`kring ask`: one named question, answered as a table, CSV or JSON. Imports nothing heavy."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import QuestionError
from etl.home import find_home
from etl.schema.groups import plain_group

if TYPE_CHECKING:
    from etl.warehouse import ReleaseReader

SHOWN_VALUES = 20
GROUP = "working_group"
LISTED_BY = {"session_id": "sessions", "theme_id": "themes", "organisation": "organisations"}
"""Parameters whose values are too many or too bare for a line, and the question that lists them."""
PLURALS = {
    "working_group": "working groups", "audience": "audiences", "series": "series",
    "channel": "channels", "document": "documents",
}  # fmt: skip


class AnswerFormat(Enum):
    """How `kring ask` prints."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class AskedRole(Enum):
    """As whom `kring ask` asks."""

    PUBLIC = "public"
    COMMUNICATION = "communication"
    COORDINATOR = "coordinator"


def quickly_asked(
    arguments: list[str],
) -> tuple[str, list[str], AskedRole, AnswerFormat, Path | None] | None:
    """A plain `kring ask`, read without Typer's parser, which would first load pydantic (half the start-up).

    None for another verb and for anything unusual, such as --help or a mistake: Typer answers those.
    """
    if arguments[:1] != ["ask"]:
        return None
    names: list[str] = []
    parameters: list[str] = []
    single = {"--role": "coordinator", "--format": "table", "--home": ""}
    words = iter(arguments[1:])
    for word in words:
        option, equals, value = word.partition("=")
        if word == "-p" or option in single:
            text = value if equals else next(words, None)
            if text is None:
                return None
            if word == "-p":
                parameters.append(text)
            else:
                single[option] = text
        elif word.startswith("-"):
            return None
        else:
            names.append(word)
    if len(names) != 1 or single["--home"].startswith("-"):
        return None
    try:
        role, format_ = AskedRole(single["--role"]), AnswerFormat(single["--format"])
    except ValueError:
        return None
    return names[0], parameters, role, format_, Path(single["--home"]) if single["--home"] else None


def answer(
    name: str, parameters: list[str], role: AskedRole, format_: AnswerFormat, home: Path | None
) -> None:
    """Print the answer to a question of the release that is served, or of the publication."""
    from etl.warehouse import PublicationReader, ReleaseReader
    from flows.printing import answer_json, print_table, write_csv
    from queries.catalog import Role, question

    given = dict(_pair(text) for text in parameters)
    chosen = find_home(home).require()
    stale = ""
    if role is AskedRole.PUBLIC or question(name).role is Role.PUBLIC:
        found = PublicationReader(chosen).ask(name, given)
    else:
        reader = ReleaseReader(chosen)
        known = _known_values(reader, given)
        given = _as_shown(given, known)
        found = reader.ask(name, given, Role[role.value.upper()])
        _refuse_unknown(given, known)
        release = reader.current()
        stale = release.id if release.stale_since else ""
    if format_ is AnswerFormat.JSON:
        print(answer_json(found))
    elif format_ is AnswerFormat.CSV:
        write_csv(found, sys.stdout)
    else:
        print_table(found.columns, found.rows)
    if stale:
        print(f"The newest release does not open; answered from {stale}.", file=sys.stderr)


def _known_values(reader: ReleaseReader, given: Mapping[str, str]) -> dict[str, list[str]]:
    """Every value that the release has for those of the given parameters of which all values are known."""
    asked = [name for name, value in given.items() if value and name in {*PLURALS, *LISTED_BY}]
    if not asked:
        return {}
    rows = reader.ask("parameter_values").rows
    return {name: [str(value) for parameter, value in rows if parameter == name] for name in asked}


def _as_shown(given: Mapping[str, str], known: Mapping[str, list[str]]) -> dict[str, str]:
    """The same parameters, a working group as the release writes it: capitals make no other group."""
    values = known.get(GROUP, [])
    if GROUP not in known or given[GROUP] in values:
        return dict(given)
    shown = {plain_group(value): value for value in values}
    return {**given, GROUP: shown.get(plain_group(given[GROUP]), given[GROUP])}


def _refuse_unknown(given: Mapping[str, str], known: Mapping[str, list[str]]) -> None:
    """A value that is nowhere in the release is a slip of the pen, and no empty answer.

    A value that exists and has no rows stays an empty answer.
    """
    for name, values in known.items():
        if given[name] not in values:
            what = name.removesuffix("_id").replace("_", " ")
            raise QuestionError(
                f"parameter {name}", f"no such {what} in this release", *_instead(name, values)
            )


def _instead(name: str, values: list[str]) -> tuple[str, str]:
    """What could have been asked for, and where to find the rest."""
    if asked := LISTED_BY.get(name):
        return "", f"kring ask {asked} lists them"
    if not values:
        return "", f"It has no {PLURALS[name]}"
    more = len(values) - SHOWN_VALUES
    rest = f" and {more} more; kring ask parameter_values lists them" if more > 0 else ""
    return f"{'one of ' if len(values) > 1 else ''}{', '.join(values[:SHOWN_VALUES])}{rest}", ""


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise QuestionError("-p", "no equals sign", "key=value, such as -p grain=year")
    return name, value
