"""Whatever people, files, mails and the ledger do in whatever order: no money appears, vanishes or is counted twice."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from core.app.moving import Because
from core.app.outbox import RELAY
from core.app.post_to_ledger import record
from core.decide.permissions import permissions_of
from core.domain.actors import ActorKind, Permission
from core.domain.events import AuditName, PaymentEvent, QuestionEvent
from core.domain.ids import CustomerId, InvoiceNumber, PersonId
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.money import Money
from core.domain.payments import Application, DraftPayment, PaymentState
from core.domain.questions import QuestionState
from core.domain.workflows import OutboxState
from core.ports.outside import PostingOutcome, PostingResult
from core.store.audit import verify
from tests.audit_trail import versions_without_an_event
from tests.builders import usd
from tests.databases import AUDIT_KEY, SetClock, clean_store
from tests.service import Desk, bai2, services_on

AMOUNTS = ("100.00", "250.00", "75.25", "350.00", "1250.00", "60.00", "175.25")
TEXTS = ("INV-1001", "INV-1002 INV-1003", "MISC", "INV-2001", "PAYMENT 88120")
PAYERS = ("NORTHWIND LTD", "SOUTHGATE FOODS INC", "UNHEARD OF LLC")
NUMBERS = ("INV-1001", "INV-1002", "INV-1003", "INV-2001", "INV-2002")
IN_THE_LEDGER = (PaymentState.POSTED, PaymentState.RETURNED, PaymentState.REVERSING)
WITH_MONEY = frozenset(PaymentState) - {PaymentState.EXPECTED}


class MoneyIsConserved(RuleBasedStateMachine):
    """Random days at a small company."""

    payments = Bundle("payments")

    @initialize()
    def open_the_desk(self) -> None:
        self.clock = SetClock()
        self.kept = clean_store("sqlite", self.clock)
        self.store = self.kept.__enter__()
        self.desk = Desk(services_on(self.store, self.clock))
        self.deposits: dict[str, int] = {}
        self.mails = 0
        self.returns = 0

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.read() as unit:
            sentences = list(verify(unit.session, AUDIT_KEY))
        untold = versions_without_an_event(self.store)
        self.kept.__exit__(None, None, None)
        assert sentences == []
        assert untold == []

    def any_payment(self, place: int) -> DraftPayment | None:
        payments = sorted(self.desk.payments(), key=lambda payment: payment.id)
        return payments[place % len(payments)] if payments else None

    @rule(amount=st.sampled_from(AMOUNTS), payer=st.sampled_from(PAYERS), text=st.sampled_from(TEXTS))
    def a_deposit_arrives(self, amount: str, payer: str, text: str) -> None:
        number = f"D{len(self.deposits)}"
        self.deposits[number] = usd(amount).minor
        self.desk.bank((number, amount, payer, text), name=f"{number}.csv")

    @rule(place=st.integers(0, 20))
    def a_statement_repeats_a_deposit(self, place: int) -> None:
        with self.store.read() as unit:
            seen = [payment.bank_line_id for payment in unit.payments.in_states(tuple(WITH_MONEY)) if payment.bank_line_id]
            lines = [unit.bank_lines.get(line) for line in seen]
        if lines:
            line = lines[place % len(lines)]
            self.desk.bank((line.bank_id, line.amount.text(), line.payer_name, line.text), name="again.csv")

    @rule(place=st.integers(0, 20))
    def the_bank_takes_a_deposit_back(self, place: int) -> None:
        with self.store.read() as unit:
            seen = [payment for payment in unit.payments.in_states(tuple(WITH_MONEY)) if payment.bank_line_id]
        if seen:
            payment = seen[place % len(seen)]
            self.returns += 1
            line = f"555,{payment.amount.minor},Z,RTN{self.returns:04},,RETURNED ITEM {payment.id}"
            self.desk.file(bai2(line, day="260303", number=str(self.returns)), f"returns {self.returns}.bai")

    @rule(place=st.integers(0, 20), event=st.sampled_from(list(QuestionEvent)), payment=st.integers(0, 20))
    def somebody_answers_the_bank(self, place: int, event: QuestionEvent, payment: int) -> None:
        with self.store.read() as unit:
            questions = unit.questions.in_states(tuple(QuestionState))
        meant = self.any_payment(payment)
        if questions and meant is not None:
            number = questions[place % len(questions)].id
            self.desk.answer_question(event, number, self.desk.tomas, payment_id=meant.id, reason="because")

    @rule(lines=st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(AMOUNTS), min_size=1, max_size=3))
    def a_remittance_arrives(self, lines: dict[str, str]) -> None:
        self.mails += 1
        self.desk.remittance(f"mail {self.mails}".encode(), lines)

    @rule(
        place=st.integers(0, 20),
        event=st.sampled_from([event for event in PaymentEvent if event is not PaymentEvent.APPLY]),
        who=st.integers(0, 2),
        customer=st.sampled_from(("C1", "C2", "C9")),
        reason=st.sampled_from(("", "because")),
        stale=st.booleans(),
    )
    def somebody_presses_something(
        self, place: int, event: PaymentEvent, who: int, customer: str, reason: str, stale: bool
    ) -> None:
        payment = self.any_payment(place)
        if payment is not None:
            person = (self.desk.priya, self.desk.tomas, self.desk.vera)[who]
            old = payment.__class__(
                **{n: getattr(payment, n) for n in payment.__slots__} | {"version": payment.version - stale}
            )
            self.desk.act(event, old, person, customer_id=CustomerId(customer), reason=reason)

    @rule(place=st.integers(0, 20), chosen=st.dictionaries(st.sampled_from(NUMBERS), st.integers(-10, 130000), max_size=3))
    def somebody_chooses_invoices(self, place: int, chosen: dict[str, int]) -> None:
        payment = self.any_payment(place)
        if payment is not None:
            zero = usd("0.00")
            parts = tuple(
                Application(
                    InvoiceNumber(number),
                    CustomerId("C1" if number < "INV-2" else "C2"),
                    Money(minor, zero.currency),
                    zero,
                    zero,
                )
                for number, minor in chosen.items()
            )
            self.desk.act(PaymentEvent.APPLY, payment, self.desk.tomas, applications=parts)

    @rule(place=st.integers(0, 20), result=st.sampled_from(list(PostingResult)), number=st.sampled_from(("E1", "E2", "")))
    def the_ledger_answers(self, place: int, result: PostingResult, number: str) -> None:
        with self.store.read() as unit:
            keys = [
                item.effect.key
                for item in unit.outbox.in_state(OutboxState.PENDING)
                if item.effect.kind in {EffectKind.POST_PAYMENT, EffectKind.REVERSE_PAYMENT}
            ]
        if keys:
            with self.store.write() as unit:
                record(unit, PostingOutcome(keys[place % len(keys)], result, number, "said so"), Because(RELAY))

    @invariant()
    def every_deposit_is_one_payment(self) -> None:
        if hasattr(self, "desk"):
            with_money = [payment for payment in self.desk.payments(*WITH_MONEY) if payment.bank_line_id is not None]
            assert sum(payment.amount.minor for payment in with_money) == sum(self.deposits.values())
            assert len({payment.bank_line_id for payment in with_money}) == len(self.deposits)

    @invariant()
    def nothing_is_applied_twice_or_beyond_what_is_open(self) -> None:
        if hasattr(self, "desk"):
            with self.store.read() as unit:
                reserved = unit.ledger.all_reserved()
                for document in unit.ledger.documents():
                    assert 0 <= reserved.get(document.number, 0) <= document.open_amount.minor
                    posted = sum(
                        application.settles.minor
                        for payment in unit.payments.in_states(IN_THE_LEDGER)
                        for application in payment.applications
                        if application.invoice_number == document.number
                    )
                    assert document.open_amount.minor + posted == document.amount.minor
            for payment in self.desk.payments():
                assert payment.applied + payment.unapplied == payment.amount
                assert payment.unapplied.minor >= 0

    @invariant()
    def only_entitled_people_post(self) -> None:
        if hasattr(self, "desk"):
            with self.store.read() as unit:
                for payment in unit.payments.in_states([PaymentState.POSTING, PaymentState.POSTED]):
                    rows = unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id), limit=500)
                    posts = [row for row in rows if row.entry.name is AuditName.PAYMENT_POSTING]
                    assert posts
                    for row in posts:
                        assert row.entry.actor.kind is ActorKind.PERSON
                        person = unit.people.get(PersonId(row.entry.actor.id))
                        assert person is not None
                        assert Permission.POST_PAYMENTS in permissions_of(person.roles)


TestMoneyIsConserved = MoneyIsConserved.TestCase
TestMoneyIsConserved.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
