"""R3, K1, K3, K5 and the ledger on Apache Kafka: three brokers that are paused and killed; in a house of its own.

The tests tell one story, from the first start to a new cluster, and run in this order."""

import json
import signal
import time
from collections import defaultdict

import httpx
import pytest
from apache import BROKERS, FOLDER, Apache
from audit import AuditLog
from changer import Load, load
from house import Application, House, eventually, expect
from listener import Listener
from local_run import LocalRun, shell
from reckoning import Reckoning, Told, waiting
from topics import PARTITIONS, SOURCES, Topics, event
from wire import Wire

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"Apache Kafka is not in {FOLDER}")

READ = ("GET", "/rest/v2/segments")
APPLICATIONS = "gatehouse.applications.v1"
# Seconds: policy's default, and what a broker's death may cost (K5).
LEASE = 5
PAUSE = 15


class Site:
    """The cluster and the house on it: three replicas of policy, two of registry."""

    def __init__(self, kafka: Apache, run: LocalRun):
        self.kafka, self.run, self.house = kafka, run, run.house
        self.told = Told()
        self.registries = ["http://" + self.house.settings(f"registry-{number}")["GATEHOUSE_LISTEN"] for number in (1, 2)]

    @property
    def leaders(self) -> list[int]:
        """The replicas of registry whose relays think that they lead."""
        urls = {number: "http://" + self.house.settings(f"registry-{number}")["GATEHOUSE_INTERNAL_LISTEN"] for number in (1, 2)}
        return [number for number, url in urls.items() if "gatehouse_outbox_leader 1.0" in httpx.get(url + "/metrics", timeout=30).text.splitlines()]

    @property
    def leader(self) -> int:
        """The one that leads, as soon as it is one."""
        return eventually(lambda: len(leaders := self.leaders) == 1 and leaders[0], within=30)

    def load(self, *, twice: bool = False):
        """At both replicas of registry, which share the applications."""
        applications = [self.house.make_application(["read:segments"]) for _ in range(3)]
        return load(self.house, self.registries * (2 if twice else 1), applications)

    def main_job(self) -> None:
        """An application is made, calls, is blocked, and its secret is rotated; the log tells of it."""
        house, application = self.house, self.house.make_application(["read:segments"])
        token = house.token(application)
        expect(house.call("GET", "/rest/v2/segments", token), 200)
        blocked = house.call("POST", "/rest/v2/segments", token, json={"name": "x", "domains": []})
        assert blocked.status_code == 403
        told = expect(house.manage("POST", f"/applications/{application.client_id}/secret", json={"revoke_tokens": True}), 200)
        assert told["propagation"]["state"] == "complete"
        assert house.call("GET", "/rest/v2/segments", token).status_code == 401
        log = AuditLog(house, application=application.client_id)
        eventually(lambda: blocked.headers["X-Gatehouse-Decision-Id"] in {item["id"] for item in log.read_on()}, within=30)

    def settles(self) -> None:
        """All that waited for Kafka is told."""
        eventually(lambda: not any(waiting(self.house).values()), within=60)

    def reckon(self) -> str:
        self.told.read(self.house)
        return Reckoning(self.house, self.told).holds()


@pytest.fixture(scope="module")
def kafka(tmp_path_factory):
    place = tmp_path_factory.mktemp("apache")
    port = shell("while port=$(free_hundred); ! hundred_is_free $((port + 100)); do :; done; echo $port", place)
    kafka = Apache(place, int(port))
    try:
        kafka.begin("first")
        yield kafka
    finally:
        kafka.end()


@pytest.fixture(scope="module")
def site(kafka, tmp_path_factory):
    place = tmp_path_factory.mktemp("house")
    port = shell("free_hundred", place)
    run = LocalRun(place, "--port", port, "--kafka", kafka.servers, "--replicas", "policy=3,registry=2")
    try:
        yield Site(kafka, run)
    finally:
        run.end()


def test_migrate_made_the_topics_as_they_must_be(kafka, site):
    there = {name: topic for name, topic in kafka.topics().items() if name.startswith("gatehouse.")}
    assert {name: len(topic.partitions) for name, topic in there.items()} == PARTITIONS
    for name, topic in there.items():
        assert {len(partition.replicas) for partition in topic.partitions.values()} == {len(BROKERS)}, name
        settings = {"cleanup.policy": "delete", "retention.ms": str(30 * 86_400_000), "min.insync.replicas": "2"}
        assert kafka.settings(name) == settings, name


def test_the_main_job_is_done_on_it(site):
    site.main_job()


class Rotated:
    """An application whose secret is rotated, with all that was refused of it since."""

    def __init__(self, house: House):
        self.house = house
        self.application: Application = house.make_application(["read:segments"])
        self.token = house.token(self.application)
        self.rotations: list[int] = []
        self.refusals: list[str] = []

    def rotate(self) -> None:
        path = f"/applications/{self.application.client_id}/secret"
        begun = time.monotonic()
        answer = expect(self.house.manage("POST", path, json={"revoke_tokens": True}), 200)
        took = round((time.monotonic() - begun) * 1000)
        told = answer["propagation"]
        assert (told["state"], told["replicas"], told["lapsed"]) == ("complete", 3, 0)
        # Of the whole call, the change and the decision on it are a small part.
        self.rotations.append(max(told["ms"], took))
        old, self.token = self.token, ""
        assert self.house.token_answer(self.application.client_id, self.application.client_secret).status_code == 401
        self.application.client_secret = answer["client_secret"]
        self.token = self.house.token(self.application)
        for door in self.house.doors:
            with Wire(door) as wire:
                refused = wire.ask(self.house.question(*READ, old))
                assert (refused.status, refused.header("X-Gatehouse-Reason")) == (401, "token_revoked")
                self.refusals.append(refused.header("X-Gatehouse-Decision-Id"))
                self.house.ledger.refused(self.refusals[-1], "token_revoked")
                assert wire.ask(self.house.question(*READ, self.token)).status == 200

    def logged(self) -> list[str]:
        """The ids of what the log has of it: its rotations, and what it was refused."""
        rotated = [item for item in AuditLog(self.house, operation="ROTATE").read_on() if item["objects"][0]["id"] == self.application.client_id]
        refused = AuditLog(self.house, application=self.application.client_id, operation="BLOCK").read_on()
        return ["rotated" for _ in rotated] + [item["id"] for item in refused]


@pytest.mark.parametrize("trouble", ["paused", "killed"])
def test_without_kafka_nothing_older_is_accepted_and_all_is_told_later(site, counts, trouble):
    """R3; K5: all brokers away."""
    rotated = Rotated(site.house)
    site.settles()
    if trouble == "paused":
        site.kafka.pause(*BROKERS)
    else:
        site.kafka.kill(*BROKERS)
    try:
        for _ in range(5):
            rotated.rotate()
        waited = waiting(site.house)
        assert (waited["registry"], waited["policy"]) >= (5, 15)
    finally:
        site.kafka.resume(*BROKERS) if trouble == "paused" else site.kafka.up()
    back = time.monotonic()
    site.settles()
    arrived = time.monotonic() - back
    counts(
        f"R3: Apache Kafka {trouble}: rotations answered after {', '.join(map(str, rotated.rotations))} ms; "
        f"{sum(waited.values())} facts waited in outboxes, and were told {arrived:.1f} s after it was back"
    )
    assert max(rotated.rotations) <= 1000 * (LEASE / 5 + 1)
    eventually(lambda: len(rotated.logged()) >= len(rotated.rotations) + len(rotated.refusals), within=30)
    assert sorted(rotated.logged()) == sorted(["rotated"] * len(rotated.rotations) + rotated.refusals)


def heard_all(listener: Listener, load: Load) -> bool:
    return load.told_at.keys() <= listener.changes.keys()


def test_one_broker_of_three_is_killed(site, counts):
    """K5: nothing is lost, and what is told late is told within 15 s."""
    with Listener(site.kafka.servers, *SOURCES) as listener:
        with site.load() as load:
            eventually(lambda: len(listener.changes) > 20, within=30)
            broker = site.kafka.leader(APPLICATIONS)
            site.kafka.kill(broker)
            killed, before = time.monotonic(), set(load.told_at)
            # It was noticed, and got over.
            eventually(lambda: len(load.told_at.keys() - before) > 20 and len(listener.changes.keys() & load.told_at.keys() - before) > 20, within=60)
        eventually(lambda: heard_all(listener, load), within=60)
    told, heard = load.told_at, listener.changes
    later = max((heard[each] - at for each, at in told.items()), default=0)
    moments = sorted(at for at in listener.heard_at.values())
    pause = max(after - at for at, after in zip(moments, moments[1:]) if after > killed)
    counts(f"K5: one broker of three killed under {len(told)} changes: silence on the topics for {pause:.1f} s, a fact at most {later:.1f} s late, none lost")
    assert set(load.statuses) <= {200, 409}
    assert pause <= PAUSE and later <= PAUSE
    site.kafka.start(broker)
    eventually(site.kafka.is_in_sync, within=60)


LOCK = """select pid from pg_locks where locktype = 'advisory' and granted and (classid::bigint << 32 | objid::bigint) =
          hashtextextended('gatehouse outbox registry', 0)"""


def depose(site: Site) -> None:
    """The leader's session ends, as if its connection had been lost; it learns of that when it moves again."""
    with site.house.database() as database:
        (session,) = database.execute(LOCK).fetchone()
        database.execute("select pg_terminate_backend(%s)", (session,))


def test_two_relays_fight_for_leadership(site, counts):
    """K3: what a deposed leader still sends comes late or twice, but never before its turn."""
    with Listener(site.kafka.servers, APPLICATIONS) as listener:
        with site.load(twice=True) as load:
            for _ in range(4):
                broker = site.kafka.leader(APPLICATIONS)
                # With the leader's batch under way, on a broker that stands still.
                site.kafka.pause(broker)
                leader = site.leader
                eventually(lambda: waiting(site.house)["registry"] >= 10, within=30)
                site.run.signal(f"registry-{leader}", signal.SIGSTOP)
                try:
                    depose(site)
                    site.kafka.resume(broker)
                    # The other has taken over, and tells what the first had under way.
                    heard = len(listener.changes)
                    eventually(lambda: len(listener.changes) > heard + 20, within=30)
                finally:
                    site.run.signal(f"registry-{leader}", signal.SIGCONT)
                eventually(lambda: site.leaders == [3 - leader], within=30)
        eventually(lambda: heard_all(listener, load), within=60)
    order = Order(site.house)
    counts(f"K3: leadership taken 4 times under {len(load.told_at)} changes: {order.repeated} of {order.records} records twice, 0 of {order.keys} keys out of order")
    assert set(load.statuses) <= {200, 409}
    assert order.repeated > 0
    assert order.wrong == []


class Order:
    """How the topics of changes tell them: the first record of each, within a key, in the order of the revisions."""

    def __init__(self, house: House):
        topics = Topics(house.local["kafka_bootstrap_servers"], *(name for name, number in PARTITIONS.items() if number == 1))
        seen: set[str] = set()
        last: defaultdict[tuple[str, bytes], int] = defaultdict(int)
        self.records = self.repeated = 0
        self.wrong: list[tuple[str, bytes, int, int]] = []
        for message in topics.read_on():
            told, key = event(message), (message.topic(), message.key())
            self.records += 1
            self.repeated += told["id"] in seen
            if told["id"] in seen or "revision" not in told["data"]:
                continue
            seen.add(told["id"])
            if told["data"]["revision"] < last[key]:
                self.wrong.append((*key, last[key], told["data"]["revision"]))
            last[key] = max(last[key], told["data"]["revision"])
        self.keys = len(last)
        topics.close()


def test_the_relay_is_killed_in_the_midst(site, counts):
    """K1, L1: every committed change is told at least once, and stands in the log once."""
    with site.load(twice=True) as load:
        for _ in range(3):
            leader, told = site.leader, len(load.told_at)
            eventually(lambda: len(load.told_at) > told + 20, within=30)
            site.run.kill(f"registry-{leader}")
            site.run.start()
    site.settles()
    lost = sum(number for status, number in load.statuses.items() if isinstance(status, str))
    counts(f"K1: the leading registry killed 3 times under {len(load.told_at)} changes, {lost} requests without an answer")
    assert {status for status in load.statuses if isinstance(status, int)} <= {200, 409}


def test_all_that_callers_were_told_is_in_the_log(site, counts):
    counts(f"Ledger on Apache Kafka: {site.reckon()}")


def test_a_new_cluster_is_read_from_its_beginning(site, counts):
    """While the intake looks away everything is made anew, and grows beyond where it had read: nothing of that is passed over."""
    with site.house.database() as database:
        known = dict(database.execute("select topic || '/' || partition, next_offset from audit.consumer_offset").fetchall())
    site.run.signal("audit-1", signal.SIGSTOP)
    try:
        site.kafka.begin("second")
        site.run.shell("migrate_services")
        users = [site.house.make_user("Ann", [], ["www.example.com"]) for _ in range(known["gatehouse.access.v1/0"] + 5)]
        site.settles()
    finally:
        site.run.signal("audit-1", signal.SIGCONT)
    site.main_job()
    counts(f"Ledger on a new cluster: {site.reckon()}")
    said = [json.loads(line) for line in (site.run.place / "log/audit-1.log").read_text().splitlines() if "another Kafka cluster" in line]
    assert len(said) == 1, said
    assert len(users) > known["gatehouse.access.v1/0"]
    assert {name for name in site.kafka.topics() if not name.startswith("__")} == {*PARTITIONS}
