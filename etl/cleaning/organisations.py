"""What a mail domain or the words of a name say about an organisation: patterns, read by SQL.

Sectors are those of metric N1. Words decide only where nobody has said the sector; they are the words that
Dutch and Flemish institutions carry in their names.
"""

from __future__ import annotations

_PRIVATE_MAIL = """
    aol.com casema.nl chello.nl gmail.com gmx.com gmx.de gmx.net googlemail.com hetnet.nl home.nl hotmail.be
    hotmail.com hotmail.nl icloud.com kpnmail.nl live.be live.com live.nl mac.com mail.com me.com msn.com
    outlook.be outlook.com planet.nl proton.me protonmail.com proximus.be quicknet.nl scarlet.be skynet.be
    tele2.nl telenet.be telfort.nl upcmail.nl web.de xs4all.nl yahoo.com ziggo.nl
"""
PRIVATE_MAIL_DOMAINS = frozenset(_PRIVATE_MAIL.split())
"""Domains where one person may well hold two addresses; elsewhere two addresses are two people."""

INDEPENDENT_NAME = (
    "^(zzp( er)?|zzper|eenmanszaak|eigen (bedrijf|bureau|onderneming|praktijk)|self employed|selfemployed"
    "|(freelance|freelancer|freelancers|zelfstandig|zelfstandige|independent)"
    "( (adviseur|advisor|coach|consultant|docent|onderzoeker|ondernemer|professional|researcher|trainer))?)$"
)
"""How people write, without capitals and signs, that they work for themselves."""
COMPANY_NAME = r"(?i)\b(b\.?v\.?|n\.?v\.?|bvba|vof|gmbh|inc\.?|ltd\.?)\s*$"
"""Legal forms at the end of a name as written."""
SECTOR_WORDS = (
    ("hbo", r"\b(hogeschool|university of applied sciences|university college|pabo)\b"),
    (
        "wo",
        r"\b(universiteit|university|universite|univ|ku leuven|kuleuven|ugent|uantwerpen|uhasselt)\b",
    ),
    ("mbo", r"\b(roc|mbo|aoc|vakcollege)\b"),
    ("government", r"\b(ministerie|gemeente|provincie|waterschap|rijksdienst|ministry|municipality)\b"),
)
"""Words in a name without capitals and signs, the most telling first."""
