"""How long to soak: SOAK_SECONDS and SOAK_REQUESTS in the environment, 60 and 2,000 without."""

import os

import pytest


@pytest.fixture(scope="session")
def seconds() -> float:
    return float(os.environ.get("SOAK_SECONDS", "60"))


@pytest.fixture(scope="session")
def requests() -> int:
    return int(os.environ.get("SOAK_REQUESTS", "2000"))


@pytest.fixture(scope="session")
def seed() -> int:
    """Where chance begins; it is printed with a failure, and a run with the same begins the same."""
    return int(os.environ.get("SOAK_SEED", "1"))
