"""What `[[collect]]` in kring.toml may say: the kinds of connections, and the keys that each takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from etl.schema.model import DateShape

if TYPE_CHECKING:
    from etl.schema.feeds import Feed

Pairs = tuple[tuple[str, str], ...]
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")


class CollectKind(Enum):
    """What can be collected; each is a module of etl/collect."""

    THE_EVENTS_CALENDAR = "the_events_calendar"
    ICALENDAR = "icalendar"
    LIMESURVEY = "limesurvey"
    TYPEFORM = "typeform"
    KOBOTOOLBOX = "kobotoolbox"
    TALLY = "tally"
    JOTFORM = "jotform"
    GOOGLE_FORMS = "google_forms"
    EVENTBRITE = "eventbrite"
    PRETIX = "pretix"
    INDICO = "indico"
    MAILCHIMP = "mailchimp"
    ZOOM = "zoom"
    MICROSOFT_GRAPH = "microsoft_graph"
    JSON_LIST = "json_list"


@dataclass(frozen=True)
class CollectSettings:
    """A place on the network that a refresh reads. Secrets stand in the environment or in secrets/ only."""

    name: str
    kind: CollectKind
    base_url: str
    token_env: str | None = None
    allow_loopback: bool = False
    from_on: date = date(2000, 1, 1)
    feed: Feed | None = None
    form_id: str | None = None
    event_id: str | None = None
    organiser: str | None = None
    category_id: str | None = None
    list_id: str | None = None
    user: str | None = None
    account_id: str | None = None
    client_id: str | None = None
    client_secret_env: str | None = None
    token_url: str | None = None
    token_header: str | None = None
    meetings: tuple[str, ...] = ()
    items: str | None = None
    item_id: str | None = None
    next: str | None = None
    page_parameter: str | None = None
    dates: DateShape | None = None
    parameters: Pairs = ()
    columns: Pairs = ()
    constants: Pairs = ()

    @property
    def plain_name(self) -> str:
        """The name as part of a file name."""
        return plain_name(self.name)

    @property
    def file(self) -> str:
        """The name under which what was collected is dropped in the inbox."""
        suffix = "ics" if self.kind is CollectKind.ICALENDAR else "json"
        return f"collected/{self.plain_name}.{suffix}"

    def meaning(self) -> tuple[object, ...]:
        """What decides how that which was collected is read."""
        feed = self.feed.name if self.feed else ""
        return (self.name, feed, self.columns, self.constants, self.dates.value if self.dates else "")


@dataclass(frozen=True)
class Keys:
    """The keys of one kind: those it cannot do without, of some at least one, and those it may have."""

    needed: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    token_host: str | None = None  # where a token is asked for when base_url is the tool's own address
    token_path: str = ""
    own_host: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        """Every key beside those that all kinds have."""
        return (*self.needed, *self.one_of, *self.allowed)


EVERY_KIND = ("name", "kind", "base_url", "token_env", "allow_loopback", "from_on")
MEANING = ("feed", "constants")
MAPPED = (*MEANING, "columns", "dates")
FORM = Keys(("form_id",), (), MAPPED)
KEYS: Mapping[CollectKind, Keys] = MappingProxyType(
    {
        CollectKind.THE_EVENTS_CALENDAR: Keys(),
        CollectKind.ICALENDAR: Keys(),
        CollectKind.LIMESURVEY: Keys(("form_id", "user", "token_env"), (), MAPPED),
        CollectKind.TYPEFORM: FORM,
        CollectKind.KOBOTOOLBOX: FORM,
        CollectKind.TALLY: FORM,
        CollectKind.JOTFORM: FORM,
        CollectKind.GOOGLE_FORMS: Keys(
            ("form_id",), (), (*MAPPED, "client_id", "client_secret_env", "token_url"),
            "https://oauth2.googleapis.com", "/token", "forms.googleapis.com",
        ),
        CollectKind.EVENTBRITE: Keys((), ("event_id", "organiser"), MEANING),
        CollectKind.PRETIX: Keys(("organiser", "event_id"), (), MEANING),
        CollectKind.INDICO: Keys((), ("event_id", "category_id"), MEANING),
        CollectKind.MAILCHIMP: Keys(("list_id",), (), MEANING),
        CollectKind.ZOOM: Keys(
            ("token_env",), ("meetings", "user"), (*MEANING, "account_id", "client_id", "token_url"),
            "https://zoom.us", "/oauth/token", "api.zoom.us",
        ),
        CollectKind.MICROSOFT_GRAPH: Keys(
            ("token_env", "user", "meetings"), (), (*MEANING, "account_id", "client_id", "token_url"),
            "https://login.microsoftonline.com", "/{account_id}/oauth2/v2.0/token", "graph.microsoft.com",
        ),
        CollectKind.JSON_LIST: Keys(
            ("feed", "columns"), (),
            ("constants", "dates", "items", "item_id", "next", "page_parameter", "parameters",
             "token_header"),
        ),
    }
)  # fmt: skip


def plain_name(name: str) -> str:
    """The name as part of a file name: lower case, letters, digits and hyphens."""
    return "-".join("".join(sign if sign.isalnum() else " " for sign in name.casefold()).split())
