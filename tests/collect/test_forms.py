"""The other forms: each tool as its documentation says it answers, page by page, and as it should not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from etl.home import Home
from etl.settings import CollectKind
from tests.collect.api import Flow, flow
from tests.collect.site import Answer, Site, Visit, raw, status

QUESTION = "Wat is je vraag aan het netwerk?"
LONG_TEXT = {"questionId": "b2", "textQuestion": {"paragraph": True}}
Body = dict[str, object]


def asked(visit: Visit) -> tuple[str, dict[str, str]]:
    url = urlsplit(visit.path)
    return url.path, {key: value[0] for key, value in parse_qs(url.query).items()}


def words(number: int) -> str:
    return f"Hoe doen jullie nummer {number}?"


def person(number: int) -> str:
    return f"p{number}@example.org"


@dataclass
class Tool:
    """A form of five answers, two a page. `lie` changes what it says of how many there are."""

    count: int = 5
    first: int = 1
    lie: int = 0
    repeat: bool = False
    drop_page: bool = False
    calls: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        return list(range(self.first, self.first + self.count))

    def page(self, start: int, most: int = 2) -> list[int]:
        if self.repeat:
            start = 0
        if self.drop_page and start:
            return []
        return self.numbers[start : start + most]


def kobo(tool: Tool) -> Answer:
    def one(number: int) -> Body:
        return {
            "_id": number,
            "_uuid": f"u{number}",
            "_submission_time": f"2026-03-{number:02d}T10:00:00",
            "intro/naam": f"Persoon {number}",
            "email": person(number),
            "slot/vraag": words(number),
            "vervoer": "trein",
            "_geolocation": [52.1, 4.3],
            "_attachments": [{"download_url": "x"}],
        }

    survey = [
        {"type": "begin_group", "name": "intro"},
        {"type": "text", "name": "naam", "label": ["Naam"]},
        {"type": "text", "name": "email", "label": ["E-mailadres"]},
        {"type": "text", "name": "vraag", "label": [QUESTION, "Question?"]},
        {"type": "select_one", "name": "vervoer", "label": ["Hoe kom je?"]},
    ]

    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        if path == "/api/v2/assets/aXYZ/":
            return status(200, {"name": "Intake", "content": {"survey": survey}})(visit)
        assert path == "/api/v2/assets/aXYZ/data.json"
        since = json.loads(ask.get("query", "{}")).get("_submission_time", {}).get("$gt", "")
        tool.calls.append(since)
        start = int(ask.get("start", 0))
        following = start + 2 < len(tool.numbers)
        url = f"{visit.server.site.url}{path}?{urlencode({**ask, 'start': start + 2})}"
        return status(
            200,
            {
                "count": len(tool.numbers) + tool.lie,
                "next": url if following else None,
                "previous": None,
                "results": [one(number) for number in tool.page(start)],
            },
        )(visit)

    return give


def tally(tool: Tool) -> Answer:
    questions = [
        {"id": "qa", "type": "INPUT_TEXT", "title": "Naam"},
        {"id": "qb", "type": "INPUT_EMAIL", "title": "Mail"},
        {"id": "qc", "type": "TEXTAREA", "title": QUESTION},
        {"id": "qd", "type": "MULTIPLE_CHOICE", "title": "Hoe kom je?"},
    ]

    def one(number: int) -> Body:
        said = {"qa": f"Persoon {number}", "qb": person(number), "qc": words(number), "qd": ["Trein"]}
        return {
            "id": f"s{number}",
            "respondentId": "r",
            "isCompleted": True,
            "submittedAt": f"2026-03-{number:02d}T10:00:00.000Z",
            "responses": [{"questionId": key, "answer": value} for key, value in said.items()],
        }

    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        assert path == "/forms/aXYZ/submissions"
        assert ask["filter"] == "completed"
        tool.calls.append(ask.get("startDate", ""))
        number = int(ask["page"])
        return status(
            200,
            {
                "page": number,
                "limit": 2,
                "hasMore": number * 2 < len(tool.numbers),
                "totalNumberOfSubmissionsPerFilter": {"all": 9, "completed": len(tool.numbers) + tool.lie},
                "questions": questions,
                "submissions": [one(each) for each in tool.page(number * 2 - 2)],
            },
        )(visit)

    return give


def jotform(tool: Tool) -> Answer:
    def one(number: int) -> Body:
        return {
            "id": str(number),
            "form_id": "aXYZ",
            "ip": "203.0.113.7",
            "status": "ACTIVE",
            "created_at": f"2026-03-{number:02d} 05:00:00",
            "answers": {
                "3": {
                    "name": "naam",
                    "order": "1",
                    "text": "Naam",
                    "type": "control_fullname",
                    "answer": {"first": "Persoon", "last": str(number)},
                },
                "4": {
                    "name": "mail",
                    "order": "2",
                    "text": "Mail",
                    "type": "control_email",
                    "answer": person(number),
                },
                "5": {
                    "name": "vraag",
                    "order": "3",
                    "text": QUESTION,
                    "type": "control_textarea",
                    "answer": words(number),
                },
                "6": {
                    "name": "hoe",
                    "order": "4",
                    "text": "Hoe kom je?",
                    "type": "control_radio",
                    "answer": "Trein",
                },
                "7": {"name": "kop", "order": "0", "text": "Welkom", "type": "control_head"},
            },
        }

    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        assert path == "/form/aXYZ/submissions"
        tool.calls.append(ask.get("filter", ""))
        page = [one(each) for each in tool.page(int(ask["offset"]))]
        if tool.lie:
            return status(200, {"responseCode": 401, "message": "You're not authorized", "content": ""})(
                visit
            )
        return status(200, {"responseCode": 200, "message": "success", "content": page, "limit-left": 900})(
            visit
        )

    return give


def google_forms(tool: Tool) -> Answer:
    form = {
        "info": {"title": "Intake"},
        "items": [
            {"title": "Naam", "questionItem": {"question": {"questionId": "a1", "textQuestion": {}}}},
            {"title": QUESTION, "questionItem": {"question": LONG_TEXT}},
            {
                "title": "Hoe kom je?",
                "questionItem": {"question": {"questionId": "c3", "choiceQuestion": {}}},
            },
            {"title": "Plaatje", "imageItem": {}},
        ],
    }

    def said(text: str) -> Body:
        return {"textAnswers": {"answers": [{"value": text}]}}

    def one(number: int) -> Body:
        at = f"2026-03-{number:02d}T10:00:00.123Z"
        return {
            "responseId": f"g{number}",
            "createTime": at,
            "lastSubmittedTime": at,
            "respondentEmail": person(number),
            "answers": {"a1": said(f"Persoon {number}"), "b2": said(words(number)), "c3": said("Trein")},
        }

    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        if path == "/v1/forms/aXYZ":
            return status(200, form)(visit)
        assert path == "/v1/forms/aXYZ/responses"
        tool.calls.append(ask.get("filter", ""))
        start = int(ask.get("pageToken", "0"))
        body: Body = {"responses": [one(each) for each in tool.page(start)]}
        if not tool.numbers:  # an empty form gives an empty object
            return raw(b"{}")(visit)
        if start + 2 < len(tool.numbers):
            body["nextPageToken"] = "2" if tool.lie else str(start + 2)
        return status(200, body)(visit)

    return give


def limesurvey(tool: Tool, wrapped: bool = False) -> Answer:
    questions = [
        {"qid": 1, "parent_qid": 0, "title": "naam", "question": "<b>Naam</b>", "type": "S"},
        {"qid": 2, "parent_qid": 0, "title": "mail", "question": "E-mailadres", "type": "S"},
        {"qid": 3, "parent_qid": 0, "title": "vraag", "question": f"<p>{QUESTION}</p>", "type": "T"},
        {"qid": 4, "parent_qid": 0, "title": "hoe", "question": "Hoe kom je?", "type": "L"},
    ]

    def one(number: int) -> Body:
        done = number != 3 or tool.first > 1
        body: Body = {
            "id": str(number),
            "lastpage": "2",
            "startlanguage": "nl",
            "ipaddr": "203.0.113.7",
            "submitdate": f"2026-03-{number:02d} 11:00:00" if done else None,
            "naam": f"Persoon {number}",
            "mail": person(number),
            "vraag": words(number),
            "hoe": "Met de trein naar de zaal",
        }
        return {str(number): body} if wrapped else body

    def result(method: str, given: list[object]) -> object:
        if method == "get_session_key":
            return "k3y" if given == ["bo", "s3cret"] else {"status": "Invalid user name or password"}
        assert given[0] == "k3y"
        if method == "release_session_key":
            return "OK"
        if method == "list_questions":
            return questions
        assert method == "export_responses"
        assert given[1:7] == [4711, "json", None, "all", "code", "long"]
        if tool.lie:
            return {"status": "No permission"}
        begin = given[7] if isinstance(given[7], int) else 0
        found = [one(number) for number in tool.numbers if number >= begin]
        if not found:
            return {"status": "No Data, could not get max id."}
        rows = [*found, *found] if tool.repeat else found
        return base64.b64encode(json.dumps({"responses": rows}).encode()).decode()

    def give(visit: Visit) -> None:
        if visit.path != "/index.php/admin/remotecontrol":
            return status(404)(visit)
        asked = json.loads(visit.body)
        tool.calls.append(asked["method"])
        if tool.drop_page and asked["method"] == "export_responses":
            return status(200, {"id": 1, "result": "bm90IGpzb24=", "error": None})(visit)
        return status(200, {"id": 1, "result": result(asked["method"], asked["params"]), "error": None})(
            visit
        )

    return give


@dataclass(frozen=True)
class Case:
    kind: CollectKind
    made: Callable[[Tool], Answer]
    keys: tuple[tuple[str, str], ...]
    header: tuple[str, str]
    at: str
    handed_in: int = 5


CASES = {
    "kobotoolbox": Case(
        CollectKind.KOBOTOOLBOX, kobo, (("form_id", "aXYZ"),), ("authorization", "Token s3cret"), "10:00"
    ),
    "tally": Case(
        CollectKind.TALLY, tally, (("form_id", "aXYZ"),), ("authorization", "Bearer s3cret"), "10:00"
    ),
    "jotform": Case(CollectKind.JOTFORM, jotform, (("form_id", "aXYZ"),), ("apikey", "s3cret"), "10:00"),
    "google_forms": Case(
        CollectKind.GOOGLE_FORMS,
        google_forms,
        (("form_id", "aXYZ"),),
        ("authorization", "Bearer s3cret"),
        "10:00",
    ),
    "limesurvey": Case(
        CollectKind.LIMESURVEY, limesurvey, (("form_id", "4711"), ("user", "bo")), ("host", ""), "10:00", 4
    ),
}


def made(home: Home, site: Site, name: str, tool: Tool) -> Flow:
    case = CASES[name]
    site.usual = case.made(tool)
    return flow(home, site, case.kind, token_env="KRING_TOKEN", **dict(case.keys))


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_answer_of_every_page_is_read(home: Home, site: Site, name: str) -> None:
    case = CASES[name]
    source = made(home, site, name, Tool())
    assert source.collect() == ()
    rows = source.read()
    assert sorted(rows) == ["contribution"]
    told = rows["contribution"]
    numbers = [number for number in range(1, 6) if case.handed_in == 5 or number != 3]
    assert [row["text"] for row in told] == [words(number) for number in numbers]
    assert [row["email"] for row in told] == [person(number) for number in numbers]
    assert {row["question"] for row in told} == {QUESTION}
    assert {row["source"] for row in told} == {"source"}
    assert str(told[0]["contributed_at"]) == f"2026-03-01 {case.at}:00"[: len(str(told[0]["contributed_at"]))]
    assert told[0]["full_name"] == "Persoon 1"
    header, value = case.header
    assert value in site.headers[0][header]
    everything = b"".join(source.landed())
    for secret in (b"s3cret", b"203.0.113.7", b"52.1", b"k3y", b"download_url"):
        assert secret not in everything
    assert all("s3cret" not in path for path in site.paths)


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_next_time_only_what_is_new_lands(home: Home, site: Site, name: str) -> None:
    tool = Tool()
    source = made(home, site, name, tool)
    source.collect()
    assert source.collect() == ()
    assert len(source.landed()) == 1
    tool.count, tool.first = (6, 1) if name != "limesurvey" else (5, 2)
    assert source.collect() == ()
    assert len(source.landed()) == 2
    fresh = json.loads(source.landed()[-1])["items"]
    expected = [6] if name != "limesurvey" else [3, 6]
    assert sorted(str(item["id"]).rsplit(":", 1)[1].strip("gs") for item in fresh) == [
        str(n) for n in expected
    ]
    if name not in ("limesurvey",):
        assert tool.calls[-1] != tool.calls[0] == ""


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_form_that_nobody_filled_in_is_no_file(home: Home, site: Site, name: str) -> None:
    source = made(home, site, name, Tool(count=0))
    assert source.collect() == ()
    assert source.landed() == []


SAYS_NO_TOTAL = ("jotform", "google_forms")  # a page that is missing at the end cannot be seen
BROKEN = [
    (name, how)
    for name in sorted(CASES)
    for how in ("repeat", "drop_page", "lie")
    if not (how == "drop_page" and name in SAYS_NO_TOTAL)
]


@pytest.mark.parametrize(("name", "how"), BROKEN)
def test_a_set_that_is_not_whole_moves_nothing(home: Home, site: Site, name: str, how: str) -> None:
    tool = Tool()
    source = made(home, site, name, tool)
    is_first = (name, how) == ("tally", "lie")  # a total counts only where everything is read
    if not is_first:
        source.collect()
    before = source.landed()
    cursor = "{}" if is_first else source.state().cursor
    tool.count, tool.lie = 6, 3 if how == "lie" else 0
    tool.repeat, tool.drop_page = how == "repeat", how == "drop_page"
    (warning,) = source.collect()
    assert "s3cret" not in warning
    assert "not authorized" not in warning
    assert source.landed() == before
    assert source.state().cursor == cursor
    assert source.state().fault == warning


def test_limesurvey_gives_its_session_back_also_when_it_fails(home: Home, site: Site) -> None:
    tool = Tool(lie=1)
    (warning,) = made(home, site, "limesurvey", tool).collect()
    assert "no right to export the answers" in warning
    assert tool.calls[-1] == "release_session_key"


def test_limesurvey_wraps_each_answer_in_older_versions(home: Home, site: Site) -> None:
    source = made(home, site, "limesurvey", Tool())
    site.usual = limesurvey(Tool(), wrapped=True)
    assert source.collect() == ()
    assert len(source.read()["contribution"]) == 4


def test_a_wrong_password_is_said_without_it(home: Home, site: Site) -> None:
    source = made(home, site, "limesurvey", Tool())
    source.environment = {"KRING_TOKEN": "wr0ng"}
    (warning,) = source.collect()
    assert "the name or the password was refused" in warning
    assert "wr0ng" not in warning


def with_tokens(tool: Tool, tokens: list[Body]) -> Answer:
    usual = google_forms(tool)

    def give(visit: Visit) -> None:
        if visit.path != "/token":
            return usual(visit)
        text = visit.body.decode()
        tokens.append({key: value[0] for key, value in parse_qs(text).items()})
        return status(200, {"access_token": "sh0rt", "expires_in": 3599})(visit)

    return give


def test_google_gives_a_token_for_a_refresh_token(home: Home, site: Site) -> None:
    tokens: list[Body] = []
    site.usual = with_tokens(Tool(), tokens)
    source = flow(
        home,
        site,
        CollectKind.GOOGLE_FORMS,
        form_id="aXYZ",
        token_env="KRING_TOKEN",
        client_id="me",
        client_secret_env="KRING_CLIENT_SECRET",
        token_url="{site}/token",
    )
    assert source.collect() == ()
    assert tokens == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "s3cret",
            "client_id": "me",
            "client_secret": "cl1ent-s3cret",
        }
    ]
    assert site.headers[1]["authorization"] == "Bearer sh0rt"


def test_google_gives_a_token_for_the_key_of_a_service_account(home: Home, site: Site) -> None:
    tokens: list[Body] = []
    site.usual = with_tokens(Tool(), tokens)
    source = flow(
        home,
        site,
        CollectKind.GOOGLE_FORMS,
        form_id="aXYZ",
        token_env="KRING_TOKEN",
        token_url="{site}/token",
    )
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    (home.secrets / "KRING_TOKEN").parent.mkdir(exist_ok=True)
    (home.secrets / "KRING_TOKEN").write_text(
        json.dumps({"client_email": "kring@example.org", "private_key": pem})
    )
    source.environment = {}
    assert source.collect() == ()
    said = str(tokens[0]["assertion"]).split(".")
    claims = json.loads(base64.urlsafe_b64decode(said[1] + "=="))
    assert (claims["iss"], claims["aud"]) == ("kring@example.org", f"{site.url}/token")
    assert site.headers[1]["authorization"] == "Bearer sh0rt"
