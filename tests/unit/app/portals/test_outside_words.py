"""What a portal says is anybody's text: odd names, long notes and words that mean something to Slack harm nothing here."""

from dataclasses import replace

import pytest

from core.app.portals import waiting
from core.domain.portal_orders import OrderNote
from core.domain.portals import OrderRef, PortalCustomerId
from core.domain.workflows import SubmissionState as State
from tests.builders import acting
from tests.portals import a_customer_order, an_order_line
from tests.portals_desk import PortalDesk

ODD = ("<!channel> *bold* `code`", "Robert'); DROP TABLE portal_order;--", "\u202eevil\u202c ﷽ 日本語 🪵", "%_\\", "a" * 4000)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_words_are_kept_and_shown_as_they_are(desk: PortalDesk, text: str) -> None:
    order = replace(
        a_customer_order(lines=(an_order_line(description=text),)), notes=(OrderNote(text, by=text[:40]),), payment_term=text
    )
    desk.switch_on()
    desk.invoices(desk.invoice())
    desk.sync(order)
    submission = desk.of()
    view = desk.view(submission.id)
    assert submission.state is State.SUGGESTED
    assert view.order is not None
    assert view.order.lines[0].description == text
    with desk.store.read() as unit:
        kept = unit.portal_orders.order(OrderRef(PortalCustomerId("PC-1001"), order.number))
        assert kept is not None
        assert kept.order == order
        assert waiting.find_orders(unit, text) == ()
        assert [item.number for item in waiting.find_orders(unit, "gg807")] == [order.number]


def test_an_order_number_of_another_customer_does_not_lead_there(desk: PortalDesk) -> None:
    """The same number under two names is two orders, and a stranger's is never suggested."""
    desk.switch_on()
    desk.invoices(desk.invoice())
    desk.sync(a_customer_order(customer="Somebody Else Ltd"), customer="Somebody Else Ltd")
    with desk.store.read() as unit:
        assert unit.submissions.of_invoice(desk.invoice().number) is None
        assert waiting.waiting(unit, acting(desk.submitter)).items == ()
