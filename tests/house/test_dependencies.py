"""What is installed is what was proven: pins with their reasons, our four names, what the package holds."""

from __future__ import annotations

import tomllib
from importlib.metadata import distributions, packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.modules import PACKAGES, ROOT, tracked_files

# Each pin with the reason that must be gone before it is lifted. Those of fastapi and sqlalchemy, which break
# Prefect, are in flows/health.py, where `kring doctor` reads them; tests/flows proves them.
PINS = {
    "streamlit": ("==1.67.0", "pages, st.App and its security settings were proven on 1.67 only"),
    "duckdb": (
        "==1.5.5",
        "the newest line whose DuckLake and Postgres extensions come as packages; 2.0 breaks neighbours",
    ),
    "polars": (">=2,<3", "frames are typed against polars 2"),
    "prefect": ("==3.8.8", "with the pair of fastapi and sqlalchemy below it was seen to fire a schedule"),
    "urllib3": (">=2.7", "older ones hold known weaknesses"),
}
PROVEN_PAIR = {"prefect": "3.8.8", "fastapi": "0.150.0", "sqlalchemy": "2.0.58"}


def project() -> dict[str, list[str]]:
    """The requirements of pyproject.toml: `run`, and each extra."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"run": table["dependencies"], **table["optional-dependencies"]}


def constraints() -> dict[str, str]:
    """The exact version of every distribution that may be installed."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): exact for name, exact in pairs}


@pytest.mark.parametrize("name", sorted(PINS))
def test_a_pin_is_not_lifted_without_its_reason(name: str) -> None:
    specifier, reason = PINS[name]
    wanted = {
        canonicalize_name(Requirement(text).name): Requirement(text).specifier for text in project()["run"]
    }
    assert wanted.get(canonicalize_name(name)) == Requirement(f"{name}{specifier}").specifier, (
        f"{name}: {reason}"
    )
    assert Version(constraints()[name]) in Requirement(f"{name}{specifier}").specifier, reason
    assert Version(version(name)) in Requirement(f"{name}{specifier}").specifier, reason


@pytest.mark.parametrize("name", sorted(PROVEN_PAIR))
def test_the_prefect_pair_is_the_one_that_fired_a_schedule(name: str) -> None:
    assert constraints()[name] == PROVEN_PAIR[name]


def test_everything_required_is_pinned_exactly() -> None:
    required = {canonicalize_name(Requirement(text).name) for texts in project().values() for text in texts}
    assert sorted(required - constraints().keys()) == []


def test_what_is_installed_is_what_constraints_say() -> None:
    """Only where pip made the environment from constraints.txt, as `make` does."""
    exact = constraints()
    installed = {canonicalize_name(one.metadata["Name"]): one.version for one in distributions()}
    differing = {name: (installed[name], exact[name]) for name in installed.keys() & exact.keys()
                 if Version(installed[name]) != Version(exact[name])}  # fmt: skip
    assert differing == {}


def test_constraints_hold_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert not line or line.startswith("#") or "==" in line, line
        assert not any(sign in line for sign in ("://", "@", ";", " --")), line


def test_nobody_else_provides_a_module_of_our_names() -> None:
    providers = packages_distributions()
    for name in PACKAGES:
        assert set(providers.get(name, [])) <= {"kring"}, f"{name} is also provided by {providers[name]}"


def test_nothing_in_the_dashboard_is_named_like_a_top_level_package() -> None:
    """Streamlit puts the script's folder first on the path: `dashboard/queries.py` would hide `queries`."""
    names = {path.stem for path in (ROOT / "dashboard").iterdir()}
    assert names.isdisjoint(PACKAGES)


def test_the_package_ships_every_file_that_is_not_python() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    patterns = table["package-data"]["*"]
    left_out = [
        path.relative_to(ROOT).as_posix()
        for path in tracked_files(*PACKAGES)
        if path.suffix not in (".py", ".pyc")
        and not any(Path(path.name).match(pattern) for pattern in patterns)
    ]
    assert left_out == [], "add their pattern to package-data in pyproject.toml"
    included = table["packages"]["find"]["include"]
    assert included == [f"{name}*" for name in PACKAGES]
    assert "*.sql" in patterns
