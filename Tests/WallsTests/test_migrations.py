"""A migration that was released never changes: databases have applied it, and would refuse it (S5)."""

import hashlib

from tree import TOP, files

SUMS = TOP / "deploy/postgres/migrations.txt"


def test_migrations_are_as_they_were_released():
    now = {path: hashlib.sha256((TOP / path).read_bytes()).hexdigest() for path in files(r"Services/\w+/Migrations/.*\.sql$")}
    released = dict(reversed(line.split("  ", 1)) for line in SUMS.read_text().splitlines())
    assert [path for path, known in released.items() if now.get(path) != known] == [], "write another step: these are released"
    assert sorted(now.keys() - released.keys()) == [], f"add its line to {SUMS.relative_to(TOP)} (sha256sum)"
