"""At the end of every run, of whichever tests: what callers were told stands in the log, exactly once, and nothing else was made up."""

import re
from collections import Counter, defaultdict

import pytest
from audit import AuditLog
from house import House, eventually
from topics import SOURCES, Topics, event

pytestmark = pytest.mark.last
SCHEMAS = ("registry", "token", "policy")


class Told:
    """All that the services tell: events by id, by the change they state, by the decision."""

    def __init__(self):
        self.events: dict[str, dict] = {}
        self.records = 0
        self.changes: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        self.decisions: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, told: dict) -> None:
        self.records += 1
        assert self.events.setdefault(told["id"], told) == told, "one id, two events"
        data = told["data"]
        if "revision" in data and "decision_id" not in data:
            self.changes[told["source"].removeprefix("/gatehouse/"), data["revision"]].add(told["id"])
        if "decision_id" in data:
            self.decisions[data["decision_id"]].add(told["id"])


@pytest.fixture(scope="module")
def told(house) -> Told:
    """Once every outbox is empty; the last counts are told within ten seconds."""
    eventually(lambda: waiting(house) == 0, within=30)
    topics = Topics(house.local["kafka_bootstrap_servers"], *SOURCES)
    told = Told()
    for message in topics.read_on():
        told.add(event(message))
    topics.close()
    return told


@pytest.fixture(scope="module")
def logged(house, told) -> list[dict]:
    log = AuditLog(house)
    logged: list[dict] = []
    eventually(lambda: logged.extend(log.read_on()) or told.events.keys() <= {item["id"] for item in logged}, within=60)
    return logged


def waiting(house: House) -> int:
    """Facts that are still in an outbox."""
    with house.database() as database:
        schemas = [row[0] for row in database.execute("select schemaname from pg_tables where tablename = 'outbox'")]
        assert set(SCHEMAS) <= set(schemas)
        return sum(database.execute(f"select count(*) from {schema}.outbox").fetchone()[0] for schema in schemas)


def test_the_log_has_each_event_once_without_a_gap(house, told, logged, counts):
    assert [item["sequence"] for item in logged] == list(range(1, len(logged) + 1))
    assert [key for key, count in Counter(item["id"] for item in logged).items() if count > 1] == []
    counts(f"Ledger: {told.records} records of {len(told.events)} events on the topics; {len(logged)} rows in the log, 1…{len(logged)} without a gap")


def test_every_change_is_in_the_log(house, told, logged, counts):
    in_log = {item["id"] for item in logged}
    missing = {change for change in house.ledger.changes if not told.changes[change] & in_log}
    counts(f"Ledger: {len(house.ledger.changes)} revisions acknowledged to callers, {len(missing)} without an event in the log")
    assert house.ledger.changes and missing == set()


def test_every_refusal_is_in_the_log(house, told, logged, counts):
    in_log = {item["id"] for item in logged}
    wrong = {decision for decision in house.ledger.blocks if len(told.decisions[decision] & in_log) != 1}
    counted = sum(item["count"] for item in logged if item["type"] == "gatehouse.requests.blocked")
    counts(
        f"Ledger: {len(house.ledger.blocks)} refusals with a decision id, {len(wrong)} not exactly once in the log; "
        f"{house.ledger.counted} others, {counted} counted"
    )
    assert house.ledger.blocks and wrong == set()
    assert counted >= house.ledger.counted


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_revision_is_told_of(house, told, schema):
    """From the first to the head, whoever caused it: but for signing keys, of which nobody is told."""
    with house.database() as database:
        head = database.execute(f"select revision from {schema}.head").fetchone()[0]
        keys = {row[0] for row in database.execute("select revision from token.signing_key")} if schema == "token" else set()
    revisions = {revision for source, revision in told.changes if source == schema}
    assert set(range(1, head + 1)) - revisions - keys == set()
    assert revisions <= set(range(1, head + 1))


def test_nothing_was_buried(house):
    with house.database() as database:
        assert database.execute("select count(*) from audit.dead_letter").fetchone()[0] == 0


def test_an_event_names_its_service(told):
    assert {re.sub(r"/gatehouse/", "", told["source"]) for told in told.events.values()} <= set(SCHEMAS)
