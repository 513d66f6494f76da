"""A large house to measure in: a database of its own on the tests' server, filled by Tests/population.sql, and services as built."""

import http.client
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import uuid

import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = "A" * 43


class LargeHouse:
    """`with LargeHouse(applications=…, ranges=…, users=…) as house`: servers' exports of Tests/run in the environment;
    GATEHOUSE_BUILD names the folder of the programs (default: .build/release, built first)."""

    def __init__(self, **counts: int):
        self.counts = counts
        self.server = os.environ["GATEHOUSE_TEST_POSTGRES_URL"]
        self.name = "large_" + uuid.uuid4().hex
        self.build = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", ROOT / ".build/release"))
        self.started: list[subprocess.Popen] = []

    def __enter__(self):
        # Or what was started would go on.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        services = ["registry", "token", "policy"]
        if "GATEHOUSE_BUILD" not in os.environ:
            for product in services:
                subprocess.run(["swift", "build", "-c", "release", "-Xswiftc", "-DFAULTS", "--product", product], cwd=ROOT, check=True)
        self.sql(f"create database {self.name}", self.server)
        self.sql((ROOT / "deploy/postgres/roles.sql").read_text())
        for service in services:
            for role in [service, f"{service}_owner"]:
                self.sql(f"alter role {role} password '{role}'")
            subprocess.run([self.build / service, "migrate"], env=self.settings(service), check=True, stdout=subprocess.DEVNULL)
        text = (ROOT / "Tests/population.sql").read_text()
        for name, count in self.counts.items():
            text = text.replace("{" + name + "}", str(count))
        document = (ROOT / "Services/Policy/Catalogue/default-catalogue.json").read_text()
        begun = time.monotonic()
        with psycopg.connect(self.url()) as connection:
            connection.execute(text)
            connection.execute("insert into policy.catalogue values (true, %s, 1, now(), gen_random_uuid())", [document])
        # A server of some age has written down what is visible to all: index-only scans count on it.
        self.sql("vacuum analyze")
        print(f"filled in {time.monotonic() - begun:.0f} s: {', '.join(f'{count:,} {name}' for name, count in self.counts.items())}")
        return self

    def __exit__(self, *_):
        for process in self.started:
            process.terminate()
            process.wait()
        self.sql(f"drop database {self.name} with (force)", self.server)

    def sql(self, text: str, url: str | None = None):
        with psycopg.connect(url or self.url(), autocommit=True) as connection:
            connection.execute(text)

    def url(self, role: str | None = None) -> str:
        base = re.sub(r"/[^/]*$", f"/{self.name}", self.server)
        return re.sub(r"//[^@]*@", f"//{role}:{role}@", base) if role else base

    def settings(self, service: str) -> dict[str, str]:
        port = int(os.environ.get("GATEHOUSE_BENCH_PORT", "15380"))
        return {
            "PATH": os.environ["PATH"],
            "GATEHOUSE_ORIGIN": "http://127.0.0.1:8080",
            "GATEHOUSE_LISTEN": f"127.0.0.1:{port}",
            "GATEHOUSE_INTERNAL_LISTEN": f"127.0.0.1:{port + 1}",
            "GATEHOUSE_POSTGRES_URL": self.url(service),
            "GATEHOUSE_POSTGRES_OWNER_URL": self.url(f"{service}_owner"),
            "GATEHOUSE_KAFKA_BOOTSTRAP_SERVERS": os.environ["GATEHOUSE_TEST_KAFKA"],
            "GATEHOUSE_ASSERTION_KEY": KEY,
            "GATEHOUSE_DOOR_KEY": KEY,
            "GATEHOUSE_PEPPERS": f"p:{KEY}",
            "GATEHOUSE_SEALING_KEY": KEY,
            "GATEHOUSE_ANSWER_KEYS": f"k:{KEY}",
            "GATEHOUSE_LOG_LEVEL": "warning",
        }

    def start(self, service: str) -> subprocess.Popen:
        """One process of the service, once it is ready."""
        settings = self.settings(service)
        process = subprocess.Popen([self.build / service, "serve"], env=settings)
        self.started.append(process)
        while not answers(settings["GATEHOUSE_INTERNAL_LISTEN"]):
            assert process.poll() is None, "it ended"
            threading.Event().wait(0.01)
        return process


    def backends(self) -> list[int]:
        """The server's processes for this database."""
        with psycopg.connect(self.server) as connection:
            return [pid for (pid,) in connection.execute("select pid from pg_stat_activity where datname = %s", [self.name])]


def cpu(processes: list[int]) -> float:
    """Seconds that the processes have used, but for librdkafka's threads."""
    ticks = 0
    for process in processes:
        for task in pathlib.Path(f"/proc/{process}/task").iterdir():
            name, fields = (task / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
            if not name.startswith("rdk:"):
                ticks += sum(map(int, fields.split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def answers(address: str) -> bool:
    try:
        connection = http.client.HTTPConnection(address, timeout=5)
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False


def memory(process: subprocess.Popen) -> dict[str, float]:
    """In MB: what is resident, and the most that ever was."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return {name: int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ["VmRSS", "VmHWM"]}
