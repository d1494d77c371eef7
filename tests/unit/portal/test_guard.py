"""No request that would submit passes: known writes alone do, whatever a page's buttons, forms or scripts try."""

import json
import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.coupa.options import CoupaOptions
from portal.guard import Asked, KnownWrite, Verdict, judge

OPTIONS = CoupaOptions()
HERE = "https://birchboro.coupahost.com"
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "----WebKitFormBoundary1aynD1r0AxYADsM2"


def form(**fields: str) -> tuple[bytes, str]:
    return urlencode(fields).encode(), FORM


def multipart(*parts: tuple[str, bytes, str]) -> tuple[bytes, str]:
    body = b""
    for name, value, filename in parts:
        extra = f'; filename="{filename}"\r\nContent-Type: application/pdf' if filename else ""
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + value + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


def passes(method: str, url: str, sent: tuple[bytes | None, str] = (b"", "")) -> bool:
    return judge(Asked(method, url, *sent), OPTIONS.portal_host, OPTIONS.writes).passes


@pytest.mark.parametrize(
    ("method", "url", "sent"),
    [
        ("GET", f"{HERE}/supplier_order_headers/5", (b"", "")),
        ("GET", f"{HERE}/supplier_invoices?view=All&q=INV-1", (b"", "")),
        ("POST", "https://supplier.coupahost.com/sessions/new", form(email="robot@example.com")),
        ("POST", "https://identity.coupahost.com/login", form(password="x")),
        ("POST", "https://supplier.coupahost.com/customer", form(customer="birchboro")),
        ("POST", f"{HERE}/supplier_invoices/calculate", multipart(("commit", b"", ""), ("a", b"1", ""))),
        ("POST", f"{HERE}/supplier_invoices", multipart(("commit", b"Save as Draft", ""), ("scan", b"%PDF Submit", "a.pdf"))),
        ("POST", f"{HERE}/supplier_invoices/77", form(commit="Save as Draft", note="please submit the order")),
        ("POST", f"{HERE}/supplier_invoices/77/delete", form(authenticity_token="t")),
        ("GET", "https://cdn.example.com/script.js", (b"", "")),
        ("POST", "https://www.google.com/recaptcha/api2/userverify", form(response="x")),
    ],
)
def test_reads_and_known_writes_pass(method: str, url: str, sent: tuple[bytes, str]) -> None:
    assert passes(method, url, sent)


@pytest.mark.parametrize(
    ("method", "url", "sent"),
    [
        ("POST", f"{HERE}/supplier_invoices", form(commit="Submit")),
        ("POST", "https://birchboro.example.com/supplier_invoices", form(commit="Save as Draft")),
        ("POST", "https://www.google.com/collect", form(a="b")),
        ("POST", "https://evilcoupahost.com/supplier_invoices", form(commit="Save as Draft")),
        ("POST", f"{HERE}/supplier_invoices", multipart(("commit", b"Submit", ""), ("scan", b"%PDF", "a.pdf"))),
        ("POST", f"{HERE}/supplier_invoices", multipart(("commit", b"Save as Draft", ""), ("commit", b"Submit", ""))),
        ("POST", f"{HERE}/supplier_invoices", form(commit="Save as Draft", button="send_invoice")),
        ("POST", f"{HERE}/supplier_invoices", form(commit="")),
        ("POST", f"{HERE}/supplier_invoices", (b"", "")),
        ("POST", f"{HERE}/supplier_invoices", (None, FORM)),
        ("POST", f"{HERE}/supplier_invoices", (b"commit=Save as Draft", "text/plain")),
        ("POST", f"{HERE}/supplier_invoices", (b"no parts", "multipart/form-data; boundary=x")),
        ("POST", f"{HERE}/supplier_invoices", (b"x", "multipart/form-data")),
        ("POST", f"{HERE}/supplier_invoices/77", form(**{"invoice_header[status]": "pending_approval"})),
        ("POST", f"{HERE}/supplier_invoices/77", (json.dumps({"a": {"action": "Submit"}}).encode(), "application/json")),
        ("POST", f"{HERE}/supplier_invoices/77", (b"{", "application/json")),
        ("POST", f"{HERE}/supplier_invoices/77/submit", (b"", "")),
        ("PUT", f"{HERE}/supplier_invoices/77/submit_for_approval", (b"", "")),
        ("PATCH", f"{HERE}/supplier_invoices/77/issue", (b"", "")),
        ("GET", f"{HERE}/supplier_invoices/77/submit", (b"", "")),
        ("GET", f"{HERE}/supplier_invoices/77%2Fsubmit", (b"", "")),
        ("GET", f"{HERE}/supplier_invoices/77?commit=Submit", (b"", "")),
        ("POST", f"{HERE}/supplier_invoices/77/approve", (b"", "")),
        ("POST", f"{HERE}/credit_notes", form(commit="Save as Draft")),
        ("POST", f"{HERE}/supplier_order_headers/5/acknowledge", form(token="t")),
        ("DELETE", f"{HERE}/supplier_invoices/77", (b"", "")),
        ("POST", f"{HERE}/graphql", (json.dumps({"query": "mutation"}).encode(), "application/json")),
        ("POST", "https://supplier.coupahost.com/sessions/max_concurrent", (b"", "")),
        ("POST", "https://supplier.coupahost.com/sessions/send_code", (b"", "")),
        ("POST", "https://SUPPLIER.COUPAHOST.COM/supplier_invoices", form(commit="Save as Draft")),
    ],
)
def test_everything_else_stops(method: str, url: str, sent: tuple[bytes | None, str]) -> None:
    assert not passes(method, url, sent)


@given(
    path=st.text(alphabet="abcdefgh_/0123456789", max_size=30),
    action=st.sampled_from(["Submit", "submit", "SUBMIT", "Send", "send_invoice", "submitted", "pending_approval", "Resubmit"]),
    field=st.sampled_from(["commit", "button", "action", "invoice_header[status]", "event", "_action", "Commit"]),
    noise=st.dictionaries(st.text(alphabet="abc[]_", min_size=1, max_size=8), st.text(max_size=12), max_size=4),
    method=st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]),
)
def test_no_form_that_says_submit_ever_passes(path: str, action: str, field: str, noise: dict[str, str], method: str) -> None:
    body = urlencode({**noise, field: action}).encode()
    assert not passes(method, f"{HERE}/{path}", (body, FORM))


@given(
    st.binary(max_size=200), st.sampled_from([FORM, "multipart/form-data; boundary=x", "application/json", "text/plain", ""])
)
def test_a_body_that_is_no_known_write_never_passes_to_an_unknown_place(body: bytes, kind: str) -> None:
    assert not passes("POST", f"{HERE}/anything", (body, kind))


def test_a_form_without_fields_leaves_empty_and_only_where_the_driver_has_declared_one() -> None:
    """Browsers do not show the body of such a form, so whatever it had stays here."""
    host, confirm, other = re.compile("portal[.]example"), re.compile("/orders/[0-9]+/confirm"), re.compile("/orders/[0-9]+")
    writes = (KnownWrite("confirming", host, confirm, bare=True), KnownWrite("keeping", host, other))

    def verdict(path: str, body: bytes | None, kind: str = FORM, method: str = "POST") -> Verdict:
        return judge(Asked(method, f"https://portal.example{path}", body, kind), host, writes)

    assert verdict("/orders/5/confirm", None) == Verdict(passes=True, rule="confirming", emptied=True)
    assert verdict("/orders/5/confirm", b"token=1") == Verdict(passes=True, rule="confirming")
    assert not verdict("/orders/5", b"a=1").once
    sent_once = (KnownWrite("keeping", host, other, once=True),)
    assert judge(Asked("POST", "https://portal.example/orders/5", b"a=1", FORM), host, sent_once).once
    stopped = [
        verdict("/orders/5", None),
        verdict("/orders/5/submit", None),
        verdict("/orders/5/confirm", None, "multipart/form-data; boundary=x"),
        verdict("/orders/5/confirm", None, method="PUT"),
        verdict("/orders/5/confirm?commit=Submit", None),
        verdict("/orders/5/confirm", b"commit=Submit"),
    ]
    assert not [each for each in stopped if each.passes or each.emptied]
