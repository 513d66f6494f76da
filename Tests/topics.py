"""What stands on the topics, read by a stock consumer."""

import json
from collections.abc import Iterator

from confluent_kafka import Consumer, Message, TopicPartition

PARTITIONS = {
    "gatehouse.applications.v1": 1,
    "gatehouse.secret-rotations.v1": 1,
    "gatehouse.access.v1": 1,
    "gatehouse.revocations.v1": 1,
    "gatehouse.tokens.v1": 6,
    "gatehouse.calls.v1": 6,
    "gatehouse.blocked-requests.v1": 6,
    "gatehouse.audit.v1": 6,
}
# The public one tells again what all the others have told.
PUBLIC = "gatehouse.audit.v1"
SOURCES = [name for name in PARTITIONS if name != PUBLIC]


class Topics:
    """Reads from the beginning, or from where the topics end now."""

    def __init__(self, servers: str, *names: str, from_now: bool = False):
        # The local broker answers with all that it has, whatever size is asked for.
        settings = {"bootstrap.servers": servers, "group.id": "gatehouse-tests", "enable.auto.commit": False, "log_level": 0}
        self.consumer = Consumer({**settings, "receive.message.max.bytes": 2_000_000_000})
        places = [TopicPartition(name, number) for name in names or PARTITIONS for number in range(PARTITIONS[name])]
        # Where each partition goes on.
        self.next: dict[tuple[str, int], int] = {}
        for place in places:
            first, end = self.consumer.get_watermark_offsets(place, timeout=10)
            place.offset = self.next[place.topic, place.partition] = end if from_now else first
        self.consumer.assign(places)

    def read_on(self) -> Iterator[Message]:
        """What there is by now and was not read yet."""
        ends = {place: self.consumer.get_watermark_offsets(TopicPartition(*place), timeout=10)[1] for place in self.next}
        while any(self.next[place] < end for place, end in ends.items()):
            for message in self.consumer.consume(5000, timeout=0.2):
                assert message.error() is None, message.error()
                self.next[message.topic(), message.partition()] = message.offset() + 1
                yield message

    def close(self) -> None:
        self.consumer.close()


def event(message: Message) -> dict:
    return json.loads(message.value())
