"""What the page about the publication knows and starts: `kring publish` in a process of its own. Pure.

The dashboard reads the publication that is served and the preview; only `kring publish` writes either.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from dashboard.jobs import environment, kring_command
from dashboard.navigation import Language
from dashboard.site import PATHS
from dashboard.tables import Cell, Column, Table
from dashboard.wording import Wording
from etl.home import Home
from etl.public_manifest import Publication
from etl.warehouse import Answer

SECONDS: Final = 120
NOTHING: Final = "-"  # no meeting of that kind, so nothing to show


@dataclass(frozen=True)
class Preview:
    """What would be published now. `due_on` is the day from which it may; None for the first time."""

    folder: Path
    may_be_published: bool
    due_on: date | None
    period_end: date
    hidden: int

    def page(self, language: Language) -> Path:
        """The page as it would be published, in a language."""
        return self.folder / PATHS[language] / "index.html"


@dataclass(frozen=True)
class Outcome:
    """How a run of `kring publish` ended: what it printed, or its one line of error."""

    printed: str
    problem: str = ""


def run_publish(home: Home, *options: str) -> Outcome:
    """Run `kring publish` and wait: it takes seconds."""
    done = subprocess.run(
        kring_command(home, "publish", "--json", *options),
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if line.strip()]
    return Outcome(
        done.stdout, "" if done.returncode == 0 else (said[-1] if said else "kring publish failed")
    )


def read_preview(printed: str) -> Preview:
    """The preview that `kring publish --preview --json` told of."""
    found = json.loads(printed)
    return Preview(
        folder=Path(found["preview"]),
        may_be_published=bool(found["may_be_published"]),
        due_on=date.fromisoformat(found["due_on"]) if found["due_on"] else None,
        period_end=date.fromisoformat(found["period_end"]),
        hidden=sum(int(each["hidden"]) for each in found["tables"]),
    )


def correction(note: str) -> tuple[str, ...]:
    """The option that says what is corrected; none without a note."""
    return (f"--correction={note}",) if note.strip() else ()


def published_line(publication: Publication | None, words: Wording) -> str:
    """What everyone sees now, and when it may be renewed."""
    if publication is None:
        return words.t("Nothing is published yet. The first publication may be made on any day.")
    return words.t(
        "Published on {day}, figures up to and including {until}. "
        "The next publication may be made from {due} on.",
        day=words.date(publication.published_on),
        until=words.date(publication.period_end),
        due=words.date(publication.due_on),
    )


def published_table(members: Answer, attendance: Answer, groups: Answer, words: Wording) -> Table:
    """The newest figures that everyone sees, one a row."""
    columns = (
        Column("figure", words.t("Figure")),
        Column("as_of", words.t("Up to and including"), is_wide=True),
        Column("shown", words.t("As published"), is_number=True),
    )
    rows = [
        *_newest(members, words.t("Members of the network")),
        *_newest(attendance, words.t("Participants"), words.t("Other")),
        *_newest(groups, words.t("Members")),
    ]
    return Table(words.t("What everyone sees now"), columns, tuple(_row(row, words) for row in rows))


def _newest(answer: Answer, name: str, other: str = "") -> Sequence[tuple[str, date, str]]:
    records = answer.records()
    ends = [end for record in records if isinstance(end := record["period_end"], date)]
    label = next((column for column in answer.columns if column in ("kind", "working_group")), "")
    return [
        (f"{name}: {record[label] or other}" if label else name, max(ends), str(record["shown"]))
        for record in records
        if record["period_end"] == max(ends) and record["shown"] != NOTHING
    ]


def _row(row: tuple[str, date, str], words: Wording) -> tuple[Cell, ...]:
    name, end, shown = row
    text = words.number(int(shown)) if shown.isdigit() else shown or words.t("unknown")
    return (
        Cell(name, name),
        Cell(end, words.dated(end)),
        Cell(shown, text, is_strong=True),
    )
