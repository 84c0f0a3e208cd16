"""Why two people or two organisations may be one, in a coordinator's sentences. Pure: imports no Streamlit.

The matcher says it in codes, `field:level`; a code that is not here is left out, never shown as a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dashboard.wording import N_, Wording


@dataclass(frozen=True)
class Likeness:
    """What speaks for one, what against it, and what to know besides."""

    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()


FOR = {
    "family:same": N_("The family name is the same, and not many people have it."),
    "family:same_common": N_("The family name is the same, but many people have it."),
    "family:same_very_common": N_("The family name is the same, but very many people have it."),
    "family:same_but_particle": N_("The family name is the same apart from the particle."),
    "family:swapped": N_("First and family name stand in the other order."),
    "family:initial": N_("Of one the family name is only a letter, and it fits."),
    "family:part": N_("Part of the family name is the same, as after a marriage."),
    "family:close": N_("The family names differ by a letter or two, as in a slip of the pen."),
    "family:close_but_known": N_("The family names are almost alike, but both exist."),
    "given:same": N_("The first name is the same."),
    "given:same_common": N_("The first name is the same, but many people have it."),
    "given:initial": N_("Of one only the initials are known, and they fit."),
    "given:initial_of_formal": N_("The initial fits the full form of the first name."),
    "given:short_form": N_("One first name is a short form of the other."),
    "given:other_given": N_("One of the first names is the same."),
    "given:close": N_("The first names differ by a letter or two, as in a slip of the pen."),
    "organisation:same": N_("They come from the same organisation."),
    "organisation:alike": N_("Their organisations are written almost alike."),
    "organisation:fits_address": N_("The address of one fits the organisation of the other."),
    "mail:same": N_("They have the same e-mail address."),
    "mail:close": N_("Their e-mail addresses differ by a letter or two."),
    "mail:same_name_part": N_("The part before the @ is the same in both addresses."),
    "job:same": N_("They have the same job."),
    "job:alike": N_("Their jobs are much alike."),
    "place:same": N_("They come from the same region."),
    "audience:same": N_("They are of the same audience."),
}
AGAINST = {
    "family:differs": N_("The family names differ."),
    "given:another_name": N_("The first names are two different names."),
    "given:differs": N_("The first names differ."),
    "organisation:address_elsewhere": N_("The address of one belongs to another organisation."),
    "organisation:differs": N_("They come from different organisations."),
    "mail:other_organisation": N_("Their e-mail addresses are of different organisations."),
    "mail:other": N_("Their e-mail addresses differ."),
    "job:differs": N_("They have different jobs."),
    "place:other_country": N_("They come from different countries."),
    "place:differs": N_("They come from different regions."),
    "audience:differs": N_("They are of different audiences."),
    "presence:together": N_("They were in one meeting at the same time."),
    "presence:on_one_list": N_("They stand apart on one attendance list."),
}
BESIDES = {"name:read_from_address": N_("Of one the name was read from the e-mail address.")}
SILENT = frozenset({"given:swapped"})  # the family name says it already
SHARED = {
    "names differ": N_("They share an address, profile or number, but their names differ."),
    "keys conflict": N_("They share an address, profile or number, but each has another one of its own."),
    "fits two people": N_("They share an address, and one name fits several people."),
}
ORGANISATIONS = {
    "same words": N_("The names hold the same words."),
    "one name within the other": N_("One name stands within the other."),
    "initials": N_("One name is the initials of the other."),
    "written alike": N_("The names are written almost alike."),
}


def people_likeness(because: str, shared_key: str, words: Wording) -> Likeness:
    """What was compared of two people, in sentences."""
    codes = because.split()
    speaks_for = [words.t(SHARED[shared_key])] if shared_key in SHARED else []
    besides = [words.t(BESIDES[code]) for code in codes if code in BESIDES]
    namesakes = next((int(code[10:]) for code in codes if re.fullmatch(r"namesakes:\d{1,9}", code)), 0)
    if namesakes > 1:
        besides.append(
            words.n(
                "There may be {count} person of this name.",
                "There may be {count} people of this name.",
                namesakes,
            )
        )
    return Likeness(
        (*speaks_for, *(words.t(FOR[code]) for code in codes if code in FOR)),
        tuple(words.t(AGAINST[code]) for code in codes if code in AGAINST),
        tuple(besides),
    )


def organisation_likeness(because: str, words: Wording) -> Likeness:
    """What two organisations have in common, in sentences."""
    said = []
    for part in because.split(", "):
        if part in ORGANISATIONS:
            said.append(words.t(ORGANISATIONS[part]))
        elif part.startswith("mail domain "):
            domain = part.removeprefix("mail domain ")
            said.append(words.t("People of both write from addresses at {domain}.", domain=domain))
    return Likeness(tuple(said))


def certainty(score: float | None, words: Wording) -> str:
    """How likely it is, in words; nothing had to be guessed of who shares a key."""
    if score is None:
        return words.t("certainty unknown")
    if score >= 0.95:
        return words.t("very likely one")
    return words.t("likely one") if score >= 0.7 else words.t("perhaps one")
