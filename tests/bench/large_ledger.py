"""One large ledger in memory: how long it takes to build, one payment against it, and one more invoice.

`python -m tests.bench large_ledger`: 1,000,000 open documents of 100,000 customers of our own making (their shares are guesses:
Pareto sizes, four ways of quoting, one payment in six without a word). Speed only; how often it is right is `accuracy`'s.
"""

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from core.domain.evidence import MoneySeen
from core.domain.ids import CustomerId, InvoiceNumber, PaymentId
from core.domain.money import Money, currency
from core.domain.parties import Customer
from core.domain.policy import MatchPolicy
from core.domain.receivables import CustomerInvoice
from core.match.engine import suggest
from core.match.index import MatchIndex
from tests.bench.figures import Figure, against, percentile

_DAY: Final = date(2026, 3, 10)
_USD: Final = currency("USD")
_FIRST: Final = (
    "Alma Bristol Cordoba Delta Evergreen Falcon Granite Harbor Ionic Juniper Kestrel Lumen Mesa Northern Orion Prairie"
).split()
_SECOND: Final = (
    "Steel Foods Logistics Medical Energy Printing Packaging Dental Hardware Plumbing Electric Farms Textiles Glass"
).split()
_FORMS: Final = "Inc LLC Corp Ltd Company LP".split()
_ASKED: Final = 3_000
_PUT: Final = 2_000


@dataclass(frozen=True)
class Size:
    """How large the ledger is."""

    customers: int = 100_000
    documents: int = 1_000_000


def customers(size: Size, draw: Random) -> list[Customer]:
    """Names that share words, as firms' names do; half of them with an account."""
    return [
        Customer(
            CustomerId(f"C{number:06}"),
            f"{draw.choice(_FIRST)} {_surname(draw)} {draw.choice(_SECOND)} {draw.choice(_FORMS)}",
            bank_accounts=(f"0210000{number:09}",) if draw.random() < 0.5 else (),
        )
        for number in range(size.customers)
    ]


def _surname(draw: Random) -> str:
    return "".join(draw.choice(("ka", "lo", "min", "ter", "sha", "vel", "dor", "ri", "no", "be")) for _ in range(3)).title()


def documents(size: Size, draw: Random) -> Iterator[CustomerInvoice]:
    """Two schemes of numbers; amounts spread over four powers of ten, one in eight round."""
    for number in range(size.documents):
        owner = min(size.customers - 1, int(size.customers * draw.random() ** 2))
        amount = int(10 ** draw.uniform(3, 7))
        amount -= amount % 10_000 if draw.random() < 0.12 else 0
        due = _DAY + timedelta(days=draw.randint(-60, 40))
        name = f"INV-{number:07}" if number % 3 else f"{number:08}"
        whole = Money(max(amount, 1_000), _USD)
        yield CustomerInvoice(
            InvoiceNumber(name), CustomerId(f"C{owner:06}"), due - timedelta(days=30), whole, whole, due_date=due
        )


def payments(known: list[Customer], sample: list[CustomerInvoice], draw: Random, asked: int = _ASKED) -> list[MoneySeen]:
    """Payments of one to three documents of one customer, quoted in full, by digits, by the last five, or not at all."""
    by_owner: dict[CustomerId, list[CustomerInvoice]] = {}
    for document in sample:
        by_owner.setdefault(document.customer_id, []).append(document)
    names = {customer.id: customer for customer in known}
    found = []
    for place, owner in enumerate(draw.choices(sorted(by_owner), k=asked)):
        paid = draw.sample(by_owner[owner], k=min(len(by_owner[owner]), draw.choice((1, 1, 1, 2, 3))))
        way = draw.random()
        words = [str(each.number) for each in paid]
        if way > 0.55:
            words = [word.rpartition("-")[2].lstrip("0") for word in words]
        if way > 0.72:
            words = [word[-5:] for word in words]
        customer = names[owner]
        found.append(
            MoneySeen(
                PaymentId(f"P{place}"),
                Money(sum(each.open_amount.minor for each in paid), _USD),
                _DAY,
                customer.name.upper()[: draw.choice((16, 22, 35))],
                customer.bank_accounts[0] if customer.bank_accounts and draw.random() < 0.6 else "",
                "INV " + ", ".join(words) if way < 0.83 else "",
                "REMOTE DEPOSIT",
            )
        )
    return found


def figures(size: Size | None = None) -> list[Figure]:
    """Build it, ask it, change it."""
    size, draw = size or Size(), Random(8)  # noqa: S311  Made-up data.
    known = customers(size, draw)
    every = max(1, size.documents // 60_000)
    sample = [document for place, document in enumerate(documents(size, Random(9))) if place % every == 0]  # noqa: S311
    begin, before = time.process_time(), _resident()
    index = MatchIndex(known, documents(size, Random(9)))  # noqa: S311  The same documents again, one by one.
    built, grown = time.process_time() - begin, _resident() - before
    policy, took = MatchPolicy(), []
    for money in payments(known, sample, draw):
        begin = time.thread_time()
        suggest(money, index, (), policy)
        took.append(1000 * (time.thread_time() - begin))
    changed = []
    for document in sample[:_PUT]:
        new = CustomerInvoice(
            InvoiceNumber(f"NEW-{document.number}"), document.customer_id, document.issue_date, document.amount, document.amount
        )
        begin = time.thread_time()
        index.put(new)
        changed.append(1e6 * (time.thread_time() - begin))
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    put = percentile(changed, 0.5)
    return [
        Figure(f"index of {size.documents:,} documents, {size.customers:,} customers, processor seconds", f"{built:.1f}"),
        Figure("memory that the index takes, MiB", f"{grown:,.0f}", "1,500", against(grown, 1500)),
        Figure("one payment, p50, processor milliseconds", f"{p50:.2f}", "3", against(p50, 3)),
        Figure("one payment, p99, processor milliseconds", f"{p99:.2f}", "10", against(p99, 10)),
        Figure("one more invoice, p50, processor microseconds", f"{put:.0f}", "50", against(put, 50)),
    ]


def _resident() -> float:
    """The most memory that this process had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
