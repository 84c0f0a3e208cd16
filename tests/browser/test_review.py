"""The queue of the page Review, worked through with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.navigation import Language, page
from etl import warehouse
from etl.decisions import DecisionKind, Decisions, PersonDecision
from etl.home import Home
from flows.review import Pair, waiting
from tests.browser.conftest import make_demo, serving
from tests.browser.test_pages import violations
from tests.browser.visits import PATIENCE, settle, visiting

pytestmark = pytest.mark.browser

UPDATED = 120_000
MOST_TABS = 60


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A demo network of its own: people are joined in it."""
    home = Home(tmp_path_factory.mktemp("review") / "home")
    make_demo(home)
    return home


@pytest.fixture(scope="module")
def review_url(own_demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(own_demo, tmp_path_factory.mktemp("elsewhere-review")) as url:
        yield url


def people(home: Home) -> int:
    answer = warehouse.ReleaseReader(home).ask("person_keys")
    return len({str(row["person_id"]) for row in answer.records()})


def taken(home: Home) -> list[PersonDecision]:
    with Decisions(home) as decisions:
        return list(decisions.person_decisions(include_undone=True))


def press(opened: Page, key: str, said: str) -> None:
    """One key, and what the page says and a screen reader hears of it."""
    opened.keyboard.press(key)
    expect(opened.locator(".kring-said")).to_have_text(said, timeout=PATIENCE)
    expect(opened.locator("div[role=status].kring-hidden")).to_contain_text(said, timeout=PATIENCE)
    settle(opened)


def focused(opened: Page) -> str:
    """The words of what has the keyboard; none when nothing on the page has it."""
    words = "document.activeElement === document.body ? '' : document.activeElement.innerText"
    return str(opened.evaluate(words)).strip()


def tab_to(opened: Page, words: str) -> None:
    """Tab until the focus is on something with these words."""
    for _ in range(MOST_TABS):
        opened.keyboard.press("Tab")
        if words in focused(opened):
            return
    raise AssertionError(f"{words} cannot be reached with Tab")


def shown(opened: Page) -> str:
    return opened.locator(".kring-compare").inner_text()


def names_stand_there(opened: Page, pair: Pair) -> None:
    for name in (pair.name_a, pair.name_b):
        assert name and name in shown(opened)


def test_a_queue_is_worked_through_with_the_keyboard_alone(
    chromium_browser: Browser, review_url: str, own_demo: Home
) -> None:
    queue = waiting(own_demo)
    before = people(own_demo)
    with visiting(chromium_browser, review_url, page("review"), Language.DUTCH) as visit:
        opened = visit.page
        names_stand_there(opened, queue[0])
        press(opened, "z", "Bewaard: zelfde persoon.")
        names_stand_there(opened, queue[1])
        press(opened, "v", "Bewaard: verschillende personen.")
        names_stand_there(opened, queue[2])
        press(opened, "t", "Besluit 2 is teruggenomen.")
        names_stand_there(opened, queue[1])
        press(opened, "l", "Bewaard: later.")
        names_stand_there(opened, queue[2])
        tab_to(opened, "Zelfde persoon")
        opened.keyboard.press("Enter")
        expect(opened.get_by_role("link", name=f"Beoordelen ({len(queue) + 1})")).to_be_visible(
            timeout=PATIENCE
        )
        settle(opened)
        names_stand_there(opened, queue[3])
        assert "Zelfde persoon" in focused(opened), "the keyboard stays where it was"
        kept = [
            (each.kind, frozenset((each.handle_a, each.handle_b)), each.undone_at) for each in taken(own_demo)
        ]
        assert [each.decided_by for each in taken(own_demo)] == ["coordinator"] * 4
        pairs = [frozenset((each.person_a, each.person_b)) for each in queue]
        assert [(kind, both) for kind, both, _ in kept] == [
            (DecisionKind.SAME, pairs[0]),
            (DecisionKind.DIFFERENT, pairs[1]),
            (DecisionKind.LATER, pairs[1]),
            (DecisionKind.SAME, pairs[2]),
        ]
        assert [undone is not None for _, _, undone in kept] == [False, True, False, False]
        assert people(own_demo) == before, "the figures follow at the next refresh"
        tab_to(opened, "Cijfers nu bijwerken")
        opened.keyboard.press("Enter")
        opened.get_by_text("Geen besluit wacht nog op verwerking.").wait_for(timeout=UPDATED)
        settle(opened)
        assert people(own_demo) == before - 2
        assert opened.get_by_text("4 besluiten tot nu toe").count() == 1
        tab_to(opened, "Nr. 4 terugnemen")
        opened.keyboard.press("Enter")
        expect(opened.locator(".kring-said")).to_have_text("Besluit 4 is teruggenomen.", timeout=PATIENCE)
        settle(opened)
        assert focused(opened) == "Besluit 4 is teruggenomen.", (
            "its button is gone: the keyboard is at the words"
        )
        assert taken(own_demo)[3].undone_at is not None
        assert visit.complaints == []
        assert visit.outside == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 390)])
def test_axe_finds_nothing_with_history_and_among_organisations(
    language: Language, scheme: str, width: int, chromium_browser: Browser, review_url: str
) -> None:
    with visiting(
        chromium_browser, review_url, page("review"), language, scheme=scheme, width=width
    ) as visit:
        opened = visit.page
        assert violations(opened) == []
        other = {"nl": "Organisaties", "en": "Organisations"}[language.value]
        opened.get_by_role("radio", name=other).click()
        question = {"nl": "één organisatie met twee namen", "en": "one organisation under two names"}
        opened.get_by_role("heading", name=question[language.value]).wait_for(timeout=PATIENCE)
        settle(opened)
        assert violations(opened) == []
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
