"""What the shell promises, at the first byte and under the fingers."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.request import Request

import pytest
from playwright.sync_api import Browser

from dashboard.navigation import PAGES, Language, PageEntry, page
from tests.browser.visits import PATIENCE, address, settle, until, visiting

pytestmark = pytest.mark.browser


def fetch(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(Request(url, headers=named), timeout=10) as answer:
            text = answer.read().decode("utf-8", errors="replace")
            return answer.status, text, {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "", {}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.key)
def test_language_and_title_are_right_at_the_first_byte(
    entry: PageEntry, language: Language, dashboard_url: str
) -> None:
    _, html, headers = fetch(address(dashboard_url, entry, language, False))
    assert f'<html lang="{language.value}">' in html
    assert f"<title>{entry.title.in_language(language)} · Kring</title>" in html
    assert headers["content-language"] == language.value


def test_the_browser_s_language_counts_until_one_is_chosen(dashboard_url: str) -> None:
    assert '<html lang="en">' in fetch(dashboard_url, Accept_Language="en-GB,nl;q=0.8")[1]
    assert '<html lang="nl">' in fetch(dashboard_url, Accept_Language="de-DE")[1]
    chosen = fetch(f"{dashboard_url}/?lang=en", Accept_Language="nl")[2]["set-cookie"].split(";")[0]
    assert '<html lang="en">' in fetch(dashboard_url, Accept_Language="nl", Cookie=chosen)[1]
    assert "set-cookie" not in fetch(dashboard_url, Accept_Language="nl")[2]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/overzicht?lang=en", "/?lang=en"), ("/overzicht/meer", "/"), ("/Mensen", "/mensen"),
        ("/netwerkgroei/kennisbasis", "/netwerkgroei"), ("/netwerkgroei?group=x", "/netwerkgroei?group=x"),
        ("/weg/en/verder", "/weg"), ("/", "/"), ("//example.org/weg", "/example.org"),
    ],
)  # fmt: skip
def test_an_address_that_is_nearly_right_leads_to_its_page(
    path: str, wanted: str, dashboard_url: str
) -> None:
    with urllib.request.urlopen(
        Request(dashboard_url + path, headers={"Accept": "text/html,*/*"}), timeout=10
    ) as answer:
        assert answer.url == dashboard_url + wanted
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_what_streamlit_looks_for_under_a_page_is_not_moved(dashboard_url: str) -> None:
    """Its script takes an answer for a sign that the whole of Streamlit is under that page."""
    assert fetch(f"{dashboard_url}/mensen/_stcore/health", Accept="application/json, */*")[0] == 404
    assert fetch(f"{dashboard_url}/mensen/_stcore/health", Accept="text/html")[0] == 404


def test_back_and_forward_go_through_the_choices(chromium_browser: Browser, dashboard_url: str) -> None:
    with visiting(chromium_browser, dashboard_url, page("growth"), Language.DUTCH) as visit:
        opened = visit.page
        headline = opened.locator("h2, h3").first
        whole = headline.inner_text()
        for name in ("Communicatie", "Kennisbasis"):
            opened.locator('[data-testid="stSelectbox"] input').first.click()
            opened.get_by_role("option", name=name).click()
            until(opened, f"location.search.includes('group={name.lower()}')")
            settle(opened)
        of_group = headline.inner_text()
        assert of_group != whole
        for step, search, said in (
            (-1, "group=communicatie", None),
            (-1, "", whole),
            (2, "group=k", of_group),
        ):
            opened.evaluate(f"history.go({step})")
            until(opened, f"location.search.includes('{search}') || !('{search}' || location.search)")
            settle(opened)
            assert search in opened.url
            assert said is None or headline.inner_text() == said
        assert "group" in opened.url
        assert opened.locator('[data-testid="stAlert"], .st-key-fault').count() == 0


def test_every_answer_carries_the_security_headers(dashboard_url: str) -> None:
    for path in ("/", "/gegevens", "/app/static/shell.js", "/_stcore/health", "/health"):
        status, _, headers = fetch(dashboard_url + path)
        assert status == 200, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy.split("style-src")[0]


def test_other_hosts_other_origins_and_the_metrics_are_turned_away(dashboard_url: str) -> None:
    assert fetch(dashboard_url, Origin="http://example.org")[0] == 403
    assert fetch(dashboard_url, Host="example.org")[0] == 403
    assert fetch(dashboard_url, Origin=dashboard_url)[0] == 200
    assert fetch(f"{dashboard_url}/_stcore/metrics")[0] == 403


def test_static_files_stay_in_their_folder(dashboard_url: str) -> None:
    for path in ("/app/static/../app.py", "/app/static/%2e%2e/app.py", "/app/static//etc/passwd"):
        status, text, _ = fetch(dashboard_url + path)
        assert status >= 400 or "import" not in text


def test_the_keyboard_meets_the_skip_link_first_and_it_skips(
    chromium_browser: Browser, dashboard_url: str
) -> None:
    with visiting(chromium_browser, dashboard_url, page("growth"), Language.DUTCH) as visit:
        opened = visit.page
        opened.keyboard.press("Tab")
        assert opened.evaluate("document.activeElement.textContent").strip() == "Ga naar de inhoud"
        opened.keyboard.press("Enter")
        opened.keyboard.press("Tab")
        assert opened.evaluate("!!document.activeElement.closest('[data-testid=\"stMain\"]')")


STOP = """() => {
    const stop = document.activeElement;
    if (stop === document.body) return null;
    let solid = 1;
    for (let each = stop; each; each = each.parentElement) solid *= Number(getComputedStyle(each).opacity);
    const is_typed_in = stop.matches('input, textarea') && !stop.matches('[type="checkbox"]');
    const ringed = stop.matches('[type="checkbox"]') ? stop.closest('label') : stop;
    const ring = getComputedStyle(ringed);
    const seen = is_typed_in
        ? getComputedStyle(stop.closest('[role="group"], [data-testid$="InputRootElement"]')).borderTopColor
        : ring.outlineStyle === 'solid' && parseFloat(ring.outlineWidth) >= 2 ? ring.outlineColor : 'no ring';
    return [stop.getAttribute('aria-label') || stop.textContent.slice(0, 40), seen, solid];
}"""


@pytest.mark.parametrize(
    ("key", "scheme", "accent"),
    [
        ("overview", "light", "rgb(11, 92, 140)"),
        ("growth", "dark", "rgb(109, 184, 230)"),
        ("data", "dark", "rgb(109, 184, 230)"),
        ("review", "light", "rgb(11, 92, 140)"),
    ],
)
def test_where_the_keyboard_is_can_be_seen_all_the_way_to_the_end(
    chromium_browser: Browser, dashboard_url: str, key: str, scheme: str, accent: str
) -> None:
    with visiting(chromium_browser, dashboard_url, page(key), Language.DUTCH, scheme=scheme) as visit:
        visit.page.emulate_media(reduced_motion="reduce")  # no colour halfway
        stops = []
        for _ in range(60):
            visit.page.keyboard.press("Tab")
            for _again in range(40):  # a busy machine shows it a moment later
                visit.page.wait_for_timeout(50)
                stop = visit.page.evaluate(STOP)
                if stop is None or stop[1:] == [accent, 1]:
                    break
            if stop is None:
                break
            stops.append(stop)
        else:
            raise AssertionError("the keyboard never comes out of the page")
        assert stops[0][0] == "Ga naar de inhoud"
        assert stops[-1][0] == "Privacy"
        wrong = [stop for stop in stops if stop[1:] != [accent, 1]]
        assert not wrong


def test_the_language_switch_keeps_the_page(chromium_browser: Browser, dashboard_url: str) -> None:
    with visiting(chromium_browser, dashboard_url, page("sessions"), Language.DUTCH) as visit:
        opened = visit.page
        opened.get_by_role("link", name="English").click()
        until(opened, "document.documentElement.lang === 'en'")
        settle(opened)
        assert opened.title() == "Sessions · Kring"
        # The choice is kept when the next page is opened from the menu.
        opened.get_by_role("link", name="Data").click()
        until(opened, "document.title === 'Data · Kring'")
        assert opened.evaluate("document.documentElement.lang") == "en"


def test_the_footer_explains_the_words(chromium_browser: Browser, dashboard_url: str) -> None:
    with visiting(chromium_browser, dashboard_url, page("data"), Language.DUTCH) as visit:
        visit.page.get_by_role("button", name="Begrippen").click()
        dialog = visit.page.get_by_role("dialog")
        dialog.get_by_text("Peildatum").first.wait_for(timeout=PATIENCE)
        assert "Lid" in dialog.inner_text()
