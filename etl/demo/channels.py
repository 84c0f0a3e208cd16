"""How large the LinkedIn group and Page were: counts that somebody noted, and the Page's own export."""

from __future__ import annotations

from datetime import date, timedelta

from etl.demo.chance import stream
from etl.demo.members import AS_OF

COUNT_HEADING = ("Datum", "Leden LinkedIn-groep", "Volgers LinkedIn-pagina", "Opmerking")
FOLLOWER_HEADING = (
    "Date", "Sponsored followers", "Organic followers", "Auto-invited followers", "Total followers",
)  # fmt: skip
GROUP_SINCE, PAGE_SINCE = date(2021, 7, 5), date(2022, 10, 3)
GROUP_START, GROUP_NOW = 38, 642
PAGE_START, PAGE_NOW = 85, 1187
FORGOTTEN = (date(2022, 8, 1), date(2024, 1, 1), date(2025, 7, 1))
EXPORT_DAYS = 365


def count_rows() -> list[tuple[date, int, int | None, str]]:
    """The first working days of months on which somebody looked: group, page, remark."""
    chance = stream("linkedin counts")
    rows: list[tuple[date, int, int | None, str]] = []
    group = page = 0
    month = GROUP_SINCE.replace(day=1)
    while month <= AS_OF:
        if month not in FORGOTTEN:
            day = max(GROUP_SINCE, month + timedelta(days=chance.randint(0, 6)))
            group = max(group, _grown(GROUP_START, GROUP_NOW, GROUP_SINCE, day) - chance.randint(0, 12))
            page = max(page, _grown(PAGE_START, PAGE_NOW, PAGE_SINCE, day) - chance.randint(0, 30))
            remark = "groep geopend" if not rows else ""
            rows.append((day, group, page if day >= PAGE_SINCE else None, remark))
        month = (month + timedelta(days=32)).replace(day=1)
    rows.append((AS_OF - timedelta(days=1), GROUP_NOW, PAGE_NOW, ""))
    return rows


def follower_rows() -> list[tuple[str, int, int, int, int]]:
    """The gains of each day of the last year, as LinkedIn exports them; a correction is negative."""
    chance = stream("linkedin followers")
    rows = []
    for back in range(EXPORT_DAYS, 0, -1):
        day = AS_OF - timedelta(days=back)
        organic = chance.choices((0, 1, 2, 3), (45, 35, 15, 5))[0] if day.weekday() < 5 else 0
        if chance.random() < 0.01:
            organic = -1
        invited = 1 if chance.random() < 0.05 else 0
        rows.append((f"{day.month:02d}/{day.day:02d}/{day.year}", 0, organic, invited, organic + invited))
    return rows


def _grown(start: int, now: int, since: date, day: date) -> int:
    """In a straight line, and a bit bent: faster in the first years."""
    passed = max(0.0, (day - since).days / (AS_OF - timedelta(days=1) - since).days)
    return start + round((now - start) * float(passed**0.85))
