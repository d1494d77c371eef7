"""The ledger's answer to what was handed over: posted or refused, payment by payment; its digest is the sync report.

Only rows of postings that we handed over are believed, and none of a batch whose file was changed after we wrote it. The same
answer again changes nothing; an answer that contradicts an earlier one is reported and not obeyed.
"""

from collections.abc import Sequence

from core.app import asking
from core.app.commands import TakeDocument
from core.app.moving import Because
from core.app.outcomes import AlreadyDone, Done, Outcome
from core.app.post_to_ledger import Recorded, record
from core.app.services import Services
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, Source, Subject, SubjectKind
from core.ports.outside import Acknowledgement, PostingOutcome, PostingResult


def take(services: Services, command: TakeDocument, source: Source, answer: Acknowledgement) -> Outcome:
    """Take an acknowledgement that was read and checked."""
    because = Because(command.actor, cause=command.cause or source.id)
    with services.store.write() as unit:
        results = [record(unit, outcome, because) for outcome in sorted(answer.outcomes, key=lambda each: each.key)]
        problems = [*answer.problems, *(f"{result.key}: {result.problem}" for result in results if result.problem)]
        changed = {result.key for result in results if result.changed}
        taken = [outcome for outcome in answer.outcomes if outcome.key in changed]
        undone = sum(
            outcome.result is PostingResult.POSTED and unit.payments.by_reversal_key(outcome.key) is not None
            for outcome in taken
        )
        facts: dict[str, object] = {
            "kind": "acknowledgement",
            "name": command.name,
            "source": source.id,
            "batches": list(answer.batches),
            "posted": sum(outcome.result is PostingResult.POSTED for outcome in taken) - undone,
            "reversed": undone,
            "refused": [f"{_payment(results, outcome)}: {outcome.message or 'no reason given'}" for outcome in _refused(taken)],
            "problems": problems,
        }
        subject = Subject(SubjectKind.BATCH, answer.batches[0] if len(answer.batches) == 1 else source.id)
        first = unit.seen.first_time("acknowledgement", source.sha256)
        if not first and not changed:
            unit.audit.append(AuditEntry(AuditName.SOURCE_SEEN_AGAIN, subject, command.actor, cause=because.cause))
            return AlreadyDone(source.id, f"{command.name} was taken before; nothing was changed.")
        unit.audit.append(AuditEntry(AuditName.BATCH_ACKNOWLEDGED, subject, command.actor, facts=facts, cause=because.cause))
        asking.digest(unit, f"ack:{source.id}:{len(changed)}", facts)
    said = [f"{facts['posted']} posted", f"{len(_refused(taken))} refused"]
    said += [f"{undone} reversed"] if undone else []
    said += [f"{len(problems)} with a problem: {' '.join(problems[:3])}"] if problems else []
    return Done(source.id, 1, f"{command.name}: {', '.join(said)}")


def _refused(taken: Sequence[PostingOutcome]) -> list[PostingOutcome]:
    return [outcome for outcome in taken if outcome.result is PostingResult.REFUSED]


def _payment(results: Sequence[Recorded], outcome: PostingOutcome) -> str:
    return next((result.payment_id for result in results if result.key == outcome.key), outcome.key)
