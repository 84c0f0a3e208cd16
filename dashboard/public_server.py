"""Serves the site of the publication, and nothing else of a home. Pure: imports nothing of Streamlit.

The pointer is looked at on every request, so a new publication is served at once. Files are read from the
list in the manifest only: no other path of the disk can be asked for.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from etl.errors import ReleaseError
from etl.home import Home
from etl.public_manifest import SITE, Publication, read_publication

KINDS: Final = {".html": "text/html; charset=utf-8", ".csv": "text/csv; charset=utf-8"}
LANGUAGE_DOORS: Final = {"nl": "/openbaar/", "en": "/public/"}
MAX_AGE: Final = 300  # seconds that a browser may keep a page
HEADERS: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def public_app(home: Home) -> Starlette:
    """The application that `kring public` runs."""

    def answer(request: Request) -> Response:
        found = _answer(home, request)
        found.headers.update(dict(HEADERS))
        return found

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "HEAD"])])


def _answer(home: Home, request: Request) -> Response:
    path = request.path_params["path"]
    try:
        publication = read_publication(home)
    except ReleaseError:
        return PlainTextResponse("The figures cannot be shown now.", status_code=503)
    if publication is None:
        return PlainTextResponse("Nothing is published yet.", status_code=404)
    if not path:
        return RedirectResponse(LANGUAGE_DOORS[publication.language], status_code=307)
    listed = {each.name for each in publication.files}
    if f"{SITE}/{path}/index.html" in listed:
        return RedirectResponse(f"/{path}/", status_code=308)
    name = f"{SITE}/{path}index.html" if path.endswith("/") else f"{SITE}/{path}"
    if name not in listed:
        return PlainTextResponse("There is no such page.", status_code=404)
    return _file(home, publication, name, request)


def _file(home: Home, publication: Publication, name: str, request: Request) -> Response:
    data = (home.public / publication.publication / name).read_bytes()
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={MAX_AGE}"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    kind = KINDS.get(PurePosixPath(name).suffix, "application/octet-stream")
    return Response(data, media_type=kind, headers=headers)


def serve_public(home: Home, address: str, port: int) -> None:
    """Serve until stopped."""
    import uvicorn

    uvicorn.run(
        public_app(home), host=address, port=port, log_level="warning", access_log=False, server_header=False
    )
