"""A run of its own, by `deploy/local/up` and `down`: for tests that stop and kill what others rely on."""

import os
import signal
import subprocess
from pathlib import Path

from house import TOP, House, eventually


class LocalRun:
    """`place` keeps its state, `options` are those of `up`."""

    def __init__(self, place: Path, *options: str):
        self.place = place
        try:
            self.command("up", "--no-tour", *options)
            self.house = House(place)
        except BaseException:
            self.end()
            raise

    def command(self, name: str, *options: str) -> None:
        environment = {**os.environ, "GATEHOUSE_RUN": str(self.place)}
        command = [TOP / "deploy/local" / name, *options]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def shell(self, command: str) -> str:
        return shell(command, self.place)

    def pid(self, name: str) -> int:
        """Of the process that runs now: `registry-2`."""
        return int((self.place / "pid" / name).read_text().split()[0])

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.pid(name), number)

    def kill(self, name: str) -> None:
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not os.path.exists(f"/proc/{pid}/exe"))
        # Whether or not somebody has looked after the dead by then.
        (self.place / "pid" / name).unlink()

    def start(self) -> None:
        """Whatever has ended runs again, as `up` started it, and is ready."""
        self.shell("start_services")

    def end(self) -> None:
        self.command("down", "--wipe")


def shell(command: str, place: Path) -> str:
    """What a function of `deploy/local/lib` prints, called as `up` and `down` call it."""
    script = f"set -euo pipefail; source deploy/local/lib/all.sh; recall_options; {command}"
    environment = {**os.environ, "GATEHOUSE_RUN": str(place)}
    ended = subprocess.run(["bash", "-c", script], cwd=TOP, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.strip()
