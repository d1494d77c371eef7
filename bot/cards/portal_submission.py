"""The card of an invoice on its way into a customer's portal: which order, what is left on it, what stops it, what was saved.

Buttons are those of the state table. Where several orders fit, each has a button; a trouble has its name, what to do, and the
button that goes with it. What does not fit is in the window behind “All details”.
"""

from typing import Final

from bot.actions import DETAILS, ENTER_CODE, PICTURES, Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element, Message
from core.app.portals.views import (
    CustomerOrderLineView,
    CustomerOrderView,
    DocumentView,
    DraftView,
    InvoiceThereView,
    SubmissionView,
)
from core.app.portals.wording import TRY_LOGIN, wants_code
from core.app.telling import day
from core.app.wording import Offered
from core.decide.machine import Style
from core.decide.preflight import PreflightLevel
from core.domain.events import SubmissionEvent as Event
from core.domain.keeping import SubjectKind
from core.domain.measures import plain
from core.domain.workflows import SubmissionState

_KIND: Final = SubjectKind.SUBMISSION
LINES_SHOWN: Final = 5
INVOICES_SHOWN: Final = 4
NOTES_SHOWN: Final = 3
FINDINGS_SHOWN: Final = 6
CANDIDATES_SHOWN: Final = 4
FULL: Final = 40
"""Of any list in a window."""
_FORMS: Final = frozenset({Event.CHOOSE_ORDER, Event.CHOOSE_LINES, Event.ATTACH_FILE, Event.DISMISS})
_BEFORE_THE_DRAFT: Final = frozenset({SubmissionState.SUGGESTED, SubmissionState.READY_TO_SUBMIT, SubmissionState.STUCK})
DELIVERS: Final = "This customer takes cXML, which knows no draft: once a second person releases it, it is delivered."
_LEVELS: Final = {
    PreflightLevel.STOP: "Stops it:",
    PreflightLevel.WARNING: "Look at it:",
    PreflightLevel.UNKNOWN: "Not known:",
    PreflightLevel.GOOD: "Good:",
}


def message(view: SubmissionView) -> Message:
    """The card as a message in a channel."""
    return Message(parts.escaped(summary(view), 300), blocks(view))


def summary(view: SubmissionView) -> str:
    """The submission in a sentence, for a phone's lock screen."""
    order = f", order {view.order.number}" if view.order is not None else ""
    return f"{view.id}: {_title(view)}{order}. {state_words(view)}."


def portal_name(portal: str) -> str:
    """As people write it."""
    return portal.capitalize()


def state_words(view: SubmissionView) -> str:
    """The state; with what the robot is doing, or what the trouble is called."""
    if view.state is SubmissionState.STUCK and view.trouble is not None:
        return f"{view.state_words}: {view.trouble.title}"
    return f"{view.state_words} ({view.step_words})" if view.step_words else view.state_words


def stem(view: SubmissionView) -> str:
    """Block ids: unique in the message, and new with every version."""
    return f"{_KIND}:{view.id}:v{view.version}"


def blocks(view: SubmissionView) -> list[Block]:
    """The card's blocks."""
    name = stem(view)
    shown = heading(view)
    if view.order is not None:
        shown += order_blocks(view.order, name)
    shown += candidates(view)
    shown += findings(view, name)
    if view.draft is not None:
        shown += draft_blocks(view.draft, name)
    if view.document is not None:
        shown += document_blocks(view.document, name)
    return [*shown, parts.context(parts.plain(_rest(view), 600), f"{name}:rest"), *closing(view)]


def heading(view: SubmissionView) -> list[Block]:
    """Whose, what, how much; then the trouble, if there is one."""
    name = stem(view)
    rows = [("State", state_words(view)), ("Purchase order", _order_words(view)), ("Left on it", _balance_words(view))]
    if view.there is not None:
        rows.append(("In the portal", there_words(view.there)))
    else:
        rows.append(("Found", f"{view.rule_words.capitalize() or 'By nothing'}{'' if view.is_sure else ', not certain'}"))
    rows.append(("PDF", _file_words(view)))
    shown = [parts.header(f"{view.id} · {_title(view)}", f"{name}:head"), parts.facts(rows, f"{name}:facts")]
    trouble = view.trouble
    if trouble is not None and (view.state is SubmissionState.STUCK or trouble.button == TRY_LOGIN):
        said = [trouble.sentence, f"The portal says: “{trouble.text}”" if trouble.text else "", trouble.what_to_do]
        shown.append(parts.section(parts.ours(f"*{trouble.title}*"), f"{name}:trouble"))
        shown.append(parts.section(parts.lines([each for each in said if each], each=600), f"{name}:trouble_words"))
    return shown


def _title(view: SubmissionView) -> str:
    return f"Invoice {view.invoice_number} to {view.customer} · {view.total}"


def _order_words(view: SubmissionView) -> str:
    if view.order is None:
        return f"To be chosen, {len(view.candidates)} fit" if view.candidates else "None"
    return f"{view.order.number} ({view.order.status_words}), {view.order.customer} in {portal_name(view.portal)}"


def _balance_words(view: SubmissionView) -> str:
    order = view.order
    if order is None:
        return "–"
    if order.balance is None:
        return f"Not known, {order.total} in all"
    return f"{order.balance} of {order.total}"


def _file_words(view: SubmissionView) -> str:
    if not view.file_name:
        return "None"
    return f"{view.file_name} ({view.file_size:,} bytes)" if view.file_size is not None else view.file_name


def there_words(one: InvoiceThereView) -> str:
    """Our invoice as the portal lists it."""
    said = [one.status_words]
    if one.dispute_reason:
        said.append(f"“{one.dispute_reason}”")
    if one.paid:
        said.append(f"paid{f', {one.payment}' if one.payment else ''}")
    elif one.projected_on is not None:
        said.append(f"payment expected {day(one.projected_on)}")
    return ", ".join(said)


def order_blocks(order: CustomerOrderView, name: str, *, full: bool = False) -> list[Block]:
    """Lines with what is used of them, our invoices against the order, notes. `full` shows all that a window holds."""
    charged = [line for line in order.lines if line.charged is not None]
    lines = order.lines if full or not charged else charged
    most = FULL if full else LINES_SHOWN
    shown = []
    if lines:
        items = [(line.number, line_words(line)) for line in lines[:most]]
        shown.append(_list("Lines", items, len(lines) - most, f"{name}:lines"))
    if order.invoices:
        most = FULL if full else INVOICES_SHOWN
        items = [(one.number or "(no number)", f"{one.total}, {there_words(one)}") for one in order.invoices[:most]]
        used = f"({order.invoiced} used)" if order.invoiced is not None else ""
        shown.append(_list("Our invoices on it", items, len(order.invoices) - most, f"{name}:invoices", used))
    if order.notes:
        most = FULL if full else NOTES_SHOWN
        items = [("", note) for note in order.notes[:most]]
        shown.append(_list("Notes", items, len(order.notes) - most, f"{name}:notes"))
    return shown


def _list(title: str, items: list[tuple[str, str]], left: int, block_id: str, said: str = "") -> Block:
    more = [("", f"… and {left} more")] if left > 0 else []
    return parts.titled(title, said, [*items, *more], block_id)


def line_words(line: CustomerOrderLineView) -> str:
    """One line: what it is, what may still be invoiced, what this invoice takes."""
    ordered = f"{plain(line.quantity):f} {line.unit}".strip() if line.quantity is not None else "by amount"
    left = f"{line.left} of {line.total} left" if line.left is not None else f"{line.total}, nobody knows what is left"
    takes = ""
    if line.charged is not None:
        quantity = f" ({f'{plain(line.charged_quantity):f} {line.unit}'.strip()})" if line.charged_quantity is not None else ""
        takes = f"; this invoice takes {line.charged}{quantity}"
    return f"{line.description}, {ordered}; {left}{takes}"


def candidates(view: SubmissionView) -> list[Block]:
    """Orders that fit equally well, each with a button that chooses it."""
    if view.order is not None or not view.candidates:
        return []
    name = stem(view)
    shown = [parts.section(parts.ours("*Which order is it?*"), f"{name}:which")]
    for place, order in enumerate(view.candidates[:CANDIDATES_SHOWN]):
        balance = f"{order.balance} of {order.total} left" if order.balance is not None else f"{order.total}"
        pressed = Pressed(_KIND, view.id, view.version, Event.CHOOSE_ORDER, place)
        button = parts.button(
            "This one", pressed.action_id, pressed.value, f"Choose order {order.number} for invoice {view.invoice_number}"
        )
        said = f"{order.number}, {order.customer} in {portal_name(order.portal)}"
        shown.append(parts.section(parts.lines([said, f"{order.status_words}, {balance}"]), f"{name}:candidate{place}", button))
    return shown


def findings(view: SubmissionView, name: str, *, full: bool = False) -> list[Block]:
    """What the pre-flight says: what stops it and what to look at; all that is good is a count."""
    if not view.preflight or view.state not in _BEFORE_THE_DRAFT:
        return []
    bad = [each for each in view.preflight if each.level is not PreflightLevel.GOOD]
    shown = list(view.preflight) if full else bad[:FINDINGS_SHOWN]
    good = len(view.preflight) - len(bad)
    said = f"({good} of {len(view.preflight)} good)" if bad else f"(all {good} good)"
    items = [(_LEVELS[each.level], each.sentence) for each in shown]
    return [_list("Before it goes", items, len(bad) - FINDINGS_SHOWN if not full else 0, f"{name}:preflight", said)]


def draft_blocks(draft: DraftView, name: str) -> list[Block]:
    """What was saved, and the proof of it."""
    rows = [
        ("Draft", f"{draft.reference or 'number not known'}, saved {draft.saved_at_words}"),
        ("Proof", f"{len(draft.pictures)} pictures, digest {draft.digest[:12]}" if draft.digest else "None kept"),
    ]
    shown = [parts.facts(rows, f"{name}:draft")]
    if draft.differences:
        items = [(what, f"meant {wanted}, the portal shows {seen}") for what, wanted, seen in draft.differences[:FULL]]
        shown.append(_list("The draft is not what we meant", items, 0, f"{name}:differences"))
    if draft.orphans:
        items = [("", f"Draft {reference} without a number") for reference in draft.orphans[:FULL]]
        shown.append(_list("Empty drafts that somebody has to delete there", items, 0, f"{name}:orphans"))
    return shown


def document_blocks(document: DocumentView, name: str) -> list[Block]:
    """The cXML document: where it goes, who released it, what was answered."""
    rows = [("Document", f"{document.payload_id}, written {document.written_at_words}"), ("Goes to", document.endpoint or "–")]
    rows.append(("Digest", document.digest[:12]))
    if document.released_by:
        rows.append(("Released by", f"{document.released_by}, {document.released_at_words}"))
    if document.answer:
        rows.append(("Delivered", f"{document.sent_at_words}: {document.answer}"))
    shown = [parts.facts(rows, f"{name}:document")]
    if not document.released_by:
        shown.append(parts.section(parts.plain(DELIVERS), f"{name}:delivers"))
    return shown


def _rest(view: SubmissionView) -> str:
    said = [view.because] if view.because and view.state is SubmissionState.SUGGESTED else []
    if view.lines_words and view.state is SubmissionState.SUGGESTED:
        said.append(f"Lines: {view.lines_words}.")
    if not view.enabled and view.state is SubmissionState.SUGGESTED:
        said.append("Saving drafts is switched off for this customer, or for the company: “/tieout portal”.")
    if view.history:
        said.append(view.history[-1].sentence)
    return " ".join(said) or view.state_words


def closing(view: SubmissionView, *, windowed: bool = False) -> list[Block]:
    """What can be done: the one to press first, the plain ones, the dangerous one last."""
    name = stem(view)
    row = [] if windowed else [_plain_button(view, "All details", DETAILS)]
    if view.trouble is not None and view.trouble.button == TRY_LOGIN:
        row.append(_plain_button(view, "Try the login again", TRY_LOGIN))
        if wants_code(view.trouble.code) and view.login_id is not None:
            spoken = f"Enter the code that the portal asks {view.login_id} for"
            row.append(parts.button("Enter a code …", ENTER_CODE, view.login_id, spoken))
    if _has_proof(view):
        row.append(parts.button("Pictures and proof", PICTURES, view.id, f"Pictures and proof: invoice {view.invoice_number}"))
    shown = [parts.actions(row, f"{name}:more")] if row else []
    wished = view.trouble.button if view.trouble is not None and view.state is SubmissionState.STUCK else ""
    may_go = view.may_go and view.enabled
    events = sorted(view.offered, key=lambda each: (each.style is Style.DANGER, not _is_first(each, wished, may_go=may_go)))
    if events:
        buttons = [_button(view, each, primary=_is_first(each, wished, may_go=may_go)) for each in events]
        shown.append(parts.actions(buttons, f"{name}:actions"))
    return shown


def _has_proof(view: SubmissionView) -> bool:
    pictured = view.trouble is not None and view.trouble.picture is not None
    return pictured or view.document is not None or (view.draft is not None and bool(view.draft.pictures))


def _is_first(each: Offered, wished: str, *, may_go: bool) -> bool:
    """The button to press first: the one that goes with the trouble, else the table's, unless it would be refused."""
    return each.event == wished if wished else each.style is Style.PRIMARY and may_go


def _plain_button(view: SubmissionView, label: str, event: str) -> Element:
    pressed = Pressed(_KIND, view.id, view.version, event)
    return parts.button(label, pressed.action_id, pressed.value, f"{label}: invoice {view.invoice_number}")


def _button(view: SubmissionView, each: Offered, *, primary: bool) -> Element:
    pressed = Pressed(_KIND, view.id, view.version, each.event)
    style = "danger" if each.style is Style.DANGER else "primary" if primary else ""
    label = f"{each.label} …" if each.event in _FORMS else each.label
    element = parts.button(label, pressed.action_id, pressed.value, f"{each.label}: {view.invoice_number}, {view.total}", style)
    if each.event == Event.RELEASE:
        return parts.asking_first(element, "Deliver it?", f"{view.invoice_number}, {view.total}. {each.confirm}", "Deliver")
    if each.event != Event.MARK_READY or view.order is None:
        return element
    if view.delivers:
        question = f"A cXML document of {view.invoice_number}, {view.total}, is written and shown. {DELIVERS}"
        return parts.asking_first(element, "Ready to submit?", question, "Ready")
    question = (
        f"The robot saves {view.invoice_number}, {view.total}, as a draft for order {parts.safe(view.order.number, 60)}"
        f" of {parts.safe(view.order.customer, 60)}. A person checks and submits it in the portal."
    )
    return parts.asking_first(element, "Ready to submit?", question, "Ready")


def is_form(event: str) -> bool:
    """Whether this event's button opens a form."""
    return event in _FORMS
