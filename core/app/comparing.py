"""One supplier invoice against its orders: link the lines, then judge them. Pure; the batch and the running service call it.

    judge_invoice(invoice, book, rules) -> InvoiceComparison

Called again it re-checks (a receipt arrived, an order changed); with `links` it keeps the links that people know and judges
anew; with another policy in `rules` it replays the past. Nothing is read or written here.
"""

from collections.abc import Mapping
from fractions import Fraction

from core.decide.line_verdict import Rules, judge
from core.domain.ids import SupplierId
from core.domain.line_comparison import Doubt, InvoiceComparison, LineComparison, LineLink, LinkKind, ProposedConversion
from core.domain.line_facts import NOTHING_ELSEWHERE, BilledElsewhere, Standing, asked_of
from core.domain.measures import as_decimal
from core.domain.payables import OrderLineRef, SupplierInvoice, SupplierInvoiceLine, UnitConversion
from core.match.lines.book import OrderBook
from core.match.lines.link import Linked, link_lines

Elsewhere = Mapping[OrderLineRef, BilledElsewhere]


def judge_invoice(
    invoice: SupplierInvoice,
    book: OrderBook,
    rules: Rules,
    elsewhere: Elsewhere | None = None,
    links: Mapping[str, LineLink] | None = None,
) -> InvoiceComparison:
    """Links (unless `links` are given, one a line), verdicts and proposals for one invoice.

    `elsewhere` is what other invoices take that the ledger has not counted; it changes verdicts, never links.
    """
    linked = link_lines(invoice, book) if links is None else Linked(links, ())
    targets = {ref for link in linked.links.values() if link.kind is LinkKind.LINKED for ref in link.targets}
    standings = {ref: _standing(ref, book.standing(ref), elsewhere) for ref in targets}
    compared = judge(invoice.lines, linked.links, standings, rules)
    in_doubt = [each for each in compared if any(finding.doubt is Doubt.UNIT_UNKNOWN for finding in each.findings)]
    by_name = {line.line: line for line in invoice.lines} if in_doubt else {}
    proposals = [
        proposal
        for each in in_doubt
        if (proposal := _proposed(each, by_name[each.line], standings, invoice.supplier_id, rules))
    ]
    return InvoiceComparison(
        invoice.number, invoice.supplier_id, rules.policy.version, compared, linked.orders, tuple(proposals)
    )


def _standing(ref: OrderLineRef, standing: Standing, elsewhere: Elsewhere | None) -> Standing:
    taken = elsewhere.get(ref, NOTHING_ELSEWHERE) if elsewhere else NOTHING_ELSEWHERE
    return standing if taken is NOTHING_ELSEWHERE else Standing(standing.line, standing.received, taken)


def _proposed(
    compared: LineComparison,
    line: SupplierInvoiceLine,
    standings: Mapping[OrderLineRef, Standing],
    supplier: SupplierId,
    rules: Rules,
) -> ProposedConversion | None:
    """A pack size on which quantity and price agree, for a line in a unit that nobody converts. A person confirms it."""
    if compared.link.kind is not LinkKind.LINKED or len(compared.link.targets) != 1 or compared.together:
        return None
    ref = compared.link.targets[0]
    standing = standings[ref]
    rate, left = standing.line.rate, standing.quantity
    if standing.by_amount or not asked_of(line, standing.line, supplier, rules.units).unit_unknown:
        return None
    if not rate or not left or not line.rate or not line.quantity:
        return None
    pack = Fraction(line.rate) / Fraction(rate)
    if pack != Fraction(left) / Fraction(line.quantity) or pack == 1 or pack <= 0:
        return None
    if pack.denominator == 1:
        row = UnitConversion(line.uom, standing.line.uom, as_decimal(pack), supplier, standing.line.item_code)
    elif pack.numerator == 1:
        row = UnitConversion(standing.line.uom, line.uom, as_decimal(1 / pack), supplier, standing.line.item_code)
    else:
        return None
    return ProposedConversion(row, line.line, ref)
