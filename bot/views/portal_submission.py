"""The window of a submission: its card with every line, invoice, note and answer, what was typed, and its history."""

from bot.actions import OPEN, Pressed
from bot.cards import parts
from bot.cards import portal_submission as card
from bot.cards.parts import Block
from bot.views.memory import Memory
from core.app.portals.views import SubmissionView
from core.domain.keeping import SubjectKind

CALLBACK = "details"


def window(view: SubmissionView) -> Block:
    """Everything about a submission."""
    name = card.stem(view)
    shown = card.heading(view)
    if view.order is not None:
        shown += card.order_blocks(view.order, name, full=True)
    shown += card.candidates(view)
    shown += card.findings(view, name, full=True)
    if view.because:
        shown.append(parts.section(parts.lines(["Why this order", view.because], each=900), f"{name}:because"))
    if view.draft is not None:
        shown += card.draft_blocks(view.draft, name)
        typed = [(field, text) for field, text in view.draft.typed[: card.FULL]]
        if typed:
            shown.append(parts.titled("Typed into the portal's form", "", typed, f"{name}:typed"))
        digests = [(one.step_words, f"{one.at_words}, {one.digest[:16]}") for one in view.draft.pictures]
        if view.draft.digest:
            digests.append(("The whole proof", view.draft.digest))
        if digests:
            shown.append(parts.titled("Pictures and digests", "", digests, f"{name}:digests"))
    if view.document is not None:
        shown += card.document_blocks(view.document, name)
        digests = [("The document", view.document.digest), ("The file beside it", view.document.file_digest or "none")]
        shown.append(parts.titled("Digests", "", digests, f"{name}:document_digests"))
    if view.note:
        shown.append(parts.section(parts.lines(["Note to the customer", view.note], each=900), f"{name}:note"))
    history = [("", f"{told.sentence} {told.reason}".strip()) for told in view.history]
    if history:
        shown.append(parts.titled("History", "", history, f"{name}:history"))
    shown += card.closing(view, windowed=True)
    memory = Memory(Pressed(SubjectKind.SUBMISSION, view.id, view.version, OPEN))
    return parts.modal(f"Submission {view.id}", CALLBACK, shown, memory=memory.text())
