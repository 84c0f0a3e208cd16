"""The sentence is true of the numbers, and plain where there is no finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard import facts, headlines
from dashboard.facts import Balance, GroupLine, GroupPoint, Period, Session
from dashboard.navigation import Language
from dashboard.wording import Wording

NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)


def months(
    gains: list[int], start: int = 100, first: date = date(2025, 11, 1), open_last: bool = True
) -> tuple[Period, ...]:
    made: list[Period] = []
    closing, day = start, first
    for index, gain in enumerate(gains):
        end = facts.months_back(day, -1) - timedelta(days=1)
        is_open = open_last and index == len(gains) - 1
        made.append(Period(day, end, is_open, closing, max(gain, 0), 0, max(-gain, 0), 0, closing + gain))
        closing, day = closing + gain, end + timedelta(days=1)
    return tuple(made)


def session(number: int, **known: object) -> Session:
    base: dict[str, object] = {
        "session_id": str(number), "title": f"Sessie {number}", "held_on": date(2026, 10, 1),
        "registered": 20, "attended": 14, "total": 14, "show_up_rate": 0.7,
        "first_timers": 4, "returning": 10,
    }  # fmt: skip
    return facts.sessions([base | known], date(2026, 11, 21))[0]


def line(name: str, before: int, now: int) -> GroupLine:
    ends = [facts.months_back(date(2026, 11, 1), back) - timedelta(days=1) for back in range(12, 0, -1)]
    points = [GroupPoint(end, False, before) for end in ends]
    return GroupLine(name, (*points, GroupPoint(date(2026, 10, 31), False, now)), ends[0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (167, "167 meer dan een jaar geleden"),
        (-3, "3 minder dan een jaar geleden"),
        (0, "evenveel als een jaar geleden"),
    ],
)
def test_members_against_a_year_before(change: int, said: str) -> None:
    rows = months([0, change, *([0] * 11), 50], start=1117)
    assert headlines.members(rows, NL) == f"Het netwerk telt {NL.number(1117 + change)} leden, {said}"


def test_young_network_is_not_compared() -> None:
    assert headlines.members(months([5, 5, 1]), NL) == "Het netwerk telt 110 leden"
    assert headlines.members((), NL) == "Leden in de tijd"


def test_open_month_never_counts() -> None:
    assert "110" in headlines.members(months([5, 5, 900]), NL)


@pytest.mark.parametrize(
    ("new", "ended", "said"),
    [
        (252, 85, "Er kwamen 252 leden bij en er vertrokken 85"),
        (1, 3, "Er kwam 1 lid bij en er vertrokken 3"),
        (9, 0, "Er kwamen 9 leden bij en er vertrok niemand"),
        (0, 1, "Er kwam niemand bij en er vertrok 1 lid"),
        (0, 0, "Leden die kwamen en gingen"),
    ],
)
def test_came_and_went(new: int, ended: int, said: str) -> None:
    total = Balance(date(2025, 11, 1), date(2026, 10, 31), 100, new, 0, ended, 0, 100 + new - ended)
    assert total.closes
    assert headlines.came_and_went(total, NL) == said


def test_peak_months_only_when_they_stand_out() -> None:
    flat = months([20, 21, 19, 20, 22, 20, 21, 20, 19, 20, 21, 20, 3])
    assert headlines.peak(flat, NL) == "Nieuwe, teruggekeerde en vertrokken leden"
    high = months([20, 10, 25, 18, 22, 18, 16, 20, 7, 12, 35, 33, 21])
    assert headlines.peak(high, NL) == "September en oktober waren topmaanden"
    apart = months([20, 35, 25, 18, 22, 18, 16, 20, 7, 12, 12, 34, 21])
    assert headlines.peak(apart, NL) == "Nieuwe, teruggekeerde en vertrokken leden"
    one = months([20, 10, 25, 18, 22, 18, 16, 20, 7, 12, 60, 20, 90])
    assert headlines.peak(one, EN) == "September was the peak month"
    *before, september, october, last = one
    filled = (*before, replace(september, imported=45), october, last)
    assert headlines.peak(filled, EN) == "January was the peak month", "a list filled at once is no growth"


def test_groups_say_who_grows_and_who_stands_still() -> None:
    lines = (line("Vlaanderen", 53, 143), line("Kennisbasis", 408, 486), line("Leernetwerk mbo", 226, 231))
    assert headlines.groups(lines, NL) == "Vlaanderen groeit het hardst, Leernetwerk mbo staat vrijwel stil"
    shrinking = (line("A", 50, 90), line("B", 90, 60))
    assert headlines.groups(shrinking, NL) == "A groeit het hardst, B krimpt"
    growing = (line("A", 50, 90), line("B", 50, 70))
    assert headlines.groups(growing, NL) == "Alle groepen groeien, A het hardst"


def test_groups_without_a_clear_first_are_not_ranked() -> None:
    neutral = "Leden per werkgroep"
    assert headlines.groups((line("A", 50, 70), line("B", 50, 70)), NL) == neutral
    assert headlines.groups((line("A", 50, 40), line("B", 50, 30)), NL) == neutral
    assert headlines.groups((line("A", 500, 501), line("B", 50, 50)), NL) == neutral
    assert headlines.groups((line("A", 50, 90),), NL) == neutral


def test_show_up_takes_sessions_together_not_their_mean() -> None:
    rows = [
        session(1, registered=90, show_up_rate=0.5),
        session(2, registered=10, show_up_rate=1.0),
        session(3, registered=0),
    ]
    assert facts.show_up(rows).share == pytest.approx(0.55)
    three = [session(number) for number in range(3)]
    assert headlines.show_up_of(three, NL) == "Van wie zich aanmeldt, komt zeven op de tien"
    assert headlines.show_up_of(rows[:2], NL) == "Opkomst per bijeenkomst"


def test_no_percentage_on_fewer_than_ten() -> None:
    few = [
        session(number, registered=3, show_up_rate=1 / 3, first_timers=1, returning=1) for number in range(3)
    ]
    assert headlines.show_up_of(few, NL) == "Opkomst per bijeenkomst"
    assert headlines.first_time(few, NL) == "Voor het eerst aanwezig, per bijeenkomst"


def test_recent_sessions_names_the_months_it_counts() -> None:
    as_of = date(2026, 11, 21)
    rows = [
        session(1, held_on=date(2026, 9, 3), show_up_rate=0.5),
        session(2, held_on=date(2026, 10, 30), show_up_rate=0.5),
        session(3, held_on=date(2026, 11, 5), show_up_rate=1.0),
    ]
    assert (
        headlines.recent_sessions(rows, as_of, NL)
        == "Van wie zich aanmeldde, kwam de helft in september en oktober"
    )
    assert headlines.recent_sessions(rows[2:], as_of, NL) == "Recente bijeenkomsten"


def test_first_timers_leave_out_who_is_not_known_by_name() -> None:
    rows = [
        session(1, first_timers=7, returning=24),
        session(2, first_timers=None, returning=None, total=500),
    ]
    assert facts.first_timers(rows).share == pytest.approx(7 / 31)
    assert headlines.first_time(rows, NL) == "Van de deelnemers was bijna een kwart er voor het eerst"
    assert (
        headlines.first_time([session(1, first_timers=0, returning=31)], NL)
        == "Niemand was er voor het eerst"
    )
    assert (
        headlines.first_time([session(1, first_timers=24, returning=0)], NL)
        == "Alle deelnemers waren er voor het eerst"
    )


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "Goedemorgen. Niets vraagt uw aandacht."),
        (1, "Goedemorgen. Eén zaak vraagt uw aandacht."),
        (4, "Goedemorgen. Vier zaken vragen uw aandacht."),
        (13, "Goedemorgen. 13 zaken vragen uw aandacht."),
    ],
)
def test_things_to_do(count: int, said: str) -> None:
    assert headlines.things_to_do(count, headlines.greeting(9, NL), NL) == said
