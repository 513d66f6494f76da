"""At the end of a run: the public topic tells what the log holds, each event once by its id, in order, word for word."""

import pytest
from audit import AuditLog
from confluent_kafka import Message
from house import House, eventually
from schemas import Schemas
from topics import PUBLIC, Topics, event

pytestmark = pytest.mark.last


@pytest.fixture(scope="module")
def logged(house) -> list[dict]:
    return list(AuditLog(house).read_on())


@pytest.fixture(scope="module")
def told(house, logged) -> list[Message]:
    """Once the topic has acknowledged all of the log."""
    eventually(lambda: published(house) >= len(logged), within=60)
    topics = Topics(house.local["kafka_bootstrap_servers"], PUBLIC)
    told = list(topics.read_on())
    topics.close()
    return told


def published(house: House) -> int:
    with house.database() as database:
        return database.execute("select sequence from audit.publication").fetchone()[0]


def test_every_place_of_the_log_is_told_once_by_id(logged, told, counts):
    events = [event(message) for message in told]
    places = {told["id"]: told["data"]["sequence"] for told in events}
    ids = {told["data"]["sequence"]: told["id"] for told in events}
    assert all(places[told["id"]] == told["data"]["sequence"] for told in events), "one id, two places"
    assert all(ids[told["data"]["sequence"]] == told["id"] for told in events), "one place, two ids"
    assert sorted(ids) == list(range(1, len(ids) + 1))
    missing = {item["sequence"] for item in logged if ids.get(item["sequence"]) != item["id"]}
    counts(f"Public topic: {len(told)} records of {len(ids)} events, 1…{len(ids)}; of {len(logged)} rows in the log {len(missing)} are missing")
    assert logged and missing == set()


def test_each_partition_tells_them_in_the_order_of_the_log(told):
    first: dict[int, dict[str, int]] = {}
    for message in told:
        said = event(message)
        first.setdefault(message.partition(), {}).setdefault(said["id"], said["data"]["sequence"])
    assert first
    assert [partition for partition, places in first.items() if list(places.values()) != sorted(places.values())] == []


def test_what_is_told_is_what_the_log_holds(logged, told):
    by_id = {(said := event(message))["id"]: said for message in told}
    wrong = [item["id"] for item in logged if nameless(flat(by_id[item["id"]])) != nameless(item)]
    assert wrong == []


def flat(said: dict) -> dict:
    """As the log is read."""
    return {name: said[name] for name in ("id", "time", "type", "traceparent") if name in said} | said["data"]


def nameless(item: dict) -> dict:
    """Persons bear the names that they have when they are told of; what there is none of is told by leaving it out."""
    item = {name: value for name, value in item.items() if value is not None}
    if "user" in item:
        item["user"] = item["user"]["id"]
    if item["object_type"] == "USER":
        item["objects"] = [thing["id"] for thing in item["objects"]]
    return item


def test_keys_are_users_else_applications_else_addresses(told):
    places: dict[bytes, set[int]] = {}
    for message in told:
        data = event(message)["data"]
        owner = data.get("user", {}).get("id") or data.get("application", {}).get("client_id") or data.get("ip", "")
        assert message.key() == owner.encode()
        places.setdefault(message.key(), set()).add(message.partition())
    assert [key for key, partitions in places.items() if len(partitions) > 1] == []


def test_every_event_of_the_run_keeps_its_schema(house, counts):
    """On all topics; a member of which no schema tells is a fault, too."""
    schemas, faults, records = Schemas(), set(), 0
    topics = Topics(house.local["kafka_bootstrap_servers"])
    for message in topics.read_on():
        records += 1
        faults.update(f"{message.topic()} {fault}" for fault in schemas.faults(message.topic(), event(message)))
    topics.close()
    counts(f"Schemas: {records} records on the topics, {len(faults)} kinds of faults")
    assert records and faults == set()
