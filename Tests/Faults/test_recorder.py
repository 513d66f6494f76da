"""L2: policy and audit die at any point: what was answered is recorded, and what was recorded stands in the log once."""

import threading
import time

import pytest
from audit import AuditLog
from house import eventually
from place import WRITE, Place, Heard
from wire import Wire

TOPICS = ("gatehouse.calls.v1", "gatehouse.blocked-requests.v1")
WIRES = 4
REQUESTS = 60


@pytest.mark.parametrize("point", ["record.before-produce:70", "record.before-answer:70", "decision.before-last-look:70"])
def test_whatever_policy_has_answered_is_recorded(place, point, counts):
    writer = place.make_application(["read:segments", "write:profiles"])
    reader = place.make_application(["read:segments"])
    may, may_not = place.token(writer), place.token(reader)
    told = Heard(place, *TOPICS)
    allowed, refused = set(), set()
    with place.failing("policy-2", point) as process:
        wires = [Wire(place.doors[1]) for _ in range(WIRES)]
        for wire in wires:
            wire.send(*[place.question(*WRITE, token) for token in (may, may_not)] * REQUESTS)
        for wire in wires:
            try:
                while True:
                    reply = wire.receive()
                    place.note(reply)
                    assert reply.status in (200, 403, 503)
                    (allowed if reply.status == 200 else refused).add(reply.header("X-Gatehouse-Decision-Id"))
            except ConnectionError:
                pass
        assert process.was_killed()
    assert allowed and refused and len(allowed) + len(refused) < 2 * WIRES * REQUESTS, "killed in the midst of them"
    eventually(lambda: place.outbox_is_empty("policy"))
    eventually(lambda: told.has(allowed | refused), within=30)
    log = AuditLog(place, application=writer.client_id)
    logged: list[str] = []
    eventually(lambda: logged.extend(item["id"] for item in log.read_on()) or allowed <= set(logged), within=30)
    assert len(logged) == len(set(logged))
    counts(f"L2: policy killed at {point}: {len(allowed)} writes and {len(refused)} refusals answered, each with its event")
    told.close()


@pytest.mark.parametrize("point", ["intake.before-transaction:3", "intake.before-commit:3", "intake.after-commit:3"])
def test_an_intake_that_is_killed_writes_each_event_once(place: Place, point, counts):
    application = place.make_application(["read:segments"])
    token = place.token(application)
    asked: set[str] = set()
    with place.failing("audit-1", point) as process:
        with Wire(place.doors[0]) as wire:
            end = time.monotonic() + 30
            while process.runs and time.monotonic() < end:
                for _ in range(10):
                    reply = place.ask(wire, token, WRITE)
                    assert reply.status == 403
                    asked.add(reply.header("X-Gatehouse-Decision-Id"))
                threading.Event().wait(0.02)  # Else one batch takes them all.
        assert process.was_killed()
        with Wire(place.doors[0]) as wire:
            for _ in range(100):
                asked.add(place.ask(wire, token, WRITE).header("X-Gatehouse-Decision-Id"))
    log = AuditLog(place, application=application.client_id)
    logged: list[str] = []
    eventually(lambda: logged.extend(item["id"] for item in log.read_on()) or asked <= set(logged), within=60)
    assert len(logged) == len(set(logged))
    assert place.query("select count(*) = max(sequence) from audit.event")
    counts(f"L1: audit killed at {point}: {len(asked)} refusals before and after, each in the log once, no gap")
