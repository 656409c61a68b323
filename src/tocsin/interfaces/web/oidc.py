"""Signing in through an identity provider: OpenID Connect, authorization code flow with PKCE.

Sources: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7 (what an ID token must hold); RFC 7636 (PKCE, S256);
RFC 9207 (the issuer in the answer). What was asked is kept in a cookie of the browser that asked, for ten minutes.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

import httpx
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tocsin.core.errors import AccessError, NotFound, ProviderError
from tocsin.core.settings import Settings
from tocsin.desk.node import Node
from tocsin.desk.signing_in import with_provider
from tocsin.interfaces.web.doors import local_path, set_cookie

SECONDS_TO_WAIT = 10
SECONDS_TO_RETURN = 600
_LEEWAY = 60

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures with a key that only the provider has; none that our own secret could make."""

_ENTRIES = ("state", "nonce", "verifier", "next")


def start(request: Request, node: Node, wanted: str) -> Response:
    """Lead the browser to the provider.

    Errors: NotFound if this node has no provider; ProviderError if it does not answer.
    """
    asked = {"state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32)}
    asked |= {"verifier": secrets.token_urlsafe(48), "next": wanted}
    with _session() as session:
        provider = _provider(session, node.settings)
        address, _ = _client(session, request, node.settings).create_authorization_url(
            provider["authorization_endpoint"],
            state=asked["state"],
            code_verifier=asked["verifier"],
            nonce=asked["nonce"],
        )
    answer = RedirectResponse(address, 303, headers={"cache-control": "no-store"})
    answer.set_cookie(
        _cookie(request),
        base64.urlsafe_b64encode(json.dumps(asked).encode()).decode(),
        max_age=SECONDS_TO_RETURN,
        secure=request.app.state.site.https,
        httponly=True,
        samesite="lax",
    )
    return answer


def callback(request: Request, node: Node, address: str) -> Response:
    """Take what the provider says of the person, and sign them in.

    Errors: AccessError if it was not asked for, does not hold, or names nobody with an account here; ProviderError.
    """
    asked, given = _asked(request), request.query_params
    if not hmac.compare_digest(given.get("state", "").encode(), asked["state"].encode()):
        raise _again("the answer does not belong to a sign-in that was begun in this browser")
    if given.get("iss", node.settings.oidc_issuer) != node.settings.oidc_issuer:
        raise _again("the answer comes from another identity provider")
    if "error" in given or not given.get("code"):
        raise _again("the identity provider did not sign you in")
    claims = _claims(request, node.settings, given["code"], asked)
    email = claims.get("email")
    if not isinstance(email, str) or not email or claims.get("email_verified") is not True:
        raise AccessError(
            "the identity provider gives no verified email for you, by which an account here could be found",
            remedy="Ask those who look after it, or sign in with a password",
        )
    answer = RedirectResponse(local_path(asked["next"]), 303, headers={"cache-control": "no-store"})
    set_cookie(request, answer, with_provider(node, email, address))
    answer.delete_cookie(_cookie(request), secure=request.app.state.site.https, httponly=True, samesite="lax")
    return answer


def _claims(request: Request, settings: Settings, code: str, asked: dict[str, str]) -> dict[str, Any]:
    """What the ID token says, once its signature, issuer, audience, time and nonce have been found right."""
    with _session() as session:
        provider = _provider(session, settings)
        try:
            answer = _client(session, request, settings).fetch_token(
                provider["token_endpoint"],
                code=code,
                code_verifier=asked["verifier"],
                **_who_we_are(provider, settings),
            )
            keys = KeySet.import_key_set(cast(KeySetSerialization, _json(session, provider["jwks_uri"])))
            token = jwt.decode(str(answer.get("id_token")), keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={"iss": {"value": settings.oidc_issuer}, "aud": {"value": settings.oidc_client}},
                params={
                    "nonce": asked["nonce"],
                    "client_id": settings.oidc_client,
                    "access_token": answer.get("access_token"),
                },
            )
            claims.validate(leeway=_LEEWAY)
        except (AuthlibBaseError, JoseError, ValueError):
            # What exactly was wrong helps whoever made it wrong, not the person.
            raise _again("what the identity provider sent does not hold") from None
        except httpx.HTTPError:
            raise _silent() from None
    return dict(claims)


def _provider(session: httpx.Client, settings: Settings) -> dict[str, str]:
    """The provider's addresses, as it publishes them."""
    if not settings.oidc_issuer:
        raise NotFound("this node has no identity provider", remedy="Sign in with a password")
    try:
        told = _json(session, settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
    except (httpx.HTTPError, ValueError):
        raise _silent() from None
    secure = "https://" if settings.oidc_issuer.startswith("https://") else "http"
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if told.get("issuer") != settings.oidc_issuer or not all(str(told.get(name)).startswith(secure) for name in names):
        raise ProviderError(
            "the identity provider does not describe itself as this node expects",
            remedy="Have TOCSIN_OIDC_ISSUER compared with what the provider publishes, or sign in with a password",
        )
    return told


def _who_we_are(provider: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """How we show the provider that we are its client: in a header, or in the body where it takes only that."""
    offered = provider.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in offered:
        return {"auth": (quote(settings.oidc_client, safe=""), quote(settings.oidc_secret, safe=""))}
    secret = {"client_id": settings.oidc_client, "client_secret": settings.oidc_secret}
    return {"auth": httpx.Auth(), **secret}


def _client(session: httpx.Client, request: Request, settings: Settings) -> Any:
    origin = request.app.state.site.origin or f"http://{request.headers['host']}"
    return OAuth2Client(
        session,
        client_id=settings.oidc_client,
        scope="openid email",
        redirect_uri=f"{origin}/oidc/callback",
        code_challenge_method="S256",
    )


def _session() -> httpx.Client:
    return httpx.Client(timeout=SECONDS_TO_WAIT, follow_redirects=False)


def _json(session: httpx.Client, address: str) -> dict[str, Any]:
    answer = session.get(address)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found


def _asked(request: Request) -> dict[str, str]:
    try:
        asked = json.loads(base64.urlsafe_b64decode(request.cookies.get(_cookie(request), "")))
    except (ValueError, binascii.Error):
        asked = None
    if not isinstance(asked, dict) or not all(isinstance(asked.get(name), str) and asked[name] for name in _ENTRIES):
        raise _again("this sign-in was not begun in this browser, or too long ago")
    return asked


def _cookie(request: Request) -> str:
    return "__Host-tocsin-provider" if request.app.state.site.https else "tocsin-provider"


def _again(what: str) -> AccessError:
    return AccessError(what, remedy="Open the sign-in page and begin again; if it stays so, sign in with a password")


def _silent() -> ProviderError:
    return ProviderError(
        "the identity provider does not answer", remedy="Try again in a few minutes, or sign in with a password"
    )
