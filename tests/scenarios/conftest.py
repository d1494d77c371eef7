"""Scenarios run on both databases, with one small company."""

import pytest

from core.store.unit_of_work import SqlStore
from tests.databases import SetClock
from tests.service import Desk, services_on


@pytest.fixture
def desk(store: SqlStore, clock: SetClock) -> Desk:
    return Desk(services_on(store, clock))
