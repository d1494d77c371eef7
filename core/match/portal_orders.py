"""Which customer's order in a portal does our invoice belong to? Two rules, in this order, and nothing else.

Rule 1: the invoice's own order number, in any usual spelling. Rule 2: an open invoice of the same customer equals what is left
on an order. Rule 1 is a match where one order of that customer is meant and nothing speaks against it; everything else is at
most suggested: rule 2 always, a number read only by its digits or with a slip, an order without room, closed, in another
currency or of another company of the group. Several that fit are all named, and a person chooses. An order that is certainly a
stranger's is never suggested, because the invoice would be shown to the wrong company.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from core.domain.evidence import Compared, Evidence
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Money
from core.domain.portal_orders import number_key
from core.domain.receivables import CustomerInvoice, DocumentKind
from core.match.order_spellings import CLEAR, NumberRead, NumberReading, OrderNumbers, names_something

_RULE_1: Final = 6
_RULE_2: Final = 2
_AGAINST: Final = -4
_MOST_SUMS: Final = 4096
_MOST_APART: Final = 8
_SLIP: Final = f"number_{NumberReading.SLIP}"
_CLEAR_LEVELS: Final = frozenset(f"number_{reading}" for reading in CLEAR)


class OrderRule(StrEnum):
    """Which of the two rules found the order."""

    PO_NUMBER = "po_number"
    BALANCE = "balance"


class OrderDecision(StrEnum):
    """A match nobody doubts, something for a person to look at, or nothing."""

    MATCH = "match"
    SUGGEST = "suggest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """A customer's order as far as matching needs it; `portal`, `customer` (the portal's name) and `number` tell it apart.

    `customer_ids` are our customers that the portal's name can mean: one when it is settled. `remaining` is what may still be
    invoiced, None while the portal does not say. `listed` are our invoices that the portal shows against the order; None where
    that is not known, and then an invoice that names the order may be counted in what was invoiced, or may not.
    """

    portal: str
    customer: str
    number: str
    total: Money
    remaining: Money | None = None
    is_invoiceable: bool = True
    status_text: str = ""
    customer_ids: tuple[CustomerId, ...] = ()
    listed: tuple[str, ...] | None = None

    @property
    def room(self) -> Money:
        """What may still be invoiced, as far as it is known."""
        return self.total if self.remaining is None else self.remaining

    def lists(self, invoice: str) -> bool:
        """Whether the portal shows this invoice of ours against the order already."""
        return number_key(invoice) in {number_key(one) for one in self.listed or ()}


@dataclass(frozen=True, slots=True)
class OrderSuggestion:
    """What was found for one invoice. One order is meant, or, with several, a person has to say which."""

    invoice: CustomerInvoice
    decision: OrderDecision
    rule: OrderRule | None = None
    orders: tuple[OrderFacts, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def _by_own_number() -> OrderNumbers[OrderFacts]:
    return OrderNumbers(lambda order: order.number)


@dataclass(slots=True)
class PortalOrderBook:
    """Orders of customers by number and by what is left. `parents` are our customers' parents, for companies of one group."""

    orders: Sequence[OrderFacts]
    parents: Mapping[CustomerId, CustomerId] = field(default_factory=dict)
    of_customer: dict[CustomerId, OrderNumbers[OrderFacts]] = field(default_factory=dict, init=False)
    of_group: dict[CustomerId, OrderNumbers[OrderFacts]] = field(default_factory=dict, init=False)
    of_nobody: OrderNumbers[OrderFacts] = field(default_factory=_by_own_number, init=False)
    everybodys: OrderNumbers[OrderFacts] = field(default_factory=_by_own_number, init=False)

    def __post_init__(self) -> None:
        for order in self.orders:
            self.everybodys.add(order)
            for customer in order.customer_ids:
                self.of_customer.setdefault(customer, _by_own_number()).add(order)
            for root in dict.fromkeys(self.root(customer) for customer in order.customer_ids):
                self.of_group.setdefault(root, _by_own_number()).add(order)
            if not order.customer_ids:
                self.of_nobody.add(order)

    def root(self, customer: CustomerId) -> CustomerId:
        """The head of the customer's group; rings in the ledger's file end where they began."""
        seen = {customer}
        while (parent := self.parents.get(customer)) is not None and parent not in seen:
            seen.add(parent)
            customer = parent
        return customer


def suggest_orders(invoices: Iterable[CustomerInvoice], book: PortalOrderBook) -> list[OrderSuggestion]:
    """An answer for every invoice, in order. Give all open invoices of the customers at once: they share the orders' room."""
    documents = list(invoices)
    named = [_by_number(invoice, book) for invoice in documents]
    claims: dict[int, Claims] = {}
    for found in named:
        if found.rule is OrderRule.PO_NUMBER and len(found.orders) == 1:
            order = found.orders[0]
            claims.setdefault(id(order), Claims(order)).add(found.invoice, is_clear=found.evidence[0].level in _CLEAR_LEVELS)
    answers = [_with_room(found, claims) for found in named]
    return _by_balance(answers, book, claims)


@dataclass(slots=True)
class Claims:
    """The invoices that name an order, in its currency, and are not in the portal as far as we know; sums in minor units.

    `unclear` are those that name it by a reading that has to be checked: they take no room from others, but may.
    """

    order: OrderFacts
    clear: list[int] = field(default_factory=list)
    unclear: list[int] = field(default_factory=list)
    _listed: frozenset[str] | None = None
    _fits: bool | None = None

    def add(self, invoice: CustomerInvoice, *, is_clear: bool) -> None:
        """One more."""
        if invoice.amount.currency == self.order.total.currency and not self.lists(invoice.number):
            (self.clear if is_clear else self.unclear).append(invoice.amount.minor)

    def lists(self, invoice: str) -> bool:
        """As `OrderFacts.lists`, for many invoices."""
        if self._listed is None:
            self._listed = frozenset(number_key(one) for one in self.order.listed or ())
        return number_key(invoice) in self._listed

    def fits(self, unclear: int = 0) -> bool:
        """Whether all clear ones, and one unclear one of this sum, can have room; see `has_room`."""
        if unclear:
            return has_room([*self.clear, unclear], self.order)
        if self._fits is None:
            self._fits = has_room(self.clear, self.order)
        return self._fits

    def rests(self) -> frozenset[int]:
        """What may be left when the clear ones are there, and the unclear ones too."""
        found = _rests(self.clear, self.order)
        return found if not self.unclear else found | _rests([*self.clear, *self.unclear], self.order)


def has_room(amounts: Sequence[int], order: OrderFacts) -> bool:
    """Whether invoices of these sums can all be meant for the order.

    What the portal counts as invoiced may hold some of them where it lists none. Then those together are not more than was
    invoiced, and the others not more than is left; without such a division there is no room. Many sums are looked through until
    one fits; where too many do not, it counts as no room, and a person is asked.
    """
    asked, room = sum(amounts), order.room.minor
    if asked <= room:
        return True
    invoiced = order.total.minor - room
    if order.listed is not None or asked - room > invoiced:
        return False
    sums = {0}
    for amount in sorted(amounts, reverse=True):
        more = {each + amount for each in sums if each + amount <= invoiced}
        if any(each >= asked - room for each in more):
            return True
        sums |= more
        if len(sums) > _MOST_SUMS:
            return False
    return False


def _rests(amounts: Sequence[int], order: OrderFacts) -> frozenset[int]:
    """What may be left of an order, in minor units: less those of the invoices that the portal does not count yet."""
    room, asked = order.room.minor, sum(amounts)
    if order.listed is not None:
        return frozenset({room - asked})
    invoiced = order.total.minor - room
    counted = {0}
    for amount in amounts[:_MOST_APART]:
        counted |= {each + amount for each in counted if each + amount <= invoiced}
    if asked <= invoiced:
        counted.add(asked)
    return frozenset(room - asked + each for each in counted)


# --- rule 1 --------------------------------------------------------------------------------------------------------------


def _by_number(invoice: CustomerInvoice, book: PortalOrderBook) -> OrderSuggestion:
    why_not = _not_for_portals(invoice)
    if why_not is not None:
        return OrderSuggestion(invoice, OrderDecision.NONE, evidence=(why_not,))
    text = invoice.po_number.strip()
    if not names_something(text):
        return OrderSuggestion(invoice, OrderDecision.NONE)
    own = book.of_customer.get(invoice.customer_id)
    group = book.of_group.get(book.root(invoice.customer_id))
    for shelf, readings, level in (
        (own, CLEAR, ""),
        (group, CLEAR, "same_group"),
        (book.of_nobody, CLEAR, "unknown_customer"),
        (own, {NumberReading.DIGITS}, ""),
        (book.everybodys, {NumberReading.EXACT}, "other_customer"),
        (own, {NumberReading.SLIP}, ""),
    ):
        read = shelf.read(text, readings) if shelf else None
        if read is None:
            continue
        if level == "other_customer":
            return _nothing(invoice, Evidence(Compared.ORDER_REFERENCE, level, _AGAINST, text, read.found[0].customer))
        against = (
            (Evidence(Compared.PAYER_NAME, level, _AGAINST, read.found[0].customer, invoice.customer_id),) if level else ()
        )
        return _named(invoice, read, against)
    return _nothing(invoice, Evidence(Compared.UNKNOWN_REFERENCE, "not_in_portal", -1, text))


def _not_for_portals(invoice: CustomerInvoice) -> Evidence | None:
    if invoice.kind is DocumentKind.CREDIT_MEMO:
        return Evidence(Compared.SETTLED, "credit_memo", _AGAINST)
    if not invoice.open_amount:
        return Evidence(Compared.SETTLED, "nothing_open", _AGAINST)
    return None


def _nothing(invoice: CustomerInvoice, *evidence: Evidence) -> OrderSuggestion:
    return OrderSuggestion(invoice, OrderDecision.NONE, evidence=evidence)


def _named(invoice: CustomerInvoice, read: NumberRead[OrderFacts], against: tuple[Evidence, ...]) -> OrderSuggestion:
    orders = read.found
    level = f"number_{read.reading}"
    found = [Evidence(Compared.ORDER_REFERENCE, level, _RULE_1, invoice.po_number.strip(), _numbers_shown(orders))]
    doubts = list(against)
    if read.besides:
        doubts.append(Evidence(Compared.UNKNOWN_REFERENCE, "named_too", _AGAINST, read.besides))
    if len(orders) > 1:
        doubts.append(Evidence(Compared.RIVALS, "several_orders", _AGAINST, str(len(orders))))
    elif len(orders[0].customer_ids) > 1 and read.reading not in {NumberReading.EXACT, NumberReading.SPELLING}:
        doubts.append(Evidence(Compared.PAYER_NAME, "several_customers", _AGAINST, orders[0].customer))
    if all(order.total.currency != invoice.amount.currency for order in orders):
        doubts.append(
            Evidence(Compared.CURRENCY, "differs", _AGAINST, invoice.amount.currency.code, orders[0].total.currency.code)
        )
    if all(not order.is_invoiceable for order in orders):
        doubts.append(Evidence(Compared.SETTLED, "not_invoiceable", _AGAINST, orders[0].number, orders[0].status_text))
    is_match = not doubts and read.reading in CLEAR
    decision = OrderDecision.MATCH if is_match else OrderDecision.SUGGEST
    return OrderSuggestion(invoice, decision, OrderRule.PO_NUMBER, orders, (*found, *doubts))


def _with_room(found: OrderSuggestion, claims: Mapping[int, Claims]) -> OrderSuggestion:
    """Rule 1 needs room: for this invoice, and for all invoices together that name the order.

    A number that is a slip away from that of an order which cannot take the invoice, and cannot have it, is another number.
    """
    if found.rule is not OrderRule.PO_NUMBER or len(found.orders) != 1:
        return found
    order, invoice = found.orders[0], found.invoice
    if order.total.currency != invoice.amount.currency:
        return found
    waiting = claims[id(order)]
    if waiting.lists(invoice.number):
        return replace(found, evidence=(*found.evidence, Evidence(Compared.SETTLED, "listed", 0, invoice.number, order.number)))
    against = _no_room(invoice, waiting, is_clear=found.evidence[0].level in _CLEAR_LEVELS)
    if against is not None and against.level == "too_little" and found.evidence[0].level == _SLIP:
        return _nothing(invoice, Evidence(Compared.UNKNOWN_REFERENCE, "not_in_portal", -1, invoice.po_number.strip()))
    if against is not None:
        return replace(found, decision=OrderDecision.SUGGEST, evidence=(*found.evidence, against))
    room = order.room
    fits = "takes_all" if invoice.amount == room else "fits"
    return replace(found, evidence=(*found.evidence, Evidence(Compared.BALANCE, fits, 1, str(invoice.amount), str(room))))


def _no_room(invoice: CustomerInvoice, waiting: Claims, *, is_clear: bool) -> Evidence | None:
    order, unit = waiting.order, waiting.order.total.currency
    room = order.room
    if invoice.amount > room:
        counted = order.listed is None and order.total - room >= invoice.amount
        level = "maybe_counted" if counted else "too_little"
        return Evidence(Compared.BALANCE, level, _AGAINST, str(invoice.amount), str(max(room, Money.zero(unit))))
    own = 0 if is_clear else invoice.amount.minor
    if waiting.fits(own):
        return None
    asked = Money(sum(waiting.clear) + own, unit)
    names = f"{len(waiting.clear) + (not is_clear)}|{asked}"
    limit = order.total if order.listed is None else room
    if asked > limit:
        return Evidence(Compared.BALANCE, "together_too_much", _AGAINST, names, str(limit))
    return Evidence(Compared.BALANCE, "no_way_to_fit", _AGAINST, names, str(room))


# --- rule 2 --------------------------------------------------------------------------------------------------------------


def _by_balance(
    answers: Sequence[OrderSuggestion], book: PortalOrderBook, claims: Mapping[int, Claims]
) -> list[OrderSuggestion]:
    """Invoices without an order, by customer and sum: those that equal what is left on an order of that customer."""
    balances: dict[tuple[CustomerId, Money], list[tuple[OrderFacts, str]]] = {}
    for order in book.orders:
        if order.is_invoiceable and len(order.customer_ids) == 1:
            for left, level in _left(order, claims.get(id(order))).items():
                balances.setdefault((order.customer_ids[0], left), []).append((order, level))
    rivals: dict[tuple[CustomerId, Money], list[InvoiceNumber]] = {}
    for answer in answers:
        if _is_free(answer):
            rivals.setdefault((answer.invoice.customer_id, answer.invoice.amount), []).append(answer.invoice.number)
    found = []
    for answer in answers:
        key = (answer.invoice.customer_id, answer.invoice.amount)
        equal = balances.get(key, []) if _is_free(answer) else []
        found.append(_balanced(answer, equal, rivals[key]) if equal else answer)
    return found


def _is_free(answer: OrderSuggestion) -> bool:
    """Whether rule 1 left the invoice open. What names a stranger's order, or belongs in no portal, stays as it is."""
    stays = {"credit_memo", "nothing_open", "other_customer"}
    return answer.rule is None and not any(record.level in stays for record in answer.evidence)


def _left(order: OrderFacts, waiting: Claims | None) -> dict[Money, str]:
    """What may be left on an order, and how that is known; sums of nothing are left out.

    What the portal counts as invoiced may hold invoices that name the order, where it does not list them: all ways are tried.
    """
    room = order.room
    plain = "equals_total" if order.remaining is None else "equals_balance"
    if waiting is None or not (waiting.clear or waiting.unclear):
        return {room: plain} if room.minor > 0 else {}
    return {Money(left, room.currency): plain if left == room.minor else "equals_rest" for left in waiting.rests() if left > 0}


def _balanced(
    answer: OrderSuggestion, equal: Sequence[tuple[OrderFacts, str]], rivals: Sequence[InvoiceNumber]
) -> OrderSuggestion:
    orders = tuple(order for order, _ in equal)
    evidence = [
        *answer.evidence,
        Evidence(Compared.BALANCE, equal[0][1], _RULE_2, str(answer.invoice.amount), _numbers_shown(orders)),
    ]
    if len(orders) > 1:
        evidence.append(Evidence(Compared.RIVALS, "several_orders", _AGAINST, str(len(orders))))
    others = [number for number in rivals if number != answer.invoice.number]
    if others:
        evidence.append(Evidence(Compared.RIVALS, "several_invoices", _AGAINST, ", ".join(others[:3])))
    return OrderSuggestion(answer.invoice, OrderDecision.SUGGEST, OrderRule.BALANCE, orders, tuple(evidence))


def _numbers_shown(orders: Sequence[OrderFacts]) -> str:
    return ", ".join(order.number for order in orders[:5])
