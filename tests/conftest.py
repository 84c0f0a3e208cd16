"""What holds for every test: no network, own data and Prefect homes, quiet tools, honest skips."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OFFLINE = Path(__file__).parent / "offline"
LONG = "KRING_TEST_LONG"
FIGURE = re.compile(r"trust \d+")
NO_CHROMIUM = "NO BROWSER TESTS: Chromium is missing (Debian: apt install chromium)"

settings.register_profile("short", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=500, deadline=None)


def chromium() -> str | None:
    """The browser the tests drive, or None."""
    names = (os.environ.get("KRING_CHROMIUM", "chromium"), "chromium-browser")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="full counts, and the tests marked long")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything of Kring, Prefect or Streamlit is imported: nobody's own settings leak into a test."""
    long = bool(config.getoption("--long"))
    for name in [name for name in os.environ if name.startswith(("KRING_", "PREFECT_", "STREAMLIT_"))]:
        if name != "KRING_CHROMIUM":
            del os.environ[name]
    if long:
        os.environ[LONG] = "1"
    settings.load_profile("long" if long else "short")

    own = Path(tempfile.mkdtemp(prefix="kring-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(own, ignore_errors=True))
    os.environ.update(
        KRING_HOME=str(own / "no-home"),
        PREFECT_HOME=str(own / "prefect"),
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="120",
        DO_NOT_TRACK="1",
        PYTHONPATH=os.pathsep.join(filter(None, (str(OFFLINE), os.environ.get("PYTHONPATH")))),
    )
    runpy.run_path(str(OFFLINE / "sitecustomize.py"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests only with --long; browser tests skip loudly without Chromium, in CI never."""
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="long: run by make test-long"))
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    if browser_tests and chromium() is None:
        if os.environ.get("CI") == "true":
            raise pytest.UsageError(f"{NO_CHROMIUM}; in CI they may not be skipped")
        for item in browser_tests:
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that tests print about themselves, `trust 21: …`, also when they ran in other processes."""
    reports = [each for several in terminalreporter.stats.values() for each in several]
    printed = [each.capstdout for each in reports if isinstance(each, pytest.TestReport)]
    figures = sorted({line for text in printed for line in text.splitlines() if FIGURE.match(line)})
    if figures:
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Debian's Chromium, for Playwright's `executable_path`."""
    path = chromium()
    assert path is not None, NO_CHROMIUM
    return path


@pytest.fixture(scope="session")
def chromium_browser(chromium_path: str) -> Iterator[Browser]:
    """One browser for all tests: Playwright runs once in a process. Each visit has its own context."""
    from tests.browser.conftest import browsing

    with browsing(chromium_path) as browser:
        yield browser
