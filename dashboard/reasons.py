"""Why a row or a file was refused, in the reader's language. Pure: imports no Streamlit.

Kring's readers say it in English, once, in the ledger. Here are the phrases they use; one that is not here is
shown as it was said.
"""

from __future__ import annotations

import re

from dashboard.wording import N_, Wording

_FIXED = frozenset(
    (
        N_("not a date that exists, written as the other dates of this column"),
        N_("not a moment that exists, written as the others of this column"),
        N_("a long number that a spreadsheet shortened, so that its last digits are gone"),
        N_("not a whole number"),
        N_("not a number"),
        N_("neither yes nor no"),
        N_("this hour does not exist: the clock was put forward over it"),
        N_("a NUL byte; the file is damaged here"),
        N_("a quote is opened and never closed"),
        N_("text after a closing quote"),
        N_("nobody is named"),
        N_("no time at which the person joined"),
        N_("earlier than the time of joining"),
        N_("earlier than the beginning"),
        N_("below zero"),
        N_("not a time of day, such as 14:30"),
        N_("a time of day without its day"),
        N_("not a week with its year, such as 2026-W03, nor a date"),
        N_("the membership ends before it begins"),
        N_("not a moment"),
        N_("not a date such as 15 Mar 2024"),
        N_("no row could be used; the first refused rows say why"),
    )
)
# The first pattern that fits the whole reason decides; its named groups go into the message.
_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), message)
    for pattern, message in (
        (
            r"the row has (?P<cells>\d+) cells, the heading row has (?P<headings>\d+)",
            N_("the row has {cells} cells, the heading row has {headings}"),
        ),
        (
            r"a cell of more than (?P<most>[\d,]+) characters.*",
            N_("a cell of more than {most} characters, or a quote that is never closed"),
        ),
        (
            r".*this is a web page;.*",
            N_(
                "a web page, often a sign-in page saved in place of the export: sign in and download it again"
            ),
        ),
        (
            r'no row could be used \(in "(?P<column>.+)"\).*',
            N_("no row could be used, because of column {column}; the first refused rows say why"),
        ),
        (
            r'.*column "(?P<column>[^"]+)" (?:stands in the file more than once|stands where).*',
            N_("column {column} is not where or what it was: hand in the file as the tool made it"),
        ),
        (
            r'.*column "(?P<column>[^"]+)" holds no e-mail address.*',
            N_("column {column} holds no e-mail address: hand in the file as the tool made it"),
        ),
        (
            r"(?P<wrong>\d+) of (?P<rows>\d+) rows could not be read \(in (?P<columns>.+)\), more than .*",
            N_("{wrong} of the {rows} rows could not be read, because of what stands in {columns}"),
        ),
        (
            r"(?P<wrong>\d+) of (?P<rows>\d+) rows could not be read, more than .*",
            N_("{wrong} of the {rows} rows could not be read"),
        ),
        (
            r"it has (?P<now>\d+) rows where the last file of (?P<source>.+) had (?P<then>\d+), under .*",
            N_("it has {now} rows; the previous file of {source} had {then}, so part of it may be missing"),
        ),
        (r".*this is an empty file;.*", N_("the file is empty: export it again")),
        (r".*this is a binary file;.*", N_("neither text nor a spreadsheet: export it as CSV or XLSX")),
        (r".*cut off or damaged.*", N_("the file is cut off or damaged: download it again")),
        (
            r'.*column "(?P<column>[^"]+)" is missing.*',
            N_("column {column} is missing: export it again, or correct the mapping in kring.toml"),
        ),
        (
            r"the archive: it is damaged.*",
            N_("the file is cut off or damaged: download it again"),
        ),
        (r"the archive: .*", N_("this zip cannot be taken in: unpack it and add the files themselves")),
        (
            r"the workbook: .*",
            N_("this workbook cannot be read: save it again as .xlsx, without a password"),
        ),
        (
            r"the file: too many rows.*",
            N_("more rows than allowed: raise max_rows in kring.toml if it is right"),
        ),
        (r".*holds no (?:rows|table).*|.*the table has no rows.*", N_("there are no rows in this file")),
    )
)
_LACKS = re.compile(r"no (?P<fields>\w+(?: or \w+)*), which an? \w+ cannot do without")
_A_PERSON = {"full_name", "email"}
FIELD_WORDS = {
    "joined_on": N_("start date"),
    "left_on": N_("end date"),
    "starts_at": N_("start time"),
    "ends_at": N_("end time"),
    "joined_at": N_("time of joining"),
    "left_at": N_("time of leaving"),
    "event_id": N_("number of the session"),
    "title": N_("title"),
    "hours": N_("hours"),
    "week": N_("week"),
    "minutes": N_("minutes"),
    "headcount": N_("headcount"),
    "happened_on": N_("date"),
    "measured_on": N_("date of measuring"),
    "contributed_at": N_("date of the contribution"),
    "registered_at": N_("date of registration"),
    "connected_on": N_("date of connecting"),
    "published_on": N_("date of publication"),
    "text": N_("text"),
    "value": N_("value"),
    "score": N_("score"),
    "channel": N_("channel"),
    "measure": N_("measure"),
}


def reason_words(reason: str, words: Wording) -> str:
    """The reason as a reader gets it."""
    if reason in _FIXED:
        return words.t(reason)
    if lacks := _LACKS.fullmatch(reason):
        return words.t("there is no {what}", what=_fields(lacks["fields"].split(" or "), words))
    for pattern, message in _PATTERNS:
        if found := pattern.fullmatch(reason):
            return words.t(message, **found.groupdict())
    return reason or words.t("unknown")


def field_words(field: str, words: Wording) -> str:
    """What a reader calls a field; a column of the file keeps its own name."""
    return words.t(FIELD_WORDS[field]) if field in FIELD_WORDS else field


def _fields(fields: list[str], words: Wording) -> str:
    if set(fields) >= _A_PERSON:
        return words.t("name, address or number of a person")
    *rest, last = (field_words(field, words) for field in fields)
    return words.t("{items} or {last}", items=", ".join(rest), last=last) if rest else last
