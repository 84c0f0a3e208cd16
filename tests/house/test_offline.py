"""The tests themselves cannot reach the network, nor can a process they start; nobody's own homes leak in."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

OUTSIDE_ADDRESS = "192.0.2.1"  # reserved for documentation, never routed
OUTSIDE_NAME = "kring.invalid"


def connect() -> None:
    with socket.socket() as client:
        client.settimeout(1)
        client.connect((OUTSIDE_ADDRESS, 80))


def send() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"x", (OUTSIDE_ADDRESS, 80))


def look_up() -> None:
    socket.getaddrinfo(OUTSIDE_NAME, 443)


@pytest.mark.parametrize("attempt", [connect, send, look_up])
def test_the_network_is_blocked(attempt: Callable[[], None]) -> None:
    with pytest.raises(RuntimeError, match="network blocked in tests"):
        attempt()


def test_a_process_that_a_test_starts_is_blocked_too() -> None:
    code = f"import socket; socket.create_connection(({OUTSIDE_ADDRESS!r}, 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "network blocked in tests" in done.stderr


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5):
            pass
        with socket.create_connection(server.getsockname(), timeout=5):
            pass


def test_homes_are_the_tests_own() -> None:
    user = Path.home()
    for name in ("KRING_HOME", "PREFECT_HOME"):
        home = Path(os.environ[name])
        assert user not in home.parents
        assert "kring-tests-" in str(home)
    assert "PREFECT_API_URL" not in os.environ
