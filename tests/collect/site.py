"""A real web site on this computer that answers as it is told to, well or badly."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATH = "/wp-json/tribe/events/v1/events"
Answer = Callable[["Visit"], None]


class Visit(BaseHTTPRequestHandler):
    """One request, and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: Server
    body: bytes

    def do_GET(self) -> None:
        site = self.server.site
        self.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        site.paths.append(self.path)
        site.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = site.answers.pop(0) if site.answers else site.usual
        answer(self)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass

    def give(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Type": "application/json", **named}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """The server with the site it serves."""

    daemon_threads = True
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


@dataclass
class Site:
    """What the site says: `answers` one by one, then `usual` for ever; and what it was asked."""

    usual: Answer
    answers: list[Answer] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        server = Server(("127.0.0.1", 0), Visit)
        server.site = self
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return server


def status(code: int, body: object = None, **headers: str) -> Answer:
    return lambda visit: visit.give(code, json.dumps(body or {"code": "x"}).encode(), **headers)


def raw(body: bytes, code: int = 200, **headers: str) -> Answer:
    return lambda visit: visit.give(code, body, **headers)


def redirect(to: str) -> Answer:
    return lambda visit: visit.give(302, b"", Location=to)


def reset(visit: Visit) -> None:
    """Breaks the connection the hard way."""
    visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    visit.close_connection = True
    visit.connection.close()


def short(visit: Visit) -> None:
    """Promises more than it sends."""
    visit.send_response(200)
    visit.send_header("Content-Length", "1000")
    visit.end_headers()
    visit.wfile.write(b'{"events":[')
    visit.close_connection = True


def drip(visit: Visit) -> None:
    """A byte now and then, so that no single wait is long."""
    visit.send_response(200)
    visit.send_header("Content-Length", "100000")
    visit.end_headers()
    for _ in range(200):
        visit.wfile.write(b" ")
        visit.wfile.flush()
        time.sleep(0.05)


def drip_headers(visit: Visit) -> None:
    for _ in range(200):
        visit.wfile.write(b"X")
        visit.wfile.flush()
        time.sleep(0.05)


def event(number: int, **more: object) -> dict[str, object]:
    return {
        "id": number, "status": "publish", "title": f"Sessie &#8211; {number}", "all_day": False,
        "utc_start_date": f"2030-03-{number:02d} 09:00:00", "utc_end_date": f"2030-03-{number:02d} 10:00:00",
        "timezone": "Europe/Amsterdam", "venue": [], "categories": [], **more,
    }  # fmt: skip


def agenda(count: int, per_page: int = 2, start: int = 1) -> Answer:
    """Pages as The Events Calendar gives them; past the end, and when empty, a 404."""

    def answer(visit: Visit) -> None:
        page = int(parse_qs(urlsplit(visit.path).query)["page"][0])
        numbers = range(start, start + count)[(page - 1) * per_page : page * per_page]
        if not numbers:
            return visit.give(404, json.dumps({"code": "event-archive-page-not-found"}).encode())
        body: dict[str, object] = {
            "events": [event(number) for number in numbers], "total": count,
            "total_pages": -(-count // per_page),
        }  # fmt: skip
        if page * per_page < count:
            body["next_rest_url"] = f"{visit.server.site.url}{PATH}?page={page + 1}"
        return visit.give(200, json.dumps(body).encode())

    return answer
