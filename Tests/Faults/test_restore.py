"""R11: a database that was restored has lost commits: without `migrate --restored` nothing runs on it, and with it what was revoked is dead."""

import httpx
import psycopg
import pytest
from house import Application, House, eventually, expect
from life import Life
from process import Process
from shell import shell
from wire import Wire

READ = ("GET", "/rest/v2/segments")
STATEFUL = ("registry", "token", "policy")
SERVICES = (*STATEFUL, "audit")


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    life = Life(tmp_path_factory.mktemp("restored"))
    yield life
    life.end()


def ask(house: House, token: str) -> int:
    with Wire(house.doors[0]) as wire:
        return wire.ask(house.question(*READ, token)).status


def copied(house: House, source: str, target: str) -> None:
    """The whole database, as a backup has it."""
    server = psycopg.conninfo.make_conninfo(house.local["postgres_url"], dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {target} with (force)")
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()", (source,)
        )
        connection.execute(f"create database {target} template {source}")


def migrate(life: Life, service: str, *options: str) -> int:
    arguments = ("migrate", *options)
    return Process(service, life.run / "env" / f"{service}-host.env", life.run / "log" / "migrate.log", arguments=arguments).process.wait(60)


def stop(life: Life) -> None:
    for process in life.processes.values():
        if process.runs:
            process.terminate()


class Revoked:
    """Tokens that were alive in the backup, and were revoked after it, each in another way; and some that were made after it."""

    def __init__(self, house: House):
        self.house = house
        self.user = house.make_user("Restored", ["Data Scientist"])
        self.applications: dict[str, Application] = {
            way: house.make_application(["read:segments"], **({"run_as": self.user["id"]} if way == "user" else {}))
            for way in ("rotated", "revoked all", "revoked one", "disabled", "deleted", "user", "rotated thrice")
        }
        self.tokens = [house.token(application) for application in self.applications.values()]
        self.alive = house.make_application(["read:segments"])
        self.tokens.append(house.token(self.alive))

    def revoke(self) -> None:
        house, applications = self.house, self.applications
        paths = {way: f"/applications/{application.client_id}" for way, application in applications.items()}
        merge = {"Content-Type": "application/merge-patch+json"}
        self.rotate("rotated")
        for _ in range(3):
            self.rotate("rotated thrice")
            self.tokens.append(house.token(applications["rotated thrice"]))
        self.rotate("rotated thrice")
        expect(house.manage("POST", paths["revoked all"] + "/revoke-tokens", json={}), 200)
        one = applications["revoked one"]
        assert house.edge.post("/oauth/revoke", data={"token": self.tokens[2]}, auth=(one.client_id, one.client_secret)).status_code == 200
        expect(house.manage("PATCH", paths["disabled"], content='{"enabled":false}', headers=merge), 200)
        assert house.manage("DELETE", paths["deleted"]).status_code == 204
        expect(house.manage("PATCH", f"/users/{self.user['id']}", content='{"active":false}', headers=merge), 200)

    def rotate(self, way: str) -> None:
        application = self.applications[way]
        answer = expect(self.house.manage("POST", f"/applications/{application.client_id}/secret", json={"revoke_tokens": True}), 200)
        application.client_secret = answer["client_secret"]


def test_after_a_restore_what_was_revoked_stays_revoked(life: Life, counts):
    house = life.house
    for service in SERVICES:
        shell(f"stop_process {service}-1", life.run)
        life.start(service)
    for process in life.processes.values():
        process.becomes_ready()
    revoked = Revoked(house)
    eventually(lambda: outboxes(house) == 0)
    stop(life)
    copied(house, "gatehouse", "backup")
    for service in SERVICES:
        life.start(service).becomes_ready()
    eventually(lambda: house.token_answer(**house.local["admin_client"]).status_code == 200)
    revoked.revoke()
    eventually(lambda: outboxes(house) == 0)
    stop(life)
    copied(house, "backup", "gatehouse")

    # Whoever forgets to say that it was restored: services meet what they have told, and stop.
    alarmed = {service: life.start(service) for service in SERVICES}
    for service in STATEFUL:
        eventually(lambda service=service: not alarmed[service].runs, within=60)
        assert alarmed[service].process.wait() == 1
        assert f"`{service} migrate --restored`" in alarmed[service].log.read_text().splitlines()[-1]
    stop(life)

    for service in STATEFUL:
        assert migrate(life, service, "--restored") == 0
    # The log has no head, and its intake goes on where the backup was.
    assert migrate(life, "audit", "--restored") == 2
    for service in SERVICES:
        life.start(service).becomes_ready()
    eventually(lambda: house.token_answer(**house.local["admin_client"]).status_code == 200)
    answers = [ask(house, token) for token in revoked.tokens]
    assert set(answers) == {401}, answers
    # And everything goes on.
    assert ask(house, house.token(revoked.alive)) == 200
    life.main_job()
    with house.database() as database:
        assert database.execute("select count(*) = max(sequence) from audit.event").fetchone()[0]
    counts(f"R11: restored without being told: three services stopped with an alarm; after migrate --restored {len(answers)} tokens of before: 0 allowed")


def outboxes(house: House) -> int:
    with house.database() as database:
        return sum(database.execute(f"select count(*) from {schema}.outbox").fetchone()[0] for schema in ("registry", "token", "policy"))


def test_what_was_lost_stands_in_the_log(life: Life):
    """The topics had it, and the intake went back to where the backup was: so it is there once."""
    told = expect(life.house.manage("GET", "/audit-events?operation=DELETE&limit=200"), 200)["items"]
    assert len({item["id"] for item in told}) == len(told) >= 1


class Failover:
    """The head of a schema goes back by a revision, as where a standby without it takes over."""

    def __init__(self, house: House, schema: str):
        self.house, self.schema = house, schema

    def move(self, by: int) -> None:
        with self.house.database() as database:
            database.execute(f"update {self.schema}.head set revision = revision + {by}")

    def stops(self, process: Process) -> None:
        """And by another failover, or a hand, the revision is there again."""
        eventually(lambda: not process.runs, within=60)
        assert process.process.wait() == 1
        assert f"`{self.schema} migrate --restored`" in process.log.read_text().splitlines()[-1]
        self.move(1)


def test_a_failover_that_lost_commits_stops_services_that_run(life: Life, counts):
    house = life.house
    application = house.make_application(["read:segments"])
    auth = application.client_id, application.client_secret
    assert house.edge.post("/oauth/revoke", data={"token": house.token(application)}, auth=auth).status_code == 200
    eventually(lambda: outboxes(house) == 0)
    for service in ("registry", "token"):
        failover = Failover(house, service)
        failover.move(-1)
        failover.stops(life.processes[service])
        life.start(service).becomes_ready()
    life.main_job()
    counts("R11: a failover that lost a commit: registry and token, which ran, stopped with an alarm")


def test_what_was_lost_is_found_behind_any_number_of_facts_about_objects(life: Life, counts):
    house, objects = life.house, 700
    house.make_user("Lost", ["Data Scientist"])
    for number in range(objects):
        expect(house.manage("PUT", f"/objects/segment/lost-{number}", json={"domains": []}), 201)
    eventually(lambda: outboxes(house) == 0)
    life.processes["policy"].terminate()
    failover = Failover(house, "policy")
    failover.move(-1)
    failover.stops(life.start("policy"))
    life.start("policy").becomes_ready()
    life.main_job()
    counts(f"R11: a change of policy that was lost is found behind {objects} facts about objects")


def test_an_unknown_option_of_migrate_is_refused(life: Life):
    assert migrate(life, "registry", "--restore") == 2
    assert httpx.get(life.house.origin + "/oauth/jwks").status_code == 200
