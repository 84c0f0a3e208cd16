"""A small invented network as a real release: rows of feeds, the real build, the real writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from duckdb import DuckDBPyConnection

from etl import warehouse
from etl.build import NetworkFacts, build
from etl.checks import check
from etl.home import Home
from etl.release import ReleasePlan, write_release, writer_lock
from etl.restatement import Restatement, write_log
from etl.schema.ddl import quoted
from etl.schema.feeds import FEEDS
from etl.themes.tables import THEME_TABLES

AS_OF = date(2026, 11, 21)
RECEIVED = datetime(2026, 11, 20, 12)
PEOPLE = 90
GROUPS = ("Kennisbasis", "Instrumenten")
Cell = str | int | float | bool | date | datetime | None
Row = Mapping[str, Cell]

FILE_TABLES = {
    "source_file": (
        "sha256 varchar, file varchar, source varchar, format varchar, feeds varchar, received_at timestamp, "
        "rows_read bigint, rows_used bigint, rows_rejected bigint, rows_hidden bigint, status varchar, "
        "reason varchar, warnings varchar, newest_on date"
    ),
    "refused_row": "sha256 varchar, file varchar, line bigint, column_name varchar, reason varchar",
} | {
    name: ", ".join(f"{column} {kind}" for column, kind in columns) for name, columns in THEME_TABLES.items()
}


def _email(number: int) -> str:
    return f"lid{number}@example.org"


def memberships() -> Iterable[Row]:
    """One or two people a week from 2025 on; every seventh left after a year, every fourteenth came back."""
    for number in range(PEOPLE):
        joined = date(2025, 1, 6) + timedelta(days=7 * number)
        left = joined + timedelta(days=300) if number % 7 == 0 else None
        person: dict[str, Cell] = {"email": _email(number), "full_name": f"Lid Nummer {number}"}
        yield {
            **person,
            "joined_on": joined,
            "left_on": left,
            "audience": ("onderzoek", "praktijk")[number % 2],
        }
        yield {**person, "joined_on": joined, "left_on": left, "working_group": GROUPS[number % 3 == 0]}
        if number % 14 == 0 and left is not None and left + timedelta(days=90) < AS_OF:
            yield {**person, "joined_on": left + timedelta(days=90)}


def events() -> list[dict[str, Cell]]:
    """A session a month, the newest first only counted in the room, the one before without any list."""
    made: list[dict[str, Cell]] = []
    for number in range(22):
        day = datetime(2025, 2, 11, 13) + timedelta(days=30 * number)
        made.append(
            {
                "event_id": f"e{number}",
                "title": "Wat werkt, en waarom? *Een gesprek*" if number == 5 else f"Bijeenkomst {number}",
                "starts_at": day,
                "ends_at": day + timedelta(hours=2),
                "working_group": GROUPS[number % 2] if number % 3 else None,
                "series": "Reeks A" if number % 2 else "Reeks B",
            }
        )
    made[-1] |= {"title": "Werkconferentie", "headcount": 120, "headcount_is_approximate": True}
    return made


def presences() -> Iterable[tuple[Row, bool]]:
    """Everybody whose turn it is registered; two in three came."""
    for index, event in enumerate(events()[:-2]):
        known = {key: event[key] for key in ("event_id", "title", "starts_at", "ends_at")}
        for number in range(min(PEOPLE, 8 + 3 * index)):
            if (number + index) % 2:
                person: dict[str, Cell] = {"email": _email(number), "full_name": f"Lid Nummer {number}"}
                yield {**known, **person}, (number * 7 + index) % 3 != 0


def questions() -> Iterable[tuple[int, str, datetime]]:
    """Three in four are about money in the last year, one in four the year before; the rest about time."""
    for number in range(80):
        is_late = number < 40
        about = "geld" if (number % 4 != 0) is is_late else "tijd"
        yield number, about, datetime(2026 if is_late else 2025, 3, 1 + number % 28, 10)


def question_rows() -> dict[str, list[Row]]:
    """The questions as a feed, and the themes as a run left them."""
    asked = list(questions())
    return {
        "contribution": [
            {
                "text": f"Vraag {number} over {about}?",
                "email": _email(number),
                "event_id": f"e{number % 20}",
                "contributed_at": at,
            }
            for number, about, at in asked
        ],
        "text_unit": [
            {
                "sha256": "a" * 64,
                "part": 0,
                "line": line,
                "unit": 0,
                "text": f"Vraag {number} over {about}?",
                "text_hash": f"h{number}",
                "language": "nl",
                "is_filler": False,
            }
            for line, (number, about, _) in enumerate(asked, start=1)
        ],
        "theme": [
            {
                "theme_id": f"t-{name}",
                "label_nl": label,
                "label_en": english,
                "words_nl": label,
                "words_en": english,
                "status": "auto",
            }
            for name, label, english in (
                ("geld", "geld / subsidie", "money / grant"),
                ("tijd", "tijd / rooster", "time / timetable"),
            )
        ],
        "theme_member": [
            {
                "text_hash": f"h{number}",
                "theme_id": f"t-{about}",
                "assigned_by": "auto",
                "nearness": number / 100,
            }
            for number, about, _ in asked
        ],
    }


def given() -> dict[str, list[Row]]:
    """Every feed's rows."""
    pairs = list(presences())
    return question_rows() | {
        "membership": list(memberships()),
        "event": list(events()),
        "registration": [{**row, "status": "registered"} for row, _ in pairs],
        "attendance": [{**row, "minutes": 100.0} for row, came in pairs if came],
        "milestone": [
            {"title": "Start van het netwerk", "kind": "conference", "happened_on": date(2025, 2, 11)},
            {"title": "Eerste opbrengst", "kind": "yield", "happened_on": date(2025, 9, 1)},
        ],
        "source_file": [
            {
                "sha256": "a" * 64,
                "file": "leden.csv",
                "source": "ledenadministratie",
                "format": "table",
                "feeds": "membership,contribution",
                "received_at": RECEIVED,
                "rows_read": 200,
                "rows_used": 196,
                "rows_rejected": 4,
                "rows_hidden": 0,
                "status": "partial",
                "newest_on": date(2026, 11, 1),
            },
            {
                "sha256": "b" * 64,
                "file": "vreemd.csv",
                "received_at": RECEIVED,
                "rows_read": 12,
                "rows_used": 0,
                "rows_rejected": 0,
                "rows_hidden": 0,
                "status": "needs_mapping",
            },
        ],
        "refused_row": [
            {
                "sha256": "a" * 64,
                "file": "leden.csv",
                "line": 9,
                "column_name": "joined_on",
                "reason": "not a date",
            }
        ],
    }


def fill_warehouse(connection: DuckDBPyConnection, rows: Mapping[str, Iterable[Row]]) -> None:
    """The feed tables, with where each row came from filled in."""
    tables = {
        feed.name: ", ".join(f"{quoted(each.name)} {each.type.value}" for each in feed.table.columns)
        for feed in FEEDS
    }
    for table, columns in (tables | FILE_TABLES).items():
        connection.execute(f"create table {quoted(table)} ({columns})")
        for line, row in enumerate(rows.get(table, ()), start=1):
            origin: dict[str, Cell] = {}
            if table in tables:
                origin = {"sha256": "a" * 64, "part": 0, "line": line, "source": "ledenadministratie"}
                origin["received_at"] = RECEIVED
            whole = origin | dict(row)
            names = ", ".join(quoted(name) for name in whole)
            marks = ", ".join("?" for _ in whole)
            connection.execute(
                f"insert into {quoted(table)} ({names}) values ({marks})", list(whole.values())
            )


def make_home(
    home: Home, rows: Mapping[str, Iterable[Row]] | None = None, log: Sequence[Restatement] = ()
) -> Home:
    """A home that serves one release made of these rows, and of what changed after it was published."""
    home.create()
    home.settings_file.touch(0o600)
    connection = warehouse.open_warehouse(home.warehouse_file)
    fill_warehouse(connection, given() if rows is None else rows)
    connection.close()
    facts = NetworkFacts(name="Een netwerk", as_of=AS_OF)

    def fill(release: DuckDBPyConnection) -> None:
        build(release, facts, b"a key for tests")
        check(release)
        write_log(release, log)

    with writer_lock(home):
        write_release(home, ReleasePlan(AS_OF, facts.name, "nl", "mark", 3), fill)
    return home
