"""`kring theme`: the themes as they stand, and the names that people give them.

What the machine made is in the ledger, what people decided in the decisions; the next refresh joins them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from etl.decisions import Decisions, ThemeName
from etl.errors import UsageError
from etl.ledger import Ledger
from flows.printing import print_table

if TYPE_CHECKING:
    from etl.home import Home

NEXT_REFRESH = "Shown from the next refresh on: kring refresh"


@dataclass(frozen=True)
class NamedTheme:
    """A theme under the name in force. `texts` are different texts, however often each was given."""

    theme_id: str
    label_nl: str
    label_en: str
    label_source: str
    status: str
    texts: int


def themes(home: Home) -> tuple[NamedTheme, ...]:
    """Every theme, the largest first."""
    with Ledger(home) as ledger, Decisions(home) as decisions:
        run = ledger.theme_run()
        names = {name.theme_id: name for name in decisions.theme_names()}
    if run is None:
        return ()
    sizes = Counter(member.theme_id for member in run.members)
    listed = [
        NamedTheme(
            theme_id=each.theme_id,
            label_nl=name.label_nl if (name := names.get(each.theme_id)) else each.label_nl,
            label_en=(name.label_en or name.label_nl) if name else each.label_en,
            label_source="person" if name else "auto",
            status=each.status,
            texts=sizes[each.theme_id],
        )
        for each in run.themes
    ]
    return tuple(sorted(listed, key=lambda each: (-each.texts, each.label_nl, each.theme_id)))


def rename(home: Home, which: str, label_nl: str, label_en: str | None = None) -> NamedTheme:
    """Name a theme: no run and no rebuild takes that name away."""
    found = find(themes(home), which)
    with Decisions(home) as decisions:
        decisions.rename_theme(ThemeName(found.theme_id, label_nl, label_en))
    return find(themes(home), found.theme_id)


def undo(home: Home, which: str | None = None) -> NamedTheme:
    """Take back the last decision about one theme, or about any."""
    chosen = find(themes(home), which).theme_id if which else None
    with Decisions(home) as decisions:
        undone = decisions.undo_theme(chosen)
    if undone is None:
        raise UsageError(
            "theme undo", "no decision to take back", "a theme that was renamed", "See kring theme list."
        )
    return find(themes(home), undone)


def find(listed: Sequence[NamedTheme], which: str) -> NamedTheme:
    """The theme with that id, start of an id, or name in either language."""
    wanted = " ".join(which.split()).casefold()
    found = [
        each
        for each in listed
        if wanted in (each.theme_id, each.label_nl.casefold(), each.label_en.casefold())
    ]
    found = found or [each for each in listed if wanted and each.theme_id.startswith(wanted)]
    if len(found) != 1:
        raise UsageError(
            "theme", f"{len(found) or 'no'} themes of that name", "the id or the name of one theme",
            "See kring theme list.",
        )  # fmt: skip
    return found[0]


def print_themes(listed: Sequence[NamedTheme], as_json: bool) -> None:
    """The themes as a table, or as a list of objects."""
    if as_json:
        print(json.dumps([asdict(each) for each in listed], ensure_ascii=False, indent=1))
        return
    print_table(
        ("theme", "name", "in English", "named by", "status", "texts"),
        [
            (each.theme_id, each.label_nl, each.label_en, each.label_source, each.status, each.texts)
            for each in listed
        ],
    )


def print_theme(theme: NamedTheme, as_json: bool) -> None:
    """One theme after a decision about it."""
    if as_json:
        print(json.dumps(asdict(theme), ensure_ascii=False, indent=1))
    else:
        print(f"{theme.theme_id} is now called {theme.label_nl}. {NEXT_REFRESH}")
