"""How the dashboard is started. Pure: imports nothing of Streamlit."""

from __future__ import annotations

import ipaddress
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.errors import UsageError
from etl.home import Home

ASGI: Final = Path(__file__).parent / "asgi.py"


@dataclass(frozen=True)
class ServingCommand:
    """A program to run: its arguments, and what to add to the environment."""

    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


def is_loopback(address: str) -> bool:
    """Whether an address can be reached from this computer only."""
    name = address.strip().strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def require_free(address: str, port: int, option: str = "--port") -> None:
    """Refuse a port in use before anything starts: else its owner would answer in its place."""
    host = address.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                option,
                f"port {port} cannot be used ({error.strerror})",
                "a free port",
                f"Stop what runs there, or choose another with {option}.",
            ) from None


def streamlit_command(home: Home, address: str = "127.0.0.1", port: int = 8501) -> ServingCommand:
    """Serves one home's dashboard, from any working folder: settings come from `.streamlit/config.toml`.

    Without sign-in only this computer may reach it, so any other address is refused.
    """
    if not is_loopback(address):
        raise UsageError(
            "--address",
            f"{address} can be reached from other computers, and sign-in is not set up",
            "127.0.0.1",
            "Leave --address out. Sign-in is still to come; docs/runbook.md, Rights, helps until then.",
        )
    return ServingCommand(
        arguments=(
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(ASGI),
            f"--server.address={address}",
            f"--server.port={port}",
        ),
        environment=(("KRING_HOME", str(home.root.resolve())),),
    )
