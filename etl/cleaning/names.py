"""Names of people: what is one, and when two of them are written differently only.

Pure functions over text. Dutch and Flemish names get what they need: particles (van der, v.d., 't), particles
behind the comma ("Berg, Jan van den"), initials, marks on letters. A normalised name is never a key of a
person by itself: it tells rows of one file apart, and makes suggestions.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = _words(
    "van de der den ten ter te het 't t in op aan bij uit voor la le les du des del della di da dos von zu "
    "zum zur af av el al ibn bin vd"
)
_SHORT_PARTICLES = (  # written short, in the order in which they must be tried
    (re.compile(r"\bv\s*[./]\s*d\s*[./]?(?=\s|$|,)|\bv/d\b|\bvd\b\.?"), "vd"),
    (re.compile(r"\bv\.\s*(?=(?:de|den|der|het|'t)\b)"), "van "),
    (re.compile(r"\bvan\s*'t\b"), "van het"),
    (re.compile(r"(?<!\w)'t\b"), "het"),
    (re.compile(r"\bvander\b"), "van der"),
    (re.compile(r"\bvanden\b"), "van den"),
    (re.compile(r"\bvande\b"), "van de"),
)
_SUFFIX = re.compile(
    r"\s*(?:[\(\[]\s*(?:guest|gast|invité|invitado|external|extern|externe|ext|unverified|niet geverifieerd|"
    r"host|co-host|organi[sz]er|organisator|he/him|she/her|they/them|hij/hem|zij/haar|die/hen|hen/hun)\.?\s*[\)\]]"
    r"|\|.*|\s(?:ph\.?\s?d|msc|bsc|mba)\.?|,\s*(?:ph\.?\s?d|m\.?\s?sc|b\.?\s?sc|m\.?\s?a|b\.?\s?a|m\.?\s?ed|"
    r"b\.?\s?ed|mba|ll\.?m|md|rn|pmp|emba|drs|mr|ir|ing|dr|prof)\.?)\s*$",
    re.IGNORECASE,
)
_TITLES = re.compile(
    r"^(?:(?:prof|dr|drs|ir|ing|mr|mevr|mw|dhr|de heer|mevrouw|ds|em)\.?\s+)+(?=\S)", re.IGNORECASE
)
_LETTERS_THAT_DO_NOT_COME_APART = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ĳ": "ij"}
)
_PLACEHOLDER = re.compile(
    r"linkedin\s+(?:member|lid|user)|anonymous(?:\s+(?:user|guest))?|anoniem(?:e\s+(?:gebruiker|deelnemer))?|"
    r"unknown(?:\s+(?:user|guest))?|onbekend(?:e\s+(?:gebruiker|deelnemer))?|info(?:rmation)?\s+requested|"
    r"guest(?:\s+user)?|gast(?:gebruiker)?|user|gebruiker|deelnemer|participant|attendee|external|extern|"
    r"(?:.*['’]s?\s+|.*\bvan\s+)?(?:iphone|ipad|ipod|macbook|galaxy|android|huawei|oneplus|xiaomi|redmi|"
    r"chromebook|laptop)\b.*|pixel\s*\d.*|(?:samsung|motorola|nokia|oppo|sm-)\s*\S*|desktop-\w+|laptop-\w+|"
    r"(?:meeting|vergader|conference|board)\s*-?(?:room|zaal|ruimte|kamer)\b.*|"
    r".*\b(?:meeting room|vergaderzaal|vergaderruimte)\b.*|"
    r"zaal\s+\w+|room\s+\w+|teams\s+room.*|(?:call-?in|phone)\s+user.*|(?:beller|caller)\s*\d*|"
    r"\+?[\d\s().*x-]{5,}|n/?a|nvt|n\.v\.t\.?|none|null|test(?:\s*\d+|\s+(?:user|account|gebruiker))?|"
    r"read\.ai.*|otter\.ai.*|fireflies\.ai.*|.*\bnotetaker\b.*|.*\bnotulist bot\b.*",
    re.IGNORECASE,
)
SHARED_MAILBOXES = _words(
    "info secretariaat secretariat secretary office team contact admin administratie administratief mail "
    "post postmaster webmaster noreply no-reply donotreply support helpdesk servicedesk service receptie "
    "reception balie bestuur events event evenementen communicatie communication communications nieuwsbrief "
    "newsletter press pers hr hello hallo welkom algemeen sales marketing redactie bureau directie "
    "projectbureau onderwijs opleidingen inschrijvingen aanmelden registratie"
)
"""Local parts of addresses that belong to a desk, not to a person. They never make or join a person."""
_ADDRESS = re.compile(r"[^@\s<>\",;]+@[^@\s<>\",;]+\.[^@\s<>\",;.]{2,}")


def email_key(written: str | None) -> str | None:
    """An address as it is compared: NFC, trimmed, lower case. None when it is no address."""
    if not written:
        return None
    address = unicodedata.normalize("NFC", written).strip().lower().removeprefix("mailto:")
    return address if _ADDRESS.fullmatch(address) else None


def linkedin_slug(url: str | None) -> str | None:
    """The profile's own part of a LinkedIn address, lower case, percent-decoded; None when there is none."""
    from urllib.parse import unquote

    match = re.search(r"(?:^|/)in/([^/?#\s]+)", url or "", re.IGNORECASE)
    if match is None:
        return None
    return unicodedata.normalize("NFC", unquote(match.group(1))).strip().lower() or None


def without_suffixes(name: str) -> str:
    """The name without what a program or its bearer put behind it: "(Guest)", "(Extern)", ", PhD"."""
    text = " ".join(_without_symbols(name).split())
    while True:
        shorter = _SUFFIX.sub("", text).strip(" ,")
        if not shorter or shorter == text:
            return text.strip(" ,")
        text = shorter


def is_placeholder(name: str | None) -> bool:
    """Whether this is no name of a person: empty, a device, a room, "LinkedIn Member", "--"."""
    text = without_suffixes(name or "")
    if not any(letter.isalpha() for letter in text):
        return True
    return bool(_PLACEHOLDER.fullmatch(text)) or text.casefold() in SHARED_MAILBOXES


@lru_cache(maxsize=65_536)
def normal_name(name: str) -> str:
    """The name as it is compared: given name first, lower case, no marks, particles written out.

    >>> normal_name("Berg, Jan van den (Guest)")
    'jan van den berg'
    """
    text = without_suffixes(name)
    text = _TITLES.sub("", text)
    text = _given_name_first(text)
    text = _without_marks(text.casefold().replace("’", "'").replace("`", "'"))
    for written, meant in _SHORT_PARTICLES:
        text = written.sub(meant, text)
    text = re.sub(r"(?<=\w)['](?=\w)", "", text)
    return " ".join(re.sub(r"[^\w\s]|_", " ", text).split())


def names_compatible(one: str | None, other: str | None) -> bool:
    """Whether both can be the same person's name: equal, one an abbreviation of the other, or one missing.

    Particles are left out of account, a given name alone fits, and so does one half of a double family name.
    """
    if not one or not other or is_placeholder(one) or is_placeholder(other):
        return True
    first, second = _telling_words(one), _telling_words(other)
    if first == second or not first or not second:
        return True
    if len(first) == 1 or len(second) == 1:
        (short, *_), long = sorted((first, second), key=len)
        return short in long or _agree(short, long[0])
    return _agree(first[0], second[0]) and (first[-1] in second[1:] or second[-1] in first[1:])


def _given_name_first(text: str) -> str:
    """ "Berg, Jan van den" as "Jan van den Berg"; a name with no comma, or several, as it is."""
    family, comma, given = text.partition(",")
    if not comma or "," in given or not given.strip() or not family.strip():
        return text
    return f"{given.strip()} {family.strip()}"


def _telling_words(name: str) -> list[str]:
    return [word for word in normal_name(name).split() if word not in PARTICLES]


def _agree(one: str, other: str) -> bool:
    """Whether two given names are equal, or one is the other's initial."""
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.translate(_LETTERS_THAT_DO_NOT_COME_APART))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _without_symbols(text: str) -> str:
    """No emoji, no invisible marks."""
    kept = unicodedata.normalize("NFC", text).replace("\ufeff", "").replace("\xa0", " ")
    return "".join(letter for letter in kept if unicodedata.category(letter) not in {"So", "Sk", "Cf", "Cs"})
