#!/usr/bin/env python3
"""Reads the public audit topic to its end, prints each event once, and proves by the sequence that none is missing.

Needs confluent-kafka (PyPI). Ends with 0 when all numbers from the first to the last have come, with 1 when some have not, or none at all.
"""

import argparse
import json
import sys
import time

from confluent_kafka import Consumer, TopicPartition


def main() -> int:
    options = arguments()
    settings = {"bootstrap.servers": options.servers, "group.id": "audit-example", "enable.auto.commit": False}
    consumer = Consumer(settings | dict(pair.split("=", 1) for pair in options.X))
    seen = Completeness()
    positions = beginning(consumer, options.topic)
    deadline = time.monotonic() + options.wait
    while True:
        for value in read(consumer, options.topic, positions):
            event = json.loads(value)
            if seen.is_new(event) and not options.quiet:
                print(sentence(event))
        # Partitions are written side by side: a number that is missing near the end may be on its way.
        if seen.is_complete() or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    consumer.close()
    print(seen.verdict(), file=sys.stderr)
    return 0 if seen.is_complete() else 1


class Completeness:
    """Which places of the log have come. The order is that of one partition; over all of them numbers come mixed."""

    def __init__(self):
        self.places: dict[str, int] = {}
        self.repeated = 0

    def is_new(self, event: dict) -> bool:
        """The same event may be delivered again; it has the same id."""
        if event["id"] in self.places:
            self.repeated += 1
            return False
        self.places[event["id"]] = event["data"]["sequence"]
        return True

    def is_complete(self) -> bool:
        return bool(self.places) and not self.gaps()

    def gaps(self) -> list[tuple[int, int]]:
        """From the first number that has come to the last: what was not among them."""
        numbers = sorted(self.places.values())
        return [(before + 1, after - 1) for before, after in zip(numbers, numbers[1:], strict=False) if after > before + 1]

    def verdict(self) -> str:
        if not self.places:
            return "no events: nothing is proven"
        told = f"{len(self.places)} events, {min(self.places.values())} to {max(self.places.values())}, {self.repeated} repeated"
        missing = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in self.gaps())
        return f"{told}; missing: {missing}" if missing else f"{told}; complete"


def sentence(event: dict) -> str:
    data = event["data"]
    who = data.get("user", {}).get("name") or data.get("user", {}).get("id") or "somebody"
    through = f" via {data['application']['name']}" if "application" in data else ""
    things = ", ".join(thing["name"] or thing["id"] for thing in data["objects"])
    return f"{data['sequence']} {event['time']} {who}{through} {data['operation']} {data['object_type']} {things} {data['outcome']}"


def beginning(consumer: Consumer, topic: str) -> dict[int, int]:
    """The oldest offset of each partition. Assigned by hand: a proof needs all of them, not a group's share."""
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    positions = {number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=10)[0] for number in partitions}
    consumer.assign([TopicPartition(topic, number, offset) for number, offset in positions.items()])
    return positions


def read(consumer: Consumer, topic: str, positions: dict[int, int]):
    """From the positions to where the partitions end now."""
    ends = {number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=10)[1] for number in positions}
    while any(positions[number] < end for number, end in ends.items()):
        for message in consumer.consume(1000, timeout=1):
            if message.error():
                raise SystemExit(str(message.error()))
            positions[message.partition()] = message.offset() + 1
            yield message.value()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", required=True, help="for bootstrap.servers")
    parser.add_argument("--topic", default="gatehouse.audit.v1")
    parser.add_argument("--wait", type=float, default=10, help="seconds that a missing number is waited for")
    parser.add_argument("--quiet", action="store_true", help="the proof alone")
    parser.add_argument("-X", action="append", default=[], metavar="NAME=VALUE", help="a property of librdkafka")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
