"""The house of the faults: one for all of them, so that its ledger tells at the end what survived."""

import os
from pathlib import Path

import pytest
from place import Place


@pytest.fixture(scope="session")
def place(request):
    place = Place(Path(os.environ["GATEHOUSE_RUN"]))
    yield place
    place.end()


@pytest.fixture(scope="session")
def house(place) -> Place:
    """What looks back on the run looks at this house."""
    return place
