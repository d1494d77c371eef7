"""What a live account's pages look like is recorded without a write and without showing anybody's business."""

import json
from pathlib import Path

import pytest

from core.domain.errors import Refused
from portal.browser import chromium
from portal.recon import ReconWish, record
from tests.browser import chromium as named_chromium
from tests.sandbox.portal import seed
from tests.sandbox.portal.robot import Robot
from tests.sandbox.portal.testing import running_portal

pytestmark = pytest.mark.browser
HIDDEN = (
    seed.PASSWORD,
    seed.SECRET,
    seed.ROBOT,
    "Birch",
    "Calloway",
    "80700992",
    "7781",
    "INV-20390",
    "Oak boards",
    "625",
    "Ring the bell",
)


def test_a_record_shows_marks_and_labels_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    with running_portal() as site, chromium(named_chromium() or "") as browser:
        robot = Robot(site, browser)
        driver = robot.driver()
        driver.log_in()
        before, writes = repr(site.world.invoices), sum(one.method != "GET" for one in site.seen)
        names = [one.name for one in driver.customers()]
        report = record(driver, folder, ReconWish(site.url("supplier", ""), private=(seed.ROBOT,), settle_s=0.5), robot.clock)
        robot.end()
        assert len(names) == 3
        assert [part.trouble for part in report.parts] == [""] * 6
        assert [len(part.frames) for part in report.parts] == [1, 2, 2, 2, 2, 2]
        # The customer was never chosen here and nothing was pressed: the portal has seen no further write.
        assert (repr(site.world.invoices), sum(one.method != "GET" for one in site.seen)) == (before, writes)
        with pytest.raises(Refused, match="new or empty"):
            record(driver, folder, ReconWish(""), robot.clock)
    texts = {path.name: path.read_text() for path in folder.iterdir()}
    assert [(name, secret) for name, text in texts.items() for secret in HIDDEN if secret in text] == []
    assert "connect_order_header_tbody" in texts["02-orders.frame-1.outline.txt"]
    assert "'Order Date'" in texts["02-orders.frame-1.outline.txt"]
    assert "Create Invoice" in texts["03-order.frame-1.aria.txt"]
    assert json.loads(texts["report.json"])["blocked"] == []
    assert not list(folder.glob("*.png"))
