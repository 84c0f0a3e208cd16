"""`kring review` on real files: joined, split and kept apart; taken back, every table is as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import Record, ask, kring, refresh

SETTINGS = """\
releases_kept = 12

[network]
name = "Klein netwerk"
as_of = 2026-06-30

[[tables]]
name = "members"
match = "members*.csv"
feed = "membership"
[tables.columns]
Naam = "full_name"
"E-mail" = "email"
LinkedIn = "linkedin_url"
Organisatie = "organisation"
"Lid sinds" = "joined_on"

[[tables]]
name = "agenda"
match = "agenda*.csv"
feed = "event"
[tables.columns]
id = "event_id"
titel = "title"
begin = "starts_at"
einde = "ends_at"

[[tables]]
name = "registrations"
match = "aanmeldingen*.csv"
feed = "registration"
[tables.columns]
id = "event_id"
Naam = "full_name"
"E-mail" = "email"
Organisatie = "organisation"
status = "status"

[[tables]]
name = "presence"
match = "presence*.csv"
feed = "attendance"
[tables.columns]
id = "event_id"
Naam = "full_name"
"E-mail" = "email"
Organisatie = "organisation"
van = "joined_at"
tot = "left_at"
"""
FILES = {
    "members.csv": (
        "Naam,E-mail,LinkedIn,Organisatie,Lid sinds\n"
        "Jan van den Berg,jan@example.org,,,2025-01-10\n"
        '"Berg, Jan v.d.",Jan@Example.org,,,2025-01-10\n'
        "J. van den Berg,jan@example.org,,,2025-01-10\n"
        "Jan van der Berg,jvdb@example.net,,,2025-02-10\n"
        "Fien Smit,smit@example.org,,,2025-03-01\n"
        "Joke Smit,smit@example.org,,,2025-03-02\n"
        "Kim Bos,kim@hogeschool.example.nl,https://www.linkedin.com/in/kim-bos,Hogeschool A,2025-03-02\n"
        "K. Bos,kim@hogeschool.example.nl,,Hogeschool A,2025-03-02\n"
    ),
    "agenda.csv": (
        "id,titel,begin,einde\n"
        "E1,Eerste bijeenkomst,2026-03-04T13:00:00Z,2026-03-04T15:00:00Z\n"
        "E2,Tweede bijeenkomst,2026-05-06T13:00:00Z,2026-05-06T15:00:00Z\n"
    ),
    "aanmeldingen.csv": (
        "id,Naam,E-mail,Organisatie,status\n"
        "E1,Mia Vonk,mia.vonk@hogeschool.example.nl,Hogeschool A,registered\n"
        "E1,Jan van den Berg,jan@example.org,,registered\n"
    ),
    "presence.csv": (
        "id,Naam,E-mail,Organisatie,van,tot\n"
        "E1,Mia Vonk,mia@example.org,Hogeschool A,2026-03-04T13:05:00Z,2026-03-04T14:55:00Z\n"
        "E2,Mia Vonk,mia@example.org,Hogeschool A,2026-05-06T13:05:00Z,2026-05-06T14:55:00Z\n"
        "E2,Joke Smit,smit@example.org,,2026-05-06T13:05:00Z,2026-05-06T14:55:00Z\n"
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network with one release. Only looked at."""
    home = tmp_path_factory.mktemp("review") / "home"
    assert kring("init", home).code == 0
    (home / "kring.toml").write_text(SETTINGS, encoding="utf-8")
    hand_in(home)
    _, said = refresh(home)
    assert said.rejected_rows == 0
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def hand_in(home: Path) -> None:
    for name, text in FILES.items():
        (home / "inbox" / name).write_text(text, encoding="utf-8")


def review(home: Path, *words: str) -> list[Record]:
    ended = kring("review", *words, "--home", home, "--json")
    assert ended.code == 0, ended.errors
    said = json.loads(ended.output)
    return said if isinstance(said, list) else [said]


def person(home: Path, key: str) -> str:
    """The id of the one person with a key."""
    (found,) = {row["person_id"] for row in ask(home, "person_keys") if str(row["key"]).endswith(f":{key}")}
    return str(found)


def people(home: Path) -> int:
    return len({row["person_id"] for row in ask(home, "person_keys")})


def differing(home: Path, one: str, other: str) -> int:
    ended = kring("releases", "diff", one, other, "--home", home, "--json")
    assert ended.code == 0, ended.errors
    return int(json.loads(ended.output)["tables_differ"])


def first_meeting(home: Path) -> Record:
    (row,) = [row for row in ask(home, "sessions") if row["title"] == "Eerste bijeenkomst"]
    return row


def test_fixture_7_one_address_is_one_person_and_another_address_is_not(made: Path) -> None:
    assert person(made, "jan@example.org") != person(made, "jvdb@example.net")
    names = [row["name"] for row in ask(made, "person_keys") if row["key"] == "email:jan@example.org"]
    assert len(names) == 3, "three ways of writing, one person"


def test_fixture_2_merge_refresh_rebuild_undo_leaves_no_trace(home: Path) -> None:
    """Registered with a work address, joined with a private one: a walk-in and a no-show until then."""
    never = str(json.loads(kring("releases", "list", "--home", home, "--json").output)[0]["release"])
    work, private = person(home, "mia.vonk@hogeschool.example.nl"), person(home, "mia@example.org")
    before = people(home)
    assert work != private
    assert (first_meeting(home)["walk_ins"], first_meeting(home)["show_up_rate"]) == (1, 0.0)

    (decision,) = review(home, "same", work, private, "--by", "tester", "--why", "zei het zelf")
    _, merged = refresh(home)
    assert merged.published, "a decision alone makes a release"
    assert people(home) == before - 1
    assert person(home, "mia@example.org") == person(home, "mia.vonk@hogeschool.example.nl")
    assert (first_meeting(home)["walk_ins"], first_meeting(home)["show_up_rate"]) == (0, 0.5)
    (held,) = ask(home, "person_decisions")
    assert (held["kind"], held["decided_by"], held["reason"], held["is_in_force"]) == (
        "same", "tester", "zei het zelf", True,
    )  # fmt: skip

    _, rebuilt = refresh(home, "--rebuild")
    assert differing(home, merged.release, rebuilt.release) == 0
    hand_in(home)
    _, again = refresh(home)
    assert not again.published, "the same files change nothing"

    review(home, "undo", str(decision["decision_id"]), "--by", "tester")
    _, undone = refresh(home)
    assert undone.published
    assert differing(home, never, undone.release) == 0
    assert differing(home, merged.release, undone.release) > 0
    (told,) = review(home, "history")
    assert (told["undone_by"], told["kind"]) == ("tester", "same")


def test_who_shares_an_address_waits_until_somebody_decides(home: Path) -> None:
    (waiting,) = [each for each in review(home, "list") if each["kind"] == "shared_key"]
    assert {waiting["name_a"], waiting["name_b"]} == {"Fien Smit", "Joke Smit"}
    assert waiting["because"] == "share a key: names differ"
    never = str(json.loads(kring("releases", "list", "--home", home, "--json").output)[0]["release"])

    review(home, "later", str(waiting["pair_id"]))
    review(home, "different", str(waiting["pair_id"]), "--why", "zussen")
    refresh(home)
    assert [each for each in review(home, "list") if each["kind"] == "shared_key"] == []
    assert kring("review", "same", str(waiting["pair_id"]), "--home", home).code == 2

    before = people(home)
    review(home, "same", str(waiting["person_a"]), str(waiting["person_b"]))
    refresh(home)
    assert people(home) == before - 1, "the newest decision holds"
    for _ in range(3):
        review(home, "undo")
    _, undone = refresh(home)
    assert differing(home, never, undone.release) == 0


def test_a_person_who_is_two_is_split_and_joined_again(home: Path) -> None:
    never = str(json.loads(kring("releases", "list", "--home", home, "--json").output)[0]["release"])
    kim = person(home, "kim-bos")
    shown = review(home, "split", kim)
    assert {each["name"] for each in shown} == {"kim bos", "k. bos"}
    before = people(home)
    review(home, "split", kim, "K. Bos")
    refresh(home)
    assert people(home) == before + 1
    assert [
        each for each in review(home, "list") if each["kind"] == "shared_key" and "Bos" in str(each)
    ] == []
    review(home, "undo")
    _, undone = refresh(home)
    assert differing(home, never, undone.release) == 0


NOBODY = "00000000-0000-0000-0000-00000000000"
MISTAKES = (
    ("same nobody nothing", "no id of a person"),
    (f"same {NOBODY}0 {NOBODY}1", "nobody with that id"),
    ("same 0123456789abcdef", "no pair with that id"),
    ("different {jan} {jan}", "one person already"),
    ("same {jan} {fourth} --by=", "nobody who decides"),
    ("split {jan} nobody@example.org", "does not have"),
    ("split {jan} jan@example.org", "everything the person has"),
    ("undo", "no decision to take back"),
    ("undo 7", "no decision 7"),
    ("undo seven", "valid integer"),
    ("same", "Missing argument"),
)


def test_mistakes_are_one_clear_line(made: Path) -> None:
    jan, fourth = person(made, "jan@example.org"), person(made, "jvdb@example.net")
    for words, said in MISTAKES:
        ended = kring("review", *words.format(jan=jan, fourth=fourth).split(), "--home", made)
        assert ended.code == 2, words
        assert said in ended.errors, words
        assert len(ended.errors.strip().splitlines()) == 1, words
        assert "@" not in ended.errors, words


def test_without_a_release_there_is_nothing_to_review(tmp_path: Path) -> None:
    kring("init", tmp_path / "home")
    ended = kring("review", "list", "--home", tmp_path / "home")
    assert ended.code == 1
    assert "no release yet" in ended.errors
    assert kring("review", "list", "--home", tmp_path / "nowhere").code == 2


def test_decisions_hold_nothing_personal(home: Path) -> None:
    review(home, "same", person(home, "jan@example.org"), person(home, "jvdb@example.net"), "--by", "tester")
    kim = person(home, "kim-bos")
    review(home, "split", kim, "K. Bos", "--by", "tester")
    stored = b"".join(path.read_bytes() for path in home.glob("decisions.sqlite*"))
    for word in (b"jan@", b"Berg", b"berg", b"kim", b"Bos", b"bos"):
        assert word not in stored
