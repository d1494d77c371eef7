"""Asking for effects: one function for each kind, so that keys and lanes are made in one place."""

from collections.abc import Sequence

from core.domain.actors import Actor
from core.domain.events import AuditName
from core.domain.ids import Key, PersonId, card_key, content_hash
from core.domain.keeping import Effect, EffectKind, Subject, SubjectKind
from core.domain.payments import DraftPayment
from core.domain.questions import BankQuestion
from core.domain.remittance import RemittanceAdvice
from core.ports.store import UnitOfWork


def subject_card(unit: UnitOfWork, subject: Subject, version: int) -> None:
    """The card of a subject shall show its present version."""
    unit.outbox.ask(
        Effect(
            EffectKind.PUBLISH_CARD,
            card_key(subject.kind, subject.id, version),
            subject,
            f"card {subject.kind} {subject.id}",
            {"version": version},
        )
    )


def has_subject_card(unit: UnitOfWork, subject: Subject, version: int) -> bool:
    """Whether a card of this subject was asked for at any version up to this one."""
    return unit.outbox.asked_any([card_key(subject.kind, subject.id, each) for each in range(1, version + 1)])


def card(unit: UnitOfWork, payment: DraftPayment) -> None:
    """The payment's card shall show its present version."""
    subject_card(unit, Subject(SubjectKind.PAYMENT, payment.id), payment.version)


def has_card(unit: UnitOfWork, payment: DraftPayment) -> bool:
    """Whether a card of this payment was ever asked for. Of a large import only some get one at first."""
    return has_subject_card(unit, Subject(SubjectKind.PAYMENT, payment.id), payment.version)


def remittance_card(unit: UnitOfWork, advice: RemittanceAdvice) -> None:
    """The advice's card shall show its present version."""
    subject_card(unit, Subject(SubjectKind.REMITTANCE, advice.id), advice.version)


def refresh(unit: UnitOfWork, subject: Subject, because: str) -> None:
    """Show the card again although the subject did not change: somebody clicked on an old one."""
    unit.outbox.ask(
        Effect(
            EffectKind.PUBLISH_CARD,
            Key(f"refresh:{subject.kind}:{subject.id}:{because}"),
            subject,
            f"card {subject.kind} {subject.id}",
            {"force": True},
        )
    )


def note(unit: UnitOfWork, subject: Subject, version: int, name: AuditName, actor: Actor, reason: str = "") -> None:
    """A line of history in the thread of the card; two things of one name may be said of one version."""
    said = f":{content_hash(reason.encode())[:12]}" if reason else ""
    unit.outbox.ask(
        Effect(
            EffectKind.PUBLISH_NOTE,
            Key(f"note:{subject.kind}:{subject.id}:v{version}:{name}{said}"),
            subject,
            f"card {subject.kind} {subject.id}",
            {"name": name.value, "by": actor.name, "by_kind": actor.kind.value, "reason": reason, "at": unit.now.isoformat()},
        )
    )


def call(unit: UnitOfWork, subject: Subject, version: int, people: Sequence[PersonId], words: str) -> None:
    """People who have something to do now are called in the thread of the card, each of them by name."""
    unit.outbox.ask(
        Effect(
            EffectKind.PUBLISH_NOTE,
            Key(f"call:{subject.kind}:{subject.id}:v{version}"),
            subject,
            f"card {subject.kind} {subject.id}",
            {"words": words, "people": list(people)},
        )
    )


def posting(unit: UnitOfWork, payment: DraftPayment) -> None:
    """The payment shall be in the ledger, once, under its posting key."""
    key = payment.posting_key
    assert key is not None  # noqa: S101  The move to POSTING mints it.
    subject = Subject(SubjectKind.PAYMENT, payment.id)
    unit.outbox.ask(Effect(EffectKind.POST_PAYMENT, key, subject, f"post {payment.id}", {"version": payment.version}))


def reversal(unit: UnitOfWork, payment: DraftPayment) -> None:
    """The payment's posting shall be reversed in the ledger, once, under its reversal key."""
    key = payment.reversal_key
    assert key is not None  # noqa: S101  The move to REVERSING mints it.
    subject = Subject(SubjectKind.PAYMENT, payment.id)
    unit.outbox.ask(Effect(EffectKind.REVERSE_PAYMENT, key, subject, f"post {payment.id}", {"version": payment.version}))


def question_card(unit: UnitOfWork, question: BankQuestion) -> None:
    """The question's card shall show its present version."""
    subject_card(unit, Subject(SubjectKind.QUESTION, question.id), question.version)


def given_file(unit: UnitOfWork, key: str, name: str, facts: dict[str, object]) -> bool:
    """A file that somebody handed over on a surface shall be fetched and taken, once for each key; False for one more time."""
    subject = Subject(SubjectKind.SOURCE, name[:200])
    return unit.outbox.ask(Effect(EffectKind.TAKE_FILE, Key(f"file:{key}"), subject, f"file {key}", facts))


def digest(unit: UnitOfWork, key: str, facts: dict[str, object]) -> None:
    """One summary of an import."""
    subject = Subject(SubjectKind.DIGEST, key)
    unit.outbox.ask(Effect(EffectKind.PUBLISH_DIGEST, Key(f"digest:{key}"), subject, "digest", facts))


def alert(unit: UnitOfWork, key: str, facts: dict[str, object]) -> None:
    """Something that an operator must see, once for each key."""
    subject = Subject(SubjectKind.ALERT, key)
    unit.outbox.ask(Effect(EffectKind.PUBLISH_ALERT, Key(f"alert:{key}"), subject, "alert", facts))
