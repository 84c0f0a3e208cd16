"""What was published and is different now, with why, in the reader's language. Pure: imports no Streamlit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dashboard.attention import file_name
from dashboard.markdown import plain
from dashboard.tables import Cell, Column, Table
from dashboard.wording import Wording
from etl.schema.groups import plain_group

STANDS: Final = "stands"
NETWORK: Final = "growth"
GROUP: Final = "group_growth"


@dataclass(frozen=True)
class Why:
    """One cause. `about` is the name of a file, or a setting with what it was and became."""

    kind: str
    count: int
    first_on: date
    last_on: date
    about: str


@dataclass(frozen=True)
class Restated:
    """A published figure that is different now; None where it was, or is, not known."""

    question: str
    label: str
    on: date
    published_on: date
    shown: str
    published: int | None
    current: int | None
    causes: tuple[Why, ...]


def restated(records: Iterable[Mapping[str, object]]) -> tuple[Restated, ...]:
    """`restatements` that still stand, the newest period first."""
    found = [
        Restated(
            question=str(record["question"]),
            label=str(record["label"] or ""),
            on=_day(record["period_end"]),
            published_on=_day(record["published_on"]),
            shown=str(record["shown"] or ""),
            published=_count(record["published"]),
            current=_count(record["current"]),
            causes=tuple(_why(each) for each in json.loads(str(record["causes"]))),
        )
        for record in records
        if record["status"] == STANDS
    ]
    return tuple(sorted(found, key=lambda each: (-each.on.toordinal(), each.question, each.label)))


def of_members(rows: Sequence[Restated], group: str | None, since: date) -> tuple[Restated, ...]:
    """Those of the network, or of one working group, from a day on."""
    wanted = (GROUP, plain_group(group)) if group else (NETWORK, "")
    return tuple(
        each for each in rows if (each.question, plain_group(each.label)) == wanted and each.on >= since
    )


def members_note(rows: Sequence[Restated], words: Wording) -> str:
    """What changed of the newest figure and why, and how many older ones did; Markdown, empty when none."""
    if not rows:
        return ""
    newest = rows[0]
    parts = [
        words.t(
            "{day}: {published} members when it was published, {current} now. {causes}.",
            day=words.date(newest.on),
            published=counted(newest.published, words),
            current=counted(newest.current, words),
            causes=plain(causes(newest, words)),
        ),
        words.t("Everyone still sees {shown}, as published.", shown=plain(shown(newest, words))),
    ]
    if older := len(rows) - 1:
        parts.append(
            words.n("{count} earlier quarter changed too.", "{count} earlier quarters changed too.", older)
        )
    return " ".join(parts)


def restated_table(rows: Sequence[Restated], words: Wording) -> Table:
    """Every published figure that is different now."""
    columns = (
        Column("figure", words.t("Figure")),
        Column("as_of", words.t("Up to and including")),
        Column("shown", words.t("Everyone sees"), is_number=True, is_wide=True),
        Column("published", words.t("When published"), is_number=True),
        Column("current", words.t("Now"), is_number=True),
    )
    caption = words.t("What changed after it was published")
    return Table(caption, columns, tuple(_row(each, words) for each in rows))


def causes(row: Restated, words: Wording) -> str:
    """Why, as part of a sentence that begins with a capital."""
    told = "; ".join(_in_words(each, words) for each in row.causes)
    return told[:1].upper() + told[1:]


def counted(value: int | None, words: Wording) -> str:
    """An exact figure."""
    return words.t("unknown") if value is None else words.number(value)


def shown(row: Restated, words: Wording) -> str:
    """The figure that everyone sees."""
    return words.number(int(row.shown)) if row.shown.isdigit() else row.shown or words.t("unknown")


def _row(row: Restated, words: Wording) -> tuple[Cell, ...]:
    name = {NETWORK: words.t("Members of the network"), GROUP: words.t("Members")}.get(
        row.question, words.t("Participants")
    )
    named = name if row.question == NETWORK else f"{name}: {row.label or words.t('Other')}"
    return (
        Cell(named, named, under=causes(row, words)),
        Cell(row.on, words.dated(row.on)),
        Cell(row.shown, shown(row, words)),
        Cell(row.published, counted(row.published, words)),
        Cell(row.current, counted(row.current, words), is_strong=True),
    )


def _in_words(why: Why, words: Wording) -> str:
    when = words.t("on {day}", day=words.date(why.first_on))
    if why.first_on != why.last_on:
        when = words.t(
            "from {first} up to and including {last}",
            first=words.date(why.first_on),
            last=words.date(why.last_on),
        )
    if why.kind == "file":
        return words.t("a late file, {file}, received {when}", file=file_name(why.about), when=when)
    if why.kind == "setting":
        name, before, after = why.about.split("|")
        return words.t(
            "the setting {name} went from {before} to {after}", name=name, before=before, after=after
        )
    if why.kind == "kring":
        before, after = why.about.split("|")
        return words.t("Kring went from version {before} to {after}", before=before, after=after)
    return _counted_cause(why, when, words)


def _counted_cause(why: Why, when: str, words: Wording) -> str:
    counts = {
        "merged": words.n(
            "{count} duplicate merged {when}", "{count} duplicates merged {when}", why.count, when=when
        ),
        "split": words.n(
            "{count} person split in two {when}", "{count} people split in two {when}", why.count, when=when
        ),
        "merge_undone": words.n(
            "{count} merge taken back {when}", "{count} merges taken back {when}", why.count, when=when
        ),
        "split_undone": words.n(
            "{count} split taken back {when}", "{count} splits taken back {when}", why.count, when=when
        ),
        "erased": words.n(
            "{count} person erased on request {when}",
            "{count} people erased on request {when}",
            why.count,
            when=when,
        ),
        "files": words.n(
            "{count} file received {when}", "{count} files received {when}", why.count, when=when
        ),
        "file_gone": words.n("{count} file no longer counts", "{count} files no longer count", why.count),
        "read_anew": words.n(
            "{count} file was read differently", "{count} files were read differently", why.count
        ),
    }
    return counts.get(why.kind) or words.t("no cause was found")


def _why(found: Mapping[str, object]) -> Why:
    return Why(
        str(found["kind"]),
        _count(found["count"]) or 0,
        _day(found["first_on"]),
        _day(found["last_on"]),
        str(found["about"]),
    )


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, int) else None
