"""What was published and is different now: the sentences, and the pages on which they stand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import Language
from dashboard.restated import members_note, of_members, restated, restated_table
from dashboard.wording import Wording
from etl.home import Home
from etl.published import Cause
from etl.restated_why import SAID, said
from etl.restatement import Restatement
from tests.dashboard.conftest import open_app
from tests.dashboard.network import make_home

DAY, LATER = date(2026, 4, 5), date(2026, 4, 7)
NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)


def cause(kind: str, count: int = 1, about: str = "", last_on: date = DAY) -> dict[str, str | int]:
    return {
        "kind": kind,
        "count": count,
        "first_on": DAY.isoformat(),
        "last_on": last_on.isoformat(),
        "about": about,
    }


def log(
    *causes: dict[str, str | int],
    number: int = 1,
    question: str = "growth",
    label: str = "",
    on: date = date(2026, 3, 31),
    published: int | None = 112,
    current: int | None = 110,
    status: str = "stands",
) -> Restatement:
    return Restatement(
        number=number,
        question=question,
        row_key=on.isoformat(),
        label=label,
        period_end=on,
        published_on=date(2026, 4, 3),
        shown="" if published is None else "110",
        reason="",
        causes=json.dumps(causes),
        changed_at=datetime(2026, 4, 6, tzinfo=UTC),
        status=status,
        published=published,
        current=current,
    )


MERGED = log(cause("merged", 2))


def note(*rows: Restatement, words: Wording = EN, group: str | None = None) -> str:
    found = restated(vars(each) for each in rows)
    return members_note(of_members(found, group, date(2025, 1, 1)), words)


def test_from_to_and_why_in_both_languages() -> None:
    assert note(MERGED, words=NL) == (
        "31 maart 2026: 112 leden bij de publicatie, nu 110. "
        "2 dubbele personen samengevoegd op 5 april 2026. Iedereen ziet nog 110, zoals gepubliceerd."
    )
    assert note(MERGED) == (
        "31 March 2026: 112 members when it was published, 110 now. 2 duplicates merged on 5 April 2026. "
        "Everyone still sees 110, as published."
    )


def test_only_what_stands_and_what_the_page_shows() -> None:
    assert note() == ""
    assert note(log(status="back"), log(status="replaced"), log(status="corrected")) == ""
    assert note(log(cause("merged"), question="group_growth", label="Noord")) == ""
    assert note(log(cause("merged"), question="group_growth", label="Noord"), group="Noord")
    assert note(log(cause("merged"), question="group_growth", label="Noord"), group="NOORD")
    assert note(log(cause("merged"), on=date(2024, 3, 31))) == ""
    older = log(cause("merged"), number=2, on=date(2025, 12, 31))
    assert note(older, MERGED).endswith("as published. 1 earlier quarter changed too.")


@pytest.mark.parametrize("kind", sorted(SAID))
def test_every_cause_has_words_and_both_logs_say_the_same(kind: str) -> None:
    about = {"file": "x/late.csv", "setting": "grace_days|30|60", "kring": "0.1.0|0.2.0"}.get(kind, "")
    for count, last_on in ((1, DAY), (3, LATER)):
        row = log(cause(kind, count, about, last_on))
        told = Cause(kind, count, DAY, last_on, "sha" if kind == "file" else about)
        english = said((told,), {"sha": "late.csv"})
        if kind not in ("file", "files"):  # the page puts commas where the line has a colon
            assert english.replace(" to 7 April", " up to and including 7 April")[1:] in note(row).replace(
                "\\", ""
            )
        assert "{" not in english + note(row) + note(row, words=NL)
        assert note(row) != note(row, words=NL)


def test_the_table_tells_unknown_from_zero() -> None:
    rows = restated(
        vars(each)
        for each in (
            MERGED,
            log(
                cause("files"),
                number=2,
                question="public_attendance",
                label="webinar",
                published=None,
                current=0,
            ),
        )
    )
    table = restated_table(rows, NL)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Leden van het netwerk", "31 mrt 2026", "110", "112", "110"],
        ["Deelnemers: webinar", "31 mrt 2026", "onbekend", "onbekend", "0"],
    ]
    assert table.rows[0][0].under == "2 dubbele personen samengevoegd op 5 april 2026"


@pytest.fixture
def home(tmp_path: Path, loopback: None, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Its file is named after what Markdown and HTML would take for their own."""
    late = log(cause("file", about="leden/**laat** <b>.csv"), on=date(2026, 9, 30), number=2)
    made = make_home(Home(tmp_path / "home"), log=(MERGED, late))
    monkeypatch.setenv("KRING_HOME", str(made.root))
    return made


def captions(app: AppTest) -> str:
    return "\n".join(each.value for each in app.caption)


def test_the_pages_say_it_calmly_and_only_where_it_belongs(home: Home) -> None:
    growth = open_app("growth")
    assert not growth.exception
    assert "30 september 2026: 112 leden bij de publicatie, nu 110." in captions(growth)
    assert "**laat**" not in captions(growth)
    assert "Ook 1 eerder kwartaal veranderde." in captions(growth)
    assert "bij de publicatie" not in captions(open_app("growth", audience="praktijk"))
    assert "bij de publicatie" not in captions(open_app("growth", group="Kennisbasis"))

    public = open_app("public", "en")
    assert not public.exception
    assert "What changed after it was published" in [each.value for each in public.header]
    tables = "".join(html.proto.body for html in public.get("html"))
    assert "2 duplicates merged on 5 April 2026" in tables
    assert "<b>" not in tables
