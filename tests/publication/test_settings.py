"""What a network may set of its publications: never finer than five, and a day every month has."""

from __future__ import annotations

import pytest

from etl.errors import SettingsError
from etl.settings import PublicationSettings, read_settings


def test_defaults_and_what_is_set() -> None:
    assert read_settings("", {}).publication == PublicationSettings(10, 5, 1)
    text = "[publication]\nthreshold = 20\nrounding = 10\nday = 15\n"
    assert read_settings(text, {}).publication == PublicationSettings(20, 10, 15)
    assert read_settings(text, {"KRING_PUBLICATION_DAY": "3"}).publication.day == 3


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("threshold = 4", "publication.threshold"),
        ("rounding = 1", "publication.rounding"),
        ("rounding = 15", "publication.rounding"),
        ("day = 31", "publication.day"),
        ("day = 0", "publication.day"),
        ("treshold = 10", "threshold?"),
    ],
)
def test_a_finer_or_impossible_setting_is_a_fault(line: str, fault: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(f"[publication]\n{line}\n", {})
    assert fault in refused.value.line()
