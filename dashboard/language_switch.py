"""The link to the other language, and the mark that tells the browser which language the page is in."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.navigation import Language
from dashboard.wording import Wording


def language_marker(language: Language) -> str:
    """Read by the shell's script, which sets `<html lang>` when the language changes without a new page."""
    return f'<span data-kring-language="{language.value}" hidden></span>'


def _address(language: Language) -> str:
    kept = {key: st.query_params.get_all(key) for key in st.query_params if key != "lang"}
    return "?" + urlencode({**kept, "lang": [language.value]}, doseq=True)


def language_switch(words: Wording) -> None:
    """A plain link, so that the page's language and title are right from the first byte again."""
    links = "".join(
        f'<a href="{escape(_address(language))}" target="_self" lang="{language.value}" '
        f'hreflang="{language.value}">{language.own_name}</a>'
        for language in Language
        if language is not words.language
    )
    with st.sidebar, st.container(key="language"):
        st.html(f'<p class="kring-language">{links}</p>')
