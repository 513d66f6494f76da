"""Processes of services that a test starts itself, and so may stop, freeze and kill."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import httpx
from house import TOP, House, eventually


class Process:
    """A program with a file of settings, started by the command that `deploy/local/up` uses."""

    def __init__(self, program: str, settings: Path, log: Path, arguments: tuple[str, ...] = ("serve",), **environment: str):
        """`environment`: beside the settings, and before them: GATEHOUSE_FAULT_AT="relay.after-delete"."""
        self.settings, self.log = settings, log
        self.command = ["env", "-i", f"PATH={os.environ['PATH']}", f"GATEHOUSE_CONFIG_FILE={settings}"]
        self.command += [f"{name}={value}" for name, value in environment.items()]
        self.command += [str(TOP / ".build/release" / program), *arguments]
        self.start()

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def setting(self, name: str) -> str:
        lines = self.settings.read_text().splitlines()
        return next(line.split("=", 1)[1] for line in lines if line.startswith(f"GATEHOUSE_{name}="))

    @property
    def url(self) -> str:
        return "http://" + self.setting("LISTEN")

    @property
    def internal_url(self) -> str:
        return "http://" + self.setting("INTERNAL_LISTEN")

    def is_ready(self) -> bool:
        try:
            return httpx.get(self.internal_url + "/health/ready", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def becomes_ready(self) -> None:
        eventually(lambda: self.is_ready() or self.process.poll() is not None, within=30)
        assert self.process.poll() is None, self.log.read_text()[-2000:]

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def terminate(self, within: float = 15) -> int:
        """The exit code."""
        self.resume()
        self.process.terminate()
        return self.process.wait(within)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    @property
    def is_stopped(self) -> bool:
        """By SIGSTOP, its own or another's."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].startswith("T")

    def was_killed(self, within: float = 30) -> bool:
        """Waits for its end: by SIGKILL, and nothing else."""
        return self.process.wait(within) == -signal.SIGKILL


def further_replica(house: House, folder: Path, name: str, environment: dict[str, str] | None = None, **settings: str) -> Process:
    """One more replica of policy, with settings of its own: LEASE_TTL="2s". Its log stands among the run's."""
    known = house.settings("policy-1")
    known |= {"GATEHOUSE_LISTEN": f"127.0.0.1:{free_port()}", "GATEHOUSE_INTERNAL_LISTEN": f"127.0.0.1:{free_port()}"}
    known |= {f"GATEHOUSE_{key}": value for key, value in settings.items()}
    file = folder / f"{name}.env"
    file.touch(mode=0o600)
    file.write_text("".join(f"{key}={value}\n" for key, value in known.items()))
    return Process("policy", file, house.run / "log" / f"policy-{name}.log", **(environment or {}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
