"""Apache Kafka as it stands beside the repository: three brokers on loopback that a test may pause, kill and start again."""

import base64
import os
import shutil
import subprocess
from pathlib import Path

from confluent_kafka.admin import AdminClient, ConfigResource, ConfigSource
from house import TOP, eventually

FOLDER = Path(os.environ.get("GATEHOUSE_TEST_APACHE_KAFKA") or TOP.parent / "shared/kafka")
BROKERS = (1, 2, 3)


class Apache:
    """`place` keeps its data; brokers listen from `port` on, controllers a hundred above."""

    def __init__(self, place: Path, port: int):
        self.place, self.port = place, port
        self.servers = ",".join(f"127.0.0.1:{port + number}" for number in range(len(BROKERS)))
        (place / "lib").symlink_to(FOLDER / "lib")

    def begin(self, name: str) -> None:
        """A new and empty cluster, whose id tells of `name`; the one before is gone."""
        if (self.place / "kafka").exists():
            self.order("wipe")
        script = (FOLDER / "kafka").read_text().splitlines(keepends=True)
        identity = base64.urlsafe_b64encode(name.encode().ljust(16, b"-")[:16]).decode().rstrip("=")
        own = [f"cluster={identity}\n" if line.startswith("cluster=") else line for line in script]
        assert own != script
        (self.place / "kafka").write_text("".join(own))
        self.up()
        self.admin = AdminClient({"bootstrap.servers": self.servers, "log_level": 0})

    def up(self) -> None:
        """All that do not run are started, and have joined: on a loaded machine later than the script itself would wait."""
        eventually(lambda: self.obeys("up", len(BROKERS)), within=240)

    def start(self, broker: int) -> None:
        eventually(lambda: self.obeys("start", broker), within=240)

    def kill(self, *brokers: int) -> None:
        for broker in brokers:
            self.order("kill", broker)

    def pause(self, *brokers: int) -> None:
        for broker in brokers:
            self.order("pause", broker)

    def resume(self, *brokers: int) -> None:
        for broker in brokers:
            self.order("resume", broker)

    def end(self) -> None:
        if (self.place / "kafka").exists():
            self.order("wipe")
        shutil.rmtree(self.place)

    def order(self, *arguments: object) -> None:
        assert self.obeys(*arguments), (self.place / "orders.log").read_text()[-2000:]

    def obeys(self, *arguments: object) -> bool:
        environment = {**os.environ, "KAFKA_DIR": str(self.place / "data"), "KAFKA_PORT": str(self.port)}
        command = ["bash", self.place / "kafka", *map(str, arguments)]
        # Brokers outlive the command, and would hold its pipes open.
        with (self.place / "orders.log").open("a") as log:
            return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=240).returncode == 0

    # What the cluster says of itself

    def topics(self) -> dict:
        return self.admin.list_topics(timeout=30).topics

    def settings(self, topic: str) -> dict[str, str]:
        """Those that the topic has of its own."""
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
        found = self.admin.describe_configs([resource])[resource].result(30)
        return {name: entry.value for name, entry in found.items() if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value}

    def leader(self, topic: str, partition: int = 0) -> int:
        """The broker that leads it; there is one again soon after another was lost."""

        def look() -> int:
            leader = self.topics()[topic].partitions[partition].leader
            return leader if leader in BROKERS else 0

        return eventually(look, within=30)

    def is_in_sync(self) -> bool:
        partitions = [partition for topic in self.topics().values() for partition in topic.partitions.values()]
        return bool(partitions) and all(len(partition.isrs) == len(BROKERS) for partition in partitions)
