"""Sends what no caller should send, and looks whether it was refused clearly and changed nothing."""

import json
from urllib.parse import urlencode

from endpoints import Endpoint
from house import House, expect, unique
from ledger import basic
from wire import Reply, Wire, request


class Sweep:
    def __init__(self, house: House):
        self.house = house
        self.admin = house.admin_token()
        self.user = house.make_user("Sweep", ["Data Scientist"])
        self.application = house.make_application(["read:segments"], run_as=self.user["id"])
        self.role, self.domain = unique("role"), f"{unique('sweep')}.example.com"
        expect(house.manage("POST", "/roles", json={"name": self.role, "permissions": []}), 201)
        expect(house.manage("POST", "/domains", json={"name": self.domain}), 201)
        self.cursors = {name: expect(house.manage("GET", f"/{name}?limit=1"), 200)["next_cursor"] for name in ("roles", "users")}
        self.names = {
            "run_as": self.user["id"],
            "client_id": self.application.client_id,
            "user": self.user["id"],
            "role": self.role,
            "domain": self.domain,
            "type": "segment",
            "grant": "00000000-0000-7000-8000-000000000000",
            "token": house.token(self.application),
        }
        self.database = house.database()
        self.state = self.look()
        self.sent = 0
        self.wrong: list[str] = []

    def look(self) -> tuple:
        """What nothing here may change: no head moves, and no object is another than it was."""
        heads = ", ".join(f"(select revision from {schema}.head)" for schema in ("registry", "policy", "token"))
        objects = ", ".join(f"(select count(*) from {table})" for table in ("registry.application", "policy.account", "policy.object"))
        return self.database.execute(f"select {heads}, {objects}").fetchone()

    def objects(self) -> list[dict]:
        """What the sweep aims at, as it is; when its secret was last used is noted beside it."""
        paths = [f"/applications/{self.application.client_id}", f"/users/{self.user['id']}", f"/roles/{self.role}", "/ip-ranges"]
        application, *others = [expect(self.house.manage("GET", path), 200) for path in paths]
        application["secret"].pop("last_used_at")
        return [application, *others]

    def filled(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace("{" + name + "}", value)
        return text

    def body(self, endpoint: Endpoint, **fields) -> bytes:
        """The right body, but for some fields."""
        if endpoint.is_form:
            return urlencode(json.loads(self.filled(json.dumps(endpoint.body)))).encode()
        right = json.loads(self.filled(json.dumps(endpoint.body)))
        return json.dumps({**right, **fields}).encode()

    def try_it(
        self, what: str, endpoint: Endpoint, statuses: set[int], *, way="edge", method="", target="", body=b"", headers: dict[str, str] | None = None
    ) -> None:
        """Sends it, and remembers what was wrong with the answer, or came of it."""
        method, target = method or endpoint.method, target or self.filled(endpoint.path)
        self.sent += 1
        reply = self.send(endpoint, way, method, target, body, headers or {})
        what = f"{method} {target[:60]} {what} ({way})"
        if reply is None:
            # Whoever goes on sending after the refusal may find the connection closed.
            if 413 not in statuses:
                self.wrong.append(f"{what}: no answer")
        else:
            self.judge(what, endpoint, reply, statuses)
        if (now := self.look()) != self.state:
            self.wrong.append(f"{what}: took effect, {self.state} became {now}")
            self.state = now

    def judge(self, what: str, endpoint: Endpoint, reply: Reply, statuses: set[int]) -> None:
        if reply.status not in statuses:
            self.wrong.append(f"{what}: {reply.status} {reply.body[:200]!r}")
        elif (said := self.problem_of(endpoint, reply)) is not None:
            self.wrong.append(f"{what}: {said}")
        headers = {name: value for name in ("X-Gatehouse-Decision-Id", "X-Gatehouse-Reason") if (value := reply.header(name))}
        self.house.ledger.told("", endpoint.path, reply.status, headers, reply.body)

    @staticmethod
    def problem_of(endpoint: Endpoint, reply: Reply) -> str | None:
        """What a refusal lacks: it is a problem, or one of OAuth's own errors."""
        kind = (reply.header("Content-Type") or "").split(";")[0]
        try:
            said = json.loads(reply.body)
        except ValueError:
            return f"{reply.status} {kind} {reply.body[:100]!r}"
        if kind == "application/problem+json":
            whole = said.get("status") == reply.status and str(said.get("type", "")).startswith("urn:gatehouse:problem:") and said.get("detail")
        else:
            whole = endpoint.path.startswith("/oauth/") and kind == "application/json" and said.get("error") and said.get("error_description")
        return None if whole else f"{reply.status} {kind} {said}"

    def send(self, endpoint: Endpoint, way: str, method: str, target: str, body: bytes, headers: dict[str, str]) -> Reply | None:
        known = {}
        if body and "Content-Type" not in headers:
            known["Content-Type"] = "application/x-www-form-urlencoded" if endpoint.is_form else "application/json"
        if endpoint.path.startswith("/oauth/"):
            known["Authorization"] = basic(self.application.client_id, self.application.client_secret)
        elif way == "edge":
            known["Authorization"] = f"Bearer {self.admin}"
        else:
            known["X-Gatehouse-Assertion"] = self.assertion(method, target)
        place = self.house.origin if way == "edge" else self.house.local["services"][endpoint.service]["url"]
        return exchange(place, request(method, target, known | headers, body))

    def assertion(self, method: str, target: str) -> str:
        """What policy would give the edge for this request."""
        with Wire(self.house.doors[0]) as door:
            return door.ask(self.house.question(method, target, self.admin)).header("X-Gatehouse-Assertion") or "none"


def exchange(place: str, text: bytes) -> Reply | None:
    """None where the connection ended without an answer."""
    with Wire(place) as wire:
        try:
            wire.send(text)
        except OSError:
            pass  # Refused while it was still being sent: the answer stands there already.
        try:
            return wire.receive()
        except OSError:
            return None
