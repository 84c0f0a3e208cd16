"""What an e-mail address says about where somebody works: at these domains, nothing."""

from __future__ import annotations

_PRIVATE_MAIL = """
    aol.com casema.nl chello.nl gmail.com gmx.com gmx.de gmx.net googlemail.com hetnet.nl home.nl hotmail.be
    hotmail.com hotmail.nl icloud.com kpnmail.nl live.be live.com live.nl mac.com mail.com me.com msn.com
    outlook.be outlook.com planet.nl proton.me protonmail.com proximus.be quicknet.nl scarlet.be skynet.be
    tele2.nl telenet.be telfort.nl upcmail.nl web.de xs4all.nl yahoo.com ziggo.nl
"""
PRIVATE_MAIL_DOMAINS = frozenset(_PRIVATE_MAIL.split())
"""Domains where one person may well hold two addresses; elsewhere two addresses are two people."""
