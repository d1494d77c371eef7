"""Supplier invoices over real HTTP: lists, one invoice, decisions about lines and about the invoice."""

from collections.abc import Callable
from pathlib import Path

from tests.payables_desk import NO_APPROVAL, PayablesDesk, invoice_row, order_row
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.makers import ubl
from tests.unit.web.conftest import Web


def test_a_program_decides_about_lines_and_posts_as_its_person(serve: Callable[..., Web], tmp_path: Path) -> None:
    web = serve(web_person="person11@example.com")
    desk = PayablesDesk(web.desk.services.store, web.clock, tmp_path / "bills")  # type: ignore[arg-type]
    desk.policy(NO_APPROVAL)
    desk.orders(order_row(), order_row(po="PO-1002"))
    desk.invoices(invoice_row(rate="5.50"))
    root = "/api/v1/supplier-invoices"
    listed = web.program.get(root).json()
    assert (listed["counts"]["NEEDS_REVIEW"], listed["items"][0]["number"]) == (1, "INV-77")
    shown = web.program.get(f"{root}/SI-1001").json()
    (line,) = shown["lines"]
    assert line["verdicts"] == ["RATE_MISMATCH"]
    assert line["findings"][0]["difference"] == "0.50"
    assert [each["label"] for each in line["offered"]][:3] == ["Accept", "Dispute", "Reject"]
    orders = web.program.get(f"{root}/orders?supplier_id=S1&text=1002").json()["items"]
    assert [each["number"] for each in orders] == ["PO-1002"]
    body = {"event": "accept", "version": shown["version"], "lines": ["1"]}
    assert web.program.post(f"{root}/SI-1001/lines/actions", json=body).json()["status"] == "done"
    assert web.program.post(f"{root}/SI-1001/lines/actions", json=body).json()["status"] == "already_done"
    assert web.program.post(f"{root}/SI-1001/lines/actions", json=body | {"event": "dance"}).status_code == 422
    shown = web.program.get(f"{root}/SI-1001").json()
    assert shown["state"] == "READY_TO_POST"
    posting = web.program.post(f"{root}/SI-1001/actions", json={"event": "post", "version": shown["version"]})
    assert posting.status_code == 403, "a clerk does not post"
    recalled = web.program.post(f"{root}/SI-1001/actions", json={"event": "recall", "version": shown["version"]})
    assert recalled.json()["status"] == "done"
    assert web.program.get(f"{root}/SI-9").status_code == 404
    assert web.browser.get(root).status_code in {401, 403}


def test_a_program_hands_in_an_invoice_as_a_document(serve: Callable[..., Web], tmp_path: Path) -> None:
    web = serve(web_person="person11@example.com")
    PayablesDesk(web.desk.services.store, web.clock, tmp_path / "bills")  # type: ignore[arg-type]
    data = ubl(a_bill(5, "en", lines=2, tax="20", orders=1))
    send = {"params": {"name": "invoice.xml"}, "content": data}
    answers = [web.program.post("/api/v1/documents", **send).json() for _ in range(2)]  # type: ignore[arg-type]
    assert [answer["status"] for answer in answers] == ["done", "already_done"]
    shown = web.program.get("/api/v1/supplier-invoices/SI-1001").json()
    assert len(shown["lines"]) == 2
    assert [each["kind"] for each in shown["questions"]] == ["supplier_unknown"]
