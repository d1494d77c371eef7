"""An invoice as a cXML document, for customers who take that: written and shown, released by a second person, sent once.

cXML knows no draft: what is sent is delivered. So the document is written when a person says Ready, its text is kept and shown,
and it waits until somebody else releases it. What is sent is that very document: it is written again from what is known then,
and where its digest is another, nothing is sent. A run that broke off after it began to send is never gone on with: the portal
is searched, and a person decides where nobody knows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.app.moving import Because
from core.app.portals.drafting import Prepared, prepared, submission_facts
from core.app.portals.logins import cxml_purpose, trouble_of, vault_of
from core.app.portals.moving import BY_ROBOT, ROBOT, ask_robot, attempt, store_move
from core.app.portals.saving import LOOK_AGAIN_S, MOST_TRIES, interrupted, mine, refusal_of, retry_s, stuck, waits
from core.app.services import Services
from core.decide.machine import Denied
from core.decide.submission import SubmissionFacts
from core.domain.errors import OutcomeUnknown, ProjectError, Unavailable
from core.domain.events import SubmissionEvent as Event
from core.domain.keeping import EffectKind, SourceKind
from core.domain.portal_orders import CustomerPurchaseOrder
from core.domain.portals import CxmlTerms, KeptDocument, PortalSubmission, RunMark, SubmissionId, Trouble
from core.domain.submissions import DraftStep, DraftWanted
from core.domain.workflows import SubmissionState as State
from core.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document as it is shown and kept: without its secret."""

    payload_id: str
    shown: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class ToSend:
    """What shall be sent by the run of this token: written at `written_at` it has to have this digest again."""

    wanted: DraftWanted
    order: CustomerPurchaseOrder
    terms: CxmlTerms
    written_at: datetime
    digest: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the customer's system answered: its code and words."""

    code: int
    text: str
    sent_at: datetime


Writer = Callable[[DraftWanted, CustomerPurchaseOrder, CxmlTerms, datetime], WrittenDocument]
"""Writes the document of an invoice; raises `Incomplete` or `SumsDisagree` for what it needs and nobody knows."""


def write(services: Services, submission_id: SubmissionId, writer: Writer) -> str:
    """Write the document of an invoice that a person said Ready to; nothing leaves. What came of it, in a sentence."""
    with services.store.write() as unit:
        present = unit.submissions.get(submission_id)
        if present.state is not State.READY_TO_SUBMIT:
            return f"nothing to do: it is {present.state.value}"
        ready = prepared(unit, present)
        if not ready.setting.takes_cxml:
            ask_robot(unit, EffectKind.SAVE_DRAFT, present)
            return "the customer takes no cXML any more; its form is filled"
        if ready.wanted is None or ready.order is None or ready.answers is None or not ready.answers.may_go:
            stuck(unit, present, refusal_of(unit, ready.answers.stops if ready.answers is not None else ()))
            return "the customer would refuse it"
        try:
            made = writer(ready.wanted, ready.order.order, _terms(ready), unit.now)
        except ProjectError as error:
            stuck(unit, present, trouble_of(unit, error))
            return error.sentence
        source, _ = unit.sources.take(SourceKind.PORTAL_DOCUMENT, f"{present.id}.xml", made.shown)
        file = ready.wanted.file.digest if ready.wanted.uploads and ready.wanted.file is not None else ""
        document = KeptDocument(made.payload_id, source.id, made.digest, unit.now, file)
        move = attempt(present, Event.DOCUMENT_WRITTEN, submission_facts(unit, BY_ROBOT, present))
        if isinstance(move, Denied):
            stuck(unit, present, Trouble(move.code, move.sentence, unit.now))
            return move.sentence
        store_move(unit, present, replace(present, document=document, trouble=None), move, Because(ROBOT, cause="cxml"))
        return f"written as {made.payload_id}"


def _terms(ready: Prepared) -> CxmlTerms:
    terms = ready.setting.cxml
    assert terms is not None  # noqa: S101  The setting takes cXML.
    return terms


def begin(services: Services, submission_id: SubmissionId, token: str) -> ToSend | str:
    """Take a released document for this run; a sentence where there is nothing to do."""
    with services.store.write() as unit:
        present = unit.submissions.get(submission_id)
        if present.state is State.SENDING:
            return _broken_off(unit, present, token)
        if present.state is not State.RELEASED or present.document is None:
            return f"nothing to do: it is {present.state.value}"
        ready = prepared(unit, present)
        move = attempt(present, Event.BEGIN_SENDING, submission_facts(unit, BY_ROBOT, present))
        sealed = unit.portal_orders.cxml_secret(present.customer_id)
        if isinstance(move, Denied) or ready.wanted is None or ready.order is None or sealed is None:
            said = move.sentence if isinstance(move, Denied) else "The invoice, its order or the cXML account is gone."
            stuck(unit, present, Trouble(move.code if isinstance(move, Denied) else "not_found", said, unit.now))
            return said
        store_move(unit, present, replace(present, trouble=None), move, Because(ROBOT, cause=token))
        unit.submissions.mark(submission_id, RunMark(token, DraftStep.PLANNED))
        secret = vault_of(services).open(cxml_purpose(present.customer_id), sealed).decode()
        document = present.document
        return ToSend(ready.wanted, ready.order.order, _terms(ready), document.written_at, document.digest, secret)


def _broken_off(unit: UnitOfWork, present: PortalSubmission, token: str) -> str:
    """An earlier run ended in the middle. Before it began to send, nothing can have left."""
    mark = unit.submissions.marked(present.id)
    if mark is not None and not mark.step.may_have_saved:
        waits(unit, present, replace(present, trouble=None), token, 0.0)
        return "an earlier run broke off before it sent anything; it is begun anew"
    interrupted(unit, present, token)
    return "an earlier run broke off while it sent; the portal is searched"


def delivered(services: Services, submission_id: SubmissionId, token: str, receipt: Delivered) -> str:
    """The customer's system has it."""
    with services.store.write() as unit:
        present = mine(unit, submission_id, token, State.SENDING)
        if present is None or present.document is None:
            return "another run has taken it over"
        document = replace(present.document, sent_at=receipt.sent_at, code=receipt.code, answer=receipt.text)
        proposed = replace(present, document=document, trouble=None, tries=0)
        move = attempt(present, Event.DELIVERED, SubmissionFacts(BY_ROBOT))
        if isinstance(move, Denied):
            return move.sentence
        store_move(unit, present, proposed, move, Because(ROBOT, cause=token))
        return f"delivered: {receipt.code}"


def failed(services: Services, submission_id: SubmissionId, token: str, error: ProjectError) -> str:
    """It was not delivered, or nobody knows. Later, a search in the portal, or a person."""
    with services.store.write() as unit:
        present = mine(unit, submission_id, token, State.SENDING)
        if present is None:
            return "another run has taken it over"
        trouble = trouble_of(unit, error)
        if isinstance(error, OutcomeUnknown):
            interrupted(unit, replace(present, trouble=trouble), token, seconds=LOOK_AGAIN_S)
            return "nobody knows; the portal is searched"
        if not isinstance(error, Unavailable) or present.tries + 1 >= MOST_TRIES:
            stuck(unit, replace(present, tries=0), trouble)
            return error.sentence
        tries = present.tries + 1
        waits(unit, present, replace(present, trouble=trouble, tries=tries), token, retry_s(tries, error))
        return f"later: {error.sentence}"


def abandoned(services: Services, submission_id: SubmissionId, token: str) -> None:
    """The run ended by an error that nobody expected: what it did is looked for in the portal."""
    with services.store.write() as unit:
        present = mine(unit, submission_id, token, State.SENDING)
        if present is not None:
            _broken_off(unit, present, token)
