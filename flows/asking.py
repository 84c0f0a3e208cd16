"""`kring ask`: one named question, answered as a table, CSV or JSON. Imports nothing heavy."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path

from etl.errors import QuestionError
from etl.home import find_home


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
        found = reader.ask(name, given, Role[role.value.upper()])
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


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise QuestionError("-p", "no equals sign", "key=value, such as -p grain=year")
    return name, value
