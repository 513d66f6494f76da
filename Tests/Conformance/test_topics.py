"""What other teams see on Kafka, read by a stock consumer."""

import json
import re

import pytest
from confluent_kafka.admin import AdminClient
from house import eventually, expect
from topics import PARTITIONS, Topics

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Reader:
    """Everything on all topics, from their beginning."""

    def __init__(self, servers: str):
        self.topics, self.messages = Topics(servers), []

    def find(self, matches) -> list:
        """The messages that match, as soon as there is one."""
        return eventually(lambda: self.read_on() or [message for message in self.messages if matches(message)])

    def read_on(self) -> None:
        self.messages += self.topics.read_on()


@pytest.fixture(scope="module")
def reader(house):
    reader = Reader(house.local["kafka_bootstrap_servers"])
    reader.read_on()
    yield reader
    reader.topics.close()


@pytest.fixture(scope="module")
def story(house):
    """One of each thing that this issue knows to tell."""
    user = house.make_user("Erin", ["Customer Insights Manager"], ["www.example.com"])
    application = house.make_application(["read:segments"], run_as=user["id"])
    token = house.token(application)
    blocked = house.call("POST", "/rest/v2/segments", token, json={"name": "x", "domains": []})
    assert blocked.status_code == 403
    expect(house.manage("POST", f"/applications/{application.client_id}/secret", json={}), 200)
    return {"user": user, "application": application, "decision": blocked.headers["X-Gatehouse-Decision-Id"]}


def test_topics_have_their_partitions(house):
    admin = AdminClient({"bootstrap.servers": house.local["kafka_bootstrap_servers"]})
    there = {name: len(topic.partitions) for name, topic in admin.list_topics(timeout=10).topics.items() if name in PARTITIONS}
    assert there == PARTITIONS


def test_an_application_is_told_of_under_its_client_id(reader, story):
    client_id = story["application"].client_id
    created = reader.find(lambda m: m.topic() == "gatehouse.applications.v1" and m.key() == client_id.encode())[0]
    event = json.loads(created.value())
    assert (event["type"], event["source"], event["subject"]) == ("gatehouse.application.created", "/gatehouse/registry", client_id)
    assert event["data"]["objects"] == [{"id": client_id, "name": story["application"].body["name"]}]
    assert event["data"]["revision"] > 0


def test_a_rotation_is_told_of_once(reader, story):
    client_id = story["application"].client_id
    told = reader.find(lambda m: m.topic() == "gatehouse.secret-rotations.v1" and m.key() == client_id.encode())
    assert [json.loads(message.value())["type"] for message in told].count("gatehouse.secret.rotated") == 1


def test_a_block_is_told_of_once_with_its_decision(reader, story):
    def is_it(message):
        return message.topic() == "gatehouse.blocked-requests.v1" and story["decision"].encode() in message.value()

    told = reader.find(is_it)
    assert len(told) == 1
    data = json.loads(told[0].value())["data"]
    assert told[0].key() == story["application"].client_id.encode()
    assert (data["decision_id"], data["reason"]) == (story["decision"], "insufficient_scope")
    assert data["user"] == {"id": story["user"]["id"], "name": "Erin"}
    assert (data["request"]["method"], data["request"]["path"]) == ("POST", "/rest/v2/segments")


def test_a_token_is_told_of_under_its_user(reader, story):
    told = reader.find(lambda m: m.topic() == "gatehouse.tokens.v1" and m.key() == story["user"]["id"].encode())
    assert "gatehouse.tokens.issued" in [json.loads(message.value())["type"] for message in told]


def test_every_event_is_a_cloud_event(reader, story):
    reader.find(lambda m: story["decision"].encode() in m.value())
    for message in reader.messages:
        headers = dict(message.headers() or [])
        assert headers["content-type"] == b"application/cloudevents+json"
        event = json.loads(message.value())
        assert event["specversion"] == "1.0"
        assert event["type"].startswith("gatehouse.") and event["source"].startswith("/gatehouse/")
        assert UUID7.fullmatch(event["id"]) and headers["ce_id"] == event["id"].encode()
        assert headers["ce_type"] == event["type"].encode()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", event["time"])
        assert len(message.value()) <= 64 * 1024


def test_no_event_tells_a_secret(house, reader, story):
    reader.find(lambda m: story["decision"].encode() in m.value())
    secrets = [story["application"].client_secret.encode(), house.local["admin_client"]["client_secret"].encode(), b"ghs_", b"eyJ"]
    assert [m.topic() for m in reader.messages if any(secret in m.value() for secret in secrets)] == []
