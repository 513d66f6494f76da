"""S1–S3: services end in order, come back after any death, and start in any order; in a house of their own."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from house import House, eventually, unique
from ledger import basic
from life import Life
from shell import shell
from wire import Wire, request

SERVICES = ("registry", "token", "policy", "audit")
# What each service reads or changes when it is asked, held by somebody else for a moment.
LOCKS = {
    "registry": "select from registry.head for update",
    "token": "lock table registry.application",
    "policy": "select from policy.head for update",
    "audit": "lock table audit.event",
}
IN_FLIGHT = 8
CALLS = (("GET", "/rest/v2/segments"), ("POST", "/rest/v2/segments"), ("GET", "/oauth/jwks"), ("GET", "/api/v1/audit-events"))


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    life = Life(tmp_path_factory.mktemp("life"))
    yield life
    life.end()


class Caller(threading.Thread):
    """Calls through the edge all the time, whatever is answered: but it is answered."""

    def __init__(self, house: House):
        super().__init__()
        self.house, self.ended, self.statuses = house, threading.Event(), set()
        self.token = house.token(house.make_application(["read:segments"]))

    def run(self) -> None:
        while not self.ended.is_set():
            for method, path in CALLS:
                self.statuses.add(self.house.call(method, path, self.token).status_code)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_service_comes_back_without_repair(life, service):
    life.main_job()
    with Caller(life.house) as caller:
        eventually(lambda: {200, 403} <= caller.statuses)
        life.kill(service)
        life.start(service).becomes_ready()
        caller.statuses.clear()
        eventually(lambda: {200, 403} <= caller.statuses)
    life.main_job()


@contextmanager
def held(house: House, lock: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(house.local["postgres_url"]) as holder:
        holder.execute(lock)
        yield holder


def questions(house: House, service: str) -> list[bytes]:
    """What a service answers once the lock is gone."""
    token, client = house.admin_token(), house.local["admin_client"]
    form = {"Authorization": basic(**client), "Content-Type": "application/x-www-form-urlencoded"}
    if service == "token":
        return [request("POST", "/oauth/token", form, b"grant_type=client_credentials")] * IN_FLIGHT
    method, path, body = {
        "registry": ("POST", "/api/v1/applications", '{{"name":"{name}","flow":"client_credentials","scopes":["read:segments"],"run_as":"{user}"}}'),
        "policy": ("POST", "/api/v1/domains", '{{"name":"{name}.example.com"}}'),
        "audit": ("GET", "/api/v1/audit-events", ""),
    }[service]
    with Wire(house.doors[0]) as door:
        assertion = door.ask(house.question(method, path, token)).header("X-Gatehouse-Assertion")
    headers = {"X-Gatehouse-Assertion": assertion} | ({"Content-Type": "application/json"} if body else {})
    return [request(method, path, headers, body.format(name=unique("life"), user=house.admin.run_as).encode()) for _ in range(IN_FLIGHT)]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_in_flight_is_answered_before_the_end(life, service, counts):
    process = life.processes[service]
    wires = [Wire(process.url) for _ in range(IN_FLIGHT)]
    asked = questions(life.house, service)
    with Caller(life.house), held(life.house, LOCKS[service]) as holder, ThreadPoolExecutor(1) as thread:
        for wire, question in zip(wires, asked):
            wire.send(question)
        with life.house.database() as database:
            waiting = "select count(*) from pg_stat_activity where usename = %s and wait_event_type = 'Lock'"
            eventually(lambda: database.execute(waiting, (service,)).fetchone()[0])
        # Its loop has turned, so it has read them all.
        assert [process.is_ready() for _ in range(2)] == [True] * 2
        begun = time.monotonic()
        ending = thread.submit(process.terminate)
        eventually(lambda: refuses(process.url))
        holder.rollback()
        statuses = [wire.receive().status for wire in wires]
        code = ending.result()
    took = time.monotonic() - begun
    assert (statuses, code) == ([201 if service in ("registry", "policy") else 200] * IN_FLIGHT, 0)
    assert took < 10
    counts(f"S1: {service} ended {took:.1f} s after SIGTERM with exit code {code}; {len(statuses)} requests in flight were answered")
    life.start(service).becomes_ready()
    life.main_job()


def refuses(url: str) -> bool:
    """Reset: the listener went while the connection waited to be taken."""
    try:
        Wire(url).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False


def stop_everything(life: Life) -> None:
    for service in SERVICES:
        life.processes[service].kill()
    shell("stop_process kafka; stop_postgres", life.run)


@pytest.mark.parametrize("first", ["PostgreSQL", "the broker"])
def test_services_wait_for_what_they_need(life, first):
    stop_everything(life)
    servers = ['start_postgres "$(postgres_port)"', 'start_broker "$(kafka_port)"']
    order = SERVICES
    if first == "the broker":
        servers, order = servers[::-1], SERVICES[::-1]
    started = [life.start(service) for service in order]
    for process in started:
        eventually(lambda process=process: not refuses(process.internal_url))
        assert not process.is_ready()
    shell(servers[0], life.run)
    if first == "PostgreSQL":
        for process in started:
            process.becomes_ready()
    shell(servers[1], life.run)
    for process in started:
        process.becomes_ready()
    life.main_job()
