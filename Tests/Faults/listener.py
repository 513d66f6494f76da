"""Hears what the topics tell, and when."""

import json
import threading
import time

from topics import Topics


class Listener(threading.Thread):
    """From now on, until it is closed, whatever becomes of the brokers."""

    def __init__(self, servers: str, *topics: str):
        super().__init__(daemon=True)
        self.topics = Topics(servers, *topics, from_now=True)
        self.ended = threading.Event()
        # When each event was heard first.
        self.heard_at: dict[str, float] = {}
        # The first record of each change, by revision.
        self.changes: dict[int, float] = {}

    def run(self) -> None:
        while not self.ended.is_set():
            for message in self.topics.consumer.consume(500, timeout=0.05):
                if message.error() is None:
                    self.hear(json.loads(message.value()))
        self.topics.close()

    def hear(self, event: dict) -> None:
        if event["id"] not in self.heard_at:
            self.heard_at[event["id"]] = now = time.monotonic()
            if "revision" in event["data"]:
                self.changes.setdefault(event["data"]["revision"], now)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()
