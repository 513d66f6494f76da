"""R1: once a rotation is answered, nothing older is accepted, by no replica, with requests in flight all the time."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

from house import House
from ledger import basic
from wire import Wire, request

APPLICATIONS = 4
WIRES = 6
TARGET = ("GET", "/rest/v2/segments")


class Rotated:
    """An application whose secret is rotated, over and over."""

    def __init__(self, house: House):
        self.house = house
        self.application = house.make_application(["read:segments"])
        self.edge, self.service = Wire(house.origin), Wire(house.local["services"]["token"]["url"])
        # A question for each generation of tokens; those before `dead` belong to rotations that have been answered.
        self.questions: list[bytes] = []
        self.dead = 0
        self.old_secrets = 0
        self.fetch()

    def fetch(self) -> None:
        reply = self.use_secret("/oauth/token", {"grant_type": "client_credentials"})
        assert reply.status == 200, reply.body
        self.token = self.seen(reply)
        self.questions.append(self.house.question(*TARGET, self.token))

    def rotate(self, admin: str) -> None:
        path = f"/api/v1/applications/{self.application.client_id}/secret"
        headers = {"Authorization": f"Bearer {admin}", "Content-Type": "application/json"}
        reply = self.edge.ask(request("POST", path, headers, b'{"revoke_tokens":true}'))
        self.dead = len(self.questions)
        assert (reply.status, b'"state":"complete"' in reply.body) == (200, True), reply.body
        new = self.seen(reply)
        self.house.ledger.told("POST", path, 200, {"Gatehouse-Propagation": reply.header("Gatehouse-Propagation")}, b"")
        self.try_old_secret()
        self.application.client_secret = new
        self.fetch()

    def try_old_secret(self) -> None:
        for path, form in {
            "/oauth/token": {"grant_type": "client_credentials"},
            "/oauth/revoke": {"token": self.token},
            "/oauth/introspect": {"token": self.token},
        }.items():
            reply = self.use_secret(path, form)
            assert (reply.status, b'"invalid_client"' in reply.body) == (401, True), (path, reply)
            self.old_secrets += 1

    def use_secret(self, path: str, form: dict[str, str]):
        """From an address of its own each time: failures from one are limited."""
        headers = {
            "Authorization": basic(self.application.client_id, self.application.client_secret),
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}",
        }
        body = "&".join(f"{name}={value}" for name, value in form.items())
        return self.service.ask(request("POST", path, headers, body.encode()))

    def seen(self, reply) -> str:
        self.house.ledger.told("POST", "", reply.status, {}, reply.body)
        return reply.body.split(b'"access_token":"' if b"access_token" in reply.body else b'"client_secret":"')[1].split(b'"')[0].decode()


class Watch:
    """Asks one replica all the time: with the newest token of each application, the one that died last, and any older one."""

    def __init__(self, house: House, door: str, applications: list[Rotated]):
        self.house, self.applications = house, applications
        self.wires = [Wire(door) for _ in range(WIRES)]
        self.alive = self.checked = 0
        self.accepted: list[bytes] = []

    def run(self, end: threading.Event) -> None:
        while not end.is_set():
            asked = [self.ask(wire) for wire in self.wires]
            for wire, questions in zip(self.wires, asked):
                for is_dead in questions:
                    self.judge(wire.receive(), is_dead)

    def ask(self, wire: Wire) -> list[bool]:
        questions, are_dead = [], []
        for application in self.applications:
            # Read before anything is sent: what counts as dead was answered before.
            dead, newest = application.dead, len(application.questions) - 1
            for index in {newest, max(dead - 1, 0), random.randrange(newest + 1)}:
                questions.append(application.questions[index])
                are_dead.append(index < dead)
        wire.send(*questions)
        return are_dead

    def judge(self, reply, is_dead: bool) -> None:
        if reply.status != 200:
            self.house.ledger.refused(reply.header("X-Gatehouse-Decision-Id"), reply.header("X-Gatehouse-Reason"))
        elif is_dead:
            self.accepted.append(reply.head)
        self.checked += is_dead
        self.alive += reply.status == 200


def under_load(house: House, counts, rotations: int, requests: int = 0) -> None:
    """So many rotations, and so many requests with what died by them, at least."""
    admin = house.admin_token()
    applications = [Rotated(house) for _ in range(APPLICATIONS)]
    watches = [Watch(house, door, applications) for door in house.doors]
    end = threading.Event()

    def rotate(application: Rotated) -> None:
        for _ in range(rotations // APPLICATIONS):
            application.rotate(admin)
        while sum(watch.checked for watch in watches) < requests:
            end.wait(0.1)

    with ThreadPoolExecutor(len(watches) + APPLICATIONS) as threads:
        watching = [threads.submit(watch.run, end) for watch in watches]
        try:
            for done in [threads.submit(rotate, application) for application in applications]:
                done.result()
        finally:
            end.set()
        for done in watching:
            done.result()

    rotated = sum(len(application.questions) - 1 for application in applications)
    checked, accepted = [watch.checked for watch in watches], sum(len(watch.accepted) for watch in watches)
    secrets = sum(application.old_secrets for application in applications)
    alive = sum(watch.alive for watch in watches)
    counts(
        f"R1: {rotated} rotations under load; sent after their answers, with older tokens: {sum(checked)} requests "
        f"({' + '.join(map(str, checked))} at the replicas), with older secrets: {secrets}; accepted: {accepted}. "
        f"Allowed while alive: {alive}"
    )
    assert rotated == rotations and min(checked) > rotations and alive > 0 and sum(checked) >= requests
    assert accepted == 0
