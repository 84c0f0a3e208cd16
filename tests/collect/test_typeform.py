"""Typeform: a form of a real server on this computer becomes contributions; only what is new lands again."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from etl.home import Home
from etl.settings import CollectKind
from tests.collect.api import Flow, JsonSite, flow
from tests.collect.site import Answer, Site, Visit, status

THEME = "Welk thema mag niet ontbreken?"
FORM = {
    "id": "abc123",
    "title": "Intake",
    "fields": [
        {"id": "q1", "ref": "r1", "type": "short_text", "title": "Wat is je naam?"},
        {"id": "q2", "ref": "r2", "type": "email", "title": "Je e-mailadres"},
        {"id": "q3", "ref": "r3", "type": "long_text", "title": "Wat is je vraag aan het netwerk?"},
        {"id": "q4", "ref": "r4", "type": "multiple_choice", "title": "Hoe kom je?"},
        {"id": "g", "type": "group", "title": "Slot",
         "properties": {"fields": [{"id": "q5", "type": "long_text", "title": THEME}]}},
        {"id": "q6", "type": "short_text", "title": "Dieetwensen"},
    ],
}  # fmt: skip


def answer(number: int, **more: object) -> dict[str, object]:
    def text(field: str, kind: str, value: str) -> dict[str, object]:
        return {"field": {"id": field, "type": kind}, "type": "email" if kind == "email" else "text",
                "email" if kind == "email" else "text": value}  # fmt: skip

    return {
        "response_id": f"r{number}", "token": f"r{number}", "landed_at": f"2026-03-{number:02d}T09:00:00Z",
        "submitted_at": f"2026-03-{number:02d}T09:05:00Z",
        "metadata": {"user_agent": "x", "network_id": "SECRETNETWORK"},
        "answers": [
            text("q1", "short_text", f"Persoon Nummer{number}"),
            text("q2", "email", f"p{number}@example.org"),
            text("q3", "long_text", f"Hoe pakken jullie vraagstuk {number} aan?"),
            {"field": {"id": "q4", "type": "multiple_choice"}, "type": "choice",
             "choice": {"label": "Trein"}},
            text("q5", "long_text", f"Eigenaarschap, deel {number}"),
            text("q6", "short_text", "vegetarisch"),
        ],
        **more,
    }  # fmt: skip


def typeform(answers: list[dict[str, object]], most: int = 2) -> Answer:
    """The Responses API: newest first, `before` a token, at most `most` a page."""

    def give(visit: Visit) -> None:
        url = urlsplit(visit.path)
        ask = {key: value[0] for key, value in parse_qs(url.query).items()}
        if url.path == "/forms/abc123":
            return status(200, FORM)(visit)
        assert url.path == "/forms/abc123/responses"
        found = sorted(answers, key=lambda one: str(one["submitted_at"]), reverse=True)
        found = [one for one in found if str(one["submitted_at"]) >= ask.get("since", "")]
        total = len(found)
        tokens = [one["token"] for one in found]
        if "before" in ask:
            found = found[tokens.index(ask["before"]) + 1 :]
        page = found[: min(most, int(ask.get("page_size", "25")))]
        return status(200, {"total_items": total, "page_count": -(-total // most), "items": page})(visit)

    return give


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real refresh keeps Typeform's pace; a test need not."""
    monkeypatch.setattr("etl.collect.typeform.PAUSE", 0.0)


@pytest.fixture
def intake(site: Site, home: Home) -> Flow:
    site.usual = typeform([answer(number) for number in range(1, 6)])
    return flow(home, site, CollectKind.TYPEFORM, form_id="abc123", token_env="KRING_TOKEN")


def test_every_answer_becomes_contributions_through_a_refresh(intake: Flow) -> None:
    report = intake.refresh()
    assert report.warnings == ()
    asked = intake.ask("contributions")
    assert len(asked) == 10
    assert {row["question"] for row in asked} == {
        "Wat is je vraag aan het netwerk?", THEME,
    }  # fmt: skip
    assert {row["kind"] for row in asked} == {"question", "theme"}
    assert "vegetarisch" not in {row["text"] for row in asked}
    assert report.people == 5
    assert intake.site.headers[0]["authorization"] == "Bearer s3cret"
    landed = intake.landed()
    assert len(landed) == 1
    assert b"SECRETNETWORK" not in landed[0]
    assert b"s3cret" not in landed[0]


def test_the_second_time_asks_from_an_hour_before_and_lands_only_what_is_new(intake: Flow) -> None:
    intake.refresh()
    before = len(intake.site.paths)
    assert not intake.refresh().published_release
    asked = parse_qs(urlsplit(intake.site.paths[before]).query)
    assert asked["since"] == ["2026-03-05T08:05:00Z"]
    assert len(intake.landed()) == 1
    changed = answer(
        5, answers=[{"field": {"id": "q3", "type": "long_text"}, "type": "text", "text": "Anders?"}]
    )
    intake.site.usual = typeform([*(answer(number) for number in range(1, 5)), changed, answer(6)])
    intake.refresh()
    texts = [str(row["text"]) for row in intake.ask("contributions")]
    assert len(texts) == 11
    assert "Anders?" in texts
    assert "Hoe pakken jullie vraagstuk 5 aan?" not in texts
    items = json.loads(intake.landed()[-1])["items"]
    assert sorted(item["id"] for item in items) == ["abc123:r5", "abc123:r6"]
    assert len(intake.ask("contributions")) == len(intake.rebuilt("contributions"))


@pytest.mark.parametrize("feed", ["membership", "registration", "contact"])
def test_a_sign_up_form_gives_people(site: Site, home: Home, feed: str) -> None:
    site.usual = typeform([answer(1), answer(2)])
    constants = {"title": "Startdag"} if feed == "registration" else {}
    made = flow(home, site, CollectKind.TYPEFORM, form_id="abc123", feed=feed, constants=constants)
    assert made.refresh().warnings == ()
    rows = made.read()[feed]
    assert [row["email"] for row in rows] == ["p1@example.org", "p2@example.org"]
    moment = {"membership": "joined_on", "registration": "registered_at", "contact": "connected_on"}[feed]
    assert str(rows[0][moment]).startswith("2026-03-01")


def test_columns_say_what_the_answers_mean(site: Site, home: Home) -> None:
    site.usual = typeform([answer(1)])
    columns = {"je e-mailadres": "email", "Dieetwensen": "text", "r3x": "organisation", "q3": "text"}
    made = flow(home, site, CollectKind.TYPEFORM, form_id="abc123", feed="contribution", columns=columns)
    made.refresh()
    rows = made.read()["contribution"]
    assert {row["text"] for row in rows} == {"vegetarisch", "Hoe pakken jullie vraagstuk 1 aan?"}
    assert {row["email"] for row in rows} == {"p1@example.org"}


def test_an_empty_form_is_no_file(site: Site, home: Home) -> None:
    site.usual = typeform([])
    made = flow(home, site, CollectKind.TYPEFORM, form_id="abc123")
    assert made.collect() == ()
    assert made.landed() == []


REPEATED = {"total_items": 9, "items": [answer(2), answer(1)]}
BAD: dict[str, JsonSite] = {
    "the same page again": lambda visit: status(200, REPEATED)(visit),
    "fewer than it says": lambda visit: status(200, {
        "total_items": 5, "items": [] if "before" in visit.path else [answer(2), answer(1)]})(visit),
    "no list": lambda visit: status(200, {"items": {"a": 1}})(visit),
    "no ids": lambda visit: status(200, {"items": [{"answers": []}]})(visit),
    "no such form": lambda visit: status(404, {"code": "FORM_NOT_FOUND"})(visit),
    "a wrong token": lambda visit: status(401, {"code": "AUTHENTICATION_FAILED"})(visit),
    "the questions fail": lambda visit: (
        typeform([answer(5)])(visit) if "responses" in visit.path else status(500)(visit)),
}  # fmt: skip


@pytest.mark.parametrize("how", sorted(BAD))
def test_a_set_that_is_not_whole_moves_nothing(intake: Flow, how: str) -> None:
    assert intake.collect() == ()
    state, landed = intake.state(), intake.landed()
    intake.site.usual = BAD[how]
    (warning,) = intake.collect()
    assert warning.startswith("collect source: ")
    assert "s3cret" not in warning
    assert intake.landed() == landed
    assert intake.state().cursor == state.cursor
    assert intake.state().fault == warning
