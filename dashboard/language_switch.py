"""The link to the other language."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.navigation import Language
from dashboard.wording import Wording


def _address(language: Language) -> str:
    kept = {key: st.query_params.get_all(key) for key in st.query_params if key != "lang"}
    return "?" + urlencode({**kept, "lang": [language.value]}, doseq=True)


def language_switch(words: Wording) -> None:
    """A plain link, so that the page's language and title are right from the first byte again.

    The paragraph also tells the shell's script which language the page is in now.
    """
    links = "".join(
        f'<a href="{escape(_address(language))}" target="_self" lang="{language.value}" '
        f'hreflang="{language.value}">{language.own_name}</a>'
        for language in Language
        if language is not words.language
    )
    st.html(f'<p class="kring-language" data-kring-language="{words.language.value}">{links}</p>')
