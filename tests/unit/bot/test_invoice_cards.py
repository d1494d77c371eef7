"""Cards of supplier invoices: every state has a scene, every button is one of the state tables, large ones stay small."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.actions import ACCEPT_ALL, APPROVERS, DETAILS, EDIT, LINE, OPEN, ORDERS, PAGES, decode
from core.decide import dispute, line_resolution, supplier_invoice
from core.domain.keeping import SubjectKind
from core.domain.workflows import SupplierInvoiceState
from tests.golden.cards.invoice_scenes import INVOICE_SCENES
from tests.golden.cards.scenes import golden
from tests.sandbox.slack import blocks as strict

CARDS = [name for name in INVOICE_SCENES if name.startswith("invoice_")]
OURS = {ACCEPT_ALL, APPROVERS, DETAILS, EDIT, OPEN, ORDERS, *PAGES}


def kept(name: str) -> Any:
    """A scene as it was kept; that it is drawn so today is tested with all the others."""
    return json.loads(golden(name).read_text(encoding="utf-8"))


def pressable(value: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Action and value of everything that can be pressed, with its block."""
    for block in value["blocks"]:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            for option in element.get("options") or ([element] if "value" in element else []):
                yield element["action_id"], option["value"], block


def test_every_state_has_a_card() -> None:
    shown = " ".join(CARDS).upper()
    assert [state for state in SupplierInvoiceState if f"INVOICE_{state}" not in shown] == []


@pytest.mark.parametrize("name", [name for name in INVOICE_SCENES if name.startswith(("invoice_", "window_"))])
def test_every_button_is_one_of_the_tables_or_opens_a_window(name: str) -> None:
    lines, whole = set(line_resolution.TABLE.specs), set(supplier_invoice.TABLE.specs)
    for action, value, block in pressable(kept(name)):
        pressed = decode(action, value)
        assert pressed is not None, value
        assert pressed.kind in {SubjectKind.SUPPLIER_INVOICE, SubjectKind.DISPUTE}
        if pressed.kind is SubjectKind.DISPUTE:
            assert pressed.event in set(dispute.TABLE.specs)
        elif pressed.event.startswith(LINE):
            assert pressed.event.removeprefix(LINE) in lines
            assert f":line{pressed.choice}:" in block["block_id"]
        else:
            assert pressed.event in whole | OURS


def events(name: str) -> set[str]:
    return {value.split(":")[3] for action, value, _ in pressable(kept(name)) if action.startswith("supplier_invoice.")}


@pytest.mark.parametrize(
    ("name", "of_the_invoice"),
    [
        ("invoice_needs_approvers", {"delete", "mark_approved", "rerun"}),
        ("invoice_ready_for_approval", {"send_for_approval", "delete", "mark_approved", "rerun"}),
        ("invoice_awaiting_approval", {"approve", "reject", "hold", "recall", "delete", "mark_approved", "rerun"}),
        ("invoice_ready_to_post", {"post", "delete", "recall"}),
        ("invoice_rejected", {"delete", "send_for_approval"}),
        ("invoice_on_hold", {"delete", "approve", "reject", "recall"}),
        ("invoice_disputed", {"delete", "rerun"}),
        ("invoice_posting", set()),
        ("invoice_posted", set()),
        ("invoice_deleted", set()),
    ],
)
def test_a_card_offers_what_the_product_says_of_its_state(name: str, of_the_invoice: set[str]) -> None:
    assert {event for event in events(name) if not event.startswith(LINE)} - OURS == of_the_invoice


def test_a_large_invoice_stays_within_what_a_message_holds_and_says_what_is_left_out() -> None:
    blocks = kept("invoice_many_lines")["blocks"]
    assert len(blocks) <= 50
    assert strict.characters(blocks) + strict.ROOM_PER_BLOCK * len(blocks) < 9_500
    said = json.dumps(blocks, ensure_ascii=False)
    assert "more lines that differ" in said
    assert "30 of 60 lines match perfectly" in said


def test_a_tie_gives_each_order_line_its_own_button() -> None:
    rivals = [value for _, value, _ in pressable(kept("invoice_tied")) if value.count(":") == 5]
    assert [value.rsplit(":", 1)[1] for value in rivals] == ["0", "1"]


def test_re_running_names_the_lines_whose_decisions_are_lost() -> None:
    said = json.dumps(kept("invoice_decided"), ensure_ascii=False)
    assert "What was decided is lost on lines 2, 3, 4." in said
