"""What the edge refuses by itself, before anybody behind it sees it: always as problem+json."""

import json

import pytest
from raw import RawAnswer, send_raw

CLOSE = b"Connection: close\r\n"


def get(target: bytes, fields: bytes = b"Host: edge\r\n", version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET " + target + b" " + version + b"\r\n" + fields + CLOSE + b"\r\n"


def post(fields: bytes, body: bytes) -> bytes:
    return b"POST /oauth/token HTTP/1.1\r\nHost: edge\r\n" + fields + CLOSE + b"\r\n" + body


MALFORMED = {
    "no host": get(b"/oauth/jwks", b""),
    "two hosts": get(b"/oauth/jwks", b"Host: edge\r\nHost: other\r\n"),
    "a length and chunks": post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "two lengths": post(b"Content-Length: 3\r\nContent-Length: 4\r\n", b"abcd"),
    "the same length twice": post(b"Content-Length: 3\r\nContent-Length: 3\r\n", b"abc"),
    "a list of lengths": post(b"Content-Length: 3, 3\r\n", b"abc"),
    "a signed length": post(b"Content-Length: +3\r\n", b"abc"),
    "chunks twice": post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "a bad chunk": post(b"Transfer-Encoding: chunked\r\n", b"zz\r\nabc\r\n0\r\n\r\n"),
    "chunks in HTTP/1.0": b"POST /oauth/token HTTP/1.0\r\nHost: edge\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a folded field": get(b"/oauth/jwks", b"Host: edge\r\nX-A: b\r\n c\r\n"),
    "a space before the colon": get(b"/oauth/jwks", b"Host: edge\r\nX-Gatehouse-User : b\r\n"),
    "a zero byte in a field": get(b"/oauth/jwks", b"Host: edge\r\nX-A: b\x00c\r\n"),
    "a bad escape": get(b"/rest/v2/%zz"),
    "a bad escape in the query": get(b"/rest/v2/segments?a=%z"),
    "an escaped zero byte": get(b"/rest/v2/%00"),
    "a raw UTF-8 byte": get("/rest/v2/é".encode()),
    "a character outside RFC 3986": get(b"/rest/v2/a|b"),
    "a backslash": get(b"/rest/v2/a\\b"),
    "a fragment": get(b"/rest/v2/segments#a"),
    "a method in lower case": b"get /rest/v2/segments HTTP/1.1\r\nHost: edge\r\n" + CLOSE + b"\r\n",
    "a target that is a host": b"CONNECT edge:80 HTTP/1.1\r\nHost: edge\r\n" + CLOSE + b"\r\n",
    "no HTTP at all": b"\x16\x03\x01hello\r\n\r\n",
}

REFUSED = {
    "no such path": (get(b"/nothing"), 404, "not-found"),
    "the API without its slash": (get(b"/rest/v2"), 404, "not-found"),
    "a path of the edge's own": (get(b"/_gatehouse/refusal"), 404, "not-found"),
    "the decision itself": (get(b"/_gatehouse/decision"), 404, "not-found"),
    "TRACE": (b"TRACE /rest/v2/segments HTTP/1.1\r\nHost: edge\r\n" + CLOSE + b"\r\n", 405, "method-not-allowed"),
    "a body beyond its length": (
        b"POST /api/v1/applications HTTP/1.1\r\nHost: edge\r\nContent-Length: 10485760\r\n" + CLOSE + b"\r\n",
        413,
        "content-too-large",
    ),
    "a form beyond its length": (post(b"Content-Length: 70000\r\n", b"x" * 70000), 413, "content-too-large"),
    "a long target": (get(b"/rest/v2/" + b"x" * 20000), 414, "target-too-long"),
    "a long field": (get(b"/oauth/jwks", b"Host: edge\r\nX-A: " + b"x" * 20000 + b"\r\n"), 431, "headers-too-large"),
    "many fields": (
        get(b"/oauth/jwks", b"Host: edge\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"x" * 4000) for i in range(20))),
        431,
        "headers-too-large",
    ),
    "an unknown transfer coding": (post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 501, "not-implemented"),
    "a version that is not spoken": (get(b"/oauth/jwks", version=b"HTTP/2.0"), 505, "version-not-supported"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_400(house, name):
    assert_problem(send_raw(house.origin, MALFORMED[name]), 400, "malformed")


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_edge_refuses_is_a_problem(house, name):
    request, status, kind = REFUSED[name]
    assert_problem(send_raw(house.origin, request), status, kind)


def assert_problem(answer: RawAnswer, status: int, kind: str) -> None:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.body)
    assert (problem["type"], problem["status"]) == (f"urn:gatehouse:problem:{kind}", status)
    assert set(problem) == {"type", "title", "status", "detail"}
