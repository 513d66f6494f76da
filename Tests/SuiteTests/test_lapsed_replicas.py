"""R2, R10: a replica that is stopped or cut off delays a change by its lease at most, and never acts on what it missed."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
from cable import Cable
from house import Application, House, eventually, expect
from process import Process, further_replica
from wire import Reply, Wire

READ = ("GET", "/rest/v2/segments")
WRITE = ("PUT", "/rest/v2/profiles")
# Seconds; the shortest that policy takes.
LEASE = 2
# On each wire to a replica that freezes: what it is asked before, and twice what it is asked meanwhile.
WRITES = 100
READS = 25


class Caller:
    """An application with the tokens that it has had."""

    def __init__(self, house: House):
        self.house = house
        self.application: Application = house.make_application(["read:segments", "write:profiles"])
        self.old, self.new = "", house.token(self.application)

    def rotate(self) -> dict:
        """What the answer tells of its propagation."""
        path = f"/applications/{self.application.client_id}/secret"
        answer = expect(self.house.manage("POST", path, json={"revoke_tokens": True}), 200)
        self.application.client_secret = answer["client_secret"]
        self.old, self.new = self.new, self.house.token(self.application)
        return answer["propagation"]

    def ask(self, door: Wire | str, token: str, target=READ) -> Reply:
        if isinstance(door, str):
            with Wire(door) as wire:
                return self.ask(wire, token, target)
        reply = door.ask(self.house.question(*target, token))
        if reply.status != 200:
            self.house.ledger.refused(reply.header("X-Gatehouse-Decision-Id"), reply.header("X-Gatehouse-Reason"))
        return reply

    def recovers_at(self, door: str) -> int:
        """How often the old token was refused until the new one was allowed, which it is without a hand."""
        refused = 0

        def is_allowed() -> bool:
            nonlocal refused
            assert self.ask(door, self.old).status in (401, 503)
            refused += 1
            return self.ask(door, self.new).status == 200

        eventually(is_allowed)
        assert self.ask(door, self.old).status == 401
        return refused


@pytest.fixture
def caller(house) -> Caller:
    return Caller(house)


def rows(house) -> int:
    with house.database() as database:
        return database.execute("select count(*) from policy.replica").fetchone()[0]


class Frozen:
    """A replica that was stopped while it answered writes, and what it had answered until then."""

    def __init__(self, house: House, folder):
        self.house, self.caller = house, Caller(house)
        self.process = further_replica(house, folder, "frozen", LEASE_TTL=f"{LEASE}s")
        self.process.becomes_ready()
        self.wires = [Wire(self.process.internal_url) for _ in range(8)]
        assert self.caller.ask(self.wires[0], self.caller.new, WRITE).status == 200
        question = house.question(*WRITE, self.caller.new)
        for wire in self.wires:
            wire.send(*[question] * WRITES)
        # It is in the midst of them.
        assert {wire.receive().status for wire in self.wires} == {200}
        self.process.freeze()
        self.since, self.at = time.monotonic(), time.time()
        self.answered = [1 + self.drain(wire) for wire in self.wires]
        self.caller.rotate()
        # Asked while it stands still, with the old token and the new.
        for wire in self.wires:
            wire.send(*[house.question(*READ, token) for token in (self.caller.old, self.caller.new)] * READS)

    @staticmethod
    def drain(wire: Wire) -> int:
        wire.connection.settimeout(0.2)
        answered = 0
        try:
            while True:
                assert wire.receive().status == 200
                answered += 1
        except TimeoutError:
            wire.connection.settimeout(30)
            return answered


@pytest.fixture(scope="module")
def frozen(house, tmp_path_factory):
    frozen = Frozen(house, tmp_path_factory.mktemp("frozen"))
    eventually(lambda: rows(house) == 3)
    yield frozen
    frozen.process.terminate()


def test_one_of_three_is_stopped(house, frozen, counts):
    callers = [Caller(house) for _ in range(4)]
    stopped, door = house.local["services"]["policy"]["pids"][1], house.doors[1]
    others = [other for other in house.doors if other != door]
    wires = [Wire(door) for _ in callers]
    for caller, wire in zip(callers, wires):
        assert caller.ask(wire, caller.new).status == 200
    os.kill(stopped, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(len(callers)) as threads:
            propagations = list(threads.map(Caller.rotate, callers))
        for caller, wire in zip(callers, wires):
            assert [caller.ask(other, caller.old).status for other in others] == [401] * 2
            wire.send(*[house.question(*READ, caller.old)] * 50)
    finally:
        os.kill(stopped, signal.SIGCONT)
    replies = [wire.receive() for wire in wires for _ in range(50)]
    for reply in replies:
        house.ledger.refused(reply.header("X-Gatehouse-Decision-Id"), reply.header("X-Gatehouse-Reason"))
    recovery = sum(caller.recovers_at(door) for caller in callers)
    assert [(told["state"], told["replicas"], told["lapsed"]) for told in propagations] == [("complete", 3, 1)] * len(callers)
    assert {reply.status for reply in replies} <= {401, 503}
    counts(
        f"R2: one of three replicas stopped: {len(callers)} rotations answered after {', '.join(str(told['ms']) for told in propagations)} ms; "
        f"resumed, it refused {len(replies) + recovery} requests with old tokens and allowed 0, then recovered by itself"
    )
    eventually(lambda: rows(house) == 3)


@pytest.mark.parametrize("trouble", ["stopped", "cut off from PostgreSQL", "stopped and cut off"])
def test_one_of_four_is(house, frozen, caller, trouble, tmp_path, counts):
    postgres = urlsplit(house.settings("policy-1")["GATEHOUSE_POSTGRES_URL"])
    cable = Cable(postgres.hostname, postgres.port)
    url = postgres._replace(netloc=postgres.netloc.replace(f":{postgres.port}", f":{cable.port}")).geturl()
    replica = further_replica(house, tmp_path, trouble.replace(" ", "-"), LEASE_TTL=f"{LEASE}s", POSTGRES_URL=url)
    try:
        replica.becomes_ready()
        assert caller.ask(replica.internal_url, caller.new).status == 200
        if "cut" in trouble:
            cable.cut()
        if "stopped" in trouble:
            replica.freeze()
        told = caller.rotate()
        assert (told["state"], told["replicas"], told["lapsed"]) == ("complete", 4, 1)
        with Wire(replica.internal_url) as wire:
            questions = [house.question(*READ, token) for token in (caller.old, caller.new)] * 20
            wire.send(*questions)
            replica.resume()
            # It has no fresh state as long as it is cut off, whoever asks.
            if "cut" in trouble:
                assert {wire.receive().status for _ in questions} == {503}
                house.ledger.counted += len(questions)
            cable.mend()
            recovery = caller.recovers_at(replica.internal_url)
        counts(
            f"R2: one of four replicas {trouble}: rotation answered after {told['ms']} ms; "
            f"back, it refused the old token {recovery + 20} times and recovered"
        )
    finally:
        cable.end()
        assert replica.terminate() == 0
    eventually(lambda: rows(house) == 3)


def test_a_replica_without_kafka_is_not_late(house, frozen, caller, tmp_path, counts):
    """Kafka makes it fast; PostgreSQL makes it true."""
    replica = further_replica(house, tmp_path, "without-kafka", LEASE_TTL=f"{LEASE}s", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    try:
        replica.becomes_ready()
        took = []
        for _ in range(5):
            told = caller.rotate()
            assert caller.ask(replica.internal_url, caller.old).status == 401
            assert caller.ask(replica.internal_url, caller.new).status == 200
            assert (told["state"], told["replicas"], told["lapsed"]) == ("complete", 4, 0)
            took.append(told["ms"])
        counts(f"R3: one of four replicas without Kafka: rotations answered after {', '.join(map(str, took))} ms")
    finally:
        assert replica.terminate() == 0
    eventually(lambda: rows(house) == 3)


def made_at(reply: Reply) -> float:
    return parsedate_to_datetime(reply.header("Date")).timestamp()


def test_a_replica_frozen_for_ten_leases_allows_nothing_without_a_new_one(house, frozen, counts):
    eventually(lambda: time.monotonic() - frozen.since > 10 * LEASE, within=10 * LEASE + 1)
    frozen.process.resume()
    interrupted = [wire.receive() for wire, answered in zip(frozen.wires, frozen.answered) for _ in range(WRITES - answered)]
    replies = [wire.receive() for wire in frozen.wires for _ in range(2 * READS)]
    with_old, with_new = replies[::2], replies[1::2]
    # The stop may fall between the last check of an answer and its way into the socket: then its date is from before the stop.
    assert interrupted and {reply.status for reply in interrupted if made_at(reply) > frozen.at + 1} <= {401, 503}
    assert {reply.status for reply in with_old} <= {401, 503}
    # Its lease ends a tenth before its time.
    ages = [int(reply.header("X-Gatehouse-State-Age-Ms")) for reply in with_new if reply.status == 200]
    assert all(age < 900 * LEASE for age in ages)
    counts(
        f"R10: frozen for {10 * LEASE} s with {len(interrupted)} of {WRITES * len(frozen.wires)} writes under way, and asked {len(replies)} times meanwhile: "
        f"0 allowed on the old lease, {len(ages)} on a new one"
    )
    assert frozen.caller.recovers_at(frozen.process.internal_url)
