"""Thresholds on small made worlds of customers' orders, and that the expert who writes their truth can be wrong-footed."""

from pathlib import Path

import pytest

from tests.bench import order_proof, order_quality, order_world

SEED = 4711


@pytest.mark.parametrize("name", list(order_world.SHARES))
def test_small_worlds_of_orders_are_answered_rightly(name: str, tmp_path: Path) -> None:
    made = order_world.make(name, SEED, 800, order_world.other_shares(name, SEED))
    world = order_world.write(made, tmp_path / "world")
    figures = order_quality.scored(world, order_quality.tieout(world))[0].shares()
    assert (figures["certain_wrong"], figures["certain_to_be_asked"], figures["unanswerable_certain"]) == (0, 0, 0)
    assert (figures["clear_found_certain"] or 0) >= 0.97
    assert (figures["found_top3"] or 0) >= 0.98
    assert (figures["tie_kept"] or 0) >= 0.97
    plain = order_quality.scored(world, order_quality.exact_else_sum(world))[0].shares()
    assert (plain["certain_precision"] or 0) < 0.95, "a world that a plain rule answers measures nothing"


def test_the_same_seed_gives_the_same_bytes_and_another_another(tmp_path: Path) -> None:
    folders = [order_world.write(order_world.make("hard", seed, 60), tmp_path / str(at)) for at, seed in enumerate((1, 1, 2))]
    files = [[(folder / name).read_bytes() for name in (*order_world.FILES, "truth.csv")] for folder in folders]
    assert files[0] == files[1]
    assert files[0] != files[2]


def order(number: str = "4500012345", left: str = "1000.00", invoiced: str = "0.00", **other: str) -> dict[str, str]:
    total = f"{float(left) + float(invoiced or 0):.2f}"
    row = {"portal": "coupa", "portal_customer": "Northwind", "po_number": number, "status": "Issued", "currency": "USD"}
    return {**row, "total": total, "invoiced": invoiced, **other}


def proved(*orders: dict[str, str], texts: tuple[str, ...], amount: str = "400.00") -> list[tuple[str, int, str]]:
    customers = [{"customer_id": "C1", "name": "Northwind Ltd", "parent_customer_id": "", "aliases": ""}]
    invoices = [
        {
            "invoice_number": f"INV-{at}", "customer_id": "C1", "currency": "USD", "amount": amount, "open_amount": amount,
            "po_number": text, "kind": "invoice",
        }
        for at, text in enumerate(texts)
    ]  # fmt: skip
    found = order_proof.prove(customers, invoices, orders)
    return [(row["kind"], len([one for one in row["orders"].split(";") if one]), row["doubt"]) for row in found]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PO 4500012345", ("answer", 1, "")),
        ("4500012345 / 4500012399", ("answer", 1, "other number")),
        ("4500012354", ("answer", 1, "slip")),
        ("Room 4500, floor 012345", ("unanswerable", 0, "nothing fits")),
        ("REQ-4500012345", ("unanswerable", 0, "nothing fits")),
        ("", ("unanswerable", 0, "nothing fits")),
    ],
)
def test_the_expert_reads_numbers(text: str, kind: tuple[str, int, str]) -> None:
    assert proved(order(), texts=(text,)) == [kind]


def test_the_expert_keeps_ties_and_tries_every_split_of_the_room() -> None:
    assert proved(order(left="400.00"), order("PO-7788", "400.00"), texts=("",)) == [("tie", 2, "sum")]
    assert proved(order(left="400.00"), texts=("", "")) == [("tie", 1, "sum")] * 2
    half = order(left="500.00", invoiced="500.00")
    assert proved(half, texts=("4500012345",) * 2) == [("answer", 1, "")] * 2
    assert proved(half, texts=("4500012345",) * 2, amount="300.00") == [("answer", 1, "")] * 2
    assert proved(half, texts=("4500012345",) * 3, amount="300.00") == [("answer", 1, "room")] * 3


def test_the_scorer_tells_certain_wrong_from_asked_wrong() -> None:
    truth = {"kind": "answer", "orders": "coupa|N|PO-1", "doubt": "", "planned": "coupa|N|PO-1", "class": "exact"}
    score = order_quality.Score()
    for decision, orders in (
        ("match", ("coupa|PO-1",)),
        ("match", ("coupa|PO-2",)),
        ("suggest", ("coupa|PO-2",)),
        ("none", ()),
    ):
        score.add(truth, order_quality.Answer(decision, orders, "po_number"))
    score.add({**truth, "kind": "unanswerable", "orders": "", "planned": ""}, order_quality.Answer("match", ("coupa|PO-1",)))
    figures = score.shares()
    assert (figures["certain"], figures["certain_wrong"], figures["wrong_orders"], figures["unanswerable_certain"]) == (
        3,
        2,
        2,
        1,
    )
    assert (figures["certain_precision"], figures["found_first"], figures["certain_as_it_happened"]) == (1 / 3, 1 / 4, 1 / 2)
