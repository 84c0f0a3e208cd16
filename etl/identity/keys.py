"""What makes a key of a person, as SQL functions of the build: e-mail, LinkedIn, id of a source.

The functions live in the in-memory database `staging`: views and matching queries share one spelling.
"""

from __future__ import annotations

from dataclasses import dataclass

from etl.cleaning.names import ADDRESS_WITHIN, SHARED_PATTERN
from etl.cleaning.organisations import COMPANY_NAME, INDEPENDENT_NAME, PRIVATE_MAIL_DOMAINS, SECTOR_WORDS
from etl.schema.groups import WHITE_SPACE

NO_ID = r"^([0\W_]+|x+|n\W?a\W?|n\W?v\W?t\W?|none|null|nil|nan|unknown|onbekend|geen|leeg|tbd)$"
"""What stands where a number is not known."""
NO_PROFILE = ("me", "unavailable", "unknown", "undefined", "null", "none")
"""Ends of LinkedIn addresses that are nobody's: /in/me is whoever looks."""


@dataclass(frozen=True)
class SqlFunction:
    """One scalar SQL function: its arguments and its body."""

    name: str
    arguments: str
    body: str

    @property
    def statement(self) -> str:
        """The statement that makes it."""
        return f"create or replace macro staging.{self.name}({self.arguments}) as ({self.body})"


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"


# trim() is slow beside looking whether there is anything to trim
TRIMMED = SqlFunction(
    "trimmed", "written",
    "case when starts_with(written, ' ') or ends_with(written, ' ') then trim(written) else written end",
)  # fmt: skip
CLEAN = SqlFunction("clean", "written", "nullif(staging.main.trimmed(written), '')")
ADDRESS = SqlFunction(
    "address", "email",
    "case when contains(email, '<') or contains(email, ':') "
    f"then coalesce(nullif(regexp_extract(email, {_quoted(ADDRESS_WITHIN)}, 1), ''), email) else email end",
)  # fmt: skip
IS_SHARED = SqlFunction(
    "is_shared",
    "email",
    f"coalesce(regexp_matches(staging.main.address(email), {_quoted(SHARED_PATTERN)}), false)",
)
IDENTITY_OF = SqlFunction(
    "identity_of",
    "source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256",
    "hash(case when external_id is not null then source end, external_id, full_name, given_name, "
    "family_name, email, linkedin_url, case when "
    "(external_id is null or staging.main.external_key(source, external_id) is null) "
    "and (linkedin_url is null or staging.main.linkedin_key(linkedin_url) is null) "
    "and (email is null or email not like '%_@_%' or staging.main.is_shared(email)) then sha256 end)",
)
EMAIL_KEY = SqlFunction(
    "email_key", "email",
    "case when email like '%_@_%' and not staging.main.is_shared(email) "
    "then 'email:' || lower(staging.main.trimmed(nfc_normalize(staging.main.address(email)))) end",
)  # fmt: skip
LINKEDIN_KEY = SqlFunction(
    "linkedin_key", "url",
    # as PROFILE_WITHIN has it, in the way that is quickest for a million rows
    "'linkedin:' || nullif(regexp_replace(lower(nfc_normalize(url_decode(regexp_extract(trim("
    "case when contains(lower(url), 'linkedin.') or starts_with(lower(ltrim(url)), '/in/') then url end), "
    f"'(?i)/in/([^/?#\\s]+)', 1)))), '^({'|'.join(NO_PROFILE)})$', ''), '')",
)  # fmt: skip
EXTERNAL_KEY = SqlFunction(
    "external_key",
    "source, external_id",
    f"'external:' || source || ':' || nullif(regexp_replace(trim(external_id), '(?i){NO_ID}', ''), '')",
)
NAME_OF = SqlFunction(
    "name_of", "full_name, given_name, family_name",
    "coalesce(staging.main.clean(full_name), staging.main.clean(concat_ws(' ', given_name, family_name)))",
)  # fmt: skip
SIMPLE_NAME = SqlFunction(
    "simple_name",
    "name",
    r"nullif(trim(regexp_replace(lower(strip_accents(name)), '\s+', ' ', 'g')), '')",
)
MAIL_DOMAIN_OF_ORGANISATION = SqlFunction(
    "organisation_domain", "email_key",
    f"case when split_part(email_key, '@', 2) not in ({_listed(tuple(sorted(PRIVATE_MAIL_DOMAINS)))}) "
    "then split_part(email_key, '@', 2) end",
)  # fmt: skip
PAIR_ID = SqlFunction(
    "pair_id", "person_a, person_b",
    "md5(least(person_a::varchar, person_b::varchar) || '|' || "
    "greatest(person_a::varchar, person_b::varchar))",
)  # fmt: skip
OCCASION_OF = SqlFunction(
    "occasion_of", "event_id, title, starts_at, ends_at, sha256",
    "hash(event_id, title, starts_at, ends_at, "
    "case when event_id is null and starts_at is null then sha256 end)",
)  # fmt: skip
PLAIN_TITLE = SqlFunction(
    "plain_title", "title",
    r"nullif(trim(regexp_replace(lower(strip_accents(title)), '[^a-z0-9]+', ' ', 'g')), '')",
)  # fmt: skip
PLAIN_ORGANISATION = SqlFunction(
    "plain_organisation", "organisation",
    r"nullif(trim(regexp_replace(regexp_replace(lower(strip_accents(organisation)), '[^a-z0-9&+]+', ' ', 'g')"
    r", ' (bv|b v|nv|n v|inc|ltd|gmbh|vzw) *$', '')), '')",
)  # fmt: skip
# a hash as a release keeps it: one bit less, so that it is a plain whole number everywhere
STORED = SqlFunction("stored", "hashed", "(hashed >> 1)::bigint")
FILE_ID = SqlFunction("file_id", "sha256", "staging.main.stored(hash(sha256))")
TIDY_GROUP = SqlFunction(
    "tidy_group", "written",
    f"nullif(trim(regexp_replace(nfc_normalize(written), {_quoted(WHITE_SPACE)}, ' ', 'g')), '')",
)  # fmt: skip
# as etl/schema/groups.py has it
PLAIN_GROUP = SqlFunction("plain_group", "written", "lower(staging.main.tidy_group(written))")
IS_INDEPENDENT = SqlFunction("is_independent", "plain", f"regexp_matches(plain, {_quoted(INDEPENDENT_NAME)})")
IS_COMPANY = SqlFunction("is_company", "written", f"regexp_matches(written, {_quoted(COMPANY_NAME)})")
SECTOR_IN_NAME = SqlFunction(
    "sector_in_name", "plain",
    "case " + " ".join(f"when regexp_matches(plain, {_quoted(words)}) then '{sector}'"
                       for sector, words in SECTOR_WORDS) + " end",
)  # fmt: skip

SQL_FUNCTIONS = (
    TRIMMED, CLEAN, ADDRESS, IS_SHARED, EMAIL_KEY, LINKEDIN_KEY, EXTERNAL_KEY, IDENTITY_OF, NAME_OF,
    SIMPLE_NAME, MAIL_DOMAIN_OF_ORGANISATION, PAIR_ID, STORED, FILE_ID, OCCASION_OF, PLAIN_TITLE,
    PLAIN_ORGANISATION,
    TIDY_GROUP, PLAIN_GROUP, IS_INDEPENDENT, IS_COMPANY, SECTOR_IN_NAME,
)  # fmt: skip
