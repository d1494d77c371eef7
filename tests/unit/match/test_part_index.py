"""A part of a batch holds answers; a look-up without one is noted, and nothing that was found without it is kept."""

from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Currency
from core.domain.parties import Customer
from core.match.ledger import OpenDocument
from core.match.look_ups import Answers, Entry, KeyFound, LookUp, Place, Pool, Whole, amount_key
from core.match.part_index import PartIndex
from core.match.schemes import Level

USD = Currency("USD", 2)
WHOLE = Whole(1000, 0.25, frozenset({"INV999"}), frozenset({"INV"}))
ONE = CustomerId("C1")


def entry(number: str, minor: int = 100, *, row: int = 0, late: bool = False, due: int = 5) -> Entry:
    document = OpenDocument(InvoiceNumber(number), ONE, USD, 1, due, minor, minor, 0, 0, "PO-1")
    return Entry(document, Place(late, late, row))


def test_every_look_up_without_an_answer_is_noted() -> None:
    index = PartIndex(WHOLE)
    assert index.names.get("ACME") is None
    assert not index.with_key("INV1")
    assert not index.with_order("PO1")
    assert not index.with_amount("USD", 5)
    assert not index.of_customer(ONE, "USD", 9)
    assert not index.beginning_with("ACM")
    assert index.family(ONE) == (ONE,)
    assert index.accounts.get("X", []) == []
    assert index.full_names["ACME INC"] == []
    assert ONE not in index.customers
    assert not index.words.get("ACME")
    assert not index.domains.get("acme.example", ())
    assert set(index.wanted.of) == set(LookUp) - {LookUp.ENDING}
    assert index.wanted.of[LookUp.AMOUNT] == {amount_key("USD", 5)}
    index.remember_payer("ACME", "", "found")
    index.cell("INV1", None)
    index.begin()
    assert not index.wanted
    assert index.remembered("ACME", "") is None
    assert "INV1" not in index.cells
    index.remember_payer("ACME", "", "found")
    index.cell("INV1", None)
    assert index.remembered("ACME", "") == "found"
    assert "INV1" in index.cells


def test_nothing_is_an_answer_too_and_the_ledger_as_a_whole_is_known() -> None:
    index = PartIndex(WHOLE)
    index.take(
        Answers(names={"ACME": []}, customers={ONE: None}, words={"ACME": Pool(["ACME A", "ACME B"], 40_000), "X": Pool([], 0)})
    )
    assert index.names.get("ACME", ()) == []
    assert index.customers.get(ONE) is None
    assert len(index.words["ACME"]) == 40_000
    assert index.words["ACME"][:200] == ["ACME A", "ACME B"]
    assert not index.words.get("X")
    assert len(index.customers) == 1000
    assert index.shared_names == 0.25
    assert not index.wanted
    index.take(Answers(customers={ONE: Customer(ONE, "Acme")}, families={ONE: [ONE]}))
    assert index.customers[ONE].name == "Acme"
    assert index.family(ONE) == [ONE]


def test_limits_are_those_of_the_whole_ledger() -> None:
    index = PartIndex(WHOLE)
    entries = [entry(f"INV-{at}12345", row=at) for at in range(1, 4)]
    owned = [each.document.number for each in entries]
    many = KeyFound((), 0, None, 300)
    index.take(Answers(entries=entries, keys={"12345": many, "999": KeyFound(None, 401, None, 0)}, owned={ONE: owned}))
    assert [document.number for _, document in index.with_key("12345", frozenset({ONE}))] == owned
    assert not index.with_key("999")
    assert not index.wanted
    later = index.with_key("12345")
    assert later
    assert len(later) == 300
    assert not index.wanted
    assert list(later) == []
    assert index.wanted.of == {LookUp.ENDING: {"12345"}}


def test_documents_stand_as_in_an_index_of_the_whole() -> None:
    index = PartIndex(WHOLE)
    entries = [entry("B-1", row=7), entry("A-1", row=9), entry("1", row=1, late=True), entry("C-00001", row=2)]
    found = KeyFound(tuple((Level.RUNNING, each.document.number) for each in entries[:3]), 3, (InvoiceNumber("C-00001"),), 1)
    index.take(Answers(entries=entries, keys={"1": found}, orders={"P01": [each.document.number for each in entries]}))
    assert [document.number for _, document in index.with_key("1")] == ["B-1", "A-1", "C-00001", "1"]
    assert [document.number for document in index.with_order("P01")] == ["C-00001", "B-1", "A-1", "1"]


def test_balances_that_change_elsewhere_are_found_by_their_new_amount() -> None:
    index = PartIndex(WHOLE)
    index.take(
        Answers(entries=[entry("A-1"), entry("A-2")], amounts={("USD", 100): [InvoiceNumber("A-1"), InvoiceNumber("A-2")]})
    )
    index.take(Answers(owned={ONE: [InvoiceNumber("A-1"), InvoiceNumber("A-2")]}, amounts={("USD", 40): []}))
    assert len(index.of_customer(ONE, "USD", 9)) == 2
    index.changed(entry("A-1", 40))
    index.changed(entry("B-9", 40))
    index.changed(entry("B-8", 0))
    assert {document.number for document in index.with_amount("USD", 40)} == {"A-1", "B-9"}
    assert [document.number for document in index.with_amount("USD", 100)] == ["A-2"]
    index.changed(entry("A-2", 0))
    assert [document.number for document in index.of_customer(ONE, "USD", 9)] == ["A-1"]
    assert index.document(InvoiceNumber("B-8")) is None
    index.changed(entry("A-1", 0))
    assert [document.number for document in index.with_amount("USD", 40)] == ["B-9"]
