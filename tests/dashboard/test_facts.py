"""The arithmetic of the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard import attention, facts, kpi
from dashboard.charts.grammar import Style
from dashboard.freshness import Freshness, State, coverage, state_word, updated
from dashboard.markdown import plain
from dashboard.navigation import Language
from dashboard.panels import session_panel
from dashboard.tokens import LIGHT
from dashboard.wording import Wording
from tests.dashboard.test_headlines import months, session

NL = Wording(Language.DUTCH)
AS_OF = date(2026, 11, 21)


def test_balance_always_closes() -> None:
    rows = months([20, -5, 12, 3])
    total = facts.balance(rows)
    assert total is not None
    assert (total.opening, total.closing, total.corrections, total.closes) == (100, 127, 0, True)
    first, second, *rest = rows
    gap = facts.balance((first, facts.Period(**{**vars(second), "closing": second.closing + 4}), *rest[:0]))
    assert gap is not None
    assert (gap.corrections, gap.closes) == (4, True)


def test_balance_of_nothing_complete() -> None:
    assert facts.balance(months([3])) is None


def test_a_group_that_did_not_exist_a_year_ago_had_no_members() -> None:
    known = [
        {
            "working_group": "Oud",
            "period_end": facts.months_back(AS_OF, back) - timedelta(days=1),
            "closing": 50,
        }
        for back in range(20)
    ]
    young = [{**row, "working_group": "Jong", "closing": 54} for row in known[:5]]
    lines = facts.group_lines([*known, *young])
    assert [(line.name, line.change) for line in lines] == [("Jong", 54), ("Oud", 0)]
    short = facts.group_lines(known[:5])
    assert short[0].change == 0


def test_latest_keeps_the_open_period() -> None:
    rows = months([1, 2, 3, 4])
    assert [row.new for row in facts.latest(rows, 2)] == [2, 3, 4]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 11, 21), date(2026, 10, 31)),
        (date(2026, 10, 31), date(2026, 10, 31)),
        (date(2026, 1, 1), date(2025, 12, 31)),
    ],
)
def test_last_complete_month(day: date, last: date) -> None:
    assert facts.last_complete_month(day) == last


def test_year_of_the_cards_is_twelve_whole_months() -> None:
    assert kpi.year_before(AS_OF) == (date(2025, 11, 1), date(2026, 10, 31))
    assert kpi.year_before(AS_OF, 2) == (date(2024, 11, 1), date(2025, 10, 31))
    months_ = kpi.months_of_year(AS_OF)
    assert len(months_) == 13
    assert months_[-1] == (date(2026, 11, 1), AS_OF, True)
    assert len(kpi.months_of_year(date(2026, 10, 31))) == 12


def test_session_counts_of_both_years_do_not_overlap() -> None:
    held = [
        session(1, held_on=date(2025, 10, 31)),
        session(2, held_on=date(2025, 11, 1)),
        session(3, held_on=AS_OF),
    ]
    card = kpi.sessions_card(held, AS_OF, NL)
    assert (card.value, card.strong) == ("1", "0")
    assert [point.value for point in card.trend if point.is_open] == [1]


def test_show_up_card_says_counts_when_few() -> None:
    card = kpi.show_up_card([session(1, registered=7, show_up_rate=3 / 7)], AS_OF, NL)
    assert card.value == "3 van 7"
    assert kpi.show_up_card([], AS_OF, NL).value == "onbekend"


def test_estimate_only_where_the_headcount_is_what_counts() -> None:
    assert session(1, total=120, attended=None, headcount_is_approximate=True).is_approximate
    assert not session(1, total=14, attended=14, headcount_is_approximate=True).is_approximate


def test_unknown_is_not_zero() -> None:
    unknown = session(1, attended=None, total=None, show_up_rate=None, first_timers=None, returning=None)
    panel = dict(session_panel(unknown, Style(LIGHT, NL)).figures)
    assert panel["Aanwezig"] == panel["Opkomst"] == panel["Eerste keer"] == "onbekend"
    assert facts.with_attendance([unknown, session(2)]) == 1
    assert coverage(1, 2, NL) == "aanwezigheid bekend voor 1 van 2 bijeenkomsten"
    assert coverage(2, 2, NL) == ""


def test_sessions_to_come_are_left_out() -> None:
    rows = [{"session_id": "1", "title": "x", "held_on": AS_OF + timedelta(days=1)}]
    assert facts.sessions(rows, AS_OF) == ()


@pytest.mark.parametrize("kind", list(facts.AttentionKind))
def test_every_kind_of_attention_has_a_sentence_with_and_without_a_day(kind: facts.AttentionKind) -> None:
    for day in (None, date(2026, 10, 2)):
        for value in (None, 14):
            item = facts.AttentionItem(kind, "een *naam*", value, day)
            task = attention.task(item, AS_OF, NL)
            about_texts = kind is facts.AttentionKind.UNPLACED_TEXTS  # they have no name, only a number
            assert about_texts or "een \\*naam\\*" in task.sentence
            assert task.action
            assert "None" not in task.sentence


def test_attention_reads_the_answer() -> None:
    rows: list[facts.Record] = [
        {"kind": "refused_rows", "subject": "x.csv", "value": 4.0, "happened_on": AS_OF},
        {"kind": "later"},
    ]
    (item,) = facts.attention(rows)
    assert attention.task(item, AS_OF, NL).sentence == "**4 rijen** van x.csv zijn afgewezen."


def test_state_line() -> None:
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    state = State(now - timedelta(hours=3), AS_OF, now)
    assert (state.freshness, state_word(state, NL), updated(state, NL)) == (
        Freshness.CURRENT, "Actueel", "bijgewerkt vandaag, 06.00 uur",
    )  # fmt: skip
    old = State(now - timedelta(days=3), AS_OF, now)
    assert (old.freshness, state_word(old, NL)) == (Freshness.STALE, "Verouderd: 3 dagen")
    failed = State(now, AS_OF, now, last_run_failed=True)
    assert state_word(failed, NL) == "Laatste run mislukt"


def test_markdown_shows_what_people_wrote() -> None:
    assert plain("a *b* [c](d) $x$ :red[e]\nf") == r"a \*b\* \[c\]\(d\) \$x\$ \:red\[e\] f"
