"""The agenda: every session of the network, the leernetwerk included, and the milestones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from etl.demo.chance import constants


@dataclass(frozen=True)
class Session:
    """One meeting as the agenda knows it, in local time. `wanted` is the number of registrations it draws."""

    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    series: str
    group: str
    kind: str
    mode: str
    place: str
    audience: str = ""
    theme: str = ""
    headcount: str = ""
    wanted: int = 0
    attendance: str = "none"


@dataclass(frozen=True)
class Milestone:
    """A moment worth marking, or a target."""

    happened_on: date
    kind: str
    title: str
    code: str
    metric: str
    value: str
    owner: str


def network_sessions() -> tuple[Session, ...]:
    """The sessions of the network, oldest first."""
    agenda = constants("calendar.toml")
    series = cast("dict[str, list[str]]", agenda["series"])
    years = cast("dict[str, list[list[object]]]", agenda["sessions"])
    found: list[Session] = []
    for year, rows in years.items():
        for number, row in enumerate(rows, 1):
            day, clock, minutes, name, title, wanted, headcount, attendance = row[:8]
            group, kind, mode, place = series[str(name)]
            starts_at = datetime.fromisoformat(f"{day}T{clock}")
            found.append(
                Session(
                    f"LC-{year}-{number:02d}",
                    str(title),
                    starts_at,
                    starts_at + timedelta(minutes=cast("int", minutes)),
                    str(name),
                    group,
                    kind,
                    mode,
                    place,
                    audience=str(row[8]) if len(row) > 8 else "",
                    headcount=str(headcount),
                    wanted=cast("int", wanted),
                    attendance=str(attendance),
                )
            )
    return tuple(found)


def milestones(sessions: tuple[Session, ...]) -> tuple[Milestone, ...]:
    """The milestones; those of a session carry its code."""
    codes = {session.starts_at.date().isoformat(): session.code for session in sessions}
    rows = cast("dict[str, list[list[str]]]", constants("calendar.toml")["milestones"])["rows"]
    return tuple(
        Milestone(date.fromisoformat(day), kind, title, codes[of] if of else "", metric, value, owner)
        for day, kind, title, of, metric, value, owner in rows
    )
