"""private_key_jwt with stock clients that nobody here wrote (RFC 7523, OIDC Core §9)."""

import base64
import hmac
import json
import time

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from house import Application, House, eventually, expect, unique
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

MAKERS = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "RS256": lambda: RSAKey.generate_key(2048),
    "PS256": lambda: RSAKey.generate_key(3072),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CREDENTIALS = {"grant_type": "client_credentials"}


class Signer:
    """An application with a key, and what its owner signs."""

    def __init__(self, house: House, algorithm: str, **members):
        self.house, self.algorithm, self.key = house, algorithm, MAKERS[algorithm]()
        self.kid = unique("key")
        self.public = {**self.key.as_dict(private=False), "kid": self.kid, **members}
        self.application: Application = house.make_application(["read:segments"], jwks={"keys": [self.public]})

    def method(self) -> PrivateKeyJWT:
        """One for each request: what it is given to say, it says again. By itself it would say an hour."""
        claims = {"exp": int(time.time()) + 120}
        return PrivateKeyJWT(token_endpoint=self.house.origin, claims=claims, headers={"kid": self.kid}, alg=self.algorithm)

    def client(self) -> OAuth2Client:
        methods = {f"{endpoint}_endpoint_auth_method": self.method() for endpoint in ("token", "revocation")}
        return OAuth2Client(self.application.client_id, self.key, **methods)

    def assertion(self, header: dict | None = None, key=None, **claims) -> str:
        now, client = int(time.time()), self.application.client_id
        claims = {"iss": client, "sub": client, "aud": self.house.origin, "iat": now, "exp": now + 60, "jti": unique("jti"), **claims}
        header = {"alg": self.algorithm, **(header or {})}
        text = jwt.encode(header, claims, key or self.key, algorithms=[header["alg"]])
        self.house.ledger.keep(text)
        return text

    def ask(self, assertion: str, path: str = "/oauth/token", **form: str) -> httpx.Response:
        form = {"client_assertion_type": KIND, "client_assertion": assertion, **(form or CREDENTIALS)}
        return self.house.edge.post(path, data=form)


@pytest.fixture(scope="module", params=MAKERS)
def signer(house, request):
    return Signer(house, request.param, alg=request.param)


def test_authlib_gets_a_token_and_calls(house, signer):
    client = signer.client()
    token = client.fetch_token(f"{house.origin}/oauth/token", **CREDENTIALS)
    assert (token["token_type"].lower(), token["scope"]) == ("bearer", "read:segments")
    assert client.get(f"{house.origin}/rest/v2/segments").status_code == 200


def test_authlib_introspects_and_revokes(house, signer):
    token = signer.client().fetch_token(f"{house.origin}/oauth/token", **CREDENTIALS)["access_token"]
    live = signer.client().introspect_token(f"{house.origin}/oauth/introspect", token).json()
    assert (live["active"], live["client_id"]) == (True, signer.application.client_id)
    assert signer.client().revoke_token(f"{house.origin}/oauth/revoke", token).status_code == 200
    assert signer.client().introspect_token(f"{house.origin}/oauth/introspect", token).json() == {"active": False}
    assert house.call("GET", "/rest/v2/segments", token).json()["reason"] == "token_revoked"


def test_authlib_understands_that_it_says_the_same_again(house, signer):
    client = signer.client()
    client.fetch_token(f"{house.origin}/oauth/token", **CREDENTIALS)
    with pytest.raises(OAuthError) as refusal:
        client.fetch_token(f"{house.origin}/oauth/token", **CREDENTIALS)
    assert refusal.value.error == "invalid_client"


def test_an_hour_is_too_long(house, signer):
    """What Authlib says by itself: an assertion that is stolen is good for five minutes at most."""
    method = PrivateKeyJWT(token_endpoint=house.origin, alg=signer.algorithm)
    client = OAuth2Client(signer.application.client_id, signer.key, token_endpoint_auth_method=method)
    with pytest.raises(OAuthError):
        client.fetch_token(f"{house.origin}/oauth/token", **CREDENTIALS)


@pytest.mark.parametrize("path", ["/oauth", "/rest/v2/oauth"])
def test_joserfc_signs_and_each_assertion_is_taken_once(signer, path):
    assertion = signer.assertion()
    token = expect(signer.ask(assertion, f"{path}/token"), 200)["access_token"]
    assert signer.ask(assertion, f"{path}/token").status_code == 401
    assert signer.ask(signer.assertion({"kid": signer.kid}), f"{path}/revoke", token=token).status_code == 200
    assert signer.house.call("GET", "/rest/v2/segments", token).json()["reason"] == "token_revoked"


def by_hmac(signer: Signer, secret: bytes) -> str:
    """Signed by what is public, or shared: no library that we know does it, an attacker does."""
    payload = signer.assertion().split(".")[1]
    unsigned = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode() + "." + payload
    return unsigned + "." + base64.urlsafe_b64encode(hmac.digest(secret, unsigned.encode(), "sha256")).rstrip(b"=").decode()


def test_joserfc_is_refused_by_another_key_audience_or_algorithm(house, signer):
    other = MAKERS[signer.algorithm]()
    wrong = [
        signer.assertion(key=other),
        signer.assertion({"kid": "another"}),
        signer.assertion({"jwk": other.as_dict(private=False)}, key=other),
        signer.assertion(aud=f"{house.origin}/oauth/token"),
        signer.assertion(aud=[house.origin, "https://elsewhere.example"]),
        signer.assertion(exp=int(time.time()) + 3600),
        by_hmac(signer, signer.key.as_pem(private=False)),
        by_hmac(signer, json.dumps(signer.public).encode()),
        by_hmac(signer, signer.application.client_secret.encode()),
    ]
    answers = [signer.ask(assertion) for assertion in wrong]
    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [(401, "invalid_client")] * len(wrong)
    assert len({answer.content for answer in answers}) == 1


def test_an_rsa_key_that_names_no_algorithm_is_for_both(house):
    signer = Signer(house, "RS256")
    assert signer.ask(signer.assertion()).status_code == 200
    signer.algorithm = "PS256"
    assert signer.ask(signer.assertion()).status_code == 200


def test_a_key_that_is_taken_away_is_refused_at_the_next_request(house):
    signer = Signer(house, "ES256")
    path, secret = f"/applications/{signer.application.client_id}", signer.application
    assert signer.ask(signer.assertion()).status_code == 200
    new = MAKERS["ES256"]()
    keys = {"jwks": {"keys": [{**new.as_dict(private=False), "kid": "new"}]}}
    assert expect(house.manage("PATCH", path, json=keys), 200)["jwks"]["keys"][0]["kid"] == "new"
    assert signer.ask(signer.assertion()).status_code == 401
    assert signer.ask(signer.assertion(key=new)).status_code == 200
    # The secret goes on to work beside the keys, and alone.
    assert house.token_answer(secret.client_id, secret.client_secret).status_code == 200
    expect(house.manage("PATCH", path, json={"jwks": None}), 200)
    assert signer.ask(signer.assertion(key=new)).status_code == 401
    assert house.token_answer(secret.client_id, secret.client_secret).status_code == 200


def test_a_private_key_is_refused_and_not_repeated(house):
    for maker in MAKERS.values():
        key = maker()
        private = key.as_dict(private=True)
        house.ledger.keep(*(private[name] for name in ("d", "p", "q") if name in private))
        body = {"name": unique("Private"), "flow": "client_credentials", "scopes": ["read:segments"], "run_as": house.admin.run_as}
        refused = house.manage("POST", "/applications", json={**body, "jwks": {"keys": [private]}})
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["jwks.keys[0]"]
        assert private["d"] not in refused.text


def test_the_audit_log_tells_which_keys_came_and_why_an_assertion_was_refused(house):
    signer = Signer(house, "ES256")
    client = signer.application.client_id
    assert signer.ask(signer.assertion(key=MAKERS["ES256"]())).status_code == 401
    assert signer.ask(signer.assertion(exp=1)).status_code == 401
    used = signer.assertion()
    assert [signer.ask(used).status_code for _ in range(2)] == [200, 401]

    def events(**filters: str) -> list[dict]:
        return expect(house.manage("GET", f"/audit-events?{httpx.QueryParams({'limit': '200', **filters})}"), 200)["items"]

    def reasons() -> set[str]:
        failed = events(application=client, outcome="failed")
        return {event["reason"] for event in failed}

    eventually(lambda: reasons() == {"wrong_assertion", "unfit_assertion", "used_assertion"})
    made = eventually(lambda: [event for event in events(q=client) if event["operation"] == "CREATE"])[0]
    told = [change["to"] for change in made["changes"] if change["field"] == "jwks"]
    assert told == [[{"kid": signer.kid, "thumbprint": signer.key.thumbprint()}]]


def test_discovery_tells_of_it(house):
    metadata = expect(house.call("GET", "/.well-known/oauth-authorization-server"), 200)
    for endpoint in ("token", "revocation", "introspection"):
        methods = metadata[f"{endpoint}_endpoint_auth_methods_supported"]
        assert methods == ["client_secret_basic", "client_secret_post", "private_key_jwt"]
        assert metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] == list(MAKERS)
