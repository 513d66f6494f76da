"""The product's own parts: credentials without scopes, a fixed list of routes, and all they do stands under the system user (F4–F10)."""

import json
import subprocess

import httpx
import pytest
from house import TOP, Application, eventually, expect, unique


def registry(house, *arguments: str) -> subprocess.CompletedProcess:
    """`registry …` on its host."""
    settings = {"GATEHOUSE_CONFIG_FILE": str(house.run / "env/registry-host.env")}
    return subprocess.run(
        [TOP / ".build/release/registry", *arguments], env=settings, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def connection(house) -> Application:
    """The one that `up` has made."""
    return Application(**json.loads((house.run / "secrets/connection.json").read_text()), run_as="system")


def test_components_are_seeded_listed_and_read_only(house, connection):
    items = expect(house.manage("GET", "/applications?defined_by=internal"), 200)["items"]
    assert {"Connection: CRM import", "Notebook: Lead scoring"} <= {item["name"] for item in items}
    shown = expect(house.manage("GET", f"/applications/{connection.client_id}"), 200)
    assert shown["defined_by"] == "internal" and shown["run_as"] == "system" and shown["scopes"] == []
    assert shown["component"] == {"kind": "connection", "name": "CRM import"}
    path = f"/applications/{connection.client_id}"
    for method, end, body in [
        ("PATCH", "", {"enabled": False}),
        ("DELETE", "", None),
        ("POST", "/secret", {}),
        ("POST", "/revoke-tokens", {}),
    ]:
        assert house.manage(method, path + end, json=body).status_code == 403
    assert shown == {**expect(house.manage("GET", path), 200), "secret": shown["secret"]}


def test_its_token_says_the_system_user_and_no_scope(house, connection):
    answer = expect(house.token_answer(connection.client_id, connection.client_secret), 200)
    assert answer["scope"] == ""
    told = expect(
        house.edge.post(
            "/oauth/introspect", data={"token": answer["access_token"]}, auth=(connection.client_id, connection.client_secret)),
        200)
    assert told["active"] is True and told["sub"] == "system" and told["scope"] == ""
    refused = house.token_answer(connection.client_id, connection.client_secret, scope="read:profiles")
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_scope"


def test_it_may_what_its_kind_may_and_nothing_else(house, connection):
    token = house.token(connection)
    headers = {
        "X-Gatehouse-Door-Key": house.local["door_key"], "X-Original-URI": "/rest/v2/profiles", "X-Original-Method": "GET",
        "X-Forwarded-For": "127.0.0.1", "Authorization": f"Bearer {token}"}
    said = httpx.get(house.doors[0] + "/forward-auth", headers=headers)
    assert said.status_code == 200
    assert said.headers["X-Gatehouse-User"] == "system" and said.headers["X-Gatehouse-Domains"] == "*"
    assert said.headers["X-Gatehouse-Scopes"].strip() == "" and said.headers["X-Gatehouse-Permissions"].strip() == ""
    assert house.call("GET", "/rest/v2/profiles", token).status_code == 200
    for method, path in [("DELETE", "/rest/v2/segments/1"), ("GET", "/api/v1/applications"), ("GET", "/rest/v2/users")]:
        refused = house.call(method, path, token)
        assert refused.status_code == 403 and refused.json()["reason"] == "internal_rule_denied", (method, path, refused.text)
        decision = refused.json()["decision_id"]
        event = eventually(
            lambda: [e for e in events(house, connection) if e.get("id") == decision])[0]
        assert event["user"]["id"] == "system" and event["reason"] == "internal_rule_denied"


def events(house, application: Application) -> list[dict]:
    return expect(house.manage("GET", f"/audit-events?application={application.client_id}&limit=200"), 200)["items"]


def test_one_that_is_removed_is_dead_at_once(house, tmp_path):
    name, file = unique("Import"), tmp_path / "credentials.json"
    added = registry(house, "component", "add", "--kind", "notebook", "--name", name, "--credentials", str(file))
    assert added.returncode == 0, added.stderr
    component = Application(**json.loads(file.read_text()), run_as="system")
    token = house.token(component)
    assert house.call("GET", "/rest/v2/profiles", token).status_code == 200
    removed = registry(house, "component", "remove", "--kind", "notebook", "--name", name)
    assert removed.returncode == 0 and json.loads(removed.stdout)["propagation"]["state"] == "complete", removed.stderr
    assert house.call("GET", "/rest/v2/profiles", token).status_code == 401
    assert house.token_answer(component.client_id, component.client_secret).status_code == 401
    query = "user=system&operation=DELETE&object_type=OAUTH_APPLICATION&order=time"
    deleted = eventually(lambda: [
        event for event in expect(house.manage("GET", f"/audit-events?{query}"), 200)["items"]
        if event["objects"][0]["id"] == component.client_id])
    assert len(deleted) == 1
