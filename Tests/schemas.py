"""The JSON Schemas of deploy/kafka: what an event of each type holds."""

import json
from pathlib import Path

import jsonschema_rs
from house import TOP
from promises import Promises

FOLDER = TOP / "deploy/kafka/schemas"


class Schemas:
    def __init__(self, folder: Path = FOLDER):
        self.documents = {file.name: json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))}
        self.promises = Promises(self.documents)
        self.registry = jsonschema_rs.Registry([(address(name), document) for name, document in self.documents.items()])
        self.validators: dict[str, jsonschema_rs.Validator] = {}

    @property
    def topics(self) -> list[str]:
        return [name.removesuffix(".json") for name in self.documents if name.startswith("gatehouse.")]

    def types(self, topic: str) -> dict[str, str]:
        """Where the schema of each type stands; on the audit topic one schema is every type's."""
        name = f"{topic}.json"
        document = self.documents[name]
        references = [choice["$ref"] for choice in document.get("oneOf", [document])]
        return {reference.removeprefix("#/$defs/"): name + reference for reference in references}

    def faults(self, topic: str, event: dict) -> list[str]:
        """What is wrong with an event of ours: it breaks its schema, or holds what the schema does not tell of."""
        types = self.types(topic)
        schema = types.get(event.get("type", "").removeprefix("gatehouse."), types.get("event"))
        if schema is None:
            return [f"there is no type {event.get('type')}"]
        broken = [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in self.validator(schema).iter_errors(event)]
        return broken + [f"{path}: no schema tells of it" for path in self.promises.untold(schema, event)]

    def validator(self, schema: str) -> jsonschema_rs.Validator:
        if schema not in self.validators:
            self.validators[schema] = jsonschema_rs.validator_for({"$ref": address(schema)}, registry=self.registry, validate_formats=True)
        return self.validators[schema]

    @property
    def lines(self) -> list[str]:
        """All that is promised, as `promises.txt` has it."""
        return [
            f"{topic} {kind} {path} {promise}"
            for topic in self.topics
            for kind, schema in self.types(topic).items()
            for path, promise in self.promises.of(schema).items()
        ]


def address(name: str) -> str:
    """As if all of them stood in one folder, wherever that is."""
    return f"file:///schemas/{name}"
