"""L1, over all that the faults have done: what callers were told stands in the log, once."""

import pytest
from ledgertests import *  # noqa: F403


@pytest.fixture(scope="module", autouse=True)
def what_a_killed_process_had_counted(house):
    """Refusals of whoever did not prove who they are, and reads, are counted: the last periods of a killed process are lost (02)."""
    house.are_ready()
    house.ledger.counted = 0
