"""Over TLS: the certificate is of the name, though the connection goes to the address that was judged."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from etl.collect.client import Client, HttpLimits
from etl.errors import CollectError
from etl.settings import CollectSettings
from tests.collect.site import Site, drip, raw

NAME = "agenda.example.org"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of NAME that nobody signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "site.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(site: Site, source: CollectSettings, certificate: Path) -> Iterator[CollectSettings]:
    """The site over TLS, under its name."""
    made = Site(usual=raw(b'{"events": []}'))
    server = made.start()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    site.paths = made.paths
    site.answers = made.answers
    yield replace(source, base_url=f"https://{NAME}:{made.port}")
    server.shutdown()
    server.server_close()


def here(host: str, port: int) -> list[str]:
    assert host in (NAME, "other.example.org")
    return ["127.0.0.1"]


def test_a_trusted_site_is_read(secure: CollectSettings, limits: HttpLimits, certificate: Path) -> None:
    with Client(secure, None, limits, here) as client:
        client.session.verify = str(certificate)
        assert client.get_json(secure.base_url + "/x").body == {"events": []}


def test_a_certificate_that_nobody_knows_is_refused_at_once(
    site: Site, secure: CollectSettings, limits: HttpLimits
) -> None:
    with pytest.raises(CollectError, match="certificate"), Client(secure, "t", limits, here) as client:
        client.get_json(secure.base_url)
    assert site.paths == []


def test_a_certificate_of_another_name_is_refused(
    site: Site, secure: CollectSettings, limits: HttpLimits, certificate: Path
) -> None:
    other = replace(secure, base_url=secure.base_url.replace(NAME, "other.example.org"))
    with pytest.raises(CollectError, match="certificate"), Client(other, "t", limits, here) as client:
        client.session.verify = str(certificate)
        client.get_json(other.base_url)
    assert site.paths == []


def test_the_total_time_is_kept_over_tls(
    site: Site, secure: CollectSettings, limits: HttpLimits, certificate: Path
) -> None:
    site.answers.append(drip)
    hurried = replace(limits, total_seconds=1)
    with pytest.raises(CollectError, match="than 1 seconds"), Client(secure, None, hurried, here) as client:
        client.session.verify = str(certificate)
        client.get_json(secure.base_url)
