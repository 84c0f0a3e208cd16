"""What a question was asked with, in the reader's language. Pure: imports no Streamlit.

In SQL and on the command line parameters have one English name. A test keeps both lists whole.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from dashboard.wording import N_, Wording
from etl.warehouse import Value

PARAMETER_WORDS: Final = {
    "audience": N_("audience"),
    "channel": N_("channel"),
    "days": N_("within so many days"),
    "document": N_("document"),
    "file": N_("file"),
    "from_on": N_("from"),
    "grain": N_("length of one period"),
    "kind": N_("which figures"),
    "months": N_("number of months"),
    "organisation": N_("organisation"),
    "people": N_("people, by their id"),
    "person": N_("person, by id"),
    "place": N_("which texts"),
    "question": N_("question"),
    "search": N_("search for"),
    "series": N_("series"),
    "session_id": N_("session, by id"),
    "sustained_days": N_("lasting after so many days"),
    "theme_id": N_("theme, by id"),
    "to_on": N_("up to and including"),
    "window_months": N_("number of months looked back"),
    "working_group": N_("working group"),
}
CHOICE_WORDS: Final = {
    "grain": {
        "day": N_("a day"),
        "week": N_("a week"),
        "month": N_("a month"),
        "quarter": N_("three months"),
        "year": N_("a year"),
        "theme_cycle": N_("a theme cycle"),
    },
    "kind": {"stock": N_("what is there on a day"), "flow": N_("what came on a day")},
    "place": {
        "all": N_("all texts"),
        "placed": N_("those with a theme"),
        "unplaced": N_("those without a theme"),
        "set_aside": N_("those that ask nothing"),
    },
}


def parameter_words(name: str, value: Value, words: Wording) -> str:
    """`lengte van één periode: een maand`, `vanaf: 1 september 2026`."""
    chosen = CHOICE_WORDS.get(name, {}).get(str(value))
    if chosen is not None:
        told = words.t(chosen)
    elif isinstance(value, date):
        told = words.date(value)
    elif isinstance(value, int):
        told = words.number(value)
    else:
        told = str(value)
    return f"{words.t(PARAMETER_WORDS[name])}: {told}"
