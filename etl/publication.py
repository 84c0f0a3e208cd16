"""A publication: exact tables of the release, made safe, kept as published, searched, then served.

It is written aside in a folder nobody else may enter, and moves into `public/` when the gate has found nobody
in any of its bytes. A quarter that still runs is never published.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from duckdb import DuckDBPyConnection

from etl.disclosure import (
    RULE_VERSION,
    DisclosureRule,
    ExactRow,
    keep_published,
    one_of_each,
    protect_rows,
    published_names,
    with_those_gone,
)
from etl.durable import next_id, sync, write_file
from etl.errors import PublicationError, ReleaseError
from etl.exact import exact_figures
from etl.gate import Wanted, everyone, hits
from etl.home import FOLDER_RIGHTS, PUBLIC_RIGHTS, Home, make_folder, private_files
from etl.manifest import ASIDE, DATABASE, MANIFEST, ReleasedFile, sha256_of
from etl.public_manifest import (
    PUBLIC_DATABASE,
    SITE,
    Publication,
    pointer_text,
    publication_folders,
    read_publication,
)
from etl.published import PublicationRecord, PublishedFigures, ReleaseState
from etl.release import current, disk_reported, writer_lock
from etl.restatement import restated_count, state_of
from etl.schema.public import (
    PUBLIC_TABLES,
    CorrectionNote,
    Key,
    PublicContent,
    PublicFigures,
    PublicTable,
    SiteFile,
    last_day_of,
)
from etl.settings import Settings, load_settings
from etl.warehouse import Value, open_publication, open_release, quote_name, reads_of_this_version
from queries.catalog import PUBLISHED

FILE_FOR_ALL = 0o644
QUARTER_MONTHS = 3
Render = Callable[[PublicContent], tuple[SiteFile, ...]]
ExactTables = Mapping[PublicTable, tuple[ExactRow, ...]]


@dataclass(frozen=True)
class Draft:
    """What would be published now, and whether the calendar allows it.

    `exact` has the figures behind it, for the ledger alone; `restated` counts published ones that changed.
    """

    content: PublicContent
    release: str
    due_on: date | None
    note: str | None
    day: int
    exact: Mapping[str, Mapping[tuple[Key, ...], int | None]]
    state: ReleaseState
    restated: int = 0

    @property
    def may_be_published(self) -> bool:
        """The first on any day, a later one from the fixed day on, a correction on any day."""
        return self.due_on is None or bool(self.note) or self.content.published_on >= self.due_on

    @property
    def period_end(self) -> date:
        """The last day that any figure tells of."""
        return max(row.period_end for each in self.content.figures for row in each.rows)


def publish(home: Home, render: Render, note: str | None = None, today: date | None = None) -> Publication:
    """Publish the figures of the release being served. Refused when it is too early or anyone is found."""
    home.require()
    with disk_reported(), writer_lock(home):
        _forget_unfinished(home)
        with opened_draft(home, note, today) as (draft, people):
            if not draft.may_be_published:
                raise PublicationError(
                    "publish", "the last publication is too recent", f"{draft.due_on} or later",
                    "A mistake may be put right at once: kring publish --correction NOTE",
                )  # fmt: skip
            return _publish(home, draft, render, people)


def preview(home: Home, render: Render, note: str | None = None, today: date | None = None) -> Draft:
    """Write the site as it would be published to `cache/preview/`, which nobody else may enter."""
    home.require()
    with disk_reported(), private_files(), opened_draft(home, note, today) as (draft, _):
        make_folder(home.preview.parent, FOLDER_RIGHTS)
        shutil.rmtree(home.preview, ignore_errors=True)
        _write_site(home.preview, render(draft.content))
    return draft


def _forget_unfinished(home: Home) -> None:
    """Remove what a publication left that died before it was served, on the disk and in the ledger."""
    try:
        served = read_publication(home)
    except ReleaseError:  # nobody knows what is served: a new publication puts it right
        return
    for path in home.public.glob(f"{ASIDE}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for folder in publication_folders(home):
        if served and folder.name > served.publication:
            shutil.rmtree(folder)
    with PublishedFigures(home) as ledger:
        ledger.settle(served.publication if served else "")


@contextmanager
def opened_draft(home: Home, note: str | None, today: date | None) -> Iterator[tuple[Draft, Wanted]]:
    """What would be published now, and everyone who may not be found in it."""
    settings = load_settings(home)
    served = current(home)
    if served is None:
        raise PublicationError("publish", "no release yet", "", "Make one with: kring refresh")
    connection = open_release(home.releases / served.release / DATABASE)
    try:
        with reads_of_this_version("a publication"):
            exact = _exact_tables(home, connection)
            content, due_on = _content(home, settings, exact, note, today or publication_day(settings))
            draft = Draft(
                content, served.release, due_on, note, settings.publication.day,
                {table.name: {row.keys: row.figure for row in rows} for table, rows in exact.items()},
                state_of(home, connection, served.kring), restated_count(connection),
            )  # fmt: skip
            people = everyone(connection)
        yield draft, people
    finally:
        connection.close()


def publication_day(settings: Settings) -> date:
    """Today where the network is, or the day that its settings fix."""
    return settings.network.as_of or datetime.now(ZoneInfo(settings.network.time_zone)).date()


def due_after(last: date, day: int) -> date:
    """The first fixed day of a month after the last publication."""
    if last.day < day:
        return last.replace(day=day)
    return _months_on(last.replace(day=day), 1)


def next_figures_on(period_end: date, day: int) -> date:
    """When the quarter that now runs can be published: the first fixed day after its end."""
    return _months_on(period_end.replace(day=1), QUARTER_MONTHS + 1).replace(day=day)


def _content(
    home: Home, settings: Settings, exact: ExactTables, note: str | None, today: date
) -> tuple[PublicContent, date | None]:
    wished = settings.publication
    rule = DisclosureRule(wished.threshold, wished.rounding)
    with PublishedFigures(home) as ledger:
        before = ledger.publications()
        figures = tuple(
            keep_published(
                table,
                protect_rows(rows, rule),
                ledger.figures(table),
                rule,
                correcting=bool(note),
            )
            for table, rows in exact.items()
        )
        notes = ledger.corrections()
    if not any(each.rows for each in figures):
        raise PublicationError("publish", "no quarter is over yet", "members of a quarter that is over")
    content = PublicContent(
        network_name=settings.network.name,
        language=settings.network.language,
        published_on=today,
        next_on=next_figures_on(_last_day(figures), wished.day),
        threshold=wished.threshold,
        rounding=wished.rounding,
        figures=figures,
        corrections=((CorrectionNote(today, note), *notes) if note else notes),
        contact=wished.contact,
        accessibility=wished.accessibility,
    )
    return content, due_after(before[-1].published_on, wished.day) if before else None


def _last_day(figures: tuple[PublicFigures, ...]) -> date:
    return max(row.period_end for each in figures for row in each.rows)


def _exact_tables(home: Home, connection: DuckDBPyConnection) -> ExactTables:
    """Every table, exactly; a working group keeps the name under which it was published."""
    with PublishedFigures(home) as ledger:
        known = {table: tuple(one_of_each(table, ledger.figures(table))) for table in PUBLIC_TABLES}
    now = {
        table: published_names(table, exact_figures(connection, table), known[table])
        for table in PUBLIC_TABLES
    }
    over = max((last_day_of(row.keys) for rows in now.values() for row in rows), default=date.min)
    return {table: with_those_gone(table, now[table], known[table], over) for table in PUBLIC_TABLES}


def _publish(home: Home, draft: Draft, render: Render, people: Wanted) -> Publication:
    make_folder(home.public, PUBLIC_RIGHTS)
    with PublishedFigures(home) as ledger:  # it may know of later ones than the folder, after a restore
        known = [each.publication for each in ledger.publications()]
    name = next_id(max([*known, *(folder.name for folder in publication_folders(home))], default=None))
    aside = home.public / f"{ASIDE}{name}"
    make_folder(aside, FOLDER_RIGHTS)
    try:
        with private_files():
            _write_database(aside / PUBLIC_DATABASE, draft.content)
            _write_site(aside / SITE, render(draft.content))
            manifest = _manifest(aside, name, draft)
            write_file(aside / MANIFEST, manifest.text().encode())
        refuse_people(aside, draft.content, people)
        with PublishedFigures(home) as ledger:
            ledger.record(
                PublicationRecord(name, draft.content.published_on, draft.release, RULE_VERSION, draft.note),
                draft.content.figures,
                draft.exact,
                draft.state,
            )
        _open_to_all(aside)
        aside.rename(home.public / name)
        sync(home.public)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    _point_at(home, manifest)
    with PublishedFigures(home) as ledger:
        ledger.settle(name)
    return manifest


def refuse_people(folder: Path, content: PublicContent, people: Wanted) -> None:
    """Raise PublicationError when anyone is found in a byte of a folder, or in a text that came from data."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    cells = [content.network_name, *(note.text for note in content.corrections)]
    cells += [row.label for each in content.figures for row in each.rows]
    if found := hits(people, files, cells):
        raise PublicationError(
            "publish", f"a person of the network is named in {', '.join(found)}", "no person anywhere",
            "Nothing was published. Change the name of that group, kind of meeting or note.",
        )  # fmt: skip


def _write_database(file: Path, content: PublicContent) -> None:
    connection = open_publication(file)
    try:
        for each in content.figures:
            columns = ", ".join(f"{quote_name(name)} {kind}" for name, kind in each.table.columns)
            connection.execute(f"create table {PUBLISHED}.{quote_name(each.table.name)} ({columns})")
            marks = ", ".join("?" for _ in each.table.columns)
            records: list[tuple[Value, ...]] = list(each.records())
            if records:
                connection.executemany(
                    f"insert into {PUBLISHED}.{quote_name(each.table.name)} values ({marks})", records
                )
        connection.execute("checkpoint")
    finally:
        connection.close()


def _write_site(folder: Path, files: tuple[SiteFile, ...]) -> None:
    for each in files:
        path = folder / each.path
        if not path.resolve().is_relative_to(folder.resolve()):
            raise PublicationError("publish", "a file outside the site", "files within it")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, each.data)


def _manifest(aside: Path, name: str, draft: Draft) -> Publication:
    content = draft.content
    files = [path for path in sorted(aside.rglob("*")) if path.is_file()]
    return Publication(
        publication=name,
        network_name=content.network_name,
        language=content.language,
        published_on=content.published_on,
        published_at=datetime.now(UTC).replace(microsecond=0),
        due_on=due_after(content.published_on, draft.day),
        next_on=content.next_on,
        period_end=draft.period_end,
        rule_version=RULE_VERSION,
        threshold=content.threshold,
        rounding=content.rounding,
        kring=version("kring"),
        files=tuple(
            ReleasedFile(path.relative_to(aside).as_posix(), path.stat().st_size, sha256_of(path))
            for path in files
        ),
    )


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(PUBLIC_RIGHTS if path.is_dir() else FILE_FOR_ALL)
        sync(path)


def _point_at(home: Home, publication: Publication) -> None:
    aside = home.public / f"{ASIDE}pointer"
    write_file(aside, pointer_text(publication).encode(), FILE_FOR_ALL)
    aside.chmod(FILE_FOR_ALL)
    aside.replace(home.public_pointer)
    sync(home.public)


def _months_on(day: date, months: int) -> date:
    """The same day of the month, some months later. Days beyond the 28th never come here."""
    number = day.year * 12 + day.month - 1 + months
    return day.replace(year=number // 12, month=number % 12 + 1)
