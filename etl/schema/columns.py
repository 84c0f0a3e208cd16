"""Columns that several tables of core and marts share: each meaning is written once."""

from __future__ import annotations

from etl.schema.model import Column, ColumnType, Sensitivity

TEXT, DATE, TIMESTAMP = ColumnType.TEXT, ColumnType.DATE, ColumnType.TIMESTAMP
INTEGER, NUMBER, BOOLEAN, ID = ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN, ColumnType.ID
PERSONAL, PSEUDONYM, FREE_TEXT = Sensitivity.PERSONAL, Sensitivity.PSEUDONYM, Sensitivity.FREE_TEXT
IDENTIFY = "count each person once"
KEPT_MONTHS = 24

PERSON_ID = Column("person_id", ID, "The person, by a keyed id", "", PSEUDONYM, IDENTIFY, KEPT_MONTHS)
SESSION_ID = Column("session_id", ID, "The meeting")
ORGANISATION_ID = Column("organisation_id", ID, "The organisation")
WORKING_GROUP = Column("working_group", TEXT, "Working group")
AUDIENCE = Column("audience", TEXT, "Audience: researchers, practitioners, policy makers …")
SCOPE_GROUP = Column("working_group", TEXT, "Working group; empty means the whole network")
SCOPE_AUDIENCE = Column("audience", TEXT, "Audience; empty means everyone")
STRETCH = Column("stretch", INTEGER, "Which stretch of time this is, from 1")
GRAIN = Column("grain", TEXT, "Length of a period: day, week, month, quarter, year or theme_cycle")
PERIOD_START = Column("period_start", DATE, "First day of the period")
PERIOD_END = Column("period_end", DATE, "Last day of the period")
IS_OPEN = Column("is_open", BOOLEAN, "Whether the period still runs")
SHA256 = Column("sha256", TEXT, "Fingerprint of the landed file")
SERIES = Column("series", TEXT, "Series of meetings")
FILE_ID = Column("file_id", INTEGER, "File that tells it, by its number in core.source_file")
LINE = Column("line", INTEGER, "Line in that file")
WRITING_ID = Column(
    "writing_id", INTEGER, "How the person is written there", "", PSEUDONYM, IDENTIFY, KEPT_MONTHS
)
TOLD_AT = (FILE_ID, LINE)


def text(name: str, meaning: str) -> Column:
    """A column of text that says nothing about a person."""
    return Column(name, TEXT, meaning)


def day(name: str, meaning: str) -> Column:
    """A column of days."""
    return Column(name, DATE, meaning)


def moment(name: str, meaning: str) -> Column:
    """A column of moments in UTC."""
    return Column(name, TIMESTAMP, meaning, "UTC")


def count(name: str, meaning: str, unit: str = "") -> Column:
    """A column of whole numbers."""
    return Column(name, INTEGER, meaning, unit)


def number(name: str, meaning: str, unit: str = "") -> Column:
    """A column of numbers."""
    return Column(name, NUMBER, meaning, unit)


def flag(name: str, meaning: str) -> Column:
    """A column of yes or no."""
    return Column(name, BOOLEAN, meaning)


def personal(name: str, meaning: str) -> Column:
    """A column of text that says who someone is."""
    return Column(name, TEXT, meaning, "", PERSONAL, IDENTIFY, KEPT_MONTHS)
