"""Signing in and out, by mouse and by keyboard alone, on a phone and on a desk, by day and by night."""

import re

import pytest
from house import expect, unique
from screen import SIZES, Screen

PASSWORD = "correct horse battery"
# The name of each kind of window.
KINDS = [f"{size}-{scheme}" for size in SIZES for scheme in ("light", "dark")]


@pytest.fixture
def ann(house) -> dict:
    user = house.make_user("Ann Margarethe van der Brückenhausen", ["Application Manager"])
    house.set_password(user, PASSWORD)
    return user


@pytest.fixture
def window(chromium, house, screenshots):
    """Makes windows with nothing in them yet."""
    contexts, complaints = [], []

    def make(kind: str = "desktop-light", javascript: bool = True) -> Screen:
        size, scheme = kind.split("-")
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=house.origin, viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Screen(page, screenshots, kind)

    yield make
    for context in contexts:
        context.close()
    # The browser has nothing to say against our policies: no style or script was refused.
    assert [text for text in complaints if not re.search(r"status of (4|5)\d\d", text)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_by_mouse(window, ann, kind):
    screen = window(kind)
    page = screen.page
    page.goto("/account/applications")
    assert page.url.endswith("/login?next=%2Faccount%2Fapplications")
    screen.look("sign-in")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").is_visible()
    screen.look("sign-in-missing")
    page.get_by_label("E-mail address").fill(ann["email"])
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_label("E-mail address").input_value() == ann["email"]
    screen.look("sign-in-refused")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.url.endswith("/account/applications")
    assert page.get_by_text(ann["email"]).is_visible()
    screen.look("account")
    page.get_by_role("banner").get_by_role("link", name="Sign out").click()
    screen.look("sign-out")
    page.get_by_role("button", name="Sign out", exact=True).click()
    assert page.get_by_role("heading", name="You are signed out").is_visible()
    screen.look("signed-out")


def test_by_keyboard_alone(window, ann):
    page = window().page
    page.goto("/login")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    press_until(page, lambda: focus_is(page, "email"))
    page.keyboard.type(ann["email"])
    page.keyboard.press("Tab")
    assert focus_is(page, "password")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    # The summary has the focus, so that it is read first.
    page.wait_for_function("document.activeElement.classList.contains('summary')")
    press_until(page, lambda: focus_is(page, "password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/applications")
    press_until(page, lambda: focused(page) == "Sign out")
    # What has the focus shows it.
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/logout")
    press_until(page, lambda: focused(page) == "Sign out everywhere")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You are signed out").wait_for()


@pytest.mark.parametrize("kind", KINDS)
def test_an_invitation(window, house, kind):
    user = house.make_user(unique("Bea"), [])
    link = expect(house.manage("POST", f"/users/{user['id']}/invitation", json={}), 201)["link"]
    screen = window(kind)
    page = screen.page
    page.goto(link)
    screen.look("invitation")
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Save and sign in").click()
    screen.look("invitation-refused")
    page.get_by_role("link", name="at least 12 characters").click()
    assert focus_is(page, "password")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    page.wait_for_url("**/account/applications")
    page.goto(link)
    assert page.get_by_role("heading", name="This link does not work any more").is_visible()
    screen.look("invitation-ended")


@pytest.mark.parametrize("kind", KINDS)
def test_too_many_attempts(window, house, kind):
    screen = window(kind)
    page = screen.page
    email = f"{unique('nobody')}@example.com"
    for _ in range(8):
        page.goto("/login")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        if page.get_by_role("heading", name="Too many attempts").is_visible():
            break
    assert page.get_by_role("heading", name="Too many attempts").is_visible()
    screen.look("throttled")


def test_without_javascript(window, ann):
    page = window(javascript=False).page
    page.goto("/login?next=%2Flogout")
    page.get_by_label("E-mail address").fill(ann["email"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.url.endswith("/logout")
    page.get_by_role("button", name="Sign out", exact=True).click()
    assert page.get_by_role("heading", name="You are signed out").is_visible()


def test_password_managers_find_the_fields(window):
    page = window().page
    page.goto("/login")
    found = page.eval_on_selector_all("form input:not([type=hidden])", "all => all.map(one => [one.type, one.name, one.autocomplete])")
    assert found == [["email", "email", "username"], ["password", "password", "current-password"]]


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def focus_is(page, name: str) -> bool:
    return page.evaluate("document.activeElement.id") == name


def press_until(page, is_there) -> None:
    """Tabs on; a page has few places."""
    for _ in range(12):
        if is_there():
            return
        page.keyboard.press("Tab")
    assert is_there()
