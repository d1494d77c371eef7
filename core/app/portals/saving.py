"""The robot's own steps with one submission: begin, every step written down, what came of it, and looking for it after a break.

A submission that somebody works on is *filling*; the run is known by its token, and a run that was overtaken can write nothing
more, so it does not press either. What is not known for certain is *checking*: the portal is asked by number, and nothing is
ever saved a second time because an answer is missing. A run that broke off before the one click may be begun anew; after it, a
person decides unless the draft is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.app.moving import Because
from core.app.portals.drafting import facts_digest, prepared, submission_facts
from core.app.portals.following import follow
from core.app.portals.logins import trouble_of
from core.app.portals.moving import BY_ROBOT, ROBOT, ask_robot, attempt, by_robot, later, store_move
from core.app.services import Services
from core.decide.machine import Denied
from core.decide.preflight import PreflightCheck, PreflightFinding
from core.decide.submission import SubmissionFacts
from core.domain.errors import (
    CaptchaShown,
    OneTimeCodeMissing,
    PortalBusy,
    PortalLoginRefused,
    PortalSessionsFull,
    ProjectError,
    Unavailable,
)
from core.domain.events import SubmissionEvent as Event
from core.domain.keeping import EffectKind, SourceKind
from core.domain.portal_orders import PortalInvoice, PortalInvoiceStatus
from core.domain.portals import (
    KeptDraft,
    KeptProof,
    KeptShot,
    PortalSubmission,
    RunMark,
    SubmissionId,
    Trouble,
)
from core.domain.submissions import (
    DraftOutcome,
    DraftResult,
    DraftSeen,
    DraftStep,
    DraftWanted,
    ProofPack,
    differences,
)
from core.domain.workflows import SubmissionState as State
from core.ports.store import UnitOfWork

LOGIN_ERRORS: Final = (PortalLoginRefused, OneTimeCodeMissing, CaptchaShown)
"""What only a person can mend at the login itself: the login is paused, and its jobs wait."""
MOST_TRIES: Final = 8
_FIRST_RETRY_S: Final = 60.0
_LONGEST_RETRY_S: Final = 3600.0
LOOK_AGAIN_S: Final = 300.0
_PICTURE_NAME: Final = "{}-{}"
_NOT_COUNTED: Final = (PortalBusy, PortalSessionsFull)


@dataclass(frozen=True, slots=True)
class Begun:
    """The robot may go: what shall be saved, by the run of this token."""

    wanted: DraftWanted
    token: str


def begin(services: Services, submission_id: SubmissionId, token: str) -> Begun | str:
    """Take a submission for this run; a sentence where there is nothing to do."""
    with services.store.write() as unit:
        present = unit.submissions.get(submission_id)
        if present.state is State.FILLING:
            interrupted(unit, present, token)
            return "an earlier run broke off; the portal is searched first"
        if present.state is not State.READY_TO_SUBMIT:
            return f"nothing to do: it is {present.state.value}"
        ready = prepared(unit, present)
        if ready.setting.takes_cxml:
            ask_robot(unit, EffectKind.WRITE_CXML, present)
            return "the customer takes cXML"
        if ready.wanted is None or ready.answers is None or not ready.answers.may_go:
            stuck(unit, present, refusal_of(unit, ready.answers.stops if ready.answers is not None else ()))
            return "the portal would refuse it"
        facts = submission_facts(unit, BY_ROBOT, present)
        if not facts.credentials_usable:
            return "waits for its login"
        move = attempt(present, Event.BEGIN, facts)
        if isinstance(move, Denied):
            stuck(unit, present, Trouble(move.code, move.sentence, unit.now))
            return move.sentence
        store_move(unit, present, replace(present, trouble=None), move, Because(ROBOT, cause=token))
        unit.submissions.mark(submission_id, RunMark(token, DraftStep.PLANNED))
        return Begun(ready.wanted, token)


def refusal_of(unit: UnitOfWork, stops: Sequence[PreflightFinding]) -> Trouble:
    """What the pre-flight says of an invoice that was good when a person said Ready."""
    if not stops:
        return Trouble("not_found", "The invoice, or its order, is not known any more.", unit.now)
    code = "already_in_portal" if stops[0].check is PreflightCheck.DUPLICATE else "not_invoiceable"
    return Trouble(code, " ".join(each.sentence for each in stops), unit.now)


def step(services: Services, submission_id: SubmissionId, token: str, reached: DraftStep) -> None:
    """Write a step down before the next begins; `PortalBusy` when another run has taken the submission over."""
    with services.store.write() as unit:
        if not unit.submissions.step(submission_id, token, reached):
            raise PortalBusy("Another run has taken this submission over.", submission=submission_id)


def mine(unit: UnitOfWork, submission_id: SubmissionId, token: str, state: State = State.FILLING) -> PortalSubmission | None:
    """The submission, while this run works on it; None once another has taken it over, or it is in another state."""
    present = unit.submissions.get(submission_id)
    mark = unit.submissions.marked(submission_id)
    return present if mark is not None and mark.token == token and present.state is state else None


def finished(services: Services, submission_id: SubmissionId, token: str, outcome: DraftOutcome) -> str:
    """What came of saving: saved or found as meant, otherwise than meant, or nobody knows."""
    with services.store.write() as unit:
        present = mine(unit, submission_id, token)
        if present is None:
            return "another run has taken it over"
        draft = KeptDraft(
            reference=outcome.seen.reference if outcome.seen is not None else "",
            saved_at=unit.now,
            proof=_kept_proof(services, unit, present, outcome.proof),
            differences=outcome.differences,
            orphans=outcome.orphans,
        )
        proposed = replace(present, draft=draft, trouble=None, tries=0)
        if outcome.result is DraftResult.UNKNOWN:
            said = outcome.why or "Nobody knows whether the portal saved it."
            doubtful = replace(proposed, trouble=Trouble("outcome_unknown", said, unit.now))
            interrupted(unit, doubtful, token, seconds=LOOK_AGAIN_S)
            return "nobody knows; the portal is searched"
        if outcome.result is DraftResult.DIFFERS or outcome.differences:
            stuck(unit, proposed, Trouble("draft_differs", outcome.why or "The draft is not what we meant.", unit.now))
            return "the draft differs"
        moved = by_robot(
            unit, present, proposed, Event.DRAFT_READ_BACK, token, SubmissionFacts(BY_ROBOT, reads_back_equal=True)
        )
        assert moved is not None  # noqa: S101  A filling submission can always be read back.
        return f"saved as {draft.reference}"


def _kept_proof(services: Services, unit: UnitOfWork, submission: PortalSubmission, proof: ProofPack) -> KeptProof:
    """The pack with its pictures as documents; larger ones than the limit are left out and counted."""
    shots, left_out = [], 0
    for shot in proof.shots:
        if len(shot.png) > services.most_picture_bytes:
            left_out += 1
            continue
        name = _PICTURE_NAME.format(submission.id, shot.name)
        source, _ = unit.sources.take(SourceKind.PORTAL_PICTURE, name, shot.png)
        shots.append(KeptShot(shot.step, shot.at, source.id, source.sha256))
    return KeptProof(proof.began_at, proof.ended_at, proof.typed, tuple(shots), proof.digest, proof.file_digest, left_out)


def interrupted(unit: UnitOfWork, present: PortalSubmission, cause: str, seconds: float = 0.0) -> PortalSubmission | None:
    """A run broke off, or nobody knows what came of it: the portal is searched before anything else is done."""
    move = attempt(present, Event.INTERRUPTED, SubmissionFacts(BY_ROBOT))
    if isinstance(move, Denied):
        return None
    return store_move(
        unit, present, replace(present, tries=0), move, Because(ROBOT, cause=cause), not_before=later(unit, seconds)
    )


def failed(services: Services, submission_id: SubmissionId, token: str, error: ProjectError) -> str:
    """The driver raised, which it does only as long as nothing can have been saved. Later, or a person."""
    with services.store.write() as unit:
        present = mine(unit, submission_id, token)
        if present is None:
            return "another run has taken it over"
        mark = unit.submissions.marked(submission_id)
        trouble = trouble_of(unit, error)
        past_the_click = mark is not None and mark.step.may_have_saved
        if past_the_click and isinstance(error, Unavailable):
            interrupted(unit, replace(present, trouble=trouble), token, seconds=_FIRST_RETRY_S)
            return "broke off after the click; the portal is searched"
        if not isinstance(error, (Unavailable, *LOGIN_ERRORS)):
            stuck(unit, replace(present, trouble=trouble), trouble)
            return error.sentence
        counted = not isinstance(error, (*_NOT_COUNTED, *LOGIN_ERRORS))
        tries = present.tries + counted
        if tries >= MOST_TRIES:
            stuck(unit, replace(present, tries=0), trouble)
            return error.sentence
        waits(unit, present, replace(present, trouble=trouble, tries=tries), token, retry_s(tries, error))
        return f"later: {error.sentence}"


def waits(unit: UnitOfWork, present: PortalSubmission, proposed: PortalSubmission, cause: str, seconds: float) -> None:
    """The portal could not be reached, and nothing was saved: the robot tries again in so many seconds."""
    move = attempt(present, Event.PORTAL_UNAVAILABLE, SubmissionFacts(BY_ROBOT))
    if not isinstance(move, Denied):
        store_move(unit, present, proposed, move, Because(ROBOT, cause=cause), not_before=later(unit, seconds))


def retry_s(tries: int, error: ProjectError) -> float:
    """How long to wait: the portal's own wish, else longer each time."""
    asked = error.after_s if isinstance(error, Unavailable) else None
    return asked if asked is not None else min(_LONGEST_RETRY_S, _FIRST_RETRY_S * 2.0 ** max(0, tries - 1))


def stuck(unit: UnitOfWork, present: PortalSubmission, trouble: Trouble) -> PortalSubmission | None:
    """A person has to help."""
    proposed = replace(present, trouble=trouble)
    proposed = replace(proposed, seen_facts=facts_digest(unit, proposed))
    return by_robot(unit, present, proposed, Event.NEEDS_PERSON, trouble.code)


# Looking for a draft after a break.


def wanted_to_find(services: Services, submission_id: SubmissionId) -> DraftWanted | None:
    """What to look for; None where nothing is in doubt."""
    with services.store.read() as unit:
        present = unit.submissions.get(submission_id)
        return prepared(unit, present).wanted if present.state is State.CHECKING else None


def searched(services: Services, submission_id: SubmissionId, there: Sequence[PortalInvoice], seen: DraftSeen | None) -> str:
    """What the portal lists with our number, and the page of our draft where there is one."""
    with services.store.write() as unit:
        present = unit.submissions.get(submission_id)
        if present.state is not State.CHECKING:
            return f"nothing to do: it is {present.state.value}"
        wanted = prepared(unit, present).wanted
        if len(there) > 1 or (there and wanted is None):
            said = f"The portal lists {present.invoice_number} {len(there)} times; a person has to look."
            stuck(unit, present, Trouble("draft_differs", said, unit.now))
            return said
        if there and present.document is not None and there[0].status is PortalInvoiceStatus.DRAFT:
            said = f"The portal lists {present.invoice_number} as a draft, which no cXML makes; a person has to look."
            stuck(unit, present, Trouble("draft_differs", said, unit.now))
            return said
        if there and there[0].status is not PortalInvoiceStatus.DRAFT:
            return _submitted_meanwhile(unit, present, there[0])
        if seen is not None and wanted is not None:
            return _found(unit, present, wanted, seen)
        mark = unit.submissions.marked(submission_id)
        if mark is not None and not mark.step.may_have_saved:
            by_robot(unit, present, replace(present, trouble=None), Event.NO_DRAFT, "search")
            return "no draft; it is begun anew"
        said = "The save was asked for, and the portal does not list the draft. Please look there before you try again."
        if present.document is not None:
            said = "It was sent, and the portal does not list it. Please ask the customer before you try again."
        stuck(unit, present, Trouble("outcome_unknown", said, unit.now))
        return said


def _submitted_meanwhile(unit: UnitOfWork, present: PortalSubmission, one: PortalInvoice) -> str:
    moved = follow(unit, present, one, "search")
    if moved is None or moved.state is State.CHECKING:
        said = f"The portal shows {one.number} as “{one.status_text}”; a person has to look."
        stuck(unit, moved or present, Trouble("already_in_portal", said, unit.now))
    return f"the portal shows it as {one.status_text}"


def _found(unit: UnitOfWork, present: PortalSubmission, wanted: DraftWanted, seen: DraftSeen) -> str:
    odd = differences(wanted, seen)
    kept = present.draft.proof if present.draft is not None else None
    orphans = present.draft.orphans if present.draft is not None else ()
    draft = KeptDraft(seen.reference, unit.now, kept, odd, orphans)
    proposed = replace(present, draft=draft, trouble=None)
    if odd:
        stuck(unit, proposed, Trouble("draft_differs", "The portal's draft is not what we meant.", unit.now))
        return "the draft differs"
    by_robot(unit, present, proposed, Event.DRAFT_FOUND, "search", SubmissionFacts(BY_ROBOT, reads_back_equal=True))
    return f"found as {seen.reference}"


def search_failed(services: Services, submission_id: SubmissionId, error: ProjectError) -> str:
    """The portal could not be searched: later, or a person."""
    with services.store.write() as unit:
        present = unit.submissions.get(submission_id)
        if present.state is not State.CHECKING:
            return f"nothing to do: it is {present.state.value}"
        counted = not isinstance(error, (*_NOT_COUNTED, *LOGIN_ERRORS))
        tries = present.tries + counted
        if tries >= MOST_TRIES or not isinstance(error, (Unavailable, *LOGIN_ERRORS)):
            stuck(unit, replace(present, tries=0), trouble_of(unit, error))
            return error.sentence
        waits(unit, present, replace(present, trouble=trouble_of(unit, error), tries=tries), "search", retry_s(tries, error))
        return f"later: {error.sentence}"


def abandoned(services: Services, submission_id: SubmissionId, token: str) -> None:
    """The run ended by an error that nobody expected: whatever it did, the portal is searched."""
    with services.store.write() as unit:
        present = mine(unit, submission_id, token)
        if present is not None:
            said = "The robot stumbled; the portal is searched before anything else is done."
            interrupted(unit, replace(present, trouble=Trouble("bug", said, unit.now)), token, seconds=_FIRST_RETRY_S)
