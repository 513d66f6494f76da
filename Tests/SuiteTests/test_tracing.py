"""One decision, followed from the edge's request id to the audit row (W3C Trace Context)."""

import json
import re
import secrets

import pytest
from house import eventually, expect, unique
from process import further_replica
from topics import Topics, event
from wire import Wire, request

PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


def lines(path) -> list[str]:
    return path.read_text(errors="replace").splitlines()


@pytest.fixture
def told(house):
    """Finds the record of an event on a topic, which it has not passed yet."""
    readers = []

    def reader(*names: str):
        topics = Topics(house.local["kafka_bootstrap_servers"], *names, from_now=True)
        readers.append(topics)
        found = {}

        def record(condition):
            def look():
                found.update({(message.partition(), message.offset()): message for message in topics.read_on()})
                return next((message for message in found.values() if condition(event(message))), None)

            return eventually(look)

        return record

    yield reader
    for topics in readers:
        topics.close()


def trace_of(message) -> str:
    """The header's trace; the event's own says the same."""
    header = dict(message.headers())["traceparent"].decode()
    assert event(message)["traceparent"] == header
    return PARENT.fullmatch(header)[1]


def logged(house, trace: str, count: int) -> list[dict]:
    def items():
        found = expect(house.manage("GET", f"/audit-events?q={trace}"), 200)["items"]
        return found if len(found) >= count else None

    return eventually(items, within=30)


def test_a_blocked_call_is_followed_from_the_edge_to_the_audit_log(house, told):
    record = told("gatehouse.blocked-requests.v1")
    trace, name = secrets.token_hex(16), unique("request")
    headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01", "X-Request-ID": name}
    token = house.token(house.make_application(["read:segments"]))
    answer = house.call("POST", "/rest/v2/segments", token, json={}, headers=headers)
    decision = answer.headers["X-Gatehouse-Decision-Id"]
    assert (answer.status_code, answer.headers.get_list("X-Request-ID")) == (403, [name])
    line = eventually(lambda: next((line for line in lines(house.run / "log/edge-access.log") if name in line), None))
    assert decision in line and trace in line
    message = record(lambda event: event["id"] == decision)
    assert trace_of(message) == trace
    assert event(message)["data"]["request"]["request_id"] == name
    (item,) = logged(house, trace, 1)
    assert (item["decision_id"], item["request"]["request_id"]) == (decision, name)
    assert item["traceparent"] == event(message)["traceparent"] != headers["traceparent"]


def test_an_allowed_write_is_one_trace_through_policy_and_the_service_that_did_it(house, told):
    record = told("gatehouse.access.v1")
    trace = secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
    domain = f"{unique('d')}.example.com"
    answer = house.manage("POST", "/domains", json={"name": domain}, headers=headers)
    assert answer.status_code == 201 and re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert trace_of(record(lambda event: event["subject"] == f"domain/{domain}")) == trace
    (item,) = logged(house, trace, 1)
    assert (item["operation"], item["objects"][0]["id"]) == ("CREATE", domain)

    calls = told("gatehouse.calls.v1")
    trace = secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-00"}
    call = house.call("POST", "/rest/v2/segments", house.admin_token(), json={"name": unique("S"), "domains": []}, headers=headers)
    assert call.status_code == 201
    assert trace_of(calls(lambda event: PARENT.fullmatch(event.get("traceparent", "")) and trace in event["traceparent"])) == trace
    assert "CALL" in {item["operation"] for item in logged(house, trace, 1)}


def test_a_client_that_fails_to_prove_itself_leaves_its_trace(house, told):
    record = told("gatehouse.tokens.v1")
    application, trace = house.make_application(["read:segments"]), secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
    form = {"grant_type": "client_credentials"}
    answer = house.edge.post("/oauth/token", data=form, auth=(application.client_id, "wrong"), headers=headers)
    assert (answer.status_code, len(answer.headers["X-Request-ID"])) == (401, 32)
    assert trace_of(record(lambda event: event["subject"] == application.client_id and event["type"].endswith("failed"))) == trace


def test_what_is_no_trace_begins_one_at_the_edge_and_it_is_the_same_behind_it(house, told):
    token = house.token(house.make_application(["read:segments"]))
    record = told("gatehouse.blocked-requests.v1")
    good = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    for value in (None, good.upper(), f"00-{'0' * 32}-{good[36:]}", "x" * 4000, "ff" + good[2:], good + "-x", "\u00e9"):
        name = unique("request")
        headers = {"X-Request-ID": name} | ({"traceparent": value.encode()} if value else {})
        answer = house.call("POST", "/rest/v2/segments", token, json={}, headers=headers)
        assert answer.status_code == 403
        trace = trace_of(record(lambda event: event["id"] == answer.headers["X-Gatehouse-Decision-Id"]))
        assert trace not in (value or "")
        line = eventually(lambda: next((line for line in lines(house.run / "log/edge-access.log") if name in line), None))
        assert trace in line


def test_each_line_about_a_request_names_its_trace(house, tmp_path):
    """A replica that logs each decision, asked as the edge asks."""
    replica = further_replica(house, tmp_path, "talkative", LOG_LEVEL="debug")
    try:
        replica.becomes_ready()
        trace, name = secrets.token_hex(16), unique("request")
        headers = {
            "X-Gatehouse-Door-Key": house.local["door_key"],
            "X-Original-Method": "POST",
            "X-Original-URI": "/rest/v2/segments",
            "X-Forwarded-For": "127.0.0.1",
            "X-Request-ID": name,
            "traceparent": f"00-{trace}-{secrets.token_hex(8)}-01",
            "Authorization": f"Bearer {house.token(house.make_application(['read:segments']))}",
        }
        with Wire(replica.internal_url) as wire:
            reply = wire.ask(request("GET", "/forward-auth", headers))
        decision = reply.header("X-Gatehouse-Decision-Id")
        house.ledger.refused(decision, reply.header("X-Gatehouse-Reason"))
        line = json.loads(next(line for line in lines(replica.log) if decision in line))
        assert (line["trace_id"], line["request_id"], line["reason"]) == (trace, name, "insufficient_scope")
        (item,) = logged(house, trace, 1)
        assert (item["decision_id"], PARENT.fullmatch(item["traceparent"]).groups()) == (decision, (trace, line["span_id"]))
    finally:
        replica.terminate()
