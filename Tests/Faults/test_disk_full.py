"""L4: the disk of the log is full: the writer pauses, and goes on when there is room; no batch is half written."""

import os
import subprocess
from pathlib import Path

import pytest
from audit import AuditLog
from house import eventually
from place import WRITE, Place
from wire import Wire

MOUNT = Path("/var/tmp/gatehouse-faults-disk")
FILLER = MOUNT / "filler"
PARTITION = "format('%I.%I', schemaname, tablename)"
PARTITIONS = "pg_tables where schemaname = 'audit' and tablename like 'event\\_%'"


@pytest.fixture
def small_disk(place: Place):
    """The log's partitions stand on a disk with room for a few megabytes more."""
    if os.geteuid():
        pytest.skip("only root may mount a small disk")
    leave(MOUNT)
    MOUNT.mkdir()
    size = place.query(f"select sum(pg_table_size({PARTITION}::regclass))::bigint from {PARTITIONS}") + (48 << 20)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", MOUNT], capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        space = MOUNT / "space"
        space.mkdir()
        owner = place.query("select current_setting('data_directory')")
        stat = os.stat(owner)
        os.chown(space, stat.st_uid, stat.st_gid)
        os.chmod(MOUNT, 0o755)
        with place.database() as database:
            database.execute(f"create tablespace small location '{space}'")
            moved = [row[0] for row in database.execute(f"select {PARTITION} from {PARTITIONS}").fetchall()]
            for table in moved:
                database.execute(f"alter table {table} set tablespace small")
        yield MOUNT
        FILLER.unlink(missing_ok=True)
        with place.database() as database:
            for table in moved:
                database.execute(f"alter table {table} set tablespace pg_default")
            database.execute("checkpoint")
            database.execute("drop tablespace small")
    finally:
        leave(MOUNT)


def leave(mount: Path) -> None:
    """Lazily: sessions may hold files open that are dropped already."""
    if mount.is_mount():
        subprocess.run(["umount", "--lazy", mount], check=True)
    if mount.exists():
        mount.rmdir()


def paused(place: Place) -> int:
    """How often the intake has paused for a full disk (SQLSTATE 53100)."""
    lines = (place.run / "log" / "audit-1.log").read_text().splitlines()
    return sum("the intake pauses" in line and "53100" in line for line in lines)


def test_the_intake_pauses_on_a_full_disk_and_goes_on(place: Place, small_disk, counts):
    application = place.make_application(["read:segments"])
    token = place.token(application)
    before = paused(place)
    with FILLER.open("wb") as file:
        try:
            while True:
                file.write(bytes(65536))
                file.flush()
        except OSError:
            pass
    asked = set()
    with Wire(place.doors[0]) as wire:
        # What is there has room left in its last pages; so more than that, and no more than has room afterwards.
        while paused(place) == before:
            for _ in range(200):
                asked.add(place.ask(wire, token, WRITE).header("X-Gatehouse-Decision-Id"))
            assert len(asked) < 100_000
    eventually(lambda: paused(place) >= before + 3, within=60)
    whole = place.query("select count(*) = max(sequence) and max(sequence) = (select sequence from audit.log_head) from audit.event")
    assert whole, "a batch was written in part"
    FILLER.unlink()
    log = AuditLog(place, application=application.client_id)
    logged: list[str] = []
    eventually(lambda: logged.extend(item["id"] for item in log.read_on()) or asked <= set(logged), within=60)
    assert len(logged) == len(set(logged))
    assert place.query("select count(*) = max(sequence) from audit.event")
    assert place.query("select count(*) from audit.dead_letter") == 0
    counts(f"L4: disk of the log full: the intake paused {paused(place) - before} times, no batch in part; with room again {len(asked)} refusals in the log, each once")
