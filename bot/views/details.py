"""The window of a subject: its card with everything that does not fit on it, and its history."""

from collections.abc import Sequence
from typing import Final

from bot.actions import OPEN, Pressed
from bot.cards import parts
from bot.cards import payment as payment_card
from bot.cards import question as question_card
from bot.cards import remittance as remittance_card
from bot.cards.parts import Block
from bot.desk import Desk, show_window
from bot.errors import ViewChanged
from bot.payloads import Interaction
from bot.views import portal_submission
from bot.views import supplier_invoice as supplier_invoice_view
from bot.views.memory import Memory, carrying, home_behind, page_behind
from core.app.payables.showing import bill_view
from core.app.portals.showing import submission_view
from core.app.showing import PaymentView, RemittanceView, payment_view, remittance_view
from core.app.showing_questions import QuestionView, question_view
from core.app.telling import Told
from core.domain.disputes import DisputeId
from core.domain.ids import PaymentId, RemittanceId
from core.domain.keeping import SubjectKind
from core.domain.portals import SubmissionId
from core.domain.questions import QuestionId
from core.domain.supplier_bills import SupplierInvoiceId

CALLBACK: Final = "details"
PER_LIST: Final = 40
LISTS: Final = 10


def show(desk: Desk, at: Interaction, pressed: Pressed) -> None:
    """Open the window, over another one where there is one."""
    show_window(desk, at, draw(desk, pressed.kind, pressed.id))


def refresh(desk: Desk, view_id: str, pressed: Pressed, memory: str) -> None:
    """Draw an open window anew; it may have been closed meanwhile. `memory` is that of a window over the same Home tab."""
    try:
        drawn = draw(desk, pressed.kind, pressed.id, page_behind(memory))
        desk.slack.update_view(view_id, carrying(drawn, home_behind(memory)))
    except ViewChanged:
        return


def turn(desk: Desk, at: Interaction, pressed: Pressed) -> None:
    """Another page of the lines of a supplier invoice, in the window that is open."""
    drawn = draw(desk, pressed.kind, pressed.id, pressed.choice or 0)
    desk.slack.update_view(at.view_id, carrying(drawn, home_behind(at.memory)))


def draw(desk: Desk, kind: SubjectKind, number: str, page: int = 0) -> Block:
    """The window as it should be now; `page` is one of the lines of a supplier invoice."""
    with desk.services.store.read() as unit:
        if kind is SubjectKind.DISPUTE:
            # Its line is where it is shown.
            kind, number = SubjectKind.SUPPLIER_INVOICE, unit.disputes.get(DisputeId(number)).bill_id
        if kind is SubjectKind.SUPPLIER_INVOICE:
            return supplier_invoice_view.window(bill_view(unit, SupplierInvoiceId(number), desk.zone), page)
        if kind is SubjectKind.SUBMISSION:
            return portal_submission.window(submission_view(unit, SubmissionId(number), desk.zone))
        if kind is SubjectKind.REMITTANCE:
            return remittance_window(remittance_view(unit, RemittanceId(number), desk.zone))
        if kind is SubjectKind.QUESTION:
            return question_window(question_view(unit, QuestionId(number), desk.zone))
        return payment_window(payment_view(unit, PaymentId(number), desk.zone))


def payment_window(view: PaymentView) -> Block:
    """Everything about a payment."""
    blocks = payment_card.blocks(view, full=True)
    said = [
        text for text in (view.reference and f"Reference: {view.reference}", view.text and f"Bank’s text: {view.text}") if text
    ]
    if said:
        blocks.append(parts.section(parts.lines(said, each=900), "bank"))
    if len(view.applications) > payment_card.DOCUMENTS_SHOWN:
        items = [(str(each.number), payment_card.document_words(each)) for each in view.applications]
        blocks += _long_list("All documents", items, "documents")
    for number, each in enumerate(view.suggestions, 1):
        items = [(str(document.number), payment_card.document_words(document)) for document in each.documents]
        blocks += _long_list(f"Answer {number}", [("", f"{each.customer}. {each.why} {each.gap}"), *items], f"answer{number}")
    for advice in view.remittances:
        items = remittance_card.items_of(advice.lines, PER_LIST * 2)
        blocks += _long_list(f"Remittance {advice.id}", items, f"advice{advice.id}")
    blocks += _history(view.history)
    memory = Memory(Pressed(SubjectKind.PAYMENT, view.id, view.version, OPEN))
    return parts.modal(f"Payment {view.id}", CALLBACK, blocks, memory=memory.text())


def remittance_window(view: RemittanceView) -> Block:
    """Everything about a remittance."""
    blocks = remittance_card.blocks(view)
    blocks += _long_list("All lines", remittance_card.items_of(view.lines, PER_LIST * LISTS), "lines")
    blocks += _history(view.history)
    memory = Memory(Pressed(SubjectKind.REMITTANCE, view.id, view.version, OPEN))
    return parts.modal(f"Remittance {view.id}", CALLBACK, blocks, memory=memory.text())


def question_window(view: QuestionView) -> Block:
    """Everything about a question of the bank."""
    blocks = [*question_card.blocks(view), *_history(view.history)]
    memory = Memory(Pressed(SubjectKind.QUESTION, view.id, view.version, OPEN))
    return parts.modal(f"Question {view.id}", CALLBACK, blocks, memory=memory.text())


def _long_list(title: str, items: Sequence[tuple[str, str]], name: str) -> list[Block]:
    """A titled list, in pieces that fit a block each."""
    if not items:
        return []
    pieces = [items[start : start + PER_LIST] for start in range(0, min(len(items), PER_LIST * LISTS), PER_LIST)]
    lists = [parts.bullets(piece, f"{name}{number}") for number, piece in enumerate(pieces)]
    return [parts.section(parts.ours(f"*{title}*"), f"{name}_title"), *lists]


def _history(history: Sequence[Told]) -> list[Block]:
    items = [("", f"{told.sentence} {told.reason}".strip()) for told in history]
    return _long_list("History", items, "history")
