"""The update writer: the same numbers in both languages, each as its question answers, no claims of cause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from dashboard.navigation import Language, page, pages_for
from dashboard.update.draft import Draft, Reader, cautions_of, value_text, write
from dashboard.update.export import Origin, asked, file_name, markdown, sources_table
from dashboard.update.facts import (
    Ask,
    Caution,
    Fact,
    Facts,
    How,
    Preset,
    What,
    Window,
    presets,
    take,
    window_of,
)
from dashboard.wording import Wording
from etl.home import Home
from etl.warehouse import Answer, ReleaseReader
from queries.catalog import Role
from tests.dashboard.conftest import Visit
from tests.dashboard.network import AS_OF

NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)
ORIGIN = Origin("Een netwerk", "20261121T060000000-abcdef", datetime(2026, 11, 21, 6))
NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
CLAIMS = re.compile(
    r"\b(omdat|doordat|dankzij|daardoor|waardoor|want|significant|explosief|slechts|maar liefst|"
    r"because|thanks to|due to|led to|as a result|only|impressive|significantly)\b|!",
    re.IGNORECASE,
)
ALL = [(preset, reader) for preset in Preset for reader in Reader]


@pytest.fixture(scope="module")
def ask(network_home: Home) -> Ask:
    reader = ReleaseReader(network_home)

    def asking(question: str, parameters: Mapping[str, str]) -> Answer:
        return reader.ask(question, parameters, Role.COMMUNICATION)

    return asking


def facts_of(ask: Ask, preset: Preset) -> Facts:
    return take(ask, window_of(preset, AS_OF), AS_OF)


def fact(what: What, value: float, *cautions: Caution, **known: object) -> Fact:
    window = Window(date(2026, 9, 1), date(2026, 10, 31), is_open=False)
    base = Fact(what.value, what, value, window, "growth", (), "new", How.SUM, cautions)
    return replace(base, **known)  # type: ignore[arg-type]


def told(*known: Fact) -> Facts:
    return Facts(known[0].window, AS_OF, known, ())


def figures(draft: Draft) -> list[tuple[str, float]]:
    return [
        (piece.fact.key, piece.fact.value)
        for each in draft.sentences
        for piece in each.pieces
        if piece.number and piece.fact
    ]


def again(found: Fact, ask: Ask) -> float:
    """The figure, worked out anew from the question and parameters that it names."""
    records = ask(found.question, dict(found.parameters)).records()
    values = [row[found.column] for row in records]
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if found.how is How.RATIO:
        known = [row for row in records if row["registered"] and row["show_up_rate"] is not None]
        came = sum(round(float(str(row["show_up_rate"])) * int(str(row["registered"]))) for row in known)
        return came / sum(int(str(row["registered"])) for row in known)
    if found.how is How.ONE_ROW:
        chosen = [row for row in records if found.names[0] in (row.get("title"), row.get("label_nl"))]
        return float(str(chosen[0][found.column]))
    if found.how is How.LAST_MINUS_FIRST:
        return numbers[-1] - numbers[0]
    if found.how is How.ROW_COUNT:
        return float(len(records))
    return numbers[-1] if found.how is How.LAST_ROW else sum(numbers)


@pytest.mark.parametrize(("preset", "reader"), ALL)
def test_both_languages_hold_the_same_numbers(ask: Ask, preset: Preset, reader: Reader) -> None:
    facts = facts_of(ask, preset)
    dutch, english = write(facts, reader, NL), write(facts, reader, EN)
    assert figures(dutch)
    assert figures(dutch) == figures(english)
    assert [line.number for line in dutch.sources] == [line.number for line in english.sources]
    for words, draft in ((NL, dutch), (EN, english)):
        assert [line.value for line in draft.sources] == [
            value_text(line.fact, reader, words) for line in draft.sources
        ]
    unlike = {
        (nl.value, en.value)
        for nl, en in zip(dutch.sources, english.sources, strict=True)
        if re.sub(r"\D", "", nl.value) != re.sub(r"\D", "", en.value)
    }
    assert unlike == set()


@pytest.mark.parametrize("preset", list(Preset))
def test_every_figure_is_what_its_question_answers(ask: Ask, preset: Preset) -> None:
    facts = facts_of(ask, preset)
    assert len(facts.all) >= 5
    for found in facts.all:
        assert found.value == pytest.approx(again(found, ask)), found.key


@pytest.mark.parametrize(("preset", "reader"), ALL)
@pytest.mark.parametrize("words", [NL, EN], ids=["nl", "en"])
def test_every_number_in_the_text_stands_in_the_sources(
    ask: Ask, preset: Preset, reader: Reader, words: Wording
) -> None:
    draft = write(facts_of(ask, preset), reader, words)
    values = {line.number: line.value for line in draft.sources}
    assert sorted(values) == list(range(1, len(values) + 1))
    days = {str(number) for each in (AS_OF, date(2025, 11, 1)) for number in (each.year,)}
    for each in draft.sentences:
        for piece in each.pieces:
            if piece.is_figure:
                assert piece.text == values[piece.number]
            elif piece.fact is None and "november 20" not in piece.text.lower():
                assert set(NUMBER.findall(piece.text)) <= days, piece.text


@pytest.mark.parametrize("words", [NL, EN], ids=["nl", "en"])
def test_no_sentence_claims_a_cause_or_judges(ask: Ask, words: Wording) -> None:
    for preset in Preset:
        for reader in Reader:
            draft = write(facts_of(ask, preset), reader, words)
            own = "".join(
                piece.text for each in draft.sentences for piece in each.pieces if piece.fact is None
            )
            assert CLAIMS.findall(own) == []


def test_dutch_reads_as_dutch() -> None:
    facts = told(
        fact(What.MEMBERS, 1284),
        fact(What.CHANGE, 167),
        fact(What.NEW, 57),
        fact(What.RETURNED, 11),
        fact(What.ENDED, 1),
        fact(What.SESSIONS, 7),
        fact(What.ATTENDANCES, 215, Caution.ESTIMATE),
        fact(What.SHOW_UP, 215 / 307, parts=(215, 307)),
    )
    text = markdown(write(facts, Reader.INTERNAL, NL), facts.window, ORIGIN, NL)
    assert text.startswith("# 57 nieuwe leden in twee maanden\n\n*Een netwerk · september")
    for said in (
        "Ons netwerk telt eind oktober **1.284** [1] leden.",
        "Dat zijn er **167** [2] meer dan een jaar eerder.",
        "In september en oktober kwamen er **57** [3] nieuwe leden bij, keerden er **11** [4] oud-leden "
        "terug en stopte er **1** [5] lid.",
        "We hielden **7** [6] bijeenkomsten met samen **ca. 215** [7] aanwezigen.",
        "Van de aanmelders kwam **70%** [8] ook echt.",
        "\n8. Opkomst, september",
        "Cijfers zoals ze waren op 21 november 2026, 06.00 uur",
    ):
        assert said in text
    assert "1,284" in markdown(write(facts, Reader.INTERNAL, EN), facts.window, ORIGIN, EN)


def test_a_small_number_is_put_in_words_for_everyone_and_warned_of_for_the_group() -> None:
    facts = told(fact(What.NEW, 57), fact(What.ENDED, 3, Caution.SMALL))
    for words, worded in ((NL, "minder dan tien"), (EN, "fewer than ten")):
        public, internal = (write(facts, reader, words) for reader in (Reader.EVERYONE, Reader.INTERNAL))
        assert worded in public.sentences[0].text
        assert not re.search(r"\b3\b", markdown(public, facts.window, ORIGIN, words).split("- ")[0])
        assert public.sources[1].value == worded
        assert internal.sources[1].value == "3"
        for draft, reader in ((public, Reader.EVERYONE), (internal, Reader.INTERNAL)):
            assert len(cautions_of(draft.sentences[0], reader, words)) == 1


def test_a_share_of_few_people_is_not_told_to_everyone() -> None:
    few = fact(What.SHOW_UP, 4 / 12, Caution.SMALL, parts=(4, 12))
    facts = told(fact(What.SESSIONS, 2), few)
    assert "33%" not in "".join(each.text for each in write(facts, Reader.EVERYONE, NL).sentences)
    assert "33%" in "".join(each.text for each in write(facts, Reader.INTERNAL, NL).sentences)


def test_a_sentence_left_out_takes_its_sources_along(ask: Ask) -> None:
    facts = facts_of(ask, Preset.TWO_MONTHS)
    whole = write(facts, Reader.INTERNAL, NL)
    less = write(facts, Reader.INTERNAL, NL, frozenset({"flow"}))
    assert [each.key for each in less.left_out] == ["flow"]
    gone = {found.key for found in less.left_out[0].facts}
    assert {line.fact.key for line in less.sources} == {line.fact.key for line in whole.sources} - gone
    assert [line.number for line in less.sources] == list(range(1, len(less.sources) + 1))
    assert "nieuwe leden in" not in less.title


def test_an_open_period_says_so_in_the_text(ask: Ask) -> None:
    facts = facts_of(ask, Preset.THIS_MONTH)
    assert facts.window == Window(date(2026, 11, 1), AS_OF, is_open=True)
    assert all(Caution.OPEN_PERIOD in found.cautions for found in facts.all)
    text = markdown(write(facts, Reader.INTERNAL, NL), facts.window, ORIGIN, NL)
    assert "Deze periode loopt nog: de cijfers gaan tot en met 21 november 2026" in text


def test_what_happened_after_the_period_is_marked(ask: Ask) -> None:
    later = facts_of(ask, Preset.TWO_MONTHS).of(What.LATER)
    assert later is not None
    assert {Caution.OUTSIDE_PERIOD, Caution.ESTIMATE} <= set(later.cautions)
    assert value_text(later, Reader.EVERYONE, NL) == "ca. 120"


def test_periods_are_complete_months() -> None:
    assert window_of(Preset.TWO_MONTHS, AS_OF) == Window(date(2026, 9, 1), date(2026, 10, 31), False)
    assert window_of(Preset.YEAR, date(2026, 10, 31)).first == date(2025, 11, 1)
    assert Preset.THIS_MONTH not in presets(date(2026, 10, 31))
    assert Preset.THIS_MONTH in presets(AS_OF)


def test_themes_are_named_in_the_reader_s_language_and_automatic_names_are_doubted() -> None:
    theme = fact(What.THEME, 14, Caution.AUTOMATIC_NAME, names=("eigenaarschap", "ownership"))
    facts = told(theme)
    dutch, english = write(facts, Reader.EVERYONE, NL), write(facts, Reader.EVERYONE, EN)
    assert dutch.sentences[0].text == "De vragen gingen het vaakst over “eigenaarschap”."
    assert english.sentences[0].text == "The questions were most often about “ownership”."
    assert [(line.number, line.value) for line in dutch.sources] == [(1, "14")]
    assert len(cautions_of(dutch.sentences[0], Reader.EVERYONE, NL)) == 1


def test_a_title_of_people_stays_text() -> None:
    wild = fact(What.BUSIEST, 40, names=("*Wat* <b>nu</b> [1]",) * 2, on=date(2026, 9, 3), key="busiest")
    text = markdown(write(told(wild), Reader.EVERYONE, NL), wild.window, ORIGIN, NL)
    assert r"\*Wat\* \<b\>nu\</b\> \[1\]" in text
    table = sources_table(write(told(wild), Reader.EVERYONE, NL), NL)
    assert len(table.columns) == len(table.rows[0]) == 5


def test_a_source_can_be_asked_again(ask: Ask) -> None:
    members = facts_of(ask, Preset.TWO_MONTHS).of(What.MEMBERS)
    assert members is not None
    assert asked(members) == "kring ask growth -p from_on=2026-09-01 -p to_on=2026-10-31"
    assert file_name(members.window, NL) == "update-2026-09-01-2026-10-31-nl.md"


def test_the_page_is_for_the_communication_group() -> None:
    assert page("update") in pages_for(Role.COMMUNICATION)
    assert page("update") not in pages_for(Role.PUBLIC)


# --- the page -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_shows_text_sources_and_sheet(visit: Visit, language: str) -> None:
    app = visit("update", language)
    assert not app.exception
    html = "\n".join(each.proto.body for each in app.get("html"))
    headers = [each.value for each in app.header]
    assert ("Bronnen" if language == "nl" else "Sources") in headers
    assert html.count('class="kring-chip') >= 6
    assert 'aria-current="step"' in html
    assert len(app.get("vega_lite_chart")) == 1
    assert not app.code


def test_the_language_of_the_text_is_its_own(visit: Visit) -> None:
    app = visit("update", "nl", text="en")
    html = "\n".join(each.proto.body for each in app.get("html"))
    assert "our network had" in html
    assert "Bronnen" in [each.value for each in app.header]
    assert "Leden op 31 oktober 2026" in html


def test_a_sentence_is_left_out_put_back_and_taken_along(visit: Visit) -> None:
    app = visit("update", "nl")
    assert "buiten de gekozen periode" in "".join(each.value for each in app.markdown)
    app.button(key="update-left-out-later").click().run()
    assert not app.exception
    assert "Werkconferentie" not in "".join(
        each.proto.body for each in app.get("html") if "kring-text" in each.proto.body
    )
    app.button(key="update-back-later").click().run()
    app.button(key="update-accepted-later").click().run()
    assert "buiten de gekozen periode" not in "".join(each.value for each in app.markdown)
    app.button(key="update-next").click().run()
    assert not app.exception
    assert app.code[0].value.startswith("# ")
    assert "ca. 120" in app.code[0].value
    assert [each.proto.label for each in app.get("download_button")] == ["CSV", "Download als Markdown"]


def test_the_origin_of_the_text_is_its_questions(visit: Visit) -> None:
    app = visit("update", "nl")
    app.button(key="origin-update-sources").click().run()
    assert not app.exception
    said = "\n".join(each.value for each in app.markdown)
    assert "vanaf\\: 1 september 2026" in said
    assert "from_on" not in said.replace("\\", "")
    assert sum("select" in code.value.lower() for code in app.code) >= 3
