"""Every statement of a service stands in the list that its tests prepare against the schema."""

import re

import pytest
from tree import TOP, files

STATEMENT = re.compile(r"^    (private )?static (?:let|var|func) (\w+)[^\n]*?(?:= Statement\b|-> Statement<|= StateRows\b)", re.M)


@pytest.mark.parametrize("service", ["Registry", "Token", "Policy"])
def test_every_statement_is_listed(service):
    sources = {path: (TOP / path).read_text() for path in files(rf"Services/{service}/.*\.swift$")}
    lists = "\n".join(text for path, text in sources.items() if path.endswith("Statements.swift"))
    unlisted = []
    for path, text in sources.items():
        for private, name in STATEMENT.findall(text):
            # What is private to its store is listed there.
            where = text if private else lists
            if not re.search(rf"\.{name}\b|\b{name}\.samples\b", where):
                unlisted.append(f"{path}: {name}")
    assert lists and unlisted == []
