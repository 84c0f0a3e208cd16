"""How names, organisations and addresses are taken apart to be compared, as SQL over whole columns.

`etl.cleaning.names` says the same of one name in Python; a million names need SQL. What comes out is only
compared, never shown: particles are left out, ij is y, "Berg, Jan v.d." is Jan and Berg.
"""

from __future__ import annotations

from etl.cleaning.names import PARTICLES
from etl.cleaning.organisations import PRIVATE_MAIL_DOMAINS
from etl.identity.keys import SqlFunction


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _list(values: frozenset[str]) -> str:
    return "[" + ", ".join(_text(value) for value in sorted(values)) + "]"


_PARTICLE = "|".join(sorted(word for word in PARTICLES if word.isalpha()))
TITLES = (
    "prof", "dr", "drs", "ir", "ing", "mr", "mevr", "mevrouw", "mw", "dhr", "ds", "em", "bc", "ms", "mrs",
)  # fmt: skip
_TITLE = rf"^(({'|'.join(TITLES)}|de heer)\.?\s+)+"
_DEGREE = (
    r"[\s,]+(ph\.?\s?d|m\.?\s?sc|b\.?\s?sc|m\.?\s?a|b\.?\s?a|m\.?\s?ed|b\.?\s?ed|mba|ll\.?m|md|rn|pmp|emba|"
    r"drs|mr|ir|ing|dr|prof)\.?\s*$"
)
_STOP_WORDS = frozenset(
    [
        "de",
        "het",
        "the",
        "van",
        "voor",
        "of",
        "for",
        "te",
        "in",
        "en",
        "and",
        "der",
        "den",
        "stichting",
        "bv",
        "nv",
        "vzw",
        "holding",
        "groep",
        "group",
        "nederland",
    ]
)
_LEGAL = r"\b(b ?v|n ?v|vzw|stichting|inc|ltd|gmbh|holding|groep|group)\b"

WITHOUT_MARKS = SqlFunction(
    "without_marks", "written",
    "replace(translate(strip_accents(lower(replace(nfc_normalize(written), 'ß', 'ss'))), "
    "'øłđðı’`´‘', "
    "'olddi'''''''''''), 'ij', 'y')",
)  # fmt: skip


def _replaced(text: str, *steps: tuple[str, str]) -> str:
    """SQL that replaces one pattern after the other, everywhere in the text."""
    for pattern, put in steps:
        text = f"regexp_replace({text}, {_text(pattern)}, {_text(put)}, 'g')"
    return text


TOLD_NAME = SqlFunction(
    "told_name",
    "name",
    "trim("
    + _replaced(
        "staging.main.without_marks("
        + _replaced("name", (r"^([A-Z])([A-Z])([A-Z])? ([A-Z]?[a-z])", r"\1. \2. \3. \4"))  # JW Boer: J. W.
        + ")",
        (r"[\(\[][^\)\]]*[\)\]]|\|.*$", " "),  # between brackets, behind a bar
        (_DEGREE, ""),
        (r"^\s*([^,]+),\s*([^,]+?)\s*$", r"\2 \1"),  # "Berg, Jan van den"
        (_TITLE, ""),
        (r"\bv\s*[./]\s*d\s*[./]?(\s|$)", " van "),
        (r"(\S\s+)v\.\s*(de|den|der|het|'t)\b", r"\1van \2"),
        (r"(^|\s)d'", r"\1"),
        (r"\s*-+\s*", "-"),
        (r"[^\p{L}\p{N}-]+", " "),
    )
    + ")",
)
SPLIT_NAME = SqlFunction(
    "split_name", "told",
    # given names end where a particle begins, also behind a hyphen, else before the last word
    rf"regexp_extract(told, '^(\S+(?: \S+)*?) ((?:{_PARTICLE}) .*|\S+-(?:{_PARTICLE}) .*|\S+)$', "
    "['given', 'family'])",
)  # fmt: skip
WORDS = SqlFunction(
    "words_of", "told",
    f"list_filter(string_split(translate(told, '- ', '  '), ' '), lambda word: word <> '' "
    f"and not list_contains({_list(PARTICLES)}, word))",
)  # fmt: skip
JOINED_PARTICLE_OFF = SqlFunction(
    "without_joined_particle", "word",
    "regexp_replace(word, '^(?:vanden|vander|vande|van|den|der|de|ter|ten)([a-z]{4,})$', '\\1')",
)  # fmt: skip
PLAIN_TEXT = SqlFunction(
    "plain_text",
    "written",
    r"trim(regexp_replace(staging.main.without_marks(written), '[^\p{L}\p{N}]+', ' ', 'g'))"
)  # fmt: skip
ORGANISATION_WORDS = SqlFunction(
    "organisation_words", "plain",
    f"list_filter(string_split(regexp_replace(plain, '{_LEGAL}', ' ', 'g'), ' '), lambda word: word <> '')",
)  # fmt: skip
ORGANISATION_MARKS = SqlFunction(
    "organisation_marks", "plain",
    # the whole name in one word, and the first letters of a name of several words, with and without "van"
    "list_distinct([array_to_string(staging.main.organisation_words(plain), '')] || "
    "case when len(staging.main.organisation_words(plain)) > 1 and not regexp_matches(plain, '[0-9]') then ["
    "array_to_string(list_transform(staging.main.organisation_words(plain), lambda word: word[1]), ''), "
    "array_to_string(list_transform(list_filter(staging.main.organisation_words(plain), "
    f"lambda word: not list_contains({_list(_STOP_WORDS)}, word)), lambda word: word[1]), '')] "
    "else []::varchar[] end)",
)  # fmt: skip
CORE_NAME = SqlFunction(
    "core_name", "plain",
    # what tells one school or municipality from another
    r"trim(regexp_replace(plain, '\b(hogeschool|universiteit|university|gemeente|ministerie|provincie|roc|"
    r"mbo|school|college|stichting|de|het|van|voor|the|of|bv|nv|vzw|nederland|groep|academie|instituut|centrum|"
    r"netwerk)\b', ' ', 'g'))",
)  # fmt: skip
DOMAIN_MARK = SqlFunction(
    "domain_mark", "domain",
    # of mail.hu.nl "hu"; of hu.example.org "hu"; of a private domain or example.org itself nothing
    f"case when not list_contains({_list(PRIVATE_MAIL_DOMAINS)}, domain) then "
    r"nullif(replace(regexp_extract(regexp_replace(domain, '\.?example\.\w+$', '.x'), '([^.]+)\.[^.]+$', 1), "
    "'-', ''), '') end",
)  # fmt: skip
LOCAL_LETTERS = SqlFunction(
    "local_letters", "local",
    r"regexp_replace(staging.main.without_marks(split_part(local, '+', 1)), '[^a-z]+', '', 'g')",
)  # fmt: skip
FUNCTIONS = (
    WITHOUT_MARKS, TOLD_NAME, SPLIT_NAME, WORDS, JOINED_PARTICLE_OFF, PLAIN_TEXT, ORGANISATION_WORDS,
    ORGANISATION_MARKS, CORE_NAME, DOMAIN_MARK, LOCAL_LETTERS,
)  # fmt: skip
