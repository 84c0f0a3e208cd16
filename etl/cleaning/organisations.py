"""Names of organisations as they are compared: pure functions over text."""

from __future__ import annotations

import re
import unicodedata

_PRIVATE_MAIL = (
    "gmail.com googlemail.com hotmail.com hotmail.nl hotmail.be outlook.com outlook.be live.com live.nl "
    "live.be msn.com yahoo.com icloud.com me.com mac.com aol.com proton.me protonmail.com gmx.com gmx.net "
    "mail.com ziggo.nl kpnmail.nl planet.nl xs4all.nl hetnet.nl home.nl casema.nl chello.nl upcmail.nl "
    "telfort.nl telenet.be skynet.be proximus.be scarlet.be"
)
PRIVATE_MAIL_DOMAINS = frozenset(_PRIVATE_MAIL.split())
_LEGAL_FORM = re.compile(
    r"\s+(?:b\.?v\.?|n\.?v\.?|v\.?z\.?w\.?|a\.?s\.?b\.?l\.?|v\.?o\.?f\.?|bvba|gmbh|ltd\.?|inc\.?|llc|s\.?a\.?)$"
)


def normal_organisation(name: str | None) -> str | None:
    """The name as it is compared: lower case, no marks, legal form or punctuation. None if there is none."""
    apart = unicodedata.normalize("NFD", (name or "").replace("&", " en ").casefold())
    text = "".join(letter for letter in apart if not unicodedata.combining(letter))
    text = _LEGAL_FORM.sub("", " ".join(text.split()).rstrip(" ,"))
    text = " ".join(re.sub(r"[^\w\s]|_", " ", text).split()).removeprefix("stichting ")
    return text or None


def organisation_domain(address: str | None) -> str | None:
    """The domain that says where someone works; None for private mail and for what is no address."""
    domain = (address or "").strip().lower().rpartition("@")[2]
    return domain if "." in domain and "@" in (address or "") and domain not in PRIVATE_MAIL_DOMAINS else None
