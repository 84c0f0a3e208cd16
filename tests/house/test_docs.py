"""The documentation says what the software does: commands, options, words, the data dictionary, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import typer.core
import typer.main

from dashboard.navigation import PAGES
from dashboard.serving import streamlit_command
from etl.errors import UsageError
from etl.home import Home
from etl.schema.dictionary import TARGET, dictionary
from etl.schema.feeds import FEEDS
from etl.sources import SOURCES
from flows.verbs import app
from tests.house.modules import ROOT, tracked_files

DOCS = ROOT / "docs"
EVERY_VERB_TAKES = {"--help"}

# Words of the story that a reader meets, with the Dutch the pages use.
VOCABULARY = (
    "member", "lid", "participant", "deelnemer", "registered", "aangemeld", "attended", "aanwezig", "no-show",
    "niet verschenen", "core", "kerngroep", "inner circle", "binnenkring", "outer circle", "buitenkring",
    "active shell", "actieve schil", "working group", "werkgroep", "session", "bijeenkomst",
    "harvested question", "opgehaalde vraag", "theme", "thema", "yield", "opbrengst", "progress update",
    "tussenstand",
)  # fmt: skip
GROWTH_WORDS = (
    "opening",
    "new",
    "returned",
    "ended",
    "corrections",
    "closing",
    "ever",
    "grace days",
    "as of",
)
PARTICIPATION_WORDS = ("eligible", "union reach", "mean reach", "chance baseline", "differentiation index")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def glossary() -> dict[str, str]:
    """Term -> Dutch word."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text(DOCS / "glossary.md"), re.MULTILINE)
    return {term: dutch for term, dutch in rows if term != "term"}


def verbs(commands: Mapping[str, object], above: str) -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every verb with its full name."""
    for name, command in commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from verbs(command.commands, f"{above} {name}")
        else:
            assert isinstance(command, typer.core.TyperCommand)
            yield f"{above} {name}", command


def section(name: str) -> str:
    """The part of docs/cli.md about one verb."""
    found = re.search(
        rf"^## {re.escape(name)}\b.*?(?=^## |\Z)", text(DOCS / "cli.md"), re.MULTILINE | re.DOTALL
    )
    assert found, f"docs/cli.md has no section about {name}"
    return found[0]


def test_every_verb_and_option_is_documented_and_explained() -> None:
    missing = []
    whole = typer.main.get_command(app)
    assert isinstance(whole, typer.core.TyperGroup)
    found = dict(verbs(whole.commands, "kring"))
    for name, command in found.items():
        said = section(name)
        assert command.help, f"{name} has no help"
        for parameter in command.params:
            options = [option for option in parameter.opts if option.startswith("-")]
            if not EVERY_VERB_TAKES.intersection(options):
                missing += [f"{name} {option}" for option in options if f"`{option}`" not in said]
    assert missing == []
    documented = set(re.findall(r"^## (kring [a-z -]+?)(?: [A-Z.]+)*$", text(DOCS / "cli.md"), re.MULTILINE))
    assert documented == set(found), "docs/cli.md tells of verbs that do not exist, or the reverse"


def test_the_data_dictionary_is_up_to_date() -> None:
    assert text(TARGET) == dictionary(), "run make dictionary"


def test_the_glossary_is_complete_and_in_order() -> None:
    terms = glossary()
    known = terms.keys() | set(terms.values())
    assert [word for word in (*VOCABULARY, *GROWTH_WORDS, *PARTICIPATION_WORDS) if word not in known] == []
    sections = re.split(r"^## ", text(DOCS / "glossary.md"), flags=re.MULTILINE)[1:]
    for part in sections:
        names = [
            term for term in re.findall(r"^\| ([^|]+) \|", part, re.MULTILINE) if term not in ("term", "---")
        ]
        assert names == sorted(names, key=str.casefold), part.splitlines()[0]


@pytest.mark.parametrize("format_id", [source.format_id for source in SOURCES])
def test_every_format_is_documented(format_id: str) -> None:
    assert f"`{format_id}`" in text(DOCS / "sources.md")


def test_every_feed_is_in_the_dictionary() -> None:
    assert all(f"### {feed.table.qualified_name}\n" in dictionary() for feed in FEEDS)


def test_every_page_is_in_the_changelog() -> None:
    changelog = text(ROOT / "CHANGELOG.md")
    assert [page.title.en for page in PAGES if page.title.en not in changelog] == []
    assert "\n## Unreleased\n" in changelog


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in tracked_files("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(path)):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_decision_is_listed() -> None:
    listed = text(DOCS / "adr" / "README.md")
    assert [path.name for path in (DOCS / "adr").glob("0*.md") if path.name not in listed] == []


def test_every_make_target_that_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = {
        name
        for path in tracked_files("*.md")
        for name in re.findall(r"`?make ([a-z]+(?:-[a-z]+)*)`", text(path))
    }
    assert named <= targets


def test_the_page_that_a_refused_address_points_at_says_how_to_look_from_afar(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"docs/runbook\.md, Rights") as refused:
        streamlit_command(Home(tmp_path), "0.0.0.0")
    assert "sign-in is not set up" in refused.value.line()
    rights = (DOCS / "runbook.md").read_text(encoding="utf-8").split("## Rights", 1)[1]
    assert "ssh -L 8501:127.0.0.1:8501" in rights.split("\n## ", 1)[0]
