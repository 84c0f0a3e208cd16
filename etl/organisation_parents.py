"""Which organisation is part of which, and whether one has become part of itself.

Names are compared as the release compares them (`plain_organisation` in etl/identity/keys.py), and a name
that was merged into another one stands for that other one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

LEGAL_FORM = re.compile(r" (bv|b v|nv|n v|inc|ltd|gmbh|vzw) *$")


def plain_organisation(name: str) -> str:
    """A name without capitals, accents, signs and legal form; a name in other letters keeps those."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    plain = LEGAL_FORM.sub("", re.sub(r"[^a-z0-9&+]+", " ", bare.lower())).strip()
    return plain or " ".join(name.casefold().split())


def circles(
    merged: Iterable[tuple[str, str]], parents: Iterable[tuple[str, str | None]]
) -> Mapping[frozenset[str], tuple[str, ...]]:
    """Organisations that are part of themselves: each circle as compared, with its names as written.

    `merged` is (spelling, organisation); `parents` is (organisation, the one it is part of).
    """
    leads = {plain_organisation(spelling): plain_organisation(name) for spelling, name in merged}
    written: dict[str, str] = {}
    part_of: dict[str, str] = {}
    for name, parent in parents:
        of = plain_organisation(name)
        if parent and parent.strip() and stands_for(of, leads) == of:
            part_of[of] = stands_for(plain_organisation(parent), leads)
            written[of] = name
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for start in part_of:
        walked = [start]
        while (above := part_of.get(walked[-1])) is not None and above not in walked:
            walked.append(above)
        if above == start:
            found.setdefault(frozenset(walked), tuple(written[each] for each in walked))
    return found


def stands_for(name: str, leads: Mapping[str, str]) -> str:
    """The name at the end of what mergers lead to; of a circle the last before it closes."""
    seen = {name}
    while (after := leads.get(name)) is not None and after not in seen:
        seen.add(after)
        name = after
    return name
