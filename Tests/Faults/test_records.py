"""R8: whatever stands on the topics twice, and in whatever order, changes nothing."""

import random
from collections import Counter

from audit import AuditLog
from confluent_kafka import Producer
from house import eventually, expect
from place import Place
from topics import SOURCES, Topics

WAKING = ("gatehouse.applications.v1", "gatehouse.secret-rotations.v1", "gatehouse.access.v1", "gatehouse.revocations.v1")
# The newest, which are the ones that could do harm.
MOST = 5000
OTHERS = ("gatehouse.calls.v1", "gatehouse.blocked-requests.v1", "gatehouse.tokens.v1")


def test_records_told_again_and_out_of_order_change_nothing(place: Place, counts):
    application, other = (place.make_application(["read:segments"]) for _ in range(2))
    old = [place.token(application)]
    for _ in range(3):
        expect(place.rotate(application), 200)
        old.append(place.token(application))
    new = old.pop()
    disabled = place.token(other)
    expect(place.manage("PATCH", f"/applications/{other.client_id}", content='{"enabled":false}', headers={"Content-Type": "application/merge-patch+json"}), 200)
    eventually(place.outbox_is_empty)
    topics = Topics(place.local["kafka_bootstrap_servers"], *WAKING, *OTHERS)
    records = [*topics.read_on()][-MOST:]
    topics.close()
    before, heads = log_of(place), state(place)

    producer = Producer({"bootstrap.servers": place.local["kafka_bootstrap_servers"], "linger.ms": 5})
    repeats = records * 2
    random.Random(8).shuffle(repeats)
    failed = []
    for record in repeats:
        producer.produce(
            record.topic(), record.value(), record.key(), record.partition(), headers=record.headers(),
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )
        producer.poll(0)
    # As they come in: nothing old is allowed, and what lives goes on.
    for _ in range(50):
        for door in place.doors:
            assert place.ask(door, random.choice(old)).status == 401
            assert place.ask(door, disabled).status == 401
            assert place.ask(door, new).status == 200
    producer.flush()
    assert failed == []
    # Everything that came before it has been handled.
    last = place.ask(place.doors[0], disabled).header("X-Gatehouse-Decision-Id")
    log, after = AuditLog(place), []
    eventually(lambda: after.extend(log.read_on()) or last in {item["id"] for item in after}, within=60)
    settled(place)
    after += log.read_on()
    assert max(Counter(item["id"] for item in after).values()) == 1
    assert {item["id"]: item for item in before} == {item["id"]: item for item in after if item["sequence"] <= len(before)}
    assert state(place) == heads and place.query("select count(*) from audit.dead_letter") == 0
    counts(f"R8: {len(repeats)} records of {len({record.topic() for record in records})} topics told again, shuffled: no decision, no head and none of {len(before)} rows in the log is another")


def log_of(place: Place) -> list[dict]:
    settled(place)
    return [*AuditLog(place).read_on()]


def settled(place: Place) -> None:
    """The intake has taken all that the topics hold."""
    topics = Topics(place.local["kafka_bootstrap_servers"], *SOURCES)
    ends = {partition: end for partition, end in topics.next.items()}
    ends |= {(message.topic(), message.partition()): message.offset() + 1 for message in topics.read_on()}
    topics.close()

    def behind() -> int:
        with place.database() as database:
            rows = database.execute("select topic, partition, coalesce(next_offset, 0) from audit.consumer_offset").fetchall()
        taken = {(topic, partition): offset for topic, partition, offset in rows}
        return sum(max(0, end - taken.get(partition, 0)) for partition, end in ends.items())

    eventually(lambda: behind() == 0, within=60)


def state(place: Place) -> list[int]:
    return [place.head(schema) for schema in ("registry", "policy")]
