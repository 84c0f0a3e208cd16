"""`kring organisation`: what people decide about organisations. Shown from the next refresh on.

A table may say it all at once: one row per spelling (`kring organisation read`).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import ByOption, HomeOption, JsonOption, WhyOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.organisation_book import (
        Change,
        OrganisationBook,
        OrganisationDecision,
        OrganisationFacts,
        Sector,
    )

NEXT_REFRESH = "Shown from the next refresh on: kring refresh"

organisation_app = typer.Typer(
    help="The organisations: spellings, mergers, mail domains, sectors; each decision can be taken back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
NameArgument = Annotated[str, typer.Argument(help="The organisation, under the name it should have.")]


@organisation_app.command("list")
def list_organisations(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List what people decided about organisations and is in force."""
    from etl.home import find_home
    from etl.organisation_book import OrganisationDecisions
    from flows.printing import print_table

    with OrganisationDecisions(find_home(home).require()) as decisions:
        book = decisions.book()
    if as_json:
        print(_book_json(book))
        return
    print_table(
        ("what", "subject", "organisation", "says"),
        [
            *(("spelling", each.as_written, each.name, each.unit) for each in book.spellings),
            *(("domain", each.domain, each.name, None) for each in book.domains),
            *(("facts", each.name, each.name, _told(each)) for each in book.facts),
            *(("different", each.one, each.other, None) for each in book.apart),
            *(("put off", each.one, each.other, None) for each in book.later),
        ],
    )


@organisation_app.command("same")
def same_organisation(
    written: Annotated[
        list[str], typer.Argument(help="Names that mean it: spellings, or merged organisations.")
    ],
    name: Annotated[str, typer.Option("--as", help="The organisation, under the name it should have.")],
    unit: Annotated[str | None, typer.Option(help="The unit of it that these names mean.")] = None,
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
) -> None:
    """Say that names mean one organisation, or one unit of it."""
    from etl.organisation_book import Spelling

    _decide(home, [Spelling(each, name, unit) for each in written], by, why)


@organisation_app.command("different")
def different_organisations(
    one: Annotated[str, typer.Argument(help="A name.")],
    other: Annotated[str, typer.Argument(help="A name that looks like it.")],
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
) -> None:
    """Say that two names that look alike are two organisations: they are not suggested again."""
    from etl.organisation_book import Apart

    _decide(home, [Apart(one, other)], by, why)


@organisation_app.command("later")
def organisations_later(
    one: Annotated[str, typer.Argument(help="A name.")],
    other: Annotated[str, typer.Argument(help="A name that looks like it.")],
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
) -> None:
    """Put two names that look alike off: on the page Review they come last."""
    from etl.organisation_book import Later

    _decide(home, [Later(one, other)], by, why)


@organisation_app.command("domain")
def mail_domain(
    name: NameArgument,
    domains: Annotated[list[str], typer.Argument(help="Mail domains, such as example.org.")],
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
) -> None:
    """Say that who writes from a mail domain, and names no organisation, is of this one."""
    from etl.organisation_book import MailDomain

    _decide(home, [MailDomain(each, name) for each in domains], by, why)


@organisation_app.command("set")
def set_facts(
    name: NameArgument,
    sector: Annotated[
        str | None, typer.Option(help="mbo, hbo, wo, company, government, independent or other.")
    ] = None,
    parent: Annotated[str | None, typer.Option(help="The organisation it is part of.")] = None,
    region: Annotated[str | None, typer.Option(help="Where it is.")] = None,
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
) -> None:
    """Say the sector, parent or region of an organisation; what is left out stays as found."""
    from etl.organisation_book import OrganisationFacts

    _decide(home, [OrganisationFacts(name, _sector(sector), parent, region)], by, why)


@organisation_app.command("read")
def read_table(
    file: Annotated[
        Path, typer.Argument(help="Columns organisation, spelling, unit, domain, sector, parent, region.")
    ],
    by: ByOption = None,
    why: WhyOption = None,
    home: HomeOption = None,
) -> None:
    """Take a table of organisations over as one decision; only the column organisation is needed."""
    from etl.organisation_table import read_organisations

    _decide(home, read_organisations(file), by, why)


@organisation_app.command("undo")
def undo_decision(
    decision: Annotated[int | None, typer.Argument(help="Its number; else the last decision.")] = None,
    by: ByOption = None,
    home: HomeOption = None,
) -> None:
    """Take back one decision about organisations; what held before holds again."""
    from etl.errors import UsageError
    from etl.home import find_home
    from etl.organisation_book import OrganisationDecisions

    with OrganisationDecisions(find_home(home).require()) as decisions:
        undone = decisions.undo(decision, by)
    if undone is None:
        raise UsageError(
            "organisation undo", "no decision to take back", "the number of one that stands",
            "See kring organisation history.",
        )  # fmt: skip
    print(f"Decision {undone.decision_id} is taken back: {_changes(undone.changes)}. {NEXT_REFRESH}")


@organisation_app.command("history")
def show_history(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Who decided what about organisations, when and why."""
    from etl.home import find_home
    from etl.organisation_book import OrganisationDecisions
    from flows.printing import print_table

    with OrganisationDecisions(find_home(home).require()) as decisions:
        history = decisions.history()
    if as_json:
        print(json.dumps([_decision_record(each) for each in history], ensure_ascii=False, indent=1))
        return
    print_table(
        ("decision", "changes", "first", "by", "why", "decided at", "taken back at", "taken back by"),
        [
            (each.decision_id, len(each.changes), _said(each.changes[0]), each.decided_by, each.reason,
             each.decided_at, each.undone_at, each.undone_by)
            for each in history
        ],
    )  # fmt: skip


def _decide(home: Path | None, changes: Sequence[Change], by: str | None, why: str | None) -> None:
    from etl.home import find_home
    from etl.organisation_book import OrganisationDecisions

    with OrganisationDecisions(find_home(home).require()) as decisions:
        number = decisions.decide(changes, by, why)
    print(f"Decision {number}: {_changes(changes)}. {NEXT_REFRESH}")


def _changes(changes: Sequence[Change]) -> str:
    return f"{len(changes)} change{'' if len(changes) == 1 else 's'}"


def _sector(written: str | None) -> Sector | None:
    from etl.organisation_book import read_sector

    return read_sector(written) if written else None


def _told(facts: OrganisationFacts) -> str:
    told = (("sector", facts.sector), ("part of", facts.parent), ("in", facts.region))
    return ", ".join(f"{what} {value}" for what, value in told if value)


def _said(change: Change) -> str:
    record = _record(change)
    return ", ".join(f"{key} {value}" for key, value in record.items() if value)


def _record(change: Change) -> dict[str, str | None]:
    return {key: value and str(value) for key, value in asdict(change).items()}


def _book_json(book: OrganisationBook) -> str:
    told = {
        "spellings": [_record(each) for each in book.spellings],
        "domains": [_record(each) for each in book.domains],
        "facts": [_record(each) for each in book.facts],
        "apart": [_record(each) for each in book.apart],
        "later": [_record(each) for each in book.later],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _decision_record(decision: OrganisationDecision) -> dict[str, object]:
    from flows.printing import utc_text

    return {
        "decision": decision.decision_id,
        "changes": [_record(each) for each in decision.changes],
        "by": decision.decided_by,
        "why": decision.reason,
        "decided_at": utc_text(decision.decided_at),
        "undone_at": utc_text(decision.undone_at) if decision.undone_at else None,
        "undone_by": decision.undone_by,
    }
