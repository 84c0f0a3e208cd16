"""Tokens that are asked for with a client's id and secret, at the one address that gives them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from etl.collect.client import NOT_FOUND

if TYPE_CHECKING:
    from etl.collect.client import JsonObject
    from etl.collect.task import Task

ACCESS = "access_token"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOGLE = "https://oauth2.googleapis.com/token"
GOOGLE_RIGHTS = (
    "https://www.googleapis.com/auth/forms.body.readonly "
    "https://www.googleapis.com/auth/forms.responses.readonly"
)
HOUR = 3600


def fetched(task: Task, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> str:
    """The token for these fields. Raises CollectError."""
    with task.token_client() as client:
        page = client.post_form(task.settings.token_url or task.settings.base_url, fields, headers or {})
    token = page.body.get(ACCESS)
    if page.status == NOT_FOUND or not isinstance(token, str) or not token.isprintable() or not token:
        raise task.refusal("no token from token_url", "one for this client_id")
    return token


def google(task: Task) -> str | None:
    """Google's token: for a service account's key, for a refresh token, or the token itself."""
    from dataclasses import replace

    secret = task.secret or ""
    if secret.startswith("{"):
        address = task.settings.token_url or GOOGLE
        at = replace(task, settings=replace(task.settings, token_url=address))
        return fetched(at, {"grant_type": JWT_GRANT, "assertion": _assertion(task, secret, address)})
    if task.settings.client_id:
        return fetched(task, {
            "grant_type": "refresh_token", "refresh_token": secret, "client_id": task.settings.client_id,
            "client_secret": task.client_secret or "",
        })  # fmt: skip
    return task.secret


def _assertion(task: Task, secret: str, audience: str) -> str:
    """What a service account signs to get a token."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    now = int(time.time())
    try:
        key_file: JsonObject = json.loads(secret)
        key = serialization.load_pem_private_key(str(key_file["private_key"]).encode(), None)
        claims = {"iss": key_file["client_email"], "scope": GOOGLE_RIGHTS, "aud": audience, "iat": now,
                  "exp": now + HOUR}  # fmt: skip
    except (ValueError, KeyError, TypeError):
        key, claims = None, {}
    if not isinstance(key, rsa.RSAPrivateKey):
        raise task.refusal("no key of a service account in token_env", "the whole JSON key file")
    said = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    return f"{said}.{_encoded(key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
