"""The files of `core.read.tables` read as columns, for ledgers with a million rows.

Each function says None to a file with anything in it that is not plainly right; `core.read.tables` then reads it row by row and
has the sentence for what is wrong. What is taken here is what would be taken there.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np

from core.domain.errors import Malformed
from core.domain.evidence import MoneySeen
from core.domain.ids import CustomerId, PaymentId
from core.domain.money import Currency, Money, currency
from core.domain.parties import Customer
from core.domain.receivables import DocumentKind
from core.match import bulk_keys
from core.match.open_columns import OpenColumns
from core.match.spans import Span, Wholes
from core.read.bank.contract_csv import REQUIRED, is_contract
from core.read.cells import delimiter_of
from core.read.columns import Columns, split
from core.read.sniff import Kind, sniff
from core.read.tables import CUSTOMER_COLUMNS, INVOICE_COLUMNS

_HEAD: Final = 65_536
_INCOMING: Final[Mapping[str, bool]] = MappingProxyType({"": True, "credit": True, "debit": False})


def read_customers(data: bytes) -> tuple[Customer, ...] | None:
    """`customers.csv`."""
    columns = split(data, CUSTOMER_COLUMNS)
    if columns is None:
        return None
    ids, names = columns.texts("customer_id"), columns.texts("name")
    codes = columns.texts("currency")
    if not all(ids) or not all(names) or len(set(ids)) < len(ids) or any(_unit(code) is None for code in {*codes} - {""}):
        return None
    rows = zip(
        ids,
        names,
        columns.texts("parent_customer_id"),
        columns.texts("aliases"),
        columns.texts("email_domains"),
        columns.texts("bank_accounts"),
        codes,
        strict=True,
    )
    return tuple(
        Customer(
            CustomerId(number),
            name,
            CustomerId(parent) if parent else None,
            _many(aliases),
            tuple(domain.lower() for domain in _many(domains)),
            _many(accounts),
            code or None,
        )
        for number, name, parent, aliases, domains, accounts, code in rows
    )


def _many(cell: str) -> tuple[str, ...]:
    return tuple(part for part in (each.strip() for each in cell.split(";")) if part) if cell else ()


def _unit(code: str) -> Currency | None:
    try:
        return currency(code)
    except Malformed:
        return None


def read_invoices(data: bytes) -> OpenColumns | None:
    """`invoices.csv`: our open documents to customers."""
    columns = split(data, INVOICE_COLUMNS)
    if columns is None:
        return None
    numbers, customers, orders = (columns.span(title) for title in ("invoice_number", "customer_id", "po_number"))
    if not (_required(numbers) and _required(customers) and orders.plain() and _distinct(numbers)):
        return None
    units = _units(columns)
    signs = _signs(columns)
    if units is None or signs is None:
        return None
    return _documents(columns, (numbers, customers, orders), units, signs)


def _required(span: Span) -> bool:
    return bool((span.end > span.begin).all()) and span.plain()


def _distinct(span: Span) -> bool:
    """Whether no cell stands twice; cells that only look alike by their remainders count as twice."""
    keys = np.sort(bulk_keys.remainders(span))
    return not bool((keys[1:] == keys[:-1]).any())


def _units(columns: Columns) -> tuple[Wholes, tuple[Currency, ...]] | None:
    words = columns.words("currency")
    found = [_unit(word) for word in words[1]] if words else []
    known = tuple(unit for unit in found if unit is not None)
    if words is None or len(known) < len(found):
        return None
    return words[0], known


def _signs(columns: Columns) -> Wholes | None:
    """+1 for an invoice, -1 for a credit memo."""
    words = columns.words("kind")
    if words is None:
        return None
    kinds: Sequence[str] = [word.lower() or DocumentKind.INVOICE.value for word in words[1]]
    if any(kind not in {each.value for each in DocumentKind} for kind in kinds):
        return None
    return np.array([1 if kind == DocumentKind.INVOICE.value else -1 for kind in kinds], np.int64)[words[0]]


def _documents(
    columns: Columns, spans: tuple[Span, Span, Span], units: tuple[Wholes, tuple[Currency, ...]], signs: Wholes
) -> OpenColumns | None:
    which, currencies = units
    exponents = np.array([unit.exponent for unit in currencies], np.int64)[which]
    amount = columns.minor("amount", exponents, required=True)
    balance = columns.minor("open_amount", exponents, required=True)
    discount = columns.minor("discount_amount", exponents)
    issued, due = columns.days("issue_date", required=True), columns.days("due_date")
    until = columns.days("discount_until")
    if amount is None or balance is None or discount is None or issued is None or due is None or until is None:
        return None
    if (balance[0] > amount[0]).any() or (discount[0] > amount[0]).any():
        return None
    return OpenColumns(
        *spans,
        currencies=currencies,
        unit=which.astype(np.uint8),
        issued=issued,
        due=np.where(due > 0, due, issued),
        amount=signs * amount[0],
        open=signs * balance[0],
        discount=discount[0],
        until=until,
    )


def read_bank(name: str, data: bytes, taken: Collection[str]) -> list[MoneySeen] | None:
    """`bank.csv` as sums of money, in the order of its rows; None also where an id stands twice or is `taken` already."""
    head = data[:_HEAD].decode("utf-8", "replace")
    columns = split(data, REQUIRED) if sniff(name, data[:_HEAD]) is Kind.TEXT else None
    if columns is None or not is_contract([*columns.titles]):
        return None
    header = head.partition("\n")[0]
    ids = columns.texts("payment_id")
    if '"' in header or header.count(delimiter_of(head) or ",") + 1 != len(columns.titles):
        return None
    if not all(ids) or len(set(ids)) < len(ids) or not set(ids).isdisjoint(taken):
        return None
    return _monies(columns, ids)


def _monies(columns: Columns, ids: Sequence[str]) -> list[MoneySeen] | None:
    units, days, ways = _units(columns), columns.days("value_date", required=True), columns.words("direction")
    if units is None or days is None or ways is None:
        return None
    incoming = [_INCOMING.get(word.lower()) for word in ways[1]]
    exponents = np.array([unit.exponent for unit in units[1]], np.int64)[units[0]]
    amounts = columns.minor("amount", exponents, required=True)
    if amounts is None or None in incoming:
        return None
    texts = [_unified(columns, title) for title in ("payer_name", "payer_account", "reference", "text")]
    dates = {day: date.fromordinal(day) for day in np.unique(days).tolist()}
    rows = zip(ids, amounts[0].tolist(), units[0].tolist(), days.tolist(), *texts, ways[0].tolist(), strict=True)
    return [
        MoneySeen(
            PaymentId(number),
            Money(amount, units[1][unit]),
            dates[day],
            payer,
            account,
            reference,
            text,
            "",
            bool(incoming[way]),
        )
        for number, amount, unit, day, payer, account, reference, text, way in rows
    ]


def _unified(columns: Columns, title: str) -> list[str]:
    r"""Cells as the reader of bank files has them: every line end is `\n`."""
    cells = columns.texts(title)
    return [cell.replace("\r\n", "\n") for cell in cells] if columns.quoted and b"\r" in columns.data else cells
