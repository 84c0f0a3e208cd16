"""What surrounds Streamlit's page: language and title at the first byte, headers, one script, one style.

Streamlit's `index.html` says `lang="en"` and `<title>Streamlit</title>` and has no setting for either, so
the page is rewritten on its way out. That leans on Streamlit's markup: the version is pinned and the browser
tests watch it. An ASGI part like any other: imports nothing of Streamlit.
"""

from __future__ import annotations

import re
import secrets
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.css import SHELL_STYLE
from dashboard.navigation import LANGUAGE_COOKIE, PAGES, Language, choose_language, page_at
from dashboard.serving import is_loopback

_NOT_A_PAGE: Final = re.compile(r"^/(_stcore|static|app/static|media|component|health)(/|$)|\.\w+$")
_CLOSED: Final = frozenset({"/_stcore/metrics"})
_COOKIE_TERMS: Final = "Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"  # one year

# 'unsafe-inline' for styles only: Streamlit writes them as it runs. A script is a file, or carries the nonce.
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


def _host_name(value: str) -> str:
    return (urlsplit(f"//{value}").hostname or "") if value else ""


class Doorkeeper:
    """Turns away what should never reach Streamlit: other hosts, other origins, the metrics.

    A foreign Origin would make Streamlit ask an outside service for this machine's address; a foreign Host is
    how a web page elsewhere would read a dashboard on this computer (DNS rebinding).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"} or self._is_welcome(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("Not available here.", status_code=403)(scope, receive, send)

    @staticmethod
    def _is_welcome(scope: Scope) -> bool:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        return (
            scope["path"] not in _CLOSED
            and is_loopback(_host_name(host))
            and (origin is None or urlsplit(origin).netloc == host)
        )


class Shell:
    """Adds the security headers to every answer, and rewrites the page itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        if _NOT_A_PAGE.search(scope["path"]):
            await self._app(scope, receive, _with_headers(send, nonce))
            return
        if _is_a_visit(scope) and (elsewhere := _address_of_page(scope["path"])):
            query = scope.get("query_string", b"").decode("latin-1")
            moved = RedirectResponse(f"{elsewhere}?{query}" if query else elsewhere)
            await moved(scope, receive, _with_headers(send, nonce))
            return
        language = _language(scope)
        page = _PageRewriter(send, scope, language, nonce)
        await self._app(_as_plain_request(scope), receive, page)


def _is_a_visit(scope: Scope) -> bool:
    """Whether a browser asks for a page, not Streamlit's own script for what lies under it."""
    return "text/html" in Headers(scope=scope).get("accept", "") and "/_stcore" not in scope["path"]


def _address_of_page(path: str) -> str | None:
    """Where a page is, if not at this path: Streamlit has the first at `/`, and nothing at `/page/more`."""
    first = path.strip("/").split("/")[0]
    known = page_at(f"/{first.casefold()}")
    if known.path == first.casefold():
        first = "" if known == PAGES[0] else known.path
    return None if path.strip("/") == first else f"/{quote(first)}"


def _with_headers(send: Send, nonce: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            add_security_headers(MutableHeaders(scope=message), nonce)
        await send(message)

    return sending


def add_security_headers(headers: MutableHeaders, nonce: str) -> None:
    """The same headers on every answer."""
    for name, value in _HEADERS:
        headers[name] = value
    headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)


def _asked_language(scope: Scope) -> str | None:
    query: bytes = scope.get("query_string", b"")
    asked = parse_qs(query.decode("latin-1")).get("lang")
    return asked[0] if asked else None


def _language(scope: Scope) -> Language:
    headers = Headers(scope=scope)
    cookie = SimpleCookie(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    first = headers.get("accept-language", "").split(",")[0]
    return choose_language(_asked_language(scope), cookie.value if cookie else None, first)


def _as_plain_request(scope: Scope) -> Scope:
    """Without what would bring back a compressed, partial or remembered page in another language."""
    unwanted = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
    kept = [(name, value) for name, value in scope["headers"] if name.lower() not in unwanted]
    return {**scope, "headers": kept}


def rewrite_page(html: str, language: Language, path: str, nonce: str) -> str:
    """Streamlit's page with the right language, title and icon, and with Kring's script and style."""
    title = page_at(path).title.in_language(language)
    html = html.replace('<html lang="en">', f'<html lang="{language.value}">', 1)
    html = re.sub(r"<title>.*?</title>", f"<title>{title} · Kring</title>", html, count=1)
    html = html.replace('href="./favicon.png"', 'href="./app/static/icon.svg"', 1)
    html = re.sub(r'<link rel="service-desc"[^>]*>', "", html, count=1)
    html = re.sub(r'<link\s+rel="preload"[^>]*as="font"[^>]*>', "", html, count=1)
    html = html.replace("<script>", f'<script nonce="{nonce}">')
    extra = f'<style>{SHELL_STYLE}</style><script src="./app/static/shell.js" defer></script></head>'
    return html.replace("</head>", extra, 1)


class _PageRewriter:
    """Collects the page, rewrites it and sends it on; anything else than a page passes unchanged."""

    def __init__(self, send: Send, scope: Scope, language: Language, nonce: str) -> None:
        self._send = send
        self._scope = scope
        self._language = language
        self._nonce = nonce
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            add_security_headers(headers, self._nonce)
            if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        html = rewrite_page(self._body.decode("utf-8"), self._language, self._scope["path"], self._nonce)
        body = html.encode("utf-8")
        headers = MutableHeaders(scope=start)
        for name in ("etag", "last-modified"):
            if name in headers:
                del headers[name]
        headers["Content-Length"] = str(len(body))
        headers["Content-Language"] = self._language.value
        headers["Cache-Control"] = "no-store"
        if _asked_language(self._scope):
            cookie = f"{LANGUAGE_COOKIE}={self._language.value}; {_COOKIE_TERMS}"
            headers.append("Set-Cookie", cookie)
        await self._send(start)
        sent = b"" if self._scope["method"] == "HEAD" else body
        await self._send({"type": "http.response.body", "body": sent})
