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


def test_links_under_the_page_are_of_the_web_or_of_mail() -> None:
    text = '[publication]\ncontact = "info@example.org"\naccessibility = "https://example.org/a?b=c"\n'
    found = read_settings(text, {}).publication
    assert (found.contact, found.accessibility) == ("mailto:info@example.org", "https://example.org/a?b=c")
    page = read_settings('[publication]\ncontact = "https://www.example.org"\n', {}).publication
    assert (page.contact, page.accessibility) == ("https://www.example.org", "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('contact = "javascript:alert(1)"', "publication.contact"),
        ('contact = "http://example.org"', "publication.contact"),
        ("contact = 3", "publication.contact"),
        ('accessibility = "info@example.org"', "publication.accessibility"),
        ("accessibility = 'https://example.org/\"onclick='", "publication.accessibility"),
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
