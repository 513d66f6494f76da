"""The four processes as built, the broker, PostgreSQL and the edge: what a whole story needs to be told over them."""

import json
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx
import psycopg
from ledger import Ledger
from wire import request

TOP = Path(__file__).resolve().parents[1]


@dataclass
class Application:
    """A client-credentials application that a test has made."""

    client_id: str
    client_secret: str
    run_as: str
    body: dict = field(repr=False, default_factory=dict)


class House:
    """A local run that `deploy/local/up` started; the one of this checkout, unless GATEHOUSE_RUN names another."""

    def __init__(self, run: Path):
        self.run = run
        self.local = json.loads((run / "local.json").read_text())
        self.origin = self.local["origin"]
        self.ledger = Ledger()
        self.edge = httpx.Client(base_url=self.origin, timeout=30, event_hooks={"response": [self.ledger.note]})
        self.admin = Application(**self.local["admin_client"], run_as=self.user_named(self.local["admin"]["email"])["id"])

    # OAuth

    def token_answer(self, client_id: str, client_secret: str, **form: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", **form}
        return self.edge.post("/oauth/token", data=form, auth=(client_id, client_secret))

    def token(self, application: Application, **form: str) -> str:
        return expect(self.token_answer(application.client_id, application.client_secret, **form), 200)["access_token"]

    def admin_token(self) -> str:
        credentials = self.local["admin_client"]
        return expect(self.token_answer(**credentials), 200)["access_token"]

    # Calls through the edge

    def call(self, method: str, path: str, token: str | None = None, **request) -> httpx.Response:
        headers = dict(request.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.edge.request(method, path, headers=headers, **request)

    def manage(self, method: str, path: str, **request) -> httpx.Response:
        """As the administrator's client."""
        return self.call(method, f"/api/v1{path}", self.admin_token(), **request)

    # People

    def browser(self) -> "Browser":
        """Of somebody who has signed in nowhere yet."""
        return Browser(self)

    def set_password(self, user: dict, password: str = "correct horse battery") -> str:
        expect(self.manage("PUT", f"/users/{user['id']}/password", json={"password": password}), 204)
        return password

    # Behind the edge

    def settings(self, process: str) -> dict[str, str]:
        """What a process was started with: `policy-2`."""
        lines = (self.run / "env" / f"{process}.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def doors(self) -> list[str]:
        """Where each replica of policy takes questions."""
        replicas = range(1, len(self.local["services"]["policy"]["pids"]) + 1)
        return ["http://" + self.settings(f"policy-{number}")["GATEHOUSE_INTERNAL_LISTEN"] for number in replicas]

    def question(self, method: str, target: str, token: str | None = None, address: str = "127.0.0.1") -> bytes:
        """What a proxy asks at a door, for a `Wire`."""
        headers = {
            "X-Gatehouse-Door-Key": self.local["door_key"],
            "X-Original-Method": method,
            "X-Original-URI": target,
            "X-Forwarded-For": address,
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return request("GET", "/forward-auth", headers)

    def database(self) -> psycopg.Connection:
        """As the superuser."""
        return psycopg.connect(self.local["postgres_url"], autocommit=True)

    # The administrator's everyday acts

    def user_named(self, email: str) -> dict:
        users = expect(self.manage("GET", "/users?limit=200"), 200)["items"]
        return next(user for user in users if user["email"] == email)

    def make_user(self, name: str, roles: list[str], domains: list[str] | str = "all") -> dict:
        body = {"email": f"{unique('user')}@example.com", "name": name, "roles": roles, "domains": domains, "active": True}
        return expect(self.manage("POST", "/users", json=body), 201)

    def make_application(self, scopes: list[str], run_as: str | None = None, **more) -> Application:
        run_as = run_as or self.admin.run_as
        body = {"name": unique("Application"), "flow": "client_credentials", "scopes": scopes, "run_as": run_as, **more}
        made = expect(self.manage("POST", "/applications", json=body), 201)
        return Application(made["client_id"], made["client_secret"], run_as, made)


class Browser:
    """A person's browser: it keeps cookies, and sends forms as their page has them, from there."""

    def __init__(self, house: House):
        self.origin = house.origin
        self.client = httpx.Client(base_url=house.origin, timeout=30)

    def open(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def submit(self, path: str, **fields: str) -> httpx.Response:
        """Opens the page, and sends its form."""
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', self.open(path).text)
        form = {**{name: unescape(value) for name, value in hidden}, **fields}
        return self.client.post(path.split("?")[0], data=form, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})

    def sign_in(self, email: str, password: str, path: str = "/login") -> httpx.Response:
        return self.submit(path, email=email, password=password)

    def call(self, method: str, path: str, **request) -> httpx.Response:
        """As a script of a page of ours would."""
        headers = {"Sec-Fetch-Site": "same-origin", **request.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **request)


def expect(answer: httpx.Response, status: int) -> dict:
    """The body, after the status was what it must be."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else {}


def eventually(check: Callable[[], object], within: float = 15):
    """What `check` returns, as soon as it returns something true."""
    end = time.monotonic() + within
    while not (found := check()):
        assert time.monotonic() < end, f"not within {within} s"
        threading.Event().wait(0.02)
    return found


counter = iter(range(10**9))


def unique(word: str) -> str:
    """A word that no other test and no earlier run has used."""
    return f"{word}-{os.getpid()}-{time.time_ns() // 1_000_000 % 10**8}-{next(counter)}"
