"""R4: PostgreSQL is down: nothing changes, decisions go on until the lease ends, and all of it is back without a hand."""

import time

import pytest
from house import eventually, expect
from place import Place

# Seconds, as policy has it unless told.
LEASE = 5


@pytest.fixture
def without_postgres(place: Place):
    place.stop_postgres()
    try:
        yield time.monotonic()
    finally:
        place.start_postgres()
        place.are_ready()


def test_without_postgres(place: Place, request, counts):
    application = place.make_application(["read:segments"])
    token, admin = place.token(application), place.admin_token()
    for door in place.doors:
        assert place.ask(door, token).status == 200
    gone = request.getfixturevalue("without_postgres")
    allowed = {door: 0 for door in place.doors}
    ended: dict[str, float] = {}
    # On the lease that each has, and not a moment longer.
    while len(ended) < len(place.doors):
        for door in place.doors:
            asked = time.monotonic()
            reply = place.ask(door, token)
            if reply.status == 200:
                assert asked - gone < LEASE and door not in ended
                allowed[door] += 1
            else:
                assert (reply.status, reply.header("X-Gatehouse-Reason")) == (503, "state_stale")
                ended.setdefault(door, asked - gone)
        assert time.monotonic() - gone < 60
    body = {"name": "Not now", "flow": "client_credentials", "scopes": ["read:segments"], "run_as": place.admin.run_as}
    statuses = {
        "a change through the edge": place.call("POST", "/api/v1/applications", admin, json=body).status_code,
        "a token": place.token_answer(application.client_id, application.client_secret).status_code,
        "a read of the log": place.call("GET", "/api/v1/audit-events", admin).status_code,
    }
    assert set(statuses.values()) == {503}, statuses
    place.start_postgres()
    back = time.monotonic()
    eventually(lambda: all(place.ask(door, token).status == 200 for door in place.doors), within=60)
    decided = time.monotonic() - back
    eventually(lambda: place.token_answer(application.client_id, application.client_secret).status_code == 200, within=60)
    eventually(lambda: place.rotate(application).status_code == 200, within=60)
    changed = time.monotonic() - back
    for door in place.doors:
        assert place.ask(door, token).status == 401
    expect(place.call("GET", "/rest/v2/segments", place.token(application)), 200)
    counts(
        f"R4: PostgreSQL away: {sum(allowed.values())} decisions on the leases, which ended after {', '.join(f'{at:.1f}' for at in ended.values())} s; "
        f"then, and for every change and token, 503. Back: decisions after {decided:.1f} s, changes after {changed:.1f} s"
    )
