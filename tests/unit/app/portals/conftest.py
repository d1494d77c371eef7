import pytest

from core.store.unit_of_work import SqlStore
from tests.databases import SetClock
from tests.portals_desk import PortalDesk


@pytest.fixture
def desk(store: SqlStore, clock: SetClock) -> PortalDesk:
    return PortalDesk(store, clock)
