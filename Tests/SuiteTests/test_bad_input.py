"""Whatever is sent to any endpoint: a clear 4xx, nothing half-done, and everybody goes on."""

import os
from pathlib import Path

import pytest
from endpoints import BODIES, ENDPOINTS, FORMS, TAGS, Endpoint
from forgery import Forger
from house import expect
from sweep import Sweep, exchange
from wire import Wire, request

KINDS = ("", "json", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
CHANGES = [endpoint for endpoint in ENDPOINTS if endpoint.method in ("PUT", "PATCH", "DELETE") or "{client_id}/" in endpoint.path]
GARBAGE = ["%00", "%FF%FE", "x" * 2000, "%E2%80%AE", "..", "%2e%2e", "a%2Fb", "'%20or%20''='", "%", "{}"]


@pytest.fixture(scope="module")
def sweep(house, counts):
    sweep = Sweep(house)
    before = sweep.objects()
    yield sweep
    assert sweep.objects() == before
    for service in house.local["services"].values():
        for pid in service["pids"]:
            os.kill(pid, 0)
            assert Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    counts(f"Bad input: {sweep.sent} requests at {len(ENDPOINTS)} endpoints refused with 4xx, 0 took effect; every process lives")


@pytest.fixture
def wrong(sweep) -> list[str]:
    """What a test's requests were wrongly answered, or did: nothing."""
    sweep.wrong = []
    yield sweep.wrong
    assert sweep.wrong == []


def those(condition) -> list[Endpoint]:
    return [endpoint for endpoint in ENDPOINTS if condition(endpoint)]


@pytest.mark.parametrize("way", ["edge", "service"])
@pytest.mark.parametrize("endpoint", those(lambda e: e.body is not None and not e.is_form), ids=str)
def test_bodies(sweep, wrong, endpoint, way):
    for what, body in BODIES.items():
        sweep.try_it(what, endpoint, {400}, way=way, body=body)
    if endpoint.method != "PATCH" and not endpoint.is_optional:
        sweep.try_it("no body", endpoint, {422}, way=way)
    for size in (endpoint.most, 10_000_000):
        sweep.try_it(f"{size} bytes", endpoint, {413}, way=way, body=b'{"name":"' + b"a" * size + b'"}')
    for kind in KINDS:
        sweep.try_it(f"as {kind!r}", endpoint, {415}, way=way, body=sweep.body(endpoint), headers={"Content-Type": kind})
    sweep.try_it("compressed", endpoint, {415}, way=way, body=sweep.body(endpoint), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize("endpoint", those(lambda e: e.fields), ids=str)
def test_fields(sweep, wrong, endpoint):
    for name, values in endpoint.fields.items():
        for value in values:
            sweep.try_it(f"{name} = {str(value)[:40]!r}", endpoint, {400, 422}, body=sweep.body(endpoint, **{name: value}))
    sweep.try_it("an unknown field", endpoint, {400}, body=sweep.body(endpoint, unheard_of=1))


@pytest.mark.parametrize("endpoint", those(lambda e: e.query), ids=str)
def test_queries(sweep, wrong, endpoint):
    cursor = sweep.cursors["roles" if "users" in endpoint.path else "users"]
    for query in endpoint.query:
        target = f"{sweep.filled(endpoint.path)}?{query.replace('{other_cursor}', cursor)}"
        body = sweep.body(endpoint) if endpoint.body else b""
        for way in ("edge", "service"):
            sweep.try_it("", endpoint, {400, 422}, way=way, target=target, body=body)


@pytest.mark.parametrize("endpoint", CHANGES, ids=str)
def test_entity_tags(sweep, wrong, endpoint):
    body = sweep.body(endpoint) if endpoint.body is not None else b""
    for tag in TAGS:
        sweep.try_it(f"If-Match {tag}", endpoint, {400, 412}, body=body, headers={"If-Match": tag})


@pytest.mark.parametrize("path", sorted({endpoint.path for endpoint in ENDPOINTS}))
def test_methods(sweep, wrong, path):
    there = [endpoint for endpoint in ENDPOINTS if endpoint.path == path]
    known = {endpoint.method for endpoint in there} | ({"HEAD"} if "GET" in {endpoint.method for endpoint in there} else set())
    for method in METHODS:
        if method not in known and method != "HEAD":
            sweep.try_it("wrong method", there[0], {403, 405}, method=method)
            sweep.try_it("wrong method", there[0], {401, 405}, way="service", method=method)


@pytest.mark.parametrize("endpoint", those(lambda e: "{" in e.path), ids=str)
def test_paths(sweep, wrong, endpoint):
    """Names of nothing; a role or a domain may have many a name, but none of these."""
    body = sweep.body(endpoint) if endpoint.body is not None else b""
    start, end = endpoint.path.index("{"), endpoint.path.index("}") + 1
    for name in GARBAGE:
        target = endpoint.path[:start] + name + endpoint.path[end:]
        for way in ("edge", "service"):
            sweep.try_it("", endpoint, {400, 401, 403, 404, 405, 422}, way=way, target=target, body=body)


@pytest.mark.parametrize("way", ["edge", "service"])
@pytest.mark.parametrize("endpoint", those(lambda e: e.is_form), ids=str)
def test_forms(sweep, wrong, endpoint, way):
    right = sweep.body(endpoint)
    for what, form in FORMS.items():
        sweep.try_it(what, endpoint, {400}, way=way, body=form.replace(b"{right}", right))
    for size in (1 << 16, 10_000_000):
        sweep.try_it(f"{size} bytes", endpoint, {413}, way=way, body=right + b"&a=" + b"a" * size)
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", ""):
        sweep.try_it(f"as {kind!r}", endpoint, {400, 415}, way=way, body=right, headers={"Content-Type": kind})
    sweep.try_it("in the query", endpoint, {400}, way=way, target=f"{endpoint.path}?{right.decode()}")
    sweep.try_it("compressed", endpoint, {400}, way=way, body=right, headers={"Content-Encoding": "gzip"})
    for credentials in ("Basic", "Basic x", "Basic =", "Basic Og==", "Basic //79", "Bearer x", "Basic " + "x" * 6000, "Digest username=x"):
        sweep.try_it(credentials[:20], endpoint, {400, 401}, way=way, body=right, headers={"Authorization": credentials})


@pytest.fixture(scope="module")
def forger(house, sweep) -> Forger:
    return Forger(house, house.token(house.make_application(["read:segments"])))


@pytest.mark.parametrize("path", ["/rest/v2/segments", "/api/v1/applications", "/api/v1/audit-events"])
def test_tokens(house, sweep, wrong, forger, path):
    sweep.state = sweep.look()
    endpoint = Endpoint("policy", "GET", path)
    with Wire(house.origin) as edge:
        genuine = edge.ask(request("GET", "/rest/v2/segments", {"Authorization": f"Bearer {forger.genuine()}"}))
        assert genuine.status == 200, genuine.body
    for what, token in forger.forgeries().items():
        sweep.try_it(what, endpoint, {401}, headers={"Authorization": f"Bearer {token}"})
    for scheme in ("Basic", "bearer\t", "Token"):
        sweep.try_it(scheme, endpoint, {401}, headers={"Authorization": f"{scheme} {forger.token}"})
    sweep.try_it("in the query", endpoint, {401}, target=f"{path}?access_token={forger.token}", headers={"Authorization": ""})


@pytest.mark.parametrize("path", ["/oauth/introspect", "/oauth/revoke"])
def test_tokens_that_a_client_shows(house, sweep, forger, path):
    """What is no token of ours is no error of the client's (RFC 7009, RFC 7662), and does nothing."""
    sweep.state = sweep.look()
    endpoint = Endpoint("token", "POST", path, {})
    for what, token in forger.forgeries().items():
        if token and what != "another application":
            reply = sweep.send(endpoint, "edge", "POST", path, f"token={token}".encode(), {})
            assert (reply.status, reply.body) == (200, b'{"active":false}' if "introspect" in path else b""), what
    assert sweep.look() == sweep.state


@pytest.mark.parametrize("service", ["registry", "policy", "audit"])
def test_assertions(house, sweep, wrong, service):
    """What policy vouches for is one request, of one caller."""
    endpoint = next(endpoint for endpoint in ENDPOINTS if endpoint.service == service and endpoint.method == "GET")
    right = sweep.assertion("GET", endpoint.path)
    assert exchange(house.local["services"][service]["url"], request("GET", endpoint.path, {"X-Gatehouse-Assertion": right})).status == 200
    header, claims, signature = right.split(".")
    for what, assertion in {
        "none": "",
        "no assertion": "x",
        "another request's": sweep.assertion("GET", "/api/v1/users?limit=1" if service != "policy" else "/api/v1/applications"),
        "another method's": sweep.assertion("POST", "/api/v1/applications"),
        "no signature": f"{header}.{claims}.",
        "no algorithm": f"eyJhbGciOiJub25lIn0.{claims}.",
        "another's claims": f"{header}.{sweep.assertion('GET', '/api/v1/roles').split('.')[1]}.{signature}",
        "an access token": sweep.admin,
    }.items():
        sweep.try_it(what, endpoint, {401}, way="service", headers={"X-Gatehouse-Assertion": assertion})


@pytest.mark.parametrize("service", ["registry", "token", "policy", "audit"])
def test_headers_that_are_too_large(house, service):
    place = house.local["services"][service]["url"]
    for name, value in {"X-Long": "x" * 100_000, "Authorization": "Bearer " + "x" * 100_000}.items():
        reply = exchange(place, request("GET", "/api/v1/applications", {name: value}))
        assert reply is None or reply.status in (400, 401, 404, 413, 431)
    many = exchange(place, request("GET", "/api/v1/applications", {f"X-{number}": "x" for number in range(5000)}))
    assert many is None or many.status in (400, 401, 404, 413, 431)
