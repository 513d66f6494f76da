"""The OpenAPI documents: valid, of exactly the routes that are mounted, with right examples, and served as they are."""

import re
from collections import defaultdict

import pytest
from documents import SERVICES, Document
from house import TOP, expect
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

GOLDEN = TOP / "Tests/ServicesTests/routes.txt"
DOCUMENTS = [Document(service) for service in SERVICES]
EVERY = pytest.mark.parametrize("document", DOCUMENTS, ids=SERVICES)


@EVERY
def test_the_document_is_valid(document):
    OpenAPIV31SpecValidator(document.json).validate()


# What is for people, in a browser: no document tells of it.
PAGES = re.compile(r"/(login|logout|account|assets)(/|$)")


def mounted(service: str) -> set[tuple[str, str, str, str]]:
    """Method, path, scope and permissions of the public listener's routes, from the file that the services are held against."""
    part = re.search(rf"^# {service}\n([^#]*)", GOLDEN.read_text(), re.MULTILINE)[1]
    lines = [line.split(maxsplit=3) for line in part.splitlines()]
    return {tuple(line + [""] * (4 - len(line))) for line in lines if not PAGES.match(line[1])}


def permissions(operation: dict) -> str:
    rule = operation.get("x-permissions", {})
    return " & ".join(rule.get("all", [])) or " | ".join(rule.get("any", []))


@EVERY
def test_it_has_the_routes_that_are_mounted(document):
    told = {
        (method, path, *(operation["security"][0].get("oauth2", [""]) if operation["security"] else [""]), permissions(operation))
        for (method, path), operation in document.operations.items()
    }
    assert told == mounted(document.service)


@EVERY
def test_its_scopes_are_declared(document):
    flows = document.json["components"]["securitySchemes"].get("oauth2", {}).get("flows", {})
    declared = {scope for flow in flows.values() for scope in flow["scopes"]}
    used = {scope for operation in document.operations.values() for way in operation["security"] for scope in way.get("oauth2", [])}
    assert used == declared


@EVERY
def test_it_tells_of_refusals(document):
    """What needs a token is refused without one; what takes a body can be too large; each refusal is a problem, or an error of OAuth's."""
    for (method, path), operation in document.operations.items():
        responses = {status: document.resolved(response) for status, response in operation["responses"].items()}
        if path.startswith("/api/v1/") and operation["security"]:
            assert {"400", "401", "403", "413", "503"} <= responses.keys(), f"{method} {path}"
        if "requestBody" in operation:
            assert {"400", "413"} <= responses.keys(), f"{method} {path}"
        kinds = {kind for status, response in responses.items() if status >= "400" for kind in response["content"]}
        assert kinds <= ({"application/problem+json", "application/json"} if path.startswith("/oauth/") else {"application/problem+json"})


def examples(document: Document, value, place: str = ""):
    """Each example beside its schema."""
    if isinstance(value, dict):
        if "schema" in value and "example" in value:
            yield place, value["schema"], value["example"]
        if "type" in value and isinstance(value.get("examples"), list):
            yield from ((place, value, example) for example in value["examples"])
        for name, inner in value.items():
            yield from examples(document, inner, f"{place}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from examples(document, inner, f"{place}/{index}")


@EVERY
def test_its_examples_are_right(document):
    found = list(examples(document, document.json))
    wrong = [
        f"{place}: {error.message}"
        for place, schema, example in found
        for error in Draft202012Validator({**schema, "components": document.json["components"]}).iter_errors(example)
    ]
    assert (len(found) > 5, wrong) == (True, [])


def test_what_two_documents_name_alike_is_alike():
    named = defaultdict(list)
    for document in DOCUMENTS:
        for kind in ("schemas", "responses", "headers", "parameters"):
            for name, component in document.json["components"].get(kind, {}).items():
                named[kind, name].append(component)
    assert [name for name, components in named.items() if any(component != components[0] for component in components)] == []


@EVERY
def test_it_is_served_to_everybody(house, document):
    answer = house.call("GET", f"/api/v1/openapi/{document.service}.json")
    assert expect(answer, 200) == document.json
    assert answer.headers["Content-Type"] == "application/json"


def test_no_other_document_is_served(house):
    assert house.call("GET", "/api/v1/openapi/console.json").status_code == 404
