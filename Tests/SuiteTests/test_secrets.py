"""At the end of a run: no secret that it has seen stands in a log, on a topic, in a row or in the body of an error."""

import subprocess
from pathlib import Path

import pytest
from haystack import Haystack
from house import House, eventually
from ledger import basic
from topics import Topics

pytestmark = pytest.mark.last
KEYS = ("assertion-key", "door-key", "sealing-key", "pepper", "answer-key")


@pytest.fixture(scope="module")
def secrets(house) -> set[str]:
    """Those of callers, as they came and as they went, and those of the services."""
    client = house.local["admin_client"]
    found = house.ledger.secrets | {client["client_secret"], basic(**client).removeprefix("Basic ")}
    found |= {(house.run / "secrets" / name).read_text().strip() for name in KEYS}
    found |= {file.read_text().strip() for file in (house.run / "secrets").glob("postgres-*")}
    assert len(found) > 12 and any(secret.startswith("ghs_") for secret in found) and any(secret.startswith("eyJ") for secret in found)
    return found


def logs(house: House) -> Haystack:
    """Of every process of the run, PostgreSQL's own included; the edge writes its once a second."""
    haystack = Haystack()
    data = house.run / "postgres.data"
    files = [*(house.run / "log").iterdir(), *([] if not data.exists() else [Path(data.read_text().strip()) / "server.log"])]
    for file in files:
        haystack.add(file.read_bytes())
    return haystack


def records(house: House) -> Haystack:
    haystack = Haystack()
    topics = Topics(house.local["kafka_bootstrap_servers"])
    for message in topics.read_on():
        for part in [message.key(), message.value(), *(value for _, value in message.headers() or [])]:
            haystack.add(part or b"")
    topics.close()
    return haystack


def rows(house: House) -> Haystack:
    """All rows of the database, as text."""
    haystack = Haystack()
    dump = ["pg_dump", "--data-only", "--dbname", house.local["postgres_url"]]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            haystack.add(line)
    assert process.returncode == 0
    return haystack


def errors(house: House) -> Haystack:
    haystack = Haystack()
    for body in house.ledger.errors:
        haystack.add(body)
    return haystack


PLACES = {"logs": logs, "records": records, "rows": rows}


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_is_written_anywhere(house, secrets, place, counts):
    """By the same search, what is no secret is found: client ids are in all three."""
    clients = house.ledger.clients
    haystack = eventually(lambda: found if (found := PLACES[place](house)).holds(clients) else None)
    found = haystack.holds(secrets)
    counts(f"Secrets: {len(secrets)} looked for among {len(haystack.words)} words in {haystack.size >> 20} MiB of {place}; found: {len(found)}")
    assert found == set()
    assert [word for word in haystack.words if word.startswith((b"ghs_", b"eyJ")) and len(word) > 20] == []


def test_no_error_repeats_a_secret(house, secrets):
    assert house.ledger.errors
    assert errors(house).holds(secrets) == set()


@pytest.mark.parametrize("written", ["x={}&y", '{{"a":"{}"}}', "Bearer {},", "\\x{}"])
def test_the_search_finds_a_secret(secrets, written):
    secret = max(secrets, key=lambda secret: secret.startswith("ghs_"))
    haystack = Haystack()
    haystack.add(written.format(secret.encode().hex() if written.startswith("\\") else secret).encode())
    assert haystack.holds(secrets) == {secret}
