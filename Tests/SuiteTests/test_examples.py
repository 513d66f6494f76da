"""The example consumers of deploy/kafka/examples: each proves that the public topic of this run is complete, and sees what is not."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from confluent_kafka import Message, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from house import TOP, House, eventually, expect, unique
from topics import PARTITIONS, PUBLIC, Topics, event

pytestmark = pytest.mark.last
EXAMPLES = TOP / "deploy/kafka/examples"
# The local broker answers with all that it has.
LARGE = "receive.message.max.bytes=2000000000"
# What a topic of a test's own holds.
SAMPLE = 60


@pytest.fixture(scope="module")
def swift_consumer() -> str:
    scratch = TOP / ".run/consumer-swift"
    build = ["swift", "build", "--package-path", str(EXAMPLES / "consumer-swift"), "--scratch-path", str(scratch)]
    ended = subprocess.run(build, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    return str(scratch / "debug/consumer")


Consume = Callable[[str], subprocess.CompletedProcess]


@pytest.fixture(params=["python", "kcat", "swift"])
def consume(request, house) -> Consume:
    """Runs an example on a topic; it does not wait for what is missing."""
    servers = house.local["kafka_bootstrap_servers"]

    def run(command: list[str], **more) -> subprocess.CompletedProcess:
        return subprocess.run(command, capture_output=True, text=True, timeout=300, **more)

    def python(topic: str):
        return run([sys.executable, str(EXAMPLES / "consumer.py"), "--servers", servers, "--topic", topic, "--wait", "0", "-X", LARGE])

    def kcat(topic: str):
        return run(["env", "WAIT=0", str(EXAMPLES / "consumer.sh"), servers, topic, "-X", LARGE])

    if request.param != "swift":
        return python if request.param == "python" else kcat
    consumer = request.getfixturevalue("swift_consumer")

    def swift(topic: str):
        lines = ["kcat", "-C", "-e", "-q", "-b", servers, "-t", topic, "-o", "beginning", "-f", r"%s\n", "-X", LARGE]
        with subprocess.Popen(lines, stdout=subprocess.PIPE) as source:
            ended = run([consumer], stdin=source.stdout)
        assert source.returncode == 0
        return ended

    return swift


@pytest.fixture(scope="module")
def sample(house) -> list[Message]:
    """The first events of the run's public topic."""
    for _ in range(SAMPLE):
        expect(house.manage("POST", "/domains", json={"name": f"{unique('example')}.example.com"}), 201)
    topics, found = Topics(house.local["kafka_bootstrap_servers"], PUBLIC), {}

    def are_there() -> bool:
        found.update({sequence: message for message in topics.read_on() if (sequence := place(message)) <= SAMPLE})
        return len(found) == SAMPLE

    eventually(are_there, within=60)
    topics.close()
    return [found[sequence] for sequence in sorted(found)]


def place(message: Message) -> int:
    return event(message)["data"]["sequence"]


def topic_of(house: House, messages: list[Message]) -> str:
    """A topic of its own with copies of these, each in its partition."""
    name = f"example.{unique('audit')}"
    servers = {"bootstrap.servers": house.local["kafka_bootstrap_servers"]}
    admin = AdminClient(servers)
    admin.create_topics([NewTopic(name, PARTITIONS[PUBLIC], 1)])[name].result()
    producer = Producer(servers)
    for message in messages:
        producer.produce(name, message.value(), message.key(), message.partition())
    assert producer.flush(30) == 0
    return name


def test_the_topic_of_this_run_is_complete(consume):
    """What is missing near the end may be on its way: then it is there the next time."""
    ended = eventually(lambda: ended if (ended := consume(PUBLIC)).returncode == 0 else None, within=120)
    assert "complete" in ended.stdout + ended.stderr


def test_what_comes_twice_is_no_fault(house, consume, sample):
    ended = consume(topic_of(house, sample + sample[10:20]))
    assert (ended.returncode, f"{SAMPLE} events, 1 to {SAMPLE}" in ended.stdout + ended.stderr) == (0, True), ended.stdout + ended.stderr


@pytest.mark.parametrize(("gone", "said"), [([30], "missing: 30"), ([2, 40, 41, 42], "missing: 2, 40-42")], ids=["one", "several"])
def test_what_was_taken_out_is_seen(house, consume, sample, gone, said):
    ended = consume(topic_of(house, [message for message in sample if place(message) not in gone]))
    assert (ended.returncode, said in ended.stdout + ended.stderr) == (1, True), ended.stdout + ended.stderr


def test_a_topic_that_begins_later_is_complete(house, consume, sample):
    """Retention takes the oldest: what is proven is proven from the first that is there."""
    ended = consume(topic_of(house, sample[20:]))
    assert (ended.returncode, f"21 to {SAMPLE}" in ended.stdout + ended.stderr) == (0, True), ended.stdout + ended.stderr


def test_what_is_newer_than_the_example_is_passed_over(house, consume, sample):
    newer = [Newer(message) for message in sample]
    ended = consume(topic_of(house, newer))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_of_nothing_nothing_is_proven(house, consume):
    ended = consume(topic_of(house, []))
    assert (ended.returncode, "nothing is proven" in ended.stdout + ended.stderr) == (1, True), ended.stdout + ended.stderr


class Newer:
    """A message of a later version: types, names and members that nobody knows yet."""

    def __init__(self, message: Message):
        self.message = message

    def value(self) -> bytes:
        told = event(self.message)
        told |= {"type": "gatehouse.moon.landed", "partitionkey": "x"}
        told["data"] |= {"operation": "TELEPORT", "object_type": "STARSHIP", "outcome": "undecided", "weather": {"wind": [1, None]}}
        return json.dumps(told, separators=(",", ":")).encode()

    def key(self) -> bytes:
        return self.message.key()

    def partition(self) -> int:
        return self.message.partition()
