"""The schemas and the AsyncAPI document of deploy/kafka: right by themselves, one with each other and with the model, and kept as promised."""

import copy
import json
import re

import pytest
import yaml
from house import TOP
from jsonschema import Draft202012Validator
from promises import broken, read
from schemas import FOLDER, Schemas
from topics import PARTITIONS

DOCUMENT = FOLDER.parent / "asyncapi.yaml"
PROMISES = FOLDER.parent / "promises.txt"
EXAMPLES = FOLDER.parent / "examples/README.md"
MODEL = TOP / "Shared/Model/Events"


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas()


@pytest.fixture(scope="module")
def asyncapi() -> dict:
    return yaml.safe_load(DOCUMENT.read_text())


def test_each_schema_is_one(schemas):
    for document in schemas.documents.values():
        Draft202012Validator.check_schema(document)


def test_the_schemas_have_the_topics_and_types_of_the_model(schemas):
    cases = set(re.findall(r'case \w+ = "([a-z.-]+)"', (MODEL / "EventType.swift").read_text()))
    told = [kind for topic in schemas.topics for kind in schemas.types(topic) if kind != "event"]
    assert (set(told), len(told)) == (cases, len(cases))
    names = set(re.findall(r'case (\w+)(?: = "([a-z-]+)")?$', (MODEL / "Topic.swift").read_text(), re.MULTILINE))
    assert set(schemas.topics) == {f"gatehouse.{raw or case}.v1" for case, raw in names}


def test_the_examples_are_right(schemas):
    examples = [(topic, example) for topic in schemas.topics for example in schemas.documents[f"{topic}.json"]["examples"]]
    assert {topic for topic, _ in examples} == set(schemas.topics)
    assert [fault for topic, example in examples for fault in schemas.faults(topic, example)] == []


def test_a_wrong_event_is_seen(schemas):
    """What the test of the whole suite's events would not see, nobody would."""
    right = schemas.documents["gatehouse.secret-rotations.v1.json"]["examples"][0]

    def faults(change) -> list[str]:
        event = copy.deepcopy(right)
        change(event)
        return schemas.faults("gatehouse.secret-rotations.v1", event)

    assert faults(lambda event: None) == []
    assert faults(lambda event: event.pop("subject"))
    assert faults(lambda event: event.update(time="yesterday"))
    assert faults(lambda event: event.update(type="gatehouse.secret.forgotten"))
    assert faults(lambda event: event.update(colour="red")) == ["colour: no schema tells of it"]
    assert faults(lambda event: event["data"]["user"].update(email="a@example.com")) == ["data.user.email: no schema tells of it"]
    assert faults(lambda event: event["data"]["changes"][0].pop("to"))
    assert faults(lambda event: event["data"].update(operation="CREATE"))
    assert faults(lambda event: event["data"].update(ip="203.0.113.256"))
    assert faults(lambda event: event["data"].update(revision="813"))


# AsyncAPI


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [reference for inner in value.values() for reference in references(inner)])
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_asyncapi_has_the_topics_with_their_partitions(asyncapi, schemas):
    channels = asyncapi["channels"].values()
    bound = {channel["bindings"]["kafka"]["topic"]: channel["bindings"]["kafka"]["partitions"] for channel in channels}
    assert set(bound) == {channel["address"] for channel in channels} == set(schemas.topics)
    assert bound | PARTITIONS == bound
    assert {operation["channel"]["$ref"] for operation in asyncapi["operations"].values()} == {f"#/channels/{name}" for name in asyncapi["channels"]}
    assert {operation["action"] for operation in asyncapi["operations"].values()} == {"send"}


def test_asyncapi_has_each_type_on_its_topic(asyncapi, schemas):
    for channel in asyncapi["channels"].values():
        messages = [asyncapi["components"]["messages"][name] for name in channel["messages"]]
        assert [message["$ref"] for message in channel["messages"].values()] == [f"#/components/messages/{name}" for name in channel["messages"]]
        payloads = [message["payload"]["schema"]["$ref"] for message in messages]
        assert payloads == [f"./schemas/{schema}" for schema in schemas.types(channel["address"]).values()]


def test_asyncapi_refers_to_what_there_is(asyncapi, schemas):
    for reference in references(asyncapi):
        file, pointer = reference.split("#")
        found = schemas.documents[file.removeprefix("./schemas/")] if file else asyncapi
        for step in pointer.strip("/").split("/"):
            found = found[step]


# What other teams are told


def test_each_type_has_one_place_in_ocsf():
    cases = re.findall(r'case \w+ = "([a-z.-]+)"', (MODEL / "EventType.swift").read_text())
    rows = [line for line in EXAMPLES.read_text().splitlines() if re.match(r"\| `gatehouse\.", line)]
    assert sorted(re.findall(r"`gatehouse\.([a-z.-]+)`", "\n".join(rows))) == sorted(cases)
    assert {int(row.split("|")[2].split()[-1]) for row in rows} == {6003, 3001, 3002, 3003, 3004}


# What is promised


def test_nothing_promised_is_broken(schemas):
    """Readers rely on `promises.txt`: within `.v1` it only grows."""
    assert broken(read(PROMISES.read_text().splitlines()), read(schemas.lines)) == []


def test_everything_told_is_promised(schemas):
    """What is added is promised from then on: `Tests/promise` writes it down."""
    assert sorted(set(schemas.lines) - set(PROMISES.read_text().splitlines())) == []


def rename(members):
    members["gatekeeper"] = members.pop("application")


def lose(members):
    del members["application"]


def retype(members):
    members["count"] = {"type": "string"}


def add(members):
    members["colour"] = {"type": "string"}


CHANGES = [
    ("loses a member", lose, [], r"lost: \S+ \S+ data\.application\b"),
    ("renames one", rename, [], r"lost: \S+ \S+ data\.application\b"),
    ("retypes one", retype, [], r"changed: \S+ \S+ data\.count: "),
    ("requires a new one", add, ["colour"], r"newly required: \S+ \S+ data\.colour$"),
    ("requires an old one", lambda members: None, ["reason"], r"changed: \S+ \S+ data\.reason: "),
    ("adds one that may be absent", add, [], None),
]


@pytest.mark.parametrize(("change", "required", "complaint"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_schema_that(schemas, tmp_path, change, required, complaint):
    for name, document in schemas.documents.items():
        (tmp_path / name).write_text(json.dumps(document))
    fact = copy.deepcopy(schemas.documents["fact.json"])
    change(fact["properties"])
    fact["required"] += required
    (tmp_path / "fact.json").write_text(json.dumps(fact))
    complaints = broken(read(schemas.lines), read(Schemas(tmp_path).lines))
    if complaint is None:
        assert complaints == []
    else:
        assert any(re.search(complaint, each) for each in complaints), complaints[:5]


def test_a_type_that_is_gone_is_seen(schemas):
    lines = [line for line in schemas.lines if " secret.rotated " not in line]
    assert broken(read(schemas.lines), read(lines))
    assert broken(read(lines), read(schemas.lines)) == []
