"""kring.toml and KRING_*: what may be set, and every fault at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.errors import HomeError, SettingsError
from etl.home import Home
from etl.schema.model import DateShape
from etl.settings import Connections, Settings, load_settings, read_settings
from etl.settings_template import default_settings_text

MEMBERS = """
[[tables]]
name = "members"
match = "members*.csv"
feed = "membership"
dates = "d-m-y"
max_rows = 20_000_000
[tables.columns]
Naam = "full_name"
"E-mail" = "email"
[tables.constants]
working_group = "Kennisbasis"
"""


def test_nothing_set_is_the_defaults() -> None:
    assert read_settings("", {}) == Settings()
    assert read_settings(default_settings_text(), {}) == Settings()


def test_the_name_in_new_settings_cannot_break_them() -> None:
    settings = read_settings(default_settings_text('Net\\werk "Zuid"'), {})
    assert settings.network.name == "Netwerk 'Zuid'"


def test_everything_set() -> None:
    settings = read_settings(
        'releases_kept = 5\n[network]\nname = "Net"\nlanguage = "en"\ntime_zone = "Europe/Brussels"\n'
        'as_of = 2026-11-21\nconnections = "members"\nminimum_minutes = 0\n[limits]\nrows = 9\n' + MEMBERS,
        {},
    )
    assert settings.releases_kept == 5
    assert settings.network.as_of == date(2026, 11, 21)
    assert settings.network.connections is Connections.MEMBERS
    assert (settings.network.minimum_minutes, settings.limits.rows) == (0, 9)
    table = settings.tables[0]
    assert table.columns == (("Naam", "full_name"), ("E-mail", "email"))
    assert table.constants == (("working_group", "Kennisbasis"),)
    assert (table.dates, table.max_rows) == (DateShape.DAY_MONTH_YEAR, 20_000_000)
    assert table.fits("Members 2026.CSV")
    assert not table.fits("agenda.csv")


def test_the_environment_goes_before_the_file() -> None:
    text = "releases_kept = 5\n[network]\nas_of = 2026-01-01\ngrace_days = 1\n"
    environment = {
        "KRING_NETWORK_AS_OF": "2026-11-21",
        "KRING_LIMITS_ROWS": "12",
        "KRING_RELEASES_KEPT": "2",
        "KRING_HOME": "elsewhere",
        "KRING_TYPEFORM_TOKEN": "not a setting",
    }
    settings = read_settings(text, environment)
    assert settings.network.as_of == date(2026, 11, 21)
    assert (settings.network.grace_days, settings.limits.rows, settings.releases_kept) == (1, 12, 2)


def test_every_fault_at_once_with_its_place() -> None:
    text = """
surprise = 1
[network]
nam = "x"
as_of = "soon"
time_zone = "Mars/Olympus"
grace_days = -1
[limits]
rows = true
[[tables]]
name = "a"
feed = "memberhip"
[[tables]]
name = "b"
match = "b.csv"
feed = "membership"
[tables.columns]
X = "emial"
[[tables]]
name = "c"
match = "c.csv"
feed = "attendance"
columns = { Naam = "full_name", Titel = "title", Title = "title" }
"""
    with pytest.raises(SettingsError) as caught:
        read_settings(text, {"KRING_NETWORK_LANGUAGE": "fr"})
    line = str(caught.value)
    assert "\n" not in line
    for part in (
        "surprise", "network.nam: no such key, expected name?", "network.as_of", "network.time_zone",
        "network.grace_days", "limits.rows: true or false", "tables[1] (a).feed", "tables[1] (a).match",
        'tables[2] (b).columns."X": emial is no field of membership, expected email?',
        'tables[3] (c).columns."Title": title has a column already', "network.language",
    ):  # fmt: skip
        assert part in line, part
    assert "fr" not in line.split("network.language")[1].split(";")[0]  # the kind, not what was written


def test_two_mappings_of_one_name_are_a_fault() -> None:
    with pytest.raises(SettingsError, match="two are called members"):
        read_settings(MEMBERS + MEMBERS, {})


def test_text_that_is_not_toml(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_settings("[network", {})
    home = Home(tmp_path)
    with pytest.raises(HomeError, match="kring init"):
        load_settings(home)
    home.settings_file.write_bytes(b'[network]\nname = "\xff"')
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_settings(home)


def test_a_fingerprint_changes_with_what_is_read_and_not_with_the_order() -> None:
    table = read_settings(MEMBERS, {}).tables[0]
    swapped = MEMBERS.replace(
        'Naam = "full_name"\n"E-mail" = "email"', '"E-mail" = "email"\nNaam = "full_name"'
    )
    assert read_settings(swapped, {}).tables[0].fingerprint() == table.fingerprint()
    other = read_settings(MEMBERS.replace("d-m-y", "m/d/y"), {}).tables[0]
    assert other.fingerprint() != table.fingerprint()


def test_a_schedule_is_five_fields_and_every_fault_is_said_at_once() -> None:
    settings = read_settings('[schedule]\nrefresh = "*/15 8-18 * * mon-fri"\n', {})
    assert settings.schedule.refresh.text == "*/15 8-18 * * mon-fri"
    assert settings.schedule.housekeeping == Settings().schedule.housekeeping
    assert read_settings("", {"KRING_SCHEDULE_REFRESH": "5 7 * * *"}).schedule.refresh.hours == (7,)
    with pytest.raises(SettingsError) as caught:
        read_settings('[schedule]\nrefresh = "daily"\nreload = "* * * * *"\n[retention]\nlogs_days = 0\n', {})
    said = str(caught.value)
    assert "3 faults" in said
    assert "schedule.refresh: no schedule, expected minute, hour, day, month and weekday" in said
    assert "schedule.reload" in said
    assert "retention.logs_days" in said


def test_what_is_collected() -> None:
    text = """
[[collect]]
name = "Agenda van de site"
kind = "the_events_calendar"
base_url = "https://www.example.org/"
token_env = "KRING_AGENDA_TOKEN"
from_on = 2021-01-01
[[collect]]
name = "here"
kind = "the_events_calendar"
base_url = "http://127.0.0.1:8080/site"
allow_loopback = true
"""
    first, second = read_settings(text, {}).collect
    assert (first.base_url, first.from_on) == ("https://www.example.org", date(2021, 1, 1))
    assert (first.token_env, first.file) == ("KRING_AGENDA_TOKEN", "collected/agenda-van-de-site.json")
    assert (second.base_url, second.allow_loopback) == ("http://127.0.0.1:8080/site", True)


def test_every_fault_of_what_is_collected() -> None:
    text = """
[[collect]]
kind = "the_events_calender"
base_url = "http://www.example.org"
token_env = "not a name: 123"
[[collect]]
name = "a"
kind = "the_events_calendar"
base_url = "https://bo:secret@www.example.org"
allow_loopback = "yes"
[[collect]]
name = "A"
kind = "the_events_calendar"
base_url = "https://www.example.org"
[[collect]]
name = "a!"
kind = "the_events_calendar"
base_url = "http://127.0.0.1"
allow_loopback = true
form_id = "x"
[[collect]]
name = "b"
kind = "the_events_calendar"
base_url = "https://www.example.org:port"
[[collect]]
name = "a"
kind = "the_events_calendar"
base_url = "https://www.example.nl"
"""
    with pytest.raises(SettingsError) as caught:
        read_settings(text, {})
    line = str(caught.value)
    for part in (
        "collect[1].name", "collect[1].kind", "collect[1].base_url: not https", "collect[1].token_env",
        "collect[2].base_url: a password", "collect[2].allow_loopback: other text", "collect[4].form_id",
        "collect[5].base_url: no address", "collect: two are called a",
    ):  # fmt: skip
        assert part in line, part
    assert "secret" not in line


def test_the_keys_of_each_kind_of_connection() -> None:
    text = """
[[collect]]
name = "meetings"
kind = "zoom"
base_url = "https://api.zoom.us"
user = "me"
account_id = "a"
client_id = "c"
token_env = "KRING_ZOOM"
[[collect]]
name = "people"
kind = "json_list"
base_url = "https://example.org/api"
feed = "membership"
[collect.columns]
mail = "email"
"""
    zoom, people = read_settings(text, {}).collect
    assert zoom.token_url == "https://zoom.us/oauth/token"
    assert people.columns == (("mail", "email"),)
    bad = """
[[tables]]
name = "people"
match = "x.csv"
feed = "membership"
[tables.columns]
a = "email"
[[collect]]
name = "people"
kind = "eventbrite"
base_url = "https://www.eventbriteapi.com"
event_id = "1"
[[collect]]
name = "b"
kind = "zoom"
base_url = "https://zoom.example.org"
client_id = "c"
list_id = "x"
[[collect]]
name = "c"
kind = "json_list"
base_url = "https://example.org"
token_env = "a-real-s3cret"
[collect.columns]
mail = "e-mail"
"""
    with pytest.raises(SettingsError) as caught:
        read_settings(bad, {})
    line = str(caught.value)
    for part in (
        "people is the name of a mapping too", "collect[2].token_env: nothing",
        "collect[2].meetings: nothing",
        "collect[2].list_id: no such key", "collect[2].token_url: nothing", "collect[3].feed: nothing",
        "collect[3].token_env: no name of a variable",
    ):  # fmt: skip
        assert part in line, part
    assert "s3cret" not in line
