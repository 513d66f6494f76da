"""The catalogue by API: what a product lets applications do is data, loaded in one PUT and decided by at once (A8, 03 § Management API)."""

import httpx
import pytest
from house import expect, unique


@pytest.fixture
def catalogue(house):
    """As it was, also afterwards."""
    found = expect(house.manage("GET", "/catalogue"), 200)
    yield found
    expect(house.manage("PUT", "/catalogue?force=true", json=found), 200)


def says(house, door: str, path: str, token: str) -> str:
    """The reason; empty where it is allowed."""
    headers = {
        "X-Gatehouse-Door-Key": house.local["door_key"], "X-Original-URI": path, "X-Original-Method": "GET",
        "X-Forwarded-For": "127.0.0.1", "Authorization": f"Bearer {token}"}
    return httpx.get(door + "/forward-auth", headers=headers).headers.get("X-Gatehouse-Reason", "")


def test_a_route_is_decided_by_at_once_and_gone_at_once(house, catalogue):
    path = f"/rest/v2/{unique('area')}".lower()
    route = {"method": "GET", "path": path, "scope": "read:segments", "permission": None, "domain_source": "none", "domain_rule": "none"}
    tag = house.manage("GET", "/catalogue").headers["ETag"]
    token = house.token(house.make_application(["read:segments"]))
    assert {says(house, door, path, token) for door in house.doors} == {"route_unknown"}
    longer = {**catalogue, "routes": [*catalogue["routes"], route]}
    put = house.manage("PUT", "/catalogue", json=longer, headers={"If-Match": tag})
    assert put.status_code == 200 and put.headers["Gatehouse-Propagation"].startswith("complete"), put.text
    assert {says(house, door, path, token) for door in house.doors} == {""}
    assert house.manage("PUT", "/catalogue", json=catalogue, headers={"If-Match": tag}).status_code == 412
    assert house.manage("PUT", "/catalogue", json=catalogue).status_code == 200
    assert {says(house, door, path, token) for door in house.doors} == {"route_unknown"}


def test_a_scope_in_use_does_not_vanish_unnoticed(house, catalogue):
    application = house.make_application(["read:plugins"])
    token = house.token(application)
    assert says(house, house.doors[0], "/rest/v2/plugins", token) == ""
    without = {
        **catalogue,
        "scopes": [scope for scope in catalogue["scopes"] if scope["name"] != "read:plugins"],
        "routes": [route for route in catalogue["routes"] if route["scope"] != "read:plugins"],
    }
    refused = house.manage("PUT", "/catalogue", json=without)
    assert refused.status_code == 409
    assert [error["field"] for error in refused.json()["errors"]] == ["scopes"]
    assert f"'{application.body['name']}'" in refused.json()["errors"][0]["detail"], refused.text
    assert expect(house.manage("GET", "/catalogue"), 200) == catalogue
    forced = house.manage("PUT", "/catalogue?force=true", json=without)
    assert forced.status_code == 200, forced.text
    assert says(house, house.doors[0], "/rest/v2/plugins", token) == "route_unknown"
    assert expect(house.manage("GET", f"/applications/{application.client_id}"), 200)["attention"] == ["scope_unknown"]
    body = {"name": unique("Late"), "flow": "client_credentials", "scopes": ["read:plugins"], "run_as": application.run_as}
    assert house.manage("POST", "/applications", json=body).status_code == 422


def test_a_new_permission_can_be_given_by_who_could_give_everything(house, catalogue):
    permission = unique("NEW").upper().replace("-", "_").replace(" ", "_")
    longer = {**catalogue, "permissions": [*catalogue["permissions"], {"name": permission, "words": "What was not there before"}]}
    assert house.manage("PUT", "/catalogue", json=longer).status_code == 200
    made = house.manage("POST", "/roles", json={"name": unique("Role"), "permissions": [permission]})
    assert made.status_code == 201, made.text
    assert house.manage("DELETE", f"/roles/{made.json()['name']}").status_code == 204


def test_who_may_see_and_who_may_save_it(house, catalogue):
    role = expect(house.manage("POST", "/roles", json={"name": unique("Users only"), "permissions": ["MANAGE_USERS"]}), 201)["name"]
    some, none = house.make_user("Manages users", [role]), house.make_user("Manages nothing", ["Data Scientist"])
    for user, scopes, method, reason in [
        (some, ["read:access"], "GET", ""),
        (some, ["write:access"], "PUT", "permission_denied"),
        (some, ["read:access"], "PUT", "insufficient_scope"),
        (none, ["read:access"], "GET", "permission_denied"),
        (none, ["read:segments"], "GET", "insufficient_scope"),
    ]:
        token = house.token(house.make_application(scopes, user["id"]))
        answer = house.call(method, "/api/v1/catalogue", token, json=catalogue if method == "PUT" else None)
        assert answer.json().get("reason", "") == reason and (answer.status_code == 200) == (not reason), answer.text
