"""A house of a test's own, which may be taken apart."""

import os
import signal
import subprocess

from audit import AuditLog
from house import TOP, House, eventually, expect
from process import Process
from shell import shell


class Life:
    """A house whose services the tests start themselves, by the command that `up` used, after it has."""

    def __init__(self, run):
        self.run = run
        self.command("up", "--no-tour", "--port", shell("free_hundred", run).strip())
        self.house = House(run)
        self.processes: dict[str, Process] = {}

    def command(self, name: str, *options: str) -> None:
        ended = subprocess.run(
            [TOP / "deploy/local" / name, *options], env={**os.environ, "GATEHOUSE_RUN": str(self.run)}, capture_output=True, text=True, timeout=300
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def start(self, service: str) -> Process:
        self.processes[service] = Process(service, self.run / "env" / f"{service}-1.env", self.run / "log" / f"{service}-1.log")
        return self.processes[service]

    def kill(self, service: str) -> None:
        if service in self.processes:
            self.processes[service].kill()
        else:
            pid = self.house.local["services"][service]["pids"][0]
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not os.path.exists(f"/proc/{pid}/exe"))

    def main_job(self) -> None:
        """An application is made, calls, is blocked, and its secret is rotated; the log tells of it."""
        application = self.house.make_application(["read:segments"])
        token = self.house.token(application)
        expect(self.house.call("GET", "/rest/v2/segments", token), 200)
        blocked = self.house.call("POST", "/rest/v2/segments", token, json={"name": "x", "domains": []})
        assert blocked.status_code == 403
        told = expect(self.house.manage("POST", f"/applications/{application.client_id}/secret", json={"revoke_tokens": True}), 200)
        assert told["propagation"]["state"] == "complete"
        assert self.house.call("GET", "/rest/v2/segments", token).status_code == 401
        log = AuditLog(self.house, application=application.client_id)
        eventually(lambda: blocked.headers["X-Gatehouse-Decision-Id"] in {item["id"] for item in log.read_on()})

    def end(self) -> None:
        for process in self.processes.values():
            if process.process.poll() is None:
                process.kill()
        self.command("down", "--wipe")
