"""What was delivered and what came of it, as typed facts for the page Data. Pure: imports no Streamlit."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from dashboard.facts import SourceFile
from dashboard.jobs import RefreshResult, Step
from dashboard.provenance import source_name
from dashboard.reasons import field_words, reason_words
from dashboard.tables import Cell, Column, Table, count_cell
from dashboard.wording import N_, Wording, sentence
from etl.errors import shown
from etl.home import Home
from etl.ledger import Ledger, StoredReading
from etl.manifest import Manifest, read_manifest, read_pointer, release_folders

Record = Mapping[str, object]


class SourceState(Enum):
    """How a source stands; the value is the code in `data_status`. `mark` is the form of its dot.

    A source that Kring collects by itself and that failed is `not_collected`: nothing was refused.
    """

    FRESH = "fresh"
    PARTIAL = "partial"
    LATE = "late"
    NEEDS_MAPPING = "needs_mapping"
    HELD = "held"
    FAILED = "failed"
    NOT_COLLECTED = "not_collected"

    @property
    def mark(self) -> str:
        """The class of the mark that repeats the word."""
        return {
            SourceState.FRESH: "current",
            SourceState.PARTIAL: "current",
            SourceState.LATE: "stale",
            SourceState.NEEDS_MAPPING: "waiting",
            SourceState.HELD: "waiting",
            SourceState.FAILED: "failed",
            SourceState.NOT_COLLECTED: "failed",
        }[self]


FINE = (SourceState.FRESH, SourceState.PARTIAL)
STATE_WORDS = {
    SourceState.FRESH: N_("Up to date"),
    SourceState.PARTIAL: N_("Up to date"),
    SourceState.LATE: N_("Out of date"),
    SourceState.NEEDS_MAPPING: N_("Waits for you"),
    SourceState.HELD: N_("Waits for you"),
    SourceState.FAILED: N_("Refused"),
    SourceState.NOT_COLLECTED: N_("Could not be collected"),
}
STEP_WORDS = {
    "take the inbox": N_("Taking the files from the inbox"),
    "read the files": N_("Reading the files"),
    "themes": N_("Sorting the questions"),
    "build and publish": N_("Counting everything anew"),
    "done": N_("Done"),
}


NOT_IN_BRIEF = frozenset(("newest_on", "files"))
MOST_LINES = 4
FEW_SOURCES = 12


@dataclass(frozen=True)
class SourceStatus:
    """One row of `data_status`."""

    source: str
    last_received_at: datetime | None
    newest_on: date | None
    files: int
    rows: int
    rejected: int
    state: SourceState


@dataclass(frozen=True)
class Refused:
    """One row of `refused_rows`; without a line it is the whole file."""

    file: str
    line: int | None
    column: str
    reason: str


@dataclass(frozen=True)
class HeldFile:
    """A file of which no row counts until somebody looked at it. `reason` is Kring's own."""

    file: str
    sha256: str
    received_at: datetime
    rows: int
    reason: str


@dataclass(frozen=True)
class Unmapped:
    """A file whose columns Kring does not know: `proposal` is what could stand in kring.toml.

    `date_answer` is what to add there where all that is asked is whether the day or the month comes first.
    """

    file: str
    sha256: str
    received_at: datetime
    proposal: str
    date_answer: str = ""


def _count(record: Record, name: str) -> int:
    value = record.get(name)
    return int(value) if isinstance(value, int | float) else 0


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return "" if value is None else str(value)


def _moment(record: Record, name: str) -> datetime | None:
    value = record.get(name)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _day(record: Record, name: str) -> date | None:
    value = record.get(name)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _state(source: str, code: str, failing: Container[str]) -> SourceState:
    state = SourceState(code)
    return SourceState.NOT_COLLECTED if state is SourceState.FAILED and source in failing else state


def source_statuses(records: Iterable[Record], failing: Container[str] = ()) -> tuple[SourceStatus, ...]:
    """`data_status`: what asks for attention first, then by name. `failing`: the connections that failed."""
    rows = (
        SourceStatus(
            _text(record, "source"),
            _moment(record, "last_received_at"),
            _day(record, "newest_on"),
            _count(record, "files"),
            _count(record, "rows"),
            _count(record, "rejected"),
            _state(_text(record, "source"), _text(record, "status"), failing),
        )
        for record in records
    )
    return tuple(sorted(rows, key=lambda row: (row.state in FINE, row.source.casefold())))


def refused_rows(records: Iterable[Record]) -> tuple[Refused, ...]:
    """`refused_rows` by file and line."""
    rows = (
        Refused(
            _text(record, "file"),
            _count(record, "line") or None,
            _text(record, "column"),
            _text(record, "reason"),
        )
        for record in records
    )
    return tuple(sorted(rows, key=lambda row: (row.file, row.line or 0, row.column)))


def unmapped_files(home: Home) -> tuple[Unmapped, ...]:
    """The files that wait for a mapping, newest first."""
    if not home.ledger_file.exists():
        return ()
    with Ledger(home) as ledger:
        waiting = [each for each in ledger.readings() if each.status == "needs_mapping"]
    return tuple(
        Unmapped(each.file, each.sha256, each.received_at, proposal_in(each), date_answer_in(each))
        for each in reversed(waiting)
    )


def held_files(home: Home) -> tuple[HeldFile, ...]:
    """The files that wait for a person, newest first."""
    if not home.ledger_file.exists():
        return ()
    with Ledger(home) as ledger:
        waiting = [each for each in ledger.readings() if each.status == SourceState.HELD.value]
    return tuple(
        HeldFile(each.file, each.sha256, each.received_at, each.rows_used, each.reason or "")
        for each in reversed(waiting)
    )


def received_files(home: Home) -> tuple[SourceFile, ...]:
    """Every file that was received and what came of it, newest first."""
    with Ledger(home) as ledger:
        readings = ledger.readings()
    return tuple(
        SourceFile(
            file=each.file,
            source=each.source or "",
            sha256=each.sha256,
            received_at=each.received_at,
            rows_read=each.rows_read,
            rows_used=each.rows_used,
            rows_rejected=each.rows_rejected,
        )
        for each in reversed(readings)
    )


def proposal_in(reading: StoredReading) -> str:
    """The `[[tables]]` block that was proposed, from what the reading says."""
    said = "\n".join((reading.reason or "", *reading.warnings))
    start = said.find("[[tables]]")
    return said[start:].strip() if start >= 0 else ""


def date_answer_in(reading: StoredReading) -> str:
    """The line of kring.toml that says which comes first, day or month; empty when nobody asks."""
    question, _, proposed = (reading.reason or "").partition("\n")
    if "month-first" not in question:
        return ""
    if proposed.startswith("[dates]"):
        return proposed.strip()
    return next((line for line in proposed.splitlines() if line.startswith("dates = ")), "")


def kept_releases(home: Home) -> tuple[tuple[Manifest, ...], str]:
    """The releases that can still be served, newest first, and the id of the one that is."""
    pointer = read_pointer(home)
    manifests = []
    for folder in release_folders(home):
        if (folder / "manifest.json").is_file():
            manifests.append(read_manifest(folder))
    return tuple(manifests), pointer.release if pointer else ""


def waiting_in_inbox(home: Home) -> int:
    """How many files lie in the inbox."""
    if not home.inbox.is_dir():
        return 0
    return sum(
        path.is_file() and path.suffix != ".part" and not path.name.startswith(".")
        for path in home.inbox.rglob("*")
    )


def sources_headline(shown: Sequence[SourceStatus], words: Wording) -> str:
    """The sentence above the sources: computed, true of the rows under it."""
    if not shown:
        return words.t("No files have come in yet")
    late = [row for row in shown if row.state not in FINE]
    if not late:
        return words.n(
            "The one source is up to date", "All {all} sources are up to date", len(shown),
            all=words.number_word(len(shown)),
        )  # fmt: skip
    fine = len(shown) - len(late)
    if fine == 0:
        return words.t("Every source asks for attention")
    said = words.n(
        "{fine} of the {all} sources is up to date", "{fine} of the {all} sources are up to date",
        fine, fine=words.number_word(fine), all=words.number_word(len(shown)),
    )  # fmt: skip
    return sentence(said)


def refused_headline(row_count: int, shown: Sequence[Refused], words: Wording) -> str:
    """The sentence above the refused rows; a file refused whole is no row."""
    whole = len({row.file for row in shown if row.line is None})
    rows = words.n("{count} row", "{count} rows", row_count)
    files = words.n("{count} whole file", "{count} whole files", whole)
    parts = [part for part, count in ((rows, row_count), (files, whole)) if count]
    if not parts:
        return words.t("No row was refused")
    return words.n(
        "{what} could not be used", "{what} could not be used",
        row_count + whole, what=words.listed(parts),
    )  # fmt: skip


def _moment_cell(moment: datetime | None, zone: ZoneInfo, words: Wording) -> Cell:
    if moment is None:
        return Cell(None, words.t("unknown"))
    local = moment.astimezone(zone)
    return Cell(local.date(), words.dated(local.date()))


def _day_cell(day: date | None, words: Wording) -> Cell:
    return Cell(day, words.dated(day) if day else words.t("unknown"))


def asking_first(shown: Sequence[SourceStatus]) -> tuple[SourceStatus, ...]:
    """The sources to show at first sight: when there are many, those that have something to tell first.

    A source is left out only when it is up to date and nothing of it was refused.
    """
    if len(shown) <= FEW_SOURCES:
        return tuple(shown)
    telling = [row for row in shown if row.state not in FINE or row.rejected]
    others = [row for row in shown if row not in telling]
    return (*telling, *others[: max(FEW_SOURCES - len(telling), 0)])


def sources_table(
    shown: Sequence[SourceStatus], zone: ZoneInfo, words: Wording, brief: bool = False
) -> Table:
    """Sources with their freshness: the state is a word, its dot repeats it. Brief leaves columns out."""
    columns = (
        Column("source", words.t("Source")),
        Column("status", words.t("State")),
        Column("last_received_at", words.t("Last delivery")),
        Column("newest_on", words.t("Newest date in it"), is_wide=True),
        Column("files", words.t("Files"), is_number=True, is_wide=True),
        Column("rows", words.t("Rows"), is_number=True, is_wide=True),
        Column("rejected", words.t("Refused"), is_number=True),
    )
    rows = tuple(
        (
            Cell(row.source, _file_name(source_name(row.source, words)), is_strong=True),
            Cell(row.state.value, words.t(STATE_WORDS[row.state]), mark=row.state.mark),
            _moment_cell(row.last_received_at, zone, words),
            _day_cell(row.newest_on, words),
            count_cell(row.files, words),
            count_cell(row.rows, words),
            _refused_cell(row, words),
        )
        for row in shown
    )
    kept = [index for index, column in enumerate(columns) if not (brief and column.name in NOT_IN_BRIEF)]
    return Table(
        words.t("Sources and how fresh they are"),
        tuple(columns[index] for index in kept),
        tuple(tuple(row[index] for index in kept) for row in rows),
    )


def _refused_cell(row: SourceStatus, words: Wording) -> Cell:
    """How many rows were refused; of a file that was refused whole nobody counted its rows."""
    if row.state is SourceState.FAILED and (row.rows or not row.rejected):
        said = words.t("the last file") if row.rows else words.t("all")
        return Cell(row.rejected or None, said, is_strong=True)
    return count_cell(row.rejected, words, strong=row.rejected > 0)


def refused_table(shown: Sequence[Refused], words: Wording) -> Table:
    """Refused rows: where each stands and why."""
    columns = (
        Column("file", words.t("File")),
        Column("line", words.t("Line"), is_number=True),
        Column("column", words.t("Column"), is_wide=True),
        Column("reason", words.t("Reason")),
    )
    rows = tuple(
        (
            Cell(row.file, _file_name(row.file)),
            Cell(row.line, words.t("whole file") if row.line is None else words.number(row.line)),
            Cell(row.column, field_words(row.column, words) or "–"),
            Cell(why := reason_words(row.reason, words), why),
        )
        for row in shown
    )
    return Table(words.t("Refused rows"), columns, rows)


def refused_brief(shown: Sequence[Refused], words: Wording) -> Table:
    """Refused rows, each reason of a file once, with the first rows it is about."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    for row in shown:
        lines.setdefault((row.file, row.column, row.reason), []).extend([row.line] if row.line else [])
    columns = (
        Column("file", words.t("File")),
        Column("line", words.t("Lines")),
        Column("reason", words.t("Reason")),
    )
    rows = tuple(
        (
            Cell(file, _file_name(file)),
            Cell(len(found), lines_words(found, words)),
            Cell(reason, _reason_in(column, reason, words)),
        )
        for (file, column, reason), found in lines.items()
    )
    return Table(words.t("Refused rows"), columns, rows)


def lines_words(lines: Sequence[int], words: Wording) -> str:
    """The first lines and how many more there are; without a line it is the whole file."""
    if not lines:
        return words.t("whole file")
    beyond = len(lines) - MOST_LINES
    if beyond <= 0:
        return words.listed([words.number(line) for line in lines])
    first = ", ".join(words.number(line) for line in lines[:MOST_LINES])
    return words.n("{lines} and {count} more", "{lines} and {count} more", beyond, lines=first)


def _reason_in(column: str, reason: str, words: Wording) -> str:
    said = reason_words(reason, words)
    return f"{field_words(column, words)}: {said}" if column else said


def releases_table(shown: Sequence[Manifest], served: str, zone: ZoneInfo, words: Wording) -> Table:
    """The releases kept; which is served is said in words."""
    columns = (
        Column("release", words.t("Release")),
        Column("built_at", words.t("Made")),
        Column("as_of", words.t("Figures up to and including"), is_wide=True),
        Column("people", words.t("People"), is_number=True),
        Column("served", words.t("On screen")),
    )
    rows = tuple(
        (
            Cell(each.release, each.release),
            Cell(each.built_at, _made(each.built_at.astimezone(zone), words)),
            Cell(each.as_of, words.dated(each.as_of)),
            count_cell(each.people, words),
            Cell(
                each.release == served,
                words.t("now on screen") if each.release == served else words.t("kept"),
                mark="current" if each.release == served else "",
            ),
        )
        for each in shown
    )
    return Table(words.t("Releases"), columns, rows)


def _made(moment: datetime, words: Wording) -> str:
    return f"{words.dated(moment.date())}, {words.clock(moment)}"


def _file_name(file: str) -> str:
    """A file without the folders it came in; the CSV keeps them."""
    return shown(file.rpartition("/")[2])


def step_words(step: Step | None, words: Wording) -> str:
    """What a run does now, in plain words; a step this page does not know is counting."""
    if step is None:
        return words.t("Starting")
    return words.t(STEP_WORDS.get(step.name, STEP_WORDS["build and publish"]))


def done_parts(result: RefreshResult, words: Wording) -> tuple[str, ...]:
    """What a run did with what it found: of files it took also that no row was of use."""
    told = []
    if result.files_new:
        told.append(words.n("{count} new file", "{count} new files", result.files_new))
        told.append(words.n("{count} row used", "{count} rows used", result.rows_used))
    if result.rows_rejected:
        told.append(words.n("{count} row refused", "{count} rows refused", result.rows_rejected))
    if result.files_refused:
        told.append(words.n("{count} file refused", "{count} files refused", result.files_refused))
    return tuple(told)


def result_words(result: RefreshResult, words: Wording) -> str:
    """How a run ended, in plain words."""
    if not result.succeeded:
        return words.t("Processing did not succeed. You still see the previous figures.")
    if not result.published_release and result.files_new == 0:
        return words.t("There was nothing new. The figures stay as they are.")
    if result.files_new == 0:
        return words.t("Done: everything was counted anew. The figures are up to date.")
    listed = words.listed(done_parts(result, words))
    if not result.published_release:
        return words.t("Done: {listed}. The figures stay as they are.", listed=listed)
    return words.t("Done: {listed}. The figures are up to date.", listed=listed)
