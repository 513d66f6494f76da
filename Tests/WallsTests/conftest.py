"""Where the linters stand that come from PyPI: beside the Python that runs the tests."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tools() -> Path:
    return Path(sys.executable).parent
