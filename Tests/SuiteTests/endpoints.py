"""Every endpoint of the origin, with a right body for each and what is wrong for each of its fields."""

from dataclasses import dataclass, field

NO_TEXT = [True, 7, 1.5, [], {}, ["x"]]
HIDDEN = ["a\u0000b", "a\u0007b", "a\u007fb", "a\u202eb", "a\u2066b", "a\u200fb"]
NAME = [None, *NO_TEXT, *HIDDEN, "", "  ", "x" * 101]
NOTE = [None, *NO_TEXT, *HIDDEN, "x" * 501]
FLAG = [None, 0, 1, "true", "", [], {}]
NO_LIST = [None, True, 7, "x", "", {}]
NO_MEMBERS = [[None], [True], [7], [[]], [{}], [""], ["\u0000"], ["a\u202eb"]]
NAMES = [*NO_LIST, *NO_MEMBERS, ["nobody has heard of this"]]
NO_RANGES = ["", "x", "192.0.2.256", "192.0.2.01", "192.0.2.0/33", "192.0.2.9-192.0.2.1", "fe80::1%eth0", "::/129", "192.0.2.1-::2", " 192.0.2.1"]
RANGES = [
    *NO_LIST,
    *NO_MEMBERS,
    ["192.0.2.1"],
    *([{"range": text}] for text in NO_RANGES),
    [{"range": 7}],
    [{"range": "192.0.2.1", "note": 7}],
    [{"range": "192.0.2.1", "note": "\u202e"}],
    [{"range": "192.0.2.1", "colour": "red"}],
    [{"range": "192.0.2.1"}, {"range": "192.0.2.1/32"}],
    [{"range": f"10.{number >> 8}.{number & 255}.1"} for number in range(10_001)],
]
URIS = [*NO_LIST, *NO_MEMBERS, ["x"], ["http://example.com/"], ["https://example.com/#a"], ["javascript:alert(1)"], ["https://e.com/"] * 2]
EMAIL = [None, *NO_TEXT, *HIDDEN, "", "x", "@", "a@", "a@b@c", "a b@example.com", "x" * 300 + "@example.com"]
USER = [*NO_TEXT, "", "x", "system", "00000000-0000-7000-8000-000000000000"]

CURVE = {"kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}
KEYS = [
    *NO_TEXT, "x", CURVE, {"keys": None}, {"keys": "x"}, {"keys": {}}, *({"keys": members} for members in NO_MEMBERS), {"keys": []},
    *({"keys": [{**CURVE, name: value}]} for name, value in [
        ("kty", "RSA"), ("kty", "oct"), ("kty", 7), ("crv", "P-384"), ("x", "AAAA"), ("y", ""), ("d", "AAAA"), ("k", "AAAA"), ("alg", "none"),
        ("alg", "HS256"), ("use", "enc"), ("key_ops", ["sign"]), ("kid", ""), ("kid", "a b"), ("kid", "\u202e"), ("kid", "x" * 101)]),
    {"keys": [{**CURVE, "kid": "a"}, {**CURVE, "kid": "a"}]}, {"keys": [CURVE] * 2}, {"keys": [CURVE] * 11},
]

APPLICATION = {
    "name": [*NAME, "\ud800"],
    "description": NOTE,
    "flow": [None, *NO_TEXT, "", "implicit", "authorization_code"],
    "redirect_uris": URIS,
    "website_url": [*NO_TEXT, "", "x", "javascript:alert(1)", "http://user:word@example.com/"],
    "scopes": [*NAMES, [], ["read:segments", "read:segments"], ["read:segments write:segments"]],
    "ip_ranges": RANGES,
    "run_as": [None, *USER],
    "enabled": FLAG,
    "jwks": KEYS,
}
# Null is as good as absent.
ROTATION = {"revoke_tokens": FLAG[1:]}
PERSON = {
    "email": EMAIL,
    "name": NAME,
    "external_id": [*NO_TEXT, *HIDDEN, ""],
    "roles": [*NAMES, ["Data Scientist"] * 2],
    "domains": [None, True, 7, "", "some", {}, *NO_MEMBERS, ["unknown.example.com"], ["no domain"]],
    "active": FLAG,
}
PASSWORD = [None, *NO_TEXT, "", "eleven char", "x" * 1025, "\u00e9" * 513, "a password\u0000 with a NUL"]
DOMAIN = {"name": [*NAME, "no domain", "-a.example.com", "a..b"]}
ADDRESS = {"ip": [None, *NO_TEXT, "", "x", "192.0.2.01"], "client_id": [None, *NO_TEXT, "", "x", "x" * 32]}
WORDS = [*NO_LIST, *NO_MEMBERS, [{"name": "a b", "words": ""}], [{"name": "a"}], [{"name": "a", "words": "\u202e"}], [{"name": "a", "words": "", "x": 1}]]
ROUTE = {"method": "GET", "path": "/a", "scope": "read:access", "permission": None, "domain_source": "none"}
ROUTES = [
    *NO_LIST, *NO_MEMBERS, [ROUTE] * 2,
    *([{**ROUTE, name: value}] for name, value in [
        ("method", "get"), ("method", "TRACE"), ("path", "a"), ("path", "/a/"), ("path", "/{a}/{a}"), ("path", "/api/v1/a"), ("path", "/a/../b"),
        ("scope", "not:there"), ("permission", "NOT_THERE"), ("permission", 7), ("domain_source", "cookie:a"), ("domain_source", "path:b"),
        ("domain_source", "object:not-there:id"), ("domain_rule", "read+write"), ("colour", "red")]),
]
CATALOGUE = {
    "scopes": WORDS, "permissions": WORDS, "routes": ROUTES, "object_types": [*NO_LIST, *NO_MEMBERS, [{"type": "a"}]],
    "internal_kinds": [*NO_LIST, *NO_MEMBERS, [{"kind": "a", "routes": [{"method": "GET", "path": "/not-there"}]}]],
}
ROLE = {"name": NAME, "permissions": [*NAMES, ["MANAGE_SEGMENTS"] * 2, ["manage_segments"]]}
OBJECT = {"domains": [None, True, 7, "", "all", {}, *NO_MEMBERS, ["unknown.example.com"], ["no domain"], ["www.example.com"] * 2]}


@dataclass(frozen=True)
class Endpoint:
    service: str
    method: str
    # What `Sweep` has made stands in place of {…}.
    path: str
    body: dict | None = None
    fields: dict[str, list] = field(default_factory=dict)
    query: tuple[str, ...] = ()
    # An empty body is a right one.
    is_optional: bool = False
    # Bytes that a body may have.
    most: int = 1 << 20

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_form(self) -> bool:
        return self.path.startswith("/oauth/") and self.method == "POST"


def application(**more) -> dict:
    return {"name": "Bad input", "flow": "client_credentials", "scopes": ["read:segments"], "run_as": "{run_as}", **more}


def person(**more) -> dict:
    return {"email": "bad.input@example.com", "name": "Bad input", "roles": ["Data Scientist"], "domains": "all", "active": True, **more}


LIMITS = ("limit=0", "limit=201", "limit=-1", "limit=x", "limit=1&limit=1", "limit=", "limit=%00", "limit=%zz")
CURSORS = ("cursor=x", "cursor=WyJ4Il0", "cursor={other_cursor}")
LIST = (*LIMITS, *CURSORS, "unheard_of=1", "%FF=1")
EVENTS = (
    *LIST, "from=x", "to=yesterday", "user=x", "application=x", "operation=x", "object_type=x", "outcome=x", "ip=x", "order=x",
    "q=%00", "from=2026-01-01T00:00:00Z&from=2026-01-01T00:00:00Z",
)
CONFIRMATIONS = ("confirm_lockout=maybe", "confirm_lockout=true&confirm_lockout=true", "unheard_of=1")
FORCES = ("force=maybe", "force=true&force=true", "unheard_of=1")
EMPTY_CATALOGUE = {"scopes": [], "permissions": [], "routes": [], "object_types": [], "internal_kinds": []}
APPLICATIONS = (*LIST, "defined_by=x", "flow=x", "enabled=x", "run_as=x", "scope=%22", "q=%E2%80%AE", "q=%00")

ENDPOINTS = [
    Endpoint("registry", "GET", "/api/v1/applications", query=APPLICATIONS),
    Endpoint("registry", "POST", "/api/v1/applications", application(), APPLICATION),
    Endpoint("registry", "GET", "/api/v1/applications/{client_id}"),
    Endpoint("registry", "PATCH", "/api/v1/applications/{client_id}", {"description": "changed"}, APPLICATION),
    Endpoint("registry", "DELETE", "/api/v1/applications/{client_id}"),
    Endpoint("registry", "POST", "/api/v1/applications/{client_id}/secret", {"revoke_tokens": True}, ROTATION, is_optional=True),
    Endpoint("registry", "POST", "/api/v1/applications/{client_id}/revoke-tokens", {}, is_optional=True),
    Endpoint("policy", "GET", "/api/v1/users", query=LIST),
    Endpoint("policy", "POST", "/api/v1/users", person(), PERSON),
    Endpoint("policy", "GET", "/api/v1/users/{user}"),
    Endpoint("policy", "PATCH", "/api/v1/users/{user}", {"name": "Changed"}, PERSON),
    Endpoint("policy", "DELETE", "/api/v1/users/{user}"),
    Endpoint("policy", "GET", "/api/v1/roles", query=LIST),
    Endpoint("policy", "POST", "/api/v1/roles", {"name": "Bad input", "permissions": []}, ROLE),
    Endpoint("policy", "GET", "/api/v1/roles/{role}"),
    Endpoint("policy", "PUT", "/api/v1/roles/{role}", {"name": "{role}", "permissions": []}, ROLE),
    Endpoint("policy", "DELETE", "/api/v1/roles/{role}"),
    Endpoint("policy", "GET", "/api/v1/domains", query=LIST),
    Endpoint("policy", "POST", "/api/v1/domains", {"name": "bad-input.example.com"}, DOMAIN),
    Endpoint("policy", "DELETE", "/api/v1/domains/{domain}"),
    Endpoint("policy", "GET", "/api/v1/catalogue"),
    Endpoint("policy", "PUT", "/api/v1/catalogue", EMPTY_CATALOGUE, CATALOGUE, query=FORCES, most=4 << 20),
    Endpoint("policy", "GET", "/api/v1/ip-ranges"),
    Endpoint("policy", "PUT", "/api/v1/ip-ranges", {"items": []}, {"items": RANGES}, query=CONFIRMATIONS),
    Endpoint("policy", "POST", "/api/v1/ip-ranges/test", {"ip": "192.0.2.1"}, ADDRESS),
    Endpoint("policy", "PUT", "/api/v1/objects/{type}/1", {"domains": []}, OBJECT),
    Endpoint("policy", "DELETE", "/api/v1/objects/{type}/1"),
    Endpoint("audit", "GET", "/api/v1/audit-events", query=EVENTS),
    Endpoint("audit", "GET", "/api/v1/activity", query=EVENTS),
    Endpoint("token", "PUT", "/api/v1/users/{user}/password", {"password": "long enough it is"}, {"password": PASSWORD}),
    Endpoint("token", "POST", "/api/v1/users/{user}/invitation", {}, is_optional=True),
    Endpoint("token", "POST", "/oauth/token", {"grant_type": "client_credentials"}),
    Endpoint("token", "POST", "/oauth/introspect", {"token": "{token}"}),
    Endpoint("token", "POST", "/oauth/revoke", {"token": "{token}"}),
    Endpoint("token", "POST", "/oauth/par", {"response_type": "code"}),
    Endpoint("token", "GET", "/api/v1/users/{user}/grants", query=LIST),
    Endpoint("token", "DELETE", "/api/v1/grants/{grant}"),
    Endpoint("token", "GET", "/oauth/jwks"),
    Endpoint("token", "GET", "/.well-known/oauth-authorization-server"),
    Endpoint("token", "GET", "/.well-known/oauth-protected-resource"),
]

# What no body may be, whatever it is for.
BODIES = {
    "half an object": b"{",
    "a list": b"[]",
    "a text": b'"name"',
    "nothing": b"null",
    "two objects": b"{}{}",
    "a name twice": b'{"name":"a","name":"b"}',
    "a name twice, once escaped": b'{"name":"a","n\\u0061me":"b"}',
    "half a surrogate": b'{"name":"\\ud800"}',
    "no UTF-8": b'{"name":"\xc3\x28"}',
    "an overlong byte": b'{"name":"\xc0\xaf"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"name":"a"}'.encode("utf-16"),
    "a bare NUL": b'{"name":"a\x00"}',
    "NUL alone": b"\x00",
    "a deep list": b'{"name":' + b"[" * 100_000,
    "a deep object": b'{"name":' * 100_000,
    "a deep list, closed": b'{"name":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "a comma too many": b'{"name":"a",}',
    "a comment": b'{"name":"a"/**/}',
    "no number": b'{"name":NaN}',
    "a huge number": b'{"name":1e999999}',
    "single quotes": b"{'name':'a'}",
    "a form": b"name=a",
    "an unknown field": b'{"unheard_of":1}',
    "a field of ours": b'{"revision":7,"client_id":"x","defined_by":"internal","system":true}',
    "a field of the prototype": b'{"__proto__":{"name":"a"}}',
}
FORMS = {
    "a parameter twice": b"{right}&{right}",
    "an unknown one twice": b"{right}&a=1&a=2",
    "no UTF-8": b"{right}&a=%ff",
    "a bad escape": b"{right}&a=%zz",
    "nothing": b"",
    "NUL": b"\x00",
    "JSON": b'{"grant_type":"client_credentials"}',
    "no value": b"grant_type&token",
    "an empty value": b"grant_type=&token=",
    "a second client": b"{right}&client_id=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "a second secret": b"{right}&client_secret=ghs_x",
    "an assertion, too": b"{right}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=e.e.e",
    "half of an assertion": b"{right}&client_assertion=e.e.e",
}
TAGS = ["x", '"', '"x', 'x"', "7", '"1" "2"', '"9999999999999999999999"', 'W/"1"', '"-1"', '"\u00e9"', ",", '""']
