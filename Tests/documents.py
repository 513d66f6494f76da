"""The OpenAPI documents of the four services."""

import json

from house import TOP

SERVICES = ("registry", "token", "policy", "audit")
METHODS = ("get", "put", "post", "patch", "delete")


class Document:
    def __init__(self, service: str):
        self.service = service
        self.file = TOP / "Services" / service.title() / "openapi.json"
        self.json = json.loads(self.file.read_text())

    @property
    def operations(self) -> dict[tuple[str, str], dict]:
        """By method and path."""
        return {
            (method.upper(), path): item[method] for path, item in self.json["paths"].items() for method in METHODS if method in item
        }

    def resolved(self, value):
        """Where a reference leads, or the value itself."""
        while isinstance(value, dict) and "$ref" in value:
            reference, value = value["$ref"], self.json
            for step in reference.removeprefix("#/").split("/"):
                value = value[step]
        return value
