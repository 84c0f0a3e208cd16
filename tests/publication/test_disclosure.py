"""Threshold, rounding, what stays as it was published; and that nothing about a person has a place."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.disclosure import (
    DisclosureRule,
    ExactRow,
    keep_published,
    protect_rows,
    published_names,
    with_those_gone,
)
from etl.errors import PublicationError
from etl.schema.columns import PERSON_ID, count, personal, text
from etl.schema.public import (
    ATTENDANCE_QUARTER,
    MEMBERS_QUARTER,
    MEMBERS_WORKING_GROUP,
    PUBLIC_TABLES,
    CellState,
    Key,
    PublicCount,
    PublicFigures,
    PublicRow,
    PublicTable,
)

RULE = DisclosureRule()
MARCH, JUNE = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30))


def rows(*counts: tuple[tuple[date, date], int | None]) -> tuple[PublicRow, ...]:
    return protect_rows((ExactRow(keys, (), persons, True) for keys, persons in counts), RULE)


def published(*counts: tuple[tuple[date, date], int]) -> dict[tuple[Key, ...], PublicRow]:
    return {row.keys: row for row in rows(*counts)}


def shown(figures: PublicFigures) -> list[str]:
    return [row.count.written() for row in figures.rows]


@pytest.mark.parametrize(
    ("persons", "written"),
    [(0, "<10"), (1, "<10"), (9, "<10"), (10, "10"), (12, "10"), (13, "15"), (1217, "1215"), (1218, "1220")],
)
def test_threshold_and_rounding(persons: int, written: str) -> None:
    assert RULE.protect(persons).written() == written


def test_half_goes_up() -> None:
    assert DisclosureRule(10, 10).rounded(15) == 20
    assert DisclosureRule(10, 10).rounded(14) == 10


def test_nothing_to_count_and_not_known_are_no_zero() -> None:
    assert RULE.protect(None).state is CellState.UNKNOWN
    assert RULE.protect(0, applies=False).written() == "-"


@given(st.integers(0, 5000), st.integers(5, 50), st.integers(5, 50))
def test_a_count_shown_is_a_multiple_near_the_truth(persons: int, threshold: int, rounding: int) -> None:
    if rounding > threshold:
        with pytest.raises(PublicationError):
            DisclosureRule(threshold, rounding)
        return
    count_ = DisclosureRule(threshold, rounding).protect(persons)
    if persons < threshold:
        assert count_ == PublicCount(CellState.HIDDEN, threshold)
    else:
        assert count_.value is not None
        assert count_.value % rounding == 0
        assert abs(count_.value - persons) * 2 <= rounding


@pytest.mark.parametrize(("threshold", "rounding"), [(4, 4), (10, 4), (4, 5), (5, 10)])
def test_no_rule_is_finer_than_five(threshold: int, rounding: int) -> None:
    with pytest.raises(PublicationError, match="at least 5"):
        DisclosureRule(threshold, rounding)


def test_a_published_quarter_stays_and_a_new_one_comes() -> None:
    kept = keep_published(MEMBERS_QUARTER, rows((MARCH, 60), (JUNE, 80)), published((MARCH, 40)), RULE)
    assert shown(kept) == ["40", "80"]


def test_a_row_that_appears_late_in_a_published_quarter_waits_for_a_correction() -> None:
    late = rows((MARCH, 60), (JUNE, 80))
    assert shown(keep_published(MEMBERS_QUARTER, late, published((JUNE, 80)), RULE)) == ["80"]
    assert shown(keep_published(MEMBERS_QUARTER, late, published((JUNE, 80)), RULE, True)) == ["60", "80"]


def test_a_published_row_that_is_gone_stays() -> None:
    assert shown(keep_published(MEMBERS_QUARTER, (), published((MARCH, 40)), RULE)) == ["40"]


@pytest.mark.parametrize(
    ("was", "now", "written"),
    [
        (40, 45, "40"), (40, 49, "50"), (40, 29, "30"), (40, 33, "40"), (40, 3, "<10"),
        (15, 0, "<10"), (15, 9, "<10"), (15, 12, "15"),
        (10, 9, "10"), (10, 0, "10"),  # between these may stand one person, and how many must not show
    ],
)  # fmt: skip
def test_a_correction_counts_from_two_steps(was: int, now: int, written: str) -> None:
    corrected = keep_published(MEMBERS_QUARTER, rows((MARCH, now)), published((MARCH, was)), RULE, True)
    assert shown(corrected) == [written]


@pytest.mark.parametrize("threshold", [10, 15, 20])
def test_what_a_correction_hides_tells_nothing_but_that_it_is_hidden(threshold: int) -> None:
    rule = DisclosureRule(threshold, 5)
    for was in range(threshold, 60):
        before: dict[tuple[Key, ...], PublicRow] = {
            row.keys: row for row in protect_rows([ExactRow(MARCH, (), was, True)], rule)
        }
        seen = {
            keep_published(
                MEMBERS_QUARTER, protect_rows([ExactRow(MARCH, (), now, True)], rule), before, rule, True
            )
            .rows[0]
            .count
            for now in range(threshold)
        }
        assert len(seen) == 1, "whatever the hidden count is, the same is shown"


def test_what_is_gone_counts_nobody_or_nothing() -> None:
    kind = ("lezing", *MARCH)
    (nobody,) = with_those_gone(MEMBERS_WORKING_GROUP, [], [("Groep A", MARCH[1])], MARCH[1])
    (nothing,) = with_those_gone(ATTENDANCE_QUARTER, [], [kind], MARCH[1])
    assert nobody == ExactRow(("Groep A", MARCH[1]), (), 0, True)
    assert nothing == ExactRow(kind, (0,), None, False)
    assert with_those_gone(MEMBERS_QUARTER, [], [JUNE], MARCH[1]) == (), "of June nothing is known"


def test_two_ways_of_writing_a_group_become_the_larger_and_tell_nothing_of_the_hidden() -> None:
    def kept(correcting: bool, *counts: tuple[str, int]) -> list[tuple[str, str]]:
        before = {row.keys: row for row in protect_rows([group(*each) for each in counts], RULE)}
        fresh = protect_rows([group("GROEP A", 40)], RULE)
        figures = keep_published(MEMBERS_WORKING_GROUP, fresh, before, RULE, correcting)
        return [(row.label, row.count.written()) for row in figures.rows]

    assert kept(False, ("Groep A", 12), ("GROEP A", 17)) == [("GROEP A", "15")]
    assert kept(False, ("Groep A", 17), ("GROEP A", 4)) == [("Groep A", "15")]
    assert kept(True, ("Groep A", 12), ("GROEP A", 17)) == [("GROEP A", "40")]
    assert kept(True, ("Groep A", 4), ("GROEP A", 17)) == [("GROEP A", "15")], "40 less 15 would tell of 4"


def test_of_the_newest_only_what_was_published_of_earlier_quarters_can_be_corrected() -> None:
    before = {
        row.keys: row for row in protect_rows([group("Groep A", 12), group("Groep A", 40, JUNE[1])], RULE)
    }
    now = [group("Groep A", 31), group("Groep B", 50), group("Groep A", 41, JUNE[1])]
    corrected = keep_published(MEMBERS_WORKING_GROUP, protect_rows(now, RULE), before, RULE, True)
    assert [(row.label, row.period_end, row.count.written()) for row in corrected.rows] == [
        ("Groep A", MARCH[1], "30"), ("Groep A", JUNE[1], "40"),
    ]  # fmt: skip


def test_hidden_stays_hidden_also_in_a_correction() -> None:
    corrected = keep_published(MEMBERS_QUARTER, rows((MARCH, 400)), published((MARCH, 3)), RULE, True)
    assert shown(corrected) == ["<10"]


def group(name: str, persons: int = 12, day: date = MARCH[1]) -> ExactRow:
    return ExactRow((name, day), (), persons, True)


@pytest.mark.parametrize(
    ("before", "now", "name"),
    [
        (("Groep A",), "groep  a", "Groep A"),
        (("Groep A", "GROEP A"), "groep a", "GROEP A"),
        (("Groep A", "groep a"), "Groep A", "Groep A"),  # its own name before any other
        (("Groep A",), "Groep B", "Groep B"),
        ((), "groep a", "groep a"),
    ],
)
def test_a_group_keeps_the_name_it_was_published_with(before: tuple[str, ...], now: str, name: str) -> None:
    keys = [group(each).keys for each in before]
    (row,) = published_names(MEMBERS_WORKING_GROUP, [group(now)], keys)
    assert row == group(name)


def test_other_names_are_compared_as_they_are() -> None:
    row = ExactRow(("lezing", *MARCH), (2,), 12, True)
    assert published_names(ATTENDANCE_QUARTER, [row], [("Lezing", *MARCH)]) == (row,)


@pytest.mark.parametrize("column", [PERSON_ID, personal("full_name", "A name"), personal("email", "Mail")])
def test_a_table_with_a_column_about_persons_cannot_be_made(column: object) -> None:
    with pytest.raises(TypeError, match="never enters a publication"):
        PublicTable("bad", "one row", (column,), count("members", "Members", "persons"))  # type: ignore[arg-type]


def test_persons_are_counted_in_the_protected_column_only() -> None:
    keys = (text("kind", "Kind"),)
    with pytest.raises(TypeError, match="nowhere else"):
        PublicTable(
            "bad", "one row", keys, count("members", "Members", "persons"), (count("new", "New", "persons"),)
        )
    with pytest.raises(TypeError, match="nowhere else"):
        PublicTable("bad", "one row", keys, count("members", "Members"))


def test_tables_are_three_with_one_dimension_each() -> None:
    assert [table.name for table in PUBLIC_TABLES] == [
        "members_quarter", "attendance_quarter", "members_working_group",
    ]  # fmt: skip
    for table in PUBLIC_TABLES:
        dimensions = [column.name for column in table.keys if column.type.name == "TEXT"]
        assert len(dimensions) <= 1
        assert "period_end" in [column.name for column in table.keys]
