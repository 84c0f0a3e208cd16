"""The update writer in a real browser: a decision, the last step, and what is taken along."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.navigation import Language, page
from tests.browser.test_pages import violations
from tests.browser.visits import settle, visiting

pytestmark = pytest.mark.browser


def test_from_a_doubt_to_a_file(chromium_browser: Browser, dashboard_url: str, tmp_path: Path) -> None:
    with visiting(chromium_browser, dashboard_url, page("update"), Language.DUTCH) as visit:
        opened = visit.page
        warnings = opened.get_by_role("button", name="Zin weglaten")
        before = warnings.count()
        assert before > 1
        warnings.last.click()
        opened.get_by_role("button", name="Terugzetten").wait_for()
        settle(opened)
        assert warnings.count() == before - 1
        opened.get_by_role("button", name="Verder naar Meenemen").click()
        opened.get_by_role("button", name="Download als Markdown").wait_for()
        settle(opened)
        assert violations(opened) == []
        with opened.expect_download() as download:
            opened.get_by_role("button", name="Download als Markdown").click()
        kept = tmp_path / "update.md"
        download.value.save_as(kept)
        assert download.value.suggested_filename.endswith("-nl.md")
        text = kept.read_text(encoding="utf-8")
        assert text.startswith("# ")
        assert "\n## Bronnen\n\n1. Leden op " in text
        assert "kring ask growth" in text
        assert visit.complaints == []
