"""F45–F47, P6: an application reaches the domains of its user and no others, whatever its scopes and that user's permissions say."""

import pytest
from audit import AuditLog
from house import eventually, expect, unique
from wire import Wire

SEGMENTS = "/rest/v2/segments"
SCOPES = ["read:segments", "write:segments"]
WWW, SHOP, NEWS = "www.example.com", "shop.example.com", "news.example.com"


class Someone:
    """A user with these domains, and an application that runs as the user."""

    def __init__(self, house, domains: list[str] | str, scopes=SCOPES):
        self.house = house
        self.user = house.make_user(unique("Someone"), ["Application Manager"], domains)
        self.application = house.make_application(scopes, run_as=self.user["id"])
        self.token = house.token(self.application)

    def call(self, method: str, path: str, **request):
        return self.house.call(method, path, self.token, **request)

    def makes(self, domains: list[str]) -> dict:
        return expect(self.call("POST", SEGMENTS, json={"name": unique("Segment"), "domains": domains}), 201)

    def sees(self) -> set[str]:
        return {item["id"] for item in expect(self.call("GET", SEGMENTS), 200)["items"]}


@pytest.fixture(scope="module")
def everybody(house):
    return Someone(house, "all")


@pytest.fixture(scope="module")
def in_news(house):
    return Someone(house, [NEWS])


@pytest.fixture(scope="module")
def nowhere(house):
    return Someone(house, [])


@pytest.fixture(scope="module")
def segments(everybody) -> dict[str, dict]:
    places = {"news": [NEWS], "shop": [SHOP], "both": [NEWS, SHOP], "global": []}
    return {name: everybody.makes(domains) for name, domains in places.items()}


def refused(answer) -> bool:
    return (answer.status_code, answer.headers.get("X-Gatehouse-Reason")) == (403, "domain_denied")


def test_whoever_has_one_domain_reaches_that_one_alone(segments, in_news, nowhere, everybody):
    """F46: read what lies there, or is global; lists show the same."""
    for someone, readable in [(in_news, {"news", "both", "global"}), (nowhere, {"global"}), (everybody, set(segments))]:
        seen = someone.sees()
        for name, segment in segments.items():
            answer = someone.call("GET", f"{SEGMENTS}/{segment['id']}")
            assert (answer.json() == segment) if name in readable else refused(answer), name
            assert (segment["id"] in seen) == (name in readable), name


def test_a_write_beyond_the_users_domains_is_refused_and_told(house, segments, in_news, nowhere, everybody, counts):
    """P6: scope and permission hold, and nothing changes."""
    decisions = {in_news: [], nowhere: []}
    for someone, beyond in [(in_news, {"shop", "both", "global"}), (nowhere, set(segments))]:
        for name in beyond:
            path = f"{SEGMENTS}/{segments[name]['id']}"
            for method, body in [("PUT", {"name": "Mine", "domains": [NEWS]}), ("PATCH", {"name": "Mine"}), ("DELETE", None)]:
                answer = someone.call(method, path, **({"json": body} if body else {}))
                assert refused(answer), (method, name, answer.text)
                decisions[someone].append(answer.headers["X-Gatehouse-Decision-Id"])
            assert expect(everybody.call("GET", path), 200) == segments[name]
        log = AuditLog(house, operation="BLOCK", application=someone.application.client_id)
        told: dict[str, dict] = {}
        eventually(lambda: told.update({item["id"]: item for item in log.read_on()}) or told.keys() >= set(decisions[someone]))
        for decision in decisions[someone]:
            assert told[decision]["reason"] == "domain_denied"
            assert told[decision]["user"]["id"] == someone.user["id"]
    counts(f"P6: {sum(map(len, decisions.values()))} writes outside the user's domains refused, each in the log, nothing changed")


def test_a_write_within_them_is_done(in_news, everybody):
    """F45: made, changed, removed; and each is there at once, for who reaches it."""
    made = in_news.makes([NEWS])
    path = f"{SEGMENTS}/{made['id']}"
    assert expect(in_news.call("GET", path), 200) == made
    assert expect(in_news.call("PATCH", path, json={"name": "After"}), 200) == {**made, "name": "After"}
    assert expect(in_news.call("PUT", path, json={"name": "Whole", "domains": [NEWS]}), 200)["name"] == "Whole"
    assert in_news.call("DELETE", path).status_code == 204
    assert refused(in_news.call("GET", path)) and everybody.call("GET", path).status_code == 404


@pytest.mark.parametrize("domains", [[SHOP], [NEWS, SHOP], []])
def test_nobody_carries_anything_out_of_their_domains(house, in_news, domains):
    """What only the API can know: the body. Neither a new segment nor an old one goes where its author does not reach."""
    answer = in_news.call("POST", SEGMENTS, json={"name": "Out", "domains": domains})
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    mine = in_news.makes([NEWS])
    for method in ("PUT", "PATCH"):
        answer = in_news.call(method, f"{SEGMENTS}/{mine['id']}", json={"name": "Out", "domains": domains})
        assert answer.status_code == 403, answer.text
    assert expect(in_news.call("GET", f"{SEGMENTS}/{mine['id']}"), 200) == mine


def test_it_is_registered_before_it_is_answered(house, in_news):
    """The 201 is the proof: every replica of policy lets its author in with the very next request."""
    wires = [Wire(door) for door in house.doors]
    for _ in range(20):
        made = in_news.makes([NEWS])
        for wire in wires:
            reply = wire.ask(house.question("PUT", f"{SEGMENTS}/{made['id']}", in_news.token))
            assert reply.status == 200, reply.head


def test_two_users_of_one_kind_of_application_have_two_reaches(house, segments, in_news):
    """F47: the related user of client credentials is the run-as user, who may become another."""
    in_shop = Someone(house, [SHOP])
    for name, (news, shop) in {"news": (200, 403), "shop": (403, 200), "both": (403, 403)}.items():
        for someone, status in ((in_news, news), (in_shop, shop)):
            answer = someone.call("PATCH", f"{SEGMENTS}/{segments[name]['id']}", json={})
            assert answer.status_code == status, (name, answer.text)
    path = f"/applications/{in_shop.application.client_id}"
    expect(house.manage("PATCH", path, json={"run_as": in_news.user["id"]}), 200)
    in_shop.token = house.token(in_shop.application)
    assert expect(in_shop.call("GET", f"{SEGMENTS}/{segments['news']['id']}"), 200)
    assert refused(in_shop.call("GET", f"{SEGMENTS}/{segments['shop']['id']}"))


def test_the_users_domains_are_those_of_now(house, segments):
    someone = Someone(house, [SHOP])
    path = f"{SEGMENTS}/{segments['shop']['id']}"
    assert expect(someone.call("GET", path), 200)
    for domains, is_allowed in [([NEWS], False), ([NEWS, SHOP], True), ([], False), ("all", True)]:
        expect(house.manage("PATCH", f"/users/{someone.user['id']}", json={"domains": domains}), 200)
        answer = someone.call("GET", path)
        assert answer.status_code == 200 if is_allowed else refused(answer), domains
        assert (segments["shop"]["id"] in someone.sees()) == is_allowed


def test_who_moves_a_segment_moves_its_readers(house, everybody, in_news):
    moved = everybody.makes([SHOP])
    path = f"{SEGMENTS}/{moved['id']}"
    for domains, method, reads, writes in [([NEWS], "PUT", True, True), ([NEWS, WWW], "PATCH", True, False), ([], "PUT", True, False), ([SHOP], "PATCH", False, False)]:
        expect(everybody.call(method, path, json={"name": "Moved", "domains": domains}), 200)
        assert (in_news.call("GET", path).status_code == 200) == reads, domains
        assert (in_news.call("PATCH", path, json={}).status_code == 200) == writes, domains


def test_a_segment_in_a_domain_that_does_not_exist_is_refused(everybody):
    answer = everybody.call("POST", SEGMENTS, json={"name": "Nowhere", "domains": ["nowhere.example.com"]})
    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == ["domains"]


def test_a_domain_in_which_a_segment_lies_cannot_be_deleted(house, everybody):
    domain = f"{unique('d').lower()}.example.com"
    expect(house.manage("POST", "/domains", json={"name": domain}), 201)
    made = everybody.makes([domain])
    assert house.manage("DELETE", f"/domains/{domain}").status_code == 409
    assert everybody.call("DELETE", f"{SEGMENTS}/{made['id']}").status_code == 204
    assert house.manage("DELETE", f"/domains/{domain}").status_code == 204


def test_nothing_is_made_that_cannot_be_registered(house, everybody, segments):
    """The sample API's own application is disabled for a while."""
    found = expect(house.manage("GET", "/applications?q=Sample%20API&limit=200"), 200)["items"]
    own = next(f"/applications/{application['client_id']}" for application in found if application["name"] == "Sample API")
    before = everybody.sees()
    expect(house.manage("PATCH", own, json={"enabled": False}), 200)
    path = f"{SEGMENTS}/{segments['shop']['id']}"
    try:
        for answer in (
            everybody.call("POST", SEGMENTS, json={"name": "Unregistered", "domains": [SHOP]}),
            everybody.call("PATCH", path, json={"domains": [NEWS]}),
            everybody.call("DELETE", path),
        ):
            assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json"), answer.text
        assert everybody.sees() == before
        assert expect(everybody.call("GET", path), 200) == segments["shop"]
        # Who changes nothing of its place needs no directory.
        assert everybody.call("PATCH", path, json={"name": segments["shop"]["name"]}).status_code == 200
    finally:
        expect(house.manage("PATCH", own, json={"enabled": True}), 200)
    assert everybody.makes([SHOP])


def test_a_resource_server_registers_what_its_own_user_reaches(house):
    """Scope alone opens the directory; the domains bound what is said in it."""
    server, other = Someone(house, [NEWS], ["write:access"]), Someone(house, [NEWS], ["read:access"])
    path = f"/api/v1/objects/segment/{unique('object')}"
    assert other.call("PUT", path, json={"domains": [NEWS]}).headers["X-Gatehouse-Reason"] == "insufficient_scope"
    made = server.call("PUT", path, json={"domains": [NEWS]})
    assert (made.status_code, "Gatehouse-Propagation" in made.headers) == (201, False)
    assert server.call("PUT", path, json={"domains": [NEWS]}).status_code == 200
    for domains in ([SHOP], [NEWS, SHOP], []):
        assert server.call("PUT", path, json={"domains": domains}).status_code == 403, domains
    assert server.call("DELETE", path).status_code == 204
    log = AuditLog(house, application=server.application.client_id)
    told: list[dict] = []
    eventually(lambda: told.extend(item for item in log.read_on() if item["object_type"] == "SEGMENT") or len(told) >= 2)
    assert [(item["type"], item["operation"], item["objects"][0]["id"]) for item in told] == [
        ("gatehouse.object.created", "CREATE", path.rsplit("/", 1)[1]),
        ("gatehouse.object.deleted", "DELETE", path.rsplit("/", 1)[1]),
    ]
