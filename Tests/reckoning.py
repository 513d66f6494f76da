"""The ledger check: what callers were told stands on the topics and in the log, exactly once, and nothing else was made up."""

from collections import Counter, defaultdict
from collections.abc import Callable

from audit import AuditLog
from house import House, eventually
from topics import SOURCES, Topics, event

SCHEMAS = ("registry", "token", "policy")


def waiting(house: House) -> dict[str, int]:
    """Facts that are still in an outbox, by schema."""
    with house.database() as database:
        schemas = [row[0] for row in database.execute("select schemaname from pg_tables where tablename = 'outbox'")]
        assert set(SCHEMAS) <= set(schemas)
        return {schema: database.execute(f"select count(*) from {schema}.outbox").fetchone()[0] for schema in schemas}


class Told:
    """All that the topics tell: events by id, by the change they state, by the decision."""

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

    def read(self, house: House) -> None:
        """Once every outbox is empty; the last counts are told within ten seconds."""
        eventually(lambda: not any(waiting(house).values()), within=60)
        topics = Topics(house.local["kafka_bootstrap_servers"], *SOURCES)
        for message in topics.read_on():
            self.add(event(message))
        topics.close()


class Reckoning:
    """What was told so far, beside the whole log, which has all of it by now."""

    def __init__(self, house: House, told: Told):
        self.house, self.told = house, told
        log = AuditLog(house)
        self.logged: list[dict] = []
        eventually(self.has_arrived(log), within=60)
        self.ids = {item["id"] for item in self.logged}

    def has_arrived(self, log: AuditLog) -> Callable[[], bool]:
        def look() -> bool:
            self.logged.extend(log.read_on())
            return self.told.events.keys() <= {item["id"] for item in self.logged}

        return look

    @property
    def is_gapless(self) -> bool:
        return [item["sequence"] for item in self.logged] == list(range(1, len(self.logged) + 1))

    @property
    def repeated(self) -> list[str]:
        return [key for key, count in Counter(item["id"] for item in self.logged).items() if count > 1]

    @property
    def missing_changes(self) -> set[tuple[str, int]]:
        """Revisions that callers were told, without an event in the log."""
        return {change for change in self.house.ledger.changes if not self.told.changes[change] & self.ids}

    @property
    def wrong_blocks(self) -> set[str]:
        """Refusals that callers were told, not exactly once in the log."""
        return {decision for decision in self.house.ledger.blocks if len(self.told.decisions[decision] & self.ids) != 1}

    @property
    def counted(self) -> int:
        """Refusals that the log counts."""
        return sum(item["count"] for item in self.logged if item["type"] == "gatehouse.requests.blocked")

    def untold(self, schema: str) -> set[int]:
        """Revisions from the first to the head that nobody is told of; but for signing keys, which are no fact."""
        with self.house.database() as database:
            keys = {row[0] for row in database.execute("select revision from token.signing_key")} if schema == "token" else set()
        return set(range(1, self.head(schema) + 1)) - self.revisions(schema) - keys

    def made_up(self, schema: str) -> set[int]:
        """Revisions that are told and were never reached. (Not each that was reached is told of: of two replicas that change the same
        application at once, one may have moved the head in vain.)"""
        return {revision for revision in self.revisions(schema) if not 1 <= revision <= self.head(schema)}

    def revisions(self, schema: str) -> set[int]:
        return {revision for source, revision in self.told.changes if source == schema}

    def head(self, schema: str) -> int:
        with self.house.database() as database:
            return database.execute(f"select revision from {schema}.head").fetchone()[0]

    @property
    def buried(self) -> int:
        with self.house.database() as database:
            return database.execute("select count(*) from audit.dead_letter").fetchone()[0]

    def holds(self) -> str:
        """All of it; says what was counted."""
        ledger = self.house.ledger
        wrong = {
            "twice in the log": self.repeated,
            "changes without an event": self.missing_changes,
            "refusals not exactly once": self.wrong_blocks,
            "buried": self.buried,
            **{f"made-up revisions of {schema}": self.made_up(schema) for schema in SCHEMAS},
        }
        assert not any(wrong.values()), wrong
        assert self.is_gapless and ledger.changes and ledger.blocks and self.counted >= ledger.counted
        return (
            f"{len(ledger.changes)} revisions and {len(ledger.blocks)} refusals acknowledged to callers, each in the log exactly once; "
            f"{self.told.records} records of {len(self.told.events)} events on the topics; {len(self.logged)} rows without a gap"
        )
