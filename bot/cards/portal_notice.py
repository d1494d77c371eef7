"""What the managers' channel is told: a draft waits to be checked and submitted in the portal, or an invoice is stuck."""

from typing import Final

from bot.actions import DETAILS, Pressed
from bot.cards import parts
from bot.cards import portal_submission as card
from bot.cards.parts import Block, Message
from core.app.portals.views import SubmissionView
from core.domain.events import AuditName
from core.domain.ids import SourceId
from core.domain.keeping import SubjectKind

_SAVED: Final = frozenset({AuditName.SUBMISSION_DRAFT_SAVED, AuditName.SUBMISSION_DRAFT_FOUND})
CHECK: Final = "Check it and submit it in the portal: Tieout never presses Submit."


def picture(view: SubmissionView) -> tuple[SourceId, str] | None:
    """The picture that says most, and what it shows: the draft as it was read back, or the page of the trouble."""
    if view.draft is not None and view.draft.pictures and view.trouble is None:
        last = view.draft.pictures[-1]
        return last.source_id, f"The draft of {view.invoice_number} in the portal, {last.step_words}"
    if view.trouble is not None and view.trouble.picture is not None:
        return view.trouble.picture, f"The portal's page: {view.trouble.title}"
    return None


def message(view: SubmissionView, name: AuditName, address: str = "", file: str = "") -> Message:
    """The notice; `address` leads to the portal, `file` is Slack's id of the picture."""
    title = _title(view, name)
    return Message(parts.escaped(f"{title}. {card.summary(view)}", 300), _blocks(view, name, address, file))


def _title(view: SubmissionView, name: AuditName) -> str:
    if name is AuditName.SUBMISSION_DOCUMENT_WRITTEN:
        return f"To release, cXML delivers at once: {view.invoice_number} to {view.customer}, {view.total}"
    if name is AuditName.SUBMISSION_DELIVERED:
        return f"Delivered by cXML: {view.invoice_number} to {view.customer}, {view.total}"
    if name in _SAVED:
        return f"Draft to check: {view.invoice_number} to {view.customer}, {view.total}"
    what = view.trouble.title if view.trouble is not None else view.state_words
    return f"{what}: {view.invoice_number} to {view.customer}, {view.total}"


def _blocks(view: SubmissionView, name: AuditName, address: str, file: str) -> list[Block]:
    stem = f"notice:{view.id}:v{view.version}"
    shown = [parts.header(_title(view, name), f"{stem}:head"), parts.facts(_facts(view, name), f"{stem}:facts")]
    if name not in _SAVED and view.trouble is not None:
        texts = [view.trouble.sentence, view.trouble.what_to_do]
        shown.append(parts.section(parts.lines([text for text in texts if text], each=600), f"{stem}:trouble"))
    if view.draft is not None and view.draft.differences:
        items = [(what, f"meant {wanted}, the portal shows {seen}") for what, wanted, seen in view.draft.differences[:10]]
        shown.append(parts.titled("The draft is not what we meant", "", items, f"{stem}:differences"))
    taken = picture(view)
    if taken is not None and file:
        shown.append(
            {"type": "image", "block_id": f"{stem}:picture", "slack_file": {"id": file}, "alt_text": parts.safe(taken[1], 300)}
        )
    if view.document is not None:
        shown += card.document_blocks(view.document, stem)
    if name in _SAVED:
        shown.append(parts.section(parts.plain(CHECK), f"{stem}:check"))
    if address:
        shown.append(parts.section(parts.ours(f"<{address}|Open the portal>"), f"{stem}:link"))
    pressed = Pressed(SubjectKind.SUBMISSION, view.id, view.version, DETAILS)
    button = parts.button("All details", pressed.action_id, pressed.value, f"All details: invoice {view.invoice_number}")
    return [*shown, parts.actions([button], f"{stem}:more")]


def _facts(view: SubmissionView, name: AuditName) -> list[tuple[str, str]]:
    order = (
        f"{view.order.number} of {view.order.customer} in {card.portal_name(view.portal)}" if view.order is not None else "None"
    )
    rows = [("Purchase order", order), ("Said ready", view.ready_by or "–")]
    if view.draft is not None and name in _SAVED:
        rows.append(("Draft there", f"{view.draft.reference or 'see the list of drafts'}, saved {view.draft.saved_at_words}"))
        rows.append(("Proof", f"{len(view.draft.pictures)} pictures, digest {view.draft.digest[:12]}"))
    if view.there is not None:
        rows.append(("In the portal", card.there_words(view.there)))
    return rows
