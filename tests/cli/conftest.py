"""A small network with a release, made once; tests that change it take a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.home import Home
from tests.cli.network import copy_home, kring, new_home


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A network with a release. Only looked at."""
    home = new_home(tmp_path_factory.mktemp("network") / "home")
    done = kring("refresh", "--home", home.root)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def network(served: Home, tmp_path: Path) -> Home:
    """A copy of it, to change."""
    return copy_home(served, tmp_path / "home")
