"""Who is looking and what they may see, asked anew on every rerun.

Without sign-in Kring serves this computer only, and whoever sits at it is the coordinator. On any other
address nobody has a role until sign-in is set up, so every page refuses.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.navigation import LANGUAGE_COOKIE, Language, choose_language
from dashboard.serving import is_loopback
from queries.catalog import Role

_LANGUAGE_KEY: Final = "kring_language"


def current_role() -> Role:
    """The role of whoever is looking, now."""
    served_at = st.get_option("server.address")
    if isinstance(served_at, str) and is_loopback(served_at):
        return Role.COORDINATOR
    return Role.PUBLIC


def current_name() -> str:
    """What a decision keeps of who took it: the name or address of who signed in, else the role."""
    said = st.user.to_dict()
    name = said.get("name") or said.get("email") if said.get("is_logged_in") else None
    return str(name) if name else current_role().name.lower()


def require(role: Role) -> None:
    """The first line of a page: ends the run when the visitor's role is lower."""
    if current_role() < role:
        st.stop()


def current_language() -> Language:
    """The language of this visit: `?lang=`, what it used before, the cookie, the browser, else Dutch."""
    used_before = st.session_state.get(_LANGUAGE_KEY) or st.context.cookies.get(LANGUAGE_COOKIE)
    language = choose_language(st.query_params.get("lang"), used_before, st.context.locale)
    st.session_state[_LANGUAGE_KEY] = language.value
    return language
