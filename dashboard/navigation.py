"""The pages of Kring, in order, and the languages they are in. Pure: imports nothing of Streamlit.

A page is one view and one line in `PAGES`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from queries.catalog import Role

VIEWS: Final = Path(__file__).parent / "views"
LANGUAGE_COOKIE: Final = "kring_language"


class Language(Enum):
    """A language of the screens; the value is its code in `?lang=` and in `<html lang>`."""

    DUTCH = "nl"
    ENGLISH = "en"

    @property
    def own_name(self) -> str:
        """The language's name in that language."""
        return {"nl": "Nederlands", "en": "English"}[self.value]


@dataclass(frozen=True)
class Words:
    """One name in both languages."""

    nl: str
    en: str

    def in_language(self, language: Language) -> str:
        """The name in one language."""
        return self.en if language is Language.ENGLISH else self.nl


class Section(Enum):
    """A part of the menu."""

    NETWORK = Words("Netwerk", "Network")
    COMMUNICATION = Words("Communicatie", "Communication")
    MANAGE = Words("Beheer", "Manage")


@dataclass(frozen=True)
class PageEntry:
    """One page: `file` within `views/`, and the lowest role that may open it.

    `path` is its address, the same in both languages, so that a shared link keeps working.
    """

    key: str
    file: str
    title: Words
    icon: str
    role: Role
    section: Section
    path: str

    @property
    def script(self) -> Path:
        """The view's file."""
        return VIEWS / self.file


PAGES: Final[tuple[PageEntry, ...]] = (
    PageEntry(
        key="overview",
        file="overview.py",
        title=Words("Overzicht", "Overview"),
        icon=":material/home:",
        role=Role.COORDINATOR,
        section=Section.NETWORK,
        path="overzicht",
    ),
    PageEntry(
        key="growth",
        file="growth.py",
        title=Words("Netwerkgroei", "Network growth"),
        icon=":material/trending_up:",
        role=Role.COORDINATOR,
        section=Section.NETWORK,
        path="netwerkgroei",
    ),
    PageEntry(
        key="sessions",
        file="sessions.py",
        title=Words("Bijeenkomsten", "Sessions"),
        icon=":material/groups:",
        role=Role.COORDINATOR,
        section=Section.NETWORK,
        path="bijeenkomsten",
    ),
    PageEntry(
        key="themes",
        file="themes.py",
        title=Words("Thema’s", "Themes"),
        icon=":material/forum:",
        role=Role.COMMUNICATION,
        section=Section.NETWORK,
        path="themas",
    ),
    PageEntry(
        key="participation",
        file="participation.py",
        title=Words("Deelname", "Participation"),
        icon=":material/workspaces:",
        role=Role.COMMUNICATION,
        section=Section.NETWORK,
        path="deelname",
    ),
    PageEntry(
        key="exchange",
        file="exchange.py",
        title=Words("Uitwisseling", "Exchange"),
        icon=":material/sync_alt:",
        role=Role.COMMUNICATION,
        section=Section.NETWORK,
        path="uitwisseling",
    ),
    PageEntry(
        key="reach",
        file="reach.py",
        title=Words("Bereik", "Reach"),
        icon=":material/campaign:",
        role=Role.COMMUNICATION,
        section=Section.NETWORK,
        path="bereik",
    ),
    PageEntry(
        key="update",
        file="update.py",
        title=Words("Update maken", "Build an update"),
        icon=":material/edit_note:",
        role=Role.COMMUNICATION,
        section=Section.COMMUNICATION,
        path="update-maken",
    ),
    PageEntry(
        key="public",
        file="public.py",
        title=Words("Openbare pagina", "Public page"),
        icon=":material/public:",
        role=Role.COMMUNICATION,
        section=Section.COMMUNICATION,
        path="openbare-pagina",
    ),
    PageEntry(
        key="data",
        file="data.py",
        title=Words("Gegevens", "Data"),
        icon=":material/database:",
        role=Role.COORDINATOR,
        section=Section.MANAGE,
        path="gegevens",
    ),
    PageEntry(
        key="review",
        file="review.py",
        title=Words("Beoordelen", "Review"),
        icon=":material/rule:",
        role=Role.COORDINATOR,
        section=Section.MANAGE,
        path="beoordelen",
    ),
    PageEntry(
        key="people",
        file="people.py",
        title=Words("Mensen", "People"),
        icon=":material/person_search:",
        role=Role.COORDINATOR,
        section=Section.MANAGE,
        path="mensen",
    ),
)


def page(key: str) -> PageEntry:
    """The page with this key."""
    return next(entry for entry in PAGES if entry.key == key)


def page_at(path: str) -> PageEntry:
    """The page at an address, as the browser asks for it; the first page when there is none."""
    wanted = path.strip("/")
    return next((entry for entry in PAGES if entry.path == wanted), PAGES[0])


def pages_for(role: Role) -> tuple[PageEntry, ...]:
    """The pages that someone with this role may open, in order."""
    return tuple(entry for entry in PAGES if entry.role <= role)


def sections_of(entries: Iterable[PageEntry]) -> dict[Section, list[PageEntry]]:
    """The pages grouped under their section, both in order."""
    grouped: dict[Section, list[PageEntry]] = {}
    for entry in entries:
        grouped.setdefault(entry.section, []).append(entry)
    return grouped


def choose_language(asked: str | None, remembered: str | None, browser: str | None) -> Language:
    """The language asked for in the address, else the one remembered, else the browser's, else Dutch."""
    for code in (asked, remembered, browser):
        short = (code or "").strip().lower()[:2]
        for language in Language:
            if language.value == short:
                return language
    return Language.DUTCH
