"""A small network on disk: settings, an inbox, and a real `kring` that is run on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from etl.home import Home

KRING = str(Path(sys.executable).with_name("kring"))
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
name = "presence"
match = "presence*.csv"
feed = "attendance"
[tables.columns]
id = "event_id"
"E-mail" = "email"
van = "joined_at"
tot = "left_at"
"""
AGENDA = """\
id,titel,begin,einde
E1,Eerste bijeenkomst,2026-03-04T13:00:00Z,2026-03-04T15:00:00Z
E2,Tweede bijeenkomst,2026-05-06T13:00:00Z,2026-05-06T15:00:00Z
"""
MEMBERS_HEADING = "Naam,E-mail,Lid sinds\n"


def members(first: int, last: int) -> str:
    """A member list of invented people."""
    rows = (
        f"Persoon {n},persoon{n}@example.org,2026-0{n % 5 + 1}-{n % 28 + 1:02}\n" for n in range(first, last)
    )
    return MEMBERS_HEADING + "".join(rows)


def presence(event: str, day: str, people: range) -> str:
    """Who was at a meeting, from two until three in the afternoon (UTC)."""
    rows = (f"{event},persoon{n}@example.org,{day}T13:05:00Z,{day}T14:05:00Z\n" for n in people)
    return "id,E-mail,van,tot\n" + "".join(rows)


def new_home(root: Path) -> Home:
    """A home with three good files in its inbox."""
    home = Home(root)
    home.create()
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    home.settings_file.chmod(0o600)
    (home.inbox / "members.csv").write_text(members(1, 40), encoding="utf-8")
    (home.inbox / "agenda.csv").write_text(AGENDA, encoding="utf-8")
    (home.inbox / "presence 1.csv").write_text(presence("E1", "2026-03-04", range(1, 25)), encoding="utf-8")
    return home


def copy_home(home: Home, root: Path) -> Home:
    """The same network elsewhere, to change."""
    shutil.copytree(home.root, root)
    return Home(root)


def kring(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(
        [KRING, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment
    )


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start a verb and go on."""
    return subprocess.Popen(
        [KRING, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
