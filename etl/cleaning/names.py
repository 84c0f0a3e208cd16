"""Names of people: what is one, and when two of them are written differently only.

Pure functions over text. Dutch and Flemish names get what they need: particles (van der, v.d., 't), particles
behind the comma ("Berg, Jan van den"), initials, marks on letters. A normalised name is never a key of a
person by itself: it tells rows of one file apart, and makes suggestions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
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
_MEANT_BY_VD = ("vande", "vanden", "vander")
_JOINED_PARTICLE = re.compile(r"(vanden|vander|vande|van|den|der|de|ter|ten)[a-z]{4,}$")
_SUFFIX = re.compile(
    r"\s*(?:[\(\[]\s*(?:guest|gast|invitée?|invitad[oa]|convidad[oa]|ospite|gość|gäst|gæst|gjest|vieras|vendég|"
    r"konuk|external|extern|externe|ext|unverified|niet geverifieerd|"
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
_SIGNS_WRITTEN_OTHERWISE = str.maketrans("’`´‘‐‑–—", "''''----")
GENERATION = {
    "jr": "jr", "jnr": "jr", "junior": "jr", "sr": "sr", "snr": "sr", "senior": "sr",
    "ii": "ii", "iii": "iii", "iv": "iv",
}  # fmt: skip
_SEVERAL_SIGNS = re.compile(r"[&+/]")
SEVERAL = _words("en and et und fam familie family gezin echtpaar")
"""Words that say that a name is of several people."""
_FAMILY_STARTS = _words("van de der den ten ter te het von zu vd")
_PLACEHOLDER = re.compile(
    r"linkedin\s+(?:member|lid|user)|anonymous(?:\s+(?:user|guest))?|anoniem(?:e\s+(?:gebruiker|deelnemer))?|"
    r"unknown(?:\s+(?:user|guest))?|onbekend(?:e\s+(?:gebruiker|deelnemer))?|info(?:rmation)?\s+requested|"
    r"guest(?:\s+user)?|gast(?:gebruiker)?|user|gebruiker|deelnemer|participant|attendee|external|extern|"
    r"(?:.*['’]s?\s+|.*\bvan\s+)?(?:iphone|ipad|ipod|macbook|galaxy|android|huawei|oneplus|xiaomi|redmi|"
    r"chromebook|laptop)\b.*|pixel\s*\d.*|(?:samsung|motorola|nokia|oppo|sm-)\s*\S*|desktop-\w+|laptop-\w+|"
    r"(?:meeting|vergader|conference|board)\s*-?(?:room|zaal|ruimte|kamer)\b.*|"
    r".*\b(?:meeting room|vergaderzaal|vergaderruimte)\b.*|"
    r"zaal\s+\w+|room\s+\w+|teams\s+room.*|(?:call-?in|phone)\s+user.*|(?:beller|caller)\s*\d*|"
    r"(?:eind|sub|grand\s)?\s*totaa?l(?:\s+aantal)?\s*:?\s*\d*|"
    r"\+?[\d\s().*x-]{5,}|n/?a|nvt|n\.v\.t\.?|none|null|test(?:\s*\d+|\s+(?:user|account|gebruiker))?|"
    r"read\.ai.*|otter\.ai.*|fireflies\.ai.*|.*\bnotetaker\b.*|.*\bnotulist bot\b.*",
    re.IGNORECASE,
)
PLACEHOLDER = f"(?i)(?:{_PLACEHOLDER.pattern})"
"""The same pattern for SQL."""
SHARED_MAILBOXES = _words(
    "info secretariaat secretariat secretary office team contact admin administratie administratief mail "
    "post postmaster webmaster noreply no-reply donotreply support helpdesk servicedesk service receptie "
    "reception balie bestuur events event evenementen communicatie communication communications nieuwsbrief "
    "newsletter press pers hr hello hallo welkom algemeen sales marketing redactie bureau directie "
    "projectbureau onderwijs opleidingen inschrijvingen aanmelden registratie onbekend geen nvt unknown none "
    "anoniem anonymous noemail geenemail geenmail nomail planning boekhouding klantenservice bibliotheek "
    "financien facturen facturatie crediteuren debiteuren personeelszaken roosters studentenzaken vacatures "
    "congres projecten projectteam leernetwerk"
)
"""Local parts of addresses that belong to a desk, not to a person. They never make or join a person."""
DESKS = _words(
    "info secretariaat secretariat team office admin administratie contact receptie noreply no-reply"
)
"""Those that stay a desk with more behind them: info-noord@, team2@."""
SHARED_PATTERN = (
    rf"(?i)^\s*(({'|'.join(sorted(SHARED_MAILBOXES))})(\+[^@]*)?|({'|'.join(sorted(DESKS))})([-_.]|\d)[^@]*)@"
)
"""An address of a desk, as DuckDB's regular expressions are written: one for the build and for `inspect`."""
PROFILE_WITHIN = r"(?i)(?:linkedin\.[^\s?#]*?|^)/in/([^/?#\s]+)"
"""The profile's own part of a LinkedIn address, for SQL too. Other sites have pages /in/contact as well."""
ADDRESS_WITHIN = r"(?i)(?:<|^\s*mailto:)\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)"
"""The address in `Anna Smit <anna@example.org>` and in `mailto:anna@example.org`, for SQL."""
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

    match = re.search(PROFILE_WITHIN, (url or "").strip())
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
    return " ".join(re.sub(r"[^\w\s]|_", " ", _as_compared(name)).split())


def _as_compared(name: str) -> str:
    """The name with its words in order and in plain letters; signs are still there."""
    text = without_suffixes(name)
    text = _TITLES.sub("", text)
    text = _given_name_first(text)
    text = _without_marks(text.casefold().translate(_SIGNS_WRITTEN_OTHERWISE))
    for written, meant in _SHORT_PARTICLES:
        text = written.sub(meant, text)
    return re.sub(r"(?<=\w)['](?=\w)", "", text)


def names_compatible(one: str | None, other: str | None) -> bool:
    """Whether both can be the same person's name: equal, one an abbreviation of the other, or one missing.

    Particles are left out of account, a given name alone fits, initials fit, and so does one half of a double
    family name. Doubt keeps apart: Jan is not Jan-Peter, nor Jan jr., and "Jan en Anna Smit" are two people.
    """
    if not one or not other or is_placeholder(one) or is_placeholder(other):
        return True
    first, second = _taken_apart(one), _taken_apart(other)
    if first.joined == second.joined:
        return True
    if first.is_of_several or second.is_of_several or first.generation != second.generation:
        return False
    if not first.units or not second.units:
        return True
    if len(first.units) == 1 or len(second.units) == 1:
        return _fits_within(*sorted((first, second), key=lambda name: len(name.units)))
    return _is_beginning(first.units, second.units) or (
        _same_family(first, second) and _given_names_agree(first.given, second.given)
    )


def particles_agree(ones: Iterable[str], others: Iterable[str]) -> bool:
    """Whether a way of writing the one and a way of writing the other may have the same particles.

    Of names of one family name. "v.d." may be van de, van den and van der; Vandenberghe van den Berghe;
    a name without a family name tells nothing.
    """
    first, second = ([form for name in names for form in _particles(name)] for names in (ones, others))
    return not first or not second or not set(first).isdisjoint(second)


def _particles(name: str) -> tuple[str, ...]:
    """The particles of a name, joined; several where the writing leaves open which."""
    taken = _taken_apart(name)
    if len(taken.units) < 2:
        return ()
    if taken.particles:
        return tuple("".join(taken.particles).replace("vd", meant) for meant in _MEANT_BY_VD)
    within = [found[1] for word in taken.family if (found := _JOINED_PARTICLE.match(word))]
    return ("", *within)


@dataclass(frozen=True)
class _Name:
    """A name taken apart. A unit is a word without spaces, such as jan-peter; particles are no units."""

    units: tuple[str, ...]
    given: tuple[str, ...]
    family: frozenset[str]
    family_joined: str
    joined: str
    generation: str
    is_of_several: bool
    particles: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def _taken_apart(name: str) -> _Name:
    text = _SEVERAL_SIGNS.sub(" en ", _as_compared(name))
    text = re.sub(r"[^\w\s-]|_", " ", re.sub(r"\s-|-\s", " ", text))
    words = [word.strip("-") for word in text.split() if word.strip("-")]
    words, generation = _without_generation(words)
    at = _family_begins(words)
    family_words = [word for word in "-".join(words[at:]).split("-") if word]
    telling = [word for word in family_words if word not in PARTICLES] or family_words
    return _Name(
        units=tuple(word for word in words if word not in PARTICLES),
        given=tuple(words[:at]),
        family=frozenset(telling),
        family_joined="".join(family_words),
        joined="".join(words).replace("-", "") + generation,
        generation=generation,
        is_of_several=any(word in SEVERAL for word in words[:-1]),
        particles=tuple(word for word in family_words if word in PARTICLES),
    )


def _without_generation(words: list[str]) -> tuple[list[str], str]:
    """jr. and its like taken off, wherever a comma put them; as a given name Junior stays."""
    for at in (len(words) - 1, 0):
        if len(words) > 1 and words[at] in GENERATION and (at or len(words[at]) == 2):
            return words[:at] + words[at + 1 :], GENERATION[words[at]]
    return words, ""


def _family_begins(words: list[str]) -> int:
    """Where the family name begins: at the first particle, else at the last word."""
    if len(words) > 1 and words[0] in _FAMILY_STARTS:
        return 0
    for at, word in enumerate(words[1:-1], start=1):
        if any(part in PARTICLES for part in word.split("-")):
            return at
    return max(len(words) - 1, 0)


def _fits_within(short: _Name, long: _Name) -> bool:
    """Whether a single word can be the given or the family name of the other."""
    (unit,) = short.units
    if len(long.units) == 1:
        return _agree(unit, long.units[0])
    if long.given and _given_names_agree((unit,), long.given[:1]):
        return True
    if frozenset(unit.split("-")) <= long.family:
        return True
    return short.joined in (long.family_joined, "".join(long.given).replace("-", ""))


def _same_family(one: _Name, other: _Name) -> bool:
    """Equal, joined or not, or one the half of the other."""
    if not one.given or not other.given:
        return one.family == other.family
    if one.family <= other.family or other.family <= one.family:
        return True
    return one.family_joined == other.family_joined


def _given_names_agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Word by word equal or an initial, as far as both are written. Half of Jan-Peter is somebody else."""
    short, long = sorted(
        ([word for unit in given for word in _marked(unit)] for given in (one, other)), key=len
    )
    if "".join(word for word, _ in short) == "".join(word for word, _ in long):
        return True
    if not all(_agree(a, b) for (a, _), (b, _) in zip(short, long, strict=False)):
        return False
    if not short or len(short) == len(long):
        return True
    return len(short[-1][0]) == 1 or not long[len(short) - 1][1]


def _marked(unit: str) -> list[tuple[str, bool]]:
    """The words of a unit, each with whether a hyphen follows."""
    words = unit.split("-")
    return [(word, at < len(words)) for at, word in enumerate(words, start=1)]


def _is_beginning(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    short, long = sorted((one, other), key=len)
    return long[: len(short)] == short


def _agree(one: str, other: str) -> bool:
    """Whether two given names are equal, or one is the other's initial."""
    return one == other or (min(len(one), len(other)) == 1 and one[:1] == other[:1])


def _given_name_first(text: str) -> str:
    """ "Berg, Jan van den" as "Jan van den Berg"; a name with no comma, or several, as it is.

    Also "Berg van den, Jan" and "Jan Berg, van den".
    """
    family, comma, given = (part.strip() for part in text.partition(","))
    if not comma or "," in given or not given or not family:
        return text
    words, behind = family.split(), given.split()
    if all(word.casefold() in PARTICLES for word in behind):
        return " ".join((*words[:-1], *behind, words[-1]))
    if len(behind) == 1 and behind[0].casefold().strip(".") in GENERATION:
        return f"{family} {given}"
    cut = len(words)
    while cut > 1 and words[cut - 1].casefold() in PARTICLES:
        cut -= 1
    return " ".join((*behind, *words[cut:], *words[:cut]))


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.translate(_LETTERS_THAT_DO_NOT_COME_APART))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _without_symbols(text: str) -> str:
    """No emoji, no invisible marks."""
    kept = unicodedata.normalize("NFC", text).replace("\ufeff", "").replace("\xa0", " ")
    return "".join(letter for letter in kept if unicodedata.category(letter) not in {"So", "Sk", "Cf", "Cs"})
