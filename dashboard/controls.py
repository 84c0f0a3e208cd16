"""Filters and the address bar: each choice has a stable code, so that a link means the same tomorrow.

Streamlit's own binding writes the label, which a reader in the other language cannot open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import streamlit as st

ALL = ""


def code_of(value: str) -> str:
    """A value as it stands in an address: `Leernetwerk mbo` becomes `leernetwerk-mbo`."""
    letters = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "x"


def control_key(name: str) -> str:
    """Where the visit keeps what was chosen."""
    return f"control-{name}"


def chosen(code: str | None, values: Sequence[str], fallback: str) -> str:
    """The value whose code stands in the address; what is not offered (any more) is the fallback."""
    if code is None:
        return fallback
    wanted = code_of(code)
    return next((value for value in values if code_of(value) == wanted), fallback)


def _remember(name: str, value: str, fallback: str) -> None:
    """Writes a choice into the address, once it is no longer the default."""
    code = code_of(value)
    if value == fallback:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != code:
        st.query_params[name] = code


def presets(
    name: str, label: str, values: Sequence[str], say: Callable[[str], str], default: str | None = None
) -> str:
    """One choice out of a few, side by side; the first is the default where nothing else is."""
    usual = values[0] if default is None else default
    start = chosen(st.query_params.get(name), values, usual)
    value = st.segmented_control(
        label, list(values), default=start, format_func=say, required=True, key=control_key(name)
    )
    _remember(name, value, usual)
    return value


def one_of(name: str, label: str, values: Sequence[str], everything: str) -> str:
    """One value out of many, or all of them (`ALL`)."""
    options = [ALL, *values]
    start = chosen(st.query_params.get(name), values, ALL)
    value = st.selectbox(
        label,
        options,
        index=options.index(start),
        key=control_key(name),
        format_func=lambda value: value or everything,
    )
    _remember(name, value, ALL)
    return value


def one_item(name: str, label: str, codes: Sequence[str], say: Callable[[str], str], release_id: str) -> str:
    """One item out of a list by its code; the first is the default.

    The browser keeps showing the words an item had when it was chosen; a new release makes it ask anew.
    """
    start = chosen(st.query_params.get(name), codes, codes[0])
    value = st.selectbox(
        label,
        list(codes),
        index=list(codes).index(start),
        format_func=say,
        key=f"{control_key(name)}-{release_id}",
    )
    _remember(name, value, codes[0])
    return value
