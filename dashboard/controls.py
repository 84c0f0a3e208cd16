"""Filters and the address bar: each choice has a stable code, so that a link means the same tomorrow.

Streamlit's own binding writes the label, which a reader in the other language cannot open.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence

import streamlit as st

ALL = ""


def code_of(value: str) -> str:
    """A value as it stands in an address: `Leernetwerk mbo` becomes `leernetwerk-mbo`.

    What has no letter of ours, such as a name in Greek, becomes a number of its own.
    """
    letters = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or f"x-{zlib.crc32(value.encode()):08x}"


def control_key(name: str) -> str:
    """Where the visit keeps what was chosen."""
    return f"control-{name}"


def chosen(code: str | None, values: Sequence[str], fallback: str) -> str:
    """The value whose code stands in the address; what is not offered (any more) is the fallback."""
    if code is None:
        return fallback
    wanted = code_of(code)
    return next((value for value in values if code_of(value) == wanted), fallback)


def _started(name: str, key: str, values: Sequence[str], fallback: str) -> str | None:
    """What a control starts with: what the address says. None where the choice was set to that just now.

    A choice goes before the address, unless the address is not the one it left: the browser went back.
    """
    start = chosen(st.query_params.get(name), values, fallback)
    if key in st.session_state and st.query_params.get(name) != st.session_state.get(_written_key(name)):
        st.session_state[key] = start
        return None  # Streamlit warns of a choice and a start together
    return start


def _written_key(name: str) -> str:
    return f"written-{name}"


def _remember(name: str, value: str, fallback: str) -> None:
    """Writes a choice into the address, once it is no longer the default."""
    code = code_of(value)
    if value == fallback:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != code:
        st.query_params[name] = code
    st.session_state[_written_key(name)] = st.query_params.get(name)


def presets(
    name: str, label: str, values: Sequence[str], say: Callable[[str], str], default: str | None = None
) -> str:
    """One choice out of a few, side by side; the first is the default where nothing else is."""
    usual = values[0] if default is None else default
    start = _started(name, control_key(name), values, usual)
    value = st.segmented_control(
        label, list(values), default=start, format_func=say, required=True, key=control_key(name)
    )
    value = value or usual
    _remember(name, value, usual)
    return value


def one_of(name: str, label: str, values: Sequence[str], everything: str) -> str:
    """One value out of many, or all of them (`ALL`)."""
    options = [ALL, *values]
    start = _started(name, control_key(name), values, ALL)
    value = st.selectbox(
        label,
        options,
        index=options.index(start or ALL),
        key=control_key(name),
        format_func=lambda value: value or everything,
    )
    _remember(name, value, ALL)
    return value


def one_item(name: str, label: str, codes: Sequence[str], say: Callable[[str], str], release_id: str) -> str:
    """One item out of a list by its code; the first is the default.

    The browser keeps showing the words an item had when it was chosen; a new release makes it ask anew.
    """
    key = f"{control_key(name)}-{release_id}"
    start = _started(name, key, codes, codes[0])
    value = st.selectbox(
        label,
        list(codes),
        index=list(codes).index(start or codes[0]),
        format_func=say,
        key=key,
    )
    _remember(name, value, codes[0])
    return value
