"""Advices in lines without columns: "Invoice 1042 $1,200.00"; the caller has made sure that the text is about a payment."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from core.read.dates import read_date
from core.read.notes import shown
from core.read.numbers import read_amount
from core.read.remittance.advice import Advice, Head, Item, is_money, is_reference
from core.read.remittance.finish import as_amount
from core.read.remittance.head import head_of_line
from core.read.remittance.labels import column_role, is_subtotal, is_total, segmented
from core.read.remittance.wording import LABEL
from core.read.remittance.words import Role

_MARKED: Final = re.compile(rf"^[\s>*•·\-–\d.)]{{0,8}}?{LABEL}", re.IGNORECASE)
_BULLET: Final = re.compile(r"^\s*(?:[-*•·–>]\s+|\(?\d{1,2}[.)]\s+)?")
_FILLER: Final = frozenset(
    "- – — : = = | dated from of for in the amount amt paid über uber vom von de du le of per za date datum betrag montant "
    "importe bedrag importo kwota beløb belopp valor with -> => à @ za na af til i".split()
)
_LEADERS: Final = re.compile(r"\.{2,}|_{2,}|·{2,}")
_TWO_NUMBERS: Final = re.compile(r"(?P<ref>\S{2,40})\s{2,}(?P<paid>[0-9]{1,12})")
_MAX_LINES: Final = 5_000


def advice_in_lines(text: str, where: str) -> Advice | None:
    """Lines that each hold a document number and amounts, with or without a label; None where there is no such line."""
    advice = Advice(where)
    order: list[Role] = []
    whole_numbers: list[Item] = []
    for number, line in enumerate(text.split("\n")[:_MAX_LINES], 1):
        place = f"line {number}"
        if len(line) > 400 or not line.strip():  # noqa: PLR2004  A line of a list is short.
            continue
        header = _header_in_words(line)
        if header:
            order = header
        elif not _total_line(line, advice):
            _item_line(line, place, advice, order)
            whole_numbers += _in_whole_numbers(line, place, advice)
    if whole_numbers and _add_up([*advice.items, *whole_numbers], advice):
        advice.items += whole_numbers
    return advice if advice.items or advice.stops else None


def _header_in_words(line: str) -> list[Role]:
    """The roles of a header whose words are one blank apart, or nothing."""
    words = line.split()
    if len(words) > 24 or any(sign.isdigit() for sign in line):  # noqa: PLR2004  Headers are short.
        return []
    roles = [said[0] for start, end in segmented(words) if (said := column_role(" ".join(words[start:end])))]
    amounts = {Role.PAID, Role.GROSS, Role.AMOUNT}
    return roles if len(roles) > 1 and {Role.REFERENCE, Role.OTHER_REFERENCE} & set(roles) and amounts & set(roles) else []


def _total_line(line: str, advice: Advice) -> bool:
    head = Head()
    label = re.split(r"[:=]|\s{2,}|\s(?=[^\s]*\d)", line.strip(), maxsplit=1)[0]
    if is_subtotal(label):
        return True
    if is_total(label) and head_of_line(line, head, bare=True) and head.total != "":
        advice.totals.append(head.total)
        return True
    return head_of_line(line, head)


def _item_line(line: str, place: str, advice: Advice, order: list[Role]) -> None:
    marked = _MARKED.match(line)
    rest = line[marked.end() :] if marked else _BULLET.sub("", line, count=1)
    words = _LEADERS.sub(" ", rest).replace("|", " ").split()
    if not words:
        return
    reference = words[0].rstrip(":;,")
    if not is_reference(reference) or (not marked and not _clear(reference)):
        return
    amounts, dates, reason = _tail(words[1:])
    if not amounts and any(is_money(word.strip("(),;:")) for word in words[1:]):
        advice.stops.append(f"{place}: “{shown(line)}” names a document, and its amount cannot be read.")
    if not amounts or (not marked and not any(is_money(amount) for amount in amounts)):
        return
    item = Item(place, reference, reason=reason)
    if _put(item, amounts, order):
        advice.items.append(item)
        advice.dates += dates
    else:
        advice.stops.append(f"{place}: “{shown(line)}” has amounts that we cannot tell apart.")


def _in_whole_numbers(line: str, place: str, advice: Advice) -> list[Item]:
    """Two numbers with a wide gap and nothing else: money without decimals, if the total agrees in the end."""
    found = _TWO_NUMBERS.fullmatch(line.strip())
    if found is None or not is_reference(found["ref"]) or (advice.items and advice.items[-1].place == place):
        return []
    return [Item(place, found["ref"], paid=found["paid"])]


def _add_up(items: Sequence[Item], advice: Advice) -> bool:
    """Whether all items add up to a stated total."""
    paid = [amount.value() if (amount := as_amount(item.paid)) else None for item in items]
    totals = {amount.value() for value in advice.totals if (amount := as_amount(value))}
    return None not in paid and sum((value for value in paid if value is not None), Decimal(0)) in totals


def _clear(reference: str) -> bool:
    """A number without a label must be long enough, or have letters, to be one."""
    digits = sum(sign.isdigit() for sign in reference)
    return digits >= 3 or (digits >= 2 and any(sign.isalpha() for sign in reference))  # noqa: PLR2004  "Q3" is no document.


def _tail(words: list[str]) -> tuple[list[str], list[str], str]:
    """Amounts and dates behind a reference, and the words after them."""
    amounts: list[str] = []
    dates: list[str] = []
    index = 0
    while index < len(words):
        written = _with_currency(words[index : index + 4])
        if amounts and _opens_a_remark(words[index]):
            break
        if words[index].strip("(),").lower() in _FILLER and not read_amount(words[index]):
            index += 1
        elif written:
            amounts.append(" ".join(written).rstrip(",;."))
            index += len(written)
        elif read_amount(words[index].rstrip(",;.")) and not (words[index].isdigit() and len(words[index]) == 8):  # noqa: PLR2004
            amounts.append(words[index].rstrip(",;."))
            index += 1
        elif read_date(words[index].strip("(),")):
            dates.append(words[index].strip("(),"))
            index += 1
        else:
            break
    return amounts, dates, " ".join(words[index:]).strip(" -–()") if amounts else ""


def _with_currency(words: list[str]) -> list[str]:
    """The first of these words that together are an amount with its currency, whose groups may be words of their own."""
    for size in range(len(words), 1, -1):
        amount = read_amount(" ".join(words[:size]).rstrip(",;."))
        if amount is not None and amount.currency:
            return words[:size]
    return []


def _opens_a_remark(word: str) -> bool:
    return word.startswith("(") and not read_amount(word) and not read_date(word.strip("(),"))


def _put(item: Item, amounts: list[str], order: list[Role]) -> bool:
    """Amounts to their meaning: by the header, or gross, discount, paid where the arithmetic says so."""
    roles = [role for role in order if role in {Role.GROSS, Role.DISCOUNT, Role.PAID, Role.AMOUNT}]
    if len(roles) == len(amounts) and len(set(roles)) == len(roles):
        for role, amount in zip(roles, amounts, strict=True):
            _set(item, role, amount)
        return True
    if len(amounts) == 1:
        item.paid = amounts[0]
        return True
    if len(amounts) == 3:  # noqa: PLR2004  Gross, discount, paid.
        for mark in (".", ","):
            values = [found.value(mark) if (found := read_amount(amount)) else None for amount in amounts]
            gross, discount, paid = values
            if gross is not None and discount is not None and paid is not None and gross - abs(discount) == paid:
                item.gross, item.discount, item.paid = amounts
                return True
    if len(amounts) == 2 and amounts[0] == amounts[1]:  # noqa: PLR2004  Gross and paid.
        item.gross, item.paid = amounts
        return True
    return False


def _set(item: Item, role: Role, amount: str) -> None:
    if role is Role.GROSS:
        item.gross = amount
    elif role is Role.DISCOUNT:
        item.discount = amount
    else:
        item.paid = amount
