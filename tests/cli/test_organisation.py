"""`kring organisation`: what the office says shows in the next release, and can be taken back."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from etl.home import Home
from tests.cli.network import kring

SETTINGS = """\
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
"Lid sinds" = "joined_on"
Organisatie = "organisation"
"""
LIST = (
    "Naam,E-mail,Lid sinds,Organisatie\n"
    "Anna Bos,anna@a.example.nl,2025-01-10,HS Noord\n"
    "Bart Dal,bart@example.org,2025-01-11,Hogeschool Noord\n"
    "Cas Eik,cas@b.example.nl,2025-01-12,\n"
    "Dina Fan,dina@example.org,2025-01-13,zzp'er\n"
)
TABLE = (
    "organisation;spelling;domain;sector;region\n"
    "Hogeschool Noord;HS Noord;;HBO;Assen\n"
    "Lab Beek;;b.example.nl;company;\n"
)


def new_home(root: Path) -> Home:
    home = Home(root)
    home.create()
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    home.settings_file.chmod(0o600)
    return home


def organisations(home: Home) -> list[dict[str, str | int | None]]:
    rows: list[dict[str, str | int | None]] = json.loads(
        kring("ask", "organisations", "--format", "json", "--home", home.root).stdout
    )["rows"]
    return rows


def test_a_table_of_the_office_and_back(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    (home.inbox / "members 2025.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    assert kring("refresh", "--home", home.root).returncode == 0
    before = organisations(home)
    assert {row["organisation"] for row in before} == {"HS Noord", "Hogeschool Noord", "Freelancers", None}

    read = kring("organisation", "read", tmp_path / "table.csv", "--home", home.root, "--by", "office")
    assert read.stdout == "Decision 1: 4 changes. Shown from the next refresh on: kring refresh\n"
    assert kring("refresh", "--home", home.root).returncode == 0
    found = {row["organisation"]: (row["sector"], row["members"]) for row in organisations(home)}
    assert found == {
        "Hogeschool Noord": ("hbo", 2),
        "Lab Beek": ("company", 1),
        "Freelancers": ("independent", 1),
    }

    history = json.loads(kring("organisation", "history", "--json", "--home", home.root).stdout)
    assert [(each["by"], each["undone_at"]) for each in history] == [("office", None)]
    assert datetime.strptime(history[0]["decided_at"], "%Y-%m-%dT%H:%M:%SZ")
    assert history[0]["decided_at"] in kring("organisation", "history", "--home", home.root).stdout
    assert kring("organisation", "undo", "--home", home.root).returncode == 0
    assert kring("refresh", "--home", home.root).returncode == 0
    assert organisations(home) == before
    nothing = kring("organisation", "undo", "--home", home.root)
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "no decision to take back" in nothing.stderr


def test_a_mistake_is_one_line_and_changes_nothing(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    wrong = kring("organisation", "set", "Hogeschool Noord", "--sector", "school", "--home", home.root)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    assert "one of mbo, hbo, wo, company, government, independent, other" in wrong.stderr
    (tmp_path / "table.csv").write_text("organisation,spelling\n,HN\n", encoding="utf-8")
    wrong = kring("organisation", "read", tmp_path / "table.csv", "--home", home.root)
    assert wrong.returncode == 2
    assert "table.csv, line 2: no organisation" in wrong.stderr
    assert json.loads(kring("organisation", "list", "--json", "--home", home.root).stdout) == {
        "spellings": [], "domains": [], "facts": [], "apart": [], "later": []
    }  # fmt: skip
