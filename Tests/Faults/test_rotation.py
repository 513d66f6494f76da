"""R5: the registry is killed in the midst of a rotation: never two live secrets, never none."""

import httpx
import pytest
from house import eventually
from place import Place

POINTS = ("change.before-commit", "change.after-commit", "relay.after-produce", "relay.before-delete", "relay.after-delete", "change.before-answer")


def stored(place: Place, client_id: str) -> tuple[bytes, int, int]:
    with place.database() as database:
        return database.execute("select secret_hmac, secret_generation, revision from registry.application where client_id = %s", (client_id,)).fetchone()


@pytest.mark.parametrize("point", POINTS)
def test_a_registry_that_is_killed_leaves_one_live_secret(place, point, counts):
    application = place.make_application(["read:segments"])
    eventually(lambda: place.outbox_is_empty("registry"))
    old, token = application.client_secret, place.token(application)
    before = stored(place, application.client_id)
    with place.failing("registry-1", point) as process:
        try:
            answered = place.rotate(application).status_code
        except httpx.TransportError:
            answered = 0
        assert process.was_killed()
    after = stored(place, application.client_id)
    changed = after != before
    # One, as the database has it: the old as long as nothing committed, and never both.
    assert after[0] is not None and after[1] - before[1] == int(changed)
    assert changed == (point != "change.before-commit")
    assert place.is_token(application, old) == (not changed)
    if answered == 200:
        assert place.is_token(application, application.client_secret)
    if changed:
        # Nobody was told, and yet it is so everywhere.
        for door in place.doors:
            eventually(lambda door=door: place.ask(door, token).status == 401)
    # Whoever lost the answer asks again, and has the one secret.
    assert place.rotate(application).status_code == 200
    assert not place.is_token(application, old) and place.is_token(application, application.client_secret)
    for door in place.doors:
        assert place.ask(door, token).status == 401
        assert place.ask(door, place.token(application)).status == 200
    counts(f"R5: registry killed at {point}: answered {answered or 'nothing'}, {'committed' if changed else 'nothing committed'}; one live secret before and after the next rotation")


def knows_idempotency_keys() -> bool:
    from house import TOP

    return "Idempotency-Key" in (TOP / "Services/Registry/openapi.json").read_text()


@pytest.mark.skipif(not knows_idempotency_keys(), reason="the registry takes no Idempotency-Key yet")
@pytest.mark.parametrize("point", POINTS)
def test_a_retry_with_the_same_key_gets_the_same_answer(place, point, counts):
    application = place.make_application(["read:segments"])
    eventually(lambda: place.outbox_is_empty("registry"))
    before = stored(place, application.client_id)
    path, key = f"/applications/{application.client_id}/secret", {"Idempotency-Key": f'"{application.client_id}-{point}"'}
    answers = []
    with place.failing("registry-1", point) as process:
        try:
            answers.append(place.manage("POST", path, json={"revoke_tokens": True}, headers=key))
        except httpx.TransportError:
            pass
        assert process.was_killed()
    answers += [place.manage("POST", path, json={"revoke_tokens": True}, headers=key) for _ in range(3)]
    given = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(given) >= 3 and len({one["client_secret"] for one in given}) == 1
    assert stored(place, application.client_id)[1] == before[1] + 1
    assert place.is_token(application, given[0]["client_secret"]) and not place.is_token(application, application.client_secret)
    counts(f"R5: registry killed at {point}: {len(given)} answers to one Idempotency-Key, one secret, one generation")
