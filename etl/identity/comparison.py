"""The model: how alike two records are on each field, and what that says. Fixed; see docs/matching.md.

A level holds `m`, the share of pairs of one person that are this alike, and `u`, the share of pairs of
different people that are. log2(m / u) is its weight; weights and the prior add up to a score. Levels of one
comparison are tried in order. The SQL compares columns of `temp.alike_candidate`, with `_l` and `_r` behind
their names, as Splink does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

PRIOR = 1 / 5_000
"""The chance that two people picked at random are one; fixed: no score depends on how many there are."""
SUGGESTED_FROM = 0.25
"""The probability from which a pair is put before a person."""


@dataclass(frozen=True)
class Level:
    """How alike two values are. Without m and u it says nothing: a value is missing."""

    code: str
    condition: str
    m: float | None = None
    u: float | None = None

    @property
    def weight(self) -> float:
        """What it adds to the score."""
        return log2(self.m / self.u) if self.m and self.u else 0.0


@dataclass(frozen=True)
class Comparison:
    """One field and its levels, the most telling first; the last is for everything else."""

    name: str
    levels: tuple[Level, ...]


ELSE = "ELSE"
SWAPPED = "given_l = family_r and family_l = given_r"
CLOSE_FAMILY = (
    "least(length(family_l), length(family_r)) >= 4 "
    "and not regexp_matches(family_l, '[0-9]') and not regexp_matches(family_r, '[0-9]') "
    "and (damerau_levenshtein(family_l, family_r) <= "
    "case when least(length(family_l), length(family_r)) >= 8 then 2 else 1 end "
    "or jaro_winkler_similarity(family_l, family_r) >= 0.93)"
)
SAME_GIVEN = "(given_l = given_r or first_l = first_r) and length(first_l) > 1"
CLOSE_GIVEN = (
    "not (given_is_known_l and given_is_known_r) and least(length(first_l), length(first_r)) >= 3 "
    "and (damerau_levenshtein(given_l, given_r) <= 1 or damerau_levenshtein(first_l, first_r) <= 1 "
    "or jaro_winkler_similarity(given_l, given_r) >= 0.9 "
    "or starts_with(given_l, given_r) or starts_with(given_r, given_l))"
)
ONE_INITIAL = "least(length(first_l), length(first_r)) = 1"
NO_INITIAL = "least(length(first_l), length(first_r)) > 1"

FAMILY = Comparison(
    "family",
    (
        Level("missing", "family_l is null or family_r is null"),
        Level("same_very_common", "family_l = family_r and family_rarity_l = 0", 0.10, 0.10 * 0.0040),
        Level("same_common", "family_l = family_r and family_rarity_l = 1", 0.20, 0.20 * 0.0012),
        Level("same", "family_l = family_r", 0.52, 0.52 * 0.0005),
        Level("swapped", SWAPPED, 0.01, 0.01 * 0.00003),
        Level(
            "initial",
            "least(length(family_l), length(family_r)) = 1 and left(family_l, 1) = left(family_r, 1)",
            0.01,
            0.005,
        ),
        Level("part", "list_has_any(family_words_l, family_words_r)", 0.05, 0.003),
        Level(
            "close_but_known",
            f"family_rarity_l < 2 and family_rarity_r < 2 and {CLOSE_FAMILY}",
            0.01,
            0.0025,
        ),
        Level("close", CLOSE_FAMILY, 0.07, 0.0005),
        Level("differs", ELSE, 0.03, 0.99),
    ),
)
GIVEN = Comparison(
    "given",
    (
        Level("missing", "given_l is null or given_r is null"),
        Level("swapped", SWAPPED, 0.5, 0.5),
        Level("same_common", f"{SAME_GIVEN} and given_is_common_l", 0.35, 0.35 * 0.009),
        Level("same", SAME_GIVEN, 0.27, 0.27 * 0.003),
        Level(
            "initial",
            f"{ONE_INITIAL} and (starts_with(initials_l, initials_r) or starts_with(initials_r, initials_l))",
            0.20,
            0.055,
        ),
        Level(
            "initial_of_formal",
            f"{ONE_INITIAL} and (length(first_l) > 1 or length(first_r) > 1) "
            "and (list_contains(formal_initials_l, first_r) or list_contains(formal_initials_r, first_l))",
            0.015,
            0.012,
        ),
        Level("short_form", "list_has_any(formal_l, formal_r)", 0.03, 0.018),
        Level("other_given", f"list_has_any(given_words_l, given_words_r) and {NO_INITIAL}", 0.02, 0.004),
        Level("close", CLOSE_GIVEN, 0.07, 0.004),
        Level("another_name", "given_is_known_l and given_is_known_r", 0.004, 0.60),
        Level("differs", ELSE, 0.012, 0.30),
    ),
)
ORGANISATION = Comparison(
    "organisation",
    (
        Level(
            "missing",
            "coalesce(organisations_l, domains_l) is null or coalesce(organisations_r, domains_r) is null",
        ),
        Level("same", "list_has_any(organisations_l, organisations_r)", 0.70, 0.012),
        Level(
            "alike",
            "list_has_any(organisation_marks_l, organisation_marks_r) "
            "or alike_names(organisation_cores_l, organisation_cores_r)",
            0.12,
            0.003,
        ),
        Level(
            "fits_address",
            "list_has_any(organisation_marks_l, domains_r) or list_has_any(organisation_marks_r, domains_l)",
            0.08,
            0.006,
        ),
        Level("address_elsewhere", "organisations_l is null or organisations_r is null", 0.08, 0.30),
        Level("differs", ELSE, 0.02, 0.67),
    ),
)
MAIL = Comparison(
    "mail",
    (
        Level("missing", "mails_l is null or mails_r is null"),
        Level("same", "list_has_any(mails_l, mails_r)", 0.10, 0.00002),
        Level(
            "close",
            "length(mails_l[1]) >= 10 "
            "and damerau_levenshtein(left(mails_l[1], 100), left(mails_r[1], 100)) <= 2",
            0.10,
            0.0005,
        ),
        Level("same_name_part", "list_has_any(locals_l, locals_r)", 0.25, 0.016),
        Level(
            "other_organisation",
            "len(domains_l) > 0 and len(domains_r) > 0 and not list_has_any(domains_l, domains_r)",
            0.15,
            0.45,
        ),
        Level("other", ELSE, 0.40, 0.54),
    ),
)
JOB = Comparison(
    "job",
    (
        Level("missing", "job_l is null or job_r is null or job_l = '' or job_r = ''"),
        Level("same", "job_l = job_r", 0.55, 0.08),
        Level(
            "alike",
            "jaro_winkler_similarity(job_l, job_r) >= 0.9 "
            "or contains(job_l, job_r) or contains(job_r, job_l)",
            0.15,
            0.06,
        ),
        Level("differs", ELSE, 0.30, 0.86),
    ),
)
PLACE = Comparison(
    "place",
    (
        Level(
            "missing",
            "(region_l is null or region_r is null) "
            "and (country_l is null or country_r is null or country_l = country_r)",
        ),
        Level(
            "other_country",
            "country_l <> country_r and length(country_l) > 3 and length(country_r) > 3 "
            "and region_l is distinct from region_r",
            0.05,
            0.25,
        ),
        Level("same", "region_l = region_r", 0.70, 0.14),
        Level("differs", ELSE, 0.25, 0.61),
    ),
)
AUDIENCE = Comparison(
    "audience",
    (
        Level("missing", "audience_l is null or audience_r is null"),
        Level("same", "audience_l = audience_r", 0.75, 0.35),
        Level("differs", ELSE, 0.25, 0.65),
    ),
)
MODEL = (FAMILY, GIVEN, ORGANISATION, MAIL, JOB, PLACE, AUDIENCE)
PRESENCE = Comparison(
    "presence",
    (
        Level("unknown", "true"),
        Level("together", "seconds_together >= 600", 0.0001, 0.5),
        Level("on_one_list", "lists_shared > 0", 0.15, 0.3),
    ),
)
"""Added after Splink: every meeting changes it, and nothing else of the pair."""
