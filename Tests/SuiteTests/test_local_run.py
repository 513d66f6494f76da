"""`deploy/local/up` and `down`, as a newcomer uses them."""

import json
import os
import stat
import subprocess
from pathlib import Path

import httpx
import pytest
from house import TOP

SERVICES = ("registry", "token", "policy", "audit")


def command(name: str, *options: str, run: Path) -> subprocess.CompletedProcess:
    environment = {**os.environ, "GATEHOUSE_RUN": str(run)}
    return subprocess.run([TOP / "deploy/local" / name, *options], env=environment, capture_output=True, text=True, timeout=300)


def test_local_json_tells_where_everything_is(house):
    path = house.run / "local.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    local = json.loads(path.read_text())
    assert set(local) == {"origin", "admin", "admin_client", "services", "door_key", "postgres_url", "kafka_bootstrap_servers"}
    assert set(local["admin"]) == {"email", "password"}
    assert len(local["admin"]["password"]) >= 12
    assert set(local["admin_client"]) == {"client_id", "client_secret"}
    assert tuple(local["services"]) == SERVICES
    for service in local["services"].values():
        assert set(service) == {"url", "internal_url", "pids"}
        assert httpx.get(service["internal_url"] + "/health/ready").status_code == 200
    assert len(local["services"]["policy"]["pids"]) == 3


@pytest.mark.parametrize("service", SERVICES)
def test_every_replica_is_the_program_that_was_built(house, service):
    for pid in house.local["services"][service]["pids"]:
        assert Path(f"/proc/{pid}/exe").resolve() == (TOP / ".build/release" / service).resolve()


def test_what_is_secret_is_its_owners_alone(house):
    for folder in ("secrets", "env"):
        for file in (house.run / folder).iterdir():
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_no_secret_stands_on_a_command_line(house):
    secrets = [file.read_text().strip() for file in (house.run / "secrets").iterdir() if file.suffix != ".json"]
    pids = [pid for service in house.local["services"].values() for pid in service["pids"]]
    for pid in pids:
        line = Path(f"/proc/{pid}/cmdline").read_text() + Path(f"/proc/{pid}/environ").read_text()
        assert not [secret for secret in secrets if len(secret) >= 32 and secret in line]


def test_everything_listens_on_loopback_alone(house):
    pids = {str(pid) for service in house.local["services"].values() for pid in service["pids"]}
    pids |= {file.read_text().split()[0] for file in (house.run / "pid").iterdir()}
    inodes = {
        link.removeprefix("socket:[").removesuffix("]")
        for pid in pids
        for descriptor in Path(f"/proc/{pid}/fd").iterdir()
        if (link := os.readlink(descriptor)).startswith("socket:")
    }
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    addresses = {fields[1].split(":")[0] for fields in listening if fields[3] == "0A" and fields[9] in inodes}
    assert addresses == {"0100007F"}
    listening = [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    assert [fields for fields in listening if fields[3] == "0A" and fields[9] in inodes] == []


def test_up_again_leaves_everything_running(house):
    again = command("up", "--no-tour", run=house.run)
    assert again.returncode == 0, again.stdout + again.stderr
    assert json.loads((house.run / "local.json").read_text()) == house.local


def test_a_taken_port_is_named(house, tmp_path):
    port = house.origin.rsplit(":", 1)[1]
    try:
        refused = command("up", "--no-tour", "--port", str(int(port) - 2), run=tmp_path)
        assert refused.returncode == 1
        assert f"Port {port}" in refused.stderr and "--port" in refused.stderr
    finally:
        assert command("down", "--wipe", run=tmp_path).returncode == 0


@pytest.mark.parametrize("options", [["--port"], ["--port", "80"], ["--port", "x"], ["--replicas", "policy=0"], ["--replicas", "nginx=2"], ["--what"]])
def test_a_wrong_option_is_said(options, tmp_path):
    refused = command("up", *options, run=tmp_path)
    assert refused.returncode in (1, 2)
    assert "--" in refused.stderr
