"""Questions to the release, and the only cache: answers, kept for as long as their release is served.

An answer is immutable, so every visit gets the same object. A new release has a new id and so new answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from dashboard.access import current_role
from dashboard.facts import SourceFile, source_files
from etl.home import find_home
from etl.ledger import Ledger, Outcome, RunKind
from etl.manifest import ReleaseInfo
from etl.settings import Settings, load_settings
from etl.warehouse import Answer, ReleaseReader
from queries.catalog import Role

MOST_ANSWERS = 512
Given = tuple[tuple[str, str], ...]


@st.cache_resource(show_spinner=False)
def _reader(root: Path) -> ReleaseReader:
    return ReleaseReader(find_home(root))


@st.cache_resource(show_spinner=False, max_entries=MOST_ANSWERS)
def _answer(root: Path, release: str, question: str, given: Given, role: Role) -> Answer:
    return _reader(root).ask(question, dict(given), role)


def _root() -> Path:
    return find_home(None).root


def ask(question: str, parameters: Mapping[str, str] | None = None, role: Role | None = None) -> Answer:
    """The answer of the release now served, for who is looking now."""
    root = _root()
    given = tuple(sorted((parameters or {}).items()))
    return _answer(root, release().id, question, given, current_role() if role is None else role)


def ask_about_people(question: str, parameters: Mapping[str, str] | None = None) -> Answer:
    """The answer to a question whose rows are personal: asked anew, kept by nobody."""
    return _reader(_root()).ask(question, dict(parameters or {}), current_role())


def forget_answers() -> None:
    """Let go of every answer that was kept: somebody was erased."""
    _answer.clear()


def release() -> ReleaseInfo:
    """The release now served."""
    return _reader(_root()).current()


def settings() -> Settings:
    """The settings of the home, read anew: a person may have changed them."""
    return load_settings(find_home(None))


def files_behind(answer: Answer) -> tuple[SourceFile, ...]:
    """The files an answer is made from."""
    return source_files(ask("source_files", {"question": answer.question}).records())


def last_run_failed() -> bool:
    """Whether the newest run of the ledger did not end well, so that the page shows an older release."""
    home = find_home(None)
    if not home.ledger_file.exists():
        return False
    with Ledger(home) as ledger:
        runs = ledger.runs(1, RunKind.REFRESH)
    return bool(runs) and max(runs, key=lambda run: run.run_id).outcome in (Outcome.FAILED, Outcome.CRASHED)
