"""At the end of every run, of whichever tests: the ledger check, sentence by sentence."""

import pytest
from house import House
from reckoning import SCHEMAS, Reckoning, Told

pytestmark = pytest.mark.last


@pytest.fixture(scope="module")
def reckoning(house: House) -> Reckoning:
    told = Told()
    told.read(house)
    return Reckoning(house, told)


def test_the_log_has_each_event_once_without_a_gap(reckoning, counts):
    assert reckoning.is_gapless
    assert reckoning.repeated == []
    told, rows = reckoning.told, len(reckoning.logged)
    counts(f"Ledger: {told.records} records of {len(told.events)} events on the topics; {rows} rows in the log, 1…{rows} without a gap")


def test_every_change_is_in_the_log(house, reckoning, counts):
    missing = reckoning.missing_changes
    counts(f"Ledger: {len(house.ledger.changes)} revisions acknowledged to callers, {len(missing)} without an event in the log")
    assert house.ledger.changes and missing == set()


def test_every_refusal_is_in_the_log(house, reckoning, counts):
    wrong = reckoning.wrong_blocks
    counts(
        f"Ledger: {len(house.ledger.blocks)} refusals with a decision id, {len(wrong)} not exactly once in the log; "
        f"{house.ledger.counted} others, {reckoning.counted} counted"
    )
    assert house.ledger.blocks and wrong == set()
    assert reckoning.counted >= house.ledger.counted


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_revision_is_told_of(reckoning, schema):
    """Whoever caused it."""
    assert reckoning.untold(schema) == set()
    assert reckoning.made_up(schema) == set()


def test_nothing_was_buried(reckoning):
    assert reckoning.buried == 0


def test_an_event_names_its_service(reckoning):
    assert {told["source"] for told in reckoning.told.events.values()} <= {f"/gatehouse/{schema}" for schema in SCHEMAS}
