"""Writes `.run/local.json`: where everything is, for people and tests. What it is told comes in the environment."""

import json
import os
import sys
from pathlib import Path

SERVICES = ("registry", "token", "policy", "audit")


def service(name: str, run: Path) -> dict:
    """Its URLs are those of the first replica; the pids stand in the order of the replicas."""
    listen = settings(run / "env" / f"{name}-1.env")
    files = sorted((run / "pid").glob(f"{name}-*"), key=lambda file: int(file.name.rsplit("-", 1)[1]))
    return {
        "url": f"http://{listen['GATEHOUSE_LISTEN']}",
        "internal_url": f"http://{listen['GATEHOUSE_INTERNAL_LISTEN']}",
        "pids": [int(file.read_text().split()[0]) for file in files],
    }


def settings(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def main(run: Path) -> None:
    local = {
        "origin": os.environ["ORIGIN"],
        "admin": {"email": os.environ["ADMINISTRATOR"], "password": (run / "secrets" / "administrator-password").read_text().strip()},
        "admin_client": json.loads((run / "secrets" / "admin-client.json").read_text()),
        "services": {name: service(name, run) for name in SERVICES},
        "door_key": (run / "secrets" / "door-key").read_text(),
        "postgres_url": os.environ["POSTGRES_URL"],
        "kafka_bootstrap_servers": os.environ["KAFKA_SERVERS"],
    }
    new = run / "local.json.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(local, file, indent=2)
        file.write("\n")
    new.rename(run / "local.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
