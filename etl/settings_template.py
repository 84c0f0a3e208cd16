"""The commented `kring.toml` of a new home."""

from __future__ import annotations

DEFAULT_SETTINGS = """\
# Kring's settings for one network. Everything has a default; a line that starts with # is a comment.
# `kring doctor` reports every fault in this file at once.

# releases_kept = 3                 # how many earlier states `kring releases rollback` can go back to

[network]
name = "Our network"
language = "nl"                     # nl or en: the language of the pages until a reader chooses
# time_zone = "Europe/Amsterdam"    # the zone of times in files that name none
# as_of = 2026-11-21                # fix "today"; leave out for a network that goes on
# grace_days = 30                   # a membership that resumes sooner than this never ended
# theme_cycle_starts_on = 2021-01-01
# theme_cycle_months = 2            # length of a theme
# connections = "contacts"          # LinkedIn connections are contacts, members or counts
# minimum_minutes = 10              # present for less than this is not an attendance

# [schedule]                        # when `kring serve` does what: minute hour day month weekday
# refresh = "0 6 * * *"             # every day at six
# housekeeping = "30 4 * * sun"     # removes old logs, refused files, releases and leftovers

# [retention]
# quarantine_days = 30              # refused files are kept so long
# logs_days = 30

# [limits]                          # what one file may cost; larger is refused
# file_bytes = 52428800
# unpacked_bytes = 209715200        # of a zip or a workbook
# rows = 500000
# columns = 100

# [publication]                     # what kring publish shows to everyone
# threshold = 10                    # fewer people than this are shown as <10; never below 5
# rounding = 5                      # counts are rounded to this; never below 5
# day = 1                           # the day of the month from which the figures may be renewed
# contact = "info@example.org"      # a link under the page: a mail address, or https://…
# accessibility = "https://…"       # where your accessibility statement is

# Known exports (LinkedIn, Teams, Zoom, forms, tickets, agendas) need no settings: drop them in inbox/.
# Any other table needs to be told once what its columns mean. `kring inspect FILE` proposes this for you;
# `kring feeds` lists the feeds and their fields.
#
# [[tables]]
# name = "members"
# match = "members*.csv"            # pattern on the name of the file
# feed = "membership"
# dates = "day-first"               # or month-first, iso, serial; only when Kring asks
# [tables.columns]                  # "column in the file" = "field of the feed"
# "Naam" = "full_name"
# "E-mail" = "email"
# "Lid sinds" = "joined_on"
# [tables.constants]                # a field that is the same for every row
# working_group = "Kennisbasis"

# [dates]                           # only when Kring asks: is 3/4 a day in April or in March?
# eventbrite = "day-first"          # all files of a known format, or
# "Exchange call*.csv" = "month-first"  # files whose name fits a pattern

# What a refresh fetches itself, before it reads the inbox: forms, tickets, meetings, agendas.
# docs/connections.md says for each tool which keys it takes and where to make a token.
#
# [[collect]]
# name = "agenda"
# kind = "the_events_calendar"      # the agenda of a WordPress site with The Events Calendar
# base_url = "https://www.example.org"
# token_env = "KRING_AGENDA_TOKEN"  # the variable that holds a token, when the site asks for one
"""


def default_settings_text(name: str = "Our network") -> str:
    """The commented `kring.toml` that `kring init` writes."""
    safe = name.replace("\\", "").replace('"', "'")
    return DEFAULT_SETTINGS.replace("Our network", safe, 1)
