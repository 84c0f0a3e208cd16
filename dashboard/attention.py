"""What asks for attention, as one sentence and one action each. Pure: imports no Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.facts import AttentionItem, AttentionKind
from dashboard.harvest import UNPLACED
from dashboard.markdown import plain
from dashboard.wording import Wording
from etl.errors import shown

MOST = 4


@dataclass(frozen=True)
class Task:
    """`sentence` is Markdown; `page` is the key of the page where it is done."""

    icon: str
    sentence: str
    action: str
    page: str
    parameters: tuple[tuple[str, str], ...] = ()


def task(item: AttentionItem, as_of: date, words: Wording) -> Task:
    """The sentence and the action of one item."""
    return _TASKS[item.kind](item, as_of, words)


def file_name(path: str) -> str:
    """The name of a file without the folders it was received in."""
    return shown(path.rsplit("/", 1)[-1])


def _missing(item: AttentionItem, as_of: date, words: Wording) -> Task:
    name = plain(item.subject)
    if item.on is None:
        text = words.t("There is no attendance list of **{session}** yet.", session=name)
    else:
        text = words.t(
            "There is no attendance list of **{session}** ({day}) yet.",
            session=name,
            day=words.short_date(item.on, as_of),
        )
    return Task(":orange[:material/schedule:]", text, words.t("Add a file"), "data")


def _refused(item: AttentionItem, as_of: date, words: Wording) -> Task:
    if not item.value:
        text = words.t("**{file}** could not be read.", file=plain(file_name(item.subject)))
        return Task(":orange[:material/error:]", text, words.t("See the file"), "data")
    text = words.n(
        "**{count} row** of {source} was refused.",
        "**{count} rows** of {source} were refused.",
        item.value or 0,
        source=plain(file_name(item.subject)),
    )
    return Task(":orange[:material/error:]", text, words.t("See the rows"), "data")


def _mapping(item: AttentionItem, as_of: date, words: Wording) -> Task:
    text = words.t("Kring cannot read **{file}** without your answer.", file=plain(file_name(item.subject)))
    return Task(":orange[:material/help:]", text, words.t("See the file"), "data")


def _held(item: AttentionItem, as_of: date, words: Wording) -> Task:
    text = words.t("**{file}** waits for you: it may be damaged.", file=plain(file_name(item.subject)))
    return Task(":orange[:material/pending_actions:]", text, words.t("See the file"), "data")


def _failed(item: AttentionItem, as_of: date, words: Wording) -> Task:
    name = plain(item.subject)
    if item.on is None:
        text = words.t("**{source}** could not be collected; nothing of it has come in yet.", source=name)
    else:
        day = words.date(item.on)
        text = words.t("**{source}** could not be collected; its data are of {day}.", source=name, day=day)
    return Task(":orange[:material/sync_problem:]", text, words.t("See the source"), "data")


def _quiet(item: AttentionItem, as_of: date, words: Wording) -> Task:
    name = plain(item.subject)
    if item.on is None:
        text = words.t("**{group}** has not met yet.", group=name)
    else:
        text = words.t(
            "**{group}** has not met since {month}.", group=name, month=_month(item.on, as_of, words)
        )
    return Task(
        ":blue[:material/trending_flat:]",
        text,
        words.t("See the group"),
        "growth",
        (("group", item.subject),),
    )


def _stale(item: AttentionItem, as_of: date, words: Wording) -> Task:
    name = plain(item.subject)
    if item.on is None:
        text = words.t("**{source}** has had no new file for a while.", source=name)
    else:
        text = words.t("**{source}** has had no new file since {day}.", source=name, day=words.date(item.on))
    return Task(":orange[:material/update:]", text, words.t("Add a file"), "data")


def _unplaced(item: AttentionItem, as_of: date, words: Wording) -> Task:
    text = words.n(
        "**{count} question** fits no theme yet.",
        "**{count} questions** fit no theme yet.",
        item.value or 0,
    )
    see = words.t("See the questions")
    return Task(":blue[:material/forum:]", text, see, "themes", (("period", "all"), ("theme", UNPLACED)))


def review_task(waiting: int, words: Wording) -> Task:
    """Pairs of people or organisations that wait for a judgement."""
    text = words.n(
        "**{count} pair** may be a duplicate and waits for your judgement.",
        "**{count} pairs** may be duplicates and wait for your judgement.",
        waiting,
    )
    return Task(":blue[:material/rule:]", text, words.t("Review them"), "review")


def _month(day: date, as_of: date, words: Wording) -> str:
    return words.month(day) if (as_of - day).days < 300 else words.month_and_year(day)


_TASKS = {
    AttentionKind.MISSING_ATTENDANCE: _missing,
    AttentionKind.REFUSED_ROWS: _refused,
    AttentionKind.NEEDS_MAPPING: _mapping,
    AttentionKind.HELD_FILE: _held,
    AttentionKind.FAILED_CONNECTION: _failed,
    AttentionKind.QUIET_GROUP: _quiet,
    AttentionKind.STALE_SOURCE: _stale,
    AttentionKind.UNPLACED_TEXTS: _unplaced,
}
