"""The main job, as a person would do it: register an application, let it call, see it blocked, rotate its secret, read the log."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from client import Answer, Client, quoted

# What is recorded stands in the audit log within about a second; longer than this and something is broken.
PATIENCE = 15


def main(local: dict) -> None:
    origin = local["origin"]
    admin = Client(origin, **local["admin_client"])
    mark = datetime.now(UTC).strftime("%H%M%S")

    print("\nThe main job\n")
    user = admin.call(
        "POST",
        "/api/v1/users",
        {
            "email": f"erin.{mark}@example.com",
            "name": "Erin",
            "roles": ["Customer Insights Manager"],
            "domains": ["www.example.com"],
            "active": True,
        },
    ).expect(201)
    step("A user", f"{user['name']}: Customer Insights Manager, for www.example.com alone")

    made = admin.call(
        "POST",
        "/api/v1/applications",
        {
            "name": f"Shop sync {mark}",
            "flow": "client_credentials",
            "scopes": ["read:segments"],
            "run_as": user["id"],
        },
    ).expect(201)
    step("An application", f"{made['name']}: client {made['client_id']}, runs as Erin, may read segments")

    shop = Client(origin, made["client_id"], made["client_secret"])
    granted = shop.fetch_token().expect(200)
    step("A token", f"{granted['token_type']}, scope {granted['scope']}, {granted['expires_in']} s")

    segments = [
        admin.call("POST", "/rest/v2/segments", {"name": f"Readers of {domain}", "domains": [domain]}).expect(201)
        for domain in ("www.example.com", "news.example.com")
    ]
    seen = shop.call("GET", "/rest/v2/segments")
    names = ", ".join(item["name"] for item in seen.expect(200)["items"])
    step("GET  /rest/v2/segments", f"{verdict(seen)}, sees: {names}")
    for segment in segments:
        one = shop.call("GET", f"/rest/v2/segments/{segment['id']}")
        step(f"GET  {segment['name']}", verdict(one))
    blocked = shop.call("POST", "/rest/v2/segments", {"name": "Buyers", "domains": ["www.example.com"]})
    step("POST /rest/v2/segments", verdict(blocked))

    rotated = admin.call("POST", f"/api/v1/applications/{shop.client_id}/secret", {})
    rotated.expect(200)
    step("The secret is rotated", f"200, {rotated.headers.get('Gatehouse-Propagation', 'no propagation')}")
    step("GET  with the old token", verdict(shop.call("GET", "/rest/v2/segments")))
    step("A token by the old secret", verdict(shop.fetch_token()))
    shop.client_secret, shop.expires = rotated.body["client_secret"], 0.0
    step("A token by the new secret", verdict(shop.fetch_token()))

    print("\nThe audit log of Erin\n")
    for item in entries(admin, user["id"], blocked.headers["X-Gatehouse-Decision-Id"]):
        application = (item.get("application") or {}).get("name", "–")
        print(f"  {item['time']}  {item['operation']:<7} {item['object_type']:<18} {item['outcome']:<8} {item.get('reason') or '':<20} {application}")

    for segment in segments:
        admin.call("DELETE", f"/rest/v2/segments/{segment['id']}").expect(204)
    admin.call("DELETE", f"/api/v1/applications/{shop.client_id}").expect(204)
    admin.call("DELETE", f"/api/v1/users/{user['id']}").expect(204)


def step(what: str, result: str) -> None:
    print(f"  {what:<32} {result}")


def verdict(answer: Answer) -> str:
    if answer.status < 400:
        return f"{answer.status} allowed"
    reason = answer.headers.get("X-Gatehouse-Reason") or (answer.body or {}).get("error", "")
    return f"{answer.status} {reason}"


def entries(admin: Client, user: str, decision: str) -> list[dict]:
    """The user's entries, oldest first, as soon as token, read and block are among them: the first two are counted, and told a little later."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        items = admin.call("GET", f"/api/v1/audit-events?user={quoted(user)}&limit=200").expect(200)["items"]
        if {"BLOCK", "ISSUE", "CALL"} <= {item["operation"] for item in items}:
            return sorted(items, key=lambda item: item["time"])
        time.sleep(0.2)
    raise SystemExit(f"The blocked request {decision} is not in the audit log after {PATIENCE} s.")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
