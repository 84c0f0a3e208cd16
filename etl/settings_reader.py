"""The tables of `kring.toml`, read into the classes of etl/settings.py; every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import TypeVar

from etl.connections import EVERY_KIND, KEYS, LOOPBACK_HOSTS, Keys, plain_name
from etl.cron import Cron, read_cron
from etl.schema.feeds import FEEDS, Feed
from etl.schema.model import DateShape
from etl.schema.moments import faults_in_parts, part_fields, whole_field
from etl.settings import (
    MANY_FIELD,
    CollectKind,
    CollectSettings,
    Connections,
    Limits,
    NetworkSettings,
    Pairs,
    PublicationSettings,
    Retention,
    Schedule,
    Settings,
    TableMapping,
)

Kept = TypeVar("Kept")
LANGUAGES = ("nl", "en")
OVERRIDABLE = ("network", "limits", "schedule", "retention", "publication", "dates")
DATE_ORDERS = {"day-first": DateShape.DAY_MONTH_YEAR, "month-first": DateShape.MONTH_DAY_YEAR}
DATE_WORDS = {**{shape.value: shape for shape in DateShape}, **DATE_ORDERS}
WEB_ADDRESS = re.compile(r"https://[\w.-]+\.\w{2,}(?:[:/?#][^\s<>\"']*)?")
MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.\w{2,}")
LOWEST_PUBLIC = 5  # neither threshold nor rounding of a publication may be finer
LAST_PUBLICATION_DAY = 28
CONTRIBUTION_KINDS = ("question", "theme", "feedback", "practice_case")
FEED_BY_NAME = {feed.name: feed for feed in FEEDS}


class SettingsReader:
    """Walks the document once and keeps every fault instead of stopping at the first."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.faults: list[str] = []

    def settings(self, document: Mapping[str, object]) -> Settings:
        for key in document.keys() - {*OVERRIDABLE, "tables", "collect", "releases_kept"}:
            known = f"{', '.join(OVERRIDABLE)}, tables, collect or releases_kept"
            self.fault(key, "no such table or key", known)
        for key in (*OVERRIDABLE, "releases_kept"):
            document = {**document, key: self.overridden(document, key)}
        return Settings(
            network=self.network(self.table(document.get("network"), "network")),
            tables=self.tables(document.get("tables")),
            collect=self.collected(document.get("collect")),
            limits=self.limits(self.table(document.get("limits"), "limits")),
            releases_kept=self.whole_number(document.get("releases_kept"), "releases_kept", 3, 1),
            schedule=self.schedule(self.table(document.get("schedule"), "schedule")),
            retention=self.retention(self.table(document.get("retention"), "retention")),
            publication=self.publication(self.table(document.get("publication"), "publication")),
            dates=self.dates(self.table(document.get("dates"), "dates")),
        )

    def fault(self, where: str, found: str, expected: str) -> None:
        self.faults.append(f"{where}: {found}, expected {expected}")

    def overridden(self, document: Mapping[str, object], key: str) -> object:
        """The document's value with the environment laid over it."""
        if key not in OVERRIDABLE:
            return self.environment.get(f"KRING_{key.upper()}", document.get(key))
        prefix = f"KRING_{key.upper()}_"
        values = {name[len(prefix) :].lower(): text for name, text in self.environment.items()
                  if name.startswith(prefix)}  # fmt: skip
        below = document.get(key)
        return {**below, **values} if isinstance(below, dict) else (values or below)

    def table(self, value: object, where: str) -> Mapping[str, object]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(where, _kind(value), f"a table [{where}]")
            return {}
        return value

    def unknown_keys(self, table: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                self.fault(f"{where}.{key}", "no such key", _closest(key, known))

    def network(self, table: Mapping[str, object]) -> NetworkSettings:
        default = NetworkSettings()
        self.unknown_keys(table, tuple(one.name for one in fields(default)), "network")

        def whole(key: str, fallback: int, least: int) -> int:
            return self.whole_number(table.get(key), f"network.{key}", fallback, least)

        connections = self.choice(
            table.get("connections"), "network.connections", [each.value for each in Connections], "contacts"
        )
        cycle_start = self.day(table.get("theme_cycle_starts_on"), "network.theme_cycle_starts_on", None)
        return NetworkSettings(
            name=self.text(table.get("name"), "network.name", default.name),
            language=self.choice(table.get("language"), "network.language", LANGUAGES, default.language),
            time_zone=self.time_zone(table.get("time_zone"), default.time_zone),
            as_of=self.day(table.get("as_of"), "network.as_of", None),
            grace_days=whole("grace_days", default.grace_days, 0),
            theme_cycle_starts_on=cycle_start or default.theme_cycle_starts_on,
            theme_cycle_months=whole("theme_cycle_months", default.theme_cycle_months, 1),
            connections=Connections(connections),
            minimum_minutes=whole("minimum_minutes", default.minimum_minutes, 0),
        )

    def publication(self, table: Mapping[str, object]) -> PublicationSettings:
        default = PublicationSettings()
        self.unknown_keys(table, tuple(one.name for one in fields(default)), "publication")

        def whole(key: str, fallback: int, least: int) -> int:
            return self.whole_number(table.get(key), f"publication.{key}", fallback, least)

        threshold = whole("threshold", default.threshold, LOWEST_PUBLIC)
        rounding = whole("rounding", default.rounding, LOWEST_PUBLIC)
        day = whole("day", default.day, 1)
        if rounding > threshold:
            self.fault("publication.rounding", "a larger number", "at most the threshold")
        if day > LAST_PUBLICATION_DAY:
            self.fault("publication.day", "a larger number", f"at most {LAST_PUBLICATION_DAY}")
        contact = self.link(table.get("contact"), "publication.contact", is_mail_too=True)
        accessibility = self.link(table.get("accessibility"), "publication.accessibility")
        return PublicationSettings(threshold, rounding, day, contact, accessibility)

    def link(self, value: object, where: str, is_mail_too: bool = False) -> str:
        """An address to put under a page: of a page, or for `is_mail_too` of mail. Nothing that runs."""
        given = self.text(value, where, "")
        mail = f"mailto:{given}" if is_mail_too and MAIL_ADDRESS.fullmatch(given) else ""
        if given and not mail and not WEB_ADDRESS.fullmatch(given):
            what = "https://… or a mail address" if is_mail_too else "https://…"
            self.fault(where, "another kind of address", what)
            return ""
        return mail or given

    def limits(self, table: Mapping[str, object]) -> Limits:
        default = Limits()
        names = tuple(one.name for one in fields(default))
        self.unknown_keys(table, names, "limits")
        given = {
            name: self.whole_number(table.get(name), f"limits.{name}", getattr(default, name), 1)
            for name in names
        }
        return Limits(**given)

    def schedule(self, table: Mapping[str, object]) -> Schedule:
        default = Schedule()
        self.unknown_keys(table, tuple(one.name for one in fields(default)), "schedule")
        return Schedule(
            refresh=self.cron(table.get("refresh"), "schedule.refresh", default.refresh),
            housekeeping=self.cron(table.get("housekeeping"), "schedule.housekeeping", default.housekeeping),
        )

    def retention(self, table: Mapping[str, object]) -> Retention:
        default = Retention()
        names = tuple(one.name for one in fields(default))
        self.unknown_keys(table, names, "retention")
        days = {
            name: self.whole_number(table.get(name), f"retention.{name}", getattr(default, name), 1)
            for name in names
        }
        return Retention(**days)

    def dates(self, table: Mapping[str, object]) -> tuple[tuple[str, DateShape], ...]:
        """For a format, or for files whose name fits a pattern: whether the day or the month comes first."""
        found = []
        for key, value in table.items():
            word = self.choice(value, f"dates.{key}", tuple(DATE_ORDERS), "")
            if word:
                found.append((key, DATE_ORDERS[word]))
        return tuple(found)

    def tables(self, value: object) -> tuple[TableMapping, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault("tables", _kind(value), "[[tables]], with two brackets")
            return ()
        mappings = [self.mapping(self.table(each, "tables"), number) for number, each in enumerate(value, 1)]
        names = [mapping.name for mapping in mappings if mapping]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.fault("tables", f"two are called {name}", "a name of its own for each")
        return tuple(mapping for mapping in mappings if mapping)

    def mapping(self, table: Mapping[str, object], number: int) -> TableMapping | None:
        name = self.text(table.get("name"), f"tables[{number}].name", "")
        where = f"tables[{number}]" + (f" ({name})" if name else "")
        faults_before = len(self.faults)
        if not name and "name" not in table:
            self.fault(f"{where}.name", "nothing", "a name")
        self.unknown_keys(
            table,
            ("name", "match", "feed", "columns", "constants", "kinds", "dates", "max_rows", "partial"),
            where,
        )
        match = self.text(table.get("match"), f"{where}.match", "")
        if not match or "/" in match:
            self.fault(
                f"{where}.match", "nothing" if not match else "a path", 'a file name pattern, "members*.csv"'
            )
        feed = FEED_BY_NAME.get(self.choice(table.get("feed"), f"{where}.feed", tuple(FEED_BY_NAME), ""))
        columns = self.texts(table.get("columns"), f"{where}.columns")
        constants = self.texts(table.get("constants"), f"{where}.constants")
        kinds = self.texts(table.get("kinds"), f"{where}.kinds")
        if feed is None:
            if "feed" not in table:
                self.fault(f"{where}.feed", "nothing", f"one of {', '.join(FEED_BY_NAME)}")
            return None
        self.fields_fit(feed, columns, constants, where)
        self.kinds_fit(columns, kinds, where)
        shape = self.choice(table.get("dates"), f"{where}.dates", tuple(DATE_WORDS), "")
        most = self.whole_number(table.get("max_rows"), f"{where}.max_rows", 0, 1)
        partial = table.get("partial", False)
        if not isinstance(partial, bool):
            self.fault(f"{where}.partial", _kind(partial), "true or false")
        if len(self.faults) > faults_before:
            return None
        order = DATE_WORDS.get(shape)
        return TableMapping(
            name, match, feed, columns, constants, order, most or None, kinds, partial is True
        )

    def kinds_fit(self, columns: Pairs, kinds: Pairs, where: str) -> None:
        asked = [column for column, field in columns if field == MANY_FIELD]
        told = {field for _, field in columns}
        for column, kind in kinds:
            place = f'{where}.kinds."{column}"'
            if column not in asked:
                self.fault(place, "no column that is text", _closest(column, tuple(asked)))
            if kind not in CONTRIBUTION_KINDS:
                self.fault(place, f"{kind} is no kind", _closest(kind, CONTRIBUTION_KINDS))
        if kinds and "kind" in told:
            self.fault(f"{where}.kinds", "kind has a column already", "one of the two")

    def names_apart(self, settings: Settings) -> None:
        """A connection and a mapping are both sources; rows of two places under one name would mix."""
        tables = {each.name for each in settings.tables}
        for each in settings.collect:
            if each.name in tables:
                self.fault("collect", f"{each.name} is the name of a mapping too", "a name of its own")

    def collected(self, value: object) -> tuple[CollectSettings, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault("collect", _kind(value), "[[collect]], with two brackets")
            return ()
        found = [self.collecting(self.table(each, "collect"), number) for number, each in enumerate(value, 1)]
        names = [each.plain_name for each in found if each]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.fault("collect", f"two are called {name}", "a name of its own for each")
        return tuple(each for each in found if each)

    def collecting(self, table: Mapping[str, object], number: int) -> CollectSettings | None:
        where = f"collect[{number}]"
        before = len(self.faults)
        if not plain_name(self.text(table.get("name"), f"{where}.name", "")):
            self.fault(f"{where}.name", "nothing that can name a file", "letters or digits")
        kinds = [each.value for each in CollectKind]
        if "kind" not in table:
            self.fault(f"{where}.kind", "nothing", f"one of {', '.join(kinds)}")
        kind = self.choice(table.get("kind"), f"{where}.kind", kinds, "")
        keys = KEYS[CollectKind(kind)] if kind else Keys()
        if kind:
            self.unknown_keys(table, (*EVERY_KIND, *keys.all), where)
            self.keys_there(table, keys, where)
        allow_loopback = table.get("allow_loopback", False)
        if not isinstance(allow_loopback, bool):
            self.fault(f"{where}.allow_loopback", _kind(allow_loopback), "true or false")
        base_url = self.base_url(table.get("base_url"), f"{where}.base_url", allow_loopback is True)
        token_url = self.token_url(table, keys, base_url, where)
        texts = {
            key: self.text(table.get(key), f"{where}.{key}", "") or None
            for key in ("token_env", "client_secret_env", "form_id", "event_id", "organiser", "category_id",
                        "list_id", "user", "account_id", "client_id", "token_header", "items", "item_id",
                        "next", "page_parameter")
        }  # fmt: skip
        for key in ("token_env", "client_secret_env"):
            if not (texts[key] or "A").isidentifier():
                expected = "such as KRING_AGENDA_TOKEN, not a token"
                self.fault(f"{where}.{key}", "no name of a variable", expected)
        from_on = self.day(table.get("from_on"), f"{where}.from_on", None) or CollectSettings.from_on
        feed = FEED_BY_NAME.get(self.choice(table.get("feed"), f"{where}.feed", tuple(FEED_BY_NAME), ""))
        columns = self.texts(table.get("columns"), f"{where}.columns")
        constants = self.texts(table.get("constants"), f"{where}.constants")
        if columns and feed:
            texts_once = {(f, c if f != "text" else ""): (c, f) for c, f in columns}  # a form may ask many
            self.fields_fit(feed, tuple(texts_once.values()), constants, where)
        elif columns:
            self.fault(f"{where}.feed", "nothing", f"one of {', '.join(FEED_BY_NAME)}, for the columns")
        shape = self.choice(table.get("dates"), f"{where}.dates", tuple(DATE_WORDS), "")
        meetings = self.listed(table.get("meetings"), f"{where}.meetings")
        parameters = self.texts(table.get("parameters"), f"{where}.parameters")
        if len(self.faults) > before:
            return None
        return CollectSettings(
            name=str(table["name"]).strip(), kind=CollectKind(kind), base_url=base_url, token_url=token_url,
            allow_loopback=allow_loopback is True, from_on=from_on, feed=feed, meetings=meetings,
            dates=DATE_WORDS.get(shape), parameters=parameters, columns=columns, constants=constants, **texts,
        )  # fmt: skip

    def keys_there(self, table: Mapping[str, object], keys: Keys, where: str) -> None:
        for key in keys.needed:
            if key not in table:
                self.fault(f"{where}.{key}", "nothing", "a value; docs/connections.md says which")
        if keys.one_of and not any(key in table for key in keys.one_of):
            self.fault(f"{where}.{keys.one_of[0]}", "nothing", f"a value for {' or '.join(keys.one_of)}")

    def token_url(self, table: Mapping[str, object], keys: Keys, base_url: str, where: str) -> str | None:
        """Where a token is asked for with the client's id: the tool's own address unless told otherwise."""
        from urllib.parse import quote, urlsplit

        written = table.get("token_url")
        if keys.token_host is None or ("client_id" not in table and written is None):
            return None
        if written is None:
            if urlsplit(base_url).hostname != keys.own_host:
                self.fault(f"{where}.token_url", "nothing", "the address that gives tokens for base_url")
            path = keys.token_path.format(account_id=quote(str(table.get("account_id") or ""), safe=""))
            return keys.token_host + path
        return self.base_url(written, f"{where}.token_url", table.get("allow_loopback") is True)

    def listed(self, value: object, where: str) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str | int) for each in value):
            self.fault(where, _kind(value), 'a list of texts, ["…"]')
            return ()
        return tuple(str(each).strip() for each in value)

    def base_url(self, value: object, where: str, allow_loopback: bool) -> str:
        """An https address without a secret in it; http only to this machine, when that is allowed."""
        from urllib.parse import urlsplit

        expected = "an address such as https://www.example.org"
        if value is None:
            self.fault(where, "nothing", expected)
            return ""
        text = self.text(value, where, "").rstrip("/")
        parts = _attempt(lambda: urlsplit(text))
        host = _attempt(lambda: parts.hostname if parts else None)
        port_is_right = parts is not None and _attempt(lambda: (parts.port,)) is not None
        schemes = ("https", "http") if allow_loopback and host in LOOPBACK_HOSTS else ("https",)
        if not text or parts is None or not host or not port_is_right:
            self.fault(where, "no address of a web site", expected)
        elif parts.scheme not in schemes:
            self.fault(where, "not https", f"{expected}; http only with allow_loopback, to this computer")
        elif "@" in parts.netloc or parts.query or parts.fragment:
            self.fault(
                where, "a password, a question or an anchor in it", f"{expected}; tokens go in token_env"
            )
        return text

    def fields_fit(
        self,
        feed: Feed,
        columns: tuple[tuple[str, str], ...],
        constants: tuple[tuple[str, str], ...],
        where: str,
    ) -> None:
        fields_known = tuple(column.name for column in feed.columns)
        known = (*fields_known, *part_fields(feed))
        uses = [(f'{where}.columns."{column}"', name) for column, name in columns]
        parts = faults_in_parts(feed, [name for _, name in columns])
        for place, name in uses:
            if name in parts:
                self.fault(place, f"{name} alone", parts[name])
        several = {(place, name) for place, name in uses if name == MANY_FIELD}
        for name, _ in constants:
            if name in fields_known:
                uses.append((f"{where}.constants.{name}", name))
            else:
                expected = _closest(name, fields_known)
                self.fault(f"{where}.constants.{name}", f"{name} is no field of {feed.name}", expected)
        seen: set[str] = set()
        for place, name in uses:
            if name not in known:
                self.fault(place, f"{name} is no field of {feed.name}", _closest(name, known))
            elif name in seen and not (feed.name == "contribution" and (place, name) in several):
                self.fault(place, f"{name} has a column already", "one column for each field")
            seen.add(name)
        asked = [name for _, name in uses].count(MANY_FIELD)
        if feed.name == "contribution" and asked > 1 and "question" in seen:
            found = "with several columns of text, each heading is the question"
            self.fault(f"{where}.columns", found, "no other column for question")
        for group in feed.required:
            if not {whole_field(name) for name in seen} & set(group):
                self.fault(f"{where}.columns", f"no column for {feed.name}", f"one for {' or '.join(group)}")

    def texts(self, value: object, where: str) -> Pairs:
        table = self.table(value, where)
        pairs = []
        for key, each in table.items():
            if isinstance(each, dict | list):
                self.fault(f'{where}."{key}"', _kind(each), "text")
            else:
                pairs.append((key, each if isinstance(each, str) else _as_text(each)))
        return tuple(pairs)

    def text(self, value: object, where: str, default: str) -> str:
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.fault(where, _kind(value), "text")
            return default
        return value.strip()

    def choice(self, value: object, where: str, allowed: tuple[str, ...] | list[str], default: str) -> str:
        if value is None:
            return default
        if not isinstance(value, str) or value not in allowed:
            self.fault(where, _kind(value), f"one of {', '.join(allowed)}")
            return default
        return value

    def whole_number(self, value: object, where: str, default: int, least: int) -> int:
        if value is None:
            return default
        if isinstance(value, str) and value.strip().isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.fault(where, _kind(value), f"a whole number of at least {least}")
            return default
        return value

    def day(self, value: object, where: str, default: date | None) -> date | None:
        if value is None:
            return default
        if isinstance(value, str):
            value = _attempt(lambda: date.fromisoformat(str(value).strip())) or value
        if isinstance(value, datetime) or not isinstance(value, date):
            self.fault(where, _kind(value), "a date such as 2026-11-21")
            return default
        return value

    def cron(self, value: object, where: str, default: Cron) -> Cron:
        text = self.text(value, where, default.text)
        cron = _attempt(lambda: read_cron(text))
        if cron is None:
            self.fault(where, "no schedule", 'minute, hour, day, month and weekday, such as "0 6 * * *"')
        return cron or default

    def time_zone(self, value: object, default: str) -> str:
        from zoneinfo import ZoneInfo

        name = self.text(value, "network.time_zone", default)
        if name != default and _attempt(lambda: ZoneInfo(name)) is None:
            self.fault("network.time_zone", "no known time zone", 'a name such as "Europe/Amsterdam"')
            return default
        return name


def _attempt(call: Callable[[], Kept]) -> Kept | None:
    try:
        return call()
    except (ValueError, OSError, KeyError):
        return None


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _kind(value: object) -> str:
    """What was found, by kind: settings hold no people, but a token pasted in the wrong place is a secret."""
    kinds = ((bool, "true or false"), (str, "other text"), (int, "a number"), (float, "a fraction"),
             (datetime, "a moment"), (date, "a date"), (list, "a list"), (dict, "a table"))  # fmt: skip
    return next((name for kind, name in kinds if isinstance(value, kind)), "something else")


def _closest(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return f"{near[0]}?" if near else f"one of {', '.join(known)}"
