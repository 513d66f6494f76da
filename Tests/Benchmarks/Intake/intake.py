"""Fills the topics of a broker of its own, then starts `audit serve` and watches how fast the log grows, and the public topic behind it:
each alone, then both at once."""

import base64
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
from confluent_kafka import Producer

ROOT = Path(__file__).resolve().parents[3]
SERVER = os.environ["GATEHOUSE_TEST_POSTGRES_URL"]
TICKS = os.sysconf("SC_CLK_TCK")


# Beyond what the log will hold: nothing is published.
NOWHERE = 10**12


def main(audit: str, events: int) -> None:
    with house(audit, events) as (name, serve):
        with serving(serve, name, f"update audit.publication set sequence = {NOWHERE}") as pid:
            watch("the log alone", "log_head", name, events, pid)
        with serving(serve, name, "update audit.publication set sequence = 0") as pid:
            watch("the public topic alone", "publication", name, events, pid)
    with house(audit, events) as (name, serve), serving(serve, name) as pid:
        behind = threading.Thread(target=watch, args=("the public topic behind the log", "publication", name, events, pid))
        behind.start()
        watch("the log, published meanwhile", "log_head", name, events, pid)
        behind.join()
        print(size_of(name, events))


@contextmanager
def house(audit: str, events: int):
    """A database and a broker with events on its topics, and how to serve them."""
    with database() as name, broker() as servers:
        environment = {
            "GATEHOUSE_POSTGRES_URL": url(name, "audit"), "GATEHOUSE_POSTGRES_OWNER_URL": url(name, "audit_owner"),
            "GATEHOUSE_KAFKA_BOOTSTRAP_SERVERS": servers, "GATEHOUSE_INTERNAL_LISTEN": f"127.0.0.1:{free_port()}",
            "GATEHOUSE_ASSERTION_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode(),
        }
        subprocess.run([audit, "migrate"], env=environment, check=True, stderr=subprocess.DEVNULL)
        make_topics(servers)
        produce(servers, events)
        yield name, lambda: subprocess.Popen([audit, "serve"], env=environment, stderr=subprocess.DEVNULL)


@contextmanager
def serving(serve, name: str, before: str = "select 1"):
    with psycopg.connect(url(name), autocommit=True) as connection:
        connection.execute(before)
    process = serve()
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def watch(what: str, table: str, name: str, events: int, pid: int) -> None:
    with psycopg.connect(url(name), autocommit=True) as connection:
        def held() -> int:
            return connection.execute(f"select sequence from audit.{table}").fetchone()[0]

        while held() in (0, NOWHERE):
            threading.Event().wait(0.001)
        first, start = held(), time.monotonic()
        cpu = cpu_of(pid)
        backends = [row[0] for row in connection.execute("select pid from pg_stat_activity where usename = 'audit' and datname = current_database()")]
        server = sum(map(cpu_of, backends))
        while held() < events:
            threading.Event().wait(0.01)
        seconds, taken = time.monotonic() - start, events - first
        print(f"load {os.getloadavg()[0]:.1f}, {what}: {taken / seconds:,.0f} events/s ({taken:,} in {seconds:.1f} s); CPU per event: "
              f"audit {(cpu_of(pid) - cpu) / taken * 1e6:.1f} µs, PostgreSQL {(sum(map(cpu_of, backends)) - server) / taken * 1e6:.1f} µs")


def size_of(name: str, events: int) -> str:
    with psycopg.connect(url(name), autocommit=True) as connection:
        size = connection.execute(
            "select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'audit.event'::regclass"
        ).fetchone()[0]
        return f"{size / events:,.0f} bytes an event with its indexes"


def produce(servers: str, events: int) -> None:
    """Calls of 1,000 users through 100 applications, a tenth of them refused."""
    producer = Producer({"bootstrap.servers": servers, "compression.type": "lz4", "linger.ms": 20, "queue.buffering.max.messages": 1_000_000})
    began = int(time.time() * 1000)
    for number in range(events):
        moment = began + number // 20
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment / 1000)) + f".{moment % 1000:03}000Z"
        digits = f"{moment:012x}7{secrets.token_hex(2)[1:]}8{secrets.token_hex(8)[1:]}"
        id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        user = {"id": f"0190b5a0-0000-7000-8000-{number % 1000:012d}", "name": f"User {number % 1000}"}
        application = {"client_id": f"{number % 100:032d}", "name": f"Application {number % 100}"}
        refused = number % 10 == 0
        data = {
            "decision_id": id, "reason": "permission_denied", "checks": {check: "pass" for check in CHECKS},
            "application": application, "user": user,
            "request": {"method": "GET", "path": "/rest/v2/segments/17", "route": "GET /rest/v2/segments/{id}", "ip": "192.0.2.7", "forwarded": [], "request_id": None},
            "revision": "r812.p97.t33", "state_age_ms": 12,
        } if refused else {
            "user": user, "application": application, "operation": "CALL", "object_type": "API",
            "objects": [{"id": "PUT /rest/v2/segments/{id}", "name": f"PUT /rest/v2/segments/{number}"}], "outcome": "allowed", "ip": "192.0.2.7",
        }
        event = {
            "specversion": "1.0", "id": id, "source": "/gatehouse/policy", "type": "gatehouse.request.blocked" if refused else "gatehouse.call.allowed",
            "subject": "s", "time": stamp, "datacontenttype": "application/json", "data": data,
        }
        topic = "gatehouse.blocked-requests.v1" if refused else "gatehouse.calls.v1"
        producer.produce(topic, json.dumps(event, separators=(",", ":")), user["id"])
        if number % 1000 == 0:
            producer.poll(0)
    if producer.flush(60) > 0:
        raise SystemExit("the broker did not take all events")


CHECKS = ("state_stale token_missing token_malformed token_expired application_unknown application_disabled token_revoked user_unknown "
          "user_inactive ip_unresolved ip_denied_general ip_denied_application route_unknown internal_rule_denied cross_site "
          "insufficient_scope permission_denied domain_denied").split()


def make_topics(servers: str) -> None:
    from confluent_kafka.admin import AdminClient, NewTopic

    admin = AdminClient({"bootstrap.servers": servers})
    partitions = {"applications": 1, "secret-rotations": 1, "access": 1, "revocations": 1, "tokens": 6, "calls": 6, "blocked-requests": 6}
    for made in admin.create_topics([NewTopic(f"gatehouse.{name}.v1", count, 1) for name, count in partitions.items()]).values():
        made.result()


@contextmanager
def database():
    name = f"intake_{secrets.token_hex(4)}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"create database {name} template template0")
        try:
            with psycopg.connect(url(name), autocommit=True) as connection:
                connection.execute((ROOT / "deploy/postgres/roles.sql").read_text())
                for role in ("audit", "audit_owner"):
                    connection.execute(f"alter role {role} password '{role}'")
            yield name
        finally:
            server.execute(f"drop database {name} with (force)")


@contextmanager
def broker():
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen(
            [os.environ["GATEHOUSE_TEST_BROKER"], "start", "--only", "kafka", "--kafka-port", str(port), "--data-dir", data],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def url(database: str, role: str | None = None) -> str:
    parts = re.fullmatch(r"postgres(?:ql)?://([^:@]+)(?::([^@]*))?@([^/]+)/.*", SERVER)
    user, password = (role, role) if role else (parts[1], parts[2] or "")
    return f"postgresql://{user}:{password}@{parts[3]}/{database}"


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
