"""Draft payments, bank lines and remittance advices in the database."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, delete, select, update

from core.domain.errors import NotFound, StaleVersion
from core.domain.ids import BankLineId, CustomerId, EntityId, Key, PaymentId, RemittanceId, SourceId
from core.domain.money import Money
from core.domain.payments import Application, BankLine, DraftPayment, PaymentState
from core.domain.remittance import RemittanceAdvice, RemittanceState
from core.store import rows
from core.store.sql import CHUNK, next_numbers, table_of, upsert
from core.store.tables import ApplicationRow, BankLineRow, CustomerRow, PaymentRow, RemittanceRow


class SqlPayments:
    """`core.ports.store.Payments` on SQL."""

    def __init__(self, session: Session, now: datetime, *, lock: bool) -> None:
        self._session = session
        self._now = now
        self._lock = lock

    def next_ids(self, count: int) -> Sequence[PaymentId]:
        """Fresh speakable ids."""
        return [PaymentId(f"P-{number}") for number in next_numbers(self._session, "payment", count)]

    def add(self, payment: DraftPayment) -> None:
        """Insert a new payment."""
        self._session.execute(table_of(PaymentRow).insert(), {**rows.payment_row(payment), "changed_at": self._now})
        self._put_applications(payment)

    def get(self, payment_id: PaymentId) -> DraftPayment:
        """The payment, locked in a writing unit."""
        query = select(PaymentRow).where(PaymentRow.id == payment_id)
        if self._lock:
            query = query.with_for_update()
        row = self._session.exec(query.execution_options(populate_existing=True)).first()
        if row is None:
            raise NotFound(f"There is no payment {payment_id}.")
        return self._records([row])[0]

    def save(self, payment: DraftPayment, expected_version: int) -> None:
        """Compare and set on the version."""
        values = {name: value for name, value in rows.payment_row(payment).items() if name not in {"id", "number"}}
        statement = (
            update(table_of(PaymentRow))
            .where(table_of(PaymentRow).c.id == payment.id, table_of(PaymentRow).c.version == expected_version)
            .values(**values, changed_at=self._now)
        )
        if self._session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
            raise StaleVersion(f"Payment {payment.id} was changed by somebody else meanwhile.")
        self._session.execute(delete(ApplicationRow).where(col(ApplicationRow.payment_id) == payment.id))
        self._put_applications(payment)

    def _put_applications(self, payment: DraftPayment) -> None:
        for position, application in enumerate(payment.applications):
            self._session.add(rows.application_row(payment.id, position, application))
        self._session.flush()
        self._session.expunge_all()

    def _records(self, found: Sequence[PaymentRow]) -> list[DraftPayment]:
        by_payment: dict[str, list[Application]] = {row.id: [] for row in found}
        ids = list(by_payment)
        for start in range(0, len(ids), CHUNK):
            query = (
                select(ApplicationRow)
                .where(col(ApplicationRow.payment_id).in_(ids[start : start + CHUNK]))
                .order_by(col(ApplicationRow.payment_id), col(ApplicationRow.position))
            )
            for row in self._session.exec(query):
                by_payment[row.payment_id].append(rows.application(row))
        return [rows.payment(row, tuple(by_payment[row.id])) for row in found]

    def by_posting_key(self, key: Key) -> DraftPayment | None:
        """The payment posted under a key."""
        found = self._session.exec(select(PaymentRow.id).where(PaymentRow.posting_key == key)).first()
        return None if found is None else self.get(PaymentId(found))

    def by_reversal_key(self, key: Key) -> DraftPayment | None:
        """The payment being reversed under this key."""
        found = self._session.exec(select(PaymentRow.id).where(PaymentRow.reversal_key == key)).first()
        return None if found is None else self.get(PaymentId(found))

    def by_bank_line(self, line: BankLineId) -> DraftPayment | None:
        """The payment of a bank line."""
        found = self._session.exec(select(PaymentRow.id).where(PaymentRow.bank_line_id == line)).first()
        return None if found is None else self.get(PaymentId(found))

    def in_states(
        self,
        states: Collection[PaymentState],
        limit: int = 500,
        after: PaymentId | None = None,
        entities: Collection[EntityId] = (),
    ) -> Sequence[DraftPayment]:
        """Largest first; `after` pages on from a payment of the same list."""
        query = (
            select(PaymentRow)
            .where(col(PaymentRow.state).in_([state.value for state in states]))
            .order_by(col(PaymentRow.amount_minor).desc(), col(PaymentRow.number))
        )
        if entities:
            query = query.where(col(PaymentRow.entity).in_(list(entities)))
        if after is not None:
            mark = self._session.exec(select(PaymentRow).where(PaymentRow.id == after)).first()
            if mark is not None:
                amount, number = col(PaymentRow.amount_minor), col(PaymentRow.number)
                query = query.where(or_(amount < mark.amount_minor, (amount == mark.amount_minor) & (number > mark.number)))
        return self._records(self._session.exec(query.limit(limit)).all())

    def counts(self, entities: Collection[EntityId] = ()) -> Mapping[PaymentState, int]:
        """How many payments are in each state."""
        query = select(PaymentRow.state, func.count()).group_by(col(PaymentRow.state))
        if entities:
            query = query.where(col(PaymentRow.entity).in_(list(entities)))
        return {PaymentState(state): count for state, count in self._session.exec(query)}

    def expected_like(self, amount: Money) -> Sequence[DraftPayment]:
        """Expected payments of exactly this amount."""
        return self._between(amount, amount, [PaymentState.EXPECTED])

    def open_between(self, low: Money, high: Money, since: date) -> Sequence[DraftPayment]:
        """Unposted payments whose money is here, from `low` to `high`."""
        states = [PaymentState.UNIDENTIFIED, PaymentState.UNAPPLIED, PaymentState.SUGGESTED, PaymentState.APPLIED]
        return [payment for payment in self._between(low, high, states) if payment.received_on >= since]

    def _between(self, low: Money, high: Money, states: Sequence[PaymentState]) -> list[DraftPayment]:
        query = (
            select(PaymentRow)
            .where(
                col(PaymentRow.state).in_([state.value for state in states]),
                PaymentRow.currency == low.currency.code,
                col(PaymentRow.amount_minor).between(low.minor, high.minor),
            )
            .order_by(col(PaymentRow.number))
        )
        return self._records(self._session.exec(query).all())

    def of_customer(self, customer_id: CustomerId, states: Collection[PaymentState]) -> Sequence[DraftPayment]:
        """A customer's payments in these states."""
        query = (
            select(PaymentRow)
            .where(PaymentRow.customer_id == customer_id, col(PaymentRow.state).in_([state.value for state in states]))
            .order_by(col(PaymentRow.number))
        )
        return self._records(self._session.exec(query).all())

    def nearest(self, amount: Money, states: Collection[PaymentState], limit: int = 50) -> Sequence[DraftPayment]:
        """Those of the nearest amount first, then the oldest."""
        away = func.abs(col(PaymentRow.amount_minor) - amount.minor)
        query = (
            select(PaymentRow)
            .where(PaymentRow.currency == amount.currency.code, col(PaymentRow.state).in_([state.value for state in states]))
            .order_by(away, col(PaymentRow.number))
            .limit(limit)
        )
        return self._records(self._session.exec(query).all())

    def search(self, text: str, limit: int = 20, states: Collection[PaymentState] = ()) -> Sequence[DraftPayment]:
        """Newest first, by id, payer, reference or customer."""
        like = f"%{text.lower()}%"
        query = (
            select(PaymentRow)
            .join(CustomerRow, col(CustomerRow.id) == col(PaymentRow.customer_id), isouter=True)
            .where(
                or_(
                    func.lower(PaymentRow.id).like(like),
                    func.lower(PaymentRow.payer_name).like(like),
                    func.lower(PaymentRow.reference).like(like),
                    func.lower(CustomerRow.name).like(like),
                )
            )
            .order_by(col(PaymentRow.number).desc())
            .limit(limit)
        )
        if states:
            query = query.where(col(PaymentRow.state).in_([state.value for state in states]))
        return self._records(self._session.exec(query).all())


class SqlBankLines:
    """`core.ports.store.BankLines` on SQL."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_new(self, lines: Sequence[BankLine]) -> Mapping[Key, bool]:
        """Insert by natural key; what was there already only counts one sighting more."""
        known: set[str] = set()
        keys = [line.natural_key for line in lines]
        for start in range(0, len(keys), CHUNK):
            query = select(BankLineRow.natural_key).where(col(BankLineRow.natural_key).in_(keys[start : start + CHUNK]))
            known.update(self._session.exec(query))
        for key in known:
            self._session.execute(
                update(table_of(BankLineRow))
                .where(table_of(BankLineRow).c.natural_key == key)
                .values(seen=table_of(BankLineRow).c.seen + 1)
            )
        fresh = [rows.bank_line_row(line) for line in lines if line.natural_key not in known]
        if fresh:
            # A plain INSERT: if another process stored the same line meanwhile, this unit fails whole and is tried again.
            for start in range(0, len(fresh), CHUNK):
                self._session.execute(table_of(BankLineRow).insert(), fresh[start : start + CHUNK])
        return {key: key not in known for key in keys}

    def get(self, line_id: BankLineId) -> BankLine:
        """The line."""
        row = self._session.get(BankLineRow, line_id)
        if row is None:
            raise NotFound(f"There is no bank line {line_id}.")
        return rows.bank_line(row)

    def by_key(self, key: Key) -> BankLine | None:
        """By natural key."""
        query = select(BankLineRow).where(BankLineRow.natural_key == key)
        row = self._session.exec(query.execution_options(populate_existing=True)).first()
        return None if row is None else rows.bank_line(row)

    def of_source(self, source_id: SourceId) -> Sequence[BankLine]:
        """In the order of their numbers, which is that of the file."""
        number = (func.length(col(BankLineRow.id)), col(BankLineRow.id))
        query = select(BankLineRow).where(BankLineRow.source_id == source_id).order_by(*number)
        return [rows.bank_line(row) for row in self._session.exec(query.execution_options(populate_existing=True))]

    def rename(self, line_id: BankLineId, key: Key) -> None:
        """Another natural key."""
        table = table_of(BankLineRow)
        self._session.execute(update(table).where(table.c.id == line_id).values(natural_key=key))
        self._session.expire_all()

    def next_ids(self, count: int) -> Sequence[BankLineId]:
        """Fresh ids."""
        return [BankLineId(f"B-{number}") for number in next_numbers(self._session, "bank_line", count)]


class SqlRemittances:
    """`core.ports.store.Remittances` on SQL."""

    def __init__(self, session: Session, *, lock: bool) -> None:
        self._session = session
        self._lock = lock

    def next_id(self) -> RemittanceId:
        """A fresh speakable id."""
        return RemittanceId(f"R-{next_numbers(self._session, 'remittance', 1)[0]}")

    def _values(self, advice: RemittanceAdvice) -> dict[str, object]:
        return {
            "id": advice.id,
            "number": int(advice.id.rpartition("-")[2]),
            "version": advice.version,
            "state": advice.state.value,
            "source_id": advice.source_id,
            "payment_id": advice.payment_id,
            "customer_id": advice.customer_id,
            "fingerprint": fingerprint(advice),
            "record": rows.dump(advice),
        }

    def add(self, advice: RemittanceAdvice) -> None:
        """Insert a new advice."""
        upsert(self._session, RemittanceRow, [self._values(advice)], ["id"])

    def get(self, advice_id: RemittanceId) -> RemittanceAdvice:
        """The advice, locked in a writing unit."""
        query = select(RemittanceRow).where(RemittanceRow.id == advice_id)
        if self._lock:
            query = query.with_for_update()
        row = self._session.exec(query.execution_options(populate_existing=True)).first()
        if row is None:
            raise NotFound(f"There is no remittance advice {advice_id}.")
        return rows.remittance(row)

    def save(self, advice: RemittanceAdvice, expected_version: int) -> None:
        """Compare and set on the version."""
        table = table_of(RemittanceRow)
        statement = update(table).where(table.c.id == advice.id, table.c.version == expected_version)
        if self._session.execute(statement.values(**self._values(advice))).rowcount != 1:  # type: ignore[attr-defined]
            raise StaleVersion(f"Remittance advice {advice.id} was changed by somebody else meanwhile.")

    def of_payment(self, payment_id: PaymentId) -> Sequence[RemittanceAdvice]:
        """Advices linked to a payment."""
        query = select(RemittanceRow).where(RemittanceRow.payment_id == payment_id).order_by(col(RemittanceRow.number))
        return [rows.remittance(row) for row in self._session.exec(query)]

    def in_states(self, states: Collection[RemittanceState], limit: int = 500) -> Sequence[RemittanceAdvice]:
        """Oldest first."""
        query = (
            select(RemittanceRow)
            .where(col(RemittanceRow.state).in_([state.value for state in states]))
            .order_by(col(RemittanceRow.number))
            .limit(limit)
        )
        return [rows.remittance(row) for row in self._session.exec(query)]

    def saying_the_same(self, advice: RemittanceAdvice) -> Sequence[RemittanceAdvice]:
        """Advices that say the same."""
        query = (
            select(RemittanceRow)
            .where(RemittanceRow.fingerprint == fingerprint(advice), RemittanceRow.id != advice.id)
            .order_by(col(RemittanceRow.number))
        )
        return [rows.remittance(row) for row in self._session.exec(query)]


def fingerprint(advice: RemittanceAdvice) -> str:
    """Equal for two advices that say the same thing: total, payment reference and every line, whoever sent them."""
    lines = sorted((line.reference, line.paid.text() if line.paid else "") for line in advice.lines)
    said = [str(advice.total or ""), advice.payment_reference, lines]
    return Key(json.dumps(said, ensure_ascii=False))
