"""Why two people may be one, in plain English: the codes of a likely pair as short phrases. Pure functions.

The codes are stable, `field:level` with spaces between; a page says them in its own language.
"""

from __future__ import annotations

PHRASES = {
    "family:same": "same family name",
    "family:same_common": "same family name, a common one",
    "family:same_very_common": "same family name, a very common one",
    "family:same_but_particle": "same family name apart from the particle",
    "family:swapped": "given and family name the other way round",
    "family:initial": "family name shortened to a letter",
    "family:part": "half of a double family name",
    "family:close": "family names a slip apart",
    "family:close_but_known": "family names alike, both of them well known",
    "family:differs": "family names differ",
    "given:same": "same given name",
    "given:same_common": "same given name, a common one",
    "given:initial": "initial fits the given name",
    "given:initial_of_formal": "initial fits the formal given name",
    "given:short_form": "given name or its short form",
    "given:other_given": "one of several given names",
    "given:close": "given names a slip apart",
    "given:another_name": "given names differ",
    "given:differs": "given names differ",
    "organisation:same": "same organisation",
    "organisation:alike": "organisations written alike",
    "organisation:fits_address": "organisation fits the mail address",
    "organisation:address_elsewhere": "mail address of another organisation",
    "organisation:differs": "organisations differ",
    "mail:same": "same mail address",
    "mail:close": "mail addresses a slip apart",
    "mail:same_name_part": "same name before the @",
    "mail:other_organisation": "addresses at two organisations",
    "mail:other": "other mail address",
    "job:same": "same function",
    "job:alike": "functions alike",
    "job:differs": "functions differ",
    "place:same": "same region",
    "place:differs": "regions differ",
    "place:other_country": "countries differ",
    "audience:same": "same audience",
    "audience:differs": "audiences differ",
    "presence:together": "both at one meeting at the same time",
    "presence:on_one_list": "both on one list of attendance",
    "name:read_from_address": "a name read from an address",
}
LEFT_OUT = frozenset({"given:swapped"})  # the family name says it


def in_english(because: str) -> str:
    """The codes as phrases, in their order. A code of another version is shown as it is."""
    return ", ".join(_phrase(code) for code in because.split() if code not in LEFT_OUT)


def _phrase(code: str) -> str:
    field, _, level = code.partition(":")
    if field == "namesakes":
        return f"{level} people may bear that name"
    return PHRASES.get(code, code)
