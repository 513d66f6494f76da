"""What schemas promise of each member, as a table of paths: two versions of it show what a reader would miss."""

import json
from collections.abc import Iterator

# What stands in a schema and promises nothing by itself.
STRUCTURE = {"$schema", "$ref", "$defs", "allOf", "oneOf", "properties", "required", "items", "additionalProperties", "title", "description", "examples"}

# A schema, and the name of the document in which it stands.
Part = tuple[str, dict]


class Promises:
    def __init__(self, documents: dict[str, dict]):
        self.documents = documents
        self.tables: dict[str, dict[str, str]] = {}

    def of(self, schema: str) -> dict[str, str]:
        """`data.user.id` → `required {"type": "string"}`, for every member that `schema` (`file.json#/$defs/name`) tells of."""
        if schema not in self.tables:
            self.tables[schema] = table = {}
            self.add(table, "", [self.target("", schema)], True)
        return self.tables[schema]

    def untold(self, schema: str, value, path: str = "") -> Iterator[str]:
        """The members of a value of which `schema` tells nothing. Readers pass over them; a producer of ours has none."""
        table = self.of(schema)
        for name, inner in contents(value):
            place = next((place for place in (join(path, name), join(path, "*")) if place in table), None)
            if place is None:
                yield join(path, name)
            elif not table[place].endswith(" {}"):  # What may be anything tells nothing of what is in it.
                yield from self.untold(schema, inner, place)

    def add(self, table: dict[str, str], path: str, parts: list[Part], is_required: bool) -> None:
        """All of `parts` hold for what stands at `path`."""
        parts = [each for part in parts for each in self.expanded(*part)]
        if path:
            table[path] = f"{'required' if is_required else 'optional'} {promise(schema for _, schema in parts)}"
        inner: dict[str, list[Part]] = {}
        for document, schema in parts:
            for name, member in schema.get("properties", {}).items():
                inner.setdefault(join(path, name), []).append((document, member))
            if "items" in schema:
                inner.setdefault(join(path, "[]"), []).append((document, schema["items"]))
            if "additionalProperties" in schema:
                inner.setdefault(join(path, "*"), []).append((document, schema["additionalProperties"]))
        required = {join(path, name) for _, schema in parts for name in schema.get("required", [])}
        for place, members in inner.items():
            self.add(table, place, members, place in required)

    def expanded(self, document: str, schema: dict) -> Iterator[Part]:
        """A schema after all that it refers to, the general first."""
        for part in schema.get("allOf", []):
            yield from self.expanded(document, part)
        if "$ref" in schema:
            yield from self.expanded(*self.target(document, schema["$ref"]))
        yield document, schema

    def target(self, document: str, reference: str) -> Part:
        name, _, pointer = reference.partition("#")
        found = self.documents[name or document]
        for step in filter(None, pointer.split("/")):
            found = found[step]
        return name or document, found


def contents(value) -> list[tuple[str, object]]:
    match value:
        case dict():
            return list(value.items())
        case list():
            return [("[]", item) for item in value]
        case _:
            return []


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name != "[]" else path + name


def promise(schemas: Iterator[dict]) -> str:
    words = {key: value for schema in schemas for key, value in schema.items() if key not in STRUCTURE}
    # One value says all.
    words = {"const": words["const"]} if "const" in words else words
    return json.dumps(words, sort_keys=True)


# Topic, type and path.
Member = tuple[str, str, str]


def read(lines: list[str]) -> dict[Member, str]:
    """From lines of `topic type path promise`."""
    parts = (line.split(" ", 3) for line in lines)
    return {(topic, kind, path): promise for topic, kind, path, promise in parts}


def broken(old: dict[Member, str], new: dict[Member, str]) -> list[str]:
    """What a reader of `.v1` may rely on and would miss. Members that are added, and may be absent, break nobody."""
    lost = [f"lost: {' '.join(member)}" for member in old if member not in new]
    changed = [f"changed: {' '.join(member)}: {was}, now {new[member]}" for member, was in old.items() if new.get(member, was) != was]
    demanded = [f"newly required: {' '.join(member)}" for member in new.keys() - old.keys() if new[member].startswith("required") and is_known(member, old)]
    return sorted(lost + changed + demanded)


def is_known(member: Member, old: dict[Member, str]) -> bool:
    """Whether what it stands in is old: a new type, or a new object, may well require what is in it."""
    topic, kind, path = member
    around = path.rpartition(".")[0].removesuffix("[]")
    return (topic, kind, around) in old if around else any(place[:2] == member[:2] for place in old)
