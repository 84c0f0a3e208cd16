"""The coordinator's own file: upload, process, and the figure on screen changes without a restart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboard.navigation import Language, page
from etl.home import Home
from tests.browser.visits import settle, until, visiting

pytestmark = pytest.mark.browser

NEWCOMERS = 3
PROCESSING = 120_000
HEADINGS = "Lidnummer;Voornaam;Achternaam;E-mailadres;Organisatie;Functie;Doelgroep;Land;Lid sinds;Lid tot"


def members_file(folder: Path) -> Path:
    """People who joined before the last complete month ended, and one row that cannot be used."""
    rows = [
        f"NIEUW-{number};Proef{number};Persoon{number};proef{number}@example.org;Proefschool;;;;01-10-2026;"
        for number in range(NEWCOMERS)
    ]
    rows.append("NIEUW-X;Fout;Datum;fout@example.org;Proefschool;;;;32-13-2026;")
    file = folder / "ledenadministratie proef.csv"
    file.write_text("\n".join([HEADINGS, *rows]) + "\n", encoding="utf-8")
    return file


def members(opened: Page) -> int:
    """The number on the first card."""
    text = opened.locator(".st-key-card-members [data-testid='stMetricValue']").inner_text()
    return int(re.sub(r"\D", "", text))


def go_to(opened: Page, key: str) -> None:
    """Open a page from the menu, as a person does: the session goes on."""
    title = page(key).title.nl
    opened.get_by_role("link", name=title, exact=True).first.click()
    until(opened, f"document.title === '{title} · Kring'")
    settle(opened)


def test_an_upload_changes_the_figure_without_a_restart(
    chromium_browser: Browser, dashboard_url: str, demo: Home, tmp_path: Path
) -> None:
    with visiting(chromium_browser, dashboard_url, page("overview"), Language.DUTCH) as visit:
        opened = visit.page
        before = members(opened)
        releases = {folder.name for folder in demo.releases.iterdir() if folder.is_dir()}
        go_to(opened, "data")
        opened.locator('input[type="file"]').set_input_files(members_file(tmp_path))
        opened.get_by_role("button", name="Toevoegen en verwerken").click()
        opened.get_by_text("De cijfers zijn bijgewerkt").wait_for(timeout=PROCESSING)
        done = opened.locator('[data-testid="stAlert"]').inner_text()
        assert "1 nieuw bestand" in done
        assert f"{NEWCOMERS} rijen gebruikt" in done
        assert "1 rij afgewezen" in done
        assert list(demo.inbox.iterdir()) == []
        go_to(opened, "overview")
        assert members(opened) == before + NEWCOMERS
        assert {folder.name for folder in demo.releases.iterdir() if folder.is_dir()} - releases
        assert visit.complaints == []
        assert visit.outside == []


def test_processing_with_nothing_new_says_so(chromium_browser: Browser, dashboard_url: str) -> None:
    with visiting(chromium_browser, dashboard_url, page("data"), Language.DUTCH) as visit:
        visit.page.get_by_role("button", name="Nu verwerken").click()
        visit.page.get_by_text("Er was niets nieuws").wait_for(timeout=PROCESSING)
