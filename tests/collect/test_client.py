"""The client against a site that misbehaves in every way we know: bounded, discreet, never elsewhere."""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from etl.collect.client import Client, HttpLimits
from etl.errors import CollectError
from etl.settings import CollectSettings
from tests.collect.site import Answer, Site, drip, drip_headers, raw, redirect, reset, short, status

SECRET = "s3cret-token-of-nobody"
GOOD = raw(b'{"events": []}')


def get(source: CollectSettings, limits: HttpLimits, path: str = "/x?key=hidden") -> dict[str, object]:
    with Client(source, SECRET, limits) as client:
        return client.get_json(source.base_url + path).body


def refused(source: CollectSettings, limits: HttpLimits) -> str:
    """The line of the error, which must not hold anything of the request."""
    with pytest.raises(CollectError) as caught:
        get(source, limits)
    line = caught.value.line()
    for hidden in (SECRET, "hidden", "127.0.0.1", source.base_url):
        assert hidden not in line
    assert caught.value.__cause__ is None
    assert line.startswith("collect agenda: ")
    return line


@pytest.mark.parametrize(
    "bad",
    [status(500), status(502), status(503, Retry_After="0"), status(429, Retry_After="0"), reset, short],
    ids=["500", "502", "503", "429", "reset", "short"],
)
def test_a_passing_failure_is_tried_again(
    site: Site, source: CollectSettings, limits: HttpLimits, bad: Answer
) -> None:
    site.answers = [bad, bad, GOOD]
    assert get(source, limits) == {"events": []}
    assert len(site.paths) == 3


@pytest.mark.parametrize("bad", [status(500), status(429, Retry_After="0"), reset, short])
def test_a_lasting_failure_ends(site: Site, source: CollectSettings, limits: HttpLimits, bad: Answer) -> None:
    site.usual = bad
    refused(source, limits)
    assert len(site.paths) == limits.attempts


@pytest.mark.parametrize("code", [400, 401, 403, 410, 418])
def test_a_refusal_is_not_tried_again(
    site: Site, source: CollectSettings, limits: HttpLimits, code: int
) -> None:
    site.usual = status(code, {"code": "rest_forbidden", "message": SECRET})
    assert f"HTTP {code}" in refused(source, limits)
    assert len(site.paths) == 1


@pytest.mark.parametrize("as_moment", [False, True])
def test_a_site_that_asks_to_wait_is_obeyed(
    site: Site, source: CollectSettings, limits: HttpLimits, as_moment: bool
) -> None:
    asked = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True) if as_moment else "1"
    site.answers = [status(429, Retry_After=asked), GOOD]
    before = time.monotonic()
    get(source, replace(limits, longest_wait=5))
    assert 0.9 <= time.monotonic() - before <= 2.9


def test_a_wait_beyond_reason_ends_at_once(site: Site, source: CollectSettings, limits: HttpLimits) -> None:
    site.usual = status(429, Retry_After="86400")
    before = time.monotonic()
    assert "429" in refused(source, limits)
    assert time.monotonic() - before < 1
    assert len(site.paths) == 1


@pytest.mark.parametrize("slow", [drip, drip_headers])
def test_the_total_time_is_kept_however_slowly_bytes_come(
    site: Site, source: CollectSettings, limits: HttpLimits, slow: Answer
) -> None:
    site.usual = slow
    before = time.monotonic()
    assert "more than 2 seconds" in refused(source, replace(limits, total_seconds=2))
    assert 1.8 <= time.monotonic() - before <= 2.4


@pytest.mark.parametrize(
    "body",
    [b"<!DOCTYPE html><html>sign in</html>", b"\xef\xbb\xbf \n<html/>", b"not json", b"[1, 2]", b"",
     b'{"a":' * 200 + b"1" + b"}" * 200, b'{"a":' * 50 + b"1" + b"}" * 50, b"\xff\xfe{}"],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused_once(
    site: Site, source: CollectSettings, limits: HttpLimits, body: bytes
) -> None:
    site.usual = raw(body)
    refused(source, limits)
    assert len(site.paths) == 1


def test_a_body_counts_after_it_is_unpacked(site: Site, source: CollectSettings, limits: HttpLimits) -> None:
    bomb = gzip.compress(json.dumps({"a": "x" * 50_000_000}).encode())
    assert len(bomb) < limits.body_bytes
    site.usual = raw(bomb, Content_Encoding="gzip")
    assert "too large" in refused(source, limits)


def test_a_redirect_within_the_site_is_followed(
    site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    site.answers = [redirect("/elsewhere"), redirect(f"{site.url}/there"), GOOD]
    assert get(source, limits) == {"events": []}
    assert site.paths == ["/x?key=hidden", "/elsewhere", "/there"]


@pytest.mark.parametrize(
    "to",
    [
        "http://10.0.0.1/", "http://192.168.1.1/", "https://example.org/", "file:///etc/passwd", "ftp://127.0.0.1/",
        "//evil.example/", "http://localhost:1/", "http://user@127.0.0.1/", "http://[", "gopher://x",
    ],
)  # fmt: skip
def test_a_redirect_off_the_site_is_refused(
    site: Site, source: CollectSettings, limits: HttpLimits, to: str
) -> None:
    site.usual = redirect(to)
    assert "another address" in refused(source, limits)
    assert len(site.paths) == 1


def test_a_redirect_to_another_port_of_this_computer_carries_no_token(
    site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    other = Site(usual=GOOD)
    server = other.start()
    site.usual = redirect(other.url)
    refused(source, limits)
    server.shutdown()
    server.server_close()
    assert other.paths == []


def test_redirects_without_end_end(site: Site, source: CollectSettings, limits: HttpLimits) -> None:
    site.usual = redirect("/again")
    assert "without end" in refused(source, limits)
    assert len(site.paths) == limits.redirects + 1


def test_the_token_travels_in_a_header_only(site: Site, source: CollectSettings, limits: HttpLimits) -> None:
    site.usual = GOOD
    get(source, limits)
    assert site.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in "".join(site.paths)
    with Client(source, None, limits) as client:
        client.get_json(site.url)
    assert "authorization" not in site.headers[1]


def test_a_proxy_that_nobody_set_for_kring_is_not_used(
    site: Site, source: CollectSettings, limits: HttpLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    site.usual = GOOD
    assert get(source, limits) == {"events": []}


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1",
     "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
     "224.0.0.1"],
)  # fmt: skip
def test_a_name_with_an_address_inside_is_refused_before_anything_is_sent(
    site: Site, source: CollectSettings, limits: HttpLimits, address: str
) -> None:
    """Also when another of its addresses is public."""
    public = replace(source, base_url=f"https://agenda.example.org:{site.port}", allow_loopback=False)
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34", address]

    with (
        pytest.raises(CollectError, match="private network"),
        Client(public, None, limits, resolve) as client,
    ):
        client.get_json(public.base_url)
    assert asked == ["agenda.example.org"]
    assert site.paths == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.1", "localhost"])
def test_an_address_inside_needs_the_setting(source: CollectSettings, limits: HttpLimits, host: str) -> None:
    inside = replace(source, base_url=f"https://{host}:1", allow_loopback=False)
    with pytest.raises(CollectError, match="private network"), Client(inside, None, limits) as client:
        client.get_json(inside.base_url)
