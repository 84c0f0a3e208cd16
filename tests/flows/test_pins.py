"""Prefect works with this pair of packages only; the test that lifts a pin says why it may not be lifted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.health import PINS, Pin, pin_faults

ROOT = Path(__file__).parents[2]


def test_what_is_installed_keeps_the_pins() -> None:
    assert pin_faults() == ()


@pytest.mark.parametrize(
    ("package", "lifted", "reason"),
    [
        ("fastapi", "0.165.0", "every flow run fails"),
        ("fastapi", "0.151.0", "every flow run fails"),
        ("sqlalchemy", "2.1.9", "scheduled runs silently never happen"),
        ("sqlalchemy", "2.1.0rc1", "scheduled runs silently never happen"),
    ],
)
def test_a_lifted_pin_is_refused_with_its_reason(package: str, lifted: str, reason: str) -> None:
    pin = next(pin for pin in PINS if pin.package == package)
    fault = pin.fault(lifted)
    assert fault is not None
    assert fault.startswith(f"{package} {lifted} is installed, expected {package}<")
    assert reason in fault


@pytest.mark.parametrize(("package", "version"), [("fastapi", "0.150.0"), ("sqlalchemy", "2.0.58")])
def test_the_tested_pair_passes(package: str, version: str) -> None:
    assert next(pin for pin in PINS if pin.package == package).fault(version) is None


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.package)
def test_the_pins_stand_where_pip_reads_them(pin: Pin) -> None:
    below = ".".join(map(str, pin.below))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(rf'"{pin.package}(\[\w+\])?>=[\d.]+,<{re.escape(below)}"', project)
    constraint = re.search(
        rf"(?im)^{pin.package}==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8")
    )
    assert constraint is not None
    assert pin.fault(constraint[1]) is None
