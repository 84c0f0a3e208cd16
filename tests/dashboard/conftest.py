"""A home with a small real release, and pages run on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.navigation import page
from etl.home import Home
from tests.dashboard.network import make_home

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
Visit = Callable[..., AppTest]


@pytest.fixture(scope="session")
def network_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(Home(tmp_path_factory.mktemp("network") / "home"))


@pytest.fixture
def loopback() -> Iterator[None]:
    """Kring as it is served without sign-in: whoever sits at this computer is the coordinator."""
    before = st.get_option("server.address")
    st.config.set_option("server.address", "127.0.0.1")
    yield
    st.config.set_option("server.address", before)


def open_app(key: str, language: str = "nl", **address: str) -> AppTest:
    """The app with one page opened, of the home in KRING_HOME."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    if key != "overview":
        app.switch_page(f"views/{page(key).file}")
        for name, value in address.items():
            app.query_params[name] = value
        app.query_params["lang"] = language
        app.run()
    return app


@pytest.fixture
def visit(network_home: Home, loopback: None, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """A function that opens a page in a language, with what stands in the address."""
    monkeypatch.setenv("KRING_HOME", str(network_home.root))
    return open_app
