"""Keeps a Python process from reaching anything outside this machine.

`tests/conftest.py` runs this file in pytest's own process and puts its folder on PYTHONPATH, so that every
Python process which a test starts runs it too, before anything else. It may import nothing but the standard
library.
"""

import ipaddress
import sys

LOOPBACK_NAMES = {"localhost", "localhost.localdomain", "", "0.0.0.0", "::"}


def is_local(host: object) -> bool:
    """Whether connecting to, or looking up, `host` stays on this machine."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)
    if name in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def refuse_outside(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: refuse to connect to, send to or look up anything outside loopback."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        if isinstance(address, tuple) and not is_local(address[0]):
            raise RuntimeError(f"network blocked in tests: {event} to {address[0]!r}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and not is_local(args[0]):
        raise RuntimeError(f"network blocked in tests: {event} of {args[0]!r}")


sys.addaudithook(refuse_outside)
