"""R1 and P8 at length: Tests/run --only soak --filter 'million or p99'."""

import os
import statistics
import threading
import time

import pytest
from place import READ, Place
from rotations import under_load
from wire import Wire

pytestmark = pytest.mark.soak


def test_a_million_requests_over_a_thousand_rotations(place: Place, counts):
    under_load(place, counts, rotations=1000, requests=int(os.environ.get("GATEHOUSE_SOAK_REQUESTS", "1000000")))


def latencies(place: Place, token: str, seconds: float) -> list[float]:
    """Milliseconds from question to answer, at each replica in turn, 500 a second."""
    question, took = place.question(*READ, token), []
    wires = [Wire(door) for door in place.doors]
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        assert wires[len(took) % len(wires)].ask(question).status == 200
        took.append((time.monotonic() - now) * 1000)
        threading.Event().wait(max(0, 0.002 - (time.monotonic() - now)))  # A rate.
    return took


def test_p99_while_ten_secrets_are_rotated_a_second(place: Place, counts):
    """P8, printed: two numbers of one run on one machine, and no assertion about them."""
    seconds = float(os.environ.get("GATEHOUSE_SOAK_SECONDS", "20"))
    token = place.token(place.make_application(["read:segments"]))
    others = [place.make_application(["read:segments"]) for _ in range(4)]
    latencies(place, token, seconds / 4)
    alone = latencies(place, token, seconds)
    ended, rotations, admin = threading.Event(), [], place.admin_token()

    def rotate(application) -> None:
        path = f"/api/v1/applications/{application.client_id}/secret"
        took = 0.0
        while not ended.wait(max(0, 0.4 - took)):
            begun = time.monotonic()
            rotations.append(place.call("POST", path, admin, json={"revoke_tokens": True}).status_code)
            took = time.monotonic() - begun

    threads = [threading.Thread(target=rotate, args=(application,)) for application in others]
    for thread in threads:
        thread.start()
    beside = latencies(place, token, seconds)
    ended.set()
    for thread in threads:
        thread.join()
    assert set(rotations) == {200}
    before, after = (statistics.quantiles(took, n=100)[98] for took in (alone, beside))
    counts(
        f"P8: p99 of {len(alone)} decisions {before:.2f} ms, of {len(beside)} beside {len(rotations) / seconds:.1f} rotations a second {after:.2f} ms: × {after / before:.2f}"
    )
