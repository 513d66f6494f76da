"""A point of failure is one of a closed list: what is written wrongly stops the service before it serves."""

import pytest
from place import Place
from process import Process


@pytest.mark.parametrize("fault", ["relay.before-lunch", "relay.before-delete:none", "relay.before-delete,later"])
def test_an_unknown_point_stops_the_service_with_one_line(place: Place, tmp_path, fault):
    process = Process("registry", place.run / "env" / "registry-1.env", tmp_path / "log", GATEHOUSE_FAULT_AT=fault)
    assert process.process.wait(30) == 1
    said = process.log.read_text().splitlines()
    assert len(said) == 1 and said[0].startswith("registry: GATEHOUSE_FAULT_AT: ")
