"""A house whose services the tests start, kill and start again; what callers were told is in its ledger."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from house import Application, House, eventually
from ledger import basic
from process import Process
from shell import shell
from topics import Topics, event
from wire import Reply, Wire

READ = ("GET", "/rest/v2/segments")
WRITE = ("PUT", "/rest/v2/profiles")
# The services, as `deploy/local` names them; PostgreSQL and the broker are others' programs.
NAMES = ("registry-1", "token-1", "policy-1", "policy-2", "policy-3", "audit-1")


class Place(House):
    def __init__(self, run: Path):
        self.processes: dict[str, Process]
        self.run, self.processes = run, {}
        for name in NAMES:
            shell(f"stop_process {name}", run)
            self.start(name).becomes_ready()
        eventually(lambda: httpx.get(f"{self.edge_url}/oauth/jwks").status_code == 200)
        super().__init__(run)
        self.are_ready()

    def start(self, name: str, fault: str | None = None, **environment: str) -> Process:
        """With a point of failure, or as it always is."""
        if fault:
            environment["GATEHOUSE_FAULT_AT"] = fault
        program = name.partition("-")[0]
        process = Process(program, self.run / "env" / f"{name}.env", self.run / "log" / f"{name}.log", **environment)
        self.processes[name] = process
        # So `deploy/local/down` finds what a run that was broken off has left.
        since = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(") ")[2].split()[19]
        (self.run / "pid" / name).write_text(f"{process.process.pid} {since} faults\n")
        return process

    def restart(self, name: str, fault: str | None = None, **environment: str) -> Process:
        """The old one is killed; the new one is ready."""
        if self.processes[name].runs:
            self.processes[name].kill()
        process = self.start(name, fault, **environment)
        process.becomes_ready()
        return process

    @contextmanager
    def failing(self, name: str, fault: str, **environment: str) -> Iterator[Process]:
        """While it is to fail at a point; afterwards it runs as always, and everything is ready."""
        process = self.restart(name, fault, **environment)
        try:
            yield process
        finally:
            self.restart(name)
            self.are_ready()

    @property
    def edge_url(self) -> str:
        return json.loads((self.run / "local.json").read_text())["origin"]

    def are_ready(self) -> None:
        for process in self.processes.values():
            process.becomes_ready()
        eventually(self.edge_answers, within=30)

    def edge_answers(self) -> bool:
        """nginx leaves a replica that failed out for a second."""
        try:
            return all(self.token_answer(**self.local["admin_client"]).status_code == 200 and self.manage("GET", "/roles").status_code == 200 for _ in range(4))
        except (httpx.TransportError, AssertionError):
            return False

    def end(self) -> None:
        for process in self.processes.values():
            if process.runs:
                process.terminate()

    # PostgreSQL and the broker

    def stop_postgres(self) -> None:
        shell("stop_postgres", self.run)

    def start_postgres(self) -> None:
        shell('start_postgres "$(postgres_port)"', self.run)

    # What is there

    def query(self, sql: str, *values):
        """The first column of the first row."""
        with self.database() as database:
            return database.execute(sql, values or None).fetchone()[0]

    def head(self, schema: str) -> int:
        return self.query(f"select revision from {schema}.head")

    def outbox_is_empty(self, *schemas: str) -> bool:
        return all(self.query(f"select count(*) from {schema}.outbox") == 0 for schema in schemas or ("registry", "token", "policy"))

    def rows(self) -> int:
        return self.query("select count(*) from policy.replica")

    def ask(self, door: str | Wire, token: str, target=READ) -> Reply:
        """What a replica decides; a refusal goes into the ledger."""
        if isinstance(door, str):
            with Wire(door) as wire:
                return self.ask(wire, token, target)
        reply = door.ask(self.question(*target, token))
        self.note(reply)
        return reply

    def note(self, reply: Reply) -> None:
        if reply.status != 200:
            self.ledger.refused(reply.header("X-Gatehouse-Decision-Id"), reply.header("X-Gatehouse-Reason"))

    def is_token(self, application: Application, secret: str) -> bool:
        """Whether this secret gets a token; each time from another address, for failures from one are limited."""
        address = f"10.{time.time_ns() // 65536 % 256}.{time.time_ns() // 256 % 256}.{time.time_ns() % 256}"
        headers = {"Authorization": basic(application.client_id, secret), "X-Forwarded-For": address}
        url = self.local["services"]["token"]["url"] + "/oauth/token"
        answer = httpx.post(url, data={"grant_type": "client_credentials"}, headers=headers, timeout=30)
        self.ledger.note(answer)
        assert answer.status_code in (200, 401), answer.text
        return answer.status_code == 200

    def rotate(self, application: Application) -> httpx.Response:
        """The application has the new secret where there was an answer."""
        answer = self.manage("POST", f"/applications/{application.client_id}/secret", json={"revoke_tokens": True})
        if answer.status_code in (200, 202):
            application.client_secret = answer.json()["client_secret"]
        return answer


class Heard:
    """What has come on some topics since, read again and again until it is all there."""

    def __init__(self, place: Place, *topics: str):
        self.topics = Topics(place.local["kafka_bootstrap_servers"], *topics, from_now=True)
        self.events: list[dict] = []

    def read(self) -> list[dict]:
        self.events += [event(message) for message in self.topics.read_on()]
        return self.events

    def has(self, ids: set[str]) -> bool:
        return ids <= {told["id"] for told in self.read()}

    def revisions(self, source: str) -> set[int]:
        return {told["data"]["revision"] for told in self.read() if told["source"] == f"/gatehouse/{source}" and "revision" in told["data"]}

    def repeats(self) -> int:
        return len(self.events) - len({told["id"] for told in self.events})

    def close(self) -> None:
        self.topics.close()


@contextmanager
def repeated(act: Callable[[], object]) -> Iterator[None]:
    """Does it over and over beside what the caller does; what it raises counts, once the caller is done."""
    ended, failures = threading.Event(), []

    def run() -> None:
        while not ended.is_set():
            try:
                act()
            except Exception as failure:  # noqa: BLE001
                failures.append(failure)
                return

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if failures:
        raise failures[0]
