"""Everything in `[[collect]]`, dropped in the inbox before the inbox is taken.

An agenda is a file whole, when it changed. Of everything else a file holds what is new or changed since the
last time, one item a line, as the tool gave it; which items were landed, and how they were, the ledger knows
by keyed hashes. The cursor and the hashes are kept when the file lies whole in the inbox. Once a week
everything is read again, for late changes of old answers. A source that fails leaves a warning and its fault
in the ledger, and what was collected from it before stays.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from etl.collect import (
    eventbrite,
    google_forms,
    indico,
    jotform,
    json_list,
    kobotoolbox,
    limesurvey,
    mailchimp,
    microsoft_graph,
    pretix,
    tally,
    the_events_calendar,
    typeform,
    zoom,
)
from etl.collect.client import CALENDAR_TYPES, Client, HttpLimits, JsonObject
from etl.collect.task import Collected, Module, Task
from etl.collect.the_events_calendar import events_of
from etl.connections import CollectKind
from etl.errors import CollectError
from etl.home import FILE_RIGHTS, make_folder
from etl.ledger import StoredConnection

if TYPE_CHECKING:
    from etl.connections import CollectSettings
    from etl.home import Home
    from etl.ledger import Ledger
    from etl.settings import Limits, Settings

MODULES: Mapping[CollectKind, Module] = {
    CollectKind.LIMESURVEY: limesurvey,
    CollectKind.TYPEFORM: typeform,
    CollectKind.KOBOTOOLBOX: kobotoolbox,
    CollectKind.TALLY: tally,
    CollectKind.JOTFORM: jotform,
    CollectKind.GOOGLE_FORMS: google_forms,
    CollectKind.EVENTBRITE: eventbrite,
    CollectKind.PRETIX: pretix,
    CollectKind.INDICO: indico,
    CollectKind.MAILCHIMP: mailchimp,
    CollectKind.ZOOM: zoom,
    CollectKind.MICROSOFT_GRAPH: microsoft_graph,
    CollectKind.JSON_LIST: json_list,
}
LONG_AGO_SECONDS = 3600
WHOLE_AGAIN = timedelta(days=7)
HASH_LETTERS = 32
FILE_SHARE = 0.6  # of what one file may be: white space and the first line take some too
CALENDAR_STAMP = re.compile(rb"^(?:DTSTAMP|LAST-MODIFIED|CREATED)[:;].*$", re.MULTILINE)


@dataclass(frozen=True)
class Kept:
    """What is kept of a connection when its file lies in the inbox."""

    cursor: JsonObject
    is_whole: bool = True
    marks: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Collector:
    """Collects from the sources of one home, one after another."""

    home: Home
    settings: Settings
    ledger: Ledger
    environment: Mapping[str, str]
    limits: HttpLimits
    now: datetime

    def all(self) -> tuple[str, ...]:
        """One warning for each source that failed."""
        states = {state.name: state for state in self.ledger.connections()}
        warnings: list[str] = []
        for each in self.settings.collect:
            known = states.get(each.name)
            before = known if known and known.scope == _scope(each) else None
            try:
                kept = self._one(each, before, known is not None and before is None)
            except CollectError as error:
                warnings.append(self._failed(each, before, error))
            except Exception as error:  # a fault of one source, or of Kring's own, never stops the run
                fault = f"a fault in Kring ({type(error).__name__})"
                warnings.append(self._failed(each, before, CollectError(f"collect {each.name}", fault)))
            else:
                whole_at = self.now if kept.is_whole or before is None else before.whole_at
                cursor = json.dumps(kept.cursor, sort_keys=True)
                state = StoredConnection(each.name, _scope(each), cursor, whole_at, self.now, self.now)
                self.ledger.save_connection(state, kept.marks)
        return tuple(warnings)

    def _failed(self, each: CollectSettings, before: StoredConnection | None, error: CollectError) -> str:
        state = StoredConnection(
            each.name, _scope(each), before.cursor if before else "{}", before.whole_at if before else None,
            before.done_at if before else None, self.now, error.line(),
        )  # fmt: skip
        self.ledger.save_connection(state)
        return error.line()

    def _one(self, each: CollectSettings, before: StoredConnection | None, has_moved: bool) -> Kept:
        secret = self._secret(each, each.token_env)
        if each.kind is CollectKind.THE_EVENTS_CALENDAR:
            return self._agenda(each, secret)
        cursor: JsonObject = json.loads(before.cursor) if before else {}
        if each.kind is CollectKind.ICALENDAR:
            return self._calendar(each, secret, cursor)
        is_whole = before is None or before.whole_at is None or self.now - before.whole_at >= WHOLE_AGAIN
        task = Task(
            each, {} if is_whole else cursor, secret, self._secret(each, each.client_secret_env), self.limits
        )
        collected = MODULES[each.kind].collect(task)
        if has_moved:
            self.ledger.forget_collected(each.name)
        return Kept(collected.cursor, is_whole, self._land(each, collected))

    def _secret(self, each: CollectSettings, name: str | None) -> str | None:
        """A secret from the environment, else from the file of that name in secrets/."""
        if not name:
            return None
        found = self.environment.get(name, "").strip()
        path = self.home.secrets / name
        if not found and path.is_file():
            found = path.read_text(encoding="utf-8").strip()
        if not found:
            raise CollectError(
                f"collect {each.name}", "no token", f"one in {name}, in the environment or in secrets/"
            )
        if not found.isprintable() and not found.startswith("{"):  # a key file of Google's is JSON
            raise CollectError(f"collect {each.name}", f"signs in {name} that no token has", "one line")
        return found

    # Items

    def _land(self, each: CollectSettings, collected: Collected) -> Mapping[str, str]:
        """Drop what is new or changed. Gives its marks."""
        key = self.home.privacy_key()
        known = self.ledger.collected_marks(each.name)
        marks: dict[str, str] = {}
        fresh: list[str] = []
        for item in sorted(collected.items, key=lambda item: item.id):
            line = _compact({"id": item.id, "is": item.body})
            name, mark = _hash(key, f"{each.name}|{item.id}"), _hash(key, line)
            if known.get(name) != mark:
                marks[name] = mark
                fresh.append(line)
        first = self._first_line(each, collected)
        for lines in _parts(fresh, self.settings.limits):
            _drop(self.home, each.file, first + ",\n".join(lines) + "\n]}\n", is_own=True)
        return marks

    def _first_line(self, each: CollectSettings, collected: Collected) -> str:
        said: JsonObject = {
            "kring_collected": each.kind.value, "name": each.name,
            "collected_at": self.now.replace(tzinfo=None).isoformat(timespec="seconds") + "Z",
            "feed": each.feed.name if each.feed else None, "columns": [list(one) for one in each.columns],
            "constants": dict(each.constants), "about": collected.about,
        }  # fmt: skip
        return _compact(said)[:-1] + ',"items":[\n'

    # Agendas

    def _agenda(self, each: CollectSettings, secret: str | None) -> Kept:
        """The whole agenda of The Events Calendar, when it changed."""
        with Client(each, secret, self.limits) as client:
            pages = the_events_calendar.collect(each, client)
        content = pages_text(pages)
        before = _last(each, self.home, self.ledger)
        if (before is not None or pages) and (before is None or before[1] != content):
            gone = _gone(before[1], pages) if before else ()
            first = heading(each, before[0] if before else None, gone)
            _drop(self.home, each.file, first + content)
        return Kept({})

    def _calendar(self, each: CollectSettings, secret: str | None, cursor: JsonObject) -> Kept:
        """A calendar as bytes, when it changed; stamps that say when it was asked for do not count."""
        url = each.base_url + (secret if secret else "")
        etag = cursor.get("etag")
        with Client(each, None, self.limits) as client:
            found = client.get_content(url, CALENDAR_TYPES, etag if isinstance(etag, str) else None)
            if found.bytes is None:
                return Kept(cursor)
            lines = found.bytes.removeprefix(b"\xef\xbb\xbf").strip()
            if not lines.upper().startswith(b"BEGIN:VCALENDAR"):
                raise client.refusal("no calendar", "one in iCalendar (.ics)", "Correct its address.")
            if not lines.upper().endswith(b"END:VCALENDAR"):
                raise client.refusal("a calendar that is cut off", "a whole one")
        said = CALENDAR_STAMP.sub(b"", lines).decode("utf-8", errors="replace")
        mark = _hash(self.home.privacy_key(), said)
        if mark != cursor.get("mark"):
            _drop(self.home, each.file, self._unlike_before(lines), is_own=True)
        return Kept({"etag": found.etag, "mark": mark})

    def _unlike_before(self, calendar: bytes) -> bytes:
        """A calendar that went back to what it was is a file of its own: a line says when that was seen."""
        sha256 = hashlib.sha256(calendar).hexdigest()
        if not any(file.sha256 == sha256 for file in self.ledger.files()):
            return calendar
        end = len(calendar) - len(b"END:VCALENDAR")
        return calendar[:end] + f"X-KRING-SEEN:{self.now:%Y%m%dT%H%M%SZ}\r\n".encode() + calendar[end:]


def collect_all(
    home: Home,
    settings: Settings,
    ledger: Ledger,
    environment: Mapping[str, str] | None = None,
    limits: HttpLimits | None = None,
) -> tuple[str, ...]:
    """Collect from every source. Gives one warning for each that failed."""
    known = os.environ if environment is None else environment
    return Collector(home, settings, ledger, known, limits or HttpLimits(), datetime.now(UTC)).all()


def heading(settings: CollectSettings, after: str | None, gone: Sequence[object] = ()) -> str:
    """The first line: what this is, from which source, after which file of it, and what is no longer told."""
    said: JsonObject = {"kring_collected": settings.kind.value, "name": settings.name, "after": after}
    if gone:
        said["gone"] = list(gone)
    return _compact(said)[:-1] + ',"pages":[\n'


def pages_text(pages: Sequence[JsonObject]) -> str:
    """The pages, each event on a line of its own; only white space and the order of keys are Kring's."""
    return ",\n".join(_page_text(page) for page in pages) + "\n]}\n"


def _page_text(page: JsonObject) -> str:
    events = page.get("events")
    lines = ",\n".join(_compact(event) for event in events) if isinstance(events, list) else ""
    rest = {key: value for key, value in page.items() if key != "events"}
    return f'{{"events":[\n{lines}\n],{_compact(rest)[1:]}' if rest else f'{{"events":[\n{lines}\n]}}'


def _gone(before: str, pages: Sequence[JsonObject]) -> tuple[object, ...]:
    """Events that were still to come and are no longer on the agenda; a past one may just be tidied away."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    document: JsonObject = json.loads('{"pages":[' + before)
    old = document["pages"]
    there = {str(event.get("id")) for page in pages for event in events_of(page)}
    return tuple(
        event
        for page in (old if isinstance(old, list) else ())
        for event in events_of(page)
        if str(event.get("id")) not in there and str(event.get("utc_start_date", "")) > now
    )


def _scope(each: CollectSettings) -> str:
    """Changes when a connection reads another place."""
    place = (
        each.kind.value, each.base_url, each.from_on.isoformat(), each.form_id, each.event_id, each.organiser,
        each.category_id, each.list_id, each.user, each.meetings, each.items, each.parameters,
    )  # fmt: skip
    return hashlib.sha256(repr(place).encode()).hexdigest()[:16]


def _hash(key: bytes, text: str) -> str:
    return hmac.new(key, b"collected|" + text.encode(), hashlib.sha256).hexdigest()[:HASH_LETTERS]


def _parts(lines: Sequence[str], limits: Limits) -> Iterator[Sequence[str]]:
    """The lines in as many files as the limits of one file ask for."""
    part: list[str] = []
    size = 0
    for line in lines:
        if part and (size + len(line) > limits.file_bytes * FILE_SHARE or len(part) + 3 > limits.rows):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line) + 2
    if part:
        yield part


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _last(settings: CollectSettings, home: Home, ledger: Ledger) -> tuple[str, str] | None:
    """The fingerprint and the pages of the file that this source gave last."""
    files = [file for file in ledger.files() if file.file == settings.file]
    if not files:
        return None
    newest = max(files, key=lambda file: (file.received_at, file.sha256))
    path = home.quarantine / newest.sha256 if newest.quarantined else home.landed_file(newest.sha256)
    if not path.exists():
        return None
    return newest.sha256[:16], path.read_text(encoding="utf-8").partition("\n")[2]


def _drop(home: Home, name: str, content: str | bytes, is_own: bool = False) -> None:
    """Put a whole file in the inbox; it need not lie still first. `is_own`: beside one that still waits."""
    path = home.inbox / name
    make_folder(path.parent)
    if is_own:
        path = _free(path)
    part = path.with_name(f"{path.name}.part")
    handle = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_RIGHTS)
    with os.fdopen(handle, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    long_ago = time.time() - LONG_AGO_SECONDS
    os.utime(part, (long_ago, long_ago))
    part.rename(path)


def _free(path: Path) -> Path:
    """The path, or with a number when a file waits there."""
    free, number = path, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
