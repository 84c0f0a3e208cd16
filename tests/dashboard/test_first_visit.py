"""A home without figures: every page opens and says what to do; the page Data takes the first file."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.home import Home
from etl.settings_template import default_settings_text

APP = Path(__file__).parents[2] / "dashboard" / "app.py"


@pytest.fixture
def new_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home as `kring init` leaves it."""
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.write_text(default_settings_text(), encoding="utf-8")
    monkeypatch.setenv("KRING_HOME", str(home.root))
    return home


def opened(language: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["lang"] = language
    return app.run()


def test_the_first_page_sends_to_the_page_data(new_home: Home) -> None:
    app = opened("nl")
    assert not app.exception
    assert [title.value for title in app.title] == ["Er zijn nog geen cijfers"]
    assert any("Gegevens" in text.value for text in app.markdown)


@pytest.mark.parametrize(("language", "title"), [("nl", "Gegevens"), ("en", "Data")])
def test_the_page_data_takes_the_first_file(new_home: Home, language: str, title: str) -> None:
    (new_home.inbox / "leden.csv").write_text("x", encoding="utf-8")
    (new_home.inbox / "half.csv.part").write_text("x", encoding="utf-8")
    app = opened(language).switch_page("views/data.py").run()
    assert not app.exception
    assert [each.value for each in app.title] == [title]
    assert app.button[0].label in ("Nu verwerken", "Process now")
    assert any("1" in caption.value for caption in app.caption)


@pytest.mark.parametrize("settings", [None, "[network]\ngrace = 3\n"], ids=["none", "faulty"])
def test_without_settings_the_page_data_says_once_what_is_missing(
    new_home: Home, settings: str | None
) -> None:
    new_home.settings_file.unlink()
    if settings:
        new_home.settings_file.write_text(settings, encoding="utf-8")
    app = opened("nl").switch_page("views/data.py").run()
    assert not app.exception
    assert [each.value for each in app.title] == ["Er zijn nog geen cijfers"]
    assert not [each for each in app.markdown if "eerste bestand" in each.value]
    assert "start-refresh" not in [each.key for each in app.button], "what is added could not be read"
    (line,) = (each.value for each in app.text)
    assert ("network.grace: no such key" if settings else f"kring init {new_home.root}") in line


def test_on_an_open_address_nobody_sees_anything(new_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.access.st.get_option", lambda name: "0.0.0.0")
    app = opened("en")
    assert [title.value for title in app.title] == ["No access"]
    assert not app.button
