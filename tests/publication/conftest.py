"""The demo network, published once; and a small network whose groups are as small as a test wants."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from etl.demo import write_demo
from etl.home import Home
from etl.public_manifest import Publication
from flows.publishing import publish_site
from flows.run import refresh

SETTINGS = """
[network]
name = "Klein netwerk"
as_of = {as_of}

[[tables]]
name = "leden"
match = "leden*.csv"
feed = "membership"
dates = "iso"
[tables.columns]
"Naam" = "full_name"
"E-mail" = "email"
"Groep" = "working_group"
"Sinds" = "joined_on"
"""
Small = Callable[..., Home]


@dataclass(frozen=True)
class Published:
    """A home with its publication."""

    home: Home
    publication: Publication

    @property
    def site(self) -> Path:
        return self.home.public / self.publication.publication / "site"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Only looked at."""
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    write_demo(home)
    refresh(home)
    return Published(home, publish_site(home))


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """A function that makes, or goes on with, a network with so many members of each group, by quarter."""
    home = Home(tmp_path / "small")

    def made(as_of: date, members: dict[tuple[str, str], int]) -> Home:
        home.create()
        home.settings_file.write_text(SETTINGS.format(as_of=as_of), encoding="utf-8")
        lines = ["Naam,E-mail,Groep,Sinds"]
        for (group, since), many in members.items():
            lines += [
                f"Lid {since} {group} {number},lid{number}.{group}.{since}@example.org,{group},{since}"
                for number in range(many)
            ]
        shutil.rmtree(home.landed, ignore_errors=True)
        home.create()
        (home.inbox / f"leden-{as_of}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        refresh(home)
        return home

    return made
