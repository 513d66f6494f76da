"""The house that tests of whole stories run against: `Tests/run` starts it; by hand, `deploy/local/up --no-tour` does."""

import os
from pathlib import Path

import pytest
from house import TOP, House


@pytest.fixture(scope="session")
def house() -> House:
    run = Path(os.environ.get("GATEHOUSE_RUN", TOP / ".run"))
    assert (run / "local.json").exists(), f"nothing runs in {run}: deploy/local/up --no-tour"
    return House(run)
