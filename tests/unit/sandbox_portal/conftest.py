"""One stand-in for the whole folder; each test gets it with a fresh world."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.sandbox.portal import seed
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import Visitor, running_portal


@pytest.fixture(scope="session")
def running() -> Iterator[Site]:
    with running_portal() as site:
        yield site


@pytest.fixture
def site(running: Site) -> Site:
    running.load(seed.world(datetime.now(UTC).date()))
    return running


@pytest.fixture
def visitor(site: Site) -> Iterator[Visitor]:
    with Visitor(site) as one:
        yield one


@pytest.fixture
def inside(visitor: Visitor) -> Visitor:
    """A person who is logged in and looks at one customer."""
    assert visitor.log_in(seed.PERSON).url.path == "/home"
    visitor.choose("birchboro")
    assert visitor.enter().status_code == 200
    return visitor
