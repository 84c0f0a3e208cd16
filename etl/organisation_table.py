"""The office's own table of organisations: one row per spelling or mail domain, read into decisions."""

from __future__ import annotations

from pathlib import Path

from etl.errors import UsageError
from etl.organisation_book import Change, MailDomain, OrganisationFacts, Spelling, read_sector
from etl.reading.delimited import read_delimited
from etl.reading.table import TextRow
from etl.settings import Limits

COLUMNS = ("organisation", "spelling", "unit", "domain", "sector", "parent", "region")


def read_organisations(path: Path) -> tuple[Change, ...]:
    """The changes that a table asks for: spellings and domains by row, facts gathered by organisation.

    UsageError for no file, a column it does not know, a row without organisation or an unknown sector.
    """
    if not path.is_file():
        raise UsageError(path.name, "no such file", "a table of organisations")
    heading, *rows = read_delimited(path, Limits()).rows
    names = [cell.strip().casefold() for cell in heading.cells]
    unknown = [str(at) for at, name in enumerate(names, start=1) if name and name not in COLUMNS]
    if "organisation" not in names or unknown:
        raise UsageError(
            path.name,
            f"columns that are not known: number {', '.join(unknown)}"
            if unknown
            else "no column organisation",
            f"the columns {', '.join(COLUMNS)}, of which organisation must be there",
        )
    changes: list[Change] = []
    facts: dict[str, OrganisationFacts] = {}
    for row in rows:
        told = _told(names, row)
        where = f"{path.name}, line {row.line}"
        name = told.get("organisation")
        if name is None:
            raise UsageError(where, "no organisation", "its name in each row")
        if spelling := told.get("spelling"):
            changes.append(Spelling(spelling, name, told.get("unit")))
        if domain := told.get("domain"):
            changes.append(MailDomain(domain, name))
        facts[name] = _completed(facts.get(name, OrganisationFacts(name)), told, where)
    return (*changes, *facts.values())


def _told(names: list[str], row: TextRow) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(names, row.cells, strict=False) if name and cell.strip()}


def _completed(facts: OrganisationFacts, told: dict[str, str], where: str) -> OrganisationFacts:
    sector = read_sector(told["sector"], where) if "sector" in told else None
    return OrganisationFacts(
        facts.name,
        facts.sector or sector,
        facts.parent or told.get("parent"),
        facts.region or told.get("region"),
    )
