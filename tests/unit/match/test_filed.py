"""An index over columns and one over records answer alike, whatever happens to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from core.domain.ids import CustomerId
from core.domain.receivables import CustomerInvoice
from core.match import bulk_keys
from core.match.index import MOST_HITS, MatchIndex
from core.match.ledger import OpenDocument
from core.match.normal import compact, shape
from core.match.schemes import one_edit_apart
from core.read.large_tables import read_invoices
from tests.unit.match.worlds import DAY, document, money

OWNERS = ("C1", "C2", "KÖ-3")
NAMES = ("INV-10{:04}", "{:07}", "RE/2026/{:05}", "K{}X", "Ü-{:05}", "o{:03}")


def ledger(draw: Random, size: int = 60) -> list[CustomerInvoice]:
    found = {}
    for _ in range(size):
        number = draw.choice(NAMES).format(draw.randrange(4000))
        found[number] = document(
            number,
            f"{draw.choice((100, 250, 999))}.00",
            draw.choice(OWNERS),
            unit=draw.choice(("USD", "USD", "EUR")),
            left=draw.choice(("", "0.00", "50.00")),
            due=DAY + timedelta(days=draw.randint(-9, 9)),
            order=draw.choice(("", "PO-7001", "4500012345", "ÖR 7001")),
            credit=draw.random() < 0.1,
        )
    return list(found.values())


def file_of(documents: Sequence[CustomerInvoice]) -> bytes:
    lines = ["invoice_number,customer_id,issue_date,due_date,currency,amount,open_amount,po_number,kind"]
    for each in documents:
        due = each.due_date.isoformat() if each.due_date else ""
        cells = (each.number, each.customer_id, each.issue_date.isoformat(), due, each.amount.currency.code)
        lines.append(",".join((*cells, each.amount.text(), each.open_amount.text(), each.po_number, each.kind.value)))
    return "\n".join(lines).encode()


def both(documents: Sequence[CustomerInvoice]) -> tuple[MatchIndex, MatchIndex]:
    columns = read_invoices(file_of(documents))
    assert columns is not None
    return MatchIndex((), columns), MatchIndex((), documents)


def told(document: OpenDocument | None) -> tuple[object, ...]:
    if document is None:
        return ()
    return tuple(getattr(document, name) for name in OpenDocument.__slots__ if name not in {"row", "_plain"})


def answers(index: MatchIndex, documents: Sequence[CustomerInvoice]) -> dict[str, object]:
    day = DAY.toordinal() + 40
    found: dict[str, object] = {"masks": index.masks, "heads": index.heads}
    for owner in OWNERS:
        for unit in ("USD", "EUR"):
            found[f"of {owner} {unit}"] = [told(each) for each in index.of_customer(CustomerId(owner), unit, day)]
    for each in documents:
        found[f"document {each.number}"] = told(index.document(each.number))
        for size in (3, 4, 5, len(each.number)):
            key = each.number[-size:].replace("-", "")
            for near in (None, frozenset({CustomerId("C1")})):
                hits = [(level, told(hit)) for level, hit in index.with_key(key, near)]
                found[f"{key} {near}"] = sorted(hits, key=repr)
    for key in ("P07001", "4500012345", "0R7001"):
        found[key] = sorted(map(repr, map(told, index.with_order(key))))
    for minor in (10000, 25000, 99900, 5000, -10000):
        found[f"{minor}"] = sorted(map(repr, map(told, index.with_amount("USD", minor))))
    return found


def test_a_word_that_ends_all_numbers_means_none_of_them() -> None:
    documents = [document(f"FV/{number}/2026", "100.00", "C1") for number in range(1, MOST_HITS + 2)]
    for index in both(documents):
        assert index.with_key("2026") == ()
        assert [hit.number for _, hit in index.with_key("FV72026")] == ["FV/7/2026"]
        index.remove(documents[6].number)
        assert len(index.with_key("2026")) == MOST_HITS


@pytest.mark.parametrize("asked_before", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_columns_and_records_answer_alike_after_every_change(seed: int, *, asked_before: bool) -> None:
    draw = Random(seed)  # noqa: S311  A made-up ledger.
    documents = ledger(draw)
    filed, kept = both(documents)
    if asked_before:
        assert answers(filed, documents) == answers(kept, documents)
    for step in range(40):
        each = draw.choice(documents)
        changed = replace(
            each,
            customer_id=CustomerId(draw.choice((each.customer_id, *OWNERS))),
            issue_date=each.issue_date + timedelta(days=draw.choice((0, 60))),
            open_amount=money(draw.choice(("0.00", "50.00", "77.00")), each.amount.currency.code),
            po_number=draw.choice(("", "PO-7001", "PO-7002")),
        )
        added = document(f"NEW-{step:05}", "100.00", draw.choice(OWNERS), order="PO-7001")
        way = draw.randrange(4)
        for index in (filed, kept):
            if way == 0:
                index.put(changed)
            elif way == 1 and index.document(each.number):
                index.settle(each.number, 1000)
            elif way == 2:
                index.remove(each.number)
            else:
                index.put(added)
        owner = CustomerId(draw.choice(OWNERS))
        assert counted(filed, owner) == counted(kept, owner)
    assert answers(filed, [*documents, *(document(f"NEW-{step:05}", "1.00") for step in range(40))]) == answers(
        kept, [*documents, *(document(f"NEW-{step:05}", "1.00") for step in range(40))]
    )


def counted(index: MatchIndex, owner: CustomerId) -> list[int]:
    days = (DAY.toordinal() - 1, DAY.toordinal() + 40)
    return [index.count_of(owner, unit, day) for unit in ("USD", "EUR", "GBP") for day in days]


@pytest.mark.parametrize("seed", range(6))
def test_documents_are_counted_without_a_record_and_as_many_as_are_shown(seed: int) -> None:
    draw = Random(seed)  # noqa: S311  A made-up ledger.
    documents = ledger(draw)
    filed, kept = both(documents)
    for each in draw.sample(documents, 20):
        for index in (filed, kept):
            index.settle(each.number, draw.choice((0, each.open_amount.minor * each.sign)) if index is filed else 0)
    for each in documents:
        left = filed.document(each.number)
        assert left is not None
        kept.set_open(each.number, left.open)
    for owner in OWNERS:
        told_of = counted(filed, CustomerId(owner))
        assert told_of == counted(kept, CustomerId(owner))
        assert max(told_of) > 0
        shown = [
            len(filed.of_customer(CustomerId(owner), unit, DAY.toordinal() + day))
            for unit in ("USD", "EUR", "GBP")
            for day in (-1, 40)
        ]
        assert told_of == shown


def test_last_digits_that_many_documents_share_say_something_of_near_customers_only() -> None:
    documents = [document(f"A{number}-{number:03}4711", "1.00", f"C{number % 5}") for number in range(1, 31)]
    filed, kept = both(documents)
    near = frozenset({CustomerId("C3")})
    assert len(filed.with_key("4711", near)) == len(kept.with_key("4711", near)) == 6
    assert len(filed.with_key("4711")) == 30


def test_a_document_that_came_later_than_its_row_said_is_counted_from_its_new_day_on() -> None:
    documents = [document(f"INV-{number:05}", "100.00", "C1") for number in range(3)]
    filed, _ = both(documents)
    filed.put(replace(documents[1], issue_date=documents[1].issue_date + timedelta(days=30)))
    day = documents[1].issue_date.toordinal()
    assert [filed.count_of(CustomerId("C1"), "USD", day + more) for more in (29, 30)] == [2, 3]


def test_customers_whose_ids_fall_together_are_counted_each_for_itself() -> None:
    """Two ids of nine letters can have one remainder: `A00000009` and `B00000001`."""
    left, right = CustomerId("A00000009"), CustomerId("B00000001")
    assert bulk_keys.remainder(left) == bulk_keys.remainder(right)
    owners = (left, right, left, CustomerId("C3"))
    filed, kept = both([document(f"INV-{number:05}", "1.00", owner) for number, owner in enumerate(owners)])
    day = (DAY + timedelta(days=40)).toordinal()
    for index in (filed, kept):
        assert [index.count_of(owner, "USD", day) for owner in (left, right, CustomerId("C3"))] == [2, 1, 1]


def test_a_customer_without_documents_whose_id_falls_together_with_another_has_none() -> None:
    filed, _ = both([document(f"INV-{number:05}", "1.00", "A00000009") for number in range(3)])
    day = (DAY + timedelta(days=40)).toordinal()
    assert [filed.count_of(CustomerId(owner), "USD", day) for owner in ("A00000009", "B00000001")] == [3, 0]


@pytest.mark.parametrize("moves", [False, True])
def test_numbers_one_slip_away_are_found_in_columns_as_in_records(*, moves: bool) -> None:
    """Also those that are too long or too strange to be compared as columns, and after documents were settled or changed."""
    draw = Random(5)  # noqa: S311  Made-up data.
    plain = [f"INV-{draw.randrange(30):06}/{draw.randrange(9)}{number % 7}" for number in range(90)]
    strange = ["Ré-000017", "Re-000018", "A" * 20 + "000001", "A" * 20 + "000002", "O00I7", "00019", "no digits", "no digitz"]
    numbers = list(dict.fromkeys([*plain, *strange]))
    documents = [document(number, "5.00", f"C{at % 3}") for at, number in enumerate(numbers)]
    filed, kept = both(documents)
    if moves:
        for index in (filed, kept):
            index.settle(documents[0].number, 500)
            index.settle(documents[1].number, 200)
            index.put(replace(documents[2], customer_id=CustomerId("C0")))
    day = (DAY + timedelta(days=40)).toordinal()
    found = 0
    for owner in ("C0", "C1", "C2"):
        for written in numbers:
            word = shape(compact(written))
            told = [
                [
                    each.number
                    for each in index.slips_of(CustomerId(owner), "USD", day, word)
                    if one_edit_apart(word, each.plain)
                ]
                for index in (filed, kept)
            ]
            assert told[0] == told[1]
            found += len(told[0])
    assert found > 50
