"""What makes a key of a person, as SQL functions of the build. Strongest first: e-mail, LinkedIn, id of a source.

The functions live in the in-memory database `staging`, so that staging views and matching queries share one spelling.
"""

from __future__ import annotations

from dataclasses import dataclass

SHARED_MAILBOXES = (
    "info", "secretariaat", "secretariat", "office", "team", "contact", "admin", "administratie", "administration",
    "algemeen", "balie", "bestuur", "board", "communicatie", "communication", "events", "evenementen", "frontoffice",
    "helpdesk", "hello", "hallo", "help", "hr", "inschrijving", "inschrijvingen", "mail", "marketing", "nieuwsbrief",
    "newsletter", "no-reply", "noreply", "onderwijs", "post", "pr", "projectbureau", "projecten", "reception",
    "receptie", "redactie", "registration", "sales", "secr", "secretary", "secretaris", "service", "servicedesk",
    "support", "webmaster", "welkom", "welcome",
)  # fmt: skip
"""Local parts of addresses that more than one person reads. They never make or join a person."""

SHARED_PATTERN = rf"(?i)^\s*({'|'.join(SHARED_MAILBOXES)})@"

PLACEHOLDER_NAMES = (
    "-", "--", "?", "anonymous", "anonymous user", "anoniem", "attendee", "conference room", "deelnemer", "gast",
    "gebruiker", "guest", "guest user", "ipad", "iphone", "laptop", "linkedin member", "linkedin-lid", "lid van linkedin",
    "meeting room", "mobile user", "n.v.t.", "n/a", "nvt", "onbekend", "participant", "teams user", "test", "unknown",
    "unknown user", "user", "vergaderzaal", "vergaderruimte", "windows", "zoom user",
)  # fmt: skip
"""Names, normalised, that devices and tools write where a person's name belongs."""

PLACEHOLDER_PATTERN = (
    r"^(galaxy|samsung|huawei|iphone|ipad|macbook|pixel|oneplus|xiaomi|redmi|oppo|sm-[a-z]?\d|desktop-|laptop-|room |"
    r"zaal |vergaderzaal |vergaderruimte |meeting room|conference room|linkedin member)\b.*|.*('s|s|van) (iphone|ipad|macbook)$"
    r"|^(iphone|ipad|macbook) van .*|^[\d\W_]+$"
)

NAME_SUFFIXES = (
    r"\s*[\(\[](guest|gast|external|extern|ext|unverified|niet geverifieerd|niet-geverifieerd|host|organisator|organizer)[\)\]]"
    r"|,\s*(ph\.?\s?d\.?|msc\.?|ma|bsc|mba|drs\.?|ir\.?|mr\.?)$"
)

PUBLIC_MAIL_DOMAINS = (
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.nl", "outlook.com", "live.nl", "live.com", "msn.com",
    "yahoo.com", "icloud.com", "me.com", "mac.com", "ziggo.nl", "kpnmail.nl", "planet.nl", "xs4all.nl", "hetnet.nl",
    "home.nl", "upcmail.nl", "casema.nl", "quicknet.nl", "telfort.nl", "tele2.nl", "proton.me", "protonmail.com",
    "gmx.net", "gmx.de", "web.de", "skynet.be", "telenet.be",
)  # fmt: skip
"""Domains where one person may well hold two addresses; elsewhere two addresses are two people."""


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


CLEAN = SqlFunction("clean", "written", "nullif(trim(written), '')")
IS_SHARED = SqlFunction(
    "is_shared",
    "email",
    f"coalesce(regexp_matches(email, {_quoted(SHARED_PATTERN)}), false)",
)
IDENTITY_OF = SqlFunction(
    "identity_of",
    "source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256",
    "hash(case when external_id is not null then source end, external_id, full_name, given_name, family_name, email, "
    "linkedin_url, case when external_id is null and linkedin_url is null and "
    "(email is null or staging.main.is_shared(email)) then sha256 end)",
)
EMAIL_KEY = SqlFunction(
    "email_key", "email",
    "case when email like '%_@_%' and not staging.main.is_shared(email) "
    "then 'email:' || lower(trim(nfc_normalize(email))) end",
)  # fmt: skip
LINKEDIN_KEY = SqlFunction(
    "linkedin_key", "url",
    "'linkedin:' || nullif(lower(url_decode(regexp_extract(trim(url), '(?i)/in/([^/?#]+)', 1))), '')",
)  # fmt: skip
EXTERNAL_KEY = SqlFunction(
    "external_key", "source, external_id", "'external:' || source || ':' || nullif(trim(external_id), '')"
)
NAME_OF = SqlFunction(
    "name_of", "full_name, given_name, family_name",
    "coalesce(staging.main.clean(full_name), staging.main.clean(concat_ws(' ', given_name, family_name)))",
)  # fmt: skip
PLAIN_NAME = SqlFunction(
    "plain_name", "name",
    f"nullif(trim(regexp_replace(regexp_replace(lower(strip_accents(name)), {_quoted(NAME_SUFFIXES)}, '', 'g'), "
    r"'\s+', ' ', 'g')), '')",
)  # fmt: skip
FLIPPED_NAME = SqlFunction("flipped_name", "name", r"regexp_replace(name, '^([^,]+),\s*([^,]+)$', '\2 \1')")
IS_PLACEHOLDER = SqlFunction(
    "is_placeholder", "name",
    f"name in ({_listed(PLACEHOLDER_NAMES)}) or regexp_matches(name, {_quoted(PLACEHOLDER_PATTERN)})",
)  # fmt: skip
MAIL_DOMAIN_OF_ORGANISATION = SqlFunction(
    "organisation_domain", "email_key",
    f"case when split_part(email_key, '@', 2) not in ({_listed(PUBLIC_MAIL_DOMAINS)}) "
    "then split_part(email_key, '@', 2) end",
)  # fmt: skip
OCCASION_OF = SqlFunction(
    "occasion_of", "event_id, title, starts_at, ends_at, sha256",
    "hash(event_id, title, starts_at, ends_at, case when event_id is null and starts_at is null then sha256 end)",
)  # fmt: skip
PLAIN_TITLE = SqlFunction(
    "plain_title", "title",
    r"nullif(trim(regexp_replace(lower(strip_accents(title)), '[^a-z0-9]+', ' ', 'g')), '')",
)  # fmt: skip
PLAIN_ORGANISATION = SqlFunction(
    "plain_organisation", "organisation",
    r"nullif(trim(regexp_replace(regexp_replace(lower(strip_accents(organisation)), '[^a-z0-9&+]+', ' ', 'g'), "
    r"' (bv|b v|nv|n v|inc|ltd|gmbh|vzw)$', '')), '')",
)  # fmt: skip

SQL_FUNCTIONS = (
    CLEAN, IS_SHARED, IDENTITY_OF, EMAIL_KEY, LINKEDIN_KEY, EXTERNAL_KEY, NAME_OF, PLAIN_NAME, FLIPPED_NAME,
    IS_PLACEHOLDER, MAIL_DOMAIN_OF_ORGANISATION, OCCASION_OF, PLAIN_TITLE, PLAIN_ORGANISATION,
)  # fmt: skip
