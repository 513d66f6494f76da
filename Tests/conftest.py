"""The house that tests of whole stories run against: `Tests/run` starts it; by hand, `deploy/local/up --no-tour` does.

What the proofs count is printed at the end, and what looks back on the whole run comes last.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from house import TOP, House

pytest.register_assert_rewrite("ledgertests")
COUNTS = pytest.StashKey[list[str]]()


def pytest_configure(config):
    config.addinivalue_line("markers", "last: looks back on everything that the other tests have done")
    config.addinivalue_line("markers", "soak: takes minutes and more; Tests/run --only soak")
    config.stash[COUNTS] = []


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash[COUNTS]:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def counts(request) -> Callable[[str], None]:
    """Takes a line of what was counted."""
    return request.config.stash[COUNTS].append


@pytest.fixture(scope="session")
def house() -> House:
    run = Path(os.environ.get("GATEHOUSE_RUN", TOP / ".run"))
    assert (run / "local.json").exists(), f"nothing runs in {run}: deploy/local/up --no-tour"
    return House(run)
