"""The tables of mails: what was stored, where it was seen, how far each folder was taken, who was answered how often."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field, SQLModel

from core.store import tables
from core.store.columns import Day, Instant

# The names of constraints are agreed there, before any table is declared.
assert tables.METADATA is SQLModel.metadata  # noqa: S101


class MailRow(SQLModel, table=True):
    """A mail, once, however often it was delivered. Its bytes are a source; a message that no server would give has none."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_to_read", "state", "number"),)
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    content_hash: str = Field(unique=True)
    source_id: str | None = Field(default=None, foreign_key="source.id")
    state: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    whole: bool
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    account: str
    folder: str = Field(sa_column=Column(Text, nullable=False))
    attempts: int
    token: str
    lease_until: datetime | None = Field(default=None, sa_column=Column(Instant, nullable=True))
    available_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant, nullable=True))
    disposition: str | None = None
    why: str = Field(sa_column=Column(Text, nullable=False))
    sender: str
    subject: str = Field(sa_column=Column(Text, nullable=False))
    message_id: str = Field(index=True)
    answers: str = Field(sa_column=Column(Text, nullable=False))
    findings: str = Field(sa_column=Column(Text, nullable=False))


class SightingRow(SQLModel, table=True):
    """Where a mail was seen. `raw_sha256` differs from the first delivery's where a server changed transport headers."""

    __tablename__ = "mail_sighting"
    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    uid: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    mail_id: str | None = Field(default=None, foreign_key="mail.id", index=True)
    raw_sha256: str
    seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class FolderRow(SQLModel, table=True):
    """How far a folder was taken, and who listens to it now."""

    __tablename__ = "mail_folder"
    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_uid: int = Field(sa_column=Column(BigInteger, nullable=False))
    holder: str
    held_until: datetime = Field(sa_column=Column(Instant, nullable=False))


class ReplyCountRow(SQLModel, table=True):
    """How many mails of ours a sender was answered with on a day."""

    __tablename__ = "mail_reply_count"
    sender: str = Field(primary_key=True)
    day: date = Field(sa_column=Column(Day, primary_key=True))
    replies: int
