"""The services as Schemathesis asks them, a stock client that reads nothing but the OpenAPI documents: what they say is what comes back.

It changes what it finds, so it is handed objects of its own, and comes last; the lists that concern everybody are put back."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documents import METHODS, Document
from house import House, expect, unique

pytestmark = pytest.mark.last
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
# The ids that it knows come from `Prey`: what answers tell is not tried on, or it would meet the administrator and his client.
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429]

[phases.coverage.extra-data-sources]
responses = false

[phases.fuzzing.extra-data-sources]
responses = false

[dictionaries.user]
values = ["USER"]

[parameters]
"body.run_as" = { dictionary = "user", probability = 0.5 }
"""
# The document, and how many examples of each operation in the last phase: the whole is to stay below a minute.
RUNS = [("audit", 10), ("token", 15), ("policy", 6), ("registry", 10)]


class Prey:
    """What may be changed, and what may be deleted: of each kind one that is there."""

    def __init__(self, house: House):
        self.users = [house.make_user("Prey", [], ["www.example.com"])["id"] for _ in range(2)]
        # By where it stands: what is changed, and what is deleted.
        self.objects = {
            "/api/v1/applications/{client_id}": [house.make_application(["read:segments"], run_as=self.users[0]).client_id for _ in range(2)],
            "/api/v1/users/{id}": self.users,
            "/api/v1/roles/{name}": [self.made(house, "/roles", name=unique("Prey"), permissions=[]) for _ in range(2)],
            "/api/v1/domains/{name}": [self.made(house, "/domains", name=f"{unique('prey')}.example.com") for _ in range(2)],
        }

    def made(self, house: House, path: str, **body) -> str:
        expect(house.manage("POST", path, json=body), 201)
        return body["name"]

    def put_into(self, document: dict) -> dict:
        """The document, with these as the only objects that it knows, at whatever revision. Nobody is to be harmed."""
        for path, item in document["paths"].items():
            for start, (kept, lost) in self.objects.items():
                if path.startswith(start):
                    name = item["parameters"][0]["name"]
                    for method in item.keys() & set(METHODS):
                        value = lost if method == "delete" else kept
                        # It gives names itself, so it must not think that there is only this one.
                        known = {"example": value} if name == "name" else {"schema": {"enum": [value]}}
                        item[method].setdefault("parameters", []).append({**item["parameters"][0], **known})
            for parameter in item.get("put", {}).get("parameters", []):
                if parameter.get("name") in ("confirm_lockout", "force"):
                    parameter["schema"] = {"enum": [False]}
        if "IfMatch" in document["components"].get("parameters", {}):
            document["components"]["parameters"]["IfMatch"] = {"name": "If-Match", "in": "header", "schema": {"enum": ["*"]}}
        return document


@pytest.fixture
def shared(house):
    """What everybody needs is as it was, or it is put back."""
    known = {path: expect(house.manage("GET", path), 200) for path in ("/ip-ranges", "/catalogue")}
    yield
    for path, before in known.items():
        if expect(house.manage("GET", path), 200) != before:
            expect(house.manage("PUT", path, json=before), 200)


@pytest.mark.parametrize(("service", "examples"), RUNS, ids=[run[0] for run in RUNS])
def test_it_is_as_its_document_says(house, shared, tmp_path, counts, service, examples):
    prey, settings, document = Prey(house), tmp_path / "schemathesis.toml", tmp_path / "openapi.json"
    settings.write_text(SETTINGS.replace("USER", prey.users[0]))
    document.write_text(json.dumps(prey.put_into(Document(service).json)))
    command = [Path(sys.executable).parent / "st", "--config-file", settings, "run", document, "--url", house.origin]
    command += ["--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--max-examples", str(examples)]
    command += ["--generation-deterministic", "--no-shrink", "--continue-on-failure", "--no-color", "--warnings", "off", "--request-timeout", "30"]
    if service == "token":
        command += ["--auth", ":".join(house.local["admin_client"].values())]
    else:
        command += ["--header", f"Authorization: Bearer {house.admin_token()}"]
    ended = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr
    passed = int(re.search(r"(\d+) generated, \1 passed", ended.stdout)[1])
    counts(f"Schemathesis: {passed} requests to {service}, each answered as its document says")
    assert passed > 50
    expect(house.manage("GET", "/users"), 200)
