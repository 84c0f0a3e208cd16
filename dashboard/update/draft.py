"""The sentences of an update, in Dutch or English, each figure with the number of its source. Pure.

A sentence says what was counted and never why. Both languages are written from the same facts, so they hold
the same numbers. For a text that everybody may read, a small count of people is put in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from dashboard.navigation import Language
from dashboard.update.facts import Caution, Fact, Facts, What, Window
from dashboard.wording import Wording, sentence

MOST_LISTED_MONTHS = 3
_OPENS, _CLOSES = "\ue000", "\ue001"  # around a fact's key while a sentence goes through the catalogue
_MARK = re.compile(f"{_OPENS}([a-z_0-9]+)(:name|:day)?{_CLOSES}")


class Reader(Enum):
    """Who will read the text; the value is the code in the address."""

    EVERYONE = "everyone"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence: words; or a figure or a name, with its fact and the number of its source."""

    text: str
    fact: Fact | None = None
    number: int = 0
    is_figure: bool = False


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the figures it is made of."""

    key: str
    pieces: tuple[Piece, ...]
    facts: tuple[Fact, ...]

    @property
    def text(self) -> str:
        """The sentence as it is read, without the numbers of sources."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Section:
    """A heading and its sentences."""

    key: str
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class SourceLine:
    """A numbered source: what the figure counts and how it is written in the text."""

    number: int
    fact: Fact
    label: str
    value: str


@dataclass(frozen=True)
class Draft:
    """An update in one language."""

    title: str
    period: str
    sections: tuple[Section, ...]
    left_out: tuple[Sentence, ...]
    sources: tuple[SourceLine, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences that are in the text."""
        return tuple(each for section in self.sections for each in section.sentences)


def value_text(fact: Fact, reader: Reader, words: Wording) -> str:
    """The figure as it is written."""
    if fact.is_share:
        return words.share(fact.value, fact.is_estimate)
    if fact.is_small and reader is Reader.EVERYONE:
        return words.t("fewer than ten")
    return words.counted(abs(round(fact.value)), fact.is_estimate)


def name_of(fact: Fact, words: Wording) -> str:
    """The name of what the figure is about, as people wrote it."""
    return " ".join(fact.names[words.language is Language.ENGLISH].split())


def label(fact: Fact, words: Wording) -> str:
    """What the figure counts, as a line of the list of sources."""
    months = short_period(fact.window, words)
    name = name_of(fact, words)
    if fact.what is What.SHOW_UP and fact.parts:
        came, registered = (words.number(part) for part in fact.parts)
        return words.t(
            "Show-up, {period}: {came} of {registered}", period=months, came=came, registered=registered
        )
    if fact.what in (What.BUSIEST, What.LATER) and fact.on:
        return words.t("{name}, {day}: people present", name=name, day=words.date(fact.on))
    said: dict[What, Callable[[], str]] = {
        What.MEMBERS: lambda: words.t("Members on {day}", day=words.date(fact.window.last)),
        What.CHANGE: lambda: words.t("Change in members, {period}", period=months),
        What.NEW: lambda: words.t("New members, {period}", period=months),
        What.RETURNED: lambda: words.t("Returned members, {period}", period=months),
        What.ENDED: lambda: words.t("Members who left, {period}", period=months),
        What.SESSIONS: lambda: words.t("Sessions held, {period}", period=months),
        What.ATTENDANCES: lambda: words.t("Attendances, {period}", period=months),
        What.FIRST_TIMERS: lambda: words.t("There for the first time, {period}", period=months),
        What.THEME: lambda: words.t("Questions about “{name}”, {period}", name=name, period=months),
    }
    return said[fact.what]()


def short_period(window: Window, words: Wording) -> str:
    """`september – oktober 2026`; an open month with its last day."""
    if window.is_open:
        return words.short_interval(window.first, window.last)
    return words.months(window.first, window.last)


def when(window: Window, words: Wording) -> str:
    """`in september en oktober`, as a sentence says it."""
    if window.is_open:
        return words.t(
            "from {first} up to and including {last}",
            first=words.date(window.first),
            last=words.date(window.last),
        )
    if window.month_count > MOST_LISTED_MONTHS:
        first, last = words.month_and_year(window.first), words.month_and_year(window.last)
        return words.t("from {first} up to and including {last}", first=first, last=last)
    say = words.month if window.first.year == window.last.year else words.month_and_year
    months = [
        window.first.replace(year=number // 12, month=number % 12 + 1)
        for number in range(
            window.first.year * 12 + window.first.month - 1, window.last.year * 12 + window.last.month
        )
    ]
    return words.t("in {months}", months=words.listed([say(month) for month in months]))


def cautions_of(each: Sentence, reader: Reader, words: Wording) -> tuple[tuple[str, str], ...]:
    """What a person should know before the sentence is spread: for each figure in doubt, why."""
    said: dict[str, list[str]] = {}
    for fact in each.facts:
        for caution in fact.cautions:
            text = caution_text(fact, caution, reader, words)
            if text:
                said.setdefault(label(fact, words), []).append(text)
    return tuple((what, sentence("; ".join(why)) + ".") for what, why in said.items())


def caution_text(fact: Fact, caution: Caution, reader: Reader, words: Wording) -> str:
    """A caution in words; nothing for what is said once for the whole text, or for a count not in it."""
    if caution is Caution.SMALL and fact.what is What.THEME:
        return ""
    if caution is Caution.SMALL and reader is Reader.EVERYONE and not fact.is_share:
        return words.t("a small number, under 10; the text says “fewer than ten”")
    said: dict[Caution, Callable[[], str]] = {
        Caution.OPEN_PERIOD: lambda: "",
        Caution.SMALL: lambda: words.t("a small number, under 10, which may tell who is meant"),
        Caution.ESTIMATE: lambda: words.t("an estimate, counted in the room"),
        Caution.OUTSIDE_PERIOD: lambda: words.t("outside the chosen period"),
        Caution.INCOMPLETE: lambda: words.n(
            "of {count} session this is not known, and it is not counted",
            "of {count} sessions this is not known, and they are not counted",
            fact.missing,
        ),
        Caution.AUTOMATIC_NAME: lambda: words.t("a name made automatically that nobody has looked at yet"),
    }
    return said[caution]()


def mark(fact: Fact, part: str = "") -> str:
    """The place of a figure, name or day in a sentence, until the words stand."""
    return f"{_OPENS}{fact.key}{part}{_CLOSES}"


class _Writer:
    """Writes the sentences of one set of facts."""

    def __init__(self, facts: Facts, reader: Reader, words: Wording) -> None:
        self.facts, self.reader, self.words = facts, reader, words
        self.by_key = {fact.key: fact for fact in facts.all}
        self.numbers: dict[str, int] = {}

    def plural(self, fact: Fact) -> int:
        """The count that decides between singular and plural: a figure in words is plural."""
        return 2 if fact.is_small and self.reader is Reader.EVERYONE else abs(round(fact.value))

    def sentence(self, key: str, text: str, numbered: bool) -> Sentence:
        """A sentence with its figures put in their places."""
        pieces: list[Piece] = []
        facts: dict[str, Fact] = {}
        at = 0
        for found in _MARK.finditer(text):
            pieces.append(Piece(text[at : found.start()]))
            fact, part = self.by_key[found[1]], found[2] or ""
            facts[fact.key] = fact
            pieces.append(self._piece(fact, part, numbered))
            at = found.end()
        pieces.append(Piece(text[at:]))
        return Sentence(key, tuple(piece for piece in pieces if piece.text), tuple(facts.values()))

    def _piece(self, fact: Fact, part: str, numbered: bool) -> Piece:
        if part == ":day":
            return Piece(self.words.date(fact.on) if fact.on else "", fact)
        has_number = not part or fact.what is What.THEME  # a theme is told by its name alone
        number = self.numbers.setdefault(fact.key, len(self.numbers) + 1) if numbered and has_number else 0
        if part == ":name":
            name = name_of(fact, self.words)
            return Piece(f"“{name}”" if fact.what is What.THEME else name, fact, number)
        return Piece(value_text(fact, self.reader, self.words), fact, number, is_figure=True)


def _growth(writer: _Writer) -> Iterator[tuple[str, str]]:
    words, facts, window = writer.words, writer.facts, writer.facts.window
    members = facts.of(What.MEMBERS)
    if members is not None:
        many = writer.plural(members)
        if window.is_open:
            day = words.date(window.last)
            yield "members", words.n(
                "On {day} our network had {members} member.", "On {day} our network had {members} members.",
                many, day=day, members=mark(members),
            )  # fmt: skip
        else:
            yield "members", words.n(
                "At the end of {month} our network had {members} member.",
                "At the end of {month} our network had {members} members.",
                many, month=words.month(window.last), members=mark(members),
            )  # fmt: skip
    change = facts.of(What.CHANGE)
    if change is not None and change.value > 0:
        yield "change", words.t("That is {change} more than a year before.", change=mark(change))
    elif change is not None:
        yield "change", words.t("That is {change} fewer than a year before.", change=mark(change))
    clauses = list(_came_and_went(writer))
    if clauses:
        text = words.t("{when}, {clauses}.", when=when(window, words), clauses=words.listed(clauses))
        yield "flow", sentence(text)


def _came_and_went(writer: _Writer) -> Iterator[str]:
    words = writer.words
    new, returned, ended = (writer.facts.of(what) for what in (What.NEW, What.RETURNED, What.ENDED))
    if new is not None and new.value:
        yield words.n(
            "{new} new member joined", "{new} new members joined", writer.plural(new), new=mark(new)
        )
    if returned is not None and returned.value:
        yield words.n(
            "{returned} former member returned", "{returned} former members returned",
            writer.plural(returned), returned=mark(returned),
        )  # fmt: skip
    if ended is not None and ended.value:
        yield words.n("{ended} member left", "{ended} members left", writer.plural(ended), ended=mark(ended))


def _sessions(writer: _Writer) -> Iterator[tuple[str, str]]:
    words, facts = writer.words, writer.facts
    held, total = facts.of(What.SESSIONS), facts.of(What.ATTENDANCES)
    if held is not None and total is not None:
        yield "sessions", words.n(
            "We held {sessions} session, with {attendances} people present.",
            "We held {sessions} sessions, with {attendances} attendances in all.",
            writer.plural(held), sessions=mark(held), attendances=mark(total),
        )  # fmt: skip
    elif held is not None:
        yield "sessions", words.n(
            "We held {sessions} session.", "We held {sessions} sessions.",
            writer.plural(held), sessions=mark(held),
        )  # fmt: skip
    share = facts.of(What.SHOW_UP)
    if share is not None and not (share.is_small and writer.reader is Reader.EVERYONE):
        yield "show_up", words.t("Of those who registered, {share} came.", share=mark(share))
    first = facts.of(What.FIRST_TIMERS)
    if first is not None:
        yield "first_timers", words.n(
            "{people} person was there for the first time.", "{people} people were there for the first time.",
            writer.plural(first), people=mark(first),
        )  # fmt: skip
    busiest = facts.of(What.BUSIEST)
    if busiest is not None:
        yield "busiest", words.t(
            "“{title}” on {day} drew the most people: {people}.",
            title=mark(busiest, ":name"), day=mark(busiest, ":day"), people=mark(busiest),
        )  # fmt: skip
    later = facts.of(What.LATER)
    if later is not None:
        yield "later", words.n(
            "After this period, on {day}, {people} person came to “{title}”.",
            "After this period, on {day}, {people} people came to “{title}”.",
            writer.plural(later), title=mark(later, ":name"), day=mark(later, ":day"), people=mark(later),
        )  # fmt: skip


def _themes(writer: _Writer) -> Iterator[tuple[str, str]]:
    words = writer.words
    named = [mark(fact, ":name") for fact in writer.facts.every(What.THEME)]
    if named:
        yield "themes", words.t("The questions were most often about {themes}.", themes=words.listed(named))


def write(facts: Facts, reader: Reader, words: Wording, left_out: frozenset[str] = frozenset()) -> Draft:
    """The update in the language of `words`, without the sentences that somebody left out."""
    writer = _Writer(facts, reader, words)
    sections: list[Section] = []
    dropped: list[Sentence] = []
    for key, heading, told in (
        ("growth", words.t("Growth"), _growth),
        ("sessions", words.t("Sessions"), _sessions),
        ("themes", words.t("What we talked about"), _themes),
    ):
        kept: list[Sentence] = []
        for name, text in told(writer):
            one = writer.sentence(name, text, numbered=name not in left_out)
            (dropped if name in left_out else kept).append(one)
        if kept or any(each.key in _KEYS[key] for each in dropped):
            sections.append(Section(key, heading, tuple(kept)))
    sources = tuple(
        SourceLine(number, fact, label(fact, words), value_text(fact, reader, words))
        for key, number in writer.numbers.items()
        for fact in (writer.by_key[key],)
    )
    title = _title(writer, any(each.key == "flow" for section in sections for each in section.sentences))
    return Draft(title, short_period(facts.window, words), tuple(sections), tuple(dropped), sources)


_KEYS = {
    "growth": frozenset({"members", "change", "flow"}),
    "sessions": frozenset({"sessions", "show_up", "first_timers", "busiest", "later"}),
    "themes": frozenset({"themes"}),
}


def section_of(key: str) -> str:
    """The section a sentence belongs to."""
    return next(name for name, keys in _KEYS.items() if key in keys)


def _title(writer: _Writer, tells_flow: bool) -> str:
    """The new members as a headline, where they may be told; else the plain name."""
    words, window, new = writer.words, writer.facts.window, writer.facts.of(What.NEW)
    if not tells_flow or new is None or not new.value or new.is_small or window.is_open:
        return words.t("Our network, {period}", period=short_period(window, words))
    if window.month_count == 1:
        return words.n(
            "{count} new member in {month}", "{count} new members in {month}",
            round(new.value), month=words.month(window.last),
        )  # fmt: skip
    months = words.number_word(window.month_count)
    return words.n(
        "{count} new member in {months} months", "{count} new members in {months} months",
        round(new.value), months=months,
    )  # fmt: skip
