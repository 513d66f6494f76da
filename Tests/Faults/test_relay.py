"""K1, K2, K4: what has committed is told, whoever dies; what has not is not; and nobody waits for another's transaction."""

import json
import os
import time
import uuid

import pytest
from house import eventually, expect
from place import Place, Heard, repeated

POINTS = ("relay.after-produce", "relay.before-delete", "relay.after-delete")
# What bumps a head, by the service whose relay tells of it.
CHANGES = {
    "registry": ("gatehouse.applications.v1", "gatehouse.secret-rotations.v1"),
    "policy": ("gatehouse.access.v1",),
    "token": ("gatehouse.revocations.v1",),
}
# Seconds for which somebody holds a transaction open.
HOLD = float(os.environ.get("GATEHOUSE_FAULTS_HOLD", "6"))


def change(place: Place, service: str, application) -> None:
    """Whatever is answered, or not: the ledger has what was."""
    match service:
        case "registry":
            place.manage("POST", f"/applications/{application.client_id}/revoke-tokens", json={})
        case "policy":
            place.manage("POST", "/domains", json={"name": f"d{uuid.uuid4().hex[:12]}.example.com"})
        case "token":
            form = {"token": place.token(application)}
            place.edge.post("/oauth/revoke", data=form, auth=(application.client_id, application.client_secret))


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("service", CHANGES)
def test_a_relay_that_is_killed_tells_everything(place, service, point, counts):
    """K1. Only one replica of each service relays: the leader."""
    application = place.make_application(["read:segments"])
    # Of three replicas of policy any may lead: only the one that fails is left.
    others = [name for name in place.processes if name.startswith(f"{service}-") and name != f"{service}-1"]
    before = place.head(service)
    told = Heard(place, *CHANGES[service])
    for name in others:
        place.processes[name].kill()
    with place.failing(f"{service}-1", f"{point}:3") as process:
        for _ in range(200):
            if not process.runs:
                break
            try:
                change(place, service, application)
            except AssertionError:
                break  # No token, for whoever gives it is dead.
        assert process.was_killed()
        for name in others:
            place.start(name)
    made = set(range(before + 1, place.head(service) + 1))
    keys = {key for key in made if service == "token" and place.query("select count(*) from token.signing_key where revision = %s", key)}
    eventually(lambda: made - keys <= told.revisions(service), within=30)
    eventually(lambda: place.outbox_is_empty(service), within=30)
    told.read()
    if point == "relay.before-delete":
        assert told.repeats() > 0, "what was told stood in the outbox still, so it was told again"
    counts(f"K1: {service} killed at {point}: {len(made)} revisions committed, each on its topic; {told.repeats()} records told again")
    told.close()


@pytest.fixture
def event(place):
    """An event of a change, as it stands on its topic: a pattern for one that the test itself puts into the outbox."""
    told = Heard(place, "gatehouse.applications.v1")
    application = place.make_application(["read:segments"])
    eventually(lambda: [told for told in told.read() if told["subject"] == application.client_id])
    found = next(event for event in told.events if event["subject"] == application.client_id)
    told.close()
    milliseconds = time.time_ns() // 10**6
    found["id"] = str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | uuid.uuid4().int & ((1 << 62) - 1)))
    found["data"].pop("revision")
    found["data"].pop("incarnation")
    return found


INSERT = """insert into registry.outbox (id, aggregatetype, aggregateid, type, payload) values (%s, 'applications', %s, %s, %s)"""


def test_a_transaction_that_stays_open_loses_no_fact_and_delays_none(place, event, counts):
    """K2: its row has the lower position, and commits long after the others were told and deleted."""
    told = Heard(place, "gatehouse.applications.v1")
    took = []
    with place.database() as holder:
        holder.autocommit = False
        holder.execute(INSERT, (event["id"], event["subject"], event["type"], json.dumps(event)))
        end = time.monotonic() + HOLD
        while time.monotonic() < end:
            application = place.make_application(["read:segments"])
            answered = time.monotonic()
            eventually(lambda: any(one["subject"] == application.client_id for one in told.read()))
            took.append(time.monotonic() - answered)
        assert not told.has({event["id"]})
        holder.commit()
    eventually(lambda: told.has({event["id"]}))
    counts(f"K2: a transaction open for {HOLD:.0f} s: {len(took)} facts behind it told meanwhile, the slowest {max(took) * 1000:.0f} ms after its answer; then its own")
    told.close()


@pytest.mark.parametrize("service", ["registry", "policy"])
def test_a_change_that_gets_no_lock_is_a_clear_503(place, service, counts):
    """K2: in two seconds; tokens are issued and requests decided meanwhile."""
    application = place.make_application(["read:segments"])
    token, before = place.token(application), place.head(service)
    asked = []

    def use() -> None:
        assert place.call("GET", "/rest/v2/segments", place.token(application)).status_code == 200
        asked.append(time.monotonic())

    with place.database() as holder:
        holder.autocommit = False
        holder.execute(f"select from {service}.head for update")
        begun = time.monotonic()
        with repeated(use):
            path, body = {"registry": ("/applications", {"name": "Locked out", "flow": "client_credentials", "scopes": ["read:segments"], "run_as": place.admin.run_as}), "policy": ("/domains", {"name": "locked-out.example.com"})}[service]
            answer = place.manage("POST", path, json=body)
        took = time.monotonic() - begun
        holder.rollback()
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json") and "nothing was done" in answer.json()["detail"]
    assert place.head(service) == before and place.call("GET", "/rest/v2/segments", token).status_code == 200
    counts(f"K2: {service} without its lock: 503 after {took:.1f} s; {len(asked)} tokens issued and used meanwhile")
    assert asked
    expect(place.manage("GET", "/roles"), 200)


def test_a_change_that_is_rolled_back_is_not_told(place, event, counts):
    """K4: beside changes that are."""
    told = Heard(place, "gatehouse.applications.v1")
    rolled_back = []
    for _ in range(20):
        with place.database() as other:
            other.autocommit = False
            identity = event["id"][:-12] + uuid.uuid4().hex[:12]
            other.execute(INSERT, (identity, event["subject"], event["type"], json.dumps(event | {"id": identity})))
            other.rollback()
            rolled_back.append(identity)
    last = place.make_application(["read:segments"])
    eventually(lambda: any(one["subject"] == last.client_id for one in told.read()))
    assert place.outbox_is_empty("registry")
    assert not {one["id"] for one in told.read()} & set(rolled_back)
    # A name that is taken: the statement that was to bump the head and to tell of it did neither.
    before = place.head("registry")
    refused = [place.manage("POST", "/applications", json={"name": last.body["name"], "flow": "client_credentials", "scopes": ["read:segments"], "run_as": place.admin.run_as}).status_code for _ in range(5)]
    assert refused == [409] * 5 and place.head("registry") == before
    counts(f"K4: {len(rolled_back)} transactions rolled back and {len(refused)} changes refused: 0 told, no revision lost")
    told.close()
