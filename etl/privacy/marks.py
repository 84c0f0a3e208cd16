"""What marks a person in data: keys and names. The suppression list holds their keyed hashes only.

Pure functions. A mark is a text with its kind in front: `email:…`, `linkedin:…`, `external:<source>:…` as
core knows them, `named:<name>` for rows without a key, `words:<name>` for a name in running text, and a key
with a name behind it where several people share the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from etl.cleaning.names import normal_name, without_suffixes

BETWEEN = "\x1f"
REMOVED = "[…]"
MOST_NAME_WORDS = 6
SIGN = r"[^\s\x00-\x1f\x7f<>\"'(),;:=|\[\]{}/\\@]"
BEFORE_AT = re.compile(SIGN + r"{1,64}\Z")
AFTER_AT = re.compile(SIGN + r"{1,190}\.[^\W_][\w-]{0,60}")
PROFILE = re.compile(
    r"(?:https?://)?(?:[a-z]{2,3}\.)?linkedin\.com/in/([^\s/?#<>\"'(),;|\]}]+)/?", re.IGNORECASE
)
ENDING = r"(?!\.(?:csv|tsv|txt|xlsx?|ods|zip|json|ics|html?|docx?|pdf)\b)"  # of a file named after somebody
WORD = re.compile(rf"[^\W_]+(?:{ENDING}['’.\-][^\W_]+)*", re.IGNORECASE)
BEHIND = re.compile(r"\s*[(\[<|/]|\s+[-–—@]\s*|\s*[:;]\s")  # a name in a meeting: what follows is no name
NOT_ONE_ADDRESS = r"[\s<>,;\"']"
IsMarked = Callable[[str], bool]


@dataclass(frozen=True)
class Found:
    """One place in a text that holds a mark."""

    start: int
    end: int
    mark: str


def hashed(key: bytes, mark: str) -> str:
    """What stands for a mark in the suppression list."""
    return hmac.digest(key, f"suppressed|v1|{mark}".encode(), "sha256").hex()[:32]


def named(name: str) -> str:
    """The mark of a name on a row that has no key."""
    return f"named:{normal_name(name)}"


def key_and_name(key: str, name: str) -> str:
    """The mark of a key that several people share, with the name of one of them."""
    return f"{key}{BETWEEN}{normal_name(name)}"


def words_of(name: str) -> tuple[str, ...]:
    """The marks of a name in running text, also with the family name in front, and of its first words."""
    said = without_suffixes(name)
    family, comma, given = said.partition(",")
    orders = {_folded(said)}
    if comma:
        orders.add(_folded(f"{given} {family}"))
    words = _folded(said).split()
    if not comma and len(words) > 1:
        orders |= {" ".join((*words[cut:], *words[:cut])) for cut in range(1, len(words))}
    orders.add(" ".join(WORD.findall(normal_name(said))))
    whole = sorted(order for order in orders if len(order.split()) > 1)
    return (*(f"words:{order}" for order in whole), *sorted({f"first:{order.split()[0]}" for order in whole}))


def name_alone(name: str) -> str:
    """A name without what its bearer wrote behind it in signs: "Anna Smit (HAN)", "Anna Smit - HAN"."""
    return BEHIND.split(name, maxsplit=1)[0].strip() or name


def _folded(text: str) -> str:
    return " ".join(_fold(word) for word in WORD.findall(text))


@lru_cache(maxsize=65_536)
def _fold(word: str) -> str:
    """A word as it is compared in running text: no capitals, no marks."""
    apart = unicodedata.normalize("NFD", word.casefold().replace("’", "'").removesuffix("'s"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def found_in(text: str, is_marked: IsMarked, names: bool = True) -> Iterator[Found]:
    """The places of a text that hold a marked address, profile or name."""
    for start, end in _addresses(text):
        mark = "email:" + unicodedata.normalize("NFC", text[start:end]).lower()
        if is_marked(mark):
            yield Found(start, end, mark)
    for match in PROFILE.finditer(text):
        mark = "linkedin:" + unquote(match[1]).lower()
        if is_marked(mark):
            yield Found(match.start(), match.end(), mark)
    if names:
        yield from _names(text, is_marked)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where the addresses in a text stand. Looks around each @: long runs of signs must not cost more."""
    at = text.find("@")
    while at >= 0:
        before = BEFORE_AT.search(text[max(0, at - 64) : at])
        after = AFTER_AT.match(text, at + 1)
        if before and after:
            yield at - len(before[0]), after.end()
        at = text.find("@", at + 1)


def _names(text: str, is_marked: IsMarked) -> Iterator[Found]:
    words = [(match.start(), match.end(), _fold(match[0])) for match in WORD.finditer(text)]
    for first in range(len(words) - 1):
        if not is_marked(f"first:{words[first][2]}"):
            continue
        mark = f"words:{words[first][2]}"
        for last in range(first + 1, min(first + MOST_NAME_WORDS, len(words))):
            mark = f"{mark} {words[last][2]}"
            if is_marked(mark):
                yield Found(words[first][0], words[last][1], mark)


def redacted(text: str, is_marked: IsMarked) -> str:
    """The text with every marked place taken out."""
    places = sorted((each.start, each.end) for each in found_in(text, is_marked))
    if not places:
        return text
    kept: list[str] = []
    at = 0
    for start, end in places:
        if start >= at:
            kept += [text[at:start], REMOVED]
        at = max(at, end)
    return "".join((*kept, text[at:]))


def marker(key: bytes, hashes: Iterable[str]) -> IsMarked:
    """Whether a mark is one of those whose hashes are given. Answers are remembered: words come back."""
    wanted = frozenset(hashes)
    known: dict[str, bool] = {}
    copy = hmac.new(key, b"suppressed|v1|", hashlib.sha256).copy

    def is_marked(mark: str) -> bool:
        answer = known.get(mark)
        if answer is None:
            if len(known) > 500_000:
                known.clear()
            digest = copy()
            digest.update(mark.encode(errors="surrogatepass"))
            answer = known[mark] = digest.hexdigest()[:32] in wanted
        return answer

    return is_marked
