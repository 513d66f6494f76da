"""S2, S4: a great many deaths, of whichever process at whichever moment: none needs a hand, nothing is lost, nothing grows."""

import os
import random
import threading
import time

import httpx
import pytest
from house import eventually, expect
from place import NAMES, Place


class Callers:
    """Applications that call, are blocked, rotate and are made, all the time, whatever becomes of it. The ledger has what was answered."""

    def __init__(self, place: Place, number: int = 3):
        self.place, self.ended = place, threading.Event()
        self.answers: dict[int, int] = {}
        self.wrong: list[str] = []
        self.threads = [threading.Thread(target=self.run, args=(place.make_application(["read:segments"]),)) for _ in range(number)]

    def run(self, application) -> None:
        secrets = [application.client_secret]
        while not self.ended.is_set():
            try:
                self.turn(application, secrets)
            except (httpx.TransportError, AssertionError):
                continue  # Not answered, or the token or the user could not be had: that is what the others are for.
            except Exception as failure:  # noqa: BLE001
                self.wrong.append(repr(failure))

    def turn(self, application, secrets: list[str]) -> None:
        token = self.count(self.place.token_answer(application.client_id, application.client_secret))
        if token.status_code == 401:
            # A rotation took place whose answer was lost: whoever is in charge makes another.
            self.rotate(application)
        elif token.status_code == 200:
            bearer = token.json()["access_token"]
            self.count(self.place.call("GET", "/rest/v2/segments", bearer))
            self.count(self.place.call("POST", "/rest/v2/segments", bearer, json={"name": "x", "domains": []}))
            if self.rotate(application):
                after = self.count(self.place.call("GET", "/rest/v2/segments", bearer))
                if after.status_code == 200:
                    self.wrong.append("a token of before a rotation was accepted after it")

    def rotate(self, application) -> bool:
        return self.count(self.place.rotate(application)).status_code == 200

    def count(self, answer: httpx.Response) -> httpx.Response:
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        # What nginx makes of a replica that is gone is its own.
        if answer.status_code == 500 and "problem+json" in answer.headers.get("content-type", ""):
            self.wrong.append(answer.text)
        return answer

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()


def footprint(place: Place) -> dict[str, tuple[int, int]]:
    """Of each process: its memory in MB, and its descriptors."""
    found = {}
    for name, process in place.processes.items():
        status = open(f"/proc/{process.process.pid}/status").read()
        memory = int(status.split("VmRSS:")[1].split()[0]) // 1024
        found[name] = (memory, len(os.listdir(f"/proc/{process.process.pid}/fd")))
    return found


def connections(place: Place) -> int:
    return place.query("select count(*) from pg_stat_activity where backend_type = 'client backend'")


def pause(least: float, most: float) -> None:
    """Until whichever moment: there is none to be awaited."""
    threading.Event().wait(random.uniform(least, most))


def kill(place: Place, number: int, rest: tuple[float, float]) -> dict[str, int]:
    killed: dict[str, int] = {}
    for _ in range(number):
        pause(*rest)
        name = random.choice(NAMES)
        place.processes[name].kill()
        place.start(name)
        killed[name] = killed.get(name, 0) + 1
    return killed


def random_kills(place: Place, number: int, counts) -> None:
    with Callers(place) as callers:
        killed = kill(place, number, (0.1, 1.5))
    place.are_ready()
    assert callers.wrong == []
    assert callers.answers[200] > 0
    for door in place.doors:
        application = place.make_application(["read:segments"])
        assert place.ask(door, place.token(application)).status == 200
    eventually(place.outbox_is_empty, within=30)
    eventually(lambda: place.rows() == 3, within=30)
    counts(
        f"S2: {number} processes killed ({', '.join(f'{name} {times}' for name, times in sorted(killed.items()))}) while "
        f"{sum(callers.answers.values())} requests were answered ({', '.join(f'{times} × {status}' for status, times in sorted(callers.answers.items()))}): no repair, nothing old accepted"
    )


def test_random_kills_need_no_repair(place, counts):
    random_kills(place, 30, counts)


@pytest.mark.soak
def test_a_thousand_random_kills_need_no_repair(place, counts):
    random_kills(place, int(os.environ.get("GATEHOUSE_SOAK_KILLS", "1000")), counts)


def flat(place: Place, seconds: float, counts) -> None:
    """Under cut connections and frozen replicas; nobody is killed, for a new process has grown nothing."""
    for name in NAMES:
        place.restart(name)
    place.are_ready()
    samples = []
    with Callers(place) as callers:
        warm = time.monotonic() + seconds / 5
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            process = place.processes[random.choice(NAMES)]
            process.freeze()
            pause(0.1, 1)
            process.resume()
            with place.database() as database:
                database.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = any(array['registry', 'token', 'policy', 'audit']) and random() < 0.3")
            pause(0.1, 1)
            if time.monotonic() > warm:
                samples.append((footprint(place), connections(place)))
    place.are_ready()
    assert callers.wrong == []
    first, last = samples[0], samples[-1]
    grown = {name: (last[0][name][0] - first[0][name][0], last[0][name][1] - first[0][name][1]) for name in NAMES}
    counts(
        f"S4: {seconds:.0f} s of frozen processes and cut connections, {sum(callers.answers.values())} answers. Memory (MB) and descriptors from … to: "
        + "; ".join(f"{name} {first[0][name][0]}→{last[0][name][0]}, {first[0][name][1]}→{last[0][name][1]}" for name in NAMES)
        + f"; connections to PostgreSQL {first[1]}→{last[1]}"
    )
    # A leak of one per request or per fault would be hundreds.
    assert all(descriptors < 40 for _, descriptors in grown.values()), grown
    assert all(memory < 64 for memory, _ in grown.values()), grown
    assert last[1] < first[1] + 40
    expect(place.manage("GET", "/roles"), 200)


def test_nothing_grows_under_faults(place, counts):
    flat(place, 20, counts)


@pytest.mark.soak
def test_nothing_grows_under_faults_for_long(place, counts):
    flat(place, 60 * float(os.environ.get("GATEHOUSE_SOAK_MINUTES", "10")), counts)
