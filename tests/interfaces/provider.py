"""An identity provider in a process of its own: ``python -m tests.interfaces.provider``; writes its address.

It is oidc-provider-mock with real keys and a real code flow, to which two things are added: PKCE is enforced, and for
some persons the ID token is spoilt on purpose in the way that the person's name says.
"""

import json
import sys
import time
import warnings

import flask
import werkzeug.serving

warnings.simplefilter("ignore")

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: E402
from joserfc import jwt  # noqa: E402
from joserfc.jwk import KeySet, OctKey, RSAKey  # noqa: E402
from oidc_provider_mock import User, app  # noqa: E402

SPOILT = ("forged", "unsigned", "symmetric", "expired", "late-nonce", "no-nonce", "audience", "issuer", "azp")

PEOPLE = {
    "ana": ("ANA@aa.example", True),
    "unknown": ("stranger@elsewhere.example", True),
    "unverified": ("ana@aa.example", False),
    "closed": ("gone@bb.example", True),
    "mailless": (None, None),
    **dict.fromkeys(SPOILT, ("ana@aa.example", True)),
}


def spoil(how: str, claims: dict, header: dict, key, secret: str) -> str:
    """The ID token, wrong in one way."""
    changes = {
        "expired": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
        "late-nonce": {"nonce": "another"},
        "audience": {"aud": "another-client", "azp": "tocsin"},
        "issuer": {"iss": "http://127.0.0.1:1"},
        "azp": {"azp": "another-client"},
    }
    claims = claims | changes.get(how, {})
    if how == "no-nonce":
        del claims["nonce"]
    if how == "forged":
        return jwt.encode(header, claims, RSAKey.generate_key(2048, {"kid": header.get("kid", "x")}))
    if how == "symmetric":
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=["HS256"])
    if how == "unsigned":
        return jwt.encode({"alg": "none"}, claims, OctKey.import_key("x" * 32), algorithms=["none"])
    return jwt.encode(header, claims, key)


def provider() -> flask.Flask:
    """The provider, with what is added."""
    users = [
        User(sub=sub, claims={} if email is None else {"email": email, "email_verified": verified})
        for sub, (email, verified) in PEOPLE.items()
    ]
    made = app(user_claims=users)
    challenges: dict[str, str] = {}

    @made.after_request
    def changed(response: flask.Response) -> flask.Response:
        asked, path = flask.request, flask.request.path
        if path == "/oauth2/authorize" and response.status_code == 302 and "code=" in response.location:
            code = response.location.partition("code=")[2].partition("&")[0]
            assert asked.args["code_challenge_method"] == "S256"
            challenges[code] = asked.args["code_challenge"]
        if path == "/oauth2/token" and response.status_code == 200:
            verifier = asked.form.get("code_verifier", "")
            if create_s256_code_challenge(verifier) != challenges.pop(asked.form["code"]):
                return flask.make_response({"error": "invalid_grant"}, 400)
            given = json.loads(response.get_data())
            key = RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
            token = jwt.decode(given["id_token"], KeySet([key]))
            given["id_token"] = spoil(
                token.claims["sub"], dict(token.claims), dict(token.header), key, asked.authorization.password
            )
            response.set_data(json.dumps(given))
        return response

    return made


if __name__ == "__main__":
    server = werkzeug.serving.make_server("127.0.0.1", 0, provider(), threaded=True)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
