"""Every sample file is read for real and gives exactly what was worked out by hand beside it."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from etl.settings import read_settings
from etl.sources import SOURCES
from etl.sources.identify import TABLE_FORMAT
from etl.sources.inspect import inspect
from etl.sources.reading import reading_json

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = sorted(SAMPLES.glob("*/*.inspect.json"))
ADDRESS = re.compile(r"[\w.+-]+@([\w.-]+\w)")
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
    found = [address for file in FILES for address in ADDRESS.findall(_text(file))]
    assert len(found) > 50
    assert {domain.lower() for domain in found} <= {"example.org", "example.nl", "tenant.example.nl"}


def _text(file: Path) -> str:
    """The file as text, whatever its encoding; an archive member by member."""
    contents = [file.read_bytes()]
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            contents = [archive.read(name) for name in archive.namelist()]
    return "".join(content.replace(b"\0", b"").decode("utf-8", errors="ignore") for content in contents)
