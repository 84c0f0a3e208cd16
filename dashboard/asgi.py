"""The web application: Streamlit, with the page's language, title, security headers and shell around it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dashboard.problems import on_script_error
from dashboard.serving import is_loopback
from dashboard.shell import Doorkeeper, Shell
from etl.errors import UsageError

# Two first visits at the same moment otherwise meet in a half-loaded pandas.
WARM = ("pandas", "pyarrow", "altair", "dashboard.charts", "dashboard.figure", "dashboard.page")


def _warm_up() -> None:
    for name in WARM:
        importlib.import_module(name)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    """Refuses to be reachable without sign-in, and loads what the first visit would wait for."""
    address = st.get_option("server.address")
    if not isinstance(address, str) or not is_loopback(address):
        raise UsageError(
            "server.address", "others could reach this address, and sign-in is not set up", "127.0.0.1"
        )
    await asyncio.to_thread(_warm_up)
    yield {}


async def health(_request: Request) -> JSONResponse:
    """Answers once the warm-up is done."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


app = st.App(
    Path(__file__).parent / "app.py",
    lifespan=lifespan,
    routes=[Route("/health", health)],
    middleware=[Middleware(Doorkeeper), Middleware(Shell)],
    on_script_error=on_script_error,
)
