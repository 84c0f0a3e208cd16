"""The one way to the network: only to the site that was named, within bounds of time and of size.

https only (http to this computer when a setting allows it); the name is looked up once and every address it
has must be public, and the connection goes to the address that was judged. Redirects are followed by hand and
only within the same site. The token travels in a header, never in an address; what is
sent to sign in is never sent on. A body counts after it is unpacked. 429 waits as long as the site asks, 5xx
and broken connections are tried again with growing waits; every other refusal is final. No error holds an
address, a header or anything the site wrote.
"""

from __future__ import annotations

import ipaddress
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

from etl.connections import LOOPBACK_HOSTS
from etl.errors import CollectError

if TYPE_CHECKING:
    from etl.connections import CollectSettings

CHUNK_BYTES = 64 * 1024
REDIRECTS = (301, 302, 303, 307, 308)
NAT64 = ipaddress.ip_network("64:ff9b::/96")
MOST_DEPTH = 30
LISTED = "items"
NOT_FOUND, NOT_MODIFIED = 404, 304
PLAIN_TYPES = ("", "text/plain", "application/octet-stream", "binary/octet-stream")
JSON_TYPES = (*PLAIN_TYPES, "application/json", "text/json", "text/javascript", "application/javascript")
JSON_TYPE = "application/json"
CALENDAR_TYPES = (*PLAIN_TYPES, "text/calendar", "application/ics", "text/x-vcalendar")
JsonObject = dict[str, object]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class HttpLimits:
    """What one collection may cost; `total_seconds` counts all pages and all waiting."""

    connect_seconds: float = 10
    read_seconds: float = 30
    total_seconds: float = 600
    body_bytes: int = 20 * 1024 * 1024
    attempts: int = 5
    first_wait: float = 1
    longest_wait: float = 300
    redirects: int = 3
    all_bytes: int = 400 * 1024 * 1024
    pace: float = 1  # how much of the pause that a tool asks for between two questions is kept


@dataclass(frozen=True)
class JsonPage:
    """What the site answered: its status (200 or 404), the JSON object and the headers, in lower case.

    JSON that is a list is the object's LISTED.
    """

    status: int
    body: JsonObject
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """Bytes as the site gave them; None when they are those of `etag`, which Kring has."""

    bytes: bytes | None
    etag: str | None


@dataclass(frozen=True)
class _Question:
    """What is asked: POST when something is sent along."""

    url: str
    accept: tuple[str, ...] = JSON_TYPES
    sent: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Answer:
    status: int
    content: bytes
    headers: Mapping[str, str]


class _OnceMore(Exception):
    """Worth trying again, after a wait that the site asked for or one of our own."""

    def __init__(self, found: str, wait: float | None = None) -> None:
        self.found = found
        self.wait = wait
        super().__init__(found)


def resolve_name(host: str, port: int) -> Sequence[str]:
    """Every address that the name has."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Client:
    """One collection from one site. Its clock starts when it is made."""

    def __init__(
        self,
        settings: CollectSettings,
        token: str | None = None,
        limits: HttpLimits | None = None,
        resolve: Resolve = resolve_name,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.name = settings.name
        self.limits = limits or HttpLimits()
        self.bytes_read = 0
        self.asked_at = 0.0
        self.deadline = time.monotonic() + self.limits.total_seconds
        self.allow_loopback = settings.allow_loopback
        self.resolve = resolve
        self.site = _site(urlsplit(settings.base_url))
        self.open: list[HTTPConnection] = []
        self.session = _Session()
        self.session.trust_env = False  # no proxy and no .netrc that nobody set for Kring
        self.session.headers["User-Agent"] = "Kring"
        self.session.headers["Accept"] = "application/json"
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"
        self.session.headers.update(headers or {})
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, _Adapter(self))

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    def get_json(self, url: str, pause: float = 0, may_be_list: bool = False) -> JsonPage:
        """The JSON at an address of the site; a 404 too may hold one. Raises CollectError.

        `pause`: the seconds that the tool wants between two questions.
        """
        self._pace(pause)
        return self._page(self._patiently(_Question(url)), may_be_list)

    def post_json(self, url: str, sent: JsonObject) -> JsonPage:
        """What the site answers to JSON. Raises CollectError."""
        body = json.dumps(sent).encode()
        return self._page(self._patiently(_Question(url, sent=body, headers={"Content-Type": JSON_TYPE})))

    def post_form(self, url: str, sent: Mapping[str, str], headers: Mapping[str, str]) -> JsonPage:
        """What the site answers to the fields of a form. Raises CollectError."""
        told = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._page(self._patiently(_Question(url, sent=urlencode(sent).encode(), headers=told)))

    def get_content(self, url: str, accept: tuple[str, ...], etag: str | None = None) -> Content:
        """The bytes at an address of the site, unless they are still those of `etag`. Raises CollectError."""
        headers = {"Accept": "*/*", **({"If-None-Match": etag} if etag else {})}
        answer = self._patiently(_Question(url, accept, headers=headers))
        if answer.status == NOT_FOUND:
            raise self.refusal("nothing there (HTTP 404)", "an answer", "Correct base_url in kring.toml.")
        return Content(None if answer.status == NOT_MODIFIED else answer.content, answer.headers.get("etag"))

    def _page(self, answer: _Answer, may_be_list: bool = False) -> JsonPage:
        if answer.status == NOT_FOUND:
            is_json = answer.content.lstrip()[:1] == b"{"
            return JsonPage(NOT_FOUND, self._json(answer) if is_json else {}, answer.headers)
        return JsonPage(answer.status, self._json(answer, may_be_list), answer.headers)

    def refusal(self, found: str, expected: str = "", remedy: str = "") -> CollectError:
        """One clear line that names the source."""
        return CollectError(f"collect {self.name}", found, expected, remedy)

    # Trying again

    def _pace(self, pause: float) -> None:
        """Keep the pause between two questions."""
        left = self.asked_at + pause * self.limits.pace - time.monotonic()
        if left > 0:
            self._wait(left, "an answer that takes too long")
        self.asked_at = time.monotonic()

    def _patiently(self, question: _Question) -> _Answer:
        found = ""
        for attempt in range(self.limits.attempts):
            try:
                return self._follow(question)
            except _OnceMore as again:
                found, wait = again.found, again.wait
            if attempt + 1 < self.limits.attempts:
                self._wait(wait if wait is not None else self._growing(attempt), found)
        raise self.refusal(
            found, f"an answer within {self.limits.attempts} attempts", "The next refresh tries again."
        )

    def _growing(self, attempt: int) -> float:
        """Twice as long each time, never at the same moment as others."""
        return self.limits.first_wait * 2.0**attempt * (0.5 + random.random())

    def _wait(self, seconds: float, found: str) -> None:
        if seconds > self.limits.longest_wait or time.monotonic() + seconds >= self.deadline:
            raise self.refusal(found, "an answer in time", "The next refresh tries again.")
        time.sleep(max(0.0, seconds))

    # One answer

    def _follow(self, question: _Question) -> _Answer:
        """The answer behind redirects, each of which must stay on the site."""
        for _ in range(self.limits.redirects + 1):
            self._check(question.url)
            answer = self._once(question)
            if answer.status not in REDIRECTS:
                return self._judged(answer, question.accept)
            if question.sent is not None:
                raise self.refusal(
                    "sent on to another address", "an answer", "Put the address itself in kring.toml."
                )
            question = replace(question, url=_joined(question.url, answer.headers.get("location", "")))
        raise self.refusal("redirects without end", "an answer", "Correct base_url in kring.toml.")

    def _check(self, url: str) -> None:
        try:
            here = _site(urlsplit(url))
        except ValueError:
            here = None
        if here != self.site:
            raise self.refusal(
                "sent on to another address", "answers from the site itself",
                "If the site has moved, put its new address in base_url in kring.toml.",
            )  # fmt: skip

    def _judged(self, answer: _Answer, accept: tuple[str, ...]) -> _Answer:
        status = answer.status
        if status == 429:
            raise _OnceMore("too many questions (HTTP 429)", _asked_wait(answer.headers.get("retry-after")))
        if status >= 500:
            raise _OnceMore(
                f"the site failed (HTTP {status})", _asked_wait(answer.headers.get("retry-after"))
            )
        if status not in (200, NOT_FOUND, NOT_MODIFIED):
            raise self.refusal(
                f"refused (HTTP {status})", "an open door",
                "A security plug-in may block it, or a token is needed (token_env in kring.toml).",
            )  # fmt: skip
        if status == 200 and answer.content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
            raise self.refusal(
                "a web page", "data", "The site asks to sign in, or base_url is not its address."
            )
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if status == 200 and kind not in accept and not (JSON_TYPE in accept and kind.endswith("+json")):
            raise self.refusal("an answer of another type", accept[len(PLAIN_TYPES)])
        return answer

    def _once(self, question: _Question) -> _Answer:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise self._too_late()
        watch = threading.Timer(left, self._hang_up)
        watch.daemon = True
        watch.start()
        timeout = (min(self.limits.connect_seconds, left), min(self.limits.read_seconds, left))
        try:
            with self.session.request(
                "GET" if question.sent is None else "POST",
                question.url,
                data=question.sent,
                headers=dict(question.headers),
                stream=True,
                allow_redirects=False,
                timeout=timeout,
            ) as response:
                content = self._body(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return _Answer(response.status_code, content, headers)
        except requests.exceptions.SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" not in str(error):
                raise _OnceMore("the connection failed (SSLError)") from None
            raise self.refusal("a certificate that cannot be trusted", "the site's own") from None
        except (requests.RequestException, OSError) as error:
            if time.monotonic() >= self.deadline:
                raise self._too_late() from None
            again = _OnceMore(f"the connection failed ({type(error).__name__})")
            raise again from None  # the words of the cause hold the address
        finally:
            watch.cancel()

    def _body(self, response: requests.Response) -> bytes:
        """The whole body, unpacked, as far as it may go."""
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_content(CHUNK_BYTES):
            size += len(piece)
            self.bytes_read += len(piece)
            if self.bytes_read > self.limits.all_bytes:
                raise self.refusal("more than it may give", f"at most {self.limits.all_bytes:,} bytes")
            if size > self.limits.body_bytes:
                most = f"at most {self.limits.body_bytes:,} bytes"
                raise self.refusal("an answer that is too large", most)
            pieces.append(piece)
        if time.monotonic() >= self.deadline:  # hung up on: what looks like an end is none
            raise self._too_late()
        return b"".join(pieces)

    def _too_late(self) -> CollectError:
        return self.refusal(f"more than {self.limits.total_seconds:g} seconds", "an answer in time")

    def _hang_up(self) -> None:
        """A site that sends a byte now and then keeps every single wait short: the clock ends it."""
        for connection in self.open:
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def _json(self, answer: _Answer, may_be_list: bool = False) -> JsonObject:
        try:
            found: object = json.loads(answer.content)
        except (ValueError, RecursionError):
            raise self.refusal("an answer that is not JSON", "JSON") from None
        if may_be_list and isinstance(found, list):
            found = {LISTED: found}
        if not isinstance(found, dict) or not _is_shallow(found):
            raise self.refusal("JSON of another shape", "an object, not nested too deep")
        return found

    # Where a connection may go

    def connect(self, connection: HTTPConnection) -> socket.socket:
        """Connect to an address that was judged, so that no second look-up can give another."""
        self.open = [each for each in self.open if each.sock is not None] + [connection]
        addresses = self._addresses(connection.host, connection.port or 443)
        last: OSError = OSError("no address")
        for address in addresses:
            left = max(0.01, self.deadline - time.monotonic())
            try:
                return create_connection(
                    (str(address), connection.port or 443), min(self.limits.connect_seconds, left),
                    socket_options=connection.socket_options,
                )  # fmt: skip
            except OSError as error:
                last = error
        raise last

    def _addresses(self, host: str, port: int) -> list[Address]:
        bare = host.strip("[]")
        try:
            found = [ipaddress.ip_address(bare)]
        except ValueError:
            found = [ipaddress.ip_address(each.split("%")[0]) for each in self.resolve(bare, port)]
        if not all(self._may_reach(address) for address in found):
            raise self.refusal(
                "an address inside a private network", "a site on the internet",
                "For a tool on this computer set allow_loopback in kring.toml.",
            )  # fmt: skip
        return found

    def _may_reach(self, address: Address) -> bool:
        plain = _embedded(address)
        if plain.is_loopback:
            return self.allow_loopback
        return plain.is_global and not plain.is_multicast


class _Session(requests.Session):
    """Never looks at where a redirect leads: following is the client's."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere."""
        return None


class _Adapter(HTTPAdapter):
    """Sends every connection through Client.connect."""

    def __init__(self, client: Client) -> None:
        self.client = client
        super().__init__(max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: object
    ) -> None:
        """The pools of requests, with connections of our own."""
        client = self.client

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return client.connect(self)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return client.connect(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; nowhere when it is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _site(parts: SplitResult) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no web site. Plain http only to this computer."""
    host = (parts.hostname or "").rstrip(".")
    if parts.username or parts.password or not host:
        return None
    if parts.scheme == "https":
        return "https", host, parts.port or 443
    return ("http", host, parts.port or 80) if parts.scheme == "http" and host in LOOPBACK_HOSTS else None


def _embedded(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address.sixtofour:
            return address.sixtofour
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _asked_wait(written: str | None) -> float | None:
    """Retry-After: seconds, or a moment; None when it says nothing that can be understood."""
    text = (written or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _is_shallow(document: JsonObject) -> bool:
    """Whether nothing lies deeper than Kring wants to look."""
    level: list[object] = [document]
    for _ in range(MOST_DEPTH):
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        if not below:
            return True
        level = below
    return False
