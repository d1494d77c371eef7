"""From an advice as written to the record: which decimal mark, which currency, and do the lines add up.

Arithmetic is the only judge. An advice is complete when every candidate line was read and the sums equal every total that
the document states; what can be read in two ways is closed by the total or stays open, and the record says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from core.domain.errors import Malformed
from core.domain.money import Currency, Money, currency
from core.domain.readings import ReadRemittance, unstated_currency
from core.domain.remittance import RemittanceLine
from core.read.cells import Value
from core.read.dates import common_order, read_date, settled
from core.read.notes import Notes, shown
from core.read.numbers import SHARED_SIGNS, Amount, common_marks, exact, narrowed, printed_digits, read_amount
from core.read.remittance.advice import Advice, Head, Item

_DOLLARS: Final = frozenset("USD CAD AUD NZD SGD HKD MXN TWD BSD BBD BMD BZD FJD JMD KYD LRD NAD SBD SRD TTD XCD".split())
_CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
_COMPATIBLE: Final = {"$": _DOLLARS, "¥": frozenset({"JPY", "CNY"}), "kr": _CROWNS, "kr.": _CROWNS}
_MANY: Final = 3
_NEAR_DAYS: Final = 21


@dataclass(slots=True)
class _Work:
    """One advice on its way to a record."""

    advice: Advice
    head: Head
    code: str = ""
    sure: bool = False
    of: Currency = field(default_factory=unstated_currency)
    mark: str = ""
    stops: list[str] = field(default_factory=list)


def finished(advice: Advice, outer: Head, notes: Notes, *, sent: date | None = None) -> ReadRemittance:
    """The record of an advice; `outer` is what the document around it says, and is only used where the advice is silent.

    `sent` is the day of the mail: of two days that a date can mean, the one near it is meant where the other is far off.
    """
    head = Head()
    head.fill(advice.head)
    stated = [value for value in (advice.head.total, outer.total) if value != ""]
    head.fill(outer)
    work = _Work(advice, head, stops=list(advice.stops))
    _find_currency(work)
    _find_mark(work, stated)
    lines = tuple(_line(work, item) for item in advice.items)
    totals = [found for value in (*advice.totals, *stated) if (found := _total(work, value)) is not None]
    lines = _gross_paid_in_full(lines, totals)
    total = _check(work, lines, totals)
    _compare_rows(work, lines, notes)
    why = " ".join(work.stops[:_MANY])
    if len(work.stops) > _MANY:
        why += f" And {len(work.stops) - _MANY} more."
    return ReadRemittance(
        where=advice.where,
        lines=lines,
        complete=not work.stops and bool(lines),
        payer_name=shown(head.payer_name, 140),
        total=total,
        currency=work.code,
        payment_reference=shown(head.payment_reference, 140),
        paid_on=_paid_on(work, notes, sent),
        why=why,
        currency_sure=work.sure,
    )


def as_amount(value: Value) -> Amount | None:
    """A cell's value as an amount; typed numbers need no reading."""
    if isinstance(value, Decimal):
        return exact(value)
    return read_amount(value) if isinstance(value, str) else None


def _values(items: Iterable[Item]) -> list[Value]:
    return [value for item in items for value in (item.paid, item.gross, item.discount) if value != ""]


def _find_currency(work: _Work) -> None:
    """The one currency that the document names: by code or sign, in a label, a header or beside an amount."""
    head = work.head
    named = {head.currency, *(item.currency for item in work.advice.items)}
    for value in (*_values(work.advice.items), *work.advice.totals, head.total):
        amount = as_amount(value)
        named.add(amount.currency if amount else "")
    named.discard("")
    signs = {name for name in named if name in SHARED_SIGNS}
    codes = named - signs
    if len(codes) == 1:
        code = next(iter(codes))
        if all(code in _COMPATIBLE[sign] for sign in signs):
            work.code, work.sure = code, True
            work.of = currency(code)
            return
    if len(codes) > 1 or (codes and signs):
        work.stops.append(f"More than one currency is named ({', '.join(sorted(named))}); a person has to decide.")
        return
    taken = {SHARED_SIGNS[sign] for sign in signs}
    if len(taken) == 1 and (code := taken.pop()):
        work.code, work.of = code, currency(code)
        return
    digits = [
        printed_digits(value)
        for found in map(as_amount, _values(work.advice.items))
        if found and len(found.marks) == 1
        for value in found.meanings.values()
    ]
    work.of = unstated_currency(min(max(digits, default=2), 4))


def _find_mark(work: _Work, stated: list[Value]) -> None:
    """The decimal mark of the advice: by a cell that has one reading, else by the total, else it stays open."""
    rows = _understood(work, _values(work.advice.items))
    sums = _understood(work, work.advice.totals)
    outer = _understood(work, stated)
    marks = common_marks([*rows, *sums])
    if len(marks) == 1:
        work.mark = next(iter(marks))
        return
    if not marks or all(amount.value() is not None for amount in rows):
        return
    fitting = [mark for mark in (".", ",") if _ties(work, mark, [*sums, *outer])]
    if len(fitting) == 1:
        work.mark = fitting[0]
        return
    outside = common_marks(outer)
    if len(outside) == 1 and not fitting:
        work.mark = next(iter(outside))


def _understood(work: _Work, values: Iterable[Value]) -> list[Amount]:
    found = [amount for value in values if (amount := as_amount(value)) is not None]
    return [narrowed(amount, work.of.exponent) for amount in found] if work.code else found


def _ties(work: _Work, mark: str, sums: list[Amount]) -> bool:
    paid = [as_amount(item.paid if item.paid != "" else item.gross) for item in work.advice.items]
    values = [amount.value(mark) for amount in paid if amount is not None]
    if any(value is None for value in values) or not sums:
        return False
    total = sum((value for value in values if value is not None), Decimal(0))
    return any(amount.value(mark) == total or amount.value() == total for amount in sums)


def _money(work: _Work, value: Value, place: str, what: str) -> Money | None:
    """An amount of a line; a stop where it cannot be said."""
    if value == "":
        return None
    amount = as_amount(value)
    if amount is None:
        work.stops.append(f"{place}: the {what} “{shown(str(value))}” is no amount.")
        return None
    if work.code:
        amount = narrowed(amount, work.of.exponent)
    number = amount.value(work.mark) if work.mark in amount.marks else amount.value()
    if number is None:
        work.stops.append(f"{place}: the {what} “{shown(str(value))}” can be read in two ways and no total decides.")
        return None
    try:
        return Money.of(number, work.of)
    except Malformed:
        work.stops.append(f"{place}: the {what} “{shown(str(value))}” has more digits than {work.code or 'a currency'} has.")
        return None


def _line(work: _Work, item: Item) -> RemittanceLine:
    paid = _money(work, item.paid, item.place, "amount paid")
    gross = _money(work, item.gross, item.place, "gross amount")
    discount = _money(work, item.discount, item.place, "discount")
    if gross is not None and discount is not None:
        if paid is None and item.paid == "":
            paid = gross - discount if (gross.minor >= 0) == (discount.minor >= 0) else gross + discount
        # Some systems print a discount with a minus, some without.
        if paid is not None and gross - discount != paid and gross + discount == paid:
            discount = -discount
    return RemittanceLine(item.reference, paid, gross, discount, shown(item.reason, 200))


def _gross_paid_in_full(lines: tuple[RemittanceLine, ...], totals: list[Money]) -> tuple[RemittanceLine, ...]:
    """Where only invoice amounts are listed and they add up to the payment, they are what is paid."""
    gross = [line.gross for line in lines]
    if not lines or not totals or any(line.paid is not None for line in lines) or any(amount is None for amount in gross):
        return lines
    if sum(amount.minor for amount in gross if amount is not None) not in {total.minor for total in totals}:
        return lines
    return tuple(RemittanceLine(line.reference, line.gross, line.gross, line.discount, line.reason) for line in lines)


def _total(work: _Work, value: Value) -> Money | None:
    amount = as_amount(value)
    if amount is None:
        return None
    if work.code:
        amount = narrowed(amount, work.of.exponent)
    number = amount.value()
    if number is None:
        number = amount.value(work.mark) if work.mark else None
    try:
        return None if number is None else Money.of(number, work.of)
    except Malformed:
        return None


def _check(work: _Work, lines: tuple[RemittanceLine, ...], totals: list[Money]) -> Money | None:
    """Do the lines add up to every stated total; the total of the record is the one that they add up to."""
    silent = [line.reference for line in lines if line.paid is None]
    paid = sum(line.paid.minor for line in lines if line.paid is not None)
    wrong = [total for total in totals if total.minor != paid]
    if silent and not work.stops:
        if work.advice.only_named:
            work.stops.append("The text names the documents and a sum, but no amount for each of them.")
        else:
            work.stops.append(f"What is paid on {shown(', '.join(silent))} is not stated.")
    elif wrong and not silent:
        work.stops.append(f"The lines add up to {Money(paid, work.of).text()}, the stated total is {wrong[0].text()}.")
    right = [total for total in totals if total.minor == paid]
    return next(iter(right or totals), None)


def _compare_rows(work: _Work, lines: tuple[RemittanceLine, ...], notes: Notes) -> None:
    """Gross less discount that is not what is paid, without a reason, is worth a word."""
    for item, line in zip(work.advice.items, lines, strict=True):
        if line.gross is None or line.paid is None or line.reason:
            continue
        asked = line.gross - line.discount if line.discount is not None else line.gross
        if asked != line.paid:
            notes.problem(
                item.place,
                f"{shown(line.reference)}: gross less discount is {asked.text()}, "
                f"but {line.paid.text()} is paid, without a reason.",
            )


def _paid_on(work: _Work, notes: Notes, sent: date | None) -> date | None:
    said = work.head.paid_on
    if isinstance(said, date):
        return said
    if not isinstance(said, str) or not said:
        return None
    order = common_order(read_date(value) for value in (*work.advice.dates, said) if isinstance(value, str))
    meanings = read_date(said)
    day = settled(meanings, order)
    if day is None and sent is not None:
        near = {each for each in meanings.values() if abs((each - sent).days) <= _NEAR_DAYS}
        day = near.pop() if len(near) == 1 else None
    if meanings and day is None:
        notes.problem(work.advice.where, f"The payment date “{shown(said)}” can be read in two ways and was left out.")
    return day
