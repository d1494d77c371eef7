"""The index that is told what changed answers as one built anew, also after units of work that came to nothing."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.app.kept_index import KeptIndex
from core.domain.evidence import MoneySeen
from core.domain.ids import CustomerId, InvoiceNumber, PaymentId
from core.domain.parties import Alias, AliasKind
from core.domain.policy import MatchPolicy
from core.domain.receivables import CustomerInvoice
from core.match.engine import suggest
from core.match.index import MatchIndex
from core.ports.store import UnitOfWork
from core.store.unit_of_work import SqlStore
from tests.builders import a_customer, a_customer_invoice, usd

POLICY = MatchPolicy()
DAY = date(2026, 3, 2)


class Undone(Exception):
    """Rolls a unit back."""


def money(amount: str, text: str = "", name: str = "") -> MoneySeen:
    return MoneySeen(PaymentId("P-1"), usd(amount), DAY, payer_name=name, text=text)


QUESTIONS = (
    money("60.00", "INV-1"),
    money("25.50", "INV-2"),
    money("60.00", "", "Northwind Ltd"),
    money("25.50", "", "NWT Trading"),
    money("11.00", "INV-9 INV-2"),
    money("40.00", "", "Southgate Foods Inc"),
)


def anew(unit: UnitOfWork) -> MatchIndex:
    return MatchIndex(unit.ledger.customers(), unit.ledger.documents(), aliases=unit.ledger.aliases())


def agree(kept: KeptIndex, unit: UnitOfWork) -> None:
    index, other = kept.fresh(unit), anew(unit)
    for question in QUESTIONS:
        assert suggest(question, index, (), POLICY) == suggest(question, other, (), POLICY)


def start(store: SqlStore) -> KeptIndex:
    kept = KeptIndex()
    with store.write() as unit:
        unit.ledger.put_customers([a_customer("C1", "Northwind Ltd"), a_customer("C2", "Southgate Foods Inc")])
        unit.ledger.put_invoices([a_customer_invoice("INV-1", "60.00"), a_customer_invoice("INV-2", "25.50", "C2")])
        agree(kept, unit)
    return kept


def test_what_changes_is_known_at_the_next_question(store: SqlStore) -> None:
    kept = start(store)
    with store.write() as unit:
        unit.ledger.put_alias(Alias(AliasKind.PAYER_NAME, "NWT Trading", CustomerId("C1"), confirmed=2))
        agree(kept, unit)
    with store.write() as unit:
        unit.ledger.put_invoices([a_customer_invoice("INV-9", "11.00"), a_customer_invoice("INV-2", "11.00", "C1")])
        unit.ledger.settle(InvoiceNumber("INV-1"), usd("20.00"))
        unit.ledger.put_customers([a_customer("C2", "Southgate Foods GmbH")])
        agree(kept, unit)
    with store.write() as unit:
        unit.ledger.put_alias(Alias(AliasKind.PAYER_NAME, "NWT Trading", CustomerId("C1"), confirmed=2, rejected=2))
        unit.ledger.put_invoices([a_customer_invoice("INV-9", "11.00")], complete=True)
    with store.read() as unit:
        agree(kept, unit)


def test_a_unit_that_came_to_nothing_leaves_nothing_behind(store: SqlStore) -> None:
    kept = start(store)
    with pytest.raises(Undone), store.write() as unit:
        unit.ledger.put_invoices([a_customer_invoice("INV-9", "11.00"), a_customer_invoice("INV-1", "40.00", "C2")])
        unit.ledger.put_alias(Alias(AliasKind.PAYER_NAME, "NWT Trading", CustomerId("C2"), confirmed=1))
        unit.ledger.put_alias(Alias(AliasKind.PAYER_NAME, "Northwind Ltd", CustomerId("C1"), rejected=3))
        unit.ledger.put_customers([a_customer("C1", "Another Name Ltd"), a_customer("C3", "New Here Ltd")])
        agree(kept, unit)
        raise Undone
    with store.write() as unit:
        # The same revision number again, for something else.
        unit.ledger.settle(InvoiceNumber("INV-2"), usd("14.50"))
        agree(kept, unit)
    with store.read() as unit:
        agree(kept, unit)


def test_an_unchanged_list_changes_nothing(store: SqlStore) -> None:
    start(store)
    with store.write() as unit:
        before = unit.ledger.revision()
        unit.ledger.put_invoices([a_customer_invoice("INV-1", "60.00"), a_customer_invoice("INV-2", "25.00", "C2")])
        unit.ledger.put_customers([a_customer("C1", "Northwind Ltd")])
        changes = unit.ledger.changes_since(before)
    assert [document.number for document in changes.documents] == ["INV-2"]
    assert (changes.customers, changes.aliases, changes.settled) == ((), (), before)


@pytest.mark.parametrize("seed", range(3))
def test_any_mixture_of_changes_and_undone_changes_agrees_with_an_index_built_anew(store: SqlStore, seed: int) -> None:
    kept, draw = start(store), random.Random(seed)  # noqa: S311  Test data.
    names = ("Northwind Ltd", "Southgate Foods Inc", "NWT Trading", "Third Party Pay")
    for _ in range(12):
        with suppress(Undone), store.write() as unit:
            for _ in range(draw.randint(1, 3)):
                _change(unit, draw, names)
                if draw.random() < 0.5:
                    agree(kept, unit)
            _maybe_undo(draw)
        with store.read() as unit:
            agree(kept, unit)


def _maybe_undo(draw: random.Random) -> None:
    if draw.random() < 0.4:
        raise Undone


def _change(unit: UnitOfWork, draw: random.Random, names: tuple[str, ...]) -> None:
    owner, name = f"C{draw.randint(1, 3)}", draw.choice(names)
    kinds: tuple[Callable[[], object], ...] = (
        lambda: unit.ledger.put_customers([a_customer(owner, name)]),
        lambda: unit.ledger.put_alias(
            Alias(AliasKind.PAYER_NAME, name, CustomerId(owner), draw.randint(0, 2), draw.randint(0, 2))
        ),
        lambda: unit.ledger.put_invoices(
            [a_customer_invoice(f"INV-{draw.choice('129')}", draw.choice(["11.00", "25.50", "60.00"]), owner)]
        ),
        lambda: unit.ledger.put_invoices([_later(draw)], complete=draw.random() < 0.3),
        lambda: unit.ledger.settle(InvoiceNumber("INV-1"), usd("5.00")),
    )
    draw.choice(kinds)()


def _later(draw: random.Random) -> CustomerInvoice:
    document = a_customer_invoice("INV-1", "60.00")
    return replace(document, due_date=DAY + timedelta(days=draw.randint(1, 30)), po_number=draw.choice(["", "PO-77001"]))
