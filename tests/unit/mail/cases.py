"""Envelopes and cases with sensible defaults and one keyword for what a test is about."""

from dataclasses import replace

from core.domain.ids import CustomerId
from mail.case import Case
from mail.envelope import Address, Envelope, PartFact, parse
from mail.on_file import OnFile

BUYER = CustomerId("C-1")
ON_FILE = OnFile(
    {"buyer.example": BUYER, "northwind.example": CustomerId("C-2"), "blueharbor-foods.com": CustomerId("C-3")},
    {BUYER: frozenset({"DE89370400440532013000"})},
)


PLAIN = b"From: AP <ap@buyer.example>\r\nMessage-ID: <1@buyer.example>\r\nSubject: Remittance\r\n\r\nInvoice 1\r\n"


def an_envelope(**changes: object) -> Envelope:
    """The envelope of a plain mail from a known customer, with fields changed."""
    return replace(parse(PLAIN), **changes)  # type: ignore[arg-type]


def an_author(address: str, name: str = "") -> tuple[Address, ...]:
    return (Address(name, address),)


def a_file(name: str = "remittance.pdf", content_type: str = "application/pdf", *, inline: bool = False) -> PartFact:
    return PartFact(content_type, name, 100, is_attachment=True, is_inline=inline)


def a_case(envelope: Envelope | None = None, **changes: object) -> Case:
    fields: dict[str, object] = {
        "envelope": envelope or an_envelope(),
        "size": 1000,
        "size_cap": 30_000_000,
        "on_file": ON_FILE,
    }
    return Case(**{**fields, **changes})  # type: ignore[arg-type]
