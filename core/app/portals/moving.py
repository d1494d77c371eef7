"""Moving a portal submission: one decision, one new version, one audit event, its effects."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from core.app import asking
from core.app.moving import Because
from core.decide import submission as table
from core.decide.machine import Denied, Effect, Moved, decide
from core.decide.submission import SubmissionFacts
from core.domain.actors import Actor, ActorKind, Entitled, Surface
from core.domain.codec import to_json
from core.domain.events import AuditName
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import Key
from core.domain.keeping import AuditEntry, EffectKind, Subject, SubjectKind
from core.domain.keeping import Effect as OutboxEffect
from core.domain.portals import PortalLoginId, PortalSubmission
from core.domain.workflows import SubmissionState as State
from core.ports.store import UnitOfWork

ROBOT: Final = Actor(ActorKind.SYSTEM, "portal", "Tieout", Surface.PORTAL)
BY_ROBOT: Final = Entitled(ROBOT, frozenset())
Move = Moved[State, Event, SubmissionFacts]
_WITHOUT_LOGIN: Final = frozenset({EffectKind.WRITE_CXML, EffectKind.SEND_CXML})
_WORTH_A_NOTE: Final = frozenset(
    {
        AuditName.SUBMISSION_DRAFT_SAVED,
        AuditName.SUBMISSION_DRAFT_FOUND,
        AuditName.SUBMISSION_DOCUMENT_WRITTEN,
        AuditName.SUBMISSION_DELIVERED,
        AuditName.SUBMISSION_NEEDS_PERSON,
        AuditName.SUBMISSION_SUBMITTED,
        AuditName.SUBMISSION_APPROVED,
        AuditName.SUBMISSION_DISPUTED,
        AuditName.SUBMISSION_PAID,
        AuditName.SUBMISSION_TURNED_DOWN,
        AuditName.SUBMISSION_GONE,
    }
)


def subject_of(submission: PortalSubmission) -> Subject:
    """What audit events, cards and effects of a submission are about."""
    return Subject(SubjectKind.SUBMISSION, submission.id)


def attempt(present: PortalSubmission, event: Event, facts: SubmissionFacts) -> Move | Denied:
    """Ask the table; nothing is stored."""
    return decide(table.TABLE, present.state, event, facts)


def by_robot(
    unit: UnitOfWork,
    present: PortalSubmission,
    proposed: PortalSubmission,
    event: Event,
    cause: str,
    facts: SubmissionFacts | None = None,
) -> PortalSubmission | None:
    """A move that the machinery makes; None where the table has no row for it now."""
    move = attempt(present, event, facts or SubmissionFacts(BY_ROBOT))
    if isinstance(move, Denied):
        return None
    return store_move(unit, present, proposed, move, Because(ROBOT, cause=cause))


def store_new(unit: UnitOfWork, submission: PortalSubmission, because: Because, *, show: bool) -> bool:
    """Store a new suggestion with its audit event; False when the invoice has one."""
    if not unit.submissions.add(submission):
        return False
    _write_down(unit, None, submission, AuditName.SUBMISSION_SUGGESTED, because)
    if show:
        asking.subject_card(unit, subject_of(submission), submission.version)
    return True


def store_move(
    unit: UnitOfWork,
    present: PortalSubmission,
    proposed: PortalSubmission,
    move: Move,
    because: Because,
    *,
    not_before: datetime | None = None,
) -> PortalSubmission:
    """Store the moved submission with its audit event and what follows; the submission at its new version."""
    moved = replace(proposed, state=move.to, version=present.version + 1)
    unit.submissions.save(moved, present.version)
    name = table.SPECS[move.row.event].past
    _write_down(unit, present, moved, name, because)
    effects, subject = move.row.effects, subject_of(moved)
    by_person = because.actor.kind is ActorKind.PERSON
    shown = by_person or asking.has_subject_card(unit, subject, present.version)
    if Effect.REFRESH_CARD in effects and shown:
        asking.subject_card(unit, subject, moved.version)
    if Effect.NOTIFY_MANAGERS in effects:
        notify_managers(unit, moved, name)
    if Effect.SEARCH_PORTAL in effects:
        ask_robot(unit, EffectKind.SEARCH_PORTAL, moved, not_before)
    if move.to is State.READY_TO_SUBMIT and present.state is not State.READY_TO_SUBMIT:
        ask_robot(unit, first_job(unit, moved), moved, not_before)
    if move.to is State.RELEASED and present.state is not State.RELEASED:
        ask_robot(unit, EffectKind.SEND_CXML, moved, not_before)
    if by_person or (shown and name in _WORTH_A_NOTE):
        asking.note(unit, subject, moved.version, name, because.actor, because.reason)
    return moved


def _write_down(
    unit: UnitOfWork, before: PortalSubmission | None, after: PortalSubmission, name: AuditName, because: Because
) -> None:
    unit.audit.append(
        AuditEntry(
            name=name,
            subject=subject_of(after),
            actor=because.actor,
            version_before=before.version if before else 0,
            version_after=after.version,
            state_from=before.state.value if before else "",
            state_to=after.state.value,
            reason=because.reason,
            facts=_facts_kept(after, name),
            cause=because.cause,
        )
    )


def _facts_kept(submission: PortalSubmission, name: AuditName) -> Mapping[str, object]:
    """What the audit row keeps: the values that the move rested on."""
    facts: dict[str, object] = {
        "invoice": submission.invoice_number,
        "total": str(submission.total),
        "order": submission.order.number if submission.order else "",
        "rule": submission.rule,
    }
    if name is AuditName.SUBMISSION_SUGGESTED:
        facts["evidence"] = to_json(submission.evidence)
        facts["candidates"] = [ref.number for ref in submission.candidates]
    if submission.lines is not None and name in {AuditName.SUBMISSION_MARKED_READY, AuditName.SUBMISSION_LINES_CHOSEN}:
        facts["lines"] = to_json(submission.lines)
        facts["file"] = submission.file
    if submission.draft is not None and submission.draft.proof is not None:
        facts["reference"] = submission.draft.reference
        facts["proof"] = submission.draft.proof.digest
    if submission.document is not None:
        facts["document"] = submission.document.digest
        facts["payload"] = submission.document.payload_id
    if submission.trouble is not None and name is not AuditName.SUBMISSION_MARKED_READY:
        facts["trouble"] = submission.trouble.code
    if submission.seen is not None:
        facts["portal_status"] = submission.seen.status_text
    return facts


def login_of(unit: UnitOfWork, submission: PortalSubmission) -> PortalLoginId | None:
    """The login that the order of a submission is reached with."""
    if submission.order is None:
        return None
    return unit.portal_orders.customer(submission.order.customer).login_id


def lane_of(login_id: PortalLoginId) -> str:
    """One job of a login is on its way at a time, whichever process does it."""
    return f"portal {login_id}"


def first_job(unit: UnitOfWork, submission: PortalSubmission) -> EffectKind:
    """What the robot does first for a customer: fill the portal's form, or write a document."""
    by_cxml = unit.portal_orders.setting(submission.customer_id).takes_cxml
    return EffectKind.WRITE_CXML if by_cxml else EffectKind.SAVE_DRAFT


def ask_robot(
    unit: UnitOfWork, kind: EffectKind, submission: PortalSubmission, not_before: datetime | None = None, again: str = ""
) -> None:
    """The robot shall save the draft, look for it, write a document or send it.

    `again` tells a further asking for the same version apart. A document needs no login, so it waits for no other job.
    """
    login_id = login_of(unit, submission)
    assert login_id is not None  # noqa: S101  The table lets nothing without an order come here.
    unit.outbox.ask(
        OutboxEffect(
            kind,
            Key(f"{kind}:{submission.id}:v{submission.version}{again and f':{again}'}"),
            subject_of(submission),
            f"cxml {submission.id}" if kind in _WITHOUT_LOGIN else lane_of(login_id),
            {"version": submission.version, "login": login_id},
        ),
        not_before,
    )


def notify_managers(unit: UnitOfWork, submission: PortalSubmission, name: AuditName) -> None:
    """The managers' channel shall hear of it, with picture and link where there are any."""
    unit.outbox.ask(
        OutboxEffect(
            EffectKind.NOTIFY_MANAGERS,
            Key(f"notify:{submission.id}:v{submission.version}"),
            subject_of(submission),
            f"card {SubjectKind.SUBMISSION} {submission.id}",
            {"version": submission.version, "name": name.value},
        )
    )


def later(unit: UnitOfWork, seconds: float) -> datetime:
    """An instant from now."""
    return unit.now + timedelta(seconds=seconds)
