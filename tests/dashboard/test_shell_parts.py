"""The parts of the shell without a server: tokens, theme, pages, languages, serving, the rewritten page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import streamlit

from dashboard.css import SHELL_STYLE, page_style
from dashboard.navigation import PAGES, Language, choose_language, page_at, pages_for, sections_of
from dashboard.serving import ASGI, is_loopback, streamlit_command
from dashboard.shell import rewrite_page
from dashboard.tokens import DARK, HEADING_FONT, LIGHT, TEXT_FONT, Tokens, tokens_for
from etl.errors import UsageError
from etl.home import Home
from queries.catalog import Role

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
INDEX = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
TEXT, MARK = 4.5, 3.0
MOST_RULES, MOST_SHELL_RULES = 109, 10  # what the theme or Python can say is no rule


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.scheme)
def test_colours_can_be_read(tokens: Tokens) -> None:
    for ground in (tokens.bg, tokens.paper, tokens.sidebar):
        for text in (tokens.ink, tokens.ink2, tokens.ink3, tokens.accent, tokens.orange, tokens.green):
            assert contrast(text, ground) >= TEXT
    for mark in (*tokens.categories, tokens.bar, tokens.context, tokens.base):
        assert contrast(mark, tokens.bg) >= MARK


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.scheme)
def test_the_theme_says_what_the_tokens_say(tokens: Tokens) -> None:
    theme = CONFIG["theme"][tokens.scheme]
    assert theme["backgroundColor"] == tokens.bg
    assert theme["secondaryBackgroundColor"] == tokens.paper
    assert theme["textColor"] == tokens.ink
    assert theme["borderColor"] == tokens.line
    assert theme["primaryColor"] == tokens.accent
    assert theme["blueBackgroundColor"] == tokens.soft
    assert theme["orangeBackgroundColor"] == tokens.osoft
    assert theme["greenBackgroundColor"] == tokens.gsoft
    for warning in ("yellow", "red"):  # one colour says: look out
        assert theme[f"{warning}BackgroundColor"] == tokens.osoft
        assert theme[f"{warning}TextColor"] == theme["orangeTextColor"]
        assert contrast(theme["orangeTextColor"], tokens.osoft) >= TEXT
    assert tuple(theme["chartCategoricalColors"]) == tokens.categories
    assert theme["sidebar"]["backgroundColor"] == tokens.sidebar
    assert theme["sidebar"]["secondaryBackgroundColor"] == tokens.chosen


def test_a_scheme_that_is_not_known_is_light() -> None:
    assert tokens_for(None) is LIGHT
    assert tokens_for("dark") is DARK


def test_fonts_are_shipped_under_names_that_browsers_take() -> None:
    faces = CONFIG["theme"]["fontFaces"]
    assert {face["family"] for face in faces} == {TEXT_FONT, HEADING_FONT}
    for face in faces:
        assert not face["family"][-1].isdigit()
        assert (ROOT / "dashboard" / "static" / Path(face["url"]).name).is_file()
    assert sorted(path.name for path in (ROOT / "dashboard" / "static").glob("OFL-*.txt")) == [
        "OFL-public-sans.txt",
        "OFL-source-serif.txt",
    ]


def test_streamlit_is_told_to_be_quiet_and_closed() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["enableAgentApi"] is False


def test_the_settings_are_found_beside_the_application_too() -> None:
    assert (ASGI.parent / ".streamlit" / "config.toml").read_bytes() == (
        ROOT / ".streamlit" / "config.toml"
    ).read_bytes()


def test_a_button_that_does_nothing_yet_keeps_a_colour_that_can_be_read() -> None:
    (rule,) = [line for line in page_style(DARK).splitlines() if "stBaseButton-primary" in line]
    assert ":enabled { color: var(--bg); }" in rule


def rules(style: str) -> list[str]:
    """The rules of a style sheet: what stands before each innermost brace. The tokens are one of them."""
    return re.findall(r"[^{}]+\{[^{}]*\}", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))


def test_css_holds_every_token_and_stays_small() -> None:
    style = page_style(DARK)
    for name, value in DARK.colours().items():
        assert f"--{name}: {value};" in style
    assert "%%" not in style
    assert len(rules(style)) <= MOST_RULES
    assert len(rules(SHELL_STYLE)) <= MOST_SHELL_RULES
    assert "prefers-reduced-motion" in SHELL_STYLE


@pytest.mark.parametrize("language", Language)
def test_the_page_is_rewritten(language: Language) -> None:
    html = rewrite_page(INDEX, language, "/netwerkgroei", "abc")
    title = {"nl": "Netwerkgroei", "en": "Network growth"}[language.value]
    assert f'<html lang="{language.value}">' in html
    assert f"<title>{title} · Kring</title>" in html
    assert "Streamlit</title>" not in html
    assert html.count("<script") == html.count('<script nonce="abc"') + html.count(
        "<script type="
    ) + html.count('<script src="./app/static/shell.js"')
    assert "service-desc" not in html
    assert "favicon.png" not in html
    assert html.count("</head>") == 1


@pytest.mark.parametrize(
    ("asked", "remembered", "browser", "language"),
    [
        ("en", "nl", "nl-NL", "en"),
        (None, "en", "nl-NL", "en"),
        (None, None, "en-GB", "en"),
        (None, None, "fr-BE", "nl"),
        ("xx", None, None, "nl"),
        ("<script>", None, "EN", "en"),
    ],
)
def test_the_language_is_chosen(
    asked: str | None, remembered: str | None, browser: str | None, language: str
) -> None:
    assert choose_language(asked, remembered, browser).value == language


def test_pages_are_found_by_their_address() -> None:
    for entry in PAGES:
        assert page_at(f"/{entry.path}") is entry
        assert entry.script.is_file()
    assert page_at("/") is PAGES[0]
    assert page_at("/somewhere") is PAGES[0]


def test_without_a_role_there_are_no_pages() -> None:
    assert pages_for(Role.PUBLIC) == ()
    assert [entry for listed in sections_of(PAGES).values() for entry in listed] == list(PAGES)


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_this_computer_is_loopback(address: str, tmp_path: Path) -> None:
    assert is_loopback(address)
    command = streamlit_command(Home(tmp_path), address, 8600)
    assert f"--server.address={address}" in command.arguments
    assert "--server.port=8600" in command.arguments
    assert dict(command.environment)["KRING_HOME"] == str(tmp_path)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "kring.example.org", ""])
def test_any_other_address_is_refused_with_what_to_do(address: str, tmp_path: Path) -> None:
    assert not is_loopback(address)
    with pytest.raises(UsageError, match="sign-in"):
        streamlit_command(Home(tmp_path), address)
