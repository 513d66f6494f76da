"""Client credentials with stock clients that nobody here wrote."""

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.httpx_client import OAuthError
from house import expect
from joserfc import jwt
from joserfc.jwk import KeySet
from oauthlib.oauth2 import BackendApplicationClient, InvalidScopeError
from requests_oauthlib import OAuth2Session


@pytest.fixture(scope="module")
def application(house):
    return house.make_application(["read:segments", "write:segments"])


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_gets_a_token_and_calls(house, application, method):
    client = OAuth2Client(application.client_id, application.client_secret, token_endpoint_auth_method=method)
    token = client.fetch_token(f"{house.origin}/oauth/token", grant_type="client_credentials", scope="read:segments")
    assert (token["token_type"].lower(), token["scope"]) == ("bearer", "read:segments")
    assert client.get(f"{house.origin}/rest/v2/segments").status_code == 200
    assert client.post(f"{house.origin}/rest/v2/segments", json={"name": "x", "domains": []}).status_code == 403


def test_authlib_introspects_and_revokes(house, application):
    client = OAuth2Client(application.client_id, application.client_secret)
    token = client.fetch_token(f"{house.origin}/oauth/token", grant_type="client_credentials")
    introspection = client.introspect_token(f"{house.origin}/oauth/introspect", token["access_token"]).json()
    assert introspection["active"] is True
    assert introspection["client_id"] == application.client_id
    assert client.revoke_token(f"{house.origin}/oauth/revoke", token["access_token"]).status_code == 200
    assert client.introspect_token(f"{house.origin}/oauth/introspect", token["access_token"]).json() == {"active": False}
    assert house.call("GET", "/rest/v2/segments", token["access_token"]).json()["reason"] == "token_revoked"


def test_authlib_understands_a_refusal(house, application):
    client = OAuth2Client(application.client_id, "ghs_wrong")
    with pytest.raises(OAuthError) as refusal:
        client.fetch_token(f"{house.origin}/oauth/token", grant_type="client_credentials")
    assert refusal.value.error == "invalid_client"


def test_requests_oauthlib_gets_a_token_and_calls(house, application, monkeypatch):
    # oauthlib refuses plain http, which a loopback origin is.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    session = OAuth2Session(client=BackendApplicationClient(application.client_id))
    token = session.fetch_token(f"{house.origin}/oauth/token", client_secret=application.client_secret)
    assert sorted(token["scope"]) == ["read:segments", "write:segments"]
    assert session.get(f"{house.origin}/rest/v2/segments").status_code == 200


def test_requests_oauthlib_understands_an_invalid_scope(house, application, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    session = OAuth2Session(client=BackendApplicationClient(application.client_id, scope=["read:profiles"]))
    with pytest.raises(InvalidScopeError):
        session.fetch_token(f"{house.origin}/oauth/token", client_secret=application.client_secret)


def test_joserfc_verifies_the_token_by_the_published_keys(house, application):
    metadata = expect(house.call("GET", "/.well-known/oauth-authorization-server"), 200)
    keys = KeySet.import_key_set(expect(house.edge.get(metadata["jwks_uri"]), 200))
    token = jwt.decode(house.token(application), keys, algorithms=["ES256"])
    assert token.header["typ"] == "at+jwt"
    claims = token.claims
    assert (claims["iss"], claims["aud"], claims["client_id"]) == (house.origin, house.origin, application.client_id)
    assert claims["sub"] == application.run_as
    assert set(claims) == {"iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti", "epoch", "uep"}


def test_the_metadata_names_what_there_is(house):
    metadata = expect(house.call("GET", "/.well-known/oauth-authorization-server"), 200)
    assert metadata["issuer"] == house.origin
    assert metadata["token_endpoint"] == f"{house.origin}/oauth/token"
    assert metadata["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    resource = expect(house.call("GET", "/.well-known/oauth-protected-resource"), 200)
    assert (resource["resource"], resource["authorization_servers"]) == (house.origin, [house.origin])
