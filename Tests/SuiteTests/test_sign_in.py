"""A user is invited, sets a password, signs in, manages by the session, and is signed out; all of it over the edge, and in the audit log."""

import pytest
from house import eventually, expect, unique

PASSWORD = "correct horse battery"


@pytest.fixture
def ann(house) -> dict:
    return house.make_user(unique("Ann"), ["Application Manager"])


@pytest.fixture
def signed_in(house, ann):
    house.set_password(ann, PASSWORD)
    browser = house.browser()
    assert browser.sign_in(ann["email"], PASSWORD).headers["Location"] == "/account/applications"
    return browser


def test_an_invitation_lets_a_user_in_once(house, ann):
    invitation = expect(house.manage("POST", f"/users/{ann['id']}/invitation", json={}), 201)
    assert invitation["link"].startswith(f"{house.origin}/account/invitation?token=")
    path = invitation["link"].removeprefix(house.origin)
    browser = house.browser()
    assert ann["email"] in browser.open(path).text
    answer = browser.submit(path, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/applications")
    assert ann["name"] in browser.open("/account/applications").text
    assert house.browser().open(path).status_code == 410
    assert house.browser().sign_in(ann["email"], PASSWORD).status_code == 303


def test_the_first_administrator_can_sign_in(house):
    admin = house.local["admin"]
    browser = house.browser()
    assert browser.sign_in(admin["email"], admin["password"]).status_code == 303
    assert expect(browser.call("GET", "/api/v1/catalogue"), 200)["scopes"]


def test_a_session_manages_by_its_user_s_permissions(house, ann, signed_in):
    me = expect(signed_in.call("GET", f"/api/v1/users/{ann['id']}"), 200)
    assert me["name"] == ann["name"]
    changed = signed_in.call("PATCH", f"/api/v1/users/{ann['id']}", json={"name": ann["name"] + " II"})
    assert changed.status_code == 200, changed.text
    # Another site's page has the browser send the cookie along, too.
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
        refused = signed_in.call("PATCH", f"/api/v1/users/{ann['id']}", json={"name": "Mallory"}, headers=headers)
        assert (refused.status_code, refused.json()["reason"]) == (403, "cross_site"), headers
    refused = signed_in.client.delete(f"/api/v1/users/{ann['id']}")
    assert refused.json()["reason"] == "cross_site"
    # The organisation's API takes tokens only.
    refused = signed_in.call("GET", "/rest/v2/segments")
    assert (refused.status_code, refused.json()["reason"]) == (401, "token_missing")

    def told():
        found = expect(house.manage("GET", f"/audit-events?user={ann['id']}&limit=200"), 200)["items"]
        kinds = [(item["operation"], item.get("reason")) for item in found]
        wanted = {("LOGIN", None), ("UPDATE", None), ("BLOCK", "cross_site")}
        return found if wanted <= set(kinds) else None

    for item in eventually(told):
        assert item["user"]["id"] == ann["id"]
        assert item.get("application") is None


def test_signing_out_is_immediate(house, ann, signed_in):
    other = house.browser()
    other.sign_in(ann["email"], PASSWORD)
    cookies = dict(signed_in.client.cookies)
    assert signed_in.submit("/logout", **{"from": "here"}).status_code == 303
    signed_in.client.cookies.update(cookies)
    refused = signed_in.call("GET", "/api/v1/users")
    assert (refused.status_code, refused.json()["reason"]) == (401, "token_missing")
    assert other.call("GET", "/api/v1/users").status_code == 200
    other.submit("/logout", **{"from": "everywhere"})
    assert "You are signed out" in other.open("/logout").text


def test_deactivation_ends_a_session_at_the_next_request(house, ann, signed_in):
    assert signed_in.call("GET", "/api/v1/users").status_code == 200
    expect(house.manage("PATCH", f"/users/{ann['id']}", json={"active": False}), 200)
    refused = signed_in.call("GET", "/api/v1/users")
    assert (refused.status_code, refused.json()["reason"]) == (401, "token_revoked")
    assert signed_in.open("/account/applications").status_code == 303
    assert house.browser().sign_in(ann["email"], PASSWORD).status_code == 403


def test_a_changed_password_ends_sessions(house, ann, signed_in):
    house.set_password(ann, "another one entirely")
    assert signed_in.call("GET", "/api/v1/users").json()["reason"] == "token_missing"
    assert house.browser().sign_in(ann["email"], PASSWORD).status_code == 403


def test_pages_are_styled_and_say_what_browsers_must_know(house):
    page = house.browser().open("/login")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    sheet = house.call("GET", style)
    assert (sheet.status_code, sheet.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in sheet.headers["Cache-Control"]
    for path in ("/login/", "/account", "/account/", "/assets", "/assets/", "/logout/x", "/account/other"):
        assert house.call("GET", path).status_code == 404, path
