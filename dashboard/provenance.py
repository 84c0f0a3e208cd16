"""Where a figure comes from: meaning, grain, SQL and the files behind it. Pure: imports no Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.facts import SourceFile
from dashboard.wording import N_, Wording
from etl.warehouse import Answer, Value
from queries.catalog import question

SHORT_HASH = 12
FORMAT_NAMES = {
    "linkedin_connections": N_("LinkedIn contacts"),
    "linkedin_activity": N_("LinkedIn activity"),
    "linkedin_people": N_("LinkedIn lists of people"),
    "linkedin_page_visitors": N_("LinkedIn page visitors"),
    "linkedin_page_content": N_("LinkedIn page posts"),
    "teams_attendance": N_("Teams attendance lists"),
    "teams_summary_2021": N_("Teams attendance lists"),
    "teams_list_2020": N_("Teams attendance lists"),
    "teams_town_hall": N_("Teams attendance lists"),
    "google_forms": N_("Google Forms"),
    "microsoft_forms": N_("Microsoft Forms"),
    "zoom_participants": N_("Zoom attendance lists"),
    "linkedin_counts": N_("LinkedIn counts"),
    "linkedin_page_followers": N_("LinkedIn page followers"),
}


@dataclass(frozen=True)
class Origin:
    """One question behind a figure, and what it was asked with."""

    question: str
    meaning: str
    grain: str
    parameters: tuple[tuple[str, Value], ...]
    sql: str
    release: str
    as_of: date


@dataclass(frozen=True)
class Provenance:
    """Everything the dialog shows."""

    origins: tuple[Origin, ...]
    files: tuple[SourceFile, ...]

    @property
    def rows_used(self) -> int:
        """Rows of all files that count."""
        return sum(file.rows_used for file in self.files)

    @property
    def rows_refused(self) -> int:
        """Rows of all files that do not count."""
        return sum(file.rows_rejected for file in self.files)


def provenance(answers: Iterable[Answer], files: Iterable[SourceFile]) -> Provenance:
    """The story of a figure made of these answers and these files; each file once, newest first."""
    once = {file.sha256: file for file in files}
    return Provenance(tuple(_origin(answer) for answer in answers), tuple(once.values()))


def _origin(answer: Answer) -> Origin:
    given = tuple((name, value) for name, value in answer.parameters if value is not None)
    return Origin(
        question=answer.question,
        meaning=answer.meaning,
        grain=answer.grain,
        parameters=given,
        sql=question(answer.question).sql.strip(),
        release=answer.release,
        as_of=answer.as_of,
    )


def source_names(files: Sequence[SourceFile]) -> tuple[str, ...]:
    """The sources of these files, each once, the one that most rows come from first."""
    used: dict[str, int] = {}
    for file in files:
        if file.source:
            used[file.source] = used.get(file.source, 0) + file.rows_used
    return tuple(sorted(used, key=lambda name: (-used[name], name)))


def source_name(name: str, words: Wording) -> str:
    """What a reader calls a source: a mapping has its own name, a format gets one."""
    return words.t(FORMAT_NAMES[name]) if name in FORMAT_NAMES else name


def source_line(files: Sequence[SourceFile], as_of: date, words: Wording, most: int = 2) -> str:
    """`Bron: ledenadministratie · peildatum 21 november 2026`."""
    names = tuple(source_name(name, words) for name in source_names(files))
    until = words.t("as of {day}", day=words.date(as_of))
    if not names:
        return words.t("Source: not known") + f" · {until}"
    listed = (
        words.listed(names[:most])
        if len(names) <= most
        else words.n(
            "{names} and {count} other",
            "{names} and {count} others",
            len(names) - 1,
            names=names[0],
        )
    )
    return words.t("Source: {sources}", sources=listed) + f" · {until}"
