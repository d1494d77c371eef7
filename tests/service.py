"""The services of Tieout over a test's store, with documents read in this very process: the sandbox has tests of its own."""

from dataclasses import replace
from datetime import date

from core.app import act_on_question, act_on_remittance, take_bank_file, take_remittance
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment, ActOnQuestion, ActOnRemittance, TakeDocument, TakeRemittance
from core.app.matching import Matcher
from core.app.moving import Because
from core.app.outcomes import Done, Outcome
from core.app.post_to_ledger import record
from core.app.services import Services
from core.domain.actors import Actor, ActorKind, Person, Role, Surface
from core.domain.events import PaymentEvent, QuestionEvent, RemittanceEvent
from core.domain.evidence import Finding
from core.domain.ids import Key, PaymentId, RemittanceId
from core.domain.money import Money
from core.domain.payments import DraftPayment, PaymentState
from core.domain.policy import MatchPolicy
from core.domain.questions import BankQuestion, QuestionId
from core.domain.readings import Reading, ReadRemittance, unstated_currency
from core.domain.remittance import RemittanceAdvice, RemittanceLine
from core.ports.outside import Clock, PostingOutcome, PostingResult
from core.read.documents import read_document
from core.store.unit_of_work import SqlStore
from tests.builders import a_customer, a_customer_invoice, a_person, acting, usd

FILES = Actor(ActorKind.AUTOMATION, "inbox", "Tieout", Surface.FILE)
MAIL = Actor(ActorKind.AUTOMATION, "mail", "Tieout", Surface.MAIL)


class InProcess:
    """Reads documents here and now."""

    def read(self, name: str, data: bytes) -> Reading:
        return read_document(name, data)

    def call(self, task: str, payload: bytes) -> object:
        raise NotImplementedError(f"{task} is for the real reader")


def services_on(store: SqlStore, clock: Clock, cards_per_import: int = 20) -> Services:
    return Services(store, clock, InProcess(), Matcher(MatchPolicy()), cards_per_import)


def bank_csv(*lines: tuple[str, str, str, str]) -> bytes:
    """`payment_id, amount, payer, text` a line."""
    rows = ["payment_id,account,value_date,amount,currency,payer_name,text"]
    rows += [f'{number},123,2026-02-27,{amount},USD,"{payer}","{text}"' for number, amount, payer, text in lines]
    return "\n".join(rows).encode()


def bai2(*transactions: str, day: str = "260227", number: str = "1") -> bytes:
    """A BAI2 file of one account; each transaction is what stands behind `16,`: `165,6000,Z,REF1,,NORTHWIND LTD`."""
    records = [f"01,BANK,US,{day},0600,{number},,,2/", f"02,US,BANK,1,{day},,USD,2/", "03,123,USD,,,,/"]
    records += [f"16,{transaction}/" for transaction in transactions]
    total = sum(int(transaction.split(",")[1]) for transaction in transactions)
    records += [f"49,{total},{len(transactions) + 2}/", f"98,{total},1,{len(transactions) + 4}/"]
    records += [f"99,{total},1,{len(transactions) + 6}/"]
    return "\n".join(records).encode()


class Desk:
    """A small company and the things its people do, in one line each."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.priya: Person = a_person(1, "Priya Raman", frozenset({Role.CASH_POSTER}))
        self.tomas: Person = a_person(2, "Tomas Berg", frozenset({Role.CASH_APPLIER}))
        self.vera: Person = a_person(3, "Vera Lind", frozenset({Role.VIEWER}))
        with services.store.write() as unit:
            for person in (self.priya, self.tomas, self.vera):
                unit.people.put(person)
            unit.ledger.put_customers([a_customer("C1", "Northwind Ltd"), a_customer("C2", "Southgate Foods Inc")])
            unit.ledger.put_invoices(
                [
                    a_customer_invoice("INV-1001", "100.00"),
                    a_customer_invoice("INV-1002", "250.00"),
                    a_customer_invoice("INV-1003", "75.25"),
                    a_customer_invoice("INV-2001", "1250.00", "C2"),
                    a_customer_invoice("INV-2002", "400.00", "C2"),
                ]
            )

    def bank(self, *lines: tuple[str, str, str, str], name: str = "bank.csv") -> Outcome:
        return take_bank_file.take(self.services, TakeDocument(name, bank_csv(*lines), FILES))

    def file(self, data: bytes, name: str = "bank.bai") -> Outcome:
        return take_bank_file.take(self.services, TakeDocument(name, data, FILES))

    def returned(self, amount: str, text: str, day: str = "260302") -> Outcome:
        """The bank takes a deposited item back."""
        return self.file(bai2(f"555,{usd(amount).minor},Z,RTN{day}{text[-3:]},,{text}", day=day), f"returns {day} {text}.bai")

    def question(self, number: str = "Q-1001") -> BankQuestion:
        with self.services.store.read() as unit:
            return unit.questions.get(QuestionId(number))

    def answer_question(
        self, event: QuestionEvent, number: str = "Q-1001", person: Person | None = None, **more: object
    ) -> Outcome:
        command = ActOnQuestion(QuestionId(number), self.question(number).version, event, acting(person or self.priya))
        return act_on_question.act(self.services, replace(command, **more))  # type: ignore[arg-type]

    def remittance(
        self, raw: bytes, lines: dict[str, str], total: str | None = None, findings: tuple[Finding, ...] = (), **said: str
    ) -> Outcome:
        read = ReadRemittance(
            where="body",
            lines=tuple(RemittanceLine(number, usd(paid)) for number, paid in lines.items()),
            complete=True,
            payer_name=said.get("payer", "Northwind Ltd"),
            total=usd(total) if total else None,
            payment_reference=said.get("reference", ""),
            paid_on=date.fromisoformat(day) if (day := said.get("paid_on", "2026-02-27")) else None,
            currency="USD",
        )
        return take_remittance.take(
            self.services, TakeRemittance("mail.eml", raw, read, MAIL, said.get("sender", ""), findings=findings)
        )

    def unstated(self, raw: bytes, number: str, paid: str) -> Outcome:
        """An advice whose document names no currency."""
        amount = Money.parse(paid, unstated_currency(2))
        read = ReadRemittance("body", (RemittanceLine(number, amount),), True, total=amount, currency_sure=False)  # noqa: FBT003
        return take_remittance.take(self.services, TakeRemittance("mail.eml", raw, read, MAIL))

    def answer(self, result: PostingResult, receipt: str = "", message: str = "", number: str = "P-1001") -> None:
        """The ledger says what became of a posting."""
        key = self.payment(number).posting_key or Key("none")
        with self.services.store.write() as unit:
            record(unit, PostingOutcome(key, result, receipt, message), Because(FILES))

    def posted(self, number: str = "P-1001", receipt: str = "") -> DraftPayment:
        """Priya posts, and the ledger says yes."""
        self.done(PaymentEvent.POST, self.payment(number))
        self.answer(PostingResult.POSTED, receipt or f"ERP-{number}", number=number)
        return self.payment(number)

    def payment(self, number: str = "P-1001") -> DraftPayment:
        with self.services.store.read() as unit:
            return unit.payments.get(PaymentId(number))

    def payments(self, *states: PaymentState) -> list[DraftPayment]:
        with self.services.store.read() as unit:
            return list(unit.payments.in_states(states or tuple(PaymentState)))

    def act(self, event: PaymentEvent, payment: DraftPayment, person: Person | None = None, **more: object) -> Outcome:
        who = acting(person or self.priya)
        return act(self.services, ActOnPayment(payment.id, payment.version, event, who, **more))  # type: ignore[arg-type]

    def act_on_advice(self, event: RemittanceEvent, number: str, person: Person | None = None, **more: object) -> Outcome:
        with self.services.store.read() as unit:
            advice = unit.remittances.get(RemittanceId(number))
        command = ActOnRemittance(advice.id, advice.version, event, acting(person or self.priya))
        return act_on_remittance.act(self.services, replace(command, **more))  # type: ignore[arg-type]

    def link(self, number: str, payment: str, person: Person | None = None, **more: object) -> Outcome:
        """A person says which payment a remittance explains."""
        return self.act_on_advice(RemittanceEvent.PAYMENT_FOUND, number, person, payment_id=PaymentId(payment), **more)

    def advice_of(self, number: str) -> RemittanceAdvice:
        with self.services.store.read() as unit:
            return unit.remittances.get(RemittanceId(number))

    def done(self, event: PaymentEvent, payment: DraftPayment, person: Person | None = None, **more: object) -> DraftPayment:
        outcome = self.act(event, payment, person, **more)
        assert isinstance(outcome, Done), outcome
        return self.payment(payment.id)
