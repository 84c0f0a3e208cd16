"""Everything in `[[collect]]`, dropped in the inbox as one file a source, before the inbox is taken.

The file is the pages as the site gave them, one event a line, behind a line that says what it is. What has
not changed since the last time makes no file. When it has, the first line names the file before it: an agenda
that goes back to an earlier state is then still a file of its own. A source that fails leaves a warning, and
what was collected from it before stays.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from etl.collect import the_events_calendar
from etl.collect.client import Client, HttpLimits, JsonObject
from etl.collect.the_events_calendar import events_of
from etl.errors import CollectError
from etl.home import FILE_RIGHTS, make_folder
from etl.settings import CollectKind

if TYPE_CHECKING:
    from etl.home import Home
    from etl.ledger import Ledger
    from etl.settings import CollectSettings, Settings

KINDS = {CollectKind.THE_EVENTS_CALENDAR: the_events_calendar.collect}
LONG_AGO_SECONDS = 3600


def collect_all(
    home: Home,
    settings: Settings,
    ledger: Ledger,
    environment: Mapping[str, str] | None = None,
    limits: HttpLimits | None = None,
) -> tuple[str, ...]:
    """Collect from every source. Gives one warning for each that failed."""
    known = os.environ if environment is None else environment
    warnings: list[str] = []
    for each in settings.collect:
        try:
            _collect(each, home, ledger, known, limits)
        except CollectError as error:
            warnings.append(error.line())
        except Exception as error:  # a fault of one source, or of Kring's own, never stops the run
            fault = CollectError(f"collect {each.name}", f"a fault in Kring ({type(error).__name__})")
            warnings.append(fault.line())
    return tuple(warnings)


def _collect(
    settings: CollectSettings,
    home: Home,
    ledger: Ledger,
    environment: Mapping[str, str],
    limits: HttpLimits | None,
) -> None:
    token = environment.get(settings.token_env) if settings.token_env else None
    if settings.token_env and not token:
        raise CollectError(f"collect {settings.name}", "no token", f"one in {settings.token_env}")
    with Client(settings, token, limits) as client:
        pages = KINDS[settings.kind](settings, client)
    content = pages_text(pages)
    before = _last(settings, home, ledger)
    if before is None and not pages:
        return
    if before is None or before[1] != content:
        gone = _gone(before[1], pages) if before else ()
        first = heading(settings, before[0] if before else None, gone)
        _drop(home, settings.file, first + content)


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


def _drop(home: Home, name: str, text: str) -> None:
    """Put a whole file in the inbox; it need not lie still first."""
    path = home.inbox / name
    make_folder(path.parent)
    part = path.with_name(f"{path.name}.part")
    handle = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_RIGHTS)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    long_ago = time.time() - LONG_AGO_SECONDS
    os.utime(part, (long_ago, long_ago))
    part.rename(path)
