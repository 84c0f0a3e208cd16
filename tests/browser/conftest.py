"""The real dashboard on the demo network, started once, and a real browser beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from dashboard.serving import streamlit_command
from etl.home import Home

CHROMIUM_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_SECONDS = 60.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def make_demo(home: Home) -> None:
    """The demo network, read and released, as `kring demo` makes it."""
    kring = "from flows.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", kring, "demo", "--home", str(home.root), "--no-serve"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert home.current_pointer.exists(), done.stderr[-2000:]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def serving(home: Home, folder: Path) -> Iterator[str]:
    """The dashboard of a home, started from `folder`; gives its address."""
    port = free_port()
    command = streamlit_command(home, port=port)
    log = folder / "dashboard.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command.arguments,
            env={**os.environ, **dict(command.environment)},
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            until = time.monotonic() + START_SECONDS
            while not _answers(url):
                if process.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"the dashboard did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.2)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def browsing(chromium_path: str) -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the demo network."""
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    make_demo(home)
    return home


@pytest.fixture(scope="session")
def dashboard_url(demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the dashboard. It is started from a folder that has nothing to do with Kring."""
    with serving(demo, tmp_path_factory.mktemp("elsewhere")) as url:
        yield url
