"""R5: a retry with the same Idempotency-Key gives the same answer, through the edge."""

from concurrent.futures import ThreadPoolExecutor

from house import expect, unique


def test_a_creation_is_made_once_and_its_secret_is_told_again(house):
    name, key = unique("Application"), {"Idempotency-Key": unique("key")}
    body = {"name": name, "flow": "client_credentials", "scopes": ["read:segments"], "run_as": house.admin.run_as}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: house.manage("POST", "/applications", json=body, headers=key), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({(answer.headers["ETag"], answer.headers["Location"]) for answer in answers}) == 1
    made = answers[0].json()
    assert [item["client_id"] for item in expect(house.manage("GET", f"/applications?q={name}"), 200)["items"]] == [made["client_id"]]
    assert house.token_answer(made["client_id"], made["client_secret"]).status_code == 200
    assert house.manage("POST", "/applications", json={**body, "name": "Other"}, headers=key).status_code == 422


def test_a_rotation_is_made_once(house):
    application, key = house.make_application(["read:segments"]), {"Idempotency-Key": unique("key")}
    path = f"/applications/{application.client_id}/secret"
    first, again = (expect(house.manage("POST", path, json={}, headers=key), 200) for _ in range(2))
    assert (again["client_secret"], again["secret"]) == (first["client_secret"], first["secret"])
    assert (again["propagation"]["state"], again["propagation"]["revision"]) == ("complete", first["propagation"]["revision"])
    assert again["secret"]["generation"] == 2
    assert house.token_answer(application.client_id, first["client_secret"]).status_code == 200
    assert house.token_answer(application.client_id, application.client_secret).status_code == 401


def test_each_caller_has_keys_of_its_own(house):
    key = {"Idempotency-Key": unique("key")}
    other = house.make_application(["write:access", "read:access"])
    bodies = [{"email": f"{unique('user')}@example.com", "name": "Key", "domains": "all"} for _ in range(2)]
    for token, body in zip((house.admin_token(), house.token(other)), bodies):
        ids = {expect(house.call("POST", "/api/v1/users", token, json=body, headers=key), 201)["id"] for _ in range(2)}
        assert len(ids) == 1
    assert len({expect(house.manage("POST", "/users", json=body, headers=key), 201)["id"] for body in bodies[:1]}) == 1


def test_a_key_is_given_once(house):
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b"), ("Authorization", f"Bearer {house.admin_token()}")]
    answer = house.edge.request("POST", "/api/v1/domains", headers=headers, json={"name": f"{unique('d')}.example.com"})
    assert (answer.status_code, "twice" in answer.json()["detail"]) == (400, True)
