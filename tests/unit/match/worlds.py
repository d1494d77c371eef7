"""Small ledgers for the matcher's tests: one keyword for each thing a case may change."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from core.decide.automatic import Yes, may_apply
from core.domain.evidence import MatchOutcome, MoneySeen, SettledBefore
from core.domain.ids import CustomerId, InvoiceNumber, PaymentId, RemittanceId, SourceId
from core.domain.money import Money, currency
from core.domain.parties import Alias, Customer
from core.domain.policy import MatchPolicy
from core.domain.receivables import CustomerInvoice, DocumentKind
from core.domain.remittance import RemittanceAdvice, RemittanceLine, RemittanceState
from core.match.engine import suggest
from core.match.index import MatchIndex

DAY = date(2026, 3, 10)
POLICY = MatchPolicy()


def money(text: str, unit: str = "USD") -> Money:
    return Money.parse(text, currency(unit))


def customer(
    number: str, name: str, *, parent: str = "", accounts: Sequence[str] = (), domains: Sequence[str] = ()
) -> Customer:
    return Customer(
        CustomerId(number),
        name,
        parent_id=CustomerId(parent) if parent else None,
        bank_accounts=tuple(accounts),
        email_domains=tuple(domains),
    )


def document(
    number: str,
    amount: str,
    owner: str = "C1",
    *,
    unit: str = "USD",
    left: str = "",
    due: date = DAY,
    discount: str = "",
    until: date | None = None,
    order: str = "",
    credit: bool = False,
) -> CustomerInvoice:
    return CustomerInvoice(
        InvoiceNumber(number),
        CustomerId(owner),
        due - timedelta(days=30),
        money(amount, unit),
        money(left or amount, unit),
        due,
        money(discount, unit) if discount else None,
        until,
        order,
        DocumentKind.CREDIT_MEMO if credit else DocumentKind.INVOICE,
    )


def seen(amount: str, *, text: str = "", name: str = "", account: str = "", unit: str = "USD", **more: object) -> MoneySeen:
    return MoneySeen(
        PaymentId(str(more.get("id", "P1"))),
        money(amount, unit),
        more["day"] if isinstance(more.get("day"), date) else DAY,  # type: ignore[arg-type]
        name,
        account,
        str(more.get("reference", "")),
        text,
        incoming=bool(more.get("incoming", True)),
    )


def advice(
    number: str, lines: Sequence[tuple[str, str]], *, payer: str = "", sender: str = "", **more: object
) -> RemittanceAdvice:
    """`lines` are (document number, amount paid)."""
    parts = tuple(RemittanceLine(reference, money(paid), money(paid)) for reference, paid in lines)
    total = more.get("total", sum(part.paid.minor for part in parts if part.paid))
    return RemittanceAdvice(
        RemittanceId(number),
        1,
        RemittanceState.READ,
        SourceId("S"),
        parts,
        complete=True,
        payer_name=payer,
        total=Money(int(str(total)), currency("USD")),
        payment_reference=str(more.get("reference", "")),
        paid_on=more["day"] if isinstance(more.get("day"), date) else DAY,  # type: ignore[arg-type]
        sender=sender,
    )


ALMA = customer("C1", "Alma Steel Fabrication LLC", accounts=("021000021/5550001",), domains=("almasteel.example.com",))
BRISTOL = customer("C2", "Bristol Foods Ltd", accounts=("GB33BUKB20201555555555",))
CORDOBA = customer("C3", "Córdoba Logística S.A.")


def index(
    documents: Iterable[CustomerInvoice],
    customers: Iterable[Customer] = (ALMA, BRISTOL, CORDOBA),
    *,
    aliases: Iterable[Alias] = (),
    history: Iterable[SettledBefore] = (),
) -> MatchIndex:
    return MatchIndex(customers, documents, aliases=aliases, history=history)


def ask(sum_of_money: MoneySeen, ledger: MatchIndex, advices: Sequence[RemittanceAdvice] = ()) -> MatchOutcome:
    return suggest(sum_of_money, ledger, advices, POLICY)


def applied(outcome: MatchOutcome) -> dict[str, str]:
    """Documents and money of the best suggestion."""
    return {each.invoice_number: each.applied.text() for each in outcome.suggestions[0].applications}


def automatic(outcome: MatchOutcome) -> bool:
    return isinstance(may_apply(outcome, POLICY), Yes)
