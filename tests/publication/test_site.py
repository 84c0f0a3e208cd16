"""The sentences of the public page: true of the rounded numbers on it, and plain where nothing is clear."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dashboard import site_words as say
from dashboard.navigation import Language
from dashboard.site import site_files
from dashboard.site_words import PublicFacts
from dashboard.wording import Wording
from etl.schema.public import (
    ATTENDANCE_QUARTER,
    MEMBERS_QUARTER,
    MEMBERS_WORKING_GROUP,
    CellState,
    CorrectionNote,
    PublicContent,
    PublicCount,
    PublicFigures,
    PublicRow,
)

DUTCH = Wording(Language.DUTCH)
END = (date(2026, 7, 1), date(2026, 9, 30))
HIDDEN, UNKNOWN = PublicCount(CellState.HIDDEN, 10), PublicCount(CellState.UNKNOWN)
NONE = PublicCount(CellState.NONE)


def number(value: int) -> PublicCount:
    return PublicCount(CellState.COUNT, value)


def quarters(*counts: PublicCount) -> tuple[PublicRow, ...]:
    """Rows per quarter, the last of which ends on 30 September 2026."""
    rows = []
    for back, count in enumerate(reversed(counts)):
        months = 2026 * 12 + 6 - 3 * back
        start = date(months // 12, months % 12 + 1, 1)
        end = date(months // 12, months % 12 + 3, 30 if months % 12 + 3 in (6, 9) else 31)
        rows.append(PublicRow((start, end), (), count))
    return tuple(reversed(rows))


def content(
    members: tuple[PublicRow, ...],
    kinds: dict[str, PublicCount] | None = None,
    groups: dict[str, PublicCount] | None = None,
) -> PublicContent:
    attended = tuple(PublicRow((kind, *END), (1,), count) for kind, count in (kinds or {}).items())
    grouped = tuple(PublicRow((name, END[1]), (), count) for name, count in (groups or {}).items())
    figures = (
        PublicFigures(MEMBERS_QUARTER, members),
        PublicFigures(ATTENDANCE_QUARTER, attended),
        PublicFigures(MEMBERS_WORKING_GROUP, grouped),
    )
    return PublicContent("Netwerk", "nl", date(2026, 10, 1), date(2027, 1, 1), 10, 5, figures)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((40, 45, 50, 55, 60), "Het netwerk groeide in een jaar van 40 naar 60 leden"),
        ((60, 55, 50, 45, 40), "Het netwerk ging in een jaar van 60 naar 40 leden"),
        ((60, 65, 60, 60, 60), "Het netwerk telt al een jaar ongeveer 60 leden"),
        ((40, 1215), "Het netwerk telt 1.215 leden"),
    ],
)
def test_the_title_tells_what_happened_in_a_year(counts: tuple[int, ...], sentence: str) -> None:
    assert say.title(PublicFacts(content(quarters(*map(number, counts)))), DUTCH) == sentence


def test_the_title_never_tells_a_hidden_number() -> None:
    rows = quarters(*[HIDDEN] * 5)
    assert say.title(PublicFacts(content(rows)), DUTCH) == "Het netwerk telt minder dan 10 leden"
    mixed = quarters(HIDDEN, *[number(20)] * 4)
    assert say.title(PublicFacts(content(mixed)), DUTCH) == "Het netwerk telt 20 leden"


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ((100, 200, 300), "Het netwerk groeide ongeveer evenveel als het jaar ervoor"),
        ((100, 200, 250), "Het netwerk groeit, maar minder dan het jaar ervoor"),
        ((100, 150, 250), "Het netwerk groeit, en meer dan het jaar ervoor"),
        ((100, 105, 110), "Leden per kwartaal"),
        ((100, 90, 120), "Leden per kwartaal"),
    ],
)
def test_the_line_has_a_sentence_only_when_it_is_clear(ends: tuple[int, int, int], sentence: str) -> None:
    counts = [number(ends[0]), *[number(1)] * 3, number(ends[1]), *[number(1)] * 3, number(ends[2])]
    assert say.growth(PublicFacts(content(quarters(*counts))), DUTCH) == sentence


def test_a_first_place_needs_a_clear_lead_and_every_count() -> None:
    rows = quarters(number(50))
    clear = PublicFacts(content(rows, {"webinar": number(40), "dag": number(30)}))
    assert say.best_attended(clear, DUTCH) == "“Webinar” trok de meeste deelnemers"
    for kinds in (
        {"webinar": number(40), "dag": number(40)},
        {"webinar": number(40), "dag": UNKNOWN},
        {"a": HIDDEN},
    ):
        assert (
            say.best_attended(PublicFacts(content(rows, kinds)), DUTCH) == "Deelnemers per soort bijeenkomst"
        )


def test_what_has_no_number_has_words_and_no_bar() -> None:
    kinds = {"webinar": number(40), "klein": HIDDEN, "zaal": UNKNOWN, "geen": NONE}
    made = content(quarters(number(50)), kinds, {"Alpha": number(20), "Beta": HIDDEN})
    pages = {each.path: each.data.decode() for each in site_files(made) if each.path.endswith("index.html")}
    page = pages["openbaar/index.html"]
    assert page.count("minder dan 10</div>") == 2
    assert "onbekend: niet op naam geteld" in page
    assert page.count("<i class=") == 2
    assert "fewer than 10" in pages["public/index.html"]
    assert (
        "– = niet gehouden · ? = onbekend: niet op naam geteld · &lt;10 = minder dan 10</p></details>" in page
    )
    plain = content(quarters(number(50)), {"webinar": number(40), "zaal": number(20)})
    (page,) = [each.data.decode() for each in site_files(plain) if each.path == "openbaar/index.html"]
    assert "niet gehouden" not in page, "a sign that does not stand there"
    assert 'url=openbaar/"' in pages["index.html"]


def test_the_links_of_the_network_stand_under_the_page_only_when_they_are_set() -> None:
    bare = content(quarters(number(50)))
    linked = replace(bare, contact="mailto:info@example.org", accessibility="https://example.org/?a=1&b=2")
    for made, language, words in (
        (bare, "openbaar", ()),
        (linked, "openbaar", ("Toegankelijkheidsverklaring", "Contact")),
        (linked, "public", ("Accessibility statement", "Contact")),
    ):
        (page,) = [each.data.decode() for each in site_files(made) if each.path == f"{language}/index.html"]
        footer = page[page.index("<footer>") :]
        assert footer.count("<a ") == len(words)
        for word in words:
            assert f">{word}</a>" in footer
        assert ('href="https://example.org/?a=1&amp;b=2"' in footer) is bool(words)


def test_what_comes_from_data_is_escaped_everywhere() -> None:
    bad = '<script>alert("x")</script>'
    made = content(
        quarters(number(50)), {bad: number(40), "b": number(10)}, {bad: number(20), "c": number(10)}
    )
    made = replace(made, network_name=bad, corrections=(CorrectionNote(date(2026, 10, 1), bad),))
    for each in site_files(made):
        if each.path.endswith(".html"):
            assert b"<script" not in each.data.lower()


def test_a_download_never_starts_a_formula() -> None:
    made = content(quarters(number(50)), {"=1+1": number(40), "\uff1d2+2": number(40)})
    csv = next(each.data for each in made.downloads() if "attendance" in each.path).decode("utf-8-sig")
    assert "'=1+1,2026-07-01" in csv
    assert "'\uff1d2+2,2026-07-01" in csv
