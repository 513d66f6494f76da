"""R13: once a change that widens is answered, the very next request is allowed, by every replica."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from house import House, expect, unique
from wire import Wire

ROUNDS = 60
THREADS = 4
READ = ("GET", "/rest/v2/segments")
SCOPES = ["read:segments", "read:profiles"]
# What narrows an application, by what is widened again, and what is said meanwhile.
NARROWINGS = {
    "enabled": ({"enabled": False}, {"enabled": True}, "application_disabled"),
    "its IP list": ({"ip_ranges": [{"range": "192.0.2.0/24"}]}, {"ip_ranges": [{"range": "127.0.0.0/8"}]}, "ip_denied_application"),
    "its scopes": ({"scopes": SCOPES[1:]}, {"scopes": SCOPES}, "insufficient_scope"),
}


class Widened:
    """One application after another, made, narrowed and widened, each replica asked at once."""

    def __init__(self, house: House):
        self.house = house
        self.doors = [Wire(door) for door in house.doors]
        self.allowed = dict.fromkeys(["created", *NARROWINGS], 0)
        self.refused = 0

    def round(self, _: int) -> None:
        application = self.house.make_application(SCOPES)
        token = self.house.token(application)
        self.ask(token, "created")
        for name, (narrow, wide, reason) in NARROWINGS.items():
            self.patch(application.client_id, narrow)
            for door in self.doors:
                reply = door.ask(self.house.question(*READ, token))
                assert reply.header("X-Gatehouse-Reason") == reason
                self.house.ledger.refused(reply.header("X-Gatehouse-Decision-Id"), reason)
                self.refused += 1
            self.patch(application.client_id, wide)
            self.ask(token, name)

    def ask(self, token: str, what: str) -> None:
        for door in self.doors:
            reply = door.ask(self.house.question(*READ, token))
            assert reply.status == 200, (what, reply.head)
            self.allowed[what] += 1
        # Another replica is the first to be asked next time.
        self.doors.append(self.doors.pop(0))

    def patch(self, client_id: str, body: dict) -> None:
        expect(self.house.manage("PATCH", f"/applications/{client_id}", json=body), 200)


def test_the_next_request_is_allowed_by_every_replica(house, counts):
    workers = [Widened(house) for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        for worker in [threads.submit(lambda worker=worker: [*map(worker.round, range(ROUNDS // THREADS))]) for worker in workers]:
            worker.result()
    allowed = {what: sum(worker.allowed[what] for worker in workers) for what in workers[0].allowed}
    refused = sum(worker.refused for worker in workers)
    told = ", ".join(f"{count} × {what}" for what, count in allowed.items())
    counts(f"R13: next requests after widening, at three replicas, all allowed: {told}; while narrowed, all refused: {refused}")
    assert set(allowed.values()) == {ROUNDS * 3}


@pytest.fixture
def wide_open(house):
    yield
    expect(house.manage("PUT", "/ip-ranges?confirm_lockout=true", json={"items": []}), 200)


def test_a_wider_user_role_and_general_list_act_at_once(house, wide_open, counts):
    """What policy itself owns."""
    role = unique("role")
    expect(house.manage("POST", "/roles", json={"name": role, "permissions": ["MANAGE_DIALOGUES"]}), 201)
    user = house.make_user("Wider", [role])
    token = house.token(house.make_application(["read:segments"], run_as=user["id"]))
    doors = [Wire(door) for door in house.doors]
    everywhere = [{"range": "127.0.0.0/8"}, {"range": "192.0.2.0/24"}]
    changes = [
        ("PATCH", f"/users/{user['id']}", {"active": False}, "token_revoked"),
        ("PATCH", f"/users/{user['id']}", {"active": True}, "permission_denied"),
        ("PUT", f"/roles/{role}", {"name": role, "permissions": ["MANAGE_SEGMENTS"]}, None),
        ("PUT", "/ip-ranges", {"items": everywhere[:1]}, "ip_denied_general"),
        ("PUT", "/ip-ranges", {"items": everywhere}, None),
        ("PUT", f"/roles/{role}", {"name": role, "permissions": ["MANAGE_DIALOGUES"]}, "permission_denied"),
    ]
    asked = 0
    for _ in range(10):
        for method, path, body, reason in changes:
            expect(house.manage(method, path, json=body), 200)
            if "active" in body:
                # What the token was made under ended with the user; it is made anew.
                application = house.make_application(["read:segments"], run_as=user["id"]) if body["active"] else None
                token = house.token(application) if application else token
            for door in doors:
                reply = door.ask(house.question(*READ, token, address="192.0.2.7"))
                assert reply.header("X-Gatehouse-Reason") == reason, (path, body, reply)
                if reason:
                    house.ledger.refused(reply.header("X-Gatehouse-Decision-Id"), reason)
                asked += 1
    counts(f"R13: {asked} next requests after changes of users, roles and the general list were decided by them")
