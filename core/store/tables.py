"""The tables. Rows never leave `core.store`: `rows.py` turns them into records and back.

Amounts are `..._minor` integers beside a currency; whole records that are only shown (suggestions, findings) are JSON text.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from core.store.columns import Day, Instant

# Named constraints, because a migration can only change what has a name, and the names must be equal on both databases.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES
METADATA: MetaData = SQLModel.metadata


def _big() -> Column[int]:
    return Column(BigInteger, nullable=False)


def _long() -> Column[str]:
    return Column(Text, nullable=False)


def _changed() -> Column[int]:
    """The revision of the ledger mirror at which a row changed last."""
    return Column(BigInteger, nullable=False, index=True, server_default="0")


def _instant(*, nullable: bool = False, index: bool = False) -> Column[datetime]:
    return Column(Instant, nullable=nullable, index=index)


def _day(*, nullable: bool = False, index: bool = False) -> Column[date]:
    return Column(Day, nullable=nullable, index=index)


class CounterRow(SQLModel, table=True):
    """A number that only rises: the next id of a noun, or the revision of the ledger mirror."""

    __tablename__ = "counter"
    name: str = Field(primary_key=True)
    value: int = Field(sa_column=_big())


class SourceRow(SQLModel, table=True):
    """A raw document, byte for byte."""

    __tablename__ = "source"
    id: str = Field(primary_key=True)
    sha256: str = Field(unique=True)
    kind: str
    name: str = Field(sa_column=_long())
    size: int
    taken_at: datetime = Field(sa_column=_instant())
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CustomerRow(SQLModel, table=True):
    """A customer as the ledger knows it."""

    __tablename__ = "customer"
    id: str = Field(primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, index=True))
    parent_id: str | None = None
    currency: str | None = None
    entity: str
    known_by: str = Field(sa_column=_long())
    changed: int = Field(default=0, sa_column=_changed())


class CustomerInvoiceRow(SQLModel, table=True):
    """One of our documents to a customer."""

    __tablename__ = "customer_invoice"
    number: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    kind: str
    issue_date: date = Field(sa_column=_day())
    due_date: date | None = Field(default=None, sa_column=_day(nullable=True))
    currency: str
    amount_minor: int = Field(sa_column=_big())
    open_minor: int = Field(sa_column=_big())
    discount_minor: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    discount_until: date | None = Field(default=None, sa_column=_day(nullable=True))
    po_number: str
    entity: str
    changed: int = Field(default=0, sa_column=_changed())


class AliasRow(SQLModel, table=True):
    """What people confirmed or rejected about a payer."""

    __tablename__ = "alias"
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    confirmed: int
    rejected: int
    changed: int = Field(default=0, sa_column=_changed())


class BankLineRow(SQLModel, table=True):
    """A bank line, once, however often statements repeat it."""

    __tablename__ = "bank_line"
    id: str = Field(primary_key=True)
    natural_key: str = Field(unique=True)
    source_id: str = Field(foreign_key="source.id")
    where: str
    account: str
    bank_id: str
    value_date: date = Field(sa_column=_day(index=True))
    currency: str
    amount_minor: int = Field(sa_column=_big())
    direction: str
    payer_name: str
    payer_account: str
    refs: str = Field(sa_column=_long())
    text: str = Field(sa_column=_long())
    method: str
    reversal: bool
    return_code: str
    seen: int = Field(default=1, sa_column=Column(Integer, nullable=False))


class PaymentRow(SQLModel, table=True):
    """A draft payment."""

    __tablename__ = "payment"
    __table_args__ = (Index("ix_payment_state_amount", "state", "currency", "amount_minor"),)
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    version: int
    state: str
    entity: str
    currency: str
    amount_minor: int = Field(sa_column=_big())
    received_on: date = Field(sa_column=_day())
    origin: str
    method: str
    payer_name: str
    payer_account: str
    reference: str = Field(sa_column=_long())
    text: str = Field(sa_column=_long())
    bank_line_id: str | None = Field(default=None, foreign_key="bank_line.id", unique=True)
    customer_id: str | None = Field(default=None, index=True)
    suggestions: str = Field(sa_column=_long())
    findings: str = Field(sa_column=_long())
    gap_kind: str
    why: str = Field(sa_column=_long())
    posting_key: str | None = Field(default=None, unique=True)
    erp_id: str
    batch: str
    tags: str
    reversal_key: str | None = Field(default=None, unique=True)
    reversal_id: str = Field(default="", sa_column=Column(String, nullable=False, server_default=""))
    changed_at: datetime = Field(sa_column=_instant())


class BankQuestionRow(SQLModel, table=True):
    """A question that a bank line asks."""

    __tablename__ = "bank_question"
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    version: int
    kind: str
    state: str = Field(index=True)
    entity: str
    bank_line_id: str = Field(foreign_key="bank_line.id", unique=True)
    payment_id: str | None = Field(default=None, foreign_key="payment.id", index=True)
    like_line_id: str | None = Field(default=None, foreign_key="bank_line.id")
    currency: str
    amount_minor: int = Field(sa_column=_big())
    why: str = Field(sa_column=_long())


class CountedSettlementRow(SQLModel, table=True):
    """A list of the ledger counts already what this posting (or reversal) does to this document, before its answer came."""

    __tablename__ = "counted_settlement"
    key: str = Field(primary_key=True)
    invoice_number: str = Field(primary_key=True)
    counted_at: datetime = Field(sa_column=_instant())


class ApplicationRow(SQLModel, table=True):
    """So much of a payment on so much of a document."""

    __tablename__ = "application"
    payment_id: str = Field(sa_column=Column(ForeignKey("payment.id", ondelete="CASCADE"), primary_key=True))
    position: int = Field(primary_key=True)
    invoice_number: str = Field(index=True)
    customer_id: str
    currency: str
    applied_minor: int = Field(sa_column=_big())
    discount_minor: int = Field(sa_column=_big())
    write_off_minor: int = Field(sa_column=_big())
    reason: str


class RemittanceRow(SQLModel, table=True):
    """A remittance advice; its lines are part of the record."""

    __tablename__ = "remittance"
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    version: int
    state: str = Field(index=True)
    source_id: str = Field(foreign_key="source.id")
    payment_id: str | None = Field(default=None, foreign_key="payment.id", index=True)
    customer_id: str | None = None
    fingerprint: str = Field(index=True)
    record: str = Field(sa_column=_long())


class PersonRow(SQLModel, table=True):
    """Somebody who may act."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("slack_team", "slack_user", name="uq_person_slack"),)
    id: str = Field(primary_key=True)
    name: str
    email: str = Field(unique=True)
    roles: str
    entities: str
    slack_team: str | None = None
    slack_user: str | None = None
    active: bool


class OutboxRow(SQLModel, table=True):
    """An effect on its way out. At most one item of a lane is on its way at a time, on both databases."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "uq_outbox_lane_sending",
            "lane",
            unique=True,
            sqlite_where=text("state = 'SENDING'"),
            postgresql_where=text("state = 'SENDING'"),
        ),
        Index("ix_outbox_due", "state", "kind", "available_at"),
    )
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    key: str = Field(unique=True)
    kind: str
    subject_kind: str
    subject_id: str
    lane: str
    payload: str = Field(sa_column=_long())
    state: str
    attempts: int
    available_at: datetime = Field(sa_column=_instant())
    lease_until: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    token: str
    last_error: str = Field(sa_column=_long())
    receipt: str = Field(sa_column=_long())
    created_at: datetime = Field(sa_column=_instant())
    finished_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class AuditHeadRow(SQLModel, table=True):
    """The end of the hash chain: locked by whoever appends."""

    __tablename__ = "audit_head"
    id: int = Field(primary_key=True)
    number: int = Field(sa_column=_big())
    hash: str


class AuditEventRow(SQLModel, table=True):
    """One audit event. Never updated or deleted; triggers of the database refuse both."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_kind", "subject_id", "number"),)
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=_instant())
    name: str
    subject_kind: str
    subject_id: str
    entry: str = Field(sa_column=_long())
    previous_hash: str
    hash: str


class CardRow(SQLModel, table=True):
    """Where the one message of a subject is."""

    __tablename__ = "card"
    __table_args__ = (Index("ix_card_message", "channel", "ts"),)
    subject_kind: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True)
    channel: str
    ts: str
    version: int
    content_hash: str


class HeartbeatRow(SQLModel, table=True):
    """The last sign of life of a part of the machinery."""

    __tablename__ = "heartbeat"
    part: str = Field(primary_key=True)
    at: datetime = Field(sa_column=_instant())
    detail: str = Field(sa_column=_long())


class SeenRow(SQLModel, table=True):
    """An outside event that was handled."""

    __tablename__ = "seen"
    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(sa_column=_instant())
