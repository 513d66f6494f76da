"""R6, R7: who starts in a storm of rotations, and what is read before a change and used after it, allows nothing old."""

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from house import eventually, expect
from place import READ, Place
from process import further_replica
from wire import Wire

# Each start has another weakness: reading late, applying late, dying right before it would be active.
WEAKNESSES = (None, "pull.before-apply,100ms", "replica.before-activate,400ms", "replica.before-activate", None)
APPLICATIONS = 3


class Storm(threading.Thread):
    """An application whose secret is rotated over and over."""

    def __init__(self, place: Place):
        super().__init__()
        self.place, self.ended, self.failure = place, threading.Event(), None
        self.application = place.make_application(["read:segments"])
        self.tokens = [place.token(self.application)]
        # Those before belong to rotations that have been answered.
        self.dead = 0

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                answer = self.place.rotate(self.application)
                assert answer.status_code in (200, 202), answer.text
                if answer.status_code == 200:
                    self.dead = len(self.tokens)
                self.tokens.append(self.place.token(self.application))
            except Exception as failure:  # noqa: BLE001
                self.failure = failure
                return


def starts_and_kills(place: Place, folder, number: int) -> tuple[int, int, int, int]:
    """Rotations, answers, allowances of live tokens, and of dead ones."""
    storms = [Storm(place) for _ in range(APPLICATIONS)]
    asked = alive = accepted = 0
    for storm in storms:
        storm.start()
    try:
        for turn in range(number):
            fault = WEAKNESSES[turn % len(WEAKNESSES)]
            environment = {"GATEHOUSE_FAULT_AT": fault} if fault else {}
            replica = further_replica(place, folder, "stormy", environment, LEASE_TTL="2s")
            # It has become active, decided for a moment, and is killed in the midst of it.
            end, enough, wire = time.monotonic() + 20, alive + random.randrange(1, 40), None
            while time.monotonic() < end and alive < enough and replica.runs:
                try:
                    wire = wire or Wire(replica.internal_url)
                    for storm in storms:
                        dead, newest = storm.dead, len(storm.tokens) - 1
                        for index in {newest, max(dead - 1, 0), random.randrange(newest + 1)}:
                            reply = place.ask(wire, storm.tokens[index])
                            asked += 1
                            accepted += reply.status == 200 and index < dead
                            alive += reply.status == 200
                except (ConnectionError, OSError):
                    wire = None
            if wire:
                wire.close()
            replica.kill()
    finally:
        for storm in storms:
            storm.ended.set()
        for storm in storms:
            storm.join()
    assert [storm.failure for storm in storms] == [None] * APPLICATIONS
    return sum(len(storm.tokens) - 1 for storm in storms), asked, alive, accepted


def storm(place, folder, number, counts) -> None:
    rotations, asked, alive, accepted = starts_and_kills(place, folder, number)
    counts(f"R6: {number} replicas started and killed during {rotations} rotations: {asked} answers, {alive} allowed, {accepted} with a token of before")
    assert accepted == 0 and alive > 0 and rotations > 0
    # Their rows are swept, and nobody waits for them.
    eventually(lambda: place.rows() == 3, within=30)


def test_a_replica_that_starts_in_a_storm_of_rotations_allows_nothing_old(place, tmp_path, counts):
    storm(place, tmp_path, 10, counts)


@pytest.mark.soak
def test_five_hundred_starts_and_kills(place, tmp_path, counts):
    storm(place, tmp_path, int(os.environ.get("GATEHOUSE_SOAK_STARTS", "500")), counts)


def test_a_token_that_was_read_before_a_rotation_and_signed_after_it_is_dead(place, counts):
    """R7: it is stamped with what was read, however long ago."""
    admin, late = place.admin_token(), []
    for _ in range(4):
        application = place.make_application(["read:segments"])
        with place.failing("token-1", "token.before-signing,stop") as process, ThreadPoolExecutor(1) as thread:
            asking = thread.submit(place.token_answer, application.client_id, application.client_secret)
            eventually(lambda process=process: process.is_stopped)
            answer = place.call("POST", f"/api/v1/applications/{application.client_id}/secret", admin, json={"revoke_tokens": True})
            assert expect(answer, 200)["propagation"]["state"] == "complete"
            process.resume()
            late.append(expect(asking.result(), 200)["access_token"])
            refused = [place.ask(door, late[-1]).status for door in place.doors]
            assert refused == [401] * 3
    counts(f"R7: {len(late)} tokens read before a rotation and signed after it: refused by 3 replicas each, allowed by none")


def test_what_is_read_before_a_change_and_applied_after_it_serves_nothing_old(place, tmp_path, counts):
    """R7: half a second lies between the reading and the state of this replica."""
    replica = further_replica(place, tmp_path, "dawdling", {"GATEHOUSE_FAULT_AT": "pull.before-apply,500ms"})
    application = place.make_application(["read:segments"])
    try:
        replica.becomes_ready()
        took = []
        for _ in range(4):
            old = place.token(application)
            told = expect(place.rotate(application), 200)["propagation"]
            assert (told["state"], told["replicas"], told["lapsed"]) == ("complete", 4, 0)
            assert place.ask(replica.internal_url, old).status == 401
            assert place.ask(replica.internal_url, place.token(application)).status == 200
            took.append(told["ms"])
        counts(f"R7: a replica that applies half a second late: rotations answered after {', '.join(map(str, took))} ms, nothing old allowed")
    finally:
        assert replica.terminate() == 0
    eventually(lambda: place.rows() == 3)


def test_a_decision_halted_before_its_last_look_at_the_clock_allows_nothing(place, tmp_path, counts):
    """R10: halted for ten leases at the one place where everything but the lease is decided."""
    lease = 2
    replica = further_replica(place, tmp_path, "halted", {"GATEHOUSE_FAULT_AT": "decision.before-last-look,stop"}, LEASE_TTL=f"{lease}s")
    application = place.make_application(["read:segments"])
    try:
        replica.becomes_ready()
        with Wire(replica.internal_url) as wire:
            wire.send(place.question(*READ, place.token(application)))
            eventually(lambda: replica.is_stopped)
            halted = time.monotonic()
            told = expect(place.rotate(application), 200)["propagation"]
            assert (told["state"], told["lapsed"]) == ("complete", 1)
            eventually(lambda: time.monotonic() - halted > 10 * lease, within=10 * lease + 5)
            replica.resume()
            reply = wire.receive()
        assert (reply.status, reply.header("X-Gatehouse-Reason")) == (503, "state_stale")
        place.note(reply)
        counts(f"R10: halted for {10 * lease} s at the last look: {reply.status} {reply.header('X-Gatehouse-Reason')}")
        new = place.token(application)
        eventually(lambda: place.ask(replica.internal_url, new).status == 200)
    finally:
        replica.terminate()
    eventually(lambda: place.rows() == 3)
