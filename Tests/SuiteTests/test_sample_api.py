"""The sample API: what a resource server does with the domains that policy tells it."""

import pytest
from house import expect

SCOPES = ["read:segments", "write:segments", "read:profiles", "write:profiles", "read:users"]


@pytest.fixture(scope="module")
def everywhere(house):
    """A token of a user who has all domains."""
    user = house.make_user("Everywhere", ["Application Manager"])
    return house.token(house.make_application(SCOPES, run_as=user["id"]))


@pytest.fixture(scope="module")
def in_news(house):
    """A token of a user who has one domain."""
    user = house.make_user("News", ["Application Manager"], ["news.example.com"])
    return house.token(house.make_application(SCOPES, run_as=user["id"]))


def post(house, token: str, name: str, domains: list[str]):
    return house.call("POST", "/rest/v2/segments", token, json={"name": name, "domains": domains})


def names(house, token: str) -> set[str]:
    return {item["name"] for item in expect(house.call("GET", "/rest/v2/segments", token), 200)["items"]}


def test_a_segment_is_made_as_it_is_told(house, everywhere):
    made = expect(post(house, everywhere, "Made", ["shop.example.com", "news.example.com"]), 201)
    assert {**made, "id": ""} == {"id": "", "name": "Made", "domains": ["news.example.com", "shop.example.com"]}
    assert expect(house.call("GET", f"/rest/v2/segments/{made['id']}", everywhere), 200) == made


def test_a_list_shows_what_lies_in_the_users_domains(house, everywhere, in_news):
    for name, domains in {"in news": ["news.example.com"], "in both": ["news.example.com", "shop.example.com"]}.items():
        expect(post(house, everywhere, name, domains), 201)
    expect(post(house, everywhere, "in shop", ["shop.example.com"]), 201)
    expect(post(house, everywhere, "global", []), 201)
    assert {"in news", "in both", "in shop", "global"} <= names(house, everywhere)
    assert {"in news", "in both", "global"} <= names(house, in_news)
    assert "in shop" not in names(house, in_news)


@pytest.mark.parametrize("domains", [["shop.example.com"], ["news.example.com", "shop.example.com"], []])
def test_nobody_writes_beyond_their_domains(house, in_news, domains):
    refused = post(house, in_news, "beyond", domains)
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert "beyond" not in names(house, in_news)


def test_one_writes_within_ones_domains(house, in_news):
    assert expect(post(house, in_news, "within", ["news.example.com"]), 201)["domains"] == ["news.example.com"]


def test_an_object_is_changed_and_removed(house, everywhere):
    made = expect(post(house, everywhere, "before", ["shop.example.com"]), 201)
    path = f"/rest/v2/segments/{made['id']}"
    assert expect(house.call("PATCH", path, everywhere, json={"name": "after"}), 200) == {**made, "name": "after"}
    assert expect(house.call("PUT", path, everywhere, json={"name": "whole"}), 200)["domains"] == []
    assert house.call("DELETE", path, everywhere).status_code == 204
    assert house.call("GET", path, everywhere).status_code == 404


@pytest.mark.parametrize(
    "body,status",
    [
        (b"{", 400),
        (b'{"name":"a","name":"b"}', 400),
        (b'{"name":"a","colour":"red"}', 400),
        (b"{}", 422),
        (b'{"name":"\\u202e"}', 422),
        (b'{"name":"a","domains":["no domain"]}', 422),
        (b"[" * 100, 400),
    ],
)
def test_a_wrong_body_is_refused(house, everywhere, body, status):
    refused = house.call("POST", "/rest/v2/segments", everywhere, content=body, headers={"Content-Type": "application/json"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json")


def test_areas_without_domains_hold_what_they_are_given(house, everywhere):
    profile = expect(house.call("PUT", "/rest/v2/profiles", everywhere, json={"email": "a@example.com"}), 200)
    assert profile["email"] == "a@example.com"
    assert profile in expect(house.call("GET", "/rest/v2/profiles", everywhere), 200)["items"]
    assert expect(house.call("GET", "/rest/v2/users", everywhere), 200) == {"items": []}
