"""The ledger's customers and open documents, as its own files say them; then what waits is matched again.

A list of open documents is complete: a document that is not named is closed. A list that would close most of them is far more
often a broken export than a very good day, so it is refused until a person says that it is meant (`tieout import
--allow-closing`).

A list may count postings that the ledger has not acknowledged yet. Where a balance fell by exactly what such a posting settles,
it is taken as counted, said in the digest, and not lowered again by the acknowledgement.

Matching again takes a while and is done apart from the sync, a payment a transaction, by the clock process. That it is wanted
is stored with the sync, so a crash cannot forget it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from core.app import asking
from core.app.commands import TakeDocument
from core.app.outcomes import AlreadyDone, Done, Outcome
from core.app.portals.suggesting import ask_to_suggest
from core.app.services import Services
from core.app.suggesting import look_for_suggestions
from core.app.turns import in_turns
from core.domain.actors import Actor
from core.domain.errors import NotFound, Refused
from core.domain.events import AuditName
from core.domain.ids import InvoiceNumber, Key, PaymentId
from core.domain.keeping import AuditEntry, Source, Subject, SubjectKind
from core.domain.parties import Customer
from core.domain.payments import PaymentState
from core.domain.receivables import CustomerInvoice
from core.match.counted import OnItsWay, counted_by
from core.ports.store import UnitOfWork

LEDGER_FILES: Final = "ledger files"
_WANTED, _DONE = "rematch wanted", "rematch done"
_WAITING: Final = (PaymentState.UNIDENTIFIED, PaymentState.UNAPPLIED, PaymentState.SUGGESTED)
_FEW: Final = 5
_SHOWN: Final = 10
_MOST_ON_THEIR_WAY: Final = 100_000


class WouldCloseMost(Refused):
    """A list of open documents leaves out most of them."""

    code = "would_close_most"


def take_customers(services: Services, command: TakeDocument, source: Source, customers: Sequence[Customer]) -> Outcome:
    """Insert or replace customers. Those that are not named stay: a customer does not end with their last document."""
    with services.store.write() as unit:
        before = {customer.id: customer for customer in unit.ledger.customers()}
        changed = [customer for customer in customers if customer != before.get(customer.id)]
        new = sum(customer.id not in before for customer in customers)
        facts: dict[str, object] = {
            "kind": "ledger_synced",
            "what": "customers",
            "name": command.name,
            "read": len(customers),
            "new": new,
            "changed": len(changed) - new,
        }
        if not changed:
            return _nothing_new(unit, command, source)
        unit.ledger.put_customers(changed)
        _synced(unit, command, source, facts)
    return Done(source.id, 1, f"{command.name}: {len(customers)} customers, {new} new, {len(changed) - new} changed.")


def take_documents(services: Services, command: TakeDocument, source: Source, documents: Sequence[CustomerInvoice]) -> Outcome:
    """Take the complete list of open documents; `WouldCloseMost` where a person should look first."""
    with services.store.write() as unit:
        before = {document.number: document for document in unit.ledger.documents()}
        named = {document.number for document in documents}
        open_before = [number for number, document in before.items() if document.open_amount]
        closed = [number for number in open_before if number not in named]
        if not command.allow_closing:
            _require_plausible(len(open_before), len(closed), len(documents), services.most_closed_percent)
        changed = [document for document in documents if document != before.get(document.number)]
        if not changed and not closed:
            return _nothing_new(unit, command, source)
        facts = _document_facts(unit, command, documents, before)
        facts["closed"] = len(closed)
        facts["counted"] = _count_what_is_on_its_way(unit, documents, before)
        unit.ledger.put_invoices(documents, complete=True)
        _synced(unit, command, source, facts)
    said = f"{command.name}: {len(documents)} open documents, {facts['new']} new, {facts['changed']} changed"
    return Done(source.id, 1, f"{said}, {len(closed)} closed.")


def _count_what_is_on_its_way(
    unit: UnitOfWork, documents: Sequence[CustomerInvoice], before: Mapping[InvoiceNumber, CustomerInvoice]
) -> list[str]:
    """Postings that this list counts before the ledger has acknowledged them, so that nothing is lowered twice."""
    waiting: list[OnItsWay] = []
    payments: dict[Key, PaymentId] = {}
    for payment in unit.payments.in_states([PaymentState.POSTING, PaymentState.REVERSING], _MOST_ON_THEIR_WAY):
        undone = payment.state is PaymentState.REVERSING
        key = payment.reversal_key if undone else payment.posting_key
        if key is None or not payment.batch:
            # What was not handed over yet, no list of the ledger can count.
            continue
        payments[key] = payment.id
        counted = unit.ledger.counted(key)
        for part in payment.applications:
            lowers = -part.settles.minor if undone else part.settles.minor
            waiting.append(OnItsWay(key, part.invoice_number, lowers, part.invoice_number in counted))
    known = {number: document.open_amount.minor for number, document in before.items()}
    said = {document.number: document.open_amount.minor for document in documents}
    found = counted_by(known, said, waiting)
    for each in found.now:
        unit.ledger.count(each.key, each.number)
    for each in found.no_longer:
        unit.ledger.forget_counted(each.key, each.number)
    return [f"{payments[each.key]} on {each.number}" for each in found.now]


def _require_plausible(open_before: int, closing: int, named: int, most_percent: int) -> None:
    too_many = closing >= _FEW and closing * 100 > open_before * most_percent
    if too_many or (open_before and not named):
        raise WouldCloseMost(
            f"This list names {named} documents and would close {closing} of the {open_before} that are open. "
            "Is the export complete? If it is meant, hand it in with “tieout import --allow-closing”."
        )


def _document_facts(
    unit: UnitOfWork,
    command: TakeDocument,
    documents: Sequence[CustomerInvoice],
    before: Mapping[InvoiceNumber, CustomerInvoice],
) -> dict[str, object]:
    known = {customer.id for customer in unit.ledger.customers()}
    strangers = [document for document in documents if document.customer_id not in known]
    new = sum(document.number not in before for document in documents)
    changed = sum(document != before.get(document.number) for document in documents) - new
    problems = [
        f"{document.number} belongs to customer {document.customer_id}, who is in no file yet." for document in strangers
    ]
    if len(problems) > _SHOWN:
        problems = [*problems[:_SHOWN], f"And {len(problems) - _SHOWN} more documents of unknown customers."]
    return {
        "kind": "ledger_synced",
        "what": "documents",
        "name": command.name,
        "read": len(documents),
        "new": new,
        "changed": changed,
        "problems": problems,
    }


def _nothing_new(unit: UnitOfWork, command: TakeDocument, source: Source) -> AlreadyDone:
    unit.heartbeats.beat(LEDGER_FILES, source.id)
    subject = Subject(SubjectKind.SOURCE, source.id)
    unit.audit.append(AuditEntry(AuditName.SOURCE_SEEN_AGAIN, subject, command.actor, cause=command.cause))
    return AlreadyDone(source.id, f"{command.name} says nothing that was not known; nothing was changed.")


def _synced(unit: UnitOfWork, command: TakeDocument, source: Source, facts: dict[str, object]) -> None:
    # The same file may be taken again after another one; each time is a sync of its own.
    key = f"sync:{source.id}:{unit.ledger.revision()}"
    facts["source"] = source.id
    subject = Subject(SubjectKind.LEDGER, "files")
    unit.audit.append(AuditEntry(AuditName.LEDGER_SYNCED, subject, command.actor, facts=facts, cause=command.cause))
    asking.digest(unit, key, facts)
    unit.heartbeats.beat(LEDGER_FILES, source.id)
    unit.heartbeats.beat(_WANTED, key)
    ask_to_suggest(unit, key)


def rematch_if_wanted(services: Services, by: Actor, go_on: Callable[[], bool] = lambda: True) -> int:
    """Look again for what every waiting payment pays, if a sync asked for it; how many payments moved.

    When `go_on` says no, it stops between two payments and stays wanted.
    """
    with services.store.read() as unit:
        beats = {beat.part: beat.detail for beat in unit.heartbeats.all() if beat.part in {_WANTED, _DONE}}
    wanted = beats.get(_WANTED, "")
    if wanted == beats.get(_DONE, ""):
        return 0
    states: dict[str, int] = {}
    looked_at = 0
    for payment_id in in_turns(_waiting(services)):
        if not go_on():
            return sum(states.values())
        looked_at += 1
        moved_to = _rematch(services, payment_id)
        if moved_to:
            states[moved_to] = states.get(moved_to, 0) + 1
    with services.store.write() as unit:
        unit.heartbeats.beat(_DONE, wanted)
        if states:
            facts: dict[str, object] = {"kind": "rematched", "looked_at": looked_at, "states": states, "by": by.name}
            asking.digest(unit, f"rematch:{wanted}", facts)
    return sum(states.values())


def _waiting(services: Services) -> list[PaymentId]:
    found: list[PaymentId] = []
    with services.store.read() as unit:
        while page := unit.payments.in_states(_WAITING, after=found[-1] if found else None):
            found += [payment.id for payment in page]
    return found


def _rematch(services: Services, payment_id: PaymentId) -> str:
    """The state that a payment moved to, or nothing. Somebody may have acted on it meanwhile; then it is left to them."""
    with services.store.write() as unit:
        try:
            before = unit.payments.get(payment_id)
        except NotFound:
            return ""
        after = look_for_suggestions(services, unit, before)
        return after.state.value if after.state is not before.state else ""
