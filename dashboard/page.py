"""What every page begins with: who is looking, in which language and scheme, title and state line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data
from dashboard.access import current_language, require
from dashboard.charts.grammar import Style
from dashboard.facts import SourceFile
from dashboard.freshness import State, state_word, updated
from dashboard.markdown import plain
from dashboard.provenance import Provenance, provenance, source_line
from dashboard.tokens import tokens_for
from dashboard.wording import Wording
from etl.manifest import ReleaseInfo
from etl.warehouse import Answer
from queries.catalog import Role


@dataclass(frozen=True)
class Page:
    """One run of a page."""

    style: Style
    release: ReleaseInfo
    zone: str

    @property
    def words(self) -> Wording:
        """The reader's language."""
        return self.style.words

    @property
    def as_of(self) -> date:
        """The day the figures are about."""
        return self.release.as_of

    @property
    def now(self) -> datetime:
        """This moment, where the network is."""
        return datetime.now(ZoneInfo(self.zone))


def open_page(role: Role = Role.COORDINATOR) -> Page:
    """The page for who is looking; ends the run when they may not."""
    require(role)
    style = Style(tokens_for(st.context.theme.type), Wording(current_language()))
    return Page(style, data.release(), data.settings().network.time_zone)


def show_title(page: Page, title: str, coverage: str = "") -> None:
    """The h1 and, under it, how up to date the figures are."""
    words = page.words
    built_at = page.release.built_at
    state = State(
        built_at=built_at.astimezone(ZoneInfo(page.zone)),
        as_of=page.as_of,
        now=page.now,
        last_run_failed=data.last_run_failed(),
    )
    st.title(plain(title), anchor=False)
    # A day never stands on two lines.
    day = f"<strong>{escape(words.date(page.as_of)).replace(' ', '&nbsp;')}</strong>"
    parts = [
        f'<span class="kring-mark {state.freshness.value}" aria-hidden="true"></span>'
        f"<strong>{escape(state_word(state, words))}</strong>",
        escape(updated(state, words)),
        escape(words.t("as of {day}", day="\0")).replace("\0", day),
        escape(coverage),
    ]
    st.html(f'<p class="kring-state">{" · ".join(part for part in parts if part)}</p>')


def story(*answers: Answer) -> Provenance:
    """Where a figure made of these answers comes from."""
    return provenance(answers, [file for answer in answers for file in data.files_behind(answer)])


def source_of(page: Page, origin: Provenance, extra: str = "") -> str:
    """The source line of a figure."""
    files: tuple[SourceFile, ...] = origin.files
    line = source_line(files, page.as_of, page.words)
    return f"{line} · {extra}" if extra else line
