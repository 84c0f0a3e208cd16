"""Every sample file is read for real and gives exactly what was worked out by hand beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.settings import read_settings
from etl.sources import SOURCES
from etl.sources.identify import TABLE_FORMAT
from etl.sources.inspect import inspect
from etl.sources.reading import reading_json

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = sorted(SAMPLES.glob("*/*.inspect.json"))
FILES = [Path(str(path).removesuffix(".inspect.json")) for path in EXPECTED]


@pytest.fixture(scope="module")
def found() -> dict[Path, object]:
    """All samples, read in one run of the child as a folder would be."""
    settings = read_settings((SAMPLES / "kring.toml").read_text(encoding="utf-8"), {})
    readings = json.loads(reading_json(inspect(FILES, settings)))
    return dict(zip(FILES, readings, strict=True))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_sample_gives_what_was_worked_out_by_hand(file: Path, found: dict[Path, object]) -> None:
    assert found[file] == json.loads(Path(f"{file}.inspect.json").read_text(encoding="utf-8"))


def test_every_sample_has_an_expectation_and_every_format_has_good_and_bad_samples() -> None:
    held = {path for path in SAMPLES.glob("*/*") if not path.name.endswith(".inspect.json")}
    assert held == set(FILES)
    for name in [*(source.format_id for source in SOURCES), TABLE_FORMAT]:
        names = [file.name for file in FILES if file.parent.name == name]
        bad = [each for each in names if "bad" in each or "unknown" in each]
        assert len(bad) >= 2, name
        assert len(names) - len(bad) >= 3, name


def test_samples_hold_invented_people_only() -> None:
    """Every address is at a domain that nobody can own."""
    for file in FILES:
        raw = file.read_bytes()
        text = "".join(
            raw.decode(encoding, errors="ignore") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        )
        for part in text.split("@")[1:]:
            if part[:1].isascii() and part[:1].isalpha():
                assert part.startswith(("example.org", "Example.org", "example.nl", "tenant.example.nl")), (
                    file.name
                )
