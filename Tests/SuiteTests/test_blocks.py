"""P7: each refusal has exactly one event with its decision id, and one row in the log, or its caller got 503."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from audit import AuditLog
from house import House, eventually, unique
from topics import Topics, event
from wire import Wire, request

BLOCKS = 10_000
UNPROVEN = 2_000
THREADS = 4
# Requests that are under way at once on each wire.
DEPTH = 25
# What an application that may read segments is refused.
REFUSED = {
    ("POST", "/rest/v2/segments"): "insufficient_scope",
    ("GET", "/rest/v2/users"): "insufficient_scope",
    ("DELETE", "/api/v1/users/1"): "insufficient_scope",
    ("GET", "/rest/v2/unheard-of"): "route_unknown",
}
# Addresses of which nothing else tells.
FLOOD = [f"198.51.100.{number}" for number in range(1, 9)]


def ask(wire: Wire, questions: list[bytes]):
    for start in range(0, len(questions), DEPTH):
        some = questions[start : start + DEPTH]
        wire.send(*some)
        yield from (wire.receive() for _ in some)


class Flood:
    """What callers were told of their blocks, each by its decision."""

    def __init__(self, house: House):
        self.house = house
        self.application = house.make_application(["read:segments"], name=unique("Flood"))
        self.token = house.token(self.application)
        self.places = [house.origin, *house.doors]

    def through(self, number: int) -> list[tuple[str, str]]:
        """One thread's share: a quarter through the edge, the others at a replica each."""
        place = self.places[number % len(self.places)]
        targets = list(REFUSED) * (BLOCKS // THREADS // len(REFUSED))
        if place == self.house.origin:
            bearer = {"Authorization": f"Bearer {self.token}"}
            questions = [request(method, target, bearer) for method, target in targets]
        else:
            questions = [self.house.question(method, target, self.token) for method, target in targets]
        with Wire(place) as wire:
            return [self.told(reply, REFUSED[target]) for reply, target in zip(ask(wire, questions), targets)]

    def told(self, reply, expected: str) -> tuple[str, str]:
        reason, decision = reply.header("X-Gatehouse-Reason"), reply.header("X-Gatehouse-Decision-Id")
        assert (reply.status, reason) in ((403, expected), (503, "state_stale")), reply.head
        self.house.ledger.refused(decision, reason)
        return decision, reason


def test_each_block_is_told_once(house, counts):
    flood = Flood(house)
    topics = Topics(house.local["kafka_bootstrap_servers"], "gatehouse.blocked-requests.v1", from_now=True)
    with ThreadPoolExecutor(THREADS) as threads:
        told = [one for share in threads.map(flood.through, range(THREADS)) for one in share]
    refused = {decision: reason for decision, reason in told if reason != "state_stale"}
    assert len(told) == len({decision for decision, _ in told}) == BLOCKS

    by_decision: dict[str, set[str]] = {}
    records = 0

    def read_on() -> bool:
        nonlocal records
        for message in topics.read_on():
            block = event(message)
            if block["data"].get("application", {}).get("client_id") == flood.application.client_id:
                by_decision.setdefault(block["data"]["decision_id"], set()).add(block["id"])
                assert block["data"]["reason"] == refused.get(block["data"]["decision_id"])
                records += 1
        return len(by_decision) >= len(refused)

    eventually(read_on)
    assert by_decision.keys() == refused.keys()
    assert {len(ids) for ids in by_decision.values()} == {1}
    topics.close()

    log = AuditLog(house, operation="BLOCK", application=flood.application.client_id)
    logged: list[dict] = []
    eventually(lambda: logged.extend(log.read_on()) or len(logged) >= len(refused), within=60)
    assert {item["id"]: item["reason"] for item in logged} == refused
    assert len(logged) == len(refused)
    counts(
        f"P7: {BLOCKS} requests refused, {BLOCKS - len(refused)} of them with 503; {len(by_decision)} events with their decision ids "
        f"({records} records), {len(logged)} rows in the log"
    )


def test_refusals_of_the_unproven_are_counted(house, counts):
    questions = [
        (house.question("GET", "/rest/v2/segments", token, address), (address, reason))
        for number in range(UNPROVEN)
        for address in [FLOOD[number % len(FLOOD)]]
        for token, reason in [(None, "token_missing") if number % 3 else ("a.b.c", "token_malformed")]
    ]
    topics = Topics(house.local["kafka_bootstrap_servers"], "gatehouse.blocked-requests.v1", from_now=True)
    expected = Counter(key for _, key in questions)

    def share(number: int) -> None:
        part = questions[number :: len(house.doors)]
        with Wire(house.doors[number]) as wire:
            for reply, (_, (_, reason)) in zip(ask(wire, [question for question, _ in part]), part):
                assert (reply.status, reply.header("X-Gatehouse-Reason")) == (401, reason)

    with ThreadPoolExecutor(len(house.doors)) as threads:
        list(threads.map(share, range(len(house.doors))))
    house.ledger.counted += UNPROVEN
    told: dict[str, dict] = {}

    def read_on() -> bool:
        told.update({block["id"]: block["data"] for block in map(event, topics.read_on()) if block["data"].get("ip") in FLOOD})
        return sum(data["count"] for data in told.values()) >= UNPROVEN

    eventually(read_on, within=30)
    topics.close()
    summed = Counter()
    for data in told.values():
        summed[data["ip"], data["reason"]] += data["count"]
    assert summed == expected
    counts(f"P7: {UNPROVEN} refusals of nobody in particular, counted in {len(told)} events that add up")
