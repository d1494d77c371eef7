"""Random walks over the real store: recall goes back, a person posts what is resolved, twice is once, order never matters."""

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.app.outcomes import Done
from core.domain.actors import ActorKind
from core.domain.events import AuditName, LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.supplier_bills import RESOLVED
from core.domain.workflows import LineResolution, LineVerdict
from core.domain.workflows import SupplierInvoiceState as State
from tests.databases import SetClock, clean_store
from tests.payables_desk import INVOICE_HEAD, NO_APPROVAL, ORDER_HEAD, RECEIPT_HEAD, PayablesDesk, invoice_row, order_row

ON_INVOICE = [Event.SEND_FOR_APPROVAL, Event.APPROVE, Event.MARK_APPROVED, Event.REJECT, Event.HOLD, Event.RECALL, Event.POST]
ON_LINE = [LineEvent.ACCEPT, LineEvent.AWAIT_RECEIPT, LineEvent.REJECT, LineEvent.RECALL, LineEvent.UNLINK]
STEPS = st.one_of(
    st.tuples(st.sampled_from(ON_INVOICE), st.sampled_from(["mara", "carl", "ana", "pete", "paul"])),
    st.tuples(st.sampled_from(ON_LINE), st.sampled_from(["mara", "ravi", "quinn", "pete", "ana"])),
    st.tuples(st.sampled_from(["receipt", "order", "rerun", "twice"]), st.just("mara")),
)
WALK = settings(max_examples=6, suppress_health_check=list(HealthCheck))


def outside(desk: PayablesDesk, what: str, place: int) -> None:
    """Something that no person does: a receipt, a changed order; or a re-run."""
    if what == "receipt":
        desk.give("r.csv", f"{RECEIPT_HEAD}\nR-{place},PO-1001,1,2026-02-20,{place % 4 + 3},EA")
    elif what == "order":
        desk.give("o.csv", f"{ORDER_HEAD}\n{order_row(match='three_way', rate=f'5.{place % 3}0')}")
    elif what == "rerun":
        desk.on_bill(Event.RERUN)
    desk.relay.run_now()


@given(steps=st.lists(STEPS, min_size=4, max_size=14), wanted=st.booleans())
@WALK
def test_random_walks(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[object, str]], wanted: bool) -> None:
    folder = tmp_path_factory.mktemp("walk")
    clock = SetClock()
    with clean_store("sqlite", clock) as store:
        desk = PayablesDesk(store, clock, folder / "bills")
        if not wanted:
            desk.policy(NO_APPROVAL)
        desk.orders(order_row(match="three_way"))
        desk.invoices(invoice_row(rate="5.10"))
        desk.on_bill(Event.APPROVERS_SET, approvers=(desk.people["ana"].id, desk.people["pete"].id))
        for place, (what, by) in enumerate(steps):
            before = desk.bill()
            if isinstance(what, str):
                outside(desk, what, place)
            elif isinstance(what, Event):
                outcome = desk.on_bill(what, by, reason="because")
                again = desk.on_bill(what, by, version=before.version, reason="because")
                assert not isinstance(outcome, Done) or not isinstance(again, Done), "twice is once"
                if what is Event.RECALL and isinstance(outcome, Done):
                    assert desk.bill().state is before.trail[-1]
            else:
                assert isinstance(what, LineEvent)
                outcome = desk.on_line(what, by=by, reason="because")
                again = desk.on_line(what, by=by, version=before.version, reason="because")
                assert not isinstance(outcome, Done) or not isinstance(again, Done), "twice is once"
            now = desk.bill()
            if now.state in {State.READY_TO_POST, State.POSTING, State.POSTED}:
                assert all(line.resolution in RESOLVED for line in now.lines)
        _history_is_whole(desk)


def _history_is_whole(desk: PayablesDesk) -> None:
    """Every version has its events, every posting its person, and every bill stands once in the ledger's files."""
    rows = desk.history()
    versions = {row.entry.version_after for row in rows if row.entry.version_after > row.entry.version_before}
    assert versions == set(range(1, desk.bill().version + 1))
    posted = [row for row in rows if row.entry.name is AuditName.SUPPLIER_INVOICE_POSTING]
    assert all(row.entry.actor.kind is ActorKind.PERSON for row in posted)
    keys = [row[0] for row in desk.rows_posted()]
    assert len(keys) == len(set(keys)) == len(posted)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_files_never_matters(tmp_path: Path, order: tuple[int, ...]) -> None:
    """An order with receipts, an early and a late invoice: whichever file comes first, the verdicts end the same."""
    clock = SetClock()
    files = [
        ("receipts.csv", f"{RECEIPT_HEAD}\nR-1,PO-1001,1,2026-02-20,7,EA\nR-2,PO-1001,1,2026-02-21,5,EA"),
        ("early.csv", f"{INVOICE_HEAD}\n{invoice_row(quantity='12', number='INV-1', day='2026-03-01')}"),
        ("late.csv", f"{INVOICE_HEAD}\n{invoice_row(quantity='6', number='INV-2', day='2026-03-02')}"),
    ]
    with clean_store("sqlite", clock) as store:
        desk = PayablesDesk(store, clock, tmp_path / "bills")
        desk.policy(NO_APPROVAL)
        desk.orders(order_row(quantity="12", match="three_way"))
        for place in order:
            desk.take(*files[place])
        with desk.services.store.read() as unit:
            bills = {bill.header.number: bill for bill in unit.bills.in_states(tuple(State))}
        found = {number: (bill.state, bill.lines[0].verdicts, bill.lines[0].resolution) for number, bill in bills.items()}
    assert found["INV-1"] == (State.READY_TO_POST, (LineVerdict.PERFECT_MATCH,), LineResolution.CLEAR)
    assert found["INV-2"] == (State.NEEDS_REVIEW, (LineVerdict.QUANTITY_MISMATCH,), LineResolution.OPEN)
