"""Review: people and organisations that may be one, one pair at a time, decided by who knows them."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data
from dashboard import review_form as form
from dashboard.access import current_name
from dashboard.controls import presets
from dashboard.likeness import certainty, organisation_likeness, people_likeness
from dashboard.markdown import plain
from dashboard.navigation import page as page_entry
from dashboard.organisation_review import (
    OrganisationPair,
    OrganisationQueue,
    apart,
    change_words,
    compare_organisations,
    put_off,
    same_as,
    telling_first,
)
from dashboard.page import Page, open_page, show_title
from dashboard.review_form import Answer, Past
from dashboard.review_queue import organisation_history, organisations_now, people_history, people_now
from dashboard.reviewing import Pair, Queue, compare, decision_words, facts_of, names_of
from dashboard.wording import Wording
from etl.decisions import DecisionKind, Decisions, PersonDecision
from etl.home import Home, find_home
from etl.organisation_book import Change, OrganisationDecision, OrganisationDecisions

PEOPLE, ORGANISATIONS = "people", "organisations"
OTHER_NAME = ""
MOST_CHANGES = 2


def decide(kind: DecisionKind, pair: Pair, home: Home, words: Wording) -> None:
    """Keep an answer about two people."""

    def write() -> None:
        with Decisions(home) as decisions:
            decisions.decide_pair(
                kind, pair.person_a, pair.person_b,
                decided_by=current_name(), reason=form.reason_of(pair.pair_id), evidence=pair.evidence,
            )  # fmt: skip
        if kind is DecisionKind.LATER:
            form.put_last(pair.pair_id)

    said = words.t("Kept: {decision}.", decision=decision_words(kind, words).lower())
    form.keep(said, write, words)


def take_back(number: int, home: Home, words: Wording) -> None:
    """Undo one decision about people."""

    def write() -> None:
        with Decisions(home) as decisions:
            decisions.undo_person_decision(number, undone_by=current_name())

    form.keep(words.t("Decision {number} is taken back.", number=number), write, words)


def decide_organisation(
    changes: tuple[Change, ...], pair: OrganisationPair, said: str, home: Home, words: Wording
) -> None:
    """Keep an answer about two organisations."""

    def write() -> None:
        with OrganisationDecisions(home) as decisions:
            decisions.decide(changes, current_name(), form.reason_of(pair.pair_id) or None)

    form.keep(said, write, words)


def take_organisation_back(number: int, home: Home, words: Wording) -> None:
    """Undo one decision about organisations."""

    def write() -> None:
        with OrganisationDecisions(home) as decisions:
            decisions.undo(number, current_name())

    form.keep(words.t("Decision {number} is taken back.", number=number), write, words)


def undo_answer(press: partial[None] | None, words: Wording) -> Answer | None:
    """Take the last answer back."""
    if press is None:
        return None
    return Answer("review-undo", words.t("Take back"), form.KEYS[words.language][3], ":material/undo:", press)


def show_people(page: Page, queue: Queue, home: Home) -> None:
    """The pair of people whose turn it is."""
    words = page.words
    last = queue.last
    undo = undo_answer(partial(take_back, last.decision_id, home, words) if last else None, words)
    if not queue.waiting:
        form.show_said(words.t("Nothing waits any more."))
        show_nothing(words.t("No people wait for your judgement"), undo, queue.pending, home, words)
        return
    pair = queue.waiting[0]
    both = words.t("{one} and {other}", one=pair.name_a, other=pair.name_b)
    say_whose_turn(queue, both, words)
    lead, side = st.columns([2.1, 1], gap="large")
    with lead, st.container(key="fig-review"):
        st.header(words.t("Is this one and the same person?"), anchor=False)
        st.caption(plain(pair_line(queue, pair, words)))
        records = data.ask("side_by_side", {"people": f"{pair.person_a},{pair.person_b}"}).records()
        st.html(form.comparison_html(compare(pair, facts_of(records), words), both, words))
        form.ask_reason(pair.pair_id, words)
        form.show_answers(people_answers(pair, home, words), undo, words)
        form.show_keys_switch(words)
    with side:
        form.show_likeness(people_likeness(pair.because, pair.shared_key, words), words)
        form.show_pending(queue.pending, home, words)


def people_answers(pair: Pair, home: Home, words: Wording) -> tuple[Answer, ...]:
    """The three answers about two people."""
    listed = (
        (DecisionKind.SAME, words.t("Same person"), ":material/person:"),
        (DecisionKind.DIFFERENT, words.t("Different people"), ":material/group:"),
        (DecisionKind.LATER, words.t("Later"), ":material/schedule:"),
    )
    return tuple(
        Answer(f"review-{kind.value}", label, key, icon, partial(decide, kind, pair, home, words))
        for (kind, label, icon), key in zip(listed, form.KEYS[words.language], strict=False)
    )


def say_whose_turn(queue: Queue | OrganisationQueue, names: str, words: Wording) -> None:
    """Tell who cannot see the page how many wait, and which two are shown now."""
    form.show_said(
        words.n(
            "{count} to review. Now: {names}.",
            "{count} to review. Now: {names}.",
            len(queue.waiting),
            names=names,
        )
    )


def pair_line(queue: Queue | OrganisationQueue, pair: Pair | OrganisationPair, words: Wording) -> str:
    """How many wait, how sure Kring is, and that somebody put this one off."""
    parts = [words.n("{count} pair waits", "{count} pairs wait", len(queue.waiting))]
    if queue.later:
        parts.append(words.n("{count} put off", "{count} put off", queue.later))
    if queue.decided:
        parts.append(words.n("{count} decided", "{count} decided", queue.decided))
    parts.append(words.t("this one: {certainty}", certainty=certainty(pair.score, words)))
    if pair.is_later:
        parts.append(words.t("put off before"))
    return " · ".join(parts)


def show_nothing(sentence: str, undo: Answer | None, pending: int, home: Home, words: Wording) -> None:
    """The end of a queue: said plainly, with the way back and where to go."""
    lead, side = st.columns([2.1, 1], gap="large")
    with lead, st.container(key="fig-review"):
        st.header(sentence, anchor=False)
        st.markdown(words.t("New pairs come by themselves when new files are processed."))
        if undo:
            form.show_answers((), undo, words)
    with side:
        form.show_pending(pending, home, words)


def show_organisations(page: Page, queue: OrganisationQueue, home: Home) -> None:
    """The pair of organisations whose turn it is."""
    words = page.words
    last = queue.last
    undo = undo_answer(
        partial(take_organisation_back, last.decision_id, home, words) if last else None, words
    )
    if not queue.waiting:
        form.show_said(words.t("Nothing waits any more."))
        show_nothing(words.t("No organisations wait for your judgement"), undo, queue.pending, home, words)
        return
    pair = queue.waiting[0]
    both = words.t("{one} and {other}", one=pair.one, other=pair.other)
    say_whose_turn(queue, both, words)
    lead, side = st.columns([2.1, 1], gap="large")
    with lead, st.container(key="fig-review"):
        st.header(words.t("Is this one organisation under two names?"), anchor=False)
        st.caption(plain(pair_line(queue, pair, words)))
        records = data.ask("organisations").records()
        st.html(form.comparison_html(compare_organisations(pair, records, words), both, words))
        ask_name(pair, words)
        form.ask_reason(pair.pair_id, words)
        form.show_answers(organisation_answers(pair, home, words), undo, words)
        form.show_keys_switch(words)
    with side:
        form.show_likeness(organisation_likeness(pair.because, words), words)
        form.show_pending(queue.pending, home, words)


def decide_one_organisation(pair: OrganisationPair, home: Home, words: Wording) -> None:
    """Keep that two are one, under the name that is chosen and written when the button is pressed."""
    name = chosen_name(pair)
    said = words.t("Kept: one organisation, “{name}”.", name=name)
    decide_organisation(same_as(pair, name), pair, said, home, words)


def chosen_name(pair: OrganisationPair) -> str:
    """Under which name the two go on, when they are one."""
    name = str(st.session_state.get(f"name-of-{pair.pair_id}", pair.usual))
    if name != OTHER_NAME:
        return name
    written = str(st.session_state.get(f"other-name-of-{pair.pair_id}", ""))
    return " ".join(written.split()) or pair.usual


def ask_name(pair: OrganisationPair, words: Wording) -> None:
    """Ask under which name the two go on, when they are one."""
    options = (pair.one, pair.other, OTHER_NAME)
    name = st.radio(
        words.t("If they are one: under which name?"),
        options,
        index=options.index(pair.usual),
        format_func=lambda name: plain(name) if name else words.t("Another name"),
        key=f"name-of-{pair.pair_id}",
        horizontal=True,
    )
    if name == OTHER_NAME:
        st.text_input(words.t("The name"), key=f"other-name-of-{pair.pair_id}")


def organisation_answers(pair: OrganisationPair, home: Home, words: Wording) -> tuple[Answer, ...]:
    """The three answers about two organisations."""
    same, different, later, _ = form.KEYS[words.language]
    two = words.t("Kept: two organisations.")
    after = words.t("Put off: this pair comes last.")
    return (
        Answer(
            "review-same", words.t("Same organisation"), same, ":material/apartment:",
            partial(decide_one_organisation, pair, home, words),
        ),
        Answer(
            "review-different", words.t("Different organisations"), different, ":material/domain_add:",
            partial(decide_organisation, apart(pair), pair, two, home, words),
        ),
        Answer(
            "review-later", words.t("Later"), later, ":material/schedule:",
            partial(decide_organisation, put_off(pair), pair, after, home, words),
        ),
    )  # fmt: skip


def past_of_people(
    history: tuple[PersonDecision, ...], home: Home, zone: ZoneInfo, words: Wording
) -> tuple[Past, ...]:
    """The decisions about people, the newest first."""
    pairs, settled = people_now(())[1], data.ask("person_decisions").records()
    made = []
    for each in reversed(history):
        names = names_of(each, pairs, settled)
        who = words.listed(names) if names else words.t("two people that these figures do not name")
        undone = (
            words.t("taken back by {name}", name=each.undone_by or words.t("unknown"))
            if each.undone_at
            else ""
        )
        told = form.who_and_when(
            each.decision_id, each.decided_by, each.decided_at, each.reason, undone, zone, words
        )
        back = None if each.undone_at else partial(take_back, each.decision_id, home, words)
        made.append(
            Past(each.decision_id, f"**{plain(decision_words(each.kind, words))}**: {plain(who)}", told, back)
        )
    return tuple(made)


def past_of_organisations(
    history: tuple[OrganisationDecision, ...], home: Home, zone: ZoneInfo, words: Wording
) -> tuple[Past, ...]:
    """The decisions about organisations, the newest first."""
    made = []
    for each in reversed(history):
        what = plain(
            "; ".join(change_words(change, words) for change in telling_first(each.changes)[:MOST_CHANGES])
        )
        beyond = len(each.changes) - MOST_CHANGES
        if beyond > 0:
            what += " " + words.n("and {count} more", "and {count} more", beyond)
        undone = (
            words.t("taken back by {name}", name=each.undone_by or words.t("unknown"))
            if each.undone_at
            else ""
        )
        told = form.who_and_when(
            each.decision_id, each.decided_by, each.decided_at, each.reason, undone, zone, words
        )
        back = None if each.undone_at else partial(take_organisation_back, each.decision_id, home, words)
        made.append(Past(each.decision_id, what, told, back))
    return tuple(made)


def main() -> None:
    """The page."""
    page = open_page()
    words, home, zone = page.words, find_home(None), ZoneInfo(page.zone)
    with st.spinner(words.t("Looking up who may be one")):
        people, _ = people_now(form.skipped())
        organisations = organisations_now()
    waiting = len(people.waiting) + len(organisations.waiting)
    progress = words.n("{count} to review", "{count} to review", waiting)
    show_title(page, page_entry("review").title.in_language(words.language), progress)
    labels = {
        PEOPLE: words.t("People"),
        ORGANISATIONS: words.t("Organisations"),
    }
    with st.container(key="filters", horizontal=True):
        what = presets("about", words.t("What to review"), (PEOPLE, ORGANISATIONS), labels.__getitem__)
    form.forget_said_of_another(what)
    if what == PEOPLE:
        show_people(page, people, home)
        form.show_history(past_of_people(people_history(), home, zone, words), words)
    else:
        show_organisations(page, organisations, home)
        form.show_history(past_of_organisations(organisation_history(), home, zone, words), words)


main()
