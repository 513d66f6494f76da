"""Load: applications that are changed all the time, whatever becomes of the services and of Kafka."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, cycle

from house import Application, House
from wire import Reply, Wire, request


class Changer(threading.Thread):
    """Changes applications in turn, at one replica of registry, and is refused a call now and then; all that it is told stands in the ledger."""

    REFUSED = ("POST", "/rest/v2/segments")

    def __init__(self, house: House, url: str, applications: list[Application]):
        super().__init__(daemon=True)
        self.house, self.url, self.applications = house, url, cycle(applications)
        self.admin, self.token = house.admin_token(), house.token(applications[0])
        self.door, self.wire = Wire(house.doors[0]), None
        self.ended = threading.Event()
        self.statuses: Counter[int | str] = Counter()
        # When the caller was told of each revision.
        self.told_at: dict[int, float] = {}

    def run(self) -> None:
        for number in count():
            if self.ended.is_set():
                return
            try:
                self.change(next(self.applications), number)
            except OSError as error:
                # The replica is away: what it was asked last may have been done or not.
                self.statuses[type(error).__name__] += 1
                self.wire = None
                self.ended.wait(0.05)
            if number % 10 == 0:
                self.be_refused()

    def change(self, application: Application, number: int) -> None:
        path = f"/api/v1/applications/{application.client_id}"
        assertion = self.door.ask(self.house.question("PATCH", path, self.admin)).header("X-Gatehouse-Assertion")
        headers = {"X-Gatehouse-Assertion": assertion, "Content-Type": "application/merge-patch+json"}
        self.wire = self.wire or Wire(self.url)
        reply = self.wire.ask(request("PATCH", path, headers, f'{{"description":"{self.name} {number}"}}'.encode()))
        self.statuses[reply.status] += 1
        if propagation := reply.header("Gatehouse-Propagation"):
            self.house.ledger.told("PATCH", path, reply.status, {"Gatehouse-Propagation": propagation}, b"")
            self.told_at[revision(propagation)] = time.monotonic()

    def be_refused(self) -> None:
        reply = self.door.ask(self.house.question(*self.REFUSED, self.token))
        assert reply.status == 403, reply
        self.house.ledger.refused(reply.header("X-Gatehouse-Decision-Id"), reply.header("X-Gatehouse-Reason"))


def revision(propagation: str) -> int:
    return int(propagation.split("revision=")[1].split(";")[0])


class Load:
    def __init__(self, changers: list[Changer]):
        self.changers = changers

    @property
    def told_at(self) -> dict[int, float]:
        return {revision: at for changer in self.changers for revision, at in list(changer.told_at.items())}

    @property
    def statuses(self) -> Counter[int | str]:
        return sum((changer.statuses for changer in self.changers), Counter())


@contextmanager
def load(house: House, urls: list[str], applications: list[Application]) -> Iterator[Load]:
    """One changer at each URL, until the end of the block; none of them may die."""
    changers = [Changer(house, url, applications) for url in urls]
    for changer in changers:
        changer.start()
    try:
        yield Load(changers)
    finally:
        for changer in changers:
            changer.ended.set()
        for changer in changers:
            changer.join(60)
    assert not any(changer.is_alive() for changer in changers)
