"""The door: what policy decides is what the caller sees, and nothing of a client's own words passes for it."""

import os
import signal

import httpx
import pytest
from house import eventually, expect
from raw import send_raw

FORGED = {
    "X-Gatehouse-User": "11111111-1111-1111-1111-111111111111",
    "X-Gatehouse-Domains": "*",
    "X-Gatehouse-Assertion": "a.b.c",
    "X-Gatehouse-Door-Key": "guessed",
    "X-Forwarded-For": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
    "X-Real-IP": "203.0.113.9",
    "X-Original-URI": "/oauth/jwks",
    "X-Original-Method": "GET",
    "X-Forwarded-Uri": "/oauth/jwks",
    "X-Forwarded-Method": "GET",
}


@pytest.fixture(scope="module")
def reader(house):
    """An application that may read segments, and no more."""
    return house.make_application(["read:segments"])


def policy_says(house, method: str, path: str, token: str | None) -> httpx.Response:
    """The decision, asked of policy without the edge."""
    headers = {
        "X-Gatehouse-Door-Key": house.local["door_key"],
        "X-Original-URI": path,
        "X-Original-Method": method,
        "X-Forwarded-For": "127.0.0.1",
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.get(house.local["services"]["policy"]["internal_url"] + "/forward-auth", headers=headers)


REFUSALS = {
    "no token": ("GET", "/rest/v2/segments", None, 401, "token_missing"),
    "no JWT": ("GET", "/rest/v2/segments", "nonsense", 401, "token_malformed"),
    "too little scope": ("POST", "/rest/v2/segments", "reader", 403, "insufficient_scope"),
    "no route": ("GET", "/rest/v2/unheard-of", "reader", 403, "route_unknown"),
    "no route of ours": ("GET", "/api/v1/unheard-of", "reader", 403, "route_unknown"),
    "a dotted path": ("GET", "/rest/v2/./segments", "reader", 403, "route_unknown"),
    "an escaped slash": ("GET", "/rest/v2/segments%2Fone", "reader", 403, "route_unknown"),
    "a doubled slash": ("GET", "/rest/v2//segments", "reader", 403, "route_unknown"),
    "a way around by an open path": ("GET", "/oauth/../rest/v2/segments", "reader", 403, "route_unknown"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_the_same_through_the_edge(house, reader, name):
    method, path, token, status, reason = REFUSALS[name]
    token = house.token(reader) if token == "reader" else token
    direct = policy_says(house, method, path, token)
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    through = send_raw(
        house.origin, f"{method} {path} HTTP/1.1\r\nHost: edge\r\n{authorization}Connection: close\r\n\r\n".encode()
    )
    seen = httpx.Response(through.status, headers=through.headers, content=through.body)
    for answer in (direct, seen):
        assert answer.status_code == status
        assert answer.headers["X-Gatehouse-Reason"] == reason
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["reason"] == reason
        assert answer.json()["decision_id"] == answer.headers["X-Gatehouse-Decision-Id"]
    assert seen.headers.get("WWW-Authenticate") == direct.headers.get("WWW-Authenticate")
    assert {**seen.json(), "decision_id": ""} == {**direct.json(), "decision_id": ""}


def test_a_refusal_of_head_has_the_same_head(house):
    refused = house.call("HEAD", "/rest/v2/segments")
    assert (refused.status_code, refused.content) == (401, b"")
    assert refused.headers["X-Gatehouse-Reason"] == "token_missing"


def test_a_large_body_does_not_hide_a_refusal(house, reader):
    blocked = house.call("POST", "/rest/v2/segments", house.token(reader), content=b"x" * 900_000)
    assert blocked.status_code == 403
    assert blocked.json()["reason"] == "insufficient_scope"


def test_forged_headers_change_neither_decision_nor_identity(house, reader):
    assert house.call("GET", "/rest/v2/segments", headers=FORGED).json()["reason"] == "token_missing"
    blocked = house.call("POST", "/rest/v2/segments", house.token(reader), headers=FORGED)
    assert blocked.json()["reason"] == "insufficient_scope"
    assert expect(house.call("GET", "/rest/v2/segments", house.token(reader), headers=FORGED), 200)


def test_an_assertion_of_ones_own_opens_nothing(house):
    assert house.call("GET", "/api/v1/applications", headers=FORGED).status_code == 401


def test_the_token_endpoint_stands_under_the_api_as_well(house, reader):
    form = {"grant_type": "client_credentials"}
    answer = house.edge.post("/rest/v2/oauth/token", data=form, auth=(reader.client_id, reader.client_secret))
    assert expect(answer, 200)["scope"] == "read:segments"


def test_a_frozen_replica_of_policy_is_passed_over(house, reader):
    """Each of the three gets its turn; what one does not answer in time, another does."""
    token = house.token(reader)
    frozen = house.local["services"]["policy"]["pids"][0]
    os.kill(frozen, signal.SIGSTOP)
    try:
        answers = [house.call("GET", "/rest/v2/segments", token).status_code for _ in range(9)]
    finally:
        os.kill(frozen, signal.SIGCONT)
    assert answers == [200] * 9


def test_without_policy_nothing_passes(house, reader):
    token = house.token(reader)
    pids = house.local["services"]["policy"]["pids"]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        refused = house.call("GET", "/rest/v2/segments", token)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/problem+json")
    assert refused.json()["type"] == "urn:gatehouse:problem:unavailable"
    eventually(lambda: house.call("GET", "/rest/v2/segments", token).status_code == 200)
