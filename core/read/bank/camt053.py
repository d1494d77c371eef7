"""CAMT.053 statements, and 052 reports and 054 notices, of any version: namespaces and their versions are not looked at.

Where a booked entry has transaction details each detail is a line and the entry is not repeated; a batch is never counted
twice. Pending entries are no money yet. ISO 20022: with a reversal the indicator says the direction of this entry, the
original went the other way.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from core.domain.errors import Malformed
from core.domain.money import Money, currency, total
from core.domain.payments import Direction
from core.domain.readings import ReadBankLine, ReadRemittance
from core.read.bank.camt_lists import listed_invoices
from core.read.bank.payer_text import says_something
from core.read.notes import Notes, shown
from core.read.xml_tree import child, children, events, first_below, free, name_of, text

_STATEMENTS: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
_AMOUNT: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]{0,12})?")
_DATE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})")
_BOOKED: Final = frozenset({"BOOK", "BOOKED", ""})
_METHODS: Final = {
    "RCDT": "transfer", "ICDT": "transfer", "RRCT": "instant", "IRCT": "instant", "RDDT": "direct_debit",
    "IDDT": "direct_debit", "RCHQ": "check", "ICHQ": "check", "LBOX": "lockbox", "CCRD": "card", "MCRD": "card", "CNTR": "cash",
}  # fmt: skip


@dataclass(slots=True)
class Camt:
    """What a message holds."""

    lines: list[ReadBankLine] = field(default_factory=list)
    remittances: list[ReadRemittance] = field(default_factory=list)


@dataclass(slots=True)
class _Statement:
    """The statement that we are in."""

    account: str = ""
    day: date | None = None
    entries: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry says for all its details."""

    element: "etree._Element"
    where: str
    account: str
    amount: Money
    direction: Direction
    day: date
    bank_id: str
    reversal: bool
    method: str

    @property
    def name(self) -> str:
        """What its details call it."""
        return self.bank_id or self.where


def read_camt(data: bytes, notes: Notes) -> Camt:
    """All booked lines, and the invoice lists that structured remittance information carries."""
    result, statement = Camt(), _Statement()
    try:
        for event, element in events(data):
            name = name_of(element)
            if event == "start" and name in _STATEMENTS:
                statement = _Statement()
            elif event == "end" and name in {"CreDtTm", "Acct"} and _parent(element) in _STATEMENTS:
                _about(statement, name, element)
            elif event == "end" and name == "Ntry" and _parent(element) in _STATEMENTS:
                statement.entries += 1
                _entry(element, statement, result, notes)
                free(element)
    except Malformed as error:
        notes.refuse(error.where, error.sentence)
    return result


def _parent(element: "etree._Element") -> str:
    parent = element.getparent()
    return name_of(parent) if parent is not None else ""


def _about(statement: _Statement, name: str, element: "etree._Element") -> None:
    if name == "CreDtTm":
        statement.day = _date(element.text or "")
    else:
        statement.account = (
            text(element, "Id", "IBAN") or text(element, "Id", "Othr", "Id") or first_below(child(element, "Id"), "Id")
        )


def _entry(element: "etree._Element", statement: _Statement, result: Camt, notes: Notes) -> None:
    where = f"entry {statement.entries} (line {element.sourceline})"
    status = (text(element, "Sts", "Cd") or text(element, "Sts")).upper()
    if status not in _BOOKED:
        notes.problem(where, f"The entry is not booked ({shown(status)}) and is no money yet; it was not taken.")
        return
    try:
        entry = _read_entry(element, statement, where)
    except Malformed as error:
        notes.refuse(where, error.sentence)
        return
    details = children(element, "NtryDtls", "TxDtls")
    if not details:
        result.lines.append(_alone(entry))
        return
    amounts = [_detail_amount(entry, detail, alone=len(details) == 1) for detail in details]
    if any(amount is None for amount in amounts):
        notes.problem(
            where, "The details have no amounts in the account's currency of their own; the entry is listed as one line."
        )
        result.lines.append(_alone(entry))
        return
    stated = [amount for amount in amounts if amount is not None]
    _check_sum(entry, details, stated, notes)
    for number, (amount, detail) in enumerate(zip(stated, details, strict=True), 1):
        line = _detail(entry, detail, amount, number if len(details) > 1 else 0)
        result.lines.append(line)
        result.remittances += listed_invoices(detail, line)


def _read_entry(element: "etree._Element", statement: _Statement, where: str) -> _Entry:
    amount = _money(child(element, "Amt"))
    direction = _direction(text(element, "CdtDbtInd"))
    if amount is None or direction is None:
        raise Malformed("The entry has no amount with a currency, or does not say credit or debit.")
    dated = (first_below(child(element, name), kind) for name in ("ValDt", "BookgDt") for kind in ("Dt", "DtTm"))
    day = next((found for written in dated if (found := _date(written))), None)
    day = day or statement.day
    if day is None:
        raise Malformed("The entry has no value date and no booking date.")
    return _Entry(
        element=element,
        where=where,
        account=statement.account,
        amount=amount,
        direction=direction,
        day=day,
        bank_id=_said(text(element, "AcctSvcrRef")) or _said(text(element, "NtryRef")),
        reversal=text(element, "RvslInd").lower() in {"true", "1"},
        method=_METHODS.get(text(element, "BkTxCd", "Domn", "Fmly", "Cd"), ""),
    )


def _alone(entry: _Entry) -> ReadBankLine:
    """An entry without details is the line."""
    return ReadBankLine(
        where=entry.where,
        account=entry.account,
        value_date=entry.day,
        amount=entry.amount,
        direction=entry.direction,
        bank_id=entry.bank_id,
        text=text(entry.element, "AddtlNtryInf"),
        method=entry.method,
        reversal=entry.reversal,
    )


def _detail(entry: _Entry, detail: "etree._Element", amount: Money, number: int) -> ReadBankLine:
    """One detail; the other side of the money is the debtor of what came and the creditor of what went."""
    direction = _direction(text(detail, "CdtDbtInd")) or entry.direction
    free_text = [(one.text or "").strip() for one in children(detail, "RmtInf", "Ustrd")]
    words = [*free_text, text(detail, "AddtlTxInf"), text(entry.element, "AddtlNtryInf")]
    other = "Dbtr" if (direction is Direction.CREDIT) != entry.reversal else "Cdtr"
    name, account = _party(child(detail, "RltdPties"), other)
    return ReadBankLine(
        where=f"{entry.where}, detail {number}" if number else entry.where,
        account=entry.account,
        value_date=entry.day,
        amount=amount,
        direction=direction,
        bank_id=_said(text(detail, "Refs", "AcctSvcrRef")) or entry.bank_id,
        payer_name=name,
        payer_account=account,
        references=_references(detail),
        text="\n".join(dict.fromkeys(word for word in words if word)),
        method=entry.method,
        entry=entry.name,
        reversal=entry.reversal,
        return_code=text(detail, "RtrInf", "Rsn", "Cd") or text(detail, "RtrInf", "Rsn", "Prtry"),
    )


def _party(parties: "etree._Element | None", which: str) -> tuple[str, str]:
    """Name and account of the other side; the ultimate party where only that is named."""
    if parties is None:
        return "", ""
    name = first_below(child(parties, which), "Nm") or first_below(child(parties, f"Ultmt{which}"), "Nm")
    account = child(parties, f"{which}Acct")
    return name, text(account, "Id", "IBAN") or text(account, "Id", "Othr", "Id")


def _references(detail: "etree._Element") -> tuple[str, ...]:
    found = [text(detail, "Refs", "EndToEndId")]
    for structured in children(detail, "RmtInf", "Strd"):
        found.append(text(structured, "CdtrRefInf", "Ref"))
        found += [(number.text or "").strip() for number in children(structured, "RfrdDocInf", "Nb")]
    return tuple(dict.fromkeys(reference for reference in found if says_something(reference)))


def _detail_amount(entry: _Entry, detail: "etree._Element", *, alone: bool) -> Money | None:
    """The detail's amount in the account's currency; a single detail without one has the entry's."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "CntrValAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        amount = _money(child(detail, *path))
        if amount is not None and amount.currency == entry.amount.currency:
            # A single detail may show the amount before charges; the entry is what was booked.
            return entry.amount if alone else amount
    return entry.amount if alone else None


def _check_sum(entry: _Entry, details: list["etree._Element"], amounts: list[Money], notes: Notes) -> None:
    signed = [
        amount if (_direction(text(detail, "CdtDbtInd")) or entry.direction) is entry.direction else -amount
        for amount, detail in zip(amounts, details, strict=True)
    ]
    found = total(signed, entry.amount.currency)
    if found != entry.amount:
        notes.problem(entry.where, f"The details add up to {found.text()}, the entry is {entry.amount.text()}.")


def _direction(indicator: str) -> Direction | None:
    return {"CRDT": Direction.CREDIT, "DBIT": Direction.DEBIT}.get(indicator.upper())


def _money(element: "etree._Element | None") -> Money | None:
    if element is None:
        return None
    written = (element.text or "").strip()
    if not _AMOUNT.fullmatch(written):
        return None
    try:
        return Money.of(Decimal(written), currency((element.get("Ccy") or "").upper()))
    except Malformed:
        return None


def _date(written: str) -> date | None:
    found = _DATE.match(written.strip())
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _said(reference: str) -> str:
    return reference if says_something(reference) else ""
