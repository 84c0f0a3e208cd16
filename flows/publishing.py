"""`kring publish`, as plain functions: the public page is drawn here and handed to the publication."""

from __future__ import annotations

import json

from dashboard.site import site_files
from etl.home import Home
from etl.public_manifest import Publication
from etl.publication import Draft, preview, publish
from etl.schema.public import CellState


def publish_site(home: Home, note: str | None = None) -> Publication:
    """Publish the figures and their page. Refused before the fixed day, unless `note` tells of a mistake.

    Written in the audit log.
    """
    from etl.privacy.audit import Action, record
    from flows.backup import write_publications

    published = publish(home, site_files, note)
    record(home, Action.PUBLISHED, release=published.publication)
    write_publications(home)
    return published


def preview_site(home: Home, note: str | None = None) -> Draft:
    """Write the page as it would be published to cache/preview/."""
    return preview(home, site_files, note)


def draft_json(home: Home, draft: Draft) -> str:
    """The object of `kring publish --preview --json`."""
    return json.dumps(
        {
            "preview": str(home.preview),
            "may_be_published": draft.may_be_published,
            "due_on": draft.due_on.isoformat() if draft.due_on else None,
            "period_end": draft.period_end.isoformat(),
            "release": draft.release,
            "restated": draft.restated,
            "tables": [
                {
                    "name": each.table.name,
                    "rows": len(each.rows),
                    "hidden": sum(row.count.state is CellState.HIDDEN for row in each.rows),
                }
                for each in draft.content.figures
            ],
        },
        ensure_ascii=False,
    )


def publication_json(publication: Publication) -> str:
    """The object of `kring publish --json`."""
    return json.dumps(
        {
            "publication": publication.publication,
            "published_on": publication.published_on.isoformat(),
            "period_end": publication.period_end.isoformat(),
            "due_on": publication.due_on.isoformat(),
            "rule_version": publication.rule_version,
            "bytes": sum(each.bytes for each in publication.files),
        }
    )


def draft_lines(home: Home, draft: Draft) -> tuple[str, ...]:
    """What would be published, for people."""
    lines = [f"Figures up to and including {draft.period_end}; previewed in {home.preview}."]
    for each in draft.content.figures:
        hidden = sum(row.count.state is CellState.HIDDEN for row in each.rows)
        lines.append(f"    {each.table.name}: {len(each.rows)} rows, {hidden} hidden")
    if draft.restated:
        figures = "figure has" if draft.restated == 1 else "figures have"
        lines.append(f"{draft.restated} published {figures} changed since: kring ask restatements says why.")
    if not draft.may_be_published:
        lines.append(f"May be published from {draft.due_on} on; a mistake at once with --correction NOTE.")
    return tuple(lines)
