"""The ledger's answer to the bills that were handed over: posted or refused, bill by bill."""

from core.app import asking
from core.app.commands import TakeDocument
from core.app.moving import Because
from core.app.outcomes import AlreadyDone, Done, Outcome
from core.app.payables.post_bills import record
from core.app.services import Services
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, Source, Subject, SubjectKind
from core.ports.outside import Acknowledgement, PostingResult


def take(services: Services, command: TakeDocument, source: Source, answer: Acknowledgement) -> Outcome:
    """Take an acknowledgement that was read and checked. The same answer again changes nothing."""
    because = Because(command.actor, cause=command.cause or source.id)
    with services.store.write() as unit:
        results = [record(unit, outcome, because) for outcome in sorted(answer.outcomes, key=lambda each: each.key)]
        problems = [*answer.problems, *(f"{result.key}: {result.problem}" for result in results if result.problem)]
        changed = {result.key: result.bill_id for result in results if result.changed}
        taken = [outcome for outcome in answer.outcomes if outcome.key in changed]
        refused = [each for each in taken if each.result is PostingResult.REFUSED]
        facts: dict[str, object] = {
            "kind": "acknowledgement",
            "name": command.name,
            "source": source.id,
            "batches": list(answer.batches),
            "posted": len(taken) - len(refused),
            "refused": [f"{changed[each.key]}: {each.message or 'no reason given'}" for each in refused],
            "problems": problems,
        }
        subject = Subject(SubjectKind.BATCH, answer.batches[0] if len(answer.batches) == 1 else source.id)
        first = unit.seen.first_time("acknowledgement", source.sha256)
        if not first and not changed:
            unit.audit.append(AuditEntry(AuditName.SOURCE_SEEN_AGAIN, subject, command.actor, cause=because.cause))
            return AlreadyDone(source.id, f"{command.name} was taken before; nothing was changed.")
        unit.audit.append(AuditEntry(AuditName.BATCH_ACKNOWLEDGED, subject, command.actor, facts=facts, cause=because.cause))
        asking.digest(unit, f"ack:{source.id}:{len(changed)}", facts)
    said = [f"{facts['posted']} posted", f"{len(refused)} refused"]
    said += [f"{len(problems)} with a problem: {' '.join(problems[:3])}"] if problems else []
    return Done(source.id, 1, f"{command.name}: {', '.join(said).rstrip('.')}.")
