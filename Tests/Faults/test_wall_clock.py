"""R9: a wall clock moves by an hour, either way, during it all: nothing older is accepted for it, and it mends when the clock does."""

import base64
import json
import time
from email.utils import parsedate_to_datetime
from glob import glob

import httpx
import pytest
from house import eventually
from place import Place

LIBRARY = next(iter(glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
HOUR = 3600

pytestmark = pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed (apt-get install libfaketime)")


class Clock:
    """The wall clock of a process, which can be moved while it runs; its other clocks are left alone."""

    def __init__(self, file):
        self.file = file
        self.move(0)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": LIBRARY,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # It would set this variable itself, and Swift finds no arguments in a process whose environment has moved.
            "FAKETIME_SHARED": "/none /none",
        }

    def move(self, seconds: int) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.rename(self.file)


def shift(url: str) -> float:
    """By how much the clock of the process that answers there is off, as its answers say."""
    return parsedate_to_datetime(httpx.get(url + "/health/live").headers["Date"]).timestamp() - time.time()


def claims(token: str) -> dict:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@pytest.mark.parametrize("name", ["policy-2", "token-1", "registry-1", "audit-1"])
def test_a_wall_clock_that_moves_by_an_hour(place: Place, name, tmp_path, counts):
    application = place.make_application(["read:segments"])
    admin = place.admin_token()
    path = f"/api/v1/applications/{application.client_id}/secret"
    clock = Clock(tmp_path / "clock")
    process = place.restart(name, **clock.environment)
    rotations = put_off = refused = allowed = 0
    try:
        # Boot time is not moved: the lease does not end by it, nor does it begin.
        for hours in (1, -1, 1, 0):
            clock.move(hours * HOUR)
            eventually(lambda hours=hours: abs(shift(process.internal_url) - hours * HOUR) < 60)
            for _ in range(6):
                answer = place.token_answer(application.client_id, application.client_secret)
                if answer.status_code == 503:
                    put_off += 1  # By the clock of an hour ago there is no key that may sign.
                    continue
                assert answer.status_code == 200, answer.text
                token, secret = answer.json()["access_token"], application.client_secret
                life = claims(token)
                assert life["exp"] - life["iat"] == answer.json()["expires_in"]
                answers = [place.ask(door, token).status for door in place.doors]
                allowed += answers.count(200)
                if name == "policy-2" and hours:
                    # By a clock that is not PostgreSQL's no expiry is judged.
                    assert answers[1] == 503, (hours, answers)
                # Who does not believe the other's clock does nothing.
                rotated = place.call("POST", path, admin, json={"revoke_tokens": True})
                if rotated.status_code != 200:
                    assert rotated.status_code in (401, 403, 503), rotated.text
                    put_off += 1
                    continue
                application.client_secret = rotated.json()["client_secret"]
                rotations += 1
                answers = [place.ask(door, token).status for door in place.doors]
                assert set(answers) <= {401, 503}, (hours, answers)
                refused += len(answers)
                assert not place.is_token(application, secret)
        # It has mended: everything is allowed again, everywhere.
        fresh = place.token(application)
        for door in place.doors:
            eventually(lambda door=door: place.ask(door, fresh).status == 200, within=30)
    finally:
        place.restart(name)
        place.are_ready()
    assert rotations > 0 and allowed > 0
    counts(
        f"R9: the wall clock of {name} moved by an hour, forth and back: {rotations} rotations (and {put_off} put off), "
        f"old tokens refused {refused} times, accepted 0 times; {allowed} allowed while they lived"
    )


@pytest.mark.soak
def test_a_clock_that_ran_ahead_has_forgotten_no_revocation(place: Place, tmp_path, counts):
    """A replica forgets once a minute what has expired: by a clock that it may lose again."""
    application = place.make_application(["read:segments"])
    token = place.token(application)
    clock = Clock(tmp_path / "clock")
    process = place.restart("policy-2", **clock.environment)
    try:
        revoked = place.edge.post("/oauth/revoke", data={"token": token}, auth=(application.client_id, application.client_secret))
        assert revoked.status_code == 200
        clock.move(HOUR)
        begun = time.monotonic()
        # A token lives an hour, and it forgets once a minute what has expired a minute ago: so three rounds.
        eventually(lambda: time.monotonic() - begun > 200, within=240)
        clock.move(0)
        eventually(lambda: abs(shift(process.internal_url)) < 60)
        fresh = place.token(application)
        eventually(lambda: place.ask(place.doors[1], fresh).status == 200, within=30)
        assert place.ask(place.doors[1], token).status == 401
        counts("R9: policy an hour ahead for three minutes: a token that was revoked singly is refused after it, as before")
    finally:
        place.restart("policy-2")
        place.are_ready()
