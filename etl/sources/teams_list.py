"""The participant list of Microsoft Teams of 2020: who came and went, one row for each time.

The file as it arrives: UTF-16 with tabs, `Full Name, User Action, Timestamp`; actions `Joined before`,
`Joined` and `Left`. It was downloaded during the meeting, so there is no end: whoever did not leave was still
there, for how long is not known, and then the length of that person's stay is left open. There are no
addresses. In a language that Kring does not know the actions are told apart by their order: what never comes
first for anybody, and never twice in a row, is leaving.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from etl.cleaning.names import is_placeholder, normal_name
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, Feed
from etl.sources import teams_words
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.teams_report import Line, Meeting, Part, Passage, Stay, day_order, stays, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextTable
    from etl.schema.model import DateShape
    from etl.settings import Settings

format_id = "teams_list_2020"
reader_version = 1
feeds: tuple[Feed, ...] = (ATTENDANCE,)

COLUMNS = ("full_name", "title", "starts_at", "joined_at", "left_at")
HEADINGS = (
    ("full name", "user action", "timestamp"),
    ("volledige naam", "gebruikersactie", "tijdstempel"),
    ("vollständiger name", "benutzeraktion", "zeitstempel"),
    ("nome completo", "atividade", "carimbo de data/hora"),
    ("nome completo", "ação do usuário", "carimbo de data/hora"),
    ("nom complet", "action de l'utilisateur", "horodatage"),
    ("nombre completo", "acción del usuario", "marca de tiempo"),
)
JOINED = ("join", "deelgenomen", "toegetreden", "beigetreten", "ingressou", "entrou", "a rejoint", "se unió")
LEFT = ("left", "verlaten", "vertrokken", "verlassen", "hat ver", "saiu", "a quitté", "salió", "abandonó")
MOST_ACTIONS = 4
STAMP_SHARE = 0.9
WIDTH = 3
OPEN = "people whose leaving is not in the list, so that how long they stayed is not known: {}"


@dataclass(frozen=True)
class Action:
    """One row: somebody came, or went."""

    line: int
    name: str
    word: str
    written: str


def recognises(table: TextTable) -> bool:
    """The headings, or three columns of which the last holds moments and the middle one a few words."""
    if not table.rows:
        return False
    heading = tuple(normal_heading(cell) for cell in table.rows[0].cells if cell.strip())
    if has_headings(table):
        return True
    if len(heading) != WIDTH or teams_words.moment(heading[2]):
        return False
    actions, _ = _actions(table)
    timed = [action for action in actions if _has_clock(action.written)]
    words = {action.word for action in actions}
    return (
        len(timed) >= STAMP_SHARE * len(actions) > 0
        and 2 <= len(words) <= MOST_ACTIONS
        and _leaving(timed) is not None
    )


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """A stretch for each time that somebody came, to the next time that this person went."""
    actions, rejects = _actions(table)
    lines = tuple(Line(action.line, {"joined": action.written}) for action in actions)
    shape = day_order(format_id, name, Meeting(), (Part(lines),), settings, "Timestamp")
    if isinstance(shape, NeedsMapping):
        return shape
    leaving = _leaving(actions)
    if leaving is None and actions:
        raise InputError(name, "actions that cannot be told apart", "Joined and Left")
    moments, unread = _moments(actions, shape)
    timed = [action for action in actions if action.line in moments]
    found = _stays(timed, moments, leaving or frozenset())
    starts = min(moments.values(), default=None)
    title = title_of(name)
    rows: list[tuple[str | None, ...]] = [(who, title, starts, stay.joined, stay.left) for who, stay in found]
    open_people = sum(stay.left is None and not is_placeholder(who) for who, stay in found)
    return SourceResult(
        (FeedRows(ATTENDANCE, COLUMNS, [stay.line for _, stay in found], rows),),
        len(actions) + len(rejects),
        unidentified=len({action.name for action in timed if is_placeholder(action.name)}),
        rejects=(*rejects, *unread),
        warnings=(OPEN.format(open_people),) if open_people else (),
        headings=dict.fromkeys(("joined_at", "left_at", "Timestamp"), table.rows[0].cells[2]),
    )


def has_headings(table: TextTable) -> bool:
    """Whether the three headings are there in a language that Kring knows, in whatever order."""
    return bool(table.rows) and _order(table) is not None


def _order(table: TextTable) -> list[int] | None:
    """Where name, action and moment stand, by their headings."""
    heading = [normal_heading(cell) for cell in table.rows[0].cells]
    known = next((each for each in HEADINGS if sorted(each) == sorted(filter(None, heading))), None)
    return [heading.index(each) for each in known] if known else None


def _stays(
    actions: Sequence[Action], moments: dict[int, str], leaving: frozenset[str]
) -> list[tuple[str, Stay]]:
    """Everybody's stays with the name as written, in the order of the file."""
    people: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        people[normal_name(action.name) or action.name].append(action)
    names = {action.line: action.name for action in actions}
    found = [
        (names[stay.line], stay)
        for own in people.values()
        for stay in stays(Passage(one.line, moments[one.line], one.word in leaving) for one in own)
    ]
    return sorted(found, key=lambda each: each[1].line)


def _actions(table: TextTable) -> tuple[list[Action], list[Reject]]:
    actions: list[Action] = []
    rejects: list[Reject] = []
    order = _order(table) or list(range(WIDTH))
    for row in table.rows[1:]:
        cells = [cell.strip() for cell in row.cells]
        if len(cells) > max(order):
            cells = [*(cells[place] for place in order), *(c for n, c in enumerate(cells) if n not in order)]
        if not any(cells):
            continue
        if len([cell for cell in cells[WIDTH:] if cell]) or len(cells) < WIDTH:
            found = f"the row has {len(cells)} cells, the heading row has {WIDTH}"
            rejects.append(Reject(row.line, None, found))
        elif not cells[0]:
            rejects.append(Reject(row.line, "Full Name", "nobody is named"))
        else:
            actions.append(Action(row.line, cells[0], normal_heading(cells[1]), cells[2]))
    return actions, rejects


def _moments(actions: Sequence[Action], shape: DateShape) -> tuple[dict[int, str], list[Reject]]:
    moments: dict[int, str] = {}
    rejects: list[Reject] = []
    for action in actions:
        stamp = teams_words.moment(action.written)
        text = stamp.iso(shape) if stamp and stamp.clock else None
        if text is None:
            rejects.append(Reject(action.line, "Timestamp", "not a date and time"))
        else:
            moments[action.line] = text
    return moments, rejects


def _has_clock(written: str) -> bool:
    stamp = teams_words.moment(written)
    return stamp is not None and stamp.clock is not None


def _leaving(actions: Sequence[Action]) -> frozenset[str] | None:
    """The words that mean leaving; None when that cannot be told."""
    words = {action.word for action in actions}
    known = {word for word in words if word.startswith(LEFT)}
    if all(word.startswith(JOINED) for word in words - known):
        return frozenset(known)
    people: dict[str, list[str]] = defaultdict(list)
    for action in sorted(actions, key=_rough):
        people[action.name].append(action.word)
    firsts = {own[0] for own in people.values()}
    later = words - firsts
    twice = any(a in later and b in later for own in people.values() for a, b in pairwise(own))
    return frozenset(later) if later and not twice else None


def _rough(action: Action) -> tuple[datetime, int]:
    """A moment under any order that allows it: enough to sort the actions of one meeting."""
    stamp = teams_words.moment(action.written)
    possible = sorted(stamp.shapes, key=lambda shape: shape.value) if stamp else []
    return ((stamp.moment(possible[0]) if stamp and possible else None) or datetime.min, action.line)
