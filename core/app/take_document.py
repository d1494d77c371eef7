"""One door for every file: recognise it by its content, keep it, hand it to its story.

Names say nothing: people call a bank file `export (3).txt`. The tables of the ledger are known by their columns, everything
else by what the readers find in it. What nobody knows is kept, refused with a sentence, and shown to an operator.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from core.app import asking, sync_ledger, take_acknowledgement, take_bank_file, take_remittance
from core.app.commands import TakeDocument, TakeRemittance
from core.app.outcomes import AlreadyDone, Done, Outcome, Refusal
from core.app.payables import doors
from core.app.services import Services
from core.decide.documents import may_hand_in
from core.decide.permissions import entitle, entitle_somewhere
from core.domain.actors import ActorKind
from core.domain.errors import BatchChanged, NotPermitted, Refused, TooBig, UnknownFormat, Unreadable
from core.domain.events import AuditName
from core.domain.evidence import Finding, FindingKind
from core.domain.ids import DEFAULT_ENTITY, PersonId
from core.domain.keeping import AuditEntry, Source, SourceKind, Subject, SubjectKind
from core.domain.readings import Reading, ReadRemittance
from core.ports.outside import AnswersLater, LedgerTables

LARGEST_BYTES: Final = 100 * 1024 * 1024
_HEAD: Final = 16_384
_OURS: Final = "This is a posting file that Tieout itself wrote for the ledger; hand in the ledger's acknowledgement instead."
_WE_WROTE: Final = (frozenset({"payment_key", "payment_amount"}), doors.OURS)
# The first that fits wins; each names columns that no other file of the contract has together.
_TABLES: Final[tuple[tuple[frozenset[str], SourceKind], ...]] = (
    (frozenset({"payment_key", "result"}), SourceKind.ACKNOWLEDGEMENT),
    (frozenset({"invoice_number", "open_amount"}), SourceKind.INVOICES),
    (frozenset({"customer_id", "name"}), SourceKind.CUSTOMERS),
    *doors.TABLES,
)
# Files that depend on others come after them: what was posted leaves the list of open documents, and both come before money.
_ORDER: Final = (SourceKind.ACKNOWLEDGEMENT, SourceKind.CUSTOMERS, SourceKind.INVOICES, *doors.ORDER)
_OF_ANY_ENTITY: Final = frozenset({SourceKind.UNKNOWN, SourceKind.SUPPLIER_DOCUMENT})


def recognise(data: bytes) -> SourceKind:
    """Which table of the ledger this is, by its header; `UNKNOWN` for everything else."""
    names = _header(data)
    if any(columns <= names for columns in _WE_WROTE):
        return SourceKind.UNKNOWN
    return next((kind for columns, kind in _TABLES if columns <= names), SourceKind.UNKNOWN)


def order(data: bytes) -> int:
    """Sorts files that lie there together into the order in which they are best taken."""
    kind = recognise(data)
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def take(services: Services, command: TakeDocument) -> Outcome:
    """Take one file, once. What is refused is kept and audited, and an operator is told."""
    kind = recognise(command.data)
    denied = _denied(services, command, kind)
    if denied is not None:
        return denied
    if len(command.data) > LARGEST_BYTES:
        return Refusal(TooBig.code, f"{command.name} is larger than {LARGEST_BYTES // 1024**2} MB and was not taken.")
    with services.store.write() as unit:
        source, _ = unit.sources.take(kind, command.name, command.data)
    command = replace(command, cause=command.cause or f"file:{source.id}")
    try:
        story = _STORIES.get(kind)
        return story(services, command, source) if story else _read(services, command, source)
    except (Refused, Unreadable) as error:
        return _refused(services, command, source, error)


def _header(data: bytes) -> frozenset[str]:
    text = data[:_HEAD].decode("utf-8-sig", "replace")
    line = next((line for line in re.split(r"[\r\n]+", text) if line.strip()), "")
    delimiter = max(",;\t", key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return frozenset()
    return frozenset(cell.strip().lower() for cell in cells)


def _denied(services: Services, command: TakeDocument, kind: SourceKind) -> Refusal | None:
    if command.actor.kind is not ActorKind.PERSON:
        return None
    with services.store.write() as unit:
        person = unit.people.get(PersonId(command.actor.id))
        # Whose business a document is can be told once it is read; the ledger's own files are the whole company's.
        anywhere = kind in _OF_ANY_ENTITY
        by = entitle_somewhere(command.actor, person) if anywhere else entitle(command.actor, person, DEFAULT_ENTITY)
        answer = may_hand_in(kind, by)
        if answer is None:
            return None
        subject = Subject(SubjectKind.SOURCE, command.name[:200])
        unit.audit.append(AuditEntry(AuditName.ACCESS_REFUSED, subject, command.actor, facts={"kind": kind.value}))
    return Refusal(answer.code, answer.sentence)


def _may(services: Services, command: TakeDocument, kind: SourceKind) -> None:
    """What a document holds is known only once it is read; whoever may hand in one kind may not hand in every kind."""
    denied = _denied(services, command, kind)
    if denied is not None:
        raise NotPermitted(denied.sentence)


def _tables(services: Services) -> LedgerTables:
    if services.tables is None:
        raise UnknownFormat("Files of the ledger are not taken here.")
    return services.tables


def _customers(services: Services, command: TakeDocument, source: Source) -> Outcome:
    customers = _tables(services).customers(command.name, command.data)
    return sync_ledger.take_customers(services, command, source, customers)


def _invoices(services: Services, command: TakeDocument, source: Source) -> Outcome:
    documents = _tables(services).invoices(command.name, command.data)
    return sync_ledger.take_documents(services, command, source, documents)


def _acknowledgement(services: Services, command: TakeDocument, source: Source) -> Outcome:
    said = _tables(services).acknowledgement(command.name, command.data)
    answers: AnswersLater | None = services.answers
    if answers is None:
        raise UnknownFormat("The ledger of this installation does not answer by file.")
    return take_acknowledgement.take(services, command, source, answers.check(said))


_STORIES: Final[dict[SourceKind, Callable[[Services, TakeDocument, Source], Outcome]]] = {
    SourceKind.CUSTOMERS: _customers,
    SourceKind.INVOICES: _invoices,
    SourceKind.ACKNOWLEDGEMENT: _acknowledgement,
    **doors.STORIES,
}


def _read(services: Services, command: TakeDocument, source: Source) -> Outcome:
    """A bank file, or advices."""
    if any(columns <= _header(command.data) for columns in _WE_WROTE):
        raise UnknownFormat(_OURS)
    reading = services.reader.read(command.name, command.data)
    if reading.bank_lines:
        _may(services, command, SourceKind.BANK_FILE)
        _recognised(services, source, SourceKind.BANK_FILE)
        return take_bank_file.take_reading(services, source, reading, command)
    if reading.supplier_invoices:
        _may(services, command, SourceKind.SUPPLIER_DOCUMENT)
        _recognised(services, source, SourceKind.SUPPLIER_DOCUMENT)
        return doors.take_read(services, command, source, reading)
    if reading.remittances:
        _may(services, command, SourceKind.REMITTANCE)
        _recognised(services, source, SourceKind.REMITTANCE)
        return _advices(services, command, reading)
    why = reading.unreadable[0].why if reading.unreadable else "It holds neither bank lines nor a remittance."
    raise UnknownFormat(why, where=reading.unreadable[0].where if reading.unreadable else "")


def _recognised(services: Services, source: Source, kind: SourceKind) -> None:
    if source.kind is SourceKind.UNKNOWN:
        with services.store.write() as unit:
            unit.sources.recognised(source.id, kind)


def _advices(services: Services, command: TakeDocument, reading: Reading) -> Outcome:
    """Every advice of the document; of a mail that came as a file nobody has checked the sender."""
    findings = (Finding(FindingKind.AUTHENTICATION_UNKNOWN, reading.sender),) if reading.sender else ()
    ends = [
        take_remittance.take(
            services,
            TakeRemittance(
                name=command.name,
                raw=command.data,
                read=advice,
                actor=command.actor,
                sender=reading.sender,
                subject=reading.subject,
                findings=findings,
                cause=command.cause,
            ),
        )
        for advice in _distinct(reading)
    ]
    refusal = next((end for end in ends if isinstance(end, Refusal)), None)
    if refusal is not None:
        return refusal
    done = [end for end in ends if isinstance(end, Done | AlreadyDone)]
    return done[0] if len(done) == 1 else Done(done[0].subject_id, 1, " ".join(end.sentence for end in done))


def _distinct(reading: Reading) -> list[ReadRemittance]:
    """An advice is known again by its document and its place, so two advices must not have one place."""
    places: dict[str, int] = {}
    advices = []
    for advice in reading.remittances:
        count = places[advice.where] = places.get(advice.where, 0) + 1
        advices.append(advice if count == 1 else replace(advice, where=f"{advice.where} ({count})"))
    return advices


def _refused(services: Services, command: TakeDocument, source: Source, error: Refused | Unreadable) -> Refusal:
    sentence = error.sentence if command.name in error.sentence else f"{command.name}: {error.sentence}"
    name = AuditName.BATCH_REFUSED if isinstance(error, BatchChanged) else AuditName.SOURCE_REFUSED
    facts: dict[str, object] = {"kind": "refused_file", "name": command.name, "why": error.sentence, "code": error.code}
    with services.store.write() as unit:
        subject = Subject(SubjectKind.SOURCE, source.id)
        if unit.seen.first_time("refused_file", f"{source.sha256}:{error.code}"):
            unit.audit.append(AuditEntry(name, subject, command.actor, facts=facts, cause=command.cause))
            asking.alert(unit, f"refused:{source.id}:{error.code}", facts)
    return Refusal(error.code, sentence)
